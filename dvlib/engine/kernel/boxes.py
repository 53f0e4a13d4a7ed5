"""Bounding boxes and sums of the lines of 16 hidden units (compiled).

See "far pairs" in `training`.
"""

from typing import NamedTuple

import numpy as np

from dvlib.engine.kernel.compiling import compiled
from dvlib.engine.kernel.lanes import (
    WIDTH,
    absolute,
    fma,
    load,
    pair_maxima,
    pair_sums,
    splat,
    store,
    total,
)

f32 = np.float32
PAD = 2 * WIDTH  # units are padded to a multiple of this, because two groups are summed at once


class Groups(NamedTuple):
    """Bounds and sums of all groups of units, in rows of `wide` groups.

    A unit's line is (nx, ny, o) = (wx, wy, z at the middle of the points) / (|wx| + |wy|), and its
    group's box is centre ± spread. During the computation the rows hold units instead of groups.
    """

    bounds: np.ndarray  # rows nx, ny, o of the centre, then of the spread
    pull: np.ndarray  # rows Σ v wx, Σ v wy, Σ v b


@compiled
def _fold(array, vectors, largest):
    """Reduce the lanes of each group from 8 to 1 by three halvings, to its sum or maximum."""
    for _ in range(3):
        for i in range(0, vectors, 2):
            a, b = load(array, i * WIDTH), load(array, (i + 1) * WIDTH)
            store(array, i // 2 * WIDTH, pair_maxima(a, b) if largest else pair_sums(a, b))
        vectors //= 2


@compiled
def _line(theta, units, scaled, h, middle_x, middle_y):
    """Fill `scaled` for a group; return the terms of its sums, its bounds and the L2 term."""
    wx, wy, b = load(theta, h), load(theta, units + h), load(theta, 2 * units + h)
    v = load(theta, 3 * units + h)
    size = absolute(v) + splat(f32(1e-30))  # the sign of z must survive even if v = 0
    store(scaled, h, wx * size)
    store(scaled, units + h, wy * size)
    store(scaled, 2 * units + h, b * size)
    scale = splat(f32(1)) / (absolute(wx) + absolute(wy) + splat(f32(1e-30)))
    offset = fma(wx, middle_x, fma(wy, middle_y, b)) * scale
    squares = fma(wx, wx, fma(wy, wy, v * v))
    return wx * v, wy * v, b * v, wx * scale, wy * scale, offset, squares


@compiled
def rescale(theta, units, scaled, middle, groups, wide):
    """Fill `scaled` with |v|·(wx, wy, b), and `groups`; return Σ wx² + wy² + v²."""
    bounds, pull, row = groups.bounds, groups.pull, wide * WIDTH // 2
    middle_x, middle_y = splat(middle[0]), splat(middle[1])
    zero, half, squares = splat(f32(0)), splat(f32(0.5)), splat(f32(0))
    rounding = splat(f32(2.0**-20))  # eight times that of float32
    for h in range(0, units, PAD):
        px, py, p1, nx, ny, o, square = _line(theta, units, scaled, h, middle_x, middle_y)
        qx, qy, q1, mx, my, r, more = _line(theta, units, scaled, h + WIDTH, middle_x, middle_y)
        at = h // 2
        store(pull, at, pair_sums(px, qx))
        store(pull, row + at, pair_sums(py, qy))
        store(pull, 2 * row + at, pair_sums(p1, q1))
        store(bounds, at, pair_maxima(nx, mx))
        store(bounds, row + at, pair_maxima(ny, my))
        store(bounds, 2 * row + at, pair_maxima(o, r))
        store(bounds, 3 * row + at, pair_maxima(zero - nx, zero - mx))
        store(bounds, 4 * row + at, pair_maxima(zero - ny, zero - my))
        store(bounds, 5 * row + at, pair_maxima(zero - o, zero - r))
        squares = squares + (square + more)
    for at in range(units // 2, row, WIDTH):  # empty groups: on one side for certain, weight 0
        for k in range(3):
            store(pull, k * row + at, zero)
            store(bounds, k * row + at, zero if k < 2 else splat(f32(1)))
            store(bounds, (k + 3) * row + at, zero if k < 2 else splat(f32(-1)))
    _fold(pull, 3 * wide // 2, False)
    _fold(bounds, 6 * wide // 2, True)
    for g in range(0, 3 * wide, WIDTH):
        high, low = load(bounds, g), zero - load(bounds, 3 * wide + g)
        store(bounds, g, half * (high + low))
        # The slack covers rounding. If a unit with tiny wx and wy has o = 1e9, the centre of the
        # box is off by more than the other units' offsets. Such a group is near every block.
        slack = rounding * (absolute(high) + absolute(low))
        store(bounds, 3 * wide + g, fma(half, high - low, slack))
    return total(squares)

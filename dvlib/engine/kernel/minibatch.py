"""The compiled passes over one minibatch: forward, residuals, backward with a step of Adam.

Most of the arithmetic is avoided. The sums have the same terms, in another order.

far pairs
    A unit is active on one side of its line z = 0. The points of a minibatch are sorted along a
    path through slabs and cut into blocks of 4. The units are sorted by direction and offset of
    their lines and cut into groups of 16. For most pairs of a group and a block, their bounding
    boxes show that no line of the group crosses the block. There each relu is linear or zero, so
    the pair needs only the group's sum of v·(wx, wy, b) and the block's sum of δ·(x, y, 1).
near pairs, forward
    relu(z) = z/2 + |z|/2. The first half is computed as for far pairs, with weight ½ (hence
    "share": 1, ½, 0). For the second half, v|z| = ±|z'| with z' = |v| z, so each unit and point
    cost two multiply-adds, a change of sign and an addition. The sign of z' is stored as one bit.
near pairs, backward
    ∂v_h = wx S_x + wy S_y + b S_1, ∂wx = v S_x, ∂wy = v S_y, ∂b = v S_1, where
    S_x = Σ_n δ_n x_n [z_hn > 0], and S_y and S_1 likewise. The four points of a block have 16
    patterns of signs. Their 16 partial sums are tabulated once per minibatch, and each unit looks
    its sum up with four bits as the index (the "method of four Russians"). A unit that is active
    on no point gets exact zeros. Adam divides a gradient by its size, so rounding noise in place
    of a zero would move the unit by whole steps.
"""

import math
from typing import NamedTuple

import numpy as np

from dvlib.engine.kernel.compiling import compiled
from dvlib.engine.kernel.lanes import (
    WIDTH,
    absolute,
    copysign,
    exp_minus,
    fma,
    larger,
    load,
    lowest_bit,
    pair_sums,
    share_above,
    splat,
    sqrt,
    store,
    total,
    undecided,
    where_positive,
)
from dvlib.engine.kernel.locality import BLOCK
from dvlib.engine.kernel.signs import load_signs, no_signs, push_sign, store_signs
from dvlib.engine.kernel.tables import look_up, store_table

f32 = np.float32
TABLE = 3 * 16  # floats per block: 16 sums for each of (x, y, 1)
_WORD = 64  # groups per integer; a bit says whether the group is near the block

# [sign is +] of points 0, 1, 2, 3 in patterns m = 0 … 15. Point 0 is the high bit; a set bit is −.
KEPT = np.array([1 - (m >> j & 1) for j in (3, 2, 1, 0) for m in range(16)], np.float32)


class Near(NamedTuple):
    """The near pairs of a group and a block, and which of the far pairs are active."""

    acts: np.ndarray  # (blocks, wide), 1 if all units of the group are active on the whole block
    length: np.ndarray  # (wide,), number of near blocks of each group
    block: np.ndarray  # (groups, blocks), indices of the near blocks
    signs: np.ndarray  # (groups, blocks, WIDTH), signs of the four points, one byte per unit


@compiled
def _range_of_four(a, n):
    low = min(min(a[n], a[n + 1]), min(a[n + 2], a[n + 3]))
    return low, max(max(a[n], a[n + 1]), max(a[n + 2], a[n + 3]))


@compiled
def forward(x, y, blocks, theta, units, scaled, middle, groups, near, out):
    """Write the network's output without its bias to `out` for `blocks` blocks; fill `near`."""
    bounds, pull, wide = groups.bounds, groups.pull, near.length.size
    most = near.acts.size // wide
    near.length[:] = 0
    half, one, zero = splat(f32(0.5)), splat(f32(1)), splat(f32(0))
    for k in range(blocks):
        n = k * BLOCK
        x_low, x_high = _range_of_four(x, n)
        y_low, y_high = _range_of_four(y, n)
        x_middle, x_reach = f32(0.5) * (x_low + x_high) - middle[0], f32(0.5) * (x_high - x_low)
        y_middle, y_reach = f32(0.5) * (y_low + y_high) - middle[1], f32(0.5) * (y_high - y_low)
        xm, ym, xr, yr = splat(x_middle), splat(y_middle), splat(x_reach), splat(y_reach)
        xf, yf = splat(abs(x_middle) + x_reach), splat(abs(y_middle) + y_reach)
        x0, x1, x2, x3 = splat(x[n]), splat(x[n + 1]), splat(x[n + 2]), splat(x[n + 3])
        y0, y1, y2, y3 = splat(y[n]), splat(y[n + 1]), splat(y[n + 2]), splat(y[n + 3])
        a0 = a1 = a2 = a3 = pull_x = pull_y = pull_1 = splat(f32(0))
        for word in range(0, wide, _WORD):
            crossed = np.int64(0)
            for g in range(word, min(word + _WORD, wide), WIDTH):
                nx, ny, o = load(bounds, g), load(bounds, wide + g), load(bounds, 2 * wide + g)
                z = fma(nx, xm, fma(ny, ym, o))
                ex, ey = load(bounds, 3 * wide + g), load(bounds, 4 * wide + g)
                reach = fma(ex, xf, fma(ey, yf, load(bounds, 5 * wide + g)))
                reach = fma(absolute(nx), xr, fma(absolute(ny), yr, reach))
                share = share_above(z, reach)
                crossed |= undecided(z, reach) << (g - word)
                store(near.acts, k * wide + g, where_positive(z - reach, one, zero))
                pull_x = fma(share, load(pull, g), pull_x)
                pull_y = fma(share, load(pull, wide + g), pull_y)
                pull_1 = fma(share, load(pull, 2 * wide + g), pull_1)
            if word + _WORD > units // WIDTH:  # NaN must not select a group past the last
                crossed &= (np.int64(1) << (units // WIDTH - word)) - 1
            while crossed != 0:
                g = word + lowest_bit(crossed)
                crossed &= crossed - 1
                at = g * most + near.length[np.uint64(g)]
                near.length[np.uint64(g)] += 1
                near.block[np.uint64(at)] = k
                h = g * WIDTH
                p, q = load(scaled, h), load(scaled, units + h)
                r, v = load(scaled, 2 * units + h), load(theta, 3 * units + h)
                bits = no_signs()
                z = fma(p, x0, fma(q, y0, r))
                a0, bits = a0 + copysign(z, v), push_sign(bits, z)
                z = fma(p, x1, fma(q, y1, r))
                a1, bits = a1 + copysign(z, v), push_sign(bits, z)
                z = fma(p, x2, fma(q, y2, r))
                a2, bits = a2 + copysign(z, v), push_sign(bits, z)
                z = fma(p, x3, fma(q, y3, r))
                a3, bits = a3 + copysign(z, v), push_sign(bits, z)
                store_signs(near.signs, at * WIDTH, bits)
        a0 = fma(half, a0, fma(pull_x, x0, fma(pull_y, y0, pull_1)))
        a1 = fma(half, a1, fma(pull_x, x1, fma(pull_y, y1, pull_1)))
        a2 = fma(half, a2, fma(pull_x, x2, fma(pull_y, y2, pull_1)))
        a3 = fma(half, a3, fma(pull_x, x3, fma(pull_y, y3, pull_1)))
        sums = pair_sums(pair_sums(a0, a1), pair_sums(a2, a3))
        sums = pair_sums(sums, sums)
        store(out, n, pair_sums(sums, sums))  # four sums; the next block overwrites the rest


@compiled
def _partial_sums(kept, d0, d1, d2, d3):
    k0, k1, k2, k3 = load(kept, 0), load(kept, 16), load(kept, 32), load(kept, 48)
    return fma(k3, splat(d3), fma(k2, splat(d2), fma(k1, splat(d1), k0 * splat(d0))))


@compiled
def tabulate(x, y, delta, blocks, kept, near, tables, whole, base):
    """Tabulate partial sums of (δx, δy, δ) per block; `base` gets each group's far-block sums.

    `whole` gets the sums over all points of each block, which are the first entries of its tables.
    """
    wide = near.length.size
    for k in range(blocks):
        n, at = k * BLOCK, k * TABLE
        d0, d1, d2, d3 = delta[n], delta[n + 1], delta[n + 2], delta[n + 3]
        x0, x1, x2, x3 = d0 * x[n], d1 * x[n + 1], d2 * x[n + 2], d3 * x[n + 3]
        y0, y1, y2, y3 = d0 * y[n], d1 * y[n + 1], d2 * y[n + 2], d3 * y[n + 3]
        store_table(tables, at, _partial_sums(kept, x0, x1, x2, x3))
        store_table(tables, at + 16, _partial_sums(kept, y0, y1, y2, y3))
        store_table(tables, at + 32, _partial_sums(kept, d0, d1, d2, d3))
        whole[3 * k], whole[3 * k + 1] = x0 + x1 + x2 + x3, y0 + y1 + y2 + y3
        whole[3 * k + 2] = d0 + d1 + d2 + d3
    for g in range(0, wide, WIDTH):
        s_x = s_y = s_1 = splat(f32(0))
        for k in range(blocks):
            acts, at = load(near.acts, k * wide + g), 3 * k
            s_x = fma(acts, splat(whole[at]), s_x)
            s_y = fma(acts, splat(whole[at + 1]), s_y)
            s_1 = fma(acts, splat(whole[at + 2]), s_1)
        store(base, g, s_x)
        store(base, wide + g, s_y)
        store(base, 2 * wide + g, s_1)


@compiled
def _adam(theta, at, gradient, first, second, rate, rest_1, rest_2, beta_1, beta_2, epsilon):
    m = fma(beta_1, load(first, at), rest_1 * gradient)
    s = fma(beta_2, load(second, at), rest_2 * (gradient * gradient))
    store(first, at, m)
    store(second, at, s)
    store(theta, at, fma(rate, m / (sqrt(s) + epsilon), load(theta, at)))


@compiled
def backward(tables, base, near, theta, units, decay, first, second, rate, beta_1, beta_2, eps):
    """Compute gradients from the tables and do the Adam step of each unit in registers."""
    minus_rate, alpha, epsilon = splat(f32(-rate)), splat(f32(decay)), splat(f32(eps))
    b1, b2 = splat(f32(beta_1)), splat(f32(beta_2))
    r1, r2 = splat(f32(1 - beta_1)), splat(f32(1 - beta_2))
    wide = near.length.size
    most = near.acts.size // wide
    for h in range(0, units, WIDTH):
        g = h // WIDTH
        s_x, s_y, s_1 = splat(base[g]), splat(base[wide + g]), splat(base[2 * wide + g])
        for at in range(g * most, g * most + near.length[g]):
            table, bits = near.block[at] * TABLE, load_signs(near.signs, at * WIDTH)
            s_x = s_x + look_up(tables, table, bits)
            s_y = s_y + look_up(tables, table + 16, bits)
            s_1 = s_1 + look_up(tables, table + 32, bits)
        wx, wy, b = load(theta, h), load(theta, units + h), load(theta, 2 * units + h)
        v = load(theta, 3 * units + h)
        g_v = fma(wx, s_x, fma(wy, s_y, fma(b, s_1, alpha * v)))
        g_x, g_y, g_b = fma(v, s_x, alpha * wx), fma(v, s_y, alpha * wy), v * s_1
        _adam(theta, h, g_x, first, second, minus_rate, r1, r2, b1, b2, epsilon)
        _adam(theta, units + h, g_y, first, second, minus_rate, r1, r2, b1, b2, epsilon)
        _adam(theta, 2 * units + h, g_b, first, second, minus_rate, r1, r2, b1, b2, epsilon)
        _adam(theta, 3 * units + h, g_v, first, second, minus_rate, r1, r2, b1, b2, epsilon)


@compiled
def residuals(out, bias, sides, weights, weight_sum, vectors, delta):
    """δ = w (p − y) / Σw into `delta`; return the log loss summed over points of weight 1, and Σδ.

    `sides` is 1 for label 0 and -1 for label 1. With t = side · logit, p − y = side / (1 + e^−t)
    and the loss is max(t, 0) + log(1 + e^−|t|). Logarithms are summed as the log of a product.
    """
    shift, one, zero = splat(f32(bias)), splat(f32(1)), splat(f32(0))
    scale = splat(f32(1.0 / weight_sum))
    loss, product, linear, delta_sum = 0.0, one, zero, zero
    for i in range(vectors):
        n = i * WIDTH
        side, weight = load(sides, n), load(weights, n)
        t = side * (load(out, n) + shift)
        tail = exp_minus(absolute(t))
        wrong = larger(t, zero)
        sigmoid = where_positive(t, one, tail) / (one + tail)
        difference = side * weight * scale * sigmoid
        store(delta, n, difference)
        delta_sum = delta_sum + difference
        linear = fma(weight, wrong, linear)
        product = fma(weight * tail, product, product)
        if i % 32 == 31 or i + 1 == vectors:  # each factor is at most 2
            store(out, 0, product)
            whole = 1.0
            for lane in range(WIDTH):
                whole *= out[lane]
            loss += math.log(whole)
            product = one
    return loss + total(linear), float(total(delta_sum))

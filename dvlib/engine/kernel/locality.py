"""Orders of points and of units' lines in which neighbours are near each other (compiled).

The fit of `training` treats points in blocks and hidden units in groups. The smaller their bounding
boxes are, the more pairs of a group and a block are decided at once. The order of points within a
minibatch and the order of units change only the order of the terms in sums.
"""

import math

import numpy as np

from dvlib.engine.kernel.compiling import compiled
from dvlib.engine.kernel.lanes import WIDTH

BLOCK = 4  # points per block: their four signs are an index into a table of 16 sums

f32 = np.float32


@compiled
def _level(number, levels):
    """Index of the equal step of [-1, 1] that contains a number, clipped to the first and last."""
    step = (number + f32(1)) * f32(levels // 2)
    step = step if step > 0 else f32(0)  # also for NaN
    return np.int32(step if step < levels - 1 else f32(levels - 1))


@compiled
def _sort_by_cell(cell, before, start, after):
    """Stable counting sort: indices `before` into `cell` (values below start.size) to `after`."""
    start[:] = 0
    for i in before:
        start[cell[i]] += 1
    place = 0
    for c in range(start.size):
        place, start[c] = place + start[c], place
    for i in before:
        after[start[cell[i]]] = i
        start[cell[i]] += 1


@compiled
def _sort_in_slabs(a, b, slab, cell, order):
    """Write to `order` the indices of points (a, b) in [-1, 1]², so that neighbours are near.

    Points are sorted by a into slabs of `slab` points, and within a slab by b. The direction of b
    alternates from slab to slab.
    """
    count, fine, coarse = a.size, 1024, 64
    for i in range(count):
        order[i] = i
        cell[i] = _level(a[i], fine)
    by_a = np.empty(count, np.uint32)
    _sort_by_cell(cell, order, np.empty(fine, np.int32), by_a)
    for place in range(count):
        i, k = by_a[place], place // slab
        level = _level(b[i], coarse)
        cell[i] = k * coarse + (level if k % 2 == 0 else coarse - 1 - level)
    _sort_by_cell(cell, by_a, np.empty((count // slab + 1) * coarse, np.int32), order)


@compiled
def arrange_points(x, y, batch_size, middle, place, rank):
    """Fill `place` (order of the points), `rank` (its inverse) and `middle` (mean and spread)."""
    n_points = x.size
    spread, a, b = 0.0, np.empty(n_points, f32), np.empty(n_points, f32)
    for i in range(n_points):
        middle[0] += x[i] / n_points
        middle[1] += y[i] / n_points
    for i in range(n_points):
        spread += ((x[i] - middle[0]) ** 2 + (y[i] - middle[1]) ** 2) / n_points
    middle[2] = math.sqrt(spread / 2) + 1e-30
    for i in range(n_points):
        a[i] = f32(0.4) * (x[i] - middle[0]) / middle[2]
        b[i] = f32(0.4) * (y[i] - middle[1]) / middle[2]
    _sort_in_slabs(a, b, max(int(n_points / math.sqrt(batch_size / BLOCK)), 1), rank, place)
    for i in range(n_points):
        rank[place[i]] = i


@compiled
def sort_units(theta, first, second, units, hidden, names, middle):
    """Reorder units and their `names` (original indices) so that neighbours' lines are similar."""
    slab = WIDTH * max(int(math.sqrt(units // WIDTH) / 2 + 0.5), 1)
    direction, offset = np.empty(hidden, f32), np.empty(hidden, f32)
    order, cell = np.empty(hidden, np.uint32), np.empty(hidden, np.uint32)
    moved = np.empty(hidden, f32)
    for h in range(hidden):
        wx, wy, b = theta[h], theta[units + h], theta[2 * units + h]
        scale = f32(1) / (abs(wx) + abs(wy) + f32(1e-30))
        half_turn = f32(0.5) - f32(0.5) * wx * scale
        direction[h] = half_turn if wy > 0 else -half_turn
        offset[h] = (b + wx * middle[0] + wy * middle[1]) * scale / middle[2] * f32(0.3)
    _sort_in_slabs(direction, offset, slab, cell, order)
    for h in range(hidden):
        cell[h] = names[order[h]]
    for h in range(hidden):
        names[h] = cell[h]
    for array in (theta, first, second):
        for row in range(0, 4 * units, units):
            part = array[row : row + hidden]
            for h in range(hidden):
                moved[h] = part[order[h]]
            for h in range(hidden):
                part[h] = moved[h]

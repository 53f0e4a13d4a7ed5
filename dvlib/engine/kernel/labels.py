"""The compiled labels of a network on a whole mesh, by a quadtree of boxes.

In a box that no unit's line z = 0 crosses, f is linear. So each box starts from the linear sum of
the units that no longer change in it, and goes through the others only. If f, with half of each
crossing unit taken as linear and the rest as an error, keeps its sign in the box, the whole box
gets one label. Otherwise its quarters follow, down to boxes of 8 × 8 points that are evaluated
point by point.

Sums are in float64, in an order that the compiler may choose. So a point where f is zero to
rounding may get either label; where f is zero exactly, its label is 0.
"""

import numpy as np
from numba import njit

from dvlib.engine.kernel.compiling import compiled

LEAF = 8  # points along a side of the smallest boxes
ROUNDING = 1e-12  # of sums of thousands of float64, as a share of the sum of their sizes
_any_order = njit(error_model="numpy", nogil=True, fastmath={"contract", "reassoc", "nsz"})


@_any_order
def _sums(a, b, c, v, begin, end, x, y, radius, crosses, sums):
    """Say of the units begin … end whether they cross a box, and sum up what they add to f.

    `sums` gets the linear terms (per column, per row, constant) of units that do not cross, the
    same terms with half of each unit that does, and the largest error of the latter.
    """
    fixed_a = fixed_b = fixed_c = half_a = half_b = half_c = error = 0.0
    for u in range(begin, end):
        z = a[u] * x + b[u] * y + c[u]
        reach = (abs(a[u]) + abs(b[u])) * radius
        far = abs(z) > reach
        on = v[u] if z > 0 else 0.0
        fixed = on if far else 0.0
        half = on if far else 0.5 * v[u]
        fixed_a += fixed * a[u]
        fixed_b += fixed * b[u]
        fixed_c += fixed * c[u]
        half_a += half * a[u]
        half_b += half * b[u]
        half_c += half * c[u]
        error += 0.0 if far else 0.5 * abs(v[u]) * (abs(z) + reach)  # of |z| / 2
        crosses[u] = 0 if far else 1
    sums[0], sums[1], sums[2] = fixed_a, fixed_b, fixed_c
    sums[3], sums[4], sums[5], sums[6] = half_a, half_b, half_c, error


@_any_order
def _label_points(a, b, c, v, begin, end, f_a, f_b, f_c, column, row, out):
    """Label the points of a smallest box one by one, eight of a row at a time."""
    x, rows, columns = float(column), out.shape[0], out.shape[1]
    f = np.empty(LEAF)
    for j in range(row, min(row + LEAF, rows)):
        f0 = f_a * x + (f_b * j + f_c)
        f1, f2, f3, f4 = f0 + f_a, f0 + 2 * f_a, f0 + 3 * f_a, f0 + 4 * f_a
        f5, f6, f7 = f0 + 5 * f_a, f0 + 6 * f_a, f0 + 7 * f_a
        for u in range(begin, end):
            s, w = a[u], v[u]
            z = s * x + (b[u] * j + c[u])
            f0, f1 = f0 + w * max(z, 0.0), f1 + w * max(z + s, 0.0)
            f2, f3 = f2 + w * max(z + 2 * s, 0.0), f3 + w * max(z + 3 * s, 0.0)
            f4, f5 = f4 + w * max(z + 4 * s, 0.0), f5 + w * max(z + 5 * s, 0.0)
            f6, f7 = f6 + w * max(z + 6 * s, 0.0), f7 + w * max(z + 7 * s, 0.0)
        f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7] = f0, f1, f2, f3, f4, f5, f6, f7
        for i in range(min(LEAF, columns - column)):
            out[j, column + i] = f[i] > 0


@compiled
def label_mesh(packed, x_start, x_step, y_start, y_step, out):
    """Write the label of every mesh point to `out`, uint8 of shape (rows, columns).

    `packed` holds the weights wx, wy, b, v, c in a float64 array of shape (4 H + 1,).
    """
    rows, columns = out.shape
    hidden, size = (packed.size - 1) // 4, LEAF
    depth = 1
    while size < max(rows, columns):
        size, depth = 2 * size, depth + 1
    # z = a · column + b · row + c. The units that cross a box follow those of the box around it.
    room = hidden * (depth + 1)
    a, b, c, v = np.empty(room), np.empty(room), np.empty(room), np.empty(room)
    crosses, sums = np.empty(room, np.uint8), np.empty(7)
    scale = abs(packed[4 * hidden])
    for h in range(hidden):
        wx, wy = packed[h], packed[hidden + h]
        a[h], b[h], v[h] = wx * x_step, wy * y_step, packed[3 * hidden + h]
        c[h] = wx * x_start + wy * y_start + packed[2 * hidden + h]
        scale += abs(v[h]) * ((abs(a[h]) + abs(b[h])) * size + abs(c[h]))
    slack = ROUNDING * scale
    # Boxes to do: column, row, side, first and last of the units that may cross it; and f's part
    # of all other units there. Of each size, at most three wait beside the one that is halved.
    boxes, linear = np.empty(5 * (3 * depth + 1), np.int64), np.empty(3 * (3 * depth + 1))
    boxes[0], boxes[1], boxes[2], boxes[3], boxes[4] = 0, 0, size, 0, hidden
    linear[0], linear[1], linear[2] = 0.0, 0.0, packed[4 * hidden]
    waiting = 1
    while waiting > 0:
        waiting -= 1
        at = 5 * waiting
        column, row, side = boxes[at], boxes[at + 1], boxes[at + 2]
        begin, end = boxes[at + 3], boxes[at + 4]
        at = 3 * waiting
        f_a, f_b, f_c = linear[at], linear[at + 1], linear[at + 2]
        radius = 0.5 * (side - 1)
        x, y = column + radius, row + radius
        _sums(a, b, c, v, begin, end, x, y, radius, crosses, sums)
        half_a, half_b = f_a + sums[3], f_b + sums[4]
        f = half_a * x + half_b * y + (f_c + sums[5])
        if abs(f) > (abs(half_a) + abs(half_b)) * radius + sums[6] + slack:
            label = np.uint8(f > 0)
            for j in range(row, min(row + side, rows)):
                out[j, column : min(column + side, columns)] = label
            continue
        last = end
        for u in range(begin, end):
            a[last], b[last], c[last], v[last] = a[u], b[u], c[u], v[u]
            last += crosses[u]
        f_a, f_b, f_c = f_a + sums[0], f_b + sums[1], f_c + sums[2]
        if side == LEAF:
            _label_points(a, b, c, v, end, last, f_a, f_b, f_c, column, row, out)
            continue
        side //= 2
        for quarter in range(4):
            i, j = column + side * (quarter % 2), row + side * (quarter // 2)
            if i < columns and j < rows:
                at = 5 * waiting
                boxes[at], boxes[at + 1], boxes[at + 2] = i, j, side
                boxes[at + 3], boxes[at + 4] = end, last
                at = 3 * waiting
                linear[at], linear[at + 1], linear[at + 2] = f_a, f_b, f_c
                waiting += 1

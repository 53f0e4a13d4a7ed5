"""The compiled evaluation of a network on a whole mesh: f, or its labels.

The engine takes the labels from `labels`, which is faster with wide vectors; the playground's
WebAssembly, whose vectors are narrow, takes them from here.

Along a mesh row, f is piecewise linear in x with one kink per hidden unit. Where z of unit h passes
through zero, the unit becomes active (wx > 0) or inactive (wx < 0). This changes the slope of f by
v |wx| and its intercept by ± v z(0). Each unit adds its two changes to the bin of the first column
past its kink, and a running sum over the columns gives f. The cost is O(H + m) per row instead of
O(H · m), and O(m · H + m²) per mesh.

Sums are in float64, and positions of kinks in float32. z is nearly zero at a kink, so if rounding
puts the kink on the wrong side of a column, f hardly changes.
"""

import numpy as np

from dvlib.engine.kernel.compiling import compiled


@compiled
def _bin(kink, per_row, row, last):
    """Bin of a kink in a row: the first column past it."""
    place = kink + per_row * np.float32(row)
    place = place if place > 0 else np.float32(0)  # also if huge weights give NaN
    return np.int32(min(place, last))


@compiled
def sweep(packed, x_start, x_step, y_start, y_step, out, hard=False):
    """Write f at every mesh point, or the label if `hard`, to `out` of shape (rows, columns).

    `packed` holds the weights wx, wy, b, v, c in a float64 array of shape (4 H + 1,).
    """
    rows, columns = out.shape
    hidden = (packed.size - 1) // 4
    f32 = np.float32
    kink, kink_per_row = np.empty(hidden, f32), np.empty(hidden, f32)
    change, change_per_row, slope_change = np.empty(hidden), np.empty(hidden), np.empty(hidden)
    # Far to the left only units with wx < 0 are active: every row starts from their sum.
    slope_left, z_left, z_left_per_row = 0.0, 0.0, 0.0
    for h in range(hidden):
        wx, wy, v = packed[h], packed[hidden + h], packed[3 * hidden + h]
        if abs(wx) < 1e-20:  # no kink: a tiny slope puts it far outside the mesh
            wx = 1e-20
        # z at the first column, in the first row and its change from row to row
        z, z_per_row = wx * x_start + wy * y_start + packed[2 * hidden + h], wy * y_step
        kink[h] = 1.0 - z / (wx * x_step)
        kink_per_row[h] = -z_per_row / (wx * x_step)
        slope_change[h] = v * abs(wx) * x_step
        turn = v if wx > 0 else -v
        change[h], change_per_row[h] = turn * z, turn * z_per_row
        if wx < 0:
            slope_left += v * wx * x_step
            z_left += v * z
            z_left_per_row += v * z_per_row

    # Four rows at a time: their sums do not wait for each other. Rows past the last repeat it.
    bins = np.zeros((columns + 1, 8))  # changes of slope and intercept, by row
    bin_0, bin_1 = np.empty(hidden, np.uint32), np.empty(hidden, np.uint32)
    bin_2, bin_3 = np.empty(hidden, np.uint32), np.empty(hidden, np.uint32)
    last, end = f32(columns), packed[4 * hidden]
    for row in range(0, rows, 4):
        row_1, row_2, row_3 = min(row + 1, rows - 1), min(row + 2, rows - 1), min(row + 3, rows - 1)
        for h in range(hidden):
            place, per_row = kink[h], kink_per_row[h]
            bin_0[h] = _bin(place, per_row, row, last)
            bin_1[h] = _bin(place, per_row, row_1, last)
            bin_2[h] = _bin(place, per_row, row_2, last)
            bin_3[h] = _bin(place, per_row, row_3, last)
        for h in range(hidden):
            turn, at, per_row = slope_change[h], change[h], change_per_row[h]
            k = bin_0[h]
            bins[k, 0] += turn
            bins[k, 1] += at + per_row * row
            k = bin_1[h]
            bins[k, 2] += turn
            bins[k, 3] += at + per_row * row_1
            k = bin_2[h]
            bins[k, 4] += turn
            bins[k, 5] += at + per_row * row_2
            k = bin_3[h]
            bins[k, 6] += turn
            bins[k, 7] += at + per_row * row_3
        slope_0 = slope_1 = slope_2 = slope_3 = slope_left
        at_0, at_1 = z_left + z_left_per_row * row + end, z_left + z_left_per_row * row_1 + end
        at_2, at_3 = z_left + z_left_per_row * row_2 + end, z_left + z_left_per_row * row_3 + end
        for column in range(columns):
            slope_0, at_0 = slope_0 + bins[column, 0], at_0 + bins[column, 1]
            slope_1, at_1 = slope_1 + bins[column, 2], at_1 + bins[column, 3]
            slope_2, at_2 = slope_2 + bins[column, 4], at_2 + bins[column, 5]
            slope_3, at_3 = slope_3 + bins[column, 6], at_3 + bins[column, 7]
            f_0, f_1 = slope_0 * column + at_0, slope_1 * column + at_1
            f_2, f_3 = slope_2 * column + at_2, slope_3 * column + at_3
            out[row, column] = (1.0 if f_0 > 0 else 0.0) if hard else f_0
            out[row_1, column] = (1.0 if f_1 > 0 else 0.0) if hard else f_1
            out[row_2, column] = (1.0 if f_2 > 0 else 0.0) if hard else f_2
            out[row_3, column] = (1.0 if f_3 > 0 else 0.0) if hard else f_3
            for k in range(8):
                bins[column, k] = 0.0
        for k in range(8):
            bins[columns, k] = 0.0

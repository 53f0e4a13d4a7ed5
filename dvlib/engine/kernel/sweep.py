"""The compiled evaluation of a network on a whole mesh: its labels, or f itself.

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
def sweep(packed, x_start, x_step, columns, y_start, y_step, rows, hard, out):
    """Write f at every mesh point, or the label if `hard`, to `out` of shape (rows, columns).

    `packed` holds the weights wx, wy, b, v, c in a float64 array of shape (4 H + 1,).
    """
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

    slope_bins, intercept_bins = np.zeros(columns + 1), np.zeros(columns + 1)
    bins = np.empty(hidden, np.uint32)
    last, zero = f32(columns), f32(0)
    for row in range(rows):
        for h in range(hidden):
            place = kink[h] + kink_per_row[h] * f32(row)
            place = place if place > zero else zero  # also if huge weights give NaN
            bins[h] = np.int32(min(place, last))
        for h in range(hidden):
            k = bins[h]
            slope_bins[k] += slope_change[h]
            intercept_bins[k] += change[h] + change_per_row[h] * row
        slope, intercept = slope_left, z_left + z_left_per_row * row + packed[4 * hidden]
        for column in range(columns):
            slope += slope_bins[column]
            intercept += intercept_bins[column]
            slope_bins[column] = intercept_bins[column] = 0.0
            f = slope * column + intercept
            out[row, column] = (1.0 if f > 0 else 0.0) if hard else f
        slope_bins[columns] = intercept_bins[columns] = 0.0

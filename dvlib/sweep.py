"""The compiled evaluation of a network's labels on a whole mesh.

Along a mesh row the network is piecewise linear in x, with one kink per hidden unit: unit h begins
(wx > 0) or ceases (wx < 0) to act where its z passes through zero, which changes the slope of f by
v |wx| and its intercept by ± v z(0). So each unit adds its two changes to the bin of the first
column past its kink, and a running sum over the columns gives f: O(H + m) a row instead of
O(H · m), and O(m · H + m²) a mesh. Sums are in float64; near a kink z is about zero, so a kink put
on the wrong side of a column by rounding changes f by as little.
"""

import numpy as np
from numba import njit

_SPARE = 16

@njit(error_model="numpy", nogil=True, cache=True)
def sweep(packed, x_start, x_step, columns, y_start, y_step, rows, labels):
    """Write the label of every mesh point to `labels`, uint8 of shape (rows, columns).

    `packed` are the weights wx, wy, b, v, c as one float64 array of shape (4 H + 1,).
    """
    hidden = (packed.size - 1) // 4
    at_start, per_y, to_bin = np.empty(hidden), np.empty(hidden), np.empty(hidden)
    v, slope_change, turn = np.empty(hidden), np.empty(hidden), np.empty(hidden)
    # Far to the left only units with wx < 0 act: their sum is where every row starts from.
    slope_left, z_left, z_left_per_y = 0.0, 0.0, 0.0
    for h in range(hidden):
        wx = packed[h]
        if wx == 0.0:  # never a kink; a tiny slope makes it one far outside the mesh
            wx = 1e-300
        v[h] = packed[3 * hidden + h]
        at_start[h] = wx * x_start + packed[2 * hidden + h]
        per_y[h] = packed[hidden + h]
        to_bin[h] = -1.0 / (wx * x_step)
        slope_change[h] = v[h] * abs(wx) * x_step
        turn[h] = v[h] if wx > 0 else -v[h]
        if wx < 0:
            slope_left += v[h] * wx * x_step
            z_left += v[h] * at_start[h]
            z_left_per_y += v[h] * per_y[h]

    # Kinks left of the mesh go to bins before the first column and those right of it to bins after
    # the last: _SPARE of each, by turns, lest every addition wait for the one before it.
    changes_by_bin = np.zeros((columns + 2 * _SPARE, 2))  # of slope and intercept
    first_bin, last_bin = np.empty(hidden), np.empty(hidden)
    for h in range(hidden):
        first_bin[h], last_bin[h] = h % _SPARE, columns + _SPARE + h % _SPARE
    bins, changes = np.empty(hidden, np.int32), np.empty(hidden)
    for row in range(rows):
        y = y_start + row * y_step
        for h in range(hidden):
            z = at_start[h] + per_y[h] * y  # at the first column
            bins[h] = np.int32(min(max(z * to_bin[h] + (_SPARE + 1.0), first_bin[h]), last_bin[h]))
            changes[h] = turn[h] * z
        for h in range(hidden):
            changes_by_bin[bins[h], 0] += slope_change[h]
            changes_by_bin[bins[h], 1] += changes[h]
        slope, intercept = slope_left, z_left + z_left_per_y * y + packed[4 * hidden]
        for k in range(_SPARE):
            slope += changes_by_bin[k, 0]
            intercept += changes_by_bin[k, 1]
        for column in range(columns):
            slope += changes_by_bin[_SPARE + column, 0]
            intercept += changes_by_bin[_SPARE + column, 1]
            labels[row, column] = slope * column + intercept > 0
        changes_by_bin[:] = 0.0

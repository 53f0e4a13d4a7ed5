"""The compiled fit of one hidden layer of rectifiers on points of the plane.

The network is ``f(x, y) = c + Σ_h v_h · relu(z_h)`` with ``z_h = wx_h x + wy_h y + b_h``. `fit`
trains it in float32 as `sklearn.neural_network.MLPClassifier` does: minibatches, Adam, L2 term, log
loss and the same stopping rule. Initial weights and the order of points are given.

Passes over a minibatch are in `minibatch`. All sums run in a fixed order (see `lanes`), so a
repeated refit gives the same bits. The state of a refit takes about 150 KB for 1,000 units and
stays in the second-level cache.
"""

import math

import numpy as np

from dvlib.engine.kernel.boxes import PAD, Groups, rescale
from dvlib.engine.kernel.compiling import compiled
from dvlib.engine.kernel.lanes import WIDTH, lowest_bit
from dvlib.engine.kernel.locality import BLOCK, arrange_points, sort_units
from dvlib.engine.kernel.memory import FLUSHED, on_lines, swap_control
from dvlib.engine.kernel.minibatch import KEPT, TABLE, Near, backward, forward, residuals, tabulate
from dvlib.engine.kernel.stream import draw_epochs

f32 = np.float32
RESORT = 6, 24  # minimum of epochs and of steps between two sorts of the units: they move slowly


@compiled
def fit(
    x,
    y,
    labels,
    weights,
    initial,
    order,
    state,
    batch_size,
    rate,
    beta_1,
    beta_2,
    epsilon,
    alpha,
    tol,
    patience,
    probe_x,
    probe_y,
    probe_labels,
    kept_epochs,
    hits,
    snapshots,
):
    """Train one network and observe it; `dvlib.engine.mlp.train` prepares the arguments.

    Parameters
    ----------
    x, y, labels, weights : float32 arrays of shape (n,); weights and labels are 0 or 1
    initial : float32 array of shape (4 H + 1,), wx, wy, b, v and c one after the other
    order : int32 array of shape (max_epochs, n), the order of the points in each epoch; rows that
        are not yet drawn are filled when training comes to them
    state : uint32 array, see `dvlib.engine.kernel.stream`
    probe_x, probe_y, probe_labels : float32 arrays of shape (k,)
    kept_epochs : increasing int array of shape (s,); epoch 0 is the initialization
    hits : uint8 array of shape (max_epochs, k), output: 1 if the probe is correct after the epoch
    snapshots : float32 array of shape (s, 4 H + 1), output; epochs after the last one run get the
        final weights

    Returns
    -------
    final weights (like `initial`), epochs run, loss of the last epoch
    """
    control = swap_control(FLUSHED)
    n_points, n_probes = x.size, probe_x.size
    hidden = (initial.size - 1) // 4
    units = (hidden + PAD - 1) // PAD * PAD
    wide = (units // WIDTH + WIDTH - 1) // WIDTH * WIDTH
    batch_size = min(batch_size, n_points)
    room = (max(batch_size, n_probes) + WIDTH - 1) // WIDTH * WIDTH
    most = room // BLOCK

    theta, first = on_lines(4 * units), on_lines(4 * units)
    second, scaled = on_lines(4 * units), on_lines(3 * units)
    names = np.arange(hidden).astype(np.uint32)
    groups = Groups(on_lines(3 * wide * WIDTH), on_lines(3 * wide * WIDTH // 2))
    near = Near(
        on_lines(most * wide), np.empty(wide, np.int32),
        np.empty(most * wide, np.int32), on_lines(most * units // 4).view(np.uint8),
    )  # fmt: skip
    tables, whole = on_lines(most * TABLE), on_lines(3 * most)
    base = on_lines(3 * wide)
    bx, by = on_lines(room), on_lines(room)
    bs, bw = on_lines(room), on_lines(room)
    px, py = on_lines(room), on_lines(room)
    out, delta = on_lines(room + WIDTH), on_lines(room)
    for n in range(n_probes):
        px[n], py[n] = probe_x[n], probe_y[n]
    kept = KEPT.copy()

    place, rank = np.empty(n_points, np.uint32), np.empty(n_points, np.uint32)
    middle = np.zeros(3, f32)
    arrange_points(x, y, batch_size, middle, place, rank)
    marks = np.zeros(n_points // 64 + 1, np.int64)

    for k in range(4):
        for h in range(hidden):
            theta[k * units + h] = initial[k * hidden + h]
    bias, bias_first, bias_second = float(initial[4 * hidden]), 0.0, 0.0
    final = initial.copy()
    next_kept = 0
    while next_kept < kept_epochs.size and kept_epochs[next_kept] == 0:
        for k in range(initial.size):
            snapshots[next_kept, k] = initial[k]
        next_kept += 1

    n_batches = (n_points + batch_size - 1) // batch_size
    resort = max(RESORT[0], RESORT[1] // n_batches)
    best, stale, step, epoch, loss = np.inf, 0, 0, 0, 0.0
    power_1, power_2 = 1.0, 1.0
    squares = 0.0
    for epoch in range(order.shape[0]):
        draw_epochs(state, order, epoch + 1)
        if epoch % resort == 0:
            sort_units(theta, first, second, units, hidden, names, middle)
            squares = rescale(theta, units, scaled, middle, groups, wide)
        accumulated = 0.0
        for begin in range(0, n_points, batch_size):
            count = min(batch_size, n_points - begin)
            for n in range(count):
                point = order[epoch, begin + n]
                i = rank[point]
                marks[i >> 6] |= np.int64(weights[point]) << (i & 63)
            taken = 0
            for word in range(marks.size):
                bits = marks[word]
                marks[word] = 0
                while bits != 0:
                    i = place[(word << 6) + lowest_bit(bits)]
                    bits &= bits - 1
                    bx[taken], by[taken], bs[taken] = x[i], y[i], f32(1) - f32(2) * labels[i]
                    bw[taken] = f32(1)
                    taken += 1
            if taken == 0:  # all points of the minibatch have weight 0
                continue
            weight_sum = float(taken)
            blocks, vectors = (taken + BLOCK - 1) // BLOCK, (taken + WIDTH - 1) // WIDTH
            for n in range(taken, vectors * WIDTH):  # weight 0, and no block's box grows
                bx[n], by[n], bw[n] = bx[taken - 1], by[taken - 1], f32(0)
            forward(bx, by, blocks, theta, units, scaled, middle, groups, near, out)
            summed, delta_sum = residuals(out, bias, bs, bw, weight_sum, vectors, delta)
            accumulated += (summed + 0.5 * alpha * squares) / weight_sum * count

            step += 1
            power_1 *= beta_1
            power_2 *= beta_2
            step_rate = rate * math.sqrt(1 - power_2) / (1 - power_1)
            tabulate(bx, by, delta, blocks, kept, near, tables, whole, base)
            backward(
                tables, base, near, theta, units, alpha / weight_sum, first, second,
                step_rate, beta_1, beta_2, epsilon,
            )  # fmt: skip
            bias_first = beta_1 * bias_first + (1 - beta_1) * delta_sum
            bias_second = beta_2 * bias_second + (1 - beta_2) * delta_sum * delta_sum
            bias -= step_rate * bias_first / (math.sqrt(bias_second) + epsilon)
            squares = rescale(theta, units, scaled, middle, groups, wide)

        if n_probes > 0:
            blocks = (n_probes + BLOCK - 1) // BLOCK
            forward(px, py, blocks, theta, units, scaled, middle, groups, near, out)
            for k in range(n_probes):
                hits[epoch, k] = (float(out[k]) + bias > 0) == (probe_labels[k] > 0)
        loss = accumulated / n_points
        stale = stale + 1 if loss > best - tol else 0
        best = min(best, loss)
        finished = stale > patience or epoch + 1 == order.shape[0]
        if finished or (next_kept < kept_epochs.size and kept_epochs[next_kept] == epoch + 1):
            for k in range(4):
                for h in range(hidden):
                    final[k * hidden + names[h]] = theta[k * units + h]
            final[4 * hidden] = f32(bias)
        while next_kept < kept_epochs.size and (finished or kept_epochs[next_kept] <= epoch + 1):
            for k in range(final.size):
                snapshots[next_kept, k] = final[k]
            next_kept += 1
        if finished:
            break
    swap_control(control)
    return final, epoch + 1, loss

"""The compiled fit of one hidden layer of rectifiers on rows of any width, for any classes.

In the plane, bounding boxes show on which side of a unit's line most points lie, so its kernel
(`training`) skips most of the arithmetic. In more dimensions they would not, and this kernel does
all of it. It works on 8 rows and 16 units at a time, whose sums stay in registers, and makes the
step of Adam for a weight as soon as its gradient is known. The semantics are scikit-learn's, as in
`training`. All sums run in a fixed order, so a repeated refit gives the same bits.
"""

import math

import numpy as np

from dvlib.engine.kernel.compiling import compiled
from dvlib.engine.kernel.dense_passes import TILE, backward, forward
from dvlib.engine.kernel.lanes import WIDTH, load, store
from dvlib.engine.kernel.memory import FLUSHED, on_lines, swap_control
from dvlib.engine.kernel.minibatch import residuals
from dvlib.engine.kernel.softmax import softmax_residuals
from dvlib.engine.kernel.stream import draw_epochs

f32 = np.float32


@compiled
def fit_dense(
    X,
    labels,
    outputs,
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
    kept_epochs,
    snapshots,
):
    """Train one network; `dvlib.engine.mlp.train` prepares the arguments.

    Parameters
    ----------
    X : float32 array of shape (n, d)
    labels : int32 array of shape (n,), 0 … K − 1
    outputs : 1 for two classes, K for more
    initial : float32 array of shape (W,), packed as in `dvlib.engine.mlp.Network`
    order, state : as of `dvlib.engine.kernel.training.fit`
    kept_epochs : increasing int array of shape (s,); epoch 0 is the initialization
    snapshots : float32 array of shape (s, W), output; epochs after the last one run get the final
        weights

    Returns
    -------
    final weights (like `initial`), epochs run, loss of the last epoch
    """
    control = swap_control(FLUSHED)
    n_points, inputs = X.shape
    hidden = (initial.size - outputs) // (inputs + 1 + outputs)
    units = (hidden + WIDTH - 1) // WIDTH * WIDTH
    stride = (inputs + WIDTH - 1) // WIDTH * WIDTH
    batch_size = min(batch_size, n_points)
    room = (batch_size + WIDTH - 1) // WIDTH * WIDTH

    rows = inputs + 1 + outputs  # of theta: weights of the inputs, biases, weights of the outputs
    theta, first = on_lines(rows * units), on_lines(rows * units)
    second = on_lines(rows * units)
    bias, bias_first = np.zeros(outputs), np.zeros(outputs)
    bias_second, delta_sums = np.zeros(outputs), np.zeros(outputs)
    whole = on_lines(n_points * stride)
    for i in range(n_points):
        for j in range(inputs):
            whole[i * stride + j] = X[i, j]
    x, active = on_lines(room * stride + WIDTH), on_lines(room * units)
    slopes = on_lines(room * WIDTH)
    sides, weights = on_lines(outputs * room), on_lines(room)
    out, delta = on_lines(outputs * room + WIDTH), on_lines(outputs * room)

    squares = unpack(initial, theta, bias, inputs, hidden, units, outputs)
    final = initial.copy()
    next_kept = 0
    while next_kept < kept_epochs.size and kept_epochs[next_kept] == 0:
        snapshots[next_kept] = initial
        next_kept += 1

    best, stale, epoch, loss = np.inf, 0, 0, 0.0
    power_1, power_2 = 1.0, 1.0
    for epoch in range(order.shape[0]):
        draw_epochs(state, order, epoch + 1)
        accumulated = 0.0
        for begin in range(0, n_points, batch_size):
            count = min(batch_size, n_points - begin)
            full = (count + TILE - 1) // TILE * TILE
            vectors = (count + WIDTH - 1) // WIDTH
            sides[:] = f32(0)
            for n in range(count):
                i = order[epoch, begin + n]
                for j in range(0, stride, WIDTH):
                    store(x, n * stride + j, load(whole, i * stride + j))
                weights[n] = f32(1)
                if outputs == 1:
                    sides[n] = f32(1) - f32(2) * labels[i]
                else:
                    sides[labels[i] * room + n] = f32(1)
            for n in range(count, vectors * WIDTH):  # padding
                weights[n] = f32(0)
            forward(x, stride, full, theta, units, inputs, outputs, room, active, out)
            if outputs == 1:
                summed, delta_sums[0] = residuals(
                    out, bias[0], sides, weights, float(count), vectors, delta
                )
            else:
                summed = softmax_residuals(
                    out, bias, sides, weights, float(count), vectors, room, delta, delta_sums
                )
            accumulated += summed + 0.5 * alpha * squares
            power_1 *= beta_1
            power_2 *= beta_2
            step_rate = rate * math.sqrt(1 - power_2) / (1 - power_1)
            squares = backward(
                x, stride, full, theta, units, inputs, outputs, room, active, slopes, delta,
                alpha / count, first, second, step_rate, beta_1, beta_2, epsilon,
            )  # fmt: skip
            for c in range(outputs):
                bias_first[c] = beta_1 * bias_first[c] + (1 - beta_1) * delta_sums[c]
                bias_second[c] = beta_2 * bias_second[c] + (1 - beta_2) * delta_sums[c] ** 2
                bias[c] -= step_rate * bias_first[c] / (math.sqrt(bias_second[c]) + epsilon)

        loss = accumulated / n_points
        stale = stale + 1 if loss > best - tol else 0
        best = min(best, loss)
        finished = stale > patience or epoch + 1 == order.shape[0]
        if finished or (next_kept < kept_epochs.size and kept_epochs[next_kept] == epoch + 1):
            pack(theta, bias, inputs, hidden, units, outputs, final)
        while next_kept < kept_epochs.size and (finished or kept_epochs[next_kept] <= epoch + 1):
            snapshots[next_kept] = final
            next_kept += 1
        if finished:
            break
    swap_control(control)
    return final, epoch + 1, loss


@compiled
def unpack(packed, theta, bias, inputs, hidden, units, outputs):
    """Fill `theta` and `bias` from packed weights; return the sum of the weights' squares."""
    squares = 0.0
    for j in range(inputs + 1):
        for h in range(hidden):
            theta[j * units + h] = packed[j * hidden + h]
            if j < inputs:
                squares += float(packed[j * hidden + h]) ** 2
    at = (inputs + 1) * hidden
    for h in range(hidden):
        for c in range(outputs):
            theta[(inputs + 1 + c) * units + h] = packed[at + h * outputs + c]
            squares += float(packed[at + h * outputs + c]) ** 2
    for c in range(outputs):
        bias[c] = packed[at + hidden * outputs + c]
    return squares


@compiled
def pack(theta, bias, inputs, hidden, units, outputs, packed):
    """Fill packed weights from `theta` and `bias`."""
    for j in range(inputs + 1):
        for h in range(hidden):
            packed[j * hidden + h] = theta[j * units + h]
    at = (inputs + 1) * hidden
    for h in range(hidden):
        for c in range(outputs):
            packed[at + h * outputs + c] = theta[(inputs + 1 + c) * units + h]
    for c in range(outputs):
        packed[at + hidden * outputs + c] = f32(bias[c])

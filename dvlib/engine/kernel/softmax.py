"""The compiled residuals and loss of three or more classes."""

import math

import numpy as np

from dvlib.engine.kernel.compiling import compiled
from dvlib.engine.kernel.lanes import WIDTH, exp_minus, fma, larger, load, splat, store, total

f32 = np.float32
FOLD = 8  # vectors whose sums are multiplied before a logarithm; float32 holds (10,000 classes)⁸


@compiled
def softmax_residuals(out, bias, onehot, weights, weight_sum, vectors, room, delta, delta_sums):
    """Residuals δ = w (p − onehot(y)) / Σw into `delta`, and their sums into `delta_sums`.

    Returns the summed log loss. `out`, `onehot` and `delta` are (outputs, room). `weights` (room,)
    are 1, or 0 for padding. The first 16 numbers of `out` are overwritten.
    """
    outputs, scale, one = bias.size, splat(f32(1.0 / weight_sum)), splat(f32(1))
    loss, product, linear = 0.0, one, splat(f32(0))
    delta_sums[:] = 0.0
    for i in range(vectors):
        n = i * WIDTH
        top = load(out, n) + splat(f32(bias[0]))
        for c in range(1, outputs):
            top = larger(top, load(out, c * room + n) + splat(f32(bias[c])))
        whole, given, weight = splat(f32(0)), splat(f32(0)), load(weights, n)
        for c in range(outputs):
            at = c * room + n
            below = top - (load(out, at) + splat(f32(bias[c])))
            share = exp_minus(below)
            store(delta, at, share)
            whole = whole + share
            given = fma(load(onehot, at), below, given)
        part = weight * scale / whole
        for c in range(outputs):
            at = c * room + n
            known = splat(f32(0)) - weight * scale * load(onehot, at)
            difference = fma(part, load(delta, at), known)
            store(delta, at, difference)
            delta_sums[c] += float(total(difference))
        linear = fma(weight, given, linear)
        product = product * fma(weight, whole - one, one)
        if i % FOLD == FOLD - 1 or i + 1 == vectors:
            store(out, 0, product)
            for lane in range(WIDTH):
                loss += math.log(out[lane])
            product = one
    return loss + total(linear)

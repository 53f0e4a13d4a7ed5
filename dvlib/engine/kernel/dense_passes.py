"""The compiled passes over a minibatch of rows of any width; see `dense`.

`theta` has rows of `units` numbers: a row of weights for each input, a row of biases, and a row of
weights for each output. In `x`, each point has a row of `stride` numbers, with zeros after the last
input. `units` and `stride` are multiples of 16; the padded units have zero weights, and keep them.
"""

from typing import NamedTuple

import numpy as np

from dvlib.engine.kernel.compiling import compiled
from dvlib.engine.kernel.lanes import (
    WIDTH,
    fma,
    larger,
    load,
    pair_sums,
    splat,
    spread,
    sqrt,
    store,
    total,
    where_positive,
)

f32 = np.float32
# Points whose sums are in registers together. A multiply-add takes about four cycles, and two can
# start in each on most processors: eight independent sums keep the processor busy.
TILE = 8
INPUTS = 5  # inputs whose sums are in registers together, as sums over even and over odd points


class Steps(NamedTuple):
    """Constants of the steps of Adam, each in all lanes."""

    minus_rate: object
    beta_1: object
    beta_2: object
    rest_1: object
    rest_2: object
    epsilon: object


@compiled
def _eight_sums(a0, a1, a2, a3, a4, a5, a6, a7):
    """Sum of the lanes of each vector, in lanes 0 … 7."""
    low = pair_sums(pair_sums(a0, a1), pair_sums(a2, a3))
    high = pair_sums(pair_sums(a4, a5), pair_sums(a6, a7))
    sums = pair_sums(low, high)
    return pair_sums(sums, sums)


@compiled
def forward(x, stride, count, theta, units, inputs, outputs, room, active, out):
    """Computes the units' activations at `count` points, and the outputs without their biases.

    `count` is a multiple of 8. Results are `active`, (points, units), and `out`, (outputs, room)
    followed by 16 numbers to spare.
    """
    zero, biases, v = splat(f32(0)), inputs * units, (inputs + 1) * units
    for n in range(0, count, TILE):
        q = n * stride
        o0 = o1 = o2 = o3 = o4 = o5 = o6 = o7 = zero
        for h in range(0, units, WIDTH):
            b = load(theta, biases + h)
            a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = b
            for j in range(inputs):
                w, at = load(theta, j * units + h), q + j
                a0 = fma(spread(x, at), w, a0)
                a1 = fma(spread(x, at + stride), w, a1)
                a2 = fma(spread(x, at + 2 * stride), w, a2)
                a3 = fma(spread(x, at + 3 * stride), w, a3)
                a4 = fma(spread(x, at + 4 * stride), w, a4)
                a5 = fma(spread(x, at + 5 * stride), w, a5)
                a6 = fma(spread(x, at + 6 * stride), w, a6)
                a7 = fma(spread(x, at + 7 * stride), w, a7)
            a0, a1, a2, a3 = larger(a0, zero), larger(a1, zero), larger(a2, zero), larger(a3, zero)
            a4, a5, a6, a7 = larger(a4, zero), larger(a5, zero), larger(a6, zero), larger(a7, zero)
            at = n * units + h
            store(active, at, a0)
            store(active, at + units, a1)
            store(active, at + 2 * units, a2)
            store(active, at + 3 * units, a3)
            store(active, at + 4 * units, a4)
            store(active, at + 5 * units, a5)
            store(active, at + 6 * units, a6)
            store(active, at + 7 * units, a7)
            w = load(theta, v + h)
            o0, o1, o2, o3 = fma(a0, w, o0), fma(a1, w, o1), fma(a2, w, o2), fma(a3, w, o3)
            o4, o5, o6, o7 = fma(a4, w, o4), fma(a5, w, o5), fma(a6, w, o6), fma(a7, w, o7)
        store(out, n, _eight_sums(o0, o1, o2, o3, o4, o5, o6, o7))
    # The other outputs, if any. Each store also writes 8 numbers too many, into places that a later
    # store fills, or into padding.
    for c in range(1, outputs):
        for n in range(0, count, TILE):
            o0 = o1 = o2 = o3 = o4 = o5 = o6 = o7 = zero
            for h in range(0, units, WIDTH):
                w, at = load(theta, v + c * units + h), n * units + h
                o0 = fma(load(active, at), w, o0)
                o1 = fma(load(active, at + units), w, o1)
                o2 = fma(load(active, at + 2 * units), w, o2)
                o3 = fma(load(active, at + 3 * units), w, o3)
                o4 = fma(load(active, at + 4 * units), w, o4)
                o5 = fma(load(active, at + 5 * units), w, o5)
                o6 = fma(load(active, at + 6 * units), w, o6)
                o7 = fma(load(active, at + 7 * units), w, o7)
            store(out, c * room + n, _eight_sums(o0, o1, o2, o3, o4, o5, o6, o7))


@compiled
def _step(steps, theta, at, gradient, decay, first, second):
    """Adam's step for 16 weights; the L2 term, `decay` · w, is added here. Returns the new w²."""
    w = load(theta, at)
    gradient = fma(decay, w, gradient)
    m = fma(steps.beta_1, load(first, at), steps.rest_1 * gradient)
    s = fma(steps.beta_2, load(second, at), steps.rest_2 * (gradient * gradient))
    store(first, at, m)
    store(second, at, s)
    w = fma(steps.minus_rate, m / (sqrt(s) + steps.epsilon), w)
    store(theta, at, w)
    return w * w


@compiled
def backward(
    x, stride, count, theta, units, inputs, outputs, room, active, slopes, delta, decay, first,
    second, rate, beta_1, beta_2, eps,
):  # fmt: skip
    """Gradients and a step of Adam, for 16 units at a time; returns the sum of the squared weights.

    `delta`, (outputs, room), are the residuals, 0 for padding. `slopes` is scratch space for
    (points, 16), the gradient of the loss with respect to the inputs of 16 rectifiers. A unit that
    is active on no point gets gradients of exactly zero, see `minibatch`.
    """
    steps = Steps(
        splat(f32(-rate)), splat(f32(beta_1)), splat(f32(beta_2)), splat(f32(1 - beta_1)),
        splat(f32(1 - beta_2)), splat(f32(eps)),
    )  # fmt: skip
    alpha = splat(f32(decay))
    zero, squares, v = splat(f32(0)), splat(f32(0)), (inputs + 1) * units
    for h in range(0, units, WIDTH):
        s0 = s1 = s2 = s3 = g0 = g1 = g2 = g3 = zero
        for n in range(0, count, 4):
            z0 = z1 = z2 = z3 = zero
            for c in range(outputs):
                w, at = load(theta, v + c * units + h), c * room + n
                z0 = fma(spread(delta, at), w, z0)
                z1 = fma(spread(delta, at + 1), w, z1)
                z2 = fma(spread(delta, at + 2), w, z2)
                z3 = fma(spread(delta, at + 3), w, z3)
            at, to = n * units + h, n * WIDTH
            a0, a1 = load(active, at), load(active, at + units)
            a2, a3 = load(active, at + 2 * units), load(active, at + 3 * units)
            z0, z1 = where_positive(a0, z0, zero), where_positive(a1, z1, zero)
            z2, z3 = where_positive(a2, z2, zero), where_positive(a3, z3, zero)
            store(slopes, to, z0)
            store(slopes, to + WIDTH, z1)
            store(slopes, to + 2 * WIDTH, z2)
            store(slopes, to + 3 * WIDTH, z3)
            s0, s1, s2, s3 = s0 + z0, s1 + z1, s2 + z2, s3 + z3
            g0, g1 = fma(spread(delta, n), a0, g0), fma(spread(delta, n + 1), a1, g1)
            g2, g3 = fma(spread(delta, n + 2), a2, g2), fma(spread(delta, n + 3), a3, g3)
        _step(steps, theta, inputs * units + h, (s0 + s1) + (s2 + s3), zero, first, second)
        at, g = v + h, (g0 + g1) + (g2 + g3)
        squares = squares + _step(steps, theta, at, g, alpha, first, second)
        for c in range(1, outputs):
            g0 = g1 = g2 = g3 = zero
            for n in range(0, count, 4):
                at, to = n * units + h, c * room + n
                g0 = fma(spread(delta, to), load(active, at), g0)
                g1 = fma(spread(delta, to + 1), load(active, at + units), g1)
                g2 = fma(spread(delta, to + 2), load(active, at + 2 * units), g2)
                g3 = fma(spread(delta, to + 3), load(active, at + 3 * units), g3)
            at, g = v + c * units + h, (g0 + g1) + (g2 + g3)
            squares = squares + _step(steps, theta, at, g, alpha, first, second)
        for j in range(0, inputs, INPUTS):
            s0 = s1 = s2 = s3 = s4 = t0 = t1 = t2 = t3 = t4 = zero
            for n in range(0, count, 2):
                z, at = load(slopes, n * WIDTH), n * stride + j
                s0, s1 = fma(spread(x, at), z, s0), fma(spread(x, at + 1), z, s1)
                s2, s3 = fma(spread(x, at + 2), z, s2), fma(spread(x, at + 3), z, s3)
                s4 = fma(spread(x, at + 4), z, s4)
                z, at = load(slopes, n * WIDTH + WIDTH), at + stride
                t0, t1 = fma(spread(x, at), z, t0), fma(spread(x, at + 1), z, t1)
                t2, t3 = fma(spread(x, at + 2), z, t2), fma(spread(x, at + 3), z, t3)
                t4 = fma(spread(x, at + 4), z, t4)
            # Sums beyond the last input are of padding or of the next row, and are not used.
            at, left = j * units + h, inputs - j
            squares = squares + _step(steps, theta, at, s0 + t0, alpha, first, second)
            if left > 1:
                at += units
                squares = squares + _step(steps, theta, at, s1 + t1, alpha, first, second)
            if left > 2:
                at += units
                squares = squares + _step(steps, theta, at, s2 + t2, alpha, first, second)
            if left > 3:
                at += units
                squares = squares + _step(steps, theta, at, s3 + t3, alpha, first, second)
            if left > 4:
                at += units
                squares = squares + _step(steps, theta, at, s4 + t4, alpha, first, second)
    return float(total(squares))

"""The compiled fit of one hidden layer of rectifiers on points of the plane.

The network is ``f(x, y) = c + Σ_h v_h · relu(z_h)`` with ``z_h = wx_h x + wy_h y + b_h``, and
`fit` is what `sklearn.neural_network.MLPClassifier` does to it, in float32: minibatches, Adam, L2
term, log loss, the same stopping rule, from given initial weights and a given order of points.

Two identities remove most of the arithmetic (B = points of a minibatch):

forward
    relu(z) = (z + |z|) / 2. The first half summed over units is one linear function of (x, y). For
    the second, v|z| = ±|z'| with z' = |v| z, so a unit and a point cost two multiply-adds, a change
    of sign and an addition. The sign of z' is kept as one bit (8 points to a byte): nothing else
    of size B × H is stored.
backward
    ∂v_h = wx S_x + wy S_y + b S_1, ∂wx = v S_x, ∂wy = v S_y, ∂b = v S_1, where
    S_x = Σ_n δ_n x_n [z_hn > 0], and S_y, S_1 likewise. Four points have 16 patterns of signs, so
    their 16 partial sums are tabulated once per minibatch, and every unit looks its own up with
    four bits as the index (the "method of four Russians"): one look-up and one addition instead
    of four multiply-adds and four selections.

All sums run in a fixed order (see :mod:`dvlib.simd`): one refit, one sequence of bits. The state of
a refit is about 100 KB for 1,000 units and stays in the second-level cache.
"""

import math

import numpy as np
from numba import njit

from dvlib.simd import (
    WIDTH,
    absolute,
    copysign,
    drop_four,
    fma,
    load,
    load_signs,
    look_up,
    no_signs,
    push_sign,
    splat,
    sqrt,
    store,
    store_signs,
    total,
)

BLOCK = 8  # points a forward step takes together; their signs fill one byte
PAD = 2 * WIDTH  # units are padded to this: the backward step takes two vectors of units at once
_TABLES = 2 * 3 * 16  # floats per block: 16 sums for each of (x, y, 1) and each half of the block

# [bit j of m is 0] for j = 3, 2, 1, 0 and m = 0 … 15: which of four points pattern m keeps
_KEPT = np.array([[not m >> j & 1 for m in range(16)] for j in (3, 2, 1, 0)], np.float32).ravel()

f32 = np.float32
# The numpy error model leaves out the test of every division that Python's would need.
compiled = njit(error_model="numpy", nogil=True, cache=True)


@compiled
def _rescale(theta, units, scaled, linear):
    """Fill `scaled` with |v|·(wx, wy, b), `linear` with Σ v·(wx, wy, b); return Σ wx² + wy² + v²."""
    sum_x, sum_y, sum_1, squares = splat(f32(0)), splat(f32(0)), splat(f32(0)), splat(f32(0))
    for h in range(0, units, WIDTH):
        wx, wy, b = load(theta, h), load(theta, units + h), load(theta, 2 * units + h)
        v = load(theta, 3 * units + h)
        size = absolute(v)
        store(scaled, h, wx * size)
        store(scaled, units + h, wy * size)
        store(scaled, 2 * units + h, b * size)
        sum_x, sum_y, sum_1 = fma(v, wx, sum_x), fma(v, wy, sum_y), fma(v, b, sum_1)
        squares = fma(wx, wx, fma(wy, wy, fma(v, v, squares)))
    linear[0], linear[1], linear[2] = total(sum_x), total(sum_y), total(sum_1)
    return total(squares)


@compiled
def _forward(x, y, count, theta, units, scaled, linear, signs, out):
    """Network output without the output bias for `count` points (a multiple of BLOCK)."""
    for n in range(0, count, BLOCK):
        x0, x1, x2, x3 = splat(x[n]), splat(x[n + 1]), splat(x[n + 2]), splat(x[n + 3])
        x4, x5, x6, x7 = splat(x[n + 4]), splat(x[n + 5]), splat(x[n + 6]), splat(x[n + 7])
        y0, y1, y2, y3 = splat(y[n]), splat(y[n + 1]), splat(y[n + 2]), splat(y[n + 3])
        y4, y5, y6, y7 = splat(y[n + 4]), splat(y[n + 5]), splat(y[n + 6]), splat(y[n + 7])
        a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = splat(f32(0))
        for h in range(0, units, WIDTH):
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
            z = fma(p, x4, fma(q, y4, r))
            a4, bits = a4 + copysign(z, v), push_sign(bits, z)
            z = fma(p, x5, fma(q, y5, r))
            a5, bits = a5 + copysign(z, v), push_sign(bits, z)
            z = fma(p, x6, fma(q, y6, r))
            a6, bits = a6 + copysign(z, v), push_sign(bits, z)
            z = fma(p, x7, fma(q, y7, r))
            a7, bits = a7 + copysign(z, v), push_sign(bits, z)
            store_signs(signs, n // BLOCK * units + h, bits)
        out[n], out[n + 1], out[n + 2], out[n + 3] = total(a0), total(a1), total(a2), total(a3)
        out[n + 4], out[n + 5], out[n + 6], out[n + 7] = total(a4), total(a5), total(a6), total(a7)
    for n in range(count):
        out[n] = f32(0.5) * (linear[0] * x[n] + linear[1] * y[n] + linear[2] + out[n])


@compiled
def _tabulate(x, y, delta, count, kept, tables):
    """The 16 partial sums of (δx, δy, δ) for every four points; the first point is the high bit."""
    k0, k1, k2, k3 = load(kept, 0), load(kept, 16), load(kept, 32), load(kept, 48)
    for n in range(0, count, 4):
        # The low bits of a block's byte are its last four points: their tables come first.
        at = n // BLOCK * _TABLES + (48 if n % BLOCK == 0 else 0)
        d0, d1, d2, d3 = delta[n], delta[n + 1], delta[n + 2], delta[n + 3]
        one = fma(k3, splat(d3), fma(k2, splat(d2), fma(k1, splat(d1), k0 * splat(d0))))
        store(tables, at + 32, one)
        d0, d1, d2, d3 = d0 * x[n], d1 * x[n + 1], d2 * x[n + 2], d3 * x[n + 3]
        one = fma(k3, splat(d3), fma(k2, splat(d2), fma(k1, splat(d1), k0 * splat(d0))))
        store(tables, at, one)
        d0, d1, d2, d3 = (
            delta[n] * y[n],
            delta[n + 1] * y[n + 1],
            delta[n + 2] * y[n + 2],
            delta[n + 3] * y[n + 3],
        )
        one = fma(k3, splat(d3), fma(k2, splat(d2), fma(k1, splat(d1), k0 * splat(d0))))
        store(tables, at + 16, one)


@compiled
def _adam(theta, at, gradient, first, second, rate, rest_1, rest_2, beta_1, beta_2, epsilon):
    m = fma(beta_1, load(first, at), rest_1 * gradient)
    s = fma(beta_2, load(second, at), rest_2 * (gradient * gradient))
    store(first, at, m)
    store(second, at, s)
    store(theta, at, fma(rate, m / (sqrt(s) + epsilon), load(theta, at)))


@compiled
def _backward(tables, blocks, signs, theta, units, decay, first, second, rate, beta_1, beta_2, eps):
    """Gradients from the tables, and the Adam step of every unit while they are in registers."""
    minus_rate, alpha, epsilon = splat(f32(-rate)), splat(f32(decay)), splat(f32(eps))
    b1, b2 = splat(f32(beta_1)), splat(f32(beta_2))
    r1, r2 = splat(f32(1 - beta_1)), splat(f32(1 - beta_2))
    for start in range(0, units, PAD):
        sx0 = sy0 = s10 = sx1 = sy1 = s11 = splat(f32(0))
        for g in range(blocks):
            at = g * _TABLES
            bits = load_signs(signs, g * units + start)
            more = load_signs(signs, g * units + start + WIDTH)
            sx0, sx1 = sx0 + look_up(tables, at, bits), sx1 + look_up(tables, at, more)
            sy0, sy1 = sy0 + look_up(tables, at + 16, bits), sy1 + look_up(tables, at + 16, more)
            s10, s11 = s10 + look_up(tables, at + 32, bits), s11 + look_up(tables, at + 32, more)
            bits, more = drop_four(bits), drop_four(more)
            sx0, sx1 = sx0 + look_up(tables, at + 48, bits), sx1 + look_up(tables, at + 48, more)
            sy0, sy1 = sy0 + look_up(tables, at + 64, bits), sy1 + look_up(tables, at + 64, more)
            s10, s11 = s10 + look_up(tables, at + 80, bits), s11 + look_up(tables, at + 80, more)
        for half in range(2):
            h = start + half * WIDTH
            s_x, s_y, s_1 = (sx0, sy0, s10) if half == 0 else (sx1, sy1, s11)
            wx, wy, b = load(theta, h), load(theta, units + h), load(theta, 2 * units + h)
            v = load(theta, 3 * units + h)
            g_v = fma(wx, s_x, fma(wy, s_y, fma(b, s_1, alpha * v)))
            g_x, g_y, g_b = fma(v, s_x, alpha * wx), fma(v, s_y, alpha * wy), v * s_1
            _adam(theta, h, g_x, first, second, minus_rate, r1, r2, b1, b2, epsilon)
            _adam(theta, units + h, g_y, first, second, minus_rate, r1, r2, b1, b2, epsilon)
            _adam(theta, 2 * units + h, g_b, first, second, minus_rate, r1, r2, b1, b2, epsilon)
            _adam(theta, 3 * units + h, g_v, first, second, minus_rate, r1, r2, b1, b2, epsilon)


@compiled
def _residuals(out, bias, labels, weights, weight_sum, count, delta):
    """δ = w (p − y) / Σw into `delta`; return the log loss summed over points of weight 1, and Σδ.

    The logarithms of 1 + e^−|f| are taken of products: one logarithm serves a minibatch.
    """
    loss, product, delta_sum = 0.0, 1.0, 0.0
    for n in range(count):
        logit = float(out[n]) + bias
        tail = math.exp(-abs(logit))
        probability = (1.0 if logit >= 0 else tail) / (1.0 + tail)
        difference = (probability - labels[n]) * weights[n] / weight_sum
        delta[n] = f32(difference)
        delta_sum += difference
        if weights[n] > 0:
            loss += max(logit, 0.0) - labels[n] * logit
            product *= 1.0 + tail
            if product > 1e200:
                loss += math.log(product)
                product = 1.0
    return loss + math.log(product), delta_sum


@compiled
def fit(
    x,
    y,
    labels,
    weights,
    initial,
    order,
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
    """Train one network and observe it; see :func:`dvlib.mlp.fit` for the arguments checked.

    Parameters
    ----------
    x, y, labels, weights : float32 arrays of shape (n,); weights and labels are 0 or 1
    initial : float32 array of shape (4 H + 1,), wx, wy, b, v and c one after the other
    order : int32 array of shape (max_epochs, n), the order of the points in each epoch
    probe_x, probe_y, probe_labels : float32 arrays of shape (k,)
    kept_epochs : increasing int array of shape (s,); epoch 0 is the initialization
    hits : uint8 array of shape (max_epochs, k), written: probe classified correctly after epoch
    snapshots : float32 array of shape (s, 4 H + 1), written; after the last epoch the final weights

    Returns
    -------
    final weights (like `initial`), epochs run, loss of the last epoch
    """
    n_points, n_probes = x.size, probe_x.size
    hidden = (initial.size - 1) // 4
    units = (hidden + PAD - 1) // PAD * PAD
    batch_size = min(batch_size, n_points)
    room = (max(batch_size, n_probes) + BLOCK - 1) // BLOCK * BLOCK

    theta, first = np.zeros(4 * units, f32), np.zeros(4 * units, f32)
    second = np.zeros(4 * units, f32)
    scaled, linear = np.empty(3 * units, f32), np.empty(3, f32)
    signs = np.empty(room // BLOCK * units, np.uint8)
    tables = np.empty(room // BLOCK * _TABLES, f32)
    bx, by, bl, bw = (
        np.zeros(room, f32),
        np.zeros(room, f32),
        np.zeros(room, f32),
        np.zeros(room, f32),
    )
    px, py = np.zeros(room, f32), np.zeros(room, f32)
    out, delta = np.empty(room, f32), np.empty(room, f32)
    px[:n_probes], py[:n_probes] = probe_x, probe_y
    probes_padded = (n_probes + BLOCK - 1) // BLOCK * BLOCK
    kept = _KEPT.copy()

    for k in range(4):
        theta[k * units : k * units + hidden] = initial[k * hidden : (k + 1) * hidden]
    bias, bias_first, bias_second = float(initial[4 * hidden]), 0.0, 0.0
    final = initial.copy()
    next_kept = 0
    while next_kept < kept_epochs.size and kept_epochs[next_kept] == 0:
        snapshots[next_kept] = initial
        next_kept += 1

    best, stale, step, epoch, loss = np.inf, 0, 0, 0, 0.0
    power_1, power_2 = 1.0, 1.0
    squares = _rescale(theta, units, scaled, linear)
    for epoch in range(order.shape[0]):
        accumulated = 0.0
        for begin in range(0, n_points, batch_size):
            count = min(batch_size, n_points - begin)
            padded = (count + BLOCK - 1) // BLOCK * BLOCK
            weight_sum = 0.0
            for n in range(count):
                i = order[epoch, begin + n]
                bx[n], by[n], bl[n], bw[n] = x[i], y[i], labels[i], weights[i]
                weight_sum += weights[i]
            for n in range(count, padded):
                bx[n], by[n], bl[n], bw[n] = f32(0), f32(0), f32(0), f32(0)
            if weight_sum == 0:  # a minibatch of dropped points teaches nothing
                continue
            _forward(bx, by, padded, theta, units, scaled, linear, signs, out)
            summed, delta_sum = _residuals(out, bias, bl, bw, weight_sum, padded, delta)
            accumulated += (summed + 0.5 * alpha * squares) / weight_sum * count

            step += 1
            power_1 *= beta_1
            power_2 *= beta_2
            step_rate = rate * math.sqrt(1 - power_2) / (1 - power_1)
            _tabulate(bx, by, delta, padded, kept, tables)
            _backward(
                tables, padded // BLOCK, signs, theta, units, alpha / weight_sum, first, second,
                step_rate, beta_1, beta_2, epsilon,
            )  # fmt: skip
            bias_first = beta_1 * bias_first + (1 - beta_1) * delta_sum
            bias_second = beta_2 * bias_second + (1 - beta_2) * delta_sum * delta_sum
            bias -= step_rate * bias_first / (math.sqrt(bias_second) + epsilon)
            squares = _rescale(theta, units, scaled, linear)

        if n_probes > 0:
            _forward(px, py, probes_padded, theta, units, scaled, linear, signs, out)
            for k in range(n_probes):
                hits[epoch, k] = (float(out[k]) + bias > 0) == (probe_labels[k] > 0)
        loss = accumulated / n_points
        stale = stale + 1 if loss > best - tol else 0
        best = min(best, loss)
        finished = stale > patience or epoch + 1 == order.shape[0]
        if finished or (next_kept < kept_epochs.size and kept_epochs[next_kept] == epoch + 1):
            for k in range(4):
                final[k * hidden : (k + 1) * hidden] = theta[k * units : k * units + hidden]
            final[4 * hidden] = f32(bias)
        while next_kept < kept_epochs.size and (finished or kept_epochs[next_kept] <= epoch + 1):
            snapshots[next_kept] = final
            next_kept += 1
        if finished:
            break
    return final, epoch + 1, loss

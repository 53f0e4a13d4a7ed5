"""What the playground's WebAssembly exports: kernels that take plain numbers and pointers.

`dvlib.play.webassembly` compiles these functions. None is called from Python.
"""

import numpy as np
from numba import carray, njit, types

from dvlib.engine.kernel.stream import DRAWN, STATE, draw_epochs, draw_initial, seed_state
from dvlib.engine.kernel.sweep import sweep
from dvlib.engine.kernel.training import fit
from dvlib.play.sample import draw_sample

i32, f64 = types.int32, types.float64
f32s, f64s, i32s, u8s = map(types.CPointer, (types.float32, f64, i32, types.uint8))
ENTRIES = []

# Coefficients of log(1 + f) in s² for s = f / (2 + f), and ln 2 in two parts: fdlibm's e_log.c.
_LG = (
    6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
    2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
    1.479819860511658591e-01,
)  # fmt: skip
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10


def entry(*signature):
    """Compile with int32 as the result's type, and list for export."""

    def compile_now(function):
        kernel = njit(i32(*signature), error_model="numpy", nogil=True)(function)
        ENTRIES.append(kernel)
        return kernel

    return compile_now


@njit(f64(f64), error_model="numpy", nogil=True)
def log(x):
    """log(x) of a normal x > 0, within one unit in the last place (fdlibm).

    The host's log would be another one in each browser. The loss, which only decides when training
    stops, and the samples use it.
    """
    bits = np.float64(x).view(np.int64)
    k = ((bits >> 52) & 0x7FF) - 1023
    f = np.int64((bits & 0xFFFFFFFFFFFFF) | (1023 << 52)).view(np.float64)
    if f > 1.4142135623730951:
        f, k = 0.5 * f, k + 1
    f -= 1.0
    s, half = f / (2.0 + f), 0.5 * f * f
    z = s * s
    tail = 0.0
    for c in _LG[::-1]:
        tail = z * (c + tail)
    return k * _LN2_HIGH - ((half - (s * (half + tail) + k * _LN2_LOW)) - f)


@entry(f64, i32, f32s, i32, i32s, i32)
def dv_stream(seed, hidden, initial, n, order, epochs):
    state = np.empty(STATE, np.uint32)
    seed_state(state, np.uint32(np.int64(seed)))
    draw_initial(state, 2, np.int64(hidden), 1, carray(initial, 4 * hidden + 1))
    draw_epochs(state, carray(order, (epochs, n)), np.int64(epochs))
    return np.int32(0)


@entry(f64, f64s, i32s, i32, i32, f64, i32, f64, f64s, f64s, i32s, i32s)
def dv_sample(seed, means, mean_labels, k, n, std, noisy, share, x, y, labels, clusters):
    return np.int32(
        draw_sample(
            np.uint32(np.int64(seed)), carray(means, (k, 2)), carray(mean_labels, k), np.int64(n),
            std, noisy != 0, share, carray(x, 2 * n), carray(y, 2 * n), carray(labels, 2 * n),
            carray(clusters, 2 * n),
        )
    )  # fmt: skip


@entry(
    f32s, f32s, f32s, f32s, i32, f32s, i32, i32s, i32, i32, f64, f64, f64, f64, f64, f64, i32,
    f32s, f32s, f32s, i32, i32s, i32, u8s, f32s, f32s, f64s,
)  # fmt: skip
def dv_fit(
    x, y, labels, weights, n, initial, size, order, epochs, batch, rate, beta_1, beta_2, epsilon,
    alpha, tol, patience, probe_x, probe_y, probe_labels, k, kept, s, hits, snapshots, final, loss,
):  # fmt: skip
    """Train, and return the epochs run; see `dvlib.engine.kernel.training.fit`."""
    state = np.empty(STATE, np.uint32)
    state[DRAWN] = epochs
    last, n_iter, loss_of_last = fit(
        carray(x, n), carray(y, n), carray(labels, n), carray(weights, n), carray(initial, size),
        carray(order, (epochs, n)), state, np.int64(batch), rate, beta_1, beta_2, epsilon, alpha,
        tol, np.int64(patience), carray(probe_x, k), carray(probe_y, k), carray(probe_labels, k),
        carray(kept, s), carray(hits, (epochs, k)), carray(snapshots, (s, size)),
    )  # fmt: skip
    out = carray(final, size)
    for i in range(size):
        out[i] = last[i]
    carray(loss, 1)[0] = loss_of_last
    return np.int32(n_iter)


@njit(error_model="numpy", nogil=True)
def _as_float64(packed, size):
    given, weights = carray(packed, size), np.empty(size)
    for i in range(size):
        weights[i] = given[i]
    return weights


@entry(f32s, i32, f64, f64, i32, f64, f64, i32, u8s)
def dv_labels(packed, size, x0, dx, columns, y0, dy, rows, out):
    sweep(_as_float64(packed, size), x0, dx, y0, dy, carray(out, (rows, columns)), True)
    return np.int32(0)


@entry(f32s, i32, f64, f64, i32, f64, f64, i32, f64s)
def dv_decision(packed, size, x0, dx, columns, y0, dy, rows, out):
    sweep(_as_float64(packed, size), x0, dx, y0, dy, carray(out, (rows, columns)))
    return np.int32(0)


@entry(u8s, u8s, i32)
def dv_count(a, b, n):
    """How many of n bytes differ."""
    first, second, count = carray(a, n), carray(b, n), np.int32(0)
    for i in range(n):
        count += np.int32(first[i] != second[i])
    return count

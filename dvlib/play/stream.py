"""scikit-learn's random stream, compiled: MT19937 as numpy's RandomState seeds and reads it.

A browser has no numpy. With this stream it trains the very network that dvlib and scikit-learn
train with the same seed. Plain functions of numbers and arrays, so that they compile to
WebAssembly.
"""

import math

import numpy as np
from numba import njit

_N, _M = 624, 397  # of MT19937: length of the state, and the distance of the words it mixes
STATE = _N + 1  # the last entry is the next word to read
u32 = np.uint32
compiled = njit(error_model="numpy", nogil=True)


@compiled
def seed_state(state, seed):
    """Start the uint32 array `state` of length `STATE` as `RandomState(seed)` does."""
    state[0] = seed
    for i in range(1, _N):
        before = state[i - 1]
        state[i] = u32(1812433253) * (before ^ (before >> u32(30))) + u32(i)
    state[_N] = _N


@compiled
def _twist(state):
    for i in range(_N):
        y = (state[i] & u32(0x80000000)) | (state[(i + 1) % _N] & u32(0x7FFFFFFF))
        odd = u32(0x9908B0DF) if y & u32(1) else u32(0)
        state[i] = state[(i + _M) % _N] ^ (y >> u32(1)) ^ odd
    state[_N] = 0


@compiled
def next_word(state):
    if state[_N] == _N:
        _twist(state)
    y = state[state[_N]]
    state[_N] += u32(1)
    y ^= y >> u32(11)
    y ^= (y << u32(7)) & u32(0x9D2C5680)
    y ^= (y << u32(15)) & u32(0xEFC60000)
    return u32(y ^ (y >> u32(18)))


@compiled
def uniform(state):
    """A double in [0, 1), as `random_sample`."""
    a, b = next_word(state) >> u32(5), next_word(state) >> u32(6)
    return (float(a) * 67108864.0 + float(b)) / 9007199254740992.0


@compiled
def below(state, most):
    """A whole number from 0 to `most`, from masked words, as `shuffle` draws it."""
    mask = u32(most)
    for shift in (1, 2, 4, 8, 16):
        mask |= mask >> u32(shift)
    drawn = next_word(state) & mask
    while drawn > most:
        drawn = next_word(state) & mask
    return drawn


@compiled
def shuffle(state, array):
    for i in range(array.size - 1, 0, -1):
        j = below(state, i)
        array[i], array[j] = array[j], array[i]


@compiled
def draw(seed, hidden, initial, order):
    """Fill `initial` (4 H + 1,) and `order` (epochs, n) as `dvlib.engine.mlp.draw_stream`."""
    state = np.empty(STATE, u32)
    seed_state(state, u32(seed))
    at = 0
    for fan_in, fan_out in ((2, hidden), (hidden, 1)):
        bound = math.sqrt(6.0 / (fan_in + fan_out))
        for _ in range(fan_in * fan_out + fan_out):
            initial[at] = np.float32(-bound + (bound - -bound) * uniform(state))
            at += 1
    n = order.shape[1]
    current, shuffled = np.arange(n), np.empty(n, np.int64)
    before = np.empty(n, np.int64)
    for epoch in range(order.shape[0]):
        for i in range(n):
            before[i], shuffled[i] = current[i], i
        shuffle(state, shuffled)
        for i in range(n):
            current[i] = before[shuffled[i]]
            order[epoch, i] = current[i]

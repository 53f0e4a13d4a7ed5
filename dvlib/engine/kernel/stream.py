"""scikit-learn's random stream, compiled: MT19937 as numpy's RandomState seeds and reads it.

A fit draws the order of an epoch when it comes to it, so nobody waits for epochs that never run. A
browser, which has no numpy, trains with it the network that scikit-learn trains with this seed.
"""

import math

import numpy as np

from dvlib.engine.kernel.compiling import compiled

_N, _M = 624, 397  # of MT19937: length of the state, and the distance of the words it mixes
DRAWN = _N + 1  # index of the number of epochs drawn; the entry before it is the next word to read
STATE = _N + 2
u32 = np.uint32


@compiled
def seed_state(state, seed):
    """Start the uint32 array `state` of length `STATE` as `RandomState(seed)` does."""
    state[0] = seed
    for i in range(1, _N):
        before = state[i - 1]
        state[i] = u32(1812433253) * (before ^ (before >> u32(30))) + u32(i)
    state[_N], state[DRAWN] = _N, 0


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
def draw_initial(state, inputs, hidden, outputs, initial):
    """Fill `initial`, packed as in `dvlib.engine.mlp.Network`, with Glorot's uniform weights."""
    at = 0
    for fan_in, fan_out in ((inputs, hidden), (hidden, outputs)):
        bound = math.sqrt(6.0 / (fan_in + fan_out))
        for _ in range(fan_in * fan_out + fan_out):
            initial[at] = np.float32(-bound + (bound - -bound) * uniform(state))
            at += 1


@compiled
def draw_epochs(state, order, count):
    """Draw the rows of `order` (epochs, n) before row `count` that are not yet drawn."""
    for epoch in range(np.int64(state[DRAWN]), count):
        for i in range(order.shape[1]):  # scikit-learn shuffles the previous epoch's order
            order[epoch, i] = order[epoch - 1, i] if epoch > 0 else i
        shuffle(state, order[epoch])
        state[DRAWN] = epoch + 1

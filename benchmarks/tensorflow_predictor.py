"""The fit of a network in TensorFlow: the kernel's weights from the same minibatches.

Its gradients come from automatic differentiation, so it serves as a check of the kernel.
"""

import functools
import math

import numpy as np

from dvlib.checks import why_not_fast
from dvlib.engine.mlp import Network
from dvlib.methods.tensors import tensorflow


def fit_tensorflow(X, y, config, stream, sample_weight=None, *, compiled=True):
    """Train one network for `config.max_iter` epochs.

    Parameters
    ----------
    X, y : array of shape (n, 2) and labels 0 or 1 of shape (n,)
    config : MLPConfig with one layer of rectifiers that never stops early
    stream : dvlib.engine.mlp.Stream of these settings: initial weights and minibatches
    sample_weight : array of 0 and 1 of shape (n,), None = all 1; a minibatch whose weights are all
        0 is skipped
    compiled : compile with XLA, once for each shape of the arguments

    Returns
    -------
    Network

    Raises
    ------
    ValueError : settings that this fit does not support
    """
    reason = why_not_fast(config)
    if config.n_iter_no_change < config.max_iter:
        reason = f"n_iter_no_change {config.n_iter_no_change} (it runs all epochs: max_iter)"
    if reason:
        raise ValueError(f"the TensorFlow predictor cannot fit {reason}")
    tf = tensorflow()
    n = len(X)
    weights = np.ones(n) if sample_weight is None else sample_weight
    size = min(config.batch_size, n)
    batches = -(-n // size)
    padded = np.full((len(stream.order), batches * size), -1, np.int32)
    padded[:, :n] = stream.order
    tensors = (
        tf.constant(array, tf.float32)
        for array in (np.column_stack([X, np.ones(n)]), y, weights, stream.initial)
    )
    constants = (config.alpha, config.learning_rate_init, config.beta_1, config.beta_2)
    train = _compiled(compiled, (*constants, config.epsilon))
    packed = train(*tensors, tf.constant(padded.reshape(-1, size)))
    return Network(packed.numpy(), config)


@functools.cache
def _compiled(compiled, constants):
    """The training loop as a TensorFlow function, traced anew for each shape of its arguments."""
    tf = tensorflow()
    alpha, rate, beta_1, beta_2, epsilon = constants

    @tf.function(jit_compile=compiled)
    def train(points, labels, weights, theta, batches):
        # points (n, 3): x, y, 1. theta (4 H + 1,): wx, wy, b, v, c. batches (steps, size): indices
        # of points, padded with −1.
        hidden = theta.shape[0] // 4
        state = adam_start(theta)
        for step in tf.range(tf.shape(batches)[0]):
            index = tf.maximum(batches[step], 0)
            kept = tf.gather(weights, index) * tf.cast(batches[step] >= 0, tf.float32)
            total = tf.reduce_sum(kept)
            if total > 0:
                batch = tf.gather(points, index)
                with tf.GradientTape() as tape:
                    tape.watch(theta)
                    first, v = tf.reshape(theta[: 3 * hidden], (3, hidden)), theta[3 * hidden : -1]
                    # relu(z) = [z > 0] · z and z = batch · first. The sum over units comes before
                    # the sum over coordinates, so the tape holds only (size, H) by (H, 3) products.
                    acts = tf.cast(batch @ first > 0, tf.float32)
                    out = tf.reduce_sum(batch * tf.matmul(acts, v * first, transpose_b=True), 1)
                    losses = tf.nn.sigmoid_cross_entropy_with_logits(
                        labels=tf.gather(labels, index), logits=out + theta[-1]
                    )
                    squares = tf.reduce_sum(first[:2] ** 2) + tf.reduce_sum(v**2)
                    loss = (tf.reduce_sum(kept * losses) + alpha / 2 * squares) / total
                gradient = tape.gradient(loss, theta)
                theta, state = adam(theta, gradient, state, rate, beta_1, beta_2, epsilon)
        return theta

    return train


def adam_start(theta):
    """State of Adam before its first step: both moments and the number of steps."""
    tf = tensorflow()
    return tf.zeros_like(theta), tf.zeros_like(theta), tf.zeros((), tf.float32)


def adam(theta, gradient, state, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    """Parameters and state after one step (Kingma & Ba 2015, in the order of scikit-learn).

    Keras's Adam holds variables, which a compiled loop cannot carry.
    """
    tf = tensorflow()
    first, second, steps = state
    steps += 1
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient * gradient
    # 1 − βᵗ, computed by expm1 to avoid cancellation in float32
    rest_1, rest_2 = (-tf.math.expm1(steps * math.log(beta)) for beta in (beta_1, beta_2))
    theta -= rate * tf.sqrt(rest_2) / rest_1 * first / (tf.sqrt(second) + epsilon)
    return theta, (first, second, steps)

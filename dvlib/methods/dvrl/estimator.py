"""The data value estimator of DVRL and its policy gradient (Yoon et al. 2019), in TensorFlow.

A small network maps its inputs about a training point to the probability that the point is
selected. It learns by REINFORCE: selections that score above the baseline become more likely.
"""

import functools
import threading
from itertools import pairwise

import numpy as np

from dvlib.checks import check_choice
from dvlib.methods.dvrl.tensors import adam, adam_start, tensorflow

# Inputs of the estimator: the paper's three settings (section 2.3).
INPUTS = ("labels_and_residuals", "predictions", "features")
WIDTHS = (100, 100, 100, 10)  # layers before the prediction enters, as in the released code
LATE = 10  # width of the layer after the prediction enters
BOUND = 0.9  # a mean probability above BOUND or below 1 − BOUND is penalized
PENALTY = 1e3
# TensorFlow's tables of operation types are not thread-safe: two runs that started at the same time
# crashed the process. A compiled step does not use these tables.
_LOCK = threading.RLock()


def shown(inputs, points, labels, prediction):
    """Inputs of the estimator for n points: those of its first layer and those of a later one.

    Parameters
    ----------
    inputs : "labels_and_residuals" is dvrl(x, y, y − f_X(x)), "predictions" dvrl(x, f_X(x)),
        "features" dvrl(x)
    points, labels, prediction : (n, 2), (n,) and (n,), f_X's probability of label 1

    Returns
    -------
    float32 arrays of shapes (n, 2 or 4) and (n, 1 or 0)
    """
    check_choice("inputs", inputs, INPUTS)
    early, late = [points], []
    if inputs == "labels_and_residuals":
        early.append(np.eye(2)[labels])
        late.append(labels - prediction)
    elif inputs == "predictions":
        late.append(prediction)
    count = len(points)
    return (
        np.concatenate(early, 1).astype(np.float32),
        np.array(late, np.float32).reshape(-1, count).T,
    )


class Estimator:
    """The estimator as it learns on n training points.

    Parameters
    ----------
    early, late : the arrays from `shown` for the training points
    learning_rate : learning rate of Adam
    seed : seed of the initial weights (Glorot's, biases 0)
    """

    def __init__(self, early, late, *, learning_rate, seed):
        tf = tensorflow()
        with _LOCK:
            self._early, self._late = tf.constant(early), tf.constant(late)
            self._rate = tf.constant(learning_rate, tf.float32)
            self._theta = tf.constant(_initial(_sizes(early.shape[1], late.shape[1]), seed))
            self._state = adam_start(self._theta)
            _compiled_step().get_concrete_function(*self._arguments(np.ones(len(early)), 0.0))

    @property
    def weights(self):
        """All weights, float32 array of shape (W,), layer after layer."""
        return self._theta.numpy()

    def probabilities(self):
        """Selection probability of each training point, float32 array of shape (n,)."""
        return probabilities(self.weights, self._early, self._late)

    def step(self, selected, reward):
        """One step of the policy gradient; returns the probabilities after it.

        Parameters
        ----------
        selected : bool array of shape (n,), the selection that was tried
        reward : its performance minus the baseline
        """
        self._theta, self._state, after = _compiled_step()(*self._arguments(selected, reward))
        return after.numpy()

    def _arguments(self, selected, reward):
        tf = tensorflow()
        return (
            self._theta, self._state, self._early, self._late,
            tf.constant(selected, tf.float32), tf.constant(reward, tf.float32), self._rate,
        )  # fmt: skip


def probabilities(weights, early, late):
    """Selection probabilities (n,) from an estimator's weights and the arrays from `shown`."""
    tf = tensorflow()
    with _LOCK:
        logits = _logits(tf.constant(weights), tf.constant(early), tf.constant(late))
        return tf.sigmoid(logits).numpy()


def _sizes(n_early, n_late):
    """Number of inputs and outputs of each layer."""
    return (*pairwise((n_early, *WIDTHS)), (WIDTHS[-1] + n_late, LATE), (LATE, 1))


def _initial(sizes, seed):
    rng, parts = np.random.default_rng(seed), []
    for fan_in, fan_out in sizes:
        bound = np.sqrt(6 / (fan_in + fan_out))
        parts += [rng.uniform(-bound, bound, fan_in * fan_out), np.zeros(fan_out)]
    return np.concatenate(parts).astype(np.float32)


def _logits(theta, early, late):
    """Logits of n points, shape (n,)."""
    tf = tensorflow()
    values, at = early, 0
    sizes = _sizes(early.shape[1], late.shape[1])
    for layer, (fan_in, fan_out) in enumerate(sizes):
        if layer == len(WIDTHS):
            values = tf.concat([values, late], 1)
        middle, end = at + fan_in * fan_out, at + (fan_in + 1) * fan_out
        values = values @ tf.reshape(theta[at:middle], (fan_in, fan_out)) + theta[middle:end]
        if layer + 1 < len(sizes):
            values = tf.nn.relu(values)
        at = end
    return values[:, 0]


@functools.cache
def _compiled_step():
    """One step as a TensorFlow function, compiled by XLA once for each shape of its arguments."""
    tf = tensorflow()

    @tf.function(jit_compile=True)
    def step(theta, state, early, late, selected, reward, rate):
        with tf.GradientTape() as tape:
            tape.watch(theta)
            logits = _logits(theta, early, late)
            # Negative log-likelihood of the selection, from logits: log(0) would give NaN.
            surprise = tf.reduce_sum(
                tf.nn.sigmoid_cross_entropy_with_logits(labels=selected, logits=logits)
            )
            mean = tf.reduce_mean(tf.sigmoid(logits))
            beyond = tf.maximum(mean - BOUND, 0) + tf.maximum(1 - BOUND - mean, 0)
            loss = reward * surprise + PENALTY * beyond
        theta, state = adam(theta, tape.gradient(loss, theta), state, rate)
        return theta, state, tf.sigmoid(_logits(theta, early, late))

    return step

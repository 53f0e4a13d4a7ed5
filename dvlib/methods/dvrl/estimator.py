"""The data value estimator of DVRL and its policy gradient (Yoon et al. 2019).

A small network maps its inputs about a training point to the probability that the point is
selected. It learns by REINFORCE: selections that score above the baseline become more likely.

The gradient is written out, so one forward pass serves both the probabilities and the next
gradient, which a step compiled by TensorFlow computed twice. The tests compare the gradient with
that of TensorFlow. BLAS multiplies the matrices. What follows a product is compiled, since numpy
would read and write the n × 100 numbers several times: this takes a sixth off a step, with the
same bits.
"""

import math
from itertools import pairwise

import numpy as np
from scipy.special import expit

from dvlib.checks import check_choice
from dvlib.engine.interrupts import Interruptible
from dvlib.engine.kernel.compiling import compiled

# Inputs of the estimator: the paper's three settings (section 2.3).
INPUTS = ("labels_and_residuals", "predictions", "features")
WIDTHS = (100, 100, 100, 10)  # layers before the prediction enters, as in the released code
LATE = 10  # width of the layer after the prediction enters
BOUND = 0.9  # a mean probability above BOUND or below 1 − BOUND is penalized
PENALTY = 1e3
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8  # of Adam


def estimator_inputs(inputs, points, labels, prediction):
    """Inputs of the estimator for n points: those of its first layer and those of a later one.

    Parameters
    ----------
    inputs : "labels_and_residuals" is dvrl(x, y, y − f_X(x)), "predictions" dvrl(x, f_X(x)),
        "features" dvrl(x)
    points, labels : (n, d) and (n,), int 0 … K − 1
    prediction : f_X's probabilities, (n,) of label 1, or (n, K) of each label

    Returns
    -------
    float32 arrays of shapes (n, d) or (n, d + K), and (n, 0), (n, 1) or (n, K)
    """
    check_choice("inputs", inputs, INPUTS)
    prediction = prediction.reshape(len(points), -1)
    columns = prediction.shape[1]
    given = np.eye(max(2, columns))[labels]
    early, late = [points], prediction[:, :0]
    if inputs == "labels_and_residuals":
        early, late = [points, given], given[:, -columns:] - prediction
    elif inputs == "predictions":
        late = prediction
    return np.concatenate(early, 1).astype(np.float32), late.astype(np.float32)


def as_shares(points, *sets):
    """Columns of points as shares of their range over all the sets, as in the released code."""
    wide = np.zeros(points.shape[1])
    low = np.min([known.min(0) + wide for known in sets], axis=0)
    high = np.max([known.max(0) + wide for known in sets], axis=0)
    return (points - low) / np.where(high > low, high - low, 1)


class Estimator:
    """The estimator as it learns on n training points.

    Parameters
    ----------
    early, late : the arrays from `estimator_inputs` for the training points
    learning_rate : learning rate of Adam
    seed : seed of the initial weights (Glorot's, biases 0)

    Attributes
    ----------
    weights : float32 array of shape (W,), all weights, layer after layer
    probabilities : float32 array of shape (n,), selection probability of each training point
    """

    def __init__(self, early, late, *, learning_rate, seed):
        self._early, self._late, self._rate = early, late, learning_rate
        self._first = self._second = np.float32(0)  # moments of Adam
        self._steps = 0
        self._move(_initial(_sizes(early.shape[1], late.shape[1]), seed))

    def step(self, selected, reward):
        """One step of the policy gradient.

        Parameters
        ----------
        selected : bool array of shape (n,), the selection that was tried
        reward : its performance minus the baseline
        """
        # The negative log-likelihood of a selection has the gradient p − s in the logits. It is
        # finite where a probability is 0 or 1.
        p, reward = self.probabilities, np.float32(reward)
        by_logit = reward * (p - selected.astype(np.float32))
        mean = p.mean()
        beyond = float(mean > BOUND) - float(mean < 1 - BOUND)
        if beyond:
            by_logit += np.float32(beyond * PENALTY / len(p)) * p * (1 - p)
        gradient = _gradient(self.weights, self._inputs, by_logit)
        self._move(self.weights + self._adam(gradient))

    def _move(self, weights):
        self.weights = weights
        logits, self._inputs = _forward(weights, self._early, self._late)
        self.probabilities = expit(logits)

    def _adam(self, gradient):
        """Change of the weights by one step of Adam (Kingma & Ba 2015)."""
        self._steps += 1
        self._first = BETA_1 * self._first + (1 - BETA_1) * gradient
        self._second = BETA_2 * self._second + (1 - BETA_2) * gradient**2
        rate = self._rate * math.sqrt(1 - BETA_2**self._steps) / (1 - BETA_1**self._steps)
        return -rate * self._first / (np.sqrt(self._second) + EPSILON)


def probabilities(weights, early, late):
    """Selection probabilities (n,) from an estimator's weights and its inputs, `estimator_inputs`.

    BLAS adds in an order that depends on the number of points. Sums in float64, rounded to float32,
    give a point the same probability in any company.
    """
    logits, _ = _forward(weights.astype(float), early.astype(float), late.astype(float))
    return expit(logits).astype(np.float32)


def _sizes(n_early, n_late):
    """Number of inputs and outputs of each layer."""
    return (*pairwise((n_early, *WIDTHS)), (WIDTHS[-1] + n_late, LATE), (LATE, 1))


def _initial(sizes, seed):
    rng, parts = np.random.default_rng(seed), []
    for fan_in, fan_out in sizes:
        bound = np.sqrt(6 / (fan_in + fan_out))
        parts += [rng.uniform(-bound, bound, fan_in * fan_out), np.zeros(fan_out)]
    return np.concatenate(parts).astype(np.float32)


def _layers(theta, sizes):
    """Weights (inputs, outputs) and biases (outputs,) of each layer, views of `theta`."""
    layers, at = [], 0
    for fan_in, fan_out in sizes:
        middle, end = at + fan_in * fan_out, at + (fan_in + 1) * fan_out
        layers.append((theta[at:middle].reshape(fan_in, fan_out), theta[middle:end]))
        at = end
    return layers


@Interruptible()
def _forward(theta, early, late):
    """Logits of n points, shape (n,), and the inputs (n, fan_in) of each layer."""
    *hidden, (weights, biases) = _layers(theta, _sizes(early.shape[1], late.shape[1]))
    inputs = [early]
    for layer, (into, thresholds) in enumerate(hidden, 1):
        values = inputs[-1] @ into
        _activate(values, thresholds)
        inputs.append(np.concatenate([values, late], 1) if layer == len(WIDTHS) else values)
    return (inputs[-1] @ weights + biases)[:, 0], inputs


@Interruptible()
def _gradient(theta, inputs, by_logit):
    """Gradient (W,) in the weights from that in the logits (n,), by back-propagation."""
    gradient = np.empty_like(theta)
    sizes = _sizes(inputs[0].shape[1], inputs[len(WIDTHS)].shape[1] - WIDTHS[-1])
    layers, by_layer = _layers(theta, sizes), _layers(gradient, sizes)
    by_output = by_logit[:, None]
    by_output.sum(0, out=by_layer[-1][1])
    for layer in reversed(range(len(layers))):
        np.matmul(inputs[layer].T, by_output, out=by_layer[layer][0])
        if layer > 0:
            units = layers[layer][0][: sizes[layer - 1][1]]  # without the late inputs
            by_output = by_output @ units.T
            _through_active(by_output, inputs[layer], by_layer[layer - 1][1])
    return gradient


@compiled
def _activate(values, biases):
    """Add the biases (k,) to values (n, k) and set what is negative to 0, in place; nan stays."""
    for i in range(values.shape[0]):
        for j in range(values.shape[1]):
            value = values[i, j] + biases[j]
            values[i, j] = 0 if value < 0 else value


@compiled
def _through_active(by_output, outputs, by_biases):
    """Set a gradient (n, k) to 0 where the output of a unit is 0, and add up its rows, (k,)."""
    by_biases[:] = 0
    for i in range(by_output.shape[0]):
        for j in range(by_output.shape[1]):
            value = by_output[i, j] if outputs[i, j] > 0 else by_output.dtype.type(0)
            by_output[i, j] = value
            by_biases[j] += value

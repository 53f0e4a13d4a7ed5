"""One fit of the paper's network: settings, random stream, and the two engines that train it.

`engine="fast"` is the compiled kernel. `engine="sklearn"` is the reference: scikit-learn's
`MLPClassifier`, which the paper used (section 2.3). `MLPConfig` keeps its names and defaults.
"""

import threading
import warnings
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dvlib.checks import LARGEST_COUNT, check_config, check_converged, check_order
from dvlib.engine.interrupts import Interruptible
from dvlib.engine.kernel import training
from dvlib.engine.kernel.dense import fit_dense
from dvlib.engine.kernel.stream import DRAWN, STATE, draw_epochs, draw_initial, seed_state

LAST = LARGEST_COUNT  # snapshot epoch for the final weights: no fit runs that long


@dataclass(frozen=True)
class MLPConfig:
    """Settings of a fit: one hidden layer of 1,000 units as in the paper, else scikit-learn's."""

    hidden_layer_sizes: tuple = (1000,)
    activation: str = "relu"
    alpha: float = 1e-4  # weight of the L2 term
    batch_size: int = 200  # at most the number of points
    learning_rate_init: float = 1e-3
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    max_iter: int = 200  # epochs
    tol: float = 1e-4  # an epoch that lowers the loss by less counts as no improvement
    n_iter_no_change: int = 10  # stop after more than this many such epochs in a row

    def __post_init__(self):
        for name, value in check_config(self).items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network.

    Attributes
    ----------
    packed : array of shape (W,), all parameters layer by layer; in each layer the weights (inputs,
        units) come before the biases (units,). With one hidden layer: wx, wy, b, v, c
    config : MLPConfig; only the layer sizes and the activation are used
    inputs : columns of the points; 2 in the plane
    outputs : 1 for two classes, and the number of classes if there are more
    """

    packed: np.ndarray
    config: MLPConfig
    inputs: int = 2
    outputs: int = 1

    @classmethod
    def of_layers(cls, coefs, intercepts, activation="relu"):
        """From scikit-learn's arrays: coefs[i] (inputs, units) and intercepts[i] (units,)."""
        sizes = tuple(len(intercept) for intercept in intercepts[:-1])
        config = MLPConfig(sizes, activation)
        return cls(_packed(coefs, intercepts), config, len(coefs[0]), len(intercepts[-1]))

    @property
    def layers(self):
        """Weights (inputs, units) and biases (units,) of each layer, views of `packed`."""
        layers, at = [], 0
        sizes = (self.inputs, *self.config.hidden_layer_sizes, self.outputs)
        for fan_in, fan_out in pairwise(sizes):
            middle = at + fan_in * fan_out
            coef = self.packed[at:middle].reshape(fan_in, fan_out)
            at = middle + fan_out
            layers.append((coef, self.packed[middle:at]))
        return layers

    @property
    def is_one_layer_of_relu(self):
        """Whether the compiled sweep can evaluate it."""
        flat = (self.inputs, self.outputs, len(self.config.hidden_layer_sizes)) == (2, 1, 1)
        return flat and self.config.activation == "relu"

    def decision(self, points):
        """log(p / (1 − p)) at each point, float64 array of shape (n,); for two classes."""
        return self._raw(points)[:, 0]

    def probabilities(self, points):
        """Probability of each class at each point, float64 array of shape (n, K)."""
        from scipy.special import expit, softmax

        raw = self._raw(points)
        if self.outputs == 1:
            p = expit(raw[:, 0])
            return np.column_stack([1 - p, p])
        return softmax(raw, axis=1)

    def _raw(self, points):
        """The output layer before its activation, float64 array of shape (n, outputs)."""
        values = np.asarray(points, float)
        *hidden, (coef, intercept) = self.layers
        for coef_in, intercept_in in hidden:
            values = values @ coef_in.astype(float)
            values += intercept_in  # in place: four times as fast for 1,000 units
            if self.config.activation == "relu":
                np.maximum(values, 0, out=values)
            else:
                np.tanh(values, out=values)
        return values @ coef.astype(float) + intercept

    def predict(self, points):
        """Hard labels, int array of shape (n,)."""
        if self.outputs == 1:
            return (self.decision(points) > 0).astype(int)
        return self._raw(points).argmax(1)


def _packed(coefs, intercepts):
    layers = zip(coefs, intercepts, strict=True)
    return np.concatenate([part.ravel() for layer in layers for part in layer])


class Stream:
    """All randomness of a fit.

    A fit draws the order of an epoch when it comes to it and keeps it here for the next fit, so a
    stream belongs to one thread until its order has been read.

    Attributes
    ----------
    initial : float32 array of shape (W,), packed initial weights; (4 H + 1,) in the plane
    rows : int32 array of shape (max_iter, n), the order of the points in each epoch drawn so far
    state : uint32 array of the random generator, see `dvlib.engine.kernel.stream`
    """

    def __init__(self, initial, order, state=None):
        if state is None:  # nothing is left to draw
            state = np.zeros(STATE, np.uint32)
            state[DRAWN] = len(order)
        self.initial, self.rows, self.state = initial, order, state

    @property
    @Interruptible()
    def order(self):
        """The order of the points in each epoch, int32 of shape (max_iter, n)."""
        draw_epochs(self.state, self.rows, len(self.rows))
        return self.rows


class Fit(NamedTuple):
    """A trained network and the observations of its training.

    `hits[e, k]` is True if probe k was classified correctly after epoch e + 1. `snapshots` holds
    the networks after the requested epochs.
    """

    network: Network
    n_iter: int
    loss: float
    hits: np.ndarray  # bool, shape (n_iter, k)
    snapshots: tuple


@Interruptible()
def draw_stream(n, config, seed, inputs=2, outputs=1):
    """The random stream of `MLPClassifier(random_state=seed)` on n points.

    It depends on n, the sizes of the layers and the seed only, so one stream serves all refits of a
    batch. It is kept for the thread's next calls, so nobody may change it.
    """
    check_order(n, config)
    return _drawn(n, config, seed, inputs, outputs, threading.get_ident())


@lru_cache(maxsize=8)  # the chunks of a seed follow each other; a stream may take megabytes
def _drawn(n, config, seed, inputs, outputs, thread):
    (hidden,) = config.hidden_layer_sizes
    state = np.empty(STATE, np.uint32)
    seed_state(state, np.uint32(seed))
    initial = np.empty((inputs + 1 + outputs) * hidden + outputs, np.float32)
    draw_initial(state, inputs, hidden, outputs, initial)
    return Stream(initial, np.empty((config.max_iter, n), np.int32), state)


@Interruptible()
def train(
    X,
    y,
    config,
    *,
    seed,
    engine,
    sample_weight=None,
    probes=None,
    probe_labels=None,
    snapshot_epochs=(),
    stream=None,
    n_classes=2,
):
    """Train one network on checked arrays; `dvlib.refits.single.fit` checks them.

    Parameters and result are those of `fit`. X and probes are float64; labels and weights are int.
    X may have any number of columns d, and labels 0 … K − 1, if each occurs. Unless d = K = 2, the
    fast engine ignores weights, probes and stream.
    """
    if probes is None:
        probes, probe_labels = X[:0], y[:0]
    if engine == "sklearn":
        return _train_sklearn(
            X, y, config, seed, sample_weight, probes, probe_labels, snapshot_epochs
        )
    if X.shape[1] != 2 or n_classes > 2:
        return _train_dense(X, y, config, seed, n_classes, snapshot_epochs)
    epochs = np.array(snapshot_epochs, int)
    stream = stream or draw_stream(len(X), config, seed)
    f32 = np.float32
    weights = np.ones(len(X), f32) if sample_weight is None else sample_weight.astype(f32)
    hits = np.zeros((config.max_iter, len(probes)), np.uint8)
    snapshots = np.empty((len(epochs), stream.initial.size), f32)
    final, n_iter, loss = training.fit(
        X[:, 0].astype(f32), X[:, 1].astype(f32), y.astype(f32), weights,
        stream.initial, stream.rows, stream.state, config.batch_size, config.learning_rate_init,
        config.beta_1, config.beta_2, config.epsilon, config.alpha, config.tol,
        config.n_iter_no_change, probes[:, 0].astype(f32), probes[:, 1].astype(f32),
        probe_labels.astype(f32), epochs, hits, snapshots,
    )  # fmt: skip
    check_converged(final)
    return Fit(
        Network(final, config),
        n_iter,
        loss,
        hits[:n_iter].astype(bool),
        tuple(Network(packed, config) for packed in snapshots),
    )


def _train_dense(X, y, config, seed, n_classes, snapshot_epochs):
    outputs = 1 if n_classes == 2 else n_classes
    stream = draw_stream(len(X), config, seed, X.shape[1], outputs)
    epochs = np.array(snapshot_epochs, int)
    snapshots = np.empty((len(epochs), stream.initial.size), np.float32)
    final, n_iter, loss = fit_dense(
        X.astype(np.float32, order="C"), y.astype(np.int32), outputs, stream.initial, stream.rows,
        stream.state, config.batch_size, config.learning_rate_init, config.beta_1, config.beta_2,
        config.epsilon, config.alpha, config.tol, config.n_iter_no_change, epochs, snapshots,
    )  # fmt: skip
    check_converged(final)
    networks = [Network(packed, config, X.shape[1], outputs) for packed in (final, *snapshots)]
    return Fit(networks[0], n_iter, loss, np.empty((n_iter, 0), bool), tuple(networks[1:]))


def _train_sklearn(X, y, config, seed, sample_weight, probes, probe_labels, epochs):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    hits, kept = [], {}

    def network():
        packed = _packed(model.coefs_, model.intercepts_)
        return Network(packed, config, X.shape[1], model.n_outputs_)

    def observe():
        if model.n_iter_ in epochs:
            kept[model.n_iter_] = network()
        if model.n_iter_ > 0 and len(probes):
            hits.append(network().predict(probes) == probe_labels)

    class ObservedMLP(MLPClassifier):
        """MLPClassifier that calls `observe` after initialization and after every epoch."""

        def _initialize(self, *args, **kwargs):
            super()._initialize(*args, **kwargs)
            observe()

        def _update_no_improvement_count(self, *args, **kwargs):  # the only hook at an epoch's end
            super()._update_no_improvement_count(*args, **kwargs)
            observe()

    settings = {field.name: getattr(config, field.name) for field in fields(config)}
    settings["batch_size"] = min(config.batch_size, len(X))  # otherwise it warns of clipping
    model = ObservedMLP(random_state=seed, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # max_iter is the paper's budget
        try:
            model.fit(X, y, sample_weight=None if sample_weight is None else sample_weight * 1.0)
        except ValueError as error:
            raise ValueError(f"scikit-learn cannot fit this: {error}") from error
    final = network()
    return Fit(
        final,
        model.n_iter_,
        model.loss_,
        np.array(hits, bool).reshape(model.n_iter_, len(probes)),
        tuple(kept.get(epoch, final) for epoch in epochs),
    )

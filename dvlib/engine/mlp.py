"""One fit of the paper's network: settings, random stream, and the two engines that train it.

`engine="fast"` is the compiled kernel, `engine="sklearn"` the reference, scikit-learn's
`MLPClassifier`, which the paper used (section 2.3) and whose names and defaults `MLPConfig` keeps.
"""

import warnings
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from dvlib.checks import (
    LARGEST_COUNT,
    check_choice,
    check_count,
    check_kind,
    check_labels,
    check_number,
    check_points,
    check_positive,
    check_seed,
    shown,
)
from dvlib.engine.kernel import training

ENGINES = ("fast", "sklearn")
LAST = LARGEST_COUNT  # as a snapshot epoch: no fit runs that long
# What memory allows: weights in float64 with Adam's two moments, 240 MB; the order of the points
# in every epoch, 2 GB.
LARGEST_NETWORK, LARGEST_ORDER = 10_000_000, 500_000_000


@dataclass(frozen=True)
class MLPConfig:
    """Settings of a fit: the paper's one layer of 1,000 units, scikit-learn's defaults else."""

    hidden_layer_sizes: tuple = (1000,)
    activation: str = "relu"
    alpha: float = 1e-4  # weight of the L2 term
    batch_size: int = 200  # or the number of points, where that is less
    learning_rate_init: float = 1e-3
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    max_iter: int = 200  # epochs
    tol: float = 1e-4  # an epoch that lowers the loss by less counts as no improvement
    n_iter_no_change: int = 10  # such epochs borne in a row; max_iter or more: never stop early

    def __post_init__(self):
        sizes = self.hidden_layer_sizes
        if not isinstance(sizes, (tuple, list)):
            raise ValueError(f"hidden_layer_sizes {shown(sizes)}: give a tuple, such as (1000,)")
        checked = {"hidden_layer_sizes": tuple(check_count("hidden layer size", s) for s in sizes)}
        weights = sum((a + 1) * b for a, b in pairwise((2, *checked["hidden_layer_sizes"], 1)))
        if weights > LARGEST_NETWORK:
            raise ValueError(
                f"hidden_layer_sizes {shown(sizes)}: {weights} weights, give at most "
                f"{LARGEST_NETWORK}"
            )
        check_choice("activation", self.activation, ("relu", "tanh"))
        for name in ("learning_rate_init", "epsilon"):
            checked[name] = check_positive(name, getattr(self, name))
        for name, top in (("alpha", np.inf), ("tol", np.inf), ("beta_1", 1), ("beta_2", 1)):
            checked[name] = check_number(name, getattr(self, name))
            if not 0 <= checked[name] < top:
                raise ValueError(f"{name} {getattr(self, name)!r}: give 0 or more, below {top}")
        for name in ("batch_size", "max_iter", "n_iter_no_change"):
            checked[name] = check_count(name, getattr(self, name))
        for name, value in checked.items():  # as floats and ints: others would compile anew
            object.__setattr__(self, name, value)

    def why_not_fast(self):
        """Why the kernel cannot run this, or None."""
        if len(self.hidden_layer_sizes) != 1:
            return f"hidden_layer_sizes {self.hidden_layer_sizes} (fast: one hidden layer)"
        if self.activation != "relu":
            return f"activation {self.activation!r} (fast: 'relu')"
        return None


class Network(NamedTuple):
    """Trained weights as scikit-learn lays them out: coefs[i] of shape (inputs, units)."""

    coefs: tuple
    intercepts: tuple
    activation: str = "relu"

    @classmethod
    def unpack(cls, packed, config):
        """From what `pack` gives, for a network of these settings."""
        sizes, coefs, intercepts, at = (2, *config.hidden_layer_sizes, 1), [], [], 0
        for fan_in, fan_out in pairwise(sizes):
            coefs.append(packed[at : at + fan_in * fan_out].reshape(fan_in, fan_out))
            at += fan_in * fan_out
            intercepts.append(packed[at : at + fan_out])
            at += fan_out
        return cls(tuple(coefs), tuple(intercepts), config.activation)

    def pack(self):
        """All weights in one array, layer after layer; of one hidden layer wx, wy, b, v, c."""
        layers = zip(self.coefs, self.intercepts, strict=True)
        return np.concatenate([part.ravel() for layer in layers for part in layer])

    def decision(self, points):
        """log(p / (1 − p)) at each point, float64 array of shape (n,)."""
        values = np.asarray(points, float)
        for coef, intercept in zip(self.coefs[:-1], self.intercepts[:-1], strict=True):
            values = values @ coef.astype(float)
            values += intercept  # in place: four times as fast for 1,000 units
            if self.activation == "relu":
                np.maximum(values, 0, out=values)
            else:
                np.tanh(values, out=values)
        return (values @ self.coefs[-1].astype(float) + self.intercepts[-1])[:, 0]

    def predict(self, points):
        """Hard labels, int array of shape (n,)."""
        return (self.decision(points) > 0).astype(int)


class Stream(NamedTuple):
    """What chance decides in a fit: initial weights (packed) and the points' order each epoch."""

    initial: np.ndarray  # float32, shape (4 H + 1,)
    order: np.ndarray  # int32, shape (max_iter, n)


class Fit(NamedTuple):
    """A trained network and what was observed of it.

    `hits[e, k]`: probe k was classified correctly after epoch e + 1. `snapshots`: the networks
    after the epochs asked for.
    """

    network: Network
    n_iter: int
    loss: float
    hits: np.ndarray  # bool, shape (n_iter, k)
    snapshots: tuple


def check_epochs(epochs):
    """Snapshot epochs as a tuple of whole numbers from 0 on, in rising order."""
    epochs = tuple(check_count("snapshot epoch", epoch, 0) for epoch in epochs)
    if any(later <= earlier for earlier, later in pairwise(epochs)):
        raise ValueError(f"snapshot epochs {epochs}: give them in rising order")
    return epochs


def draw_stream(n, config, seed):
    """The random stream of `MLPClassifier(random_state=seed)` on n points.

    It depends on n, the width and the seed only, so one stream serves all refits of a batch.
    """
    if config.max_iter * n > LARGEST_ORDER:
        raise ValueError(
            f"max_iter {config.max_iter}: with {n} points give at most {LARGEST_ORDER // n}"
        )
    rng = np.random.RandomState(seed)
    (hidden,) = config.hidden_layer_sizes
    parts = []
    for fan_in, fan_out in ((2, hidden), (hidden, 1)):
        bound = np.sqrt(6.0 / (fan_in + fan_out))  # Glorot
        parts.append(rng.uniform(-bound, bound, fan_in * fan_out))
        parts.append(rng.uniform(-bound, bound, fan_out))
    order = np.empty((config.max_iter, n), np.int32)
    current = np.arange(n)
    for epoch in range(config.max_iter):
        shuffled = np.arange(n)
        rng.shuffle(shuffled)
        current = current[shuffled]  # scikit-learn shuffles the order of the epoch before
        order[epoch] = current
    return Stream(np.concatenate(parts).astype(np.float32), order)


def fit(
    X,
    y,
    config=None,
    *,
    seed=0,
    engine="fast",
    sample_weight=None,
    probes=None,
    probe_labels=None,
    snapshot_epochs=(),
    stream=None,
):
    """Train one network.

    Parameters
    ----------
    X, y : array of shape (n, 2) and labels 0 or 1 of shape (n,), both present
    config : MLPConfig; None = the paper's
    seed : int ≥ 0, as `random_state` of scikit-learn
    engine : "fast" or "sklearn"
    sample_weight : array of 0 and 1 of shape (n,), None = all 1. In `fast` a minibatch whose
        weights are all 0 is passed over, where scikit-learn would divide by zero.
    probes, probe_labels : points of shape (k, 2) to classify after each epoch, and their labels
    snapshot_epochs : rising epochs whose networks to keep; 0 is the initialization, and an epoch
        after the last one run, such as `LAST`, holds the final weights
    stream : Stream of (len(X), config, seed) if already drawn (`fast` only)

    Returns
    -------
    Fit

    Raises
    ------
    ValueError : bad arrays, unknown engine, settings the fast engine does not have
    """
    config = MLPConfig() if config is None else check_kind("config", config, MLPConfig)
    check_choice("engine", engine, ENGINES)
    why_not = config.why_not_fast() if engine == "fast" else None
    if why_not:
        raise ValueError(f'engine "fast" cannot fit {why_not}: give engine="sklearn"')
    X, seed = check_points(X, "X"), check_seed(seed)
    y = check_labels(y, len(X), both_classes=True)
    if sample_weight is not None:
        sample_weight = check_labels(sample_weight, len(X), what="sample_weight")
        if not sample_weight.any():
            raise ValueError("sample_weight is 0 for every point: a fit needs some of weight 1")
    if probes is None:
        probes, probe_labels = np.empty((0, 2)), np.empty(0, int)
    else:
        probes = check_points(probes, "probes")
        probe_labels = check_labels(probe_labels, len(probes), what="probe_labels")
    epochs = np.array(check_epochs(snapshot_epochs), int)
    run = _fit_fast if engine == "fast" else _fit_sklearn
    return run(X, y, config, seed, sample_weight, probes, probe_labels, epochs, stream)


def _fit_fast(X, y, config, seed, sample_weight, probes, probe_labels, epochs, stream):
    stream = stream or draw_stream(len(X), config, seed)
    (hidden,) = config.hidden_layer_sizes
    if stream.initial.size != 4 * hidden + 1 or stream.order.shape != (config.max_iter, len(X)):
        raise ValueError(f"a stream for other settings: draw one for {len(X)} points and {config}")
    f32 = np.float32
    weights = np.ones(len(X), f32) if sample_weight is None else sample_weight.astype(f32)
    hits = np.zeros((config.max_iter, len(probes)), np.uint8)
    snapshots = np.empty((len(epochs), stream.initial.size), f32)
    final, n_iter, loss = training.fit(
        X[:, 0].astype(f32), X[:, 1].astype(f32), y.astype(f32), weights,
        stream.initial, stream.order, config.batch_size, config.learning_rate_init,
        config.beta_1, config.beta_2, config.epsilon, config.alpha, config.tol,
        config.n_iter_no_change, probes[:, 0].astype(f32), probes[:, 1].astype(f32),
        probe_labels.astype(f32), epochs, hits, snapshots,
    )  # fmt: skip
    if not np.isfinite(final).all():
        raise ValueError("the fit diverged, its weights are not finite: scale X or lower the rate")
    return Fit(
        Network.unpack(final, config),
        n_iter,
        loss,
        hits[:n_iter].astype(bool),
        tuple(Network.unpack(packed, config) for packed in snapshots),
    )


class _ObservedMLP(MLPClassifier):
    """MLPClassifier that hands itself to `observe` after initialization and after every epoch."""

    def _initialize(self, *args, **kwargs):
        super()._initialize(*args, **kwargs)
        self.observe(self)

    def _update_no_improvement_count(self, *args, **kwargs):  # the one hook of an epoch's end
        super()._update_no_improvement_count(*args, **kwargs)
        self.observe(self)


def _fit_sklearn(X, y, config, seed, sample_weight, probes, probe_labels, epochs, stream):
    settings = {field.name: getattr(config, field.name) for field in fields(config)}
    settings["batch_size"] = min(config.batch_size, len(X))  # or it warns of clipping
    model = _ObservedMLP(random_state=seed, **settings)
    hits, kept = [], {}

    def network():
        copies = (tuple(a.copy() for a in part) for part in (model.coefs_, model.intercepts_))
        return Network(*copies, config.activation)

    def observe(model):
        if model.n_iter_ in epochs:
            kept[model.n_iter_] = network()
        if model.n_iter_ > 0 and len(probes):
            hits.append(network().predict(probes) == probe_labels)

    model.observe = observe
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

"""One fit of any model: an `MLPConfig` by dvlib's engine, or any scikit-learn classifier."""

import warnings
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from dvlib.engine.mlp import Fit, MLPConfig, train


def one_class(y, n_classes):
    """The model (K,) of a training set without two classes, or None if it has two.

    No model can be trained on rows of a single class, or without rows. With rows of one class, this
    class has probability 1 everywhere. Without rows, each class has probability 1/K.
    """
    present = np.unique(y)
    if len(present) > 1:
        return None
    return np.eye(n_classes)[present[0]] if len(present) else np.full(n_classes, 1 / n_classes)


def fit_model(X, y, n_classes, model, seed, engine):
    """Train a model on some rows; returns a function from points (m, d) to probabilities (m, K).

    A class without rows has probability 0; for rows of less than two classes see `one_class`.

    Parameters
    ----------
    X, y : float64 rows (n, d), n ≥ 0, and their classes, int 0 … K − 1
    model, engine : `config` and `engine` of `dvlib.refits.batch.RefitSettings`
    seed : int ≥ 0
    """
    constant = one_class(y, n_classes)
    if constant is not None:
        return lambda points: np.tile(constant, (len(points), 1))
    return train_model(X, y, n_classes, model, seed=seed, engine=engine).probabilities


def train_model(X, y, n_classes, model, *, seed, engine, snapshot_epochs=(), **watched):
    """A TrainedModel of rows of two classes or more; of a network, options are those of `train`."""
    present = np.unique(y)
    y = np.searchsorted(present, y)
    if isinstance(model, MLPConfig):
        fit = train(
            X, y, model, seed=seed, engine=engine, n_classes=len(present),
            snapshot_epochs=snapshot_epochs, **watched,
        )  # fmt: skip
    else:
        classifier = _Classifier(model, X, y, len(present), seed)
        fit = Fit(classifier, 1, np.nan, np.empty((1, 0), bool), ())
    after = dict(zip(snapshot_epochs, fit.snapshots, strict=True))
    return TrainedModel(fit, present, n_classes, after)


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A Fit to rows of some of K classes.

    `present` are the classes that have rows, and `after` is a dict of epoch → Network.
    """

    fit: Fit
    present: np.ndarray
    n_classes: int
    after: dict

    def probabilities(self, points, network=None):
        """Probabilities (m, K) at points, by default of the final network; 0 without rows."""
        some = (network or self.fit.network).probabilities(points)
        if len(self.present) == self.n_classes:
            return some
        whole = np.zeros((len(points), self.n_classes))
        whole[:, self.present] = some
        return whole


class _Classifier:
    """A clone of a scikit-learn classifier, fitted to rows of the classes 0 … K − 1."""

    def __init__(self, model, X, y, n_classes, seed):
        from sklearn.base import clone

        self._fitted, self._n_classes = clone(model), n_classes
        self._name = f"a {type(model).__name__} cannot be fitted to {len(X)} rows of {n_classes}"
        # Also those of the steps of a pipeline: without a seed, a fit could not be repeated.
        states = [name for name in model.get_params() if name.split("__")[-1] == "random_state"]
        self._fitted.set_params(**dict.fromkeys(states, seed))
        with self._named():
            self._fitted.fit(X, y)

    def probabilities(self, points):
        with self._named():
            if hasattr(self._fitted, "predict_proba"):
                return self._fitted.predict_proba(points)
            return np.eye(self._n_classes)[self._fitted.predict(points)]  # hard labels only

    @contextmanager
    def _named(self):
        """Adds to an error of scikit-learn which of many fits it comes from."""
        try:
            yield
        except ValueError as error:
            raise ValueError(
                f"{self._name} classes: {error}. Give a model that can, or methods whose sets "
                "have more rows"
            ) from error


@contextmanager
def quiet_fits():
    """Silences scikit-learn's warning that a fit used all of its iterations without converging.

    The number of iterations is a setting here, so using all of them is no fault. Filters of
    warnings hold for the whole process: threads that set and reset their own would undo each
    other's.
    """
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield

"""One fit of any model: an `MLPConfig` by dvlib's engine, or any scikit-learn classifier."""

import warnings
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from dvlib.engine.mlp import Fit, MLPConfig, train

TOLERANCE = 1e-3  # of probabilities, which may have been rounded


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
        classifier = _Classifier(model, X, y, present, seed)
        fit = Fit(classifier, 1, np.nan, np.empty((1, 0), bool), ())
    after = dict(zip(snapshot_epochs, fit.snapshots, strict=True))
    return TrainedModel(fit, present, n_classes, after)


@dataclass(frozen=True, eq=False)
class OnTable:
    """A user's classifier, and what its fits see of a table.

    Class k is fitted as `classes[k]`, the user's own label. Rows (m, d) are given as a DataFrame
    with the columns `names`. If there is a `frame`, rows (m, 1) are numbers of its rows, and the
    classifier is given these.
    """

    model: object
    classes: np.ndarray
    names: tuple
    frame: object = None

    def columns(self, X):
        """Rows as the classifier sees them."""
        import pandas as pd

        if self.frame is None:
            return pd.DataFrame(X, columns=list(self.names))
        return self.frame.iloc[np.asarray(X)[:, 0].astype(int)]

    def __repr__(self):
        return repr(self.model)


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
    """A clone of a scikit-learn classifier, or of one on a table, fitted to rows of `present`.

    y are indices of `present`, the classes that have rows.
    """

    def __init__(self, model, X, y, present, seed):
        from sklearn.base import clone

        self._columns, self._labels = np.asarray, np.arange(len(present))
        if isinstance(model, OnTable):
            self._columns, self._labels = model.columns, model.classes[present]
            model = model.model
        self._fitted, self._name = clone(model), type(model).__name__
        self._rows = len(X)
        # Also those of the steps of a pipeline: without a seed, a fit could not be repeated.
        states = [name for name in model.get_params() if name.split("__")[-1] == "random_state"]
        self._fitted.set_params(**dict.fromkeys(states, seed))
        with self._named():
            self._fitted.fit(self._columns(X), self._labels[y])

    def probabilities(self, points):
        """Probabilities (m, K) of the classes that have rows, checked."""
        points, labels = self._columns(points), self._labels
        if not hasattr(self._fitted, "predict_proba"):  # hard labels only
            with self._named():
                predicted = np.asarray(self._fitted.predict(points))
            return np.eye(len(labels))[self._places(labels, predicted, "predict")]
        with self._named():
            P = self._fitted.predict_proba(points)
        P = np.asarray(P)
        if P.shape != (len(points), len(labels)) or P.dtype.kind not in "fiu":
            raise self._wrong(
                f"{P.dtype} of shape {P.shape}, for {len(points)} rows of {len(labels)} classes"
            )
        wrong = {
            "nan or inf": ~np.isfinite(P), "numbers below 0": P < -TOLERANCE,
            "rows that do not add up to 1": np.abs(P.sum(1, keepdims=True) - 1) > TOLERANCE,
        }  # fmt: skip
        for what, where in wrong.items():
            if where.any():
                row = np.flatnonzero(where.any(1))[0]
                raise self._wrong(f"{what}, first in row {row}: {P[row]}")
        columns = getattr(self._fitted, "classes_", labels)
        return P[:, self._places(columns, labels, "classes_")]

    def _places(self, known, asked, what):
        """Index of each label that is asked for among the known ones."""
        import pandas as pd

        places = pd.Index(known).get_indexer(asked)
        if (places < 0).any():
            raise ValueError(
                f"model {self._name}: its {what} has other labels than its rows, {self._labels}; "
                "give a classifier that is fitted to the labels as they are"
            )
        return places

    def _wrong(self, what):
        return ValueError(
            f"model {self._name}: predict_proba gives {what}; give a classifier whose "
            "probabilities have a column for each class, from 0 to 1, and add up to 1"
        )

    @contextmanager
    def _named(self):
        """Adds to an error of scikit-learn which of many fits it comes from."""
        try:
            yield
        except ValueError as error:
            raise ValueError(
                f"a {self._name} cannot be fitted to {self._rows} rows of {len(self._labels)} "
                f"classes: {error}. Give a model that can, or methods whose sets have more rows"
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

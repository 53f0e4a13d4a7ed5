"""The model that a table is valued with, and one fit of it.

A model is an `MLPConfig`, which dvlib's engine trains, or any scikit-learn classifier. Most methods
on tables only read the probabilities that a fit gives to the classes.
"""

import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from dvlib.checks import check_choice, check_jobs, check_seed, check_switch, shown, why_not_fast
from dvlib.engine.mlp import MLPConfig, train

ENGINES = ("auto", "fast", "sklearn")


@dataclass(frozen=True)
class TableSettings:
    """Settings shared by all fits to a table.

    Attributes
    ----------
    model : an MLPConfig, or a scikit-learn classifier, which is cloned for each fit; default
        MLPConfig((100,))
    seed : int ≥ 0; fit k of a pass has the `random_state` seed + k, where the model has one
    engine : "fast" for the compiled kernel, which trains networks with one hidden layer of
        rectifiers; "sklearn"; or "auto", which is "fast" for these networks, else "sklearn"
    cache : whether results are kept on disk
    n_jobs : number of threads; -1 = one per core

    Raises
    ------
    TypeError : the model is neither an MLPConfig nor a scikit-learn classifier
    ValueError : an unknown engine, an engine that cannot train the model, or a bad number
    """

    model: object = field(default_factory=lambda: MLPConfig((100,)))
    seed: int = 0
    engine: str = "auto"
    cache: bool = True
    n_jobs: int = -1

    def __post_init__(self):
        model, engine = self.model, check_choice("engine", self.engine, ENGINES)
        if not self.is_network and not _is_classifier(model):
            raise TypeError(
                f"model {shown(model)}: give a dvlib.MLPConfig, such as MLPConfig((100,)), or a "
                "scikit-learn classifier"
            )
        reason = why_not_fast(model) if self.is_network else f"a {type(model).__name__}"
        if engine == "fast" and reason:
            raise ValueError(f'engine "fast" cannot fit {reason}: give engine="sklearn" or "auto"')
        checked = {
            "seed": check_seed(self.seed),
            "engine": "sklearn" if reason else "fast" if engine == "auto" else engine,
            "cache": check_switch("cache", self.cache),
            "n_jobs": check_jobs(self.n_jobs),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def is_network(self):
        """Whether the model is a network of dvlib, whose training can be watched."""
        return isinstance(self.model, MLPConfig)


def fit_model(X, y, n_classes, model, seed, engine):
    """Train a model on some rows; returns a function from points (m, d) to probabilities (m, K).

    No model can be trained without rows, or on rows of a single class. Without rows, each class has
    probability 1/K. With rows of one class, this class has probability 1. In general, a class
    without rows has probability 0.

    Parameters
    ----------
    X, y : float64 rows (n, d), n ≥ 0, and their classes, int 0 … K − 1
    model, seed, engine : see TableSettings
    """
    present = np.unique(y)
    if len(present) < 2:
        row = np.full(n_classes, 1 / n_classes)
        if len(present):
            row = np.eye(n_classes)[present[0]]
        return lambda points: np.tile(row, (len(points), 1))
    predict = _predictor(X, np.searchsorted(present, y), len(present), model, seed, engine)

    def probabilities(points):
        whole = np.zeros((len(points), n_classes))
        whole[:, present] = predict(points)
        return whole

    return probabilities


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


def _predictor(X, y, n_classes, model, seed, engine):
    """As `fit_model`, where all classes 0 … K − 1 have rows."""
    if isinstance(model, MLPConfig):
        fitted = train(X, y, model, seed=seed, engine=engine, n_classes=n_classes)
        return fitted.network.probabilities
    from sklearn.base import clone

    fitted = clone(model)
    # Also those of the steps of a pipeline: without a seed, a fit could not be repeated.
    states = [name for name in fitted.get_params() if name.split("__")[-1] == "random_state"]
    fitted.set_params(**dict.fromkeys(states, seed))

    def predict(points):
        with _named(model, X, n_classes):
            if hasattr(fitted, "predict_proba"):
                return fitted.predict_proba(points)
            return np.eye(n_classes)[fitted.predict(points)]  # hard labels only

    with _named(model, X, n_classes):
        fitted.fit(X, y)
    return predict


@contextmanager
def _named(model, X, n_classes):
    """Adds to an error of scikit-learn which of many fits it comes from."""
    try:
        yield
    except ValueError as error:
        raise ValueError(
            f"a {type(model).__name__} cannot be fitted to {len(X)} rows of {n_classes} classes: "
            f"{error}. Give a model that can, or methods whose sets have more rows"
        ) from error


def _is_classifier(model):
    from sklearn.base import BaseEstimator, is_classifier

    return isinstance(model, BaseEstimator) and is_classifier(model)

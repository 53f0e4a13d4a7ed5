"""Passes of fits over the rows of a table, each computed once for all methods that read it.

`fits_of` trains a model on each of many subsets and keeps its probabilities at given points.
`trajectories_of` trains a network on all rows and keeps its probabilities at each row after every
epoch.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dvlib.checks import check_count, check_memory
from dvlib.engine.mlp import Network
from dvlib.engine.observe import Probabilities, Trajectory, Weights
from dvlib.refits.batch import refit

CHUNK = 8  # fits per stored entry: a fraction of a second, so a killed run loses little
BLOCK = 10  # random halves that are drawn together; each row is in five of them


class Pass(NamedTuple):
    """Fits of S subsets of n rows, seen at m points.

    `inside`, bool (S, n), says which rows each fit was trained on. `probabilities`, float32
    (S, m, K), are those that each fit gives to the K classes at each point.
    """

    inside: np.ndarray
    probabilities: np.ndarray


class Trajectories(NamedTuple):
    """R runs on all n rows, watched after each of E epochs.

    `probabilities`, float32 (R, E, n, K), are those of the K classes at each row. A run that
    stopped early repeats its last epoch. `networks` has a tuple for each run, the networks after
    the epochs in `epochs`. `n_iter` (R,) is the number of epochs that each run took.
    """

    probabilities: np.ndarray
    networks: tuple
    epochs: tuple
    n_iter: np.ndarray


def random_halves(n, n_sets, seed):
    """Random sets that contain each row with probability ½, bool (n_sets, n).

    Rows are drawn independently of each other, as Banzhaf values require. (If all sets had exactly
    n / 2 rows, the values would always add up to about 0.) Each row is in five of every ten sets,
    so every row has sets with it and sets without it. Halves are not paired with their complements:
    the two fits of a pair are not independent, and standard errors would come out too small.
    """
    check_count("number of rows", n, 2)
    check_count("number of sets", n_sets)
    block = min(BLOCK, n_sets + n_sets % 2)
    dealt = np.tile(np.arange(block) < block / 2, (n, 1))
    blocks = [
        np.random.default_rng([seed, k]).permuted(dealt, axis=1).T for k in range(0, n_sets, block)
    ]
    return np.concatenate(blocks)[:n_sets]


def fits_of(X, y, subsets, settings, *, at, n_classes, seeds=None, description="fits to subsets"):
    """Fit the model to each subset of rows, and evaluate each fit at some points.

    Parameters
    ----------
    X, y : float64 rows (n, d) and their classes (n,), int 0 … K − 1
    subsets : bool (S, n), or S arrays of row indices in the order of training
    settings : RefitSettings
    at : points (m, d) at which the fits are evaluated
    seeds : S seeds; None = settings.seed, settings.seed + 1, …

    Returns
    -------
    Pass

    Raises
    ------
    ValueError : before any fit, if the probabilities do not fit into memory
    """
    rows = [
        np.flatnonzero(s) if np.asarray(s).dtype == bool else np.asarray(s, int) for s in subsets
    ]
    seen = refit(
        X, y, rows, settings, [Probabilities(at)], n_classes=n_classes, allow_one_class=True,
        seeds=settings.seed + np.arange(len(rows)) if seeds is None else seeds, together=CHUNK,
        description=description,
    )  # fmt: skip
    inside = np.zeros((len(rows), len(X)), bool)
    for k, members in enumerate(rows):
        inside[k, members] = True
    return Pass(inside, seen.probabilities[:, 0])


def trajectories_of(X, y, settings, *, n_runs, n_classes, epochs=(), description="watched runs"):
    """Train on all rows with several seeds, and watch every row after each epoch.

    Parameters
    ----------
    X, y, settings : as for `fits_of`; the model is a network
    n_runs : number of runs, with the seeds settings.seed, settings.seed + 1, …
    epochs : epochs, increasing, after which the network is kept

    Raises
    ------
    ValueError : before any fit, if the model is no network, or the probabilities do not fit into
        memory
    """
    config, epochs = settings.config, tuple(epochs)
    if not settings.is_network:
        raise ValueError(
            f"model {type(config).__name__}: only a network is trained in epochs that can "
            "be watched; give an MLPConfig, or methods that need no epochs"
        )
    check_memory(len(X), "rows", lambda n: 4 * n_runs * config.max_iter * n * n_classes)
    seen = refit(
        X, y, [np.arange(len(X))], with_runs(settings, n_runs), [Trajectory(X), Weights(epochs)],
        n_classes=n_classes, together=1, description=description,
    )  # fmt: skip
    outputs = 1 if n_classes == 2 else n_classes
    networks = tuple(
        tuple(Network(packed, config, X.shape[1], outputs) for packed in run)
        for run in seen.networks[0]
    )
    return Trajectories(seen.trajectories[0], networks, epochs, seen.n_iter[0])


def with_runs(settings, n_runs):
    """The settings with `n_runs` seeds: settings.seed, settings.seed + 1, …"""
    seeds = range(settings.seed, settings.seed + check_count("n_runs", n_runs))
    return replace(settings, seeds=seeds)

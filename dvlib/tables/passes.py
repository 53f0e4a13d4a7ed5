"""Passes of fits over the rows of a table, each computed once for all methods that read it.

`fits_of` trains a model on each of many subsets and keeps its probabilities at given points.
`trajectories_of` trains a network on all rows and keeps its probabilities at each row after every
epoch.
"""

import time
from typing import NamedTuple

import numpy as np

from dvlib.checks import check_count, check_memory
from dvlib.engine.mlp import train
from dvlib.refits.progress import progress_bar
from dvlib.refits.store import Store
from dvlib.refits.workers import one_blas_thread, run_calls
from dvlib.tables.models import fit_model, quiet_fits

CHUNK = 8  # fits per stored entry: a fraction of a second, so a killed run loses little
CODE = ("engine", "tables")
BLOCK = 10  # random halves that are drawn together; each row is in five of them


class Pass(NamedTuple):
    """Fits of S subsets of n rows, seen at m points.

    `inside`, bool (S, n), says which rows each fit was trained on. `probabilities`, float32
    (S, m, K), are those that each fit gives to the K classes at each point. `seconds` is wall time,
    which is short if the results were in the cache.
    """

    inside: np.ndarray
    probabilities: np.ndarray
    seconds: float

    @property
    def n_fits(self):
        return len(self.inside)


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
    seconds: float

    @property
    def n_fits(self):
        return len(self.n_iter)


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
    settings : TableSettings
    at : points (m, d) at which the fits are evaluated
    seeds : S seeds; None = settings.seed, settings.seed + 1, …

    Returns
    -------
    Pass

    Raises
    ------
    ValueError : before any fit, if the probabilities do not fit into memory
    """
    began = time.perf_counter()
    rows = [np.flatnonzero(s) if np.asarray(s).dtype == bool else np.asarray(s) for s in subsets]
    seeds = settings.seed + np.arange(len(rows)) if seeds is None else np.asarray(seeds)
    check_memory(len(rows), "fits", lambda count: count * (4 * len(at) * n_classes + len(X)))
    common = X, y, n_classes, settings.model, settings.engine, at
    calls = [
        (*common, rows[k : k + CHUNK], seeds[k : k + CHUNK].tolist())
        for k in range(0, len(rows), CHUNK)
    ]
    seen = _run(_observe_fits, calls, settings, len(rows), description)
    inside = np.zeros((len(rows), len(X)), bool)
    for k, members in enumerate(rows):
        inside[k, members] = True
    return Pass(inside, np.concatenate(seen), time.perf_counter() - began)


def _observe_fits(X, y, n_classes, model, engine, at, subsets, seeds):
    """Probabilities of one chunk's fits, float32 (c, m, K); a pure function of its arguments."""
    return np.array(
        [
            fit_model(X[rows], y[rows], n_classes, model, seed, engine)(at)
            for rows, seed in zip(subsets, seeds, strict=True)
        ],
        np.float32,
    )


def trajectories_of(X, y, settings, *, n_runs, n_classes, epochs=(), description="watched runs"):
    """Train on all rows with several seeds, and watch every row after each epoch.

    Parameters
    ----------
    X, y, settings : as for `fits_of`; the model is an MLPConfig
    n_runs : number of runs, with the seeds settings.seed, settings.seed + 1, …
    epochs : epochs, increasing, after which the network is kept

    Raises
    ------
    ValueError : before any fit, if the model is no network, or the probabilities do not fit into
        memory
    """
    began = time.perf_counter()
    if not settings.is_network:
        raise ValueError(
            f"model {type(settings.model).__name__}: only a network is trained in epochs that can "
            "be watched; give an MLPConfig, or methods that need no epochs"
        )
    check_count("n_runs", n_runs)
    n_epochs = settings.model.max_iter
    check_memory(len(X), "rows", lambda n: 4 * n_runs * n_epochs * n * n_classes)
    calls = [
        (X, y, n_classes, settings.model, settings.engine, settings.seed + k, tuple(epochs))
        for k in range(n_runs)
    ]
    seen = _run(_observe_run, calls, settings, n_runs, description)
    probabilities, networks, n_iter = zip(*seen, strict=True)
    return Trajectories(
        np.array(probabilities), networks, tuple(epochs), np.array(n_iter),
        time.perf_counter() - began,
    )  # fmt: skip


def _observe_run(X, y, n_classes, model, engine, seed, epochs):
    """Probabilities after each epoch, float32 (E, n, K); networks after `epochs`; epochs run."""
    every = sorted({*range(1, model.max_iter + 1), *epochs})
    fitted = train(
        X, y, model, seed=seed, engine=engine, n_classes=n_classes, snapshot_epochs=tuple(every)
    )
    after = dict(zip(every, fitted.snapshots, strict=True))
    watched = np.empty((model.max_iter, len(X), n_classes), np.float32)
    for epoch in range(1, fitted.n_iter + 1):
        watched[epoch - 1] = after[epoch].probabilities(X)
    watched[fitted.n_iter :] = watched[fitted.n_iter - 1]
    return watched, tuple(after[epoch] for epoch in epochs), fitted.n_iter


def _run(function, calls, settings, total, description):
    """Results of the calls, in order, kept in the store and with a bar for `total` fits."""
    n_fits = len if function is _observe_fits else lambda run: 1
    store, seen = Store("tables", CODE, keep=settings.cache, n_fits=n_fits), []
    with one_blas_thread(), quiet_fits(), progress_bar(total, description, "fit") as bar:
        for result in run_calls(function, calls, store, n_jobs=settings.n_jobs):
            seen.append(result)
            bar.update(min(CHUNK, total - bar.n) if function is _observe_fits else 1)
    return seen

"""Batches of refits: training subsets × seeds → small observations, in parallel and cached.

Every method of the paper but three is a batch of these (leave-one-out, forgetting, memorization,
Shapley, …): train the same small network on many subsets of one pool of points, look at each, keep
a few numbers. The 250,000 labels of a refit's boundary live only while it is being looked at.
"""

import time
from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit
from threadpoolctl import threadpool_limits

from dvlib.checks import (
    check_choice,
    check_count,
    check_jobs,
    check_kind,
    check_labels,
    check_points,
    check_seeds,
)
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.engine.mlp import ENGINES, MLPConfig, check_epochs, draw_stream, fit
from dvlib.refits.progress import progress_bar
from dvlib.refits.store import engine_digest, open_cache
from dvlib.refits.workers import run_calls

LARGEST_HITS = 4_000_000_000  # bytes of what all probes did in all epochs
CHUNK = 24  # refits: a fraction of a second at the paper's settings is lost when a run is killed


@dataclass(frozen=True)
class RefitSettings:
    """How to refit: the same for every refit of a batch."""

    seeds: tuple = (0,)  # each subset is fitted once with each
    config: MLPConfig = field(default_factory=MLPConfig)
    mesh: MeshGrid = X_M  # where boundaries are compared
    engine: str = "fast"
    cache: bool = True
    n_jobs: int = -1  # joblib's; -1 = one thread a core

    def __post_init__(self):
        object.__setattr__(self, "seeds", check_seeds(self.seeds))
        check_kind("config", self.config, MLPConfig)
        check_kind("mesh", self.mesh, MeshGrid)
        check_jobs(self.n_jobs)
        check_choice("engine", self.engine, ENGINES)
        why_not = self.config.why_not_fast() if self.engine == "fast" else None
        if why_not:
            raise ValueError(f'engine "fast" cannot fit {why_not}: give engine="sklearn"')


@dataclass(frozen=True)
class Observations:
    """What was seen of S subsets × K seeds.

    Attributes
    ----------
    dv : float array of shape (S, K, R), boundary difference to each of R references
    n_iter : int array of shape (S, K), epochs run
    hits : bool array of shape (S, K, P, max_iter), probe classified correctly after the epoch;
        after the last epoch run its state stays
    networks : array of shape (S, K, E, W), packed weights (`Network.unpack`) after each of the E
        epochs asked for; a network has a boundary on any mesh without another fit
    outputs : float array of shape (S, K, P'), probability of label 1 at each point asked for
    seconds : wall time; n_fits : S · K
    """

    dv: np.ndarray
    n_iter: np.ndarray
    hits: np.ndarray
    networks: np.ndarray
    outputs: np.ndarray
    seconds: float

    @property
    def n_fits(self):
        return self.n_iter.size


def observe_chunk(
    X, y, members, ends, seed, config, mesh, engine, references, probes, epochs, outputs_at, code
):
    """Refit subsets with one seed: a pure function of plain arrays (`code` only keys the cache).

    `members` are the subsets' indices one after the other, each up to its one of `ends`: one
    long array is hashed and sent sooner than a list of short ones.

    Returns
    -------
    dict of arrays: n_iter (c,), as packed bits hits (c, P, max_iter), and where asked for
    dv (c, R), networks (c, E, W) after each of `epochs`, outputs (c, P')
    """
    streams, rows = {}, []
    for subset, probe in zip(np.split(members, ends[:-1]), probes, strict=True):
        n = len(subset)
        if engine == "fast" and n not in streams:
            streams[n] = draw_stream(n, config, seed)
        fitted = fit(
            X[subset], y[subset], config, seed=seed, engine=engine, stream=streams.get(n),
            probes=X[probe] if len(probe) else None, probe_labels=y[probe], snapshot_epochs=epochs,
        )  # fmt: skip
        hits = np.empty((config.max_iter, len(probe)), bool)
        hits[: fitted.n_iter] = fitted.hits
        hits[fitted.n_iter :] = fitted.hits[-1]
        row = {"n_iter": fitted.n_iter, "hits": np.packbits(hits.T, axis=-1)}
        if len(references):
            labels = boundary(fitted.network, mesh)
            row["dv"] = [dv(labels, reference) for reference in references]
        if epochs:
            row["networks"] = [network.pack() for network in fitted.snapshots]
        if len(outputs_at):
            row["outputs"] = expit(fitted.network.decision(outputs_at))
        rows.append(row)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def refit(
    X,
    y,
    subsets,
    settings,
    *,
    references=None,
    probes=None,
    snapshot_epochs=(),
    outputs_at=None,
    description,
):
    """Refit every subset of a pool of points with every seed and observe each refit.

    Parameters
    ----------
    X, y : pool of points (N, 2) and labels (N,)
    subsets : S index arrays into the pool, each with points of both classes
    settings : RefitSettings
    references : K arrays of shape (R, side, side): boundaries to compare with, for each seed
    probes : int array of shape (S, P), pool points to classify after each epoch
    snapshot_epochs : epochs whose weights to keep, for a few refits; see `dvlib.engine.mlp.fit`
    outputs_at : points (P', 2) at which to know each refit's probability of label 1
    description : what the progress bar says is refitted

    Returns
    -------
    Observations

    Raises
    ------
    ValueError : before any fit, for bad arrays or subsets
    PermissionError : before any fit, where the cache cannot be written
    ClusterError : before any fit, where `dvlib.use_cluster` names a cluster that cannot be used
    """
    started = time.perf_counter()
    X = check_points(X, "X")
    y = check_labels(y, len(X))
    subsets = [_check_subset(k, subset, y) for k, subset in enumerate(subsets)]
    check_count("number of subsets", len(subsets))
    probes = np.empty((len(subsets), 0), int) if probes is None else np.asarray(probes)
    if probes.ndim != 2 or len(probes) != len(subsets) or probes.dtype.kind not in "iu":
        raise ValueError(
            f"probes of shape {probes.shape}: give a row of indices for each of {len(subsets)}"
        )
    if probes.size and not (probes.min() >= 0 and probes.max() < len(X)):
        raise ValueError(f"probes: indices must lie between 0 and {len(X) - 1}")
    references = np.empty((len(settings.seeds), 0)) if references is None else references
    sides = (settings.mesh.side, settings.mesh.side)
    if len(references) != len(settings.seeds) or any(
        len(one) and np.shape(one)[1:] != sides for one in references
    ):
        raise ValueError(f"references: give (R, {sides[0]}, {sides[1]}) labels for each seed")
    epochs = check_epochs(snapshot_epochs)
    if probes.size * len(settings.seeds) * settings.config.max_iter > LARGEST_HITS:
        raise ValueError(
            f"{probes.size} probes, {len(settings.seeds)} seeds and {settings.config.max_iter} "
            f"epochs: give fewer, their product at most {LARGEST_HITS}"
        )
    if outputs_at is None or len(outputs_at) == 0:
        outputs_at = np.empty((0, 2))
    else:
        outputs_at = check_points(outputs_at, "outputs_at")
    memory = open_cache() if settings.cache else None
    shared = (settings.config, settings.mesh, settings.engine)

    tasks = []
    for k, seed in enumerate(settings.seeds):
        for start in range(0, len(subsets), CHUNK):
            at = slice(start, start + CHUNK)
            members, ends = np.concatenate(subsets[at]), np.cumsum([len(s) for s in subsets[at]])
            arguments = (X, y, members, ends, seed, *shared, references[k], probes[at])
            tasks.append((at, k, (*arguments, epochs, outputs_at, engine_digest())))

    parts = {}
    calls = [arguments for _, _, arguments in tasks]
    done = run_calls(observe_chunk, calls, memory=memory, n_jobs=settings.n_jobs)
    # Scikit-learn's small products gain nothing from BLAS threads, which slow each other down.
    # (Dask gives its workers one by itself.)
    blas = threadpool_limits(1) if settings.engine == "sklearn" else nullcontext()
    with blas, progress_bar(len(subsets) * len(settings.seeds), description, "fit") as bar:
        for i, part in done:
            parts[i] = part
            bar.update(len(part["n_iter"]))
    whole = _assemble(tasks, parts, len(subsets), len(settings.seeds))
    hits = np.unpackbits(whole["hits"], axis=-1, count=settings.config.max_iter).astype(bool)
    n_iter = whole["n_iter"]
    difference = whole.get("dv", np.empty((*n_iter.shape, 0)))
    networks = whole.get("networks", np.empty((*n_iter.shape, 0, 0)))
    outputs = whole.get("outputs", np.empty((*n_iter.shape, 0)))
    return Observations(difference, n_iter, hits, networks, outputs, time.perf_counter() - started)


def _check_subset(k, subset, y):
    subset = np.asarray(subset)
    if subset.ndim != 1 or subset.dtype.kind not in "iu":
        raise ValueError(f"subset {k}: give a one-dimensional array of indices")
    if len(subset) and (subset.min() < 0 or subset.max() >= len(y)):
        raise ValueError(f"subset {k}: indices must lie between 0 and {len(y) - 1}")
    if len(np.unique(y[subset])) < 2:
        raise ValueError(f"subset {k}: {len(subset)} points of one class; a fit needs both")
    return subset.astype(np.int32)


def _assemble(tasks, parts, n_subsets, n_seeds):
    """Arrays over (subset, seed, …) from the chunks' arrays over (subset, …)."""
    whole = {
        name: np.empty((n_subsets, n_seeds, *array.shape[1:]), array.dtype)
        for name, array in parts[0].items()
    }
    for i, (at, k, _) in enumerate(tasks):
        for name, array in parts[i].items():
            whole[name][at, k] = array
    return whole

"""Batches of refits: training subsets × seeds → small observations, in parallel and cached.

Most methods (leave-one-out, forgetting, memorization, Shapley, …) are such a batch: they train the
same small network on many subsets of a pool of points and keep a few numbers per network.
"""

import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice, pairwise, tee
from typing import NamedTuple

import numpy as np

from dvlib.checks import (
    check_count,
    check_engine,
    check_epochs,
    check_jobs,
    check_kind,
    check_labels,
    check_memory,
    check_order,
    check_points,
    check_seeds,
    check_switch,
)
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.engine.observe import observe_chunk
from dvlib.refits.progress import progress_bar
from dvlib.refits.store import Store
from dvlib.refits.workers import one_blas_thread, run_calls

LARGEST_HITS = 4_000_000_000  # bytes, one per probe, seed and epoch
CHUNK = 24  # refits per stored entry: a fraction of a second, so a killed run loses little


@dataclass(frozen=True)
class RefitSettings:
    """Settings shared by all refits of a batch."""

    seeds: tuple = (0,)  # each subset is fitted once per seed
    config: MLPConfig = field(default_factory=MLPConfig)
    mesh: MeshGrid = X_M  # boundaries are compared on it
    engine: str = "fast"
    cache: bool = True
    n_jobs: int = -1  # threads; -1 = one per core, -2 = one less

    def __post_init__(self):
        check_kind("config", self.config, MLPConfig)
        check_kind("mesh", self.mesh, MeshGrid)
        checked = {
            "seeds": check_seeds(self.seeds),
            "engine": check_engine(self.engine, self.config),
            "cache": check_switch("cache", self.cache),
            "n_jobs": check_jobs(self.n_jobs),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class Observations:
    """Observations of the refits of S subsets × K seeds.

    Attributes
    ----------
    dv : float array of shape (S, K, R), boundary difference to each of R references
    n_iter : int array of shape (S, K), epochs run
    hits : bool array of shape (S, K, P, max_iter), whether the probe is classified correctly
        after the epoch; epochs after the last one run repeat its value
    networks : array of shape (S, K, E, W), weights (`Network.packed`) after each of the E
        requested epochs; from them a boundary on any mesh needs no other fit
    outputs : float array of shape (S, K, P'), probability of label 1 at each requested point
    seconds : wall time
    n_fits : S · K
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
    """Refit every subset of a pool of points with every seed, and observe each refit.

    Parameters
    ----------
    X, y : pool of points (N, 2) and labels (N,)
    subsets : S index arrays into the pool, each with points of both classes
    settings : RefitSettings
    references : K arrays of shape (R, side, side), one per seed: boundaries to compare with
    probes : int array of shape (S, P), indices of pool points to classify after each epoch
    snapshot_epochs : epochs after which to keep the weights, see `dvlib.fit`; meant for few refits
    outputs_at : points (P', 2) at which to evaluate each refit's probability of label 1
    description : text of the progress bar

    Returns
    -------
    Observations

    Raises
    ------
    ValueError : before any fit, for bad arrays or subsets
    PermissionError : before any fit, if the cache cannot be written
    ClusterError : before any fit, if the cluster set by `dvlib.use_cluster` cannot be used
    """
    batch = planned(
        X, y, subsets, settings, references=references, probes=probes,
        snapshot_epochs=snapshot_epochs, outputs_at=outputs_at, description=description,
    )  # fmt: skip
    (seen,) = refit_each([batch], settings)
    return seen


def refit_each(batches, settings):
    """Refit several batches. While the last chunks of one run, those of the next begin.

    Parameters
    ----------
    batches : iterable of batches, each made by `planned`; it is read a few chunks ahead
    settings : RefitSettings; their engine, cache and n_jobs serve all batches

    Yields
    ------
    Observations of each batch, in order. Nothing depends on what runs at the same time. If no
    further batch is asked for, what was begun of it is dropped. With one thread nothing is begun
    ahead.

    Raises
    ------
    As `refit`. An error of a fit is raised after the batches before it were yielded.
    """
    store = Store("refits", keep=settings.cache, n_fits=lambda part: len(part["n_iter"]))
    ahead, awaited = tee(batches)
    calls = (call for batch in ahead for call in batch.calls)
    parts = run_calls(observe_chunk, calls, store, n_jobs=settings.n_jobs)
    # Dask limits its workers itself.
    with one_blas_thread() if settings.engine == "sklearn" else nullcontext():
        for batch in awaited:
            seen = []
            with progress_bar(batch.n_fits, batch.description, "fit") as bar:
                for part in islice(parts, len(batch.calls)):
                    seen.append(part)
                    bar.update(len(part["n_iter"]))
            yield batch.observations(seen)


class Batch(NamedTuple):
    """Checked arguments of `refit`, divided into calls of `observe_chunk`.

    `places` says which subsets (a slice) and which seed (its index) each call observes.
    """

    calls: list
    places: list
    shape: tuple  # number of subsets and of seeds
    max_iter: int
    description: str
    started: float

    @property
    def n_fits(self):
        return self.shape[0] * self.shape[1]

    def observations(self, parts):
        """Observations from the result of each call."""
        whole = {
            name: np.empty((*self.shape, *array.shape[1:]), array.dtype)
            for name, array in parts[0].items()
        }
        for (at, k), part in zip(self.places, parts, strict=True):
            for name, array in part.items():
                whole[name][at, k] = array
        return Observations(
            dv=whole.get("dv", np.empty((*self.shape, 0))),
            n_iter=whole["n_iter"],
            hits=np.unpackbits(whole["hits"], axis=-1, count=self.max_iter).astype(bool),
            networks=whole.get("networks", np.empty((*self.shape, 0, 0))),
            outputs=whole.get("outputs", np.empty((*self.shape, 0))),
            seconds=time.perf_counter() - self.started,
        )


def planned(
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
    """A batch for `refit_each`; parameters and ValueError are those of `refit`."""
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
        len(labels) and np.shape(labels)[1:] != sides for labels in references
    ):
        raise ValueError(f"references: give (R, {sides[0]}, {sides[1]}) labels for each seed")
    epochs = check_epochs(snapshot_epochs)
    if probes.size * len(settings.seeds) * settings.config.max_iter > LARGEST_HITS:
        raise ValueError(
            f"{probes.size} probes, {len(settings.seeds)} seeds and {settings.config.max_iter} "
            f"epochs: give fewer, their product at most {LARGEST_HITS}"
        )
    given = outputs_at is not None and len(outputs_at) > 0
    outputs_at = check_points(outputs_at, "outputs_at") if given else np.empty((0, 2))

    if settings.engine == "fast":
        check_order(max(map(len, subsets)), settings.config)
    layers = pairwise((2, *settings.config.hidden_layer_sizes, 1))
    weights = len(epochs) * sum((a + 1) * b for a, b in layers)
    numbers = len(settings.seeds) * (len(references[0]) + weights + len(outputs_at))
    check_memory(len(subsets), "subsets", lambda count: 8 * count * numbers)

    places, calls = [], []
    for k, seed in enumerate(settings.seeds):
        for start in range(0, len(subsets), CHUNK):
            at = slice(start, start + CHUNK)
            members, ends = np.concatenate(subsets[at]), np.cumsum([len(s) for s in subsets[at]])
            places.append((at, k))
            calls.append(
                (X, y, members, ends, seed, settings.config, settings.mesh, settings.engine,
                 references[k], probes[at], epochs, outputs_at)
            )  # fmt: skip

    shape = len(subsets), len(settings.seeds)
    return Batch(calls, places, shape, settings.config.max_iter, description, started)


def _check_subset(k, subset, y):
    subset = np.asarray(subset)
    if subset.ndim != 1 or subset.dtype.kind not in "iu":
        raise ValueError(f"subset {k}: give a one-dimensional array of indices")
    if len(subset) and (subset.min() < 0 or subset.max() >= len(y)):
        raise ValueError(f"subset {k}: indices must lie between 0 and {len(y) - 1}")
    if len(np.unique(y[subset])) < 2:
        raise ValueError(f"subset {k}: {len(subset)} points of one class; a fit needs both")
    return subset.astype(np.int32)

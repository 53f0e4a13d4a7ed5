"""Batches of refits: training subsets × seeds → small observations, in parallel and cached.

Most methods (leave-one-out, forgetting, memorization, Shapley, …) are such a batch: they train the
same model on many subsets of a pool of points and keep a few numbers per model, which observers
(`dvlib.engine.observe`) read from it. The points are those of the plane or rows of a table.
"""

from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice, tee
from typing import NamedTuple

import numpy as np

from dvlib.checks import (
    ENGINES,
    check_count,
    check_engine,
    check_jobs,
    check_kind,
    check_labels,
    check_memory,
    check_order,
    check_points,
    check_seeds,
    check_switch,
    short,
)
from dvlib.engine.classifiers import OnTable, one_class, quiet_fits
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.engine.observe import observe_chunk
from dvlib.refits.progress import progress_bar
from dvlib.refits.store import Store
from dvlib.refits.workers import one_blas_thread, run_calls

CHUNK = 24  # refits per stored entry: a fraction of a second, so a killed run loses little
SMALLEST = 1 / 1000  # of the mesh's width: points that lie closer together share their mesh points


@dataclass(frozen=True)
class RefitSettings:
    """Settings shared by all refits of a batch.

    Attributes
    ----------
    seeds : of the plane, each subset is fitted once per seed. Of tables, the first seed counts:
        fit k of a pass has `seed` + k
    config : what is trained, an MLPConfig, or a scikit-learn classifier, which is cloned for each
        fit to rows of a table; an `OnTable` also says what labels and columns the classifier sees
    mesh : boundaries of the plane are compared on it
    engine : "fast" for the compiled kernel, which trains networks with one hidden layer of
        rectifiers; "sklearn"; or "auto", which is "fast" for these networks, else "sklearn"
    cache : whether results are kept on disk
    n_jobs : threads; -1 = one per core, -2 = one less

    Raises
    ------
    TypeError : config is neither an MLPConfig nor a scikit-learn classifier, or mesh no MeshGrid
    ValueError : an unknown engine, an engine that cannot train the model, or a bad number
    """

    seeds: tuple = (0,)
    config: object = field(default_factory=MLPConfig)
    mesh: MeshGrid = X_M
    engine: str = "auto"
    cache: bool = True
    n_jobs: int = -1

    def __post_init__(self):
        from sklearn.base import BaseEstimator, ClassifierMixin, is_classifier

        model = self.config.model if isinstance(self.config, OnTable) else self.config
        # Of a class that lists ClassifierMixin last, is_classifier says no.
        if not self.is_network and not (
            isinstance(model, BaseEstimator)
            and (isinstance(model, ClassifierMixin) or is_classifier(model))
        ):
            raise TypeError(
                f"config {short(model)}: give a dvlib.MLPConfig, such as MLPConfig((100,)), "
                "or a scikit-learn classifier"
            )
        check_kind("mesh", self.mesh, MeshGrid)
        checked = {
            "seeds": check_seeds(self.seeds),
            "engine": check_engine(self.engine, model, ("auto", *ENGINES)),
            "cache": check_switch("cache", self.cache),
            "n_jobs": check_jobs(self.n_jobs),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def seed(self):
        """The first seed."""
        return self.seeds[0]

    @property
    def is_network(self):
        """Whether the model is a network of dvlib, whose training can be watched."""
        return isinstance(self.config, MLPConfig)


@dataclass(frozen=True)
class Observations:
    """Observations of the refits of S subsets × K seeds; what no observer saw is None.

    Attributes
    ----------
    n_iter : int (S, K), epochs run; 0 where a set of one class needed no fit
    dv : (S, K, R), see `dvlib.engine.observe.Difference`
    hits : bool (S, K, P, max_iter), see `Hits`
    networks : (S, K, E, W), see `Weights`
    outputs : (S, K, m), see `Outputs`
    probabilities : (S, K, m, n_classes), see `Probabilities`
    trajectories : (S, K, max_iter, m, n_classes), see `Trajectory`
    """

    n_iter: np.ndarray
    dv: np.ndarray | None = None
    hits: np.ndarray | None = None
    networks: np.ndarray | None = None
    outputs: np.ndarray | None = None
    probabilities: np.ndarray | None = None
    trajectories: np.ndarray | None = None

    @property
    def n_fits(self):
        """Number of models that were trained."""
        return int(np.count_nonzero(self.n_iter))


def refit(X, y, subsets, settings, observers=(), **options):
    """Refit every subset of a pool of points with every seed, and observe each refit.

    Parameters and `options` are those of `planned`.

    Returns
    -------
    Observations

    Raises
    ------
    ValueError : before any fit, for bad arrays or subsets
    PermissionError : before any fit, if the cache cannot be written
    ClusterError : before any fit, if the cluster set by `dvlib.use_cluster` cannot be used
    """
    batch = planned(X, y, subsets, settings, observers, **options)
    with nullcontext() if settings.engine == "fast" else quiet_fits():
        (seen,) = refit_each([batch], settings)
    return seen


def refit_each(batches, settings):
    """Refit several batches; a generator of the Observations of each, in order.

    `batches`, made by `planned`, are read a few chunks ahead: while the last chunks of one run,
    those of the next begin. With one thread nothing is begun ahead. Nothing depends on what runs at
    the same time. The cache and n_jobs of the settings serve all batches. If no further batch is
    asked for, what was begun of it is dropped. An error of a fit is raised after the batches before
    it were yielded.
    """
    store = Store("refits", keep=settings.cache, n_fits=lambda part: len(part["n_iter"]))
    ahead, awaited = tee(batches)
    calls = (call for batch in ahead for call in batch.calls)
    parts = run_calls(observe_chunk, calls, store, n_jobs=settings.n_jobs)
    with one_blas_thread():  # Dask limits its workers itself
        for batch in awaited:
            seen = []
            total = sum(len(rows) for rows, _ in batch.places)
            with progress_bar(total, batch.description, "fit") if total else nullcontext() as bar:
                for part in islice(parts, len(batch.calls)):
                    seen.append(part)
                    bar.update(len(part["n_iter"]))
            yield batch.observations(seen)


class Batch(NamedTuple):
    """Checked arguments of `planned`, divided into calls of `observe_chunk`.

    `places` says which subsets (indices) and which seed (its index) each call observes. `constants`
    is a dict of subset → the model (K,) that stands for a set without two classes.
    """

    calls: list
    places: list
    constants: dict
    shape: tuple  # number of subsets and of seeds
    observers: tuple
    config: object
    description: str

    def observations(self, parts):
        """Observations from the result of each call, and of the subsets that need no fit."""
        whole = {}

        def enter(rows, k, part):
            for name, array in part.items():
                if name not in whole:
                    whole[name] = np.empty((*self.shape, *array.shape[1:]), array.dtype)
                whole[name][rows, k] = array

        for place, part in zip(self.places, parts, strict=True):
            enter(*place, part)
        rows, models = np.array([*self.constants]), np.array([*self.constants.values()])
        for model in np.unique(models, axis=0) if self.constants else ():
            alike = rows[(models == model).all(1)]
            for k in range(self.shape[1]):
                seen = {o.name: o.chunk(k, alike).constant(model)[None] for o in self.observers}
                enter(alike, k, {"n_iter": np.zeros(1, int)} | seen)
        for observer in self.observers:
            whole[observer.name] = observer.whole(whole[observer.name], self.config)
        return Observations(**whole)


def planned(
    X, y, subsets, settings, observers=(), *, n_classes=None, seeds=None, allow_one_class=False,
    together=None, description,
):  # fmt: skip
    """A batch for `refit_each`; raises a ValueError for bad arrays or more than memory holds.

    Parameters
    ----------
    X, y : pool of points (N, 2) of the plane and labels (N,); or rows (N, d) of a table, float64,
        and their classes, int 0 … n_classes − 1
    subsets : S index arrays into the pool, each with points of both classes
    settings : RefitSettings
    observers : what to keep of each refit, see `dvlib.engine.observe`
    n_classes : number of classes of a table; None = a pool of the plane
    seeds : S seeds, one of each subset, in place of every seed of the settings for every subset
    allow_one_class : take subsets without two classes, too; `dvlib.engine.classifiers.one_class`
        says what their model is
    together : refits per stored entry; None = `CHUNK`
    description : text of the progress bar
    """
    if n_classes is None:
        X, n_classes = check_points(X, "X"), 2
        y = check_labels(y, len(X))
    config = settings.config
    subsets = [_check_subset(k, subset, len(y)) for k, subset in enumerate(subsets)]
    check_count("number of subsets", len(subsets))
    models = (one_class(y[subset], n_classes) for subset in subsets)
    constants = {k: model for k, model in enumerate(models) if model is not None}
    if constants and not allow_one_class:
        k = next(iter(constants))
        raise ValueError(f"subset {k}: {len(subsets[k])} points of one class; a fit needs both")
    columns = settings.seeds if seeds is None else (None,)
    observers = tuple(o.checked(len(subsets), len(columns), len(X)) for o in observers)
    if settings.engine == "fast":
        check_order(max(map(len, subsets)), config)
    needed = sum(observer.bytes(config, n_classes) for observer in observers)
    check_memory(len(subsets), "subsets", lambda count: len(columns) * count * needed)

    trained = np.array([k for k in range(len(subsets)) if k not in constants], int)
    places, calls, together = [], [], together or CHUNK
    for k, seed in enumerate(columns):
        for start in range(0, len(trained), together):
            rows = trained[start : start + together]
            members = [subsets[row] for row in rows]
            chunk_seeds = [seed] * len(rows) if seeds is None else [int(seeds[row]) for row in rows]
            places.append((rows, k))
            calls.append(
                (X, y, np.concatenate(members), np.cumsum([*map(len, members)]), chunk_seeds,
                 config, settings.engine, tuple(o.chunk(k, rows) for o in observers), n_classes)
            )  # fmt: skip
    shape = len(subsets), len(columns)
    return Batch(calls, places, constants, shape, observers, config, description)


def _check_subset(k, subset, n):
    subset = np.asarray(subset)
    if subset.ndim != 1 or subset.dtype.kind not in "iu":
        raise ValueError(f"subset {k}: give a one-dimensional array of indices")
    if len(subset) and (subset.min() < 0 or subset.max() >= n):
        raise ValueError(f"subset {k}: indices must lie between 0 and {n - 1}")
    return subset.astype(np.int32)


def check_plane(X, y, mesh):
    """Raise a ValueError if a mesh over the paper's plane says nothing about a training set.

    That mesh is the default of `RefitSettings`, and other points need a mesh of their own: if no
    point of a label lies on it, or all points in a thousandth of it, all values would be 0, or
    nearly so. A mesh with other ends is taken as it is, since the caller has chosen it.
    """
    if (mesh.low, mesh.high) != (X_M.low, X_M.high):
        return
    on_it = np.all((mesh.low <= X) & (mesh.high >= X), axis=1)
    missed = [str(label) for label in (0, 1) if not on_it[y == label].any()]
    if missed:
        why = f"no point of label {' or '.join(missed)} lies there"
    elif np.ptp(X, axis=0).max() < SMALLEST * (mesh.high - mesh.low):
        why = "all points lie in a thousandth of it"
    else:
        return
    low, high = float(X.min()), float(X.max())
    margin = (high - low) / 10
    raise ValueError(
        f"boundaries are compared on a mesh from {mesh.low:g} to {mesh.high:g}, the paper's, and "
        f"{why}: give a mesh around your points, such as RefitSettings(mesh=MeshGrid("
        f"{low - margin:.4g}, {high + margin:.4g}, {mesh.side})), or "
        "MeshGrid(*data.mesh_range, …) for a Dataset"
    )

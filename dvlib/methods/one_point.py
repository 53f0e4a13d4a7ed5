"""Refits that differ from a base model by one point.

The refits of X ∪ {x} over a grid of x are computed once. Leave-one-out, forgetting and
memorization all read their values from them (Figures 1, 3, 19 and panels of 12 to 14).
"""

from dataclasses import dataclass, replace

import numpy as np

from dvlib.checks import check_labels, check_memory, check_points, check_training_set
from dvlib.engine.boundaries import boundary
from dvlib.engine.mlp import LAST, Network
from dvlib.methods.plane import check_plane
from dvlib.refits.batch import RefitSettings, refit


@dataclass(frozen=True)
class OnePointRefits:
    """Refits with one point more than a base model (`added`), or one point less.

    Shapes: S points, K seeds, E = max_iter epochs.

    Attributes
    ----------
    points, labels : (S, 2) and (S,), the points added or left out
    dv_g, dv_base : (S, K), boundary difference of each refit to g and to the base model
    base_dv_g : (K,), boundary difference of the base model to g; it and `dv_g` are nan if g is
        unknown
    hits, base_hits : bool (S, K, E), whether the refit and the base model classify the point
        correctly after each epoch
    n_iter, base_n_iter : (S, K) and (K,), epochs run
    base_networks : the K base models
    n_fits : networks trained, base models included
    seconds : wall time
    """

    added: bool
    settings: RefitSettings
    points: np.ndarray
    labels: np.ndarray
    dv_g: np.ndarray
    dv_base: np.ndarray
    base_dv_g: np.ndarray
    hits: np.ndarray
    base_hits: np.ndarray
    n_iter: np.ndarray
    base_n_iter: np.ndarray
    base_networks: tuple
    n_fits: int
    seconds: float

    def of_seeds(self, part):
        """The refits of some of the seeds, given as a slice."""
        by_seed = ("base_dv_g", "base_n_iter", "base_networks")
        by_point_and_seed = ("dv_g", "dv_base", "hits", "base_hits", "n_iter")
        seeds = self.settings.seeds[part]
        share = len(seeds) / len(self.settings.seeds)
        return replace(
            self,
            settings=replace(self.settings, seeds=seeds),
            **{name: getattr(self, name)[:, part] for name in by_point_and_seed},
            **{name: getattr(self, name)[part] for name in by_seed},
            n_fits=round(self.n_fits * share),
            seconds=self.seconds * share,
        )

    def at(self, where):
        """The refits of some of the points, given as indices or as bool (S,)."""
        names = ("points", "labels", "dv_g", "dv_base", "hits", "base_hits", "n_iter")
        return replace(self, **{name: getattr(self, name)[where] for name in names})

    @property
    def learning(self):
        """(hits, n_iter) of the models trained with the point, (S, K, E) and (S, K)."""
        if self.added:
            return self.hits, self.n_iter
        return self.base_hits, np.broadcast_to(self.base_n_iter, self.n_iter.shape)

    @property
    def known(self):
        """Whether the trained model with the point classifies it correctly, bool (S, K)."""
        return (self.hits if self.added else self.base_hits)[..., -1]

    @property
    def unknown(self):
        """Whether the trained model without the point classifies it correctly, bool (S, K)."""
        return (self.base_hits if self.added else self.hits)[..., -1]


def refits_with_point(X, y, points, labels, g, settings):
    """Refit X ∪ {x} for every x of `points`; the base model is f_X.

    Parameters
    ----------
    X, y : training points (n, 2) and labels (n,)
    points, labels : points (S, 2) to add, one at a time, and their labels (S,)
    g : ground truth, a function of points (m, 2) to labels (m,); None = it is unknown
    settings : RefitSettings

    Returns
    -------
    OnePointRefits

    Raises
    ------
    ValueError : bad arrays, or a mesh that says nothing about X; before any fit
    """
    (X, y), points = check_training_set(X, y), check_points(points)
    labels = check_labels(labels, len(points))
    check_plane(X, y, settings.mesh)
    n, s = len(X), len(points)
    check_memory(s, "points to add", lambda s: _bytes(s, n + 1, settings))
    _check_references(settings)
    added = np.arange(n, n + s, dtype=np.int32)
    subsets = np.column_stack([np.broadcast_to(np.arange(n, dtype=np.int32), (s, n)), added])
    pool = np.concatenate([X, points]), np.concatenate([y, labels])
    return _run(True, pool, np.arange(n), subsets, added, g, settings, "X with one point more")


def refits_without_point(X, y, g, settings, at=None):
    """Refit X \\ {x_i} for every point of X; the base model is f_X. See `refits_with_point`.

    `at` are indices of the points to leave out, one at a time; None = every point.

    The last point takes the place of the point left out. If later points moved up instead, they
    would fall into other minibatches, and values would depend on the order of the points in X.
    """
    X, y = check_training_set(X, y)
    check_plane(X, y, settings.mesh)
    if np.bincount(y).min() < 2:
        raise ValueError("leaving out the only point of its label leaves one class: give two each")
    everything = np.arange(len(X), dtype=np.int32)
    out = everything if at is None else everything[at]
    size = len(X) - 1
    check_memory(
        len(out), "points to leave out",
        lambda n: _bytes(n, n - 1 if at is None else size, settings),
    )  # fmt: skip
    _check_references(settings)
    subsets = np.tile(everything[:-1], (len(out), 1))
    inside = np.flatnonzero(out < size)  # without the last point nothing takes a place
    subsets[inside, out[inside]] = size
    return _run(False, (X, y), everything, subsets, out, g, settings, "X with one point less")


def _bytes(count, size, settings):
    """Bytes of `count` subsets of `size` points, each held three times, and of their hits."""
    return count * (12 * size + len(settings.seeds) * settings.config.max_iter)


def _check_references(settings):
    """Raise a ValueError if the boundaries of g and f_X for each seed do not fit into memory."""
    n_seeds, side = len(settings.seeds), settings.mesh.side
    check_memory(n_seeds, f"seeds, on a mesh of side {side}", lambda k: 2 * k * side**2)


def _run(added, pool, base, subsets, probes, g, settings, description):
    truth = [] if g is None else [boundary(g, settings.mesh)]
    n_seeds = len(settings.seeds)
    base_refits = refit(
        *pool, [base], settings, references=[np.array(truth)] * n_seeds,
        probes=probes[None, :], snapshot_epochs=(LAST,), description="base model",
    )  # fmt: skip
    networks = tuple(Network(packed, settings.config) for packed in base_refits.networks[0, :, 0])
    references = [np.stack([*truth, boundary(network, settings.mesh)]) for network in networks]
    refits = refit(
        *pool, subsets, settings, references=references, probes=probes[:, None],
        description=description,
    )  # fmt: skip
    nowhere = np.full((len(subsets), n_seeds), np.nan)
    return OnePointRefits(
        added=added,
        settings=settings,
        points=pool[0][probes],
        labels=pool[1][probes],
        dv_g=refits.dv[..., 0] if truth else nowhere,
        dv_base=refits.dv[..., -1],
        base_dv_g=base_refits.dv[0, :, 0] if truth else nowhere[0],
        hits=refits.hits[:, :, 0],
        base_hits=base_refits.hits[0].transpose(1, 0, 2),
        n_iter=refits.n_iter,
        base_n_iter=base_refits.n_iter[0],
        base_networks=networks,
        n_fits=refits.n_fits + base_refits.n_fits,
        seconds=refits.seconds + base_refits.seconds,
    )

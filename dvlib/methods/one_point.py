"""Refits that differ from a base model by one point.

The refits of X ∪ {x} over a grid of x are computed once. Leave-one-out, forgetting and
memorization all read their values from them (Figures 1, 3, 19 and panels of 12 to 14).
"""

from dataclasses import dataclass, replace

import numpy as np

from dvlib.checks import check_labels, check_memory, check_points, check_training_set
from dvlib.engine.boundaries import boundary
from dvlib.engine.mlp import LAST, Network
from dvlib.engine.observe import Difference, Hits, Weights
from dvlib.refits.batch import RefitSettings, check_plane, refit

# Attributes with a row for each point; all but the first two have a column for each seed.
BY_POINT = ("points", "labels", "dv_g", "dv_base", "hits", "base_hits", "n_iter")


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
    places : dvlib.methods.adaptive.Places, if the points are those of a mesh that an adaptive map
        fits; None = they are all that were to be valued
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
    places: object | None = None

    @property
    def n_fits(self):
        """Networks trained, base models included."""
        return self.n_iter.size + self.base_n_iter.size

    def of_seeds(self, part):
        """The refits of some of the seeds, given as a slice."""
        by_seed = ("base_dv_g", "base_n_iter", "base_networks")
        return replace(
            self,
            settings=replace(self.settings, seeds=self.settings.seeds[part]),
            **{name: getattr(self, name)[:, part] for name in BY_POINT[2:]},
            **{name: getattr(self, name)[part] for name in by_seed},
        )

    def at(self, where):
        """The refits of some of the points, given as indices or as bool (S,)."""
        chosen = {name: getattr(self, name)[where] for name in BY_POINT}
        return replace(self, places=None, **chosen)

    @classmethod
    def joined(cls, parts):
        """The refits of several groups of points, with one base model, as one."""
        arrays = {
            name: np.concatenate([getattr(part, name) for part in parts]) for name in BY_POINT
        }
        return replace(parts[0], **arrays)

    @property
    def learning(self):
        """(hits, n_iter) of the models trained with the point, (S, K, E) and (S, K)."""
        if self.added:
            return self.hits, self.n_iter
        return self.base_hits, np.broadcast_to(self.base_n_iter, self.n_iter.shape)

    @property
    def right_with_point(self):
        """Whether the trained model with the point classifies it correctly, bool (S, K)."""
        return (self.hits if self.added else self.base_hits)[..., -1]

    @property
    def right_without_point(self):
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
    return added_in_parts(X, y, points, labels, g, settings)(slice(None))


def added_in_parts(X, y, points, labels, g, settings):
    """A function that refits X ∪ {x} for some of `points`, given as indices: OnePointRefits.

    The parameters and errors are those of `refits_with_point`. The base model is fitted at once,
    and all parts share it.
    """
    (X, y), points = check_training_set(X, y), check_points(points)
    labels = check_labels(labels, len(points))
    check_plane(X, y, settings.mesh)
    n, s = len(X), len(points)
    check_memory(s, "points to add", lambda s: _bytes(s, n + 1, settings))
    _check_references(settings)
    pool = np.concatenate([X, points]), np.concatenate([y, labels])
    return _run(True, pool, *with_one_more(n, s), g, settings, "X with one point more")


def refits_without_point(X, y, g, settings, at=None):
    """Refit X \\ {x_i} for every point of X; the base model is f_X. See `refits_with_point`.

    `at` are indices of the points to leave out, one at a time; None = every point.
    """
    X, y = check_training_set(X, y)
    check_plane(X, y, settings.mesh)
    if np.bincount(y).min() < 2:
        raise ValueError("leaving out the only point of its label leaves one class: give two each")
    out = np.arange(len(X), dtype=np.int32)[slice(None) if at is None else at]
    check_memory(
        len(out), "points to leave out",
        lambda n: _bytes(n, n - 1 if at is None else len(X) - 1, settings),
    )  # fmt: skip
    _check_references(settings)
    subsets = with_one_less(len(X), out)
    return _run(False, (X, y), *subsets, g, settings, "X with one point less")(slice(None))


def with_one_more(n, s):
    """Indices of n points, and of these with each of s further ones: (n,), (s, n + 1) and (s,)."""
    everything, added = np.arange(n, dtype=np.int32), np.arange(n, n + s, dtype=np.int32)
    return everything, np.column_stack([np.tile(everything, (s, 1)), added]), added


def with_one_less(n, out):
    """Indices of n points, of these without each of `out`, and `out`: (n,), (S, n − 1) and (S,).

    The last point takes the place of the point left out. If later points moved up instead, they
    would fall into other minibatches, and values would depend on the order of the points.
    """
    everything = np.arange(n, dtype=np.int32)
    subsets = np.tile(everything[:-1], (len(out), 1))
    inside = np.flatnonzero(out < n - 1)  # without the last point nothing takes a place
    subsets[inside, out[inside]] = n - 1
    return everything, subsets, out


def _bytes(count, size, settings):
    """Bytes of `count` subsets of `size` points, each held three times, and of their hits."""
    return count * (12 * size + len(settings.seeds) * settings.config.max_iter)


def _check_references(settings):
    """Raise a ValueError if the boundaries of g and f_X for each seed do not fit into memory."""
    n_seeds, side = len(settings.seeds), settings.mesh.side
    check_memory(n_seeds, f"seeds, on a mesh of side {side}", lambda k: 2 * k * side**2)


def _run(added, pool, base, subsets, probes, g, settings, description):
    """Fit the base model; returns a function that refits some of the subsets."""
    truth = [] if g is None else [boundary(g, settings.mesh)]
    n_seeds = len(settings.seeds)
    base_refits = refit(
        *pool, [base], settings,
        [Difference(settings.mesh, [truth] * n_seeds), Hits(probes[None, :]), Weights((LAST,))],
        description="base model",
    )  # fmt: skip
    networks = tuple(Network(packed, settings.config) for packed in base_refits.networks[0, :, 0])
    references = [np.stack([*truth, boundary(network, settings.mesh)]) for network in networks]
    nothing = np.full((len(subsets), n_seeds), np.nan)

    def at(rows):
        refits = refit(
            *pool, subsets[rows], settings,
            [Difference(settings.mesh, references), Hits(probes[rows, None])],
            description=description,
        )  # fmt: skip
        return OnePointRefits(
            added=added,
            settings=settings,
            points=pool[0][probes[rows]],
            labels=pool[1][probes[rows]],
            dv_g=refits.dv[..., 0] if truth else nothing[rows],
            dv_base=refits.dv[..., -1],
            base_dv_g=base_refits.dv[0, :, 0] if truth else nothing[0],
            hits=refits.hits[:, :, 0],
            base_hits=base_refits.hits[0].transpose(1, 0, 2)[rows],
            n_iter=refits.n_iter,
            base_n_iter=base_refits.n_iter[0],
            base_networks=networks,
        )

    return at

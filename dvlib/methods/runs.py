"""Runs of one training set that differ only by their seed.

A run is a fit of the whole set, so its seed decides the initial weights and the shuffles. The
differences between the runs' boundaries measure the paper's model stability (section A.3). The
boundaries after chosen epochs are its trajectories (Figures 16 to 18).
"""

from dataclasses import dataclass, replace

import numpy as np

from dvlib.checks import check_memory, check_seeds, check_training_set
from dvlib.engine.boundaries import boundary, boundary_curves
from dvlib.engine.mlp import LAST, Network
from dvlib.engine.observe import Hits, Weights
from dvlib.refits.batch import RefitSettings, check_plane, refit


@dataclass(frozen=True, eq=False)
class Runs:
    """K runs on n training points (`points`, `labels`), one per seed.

    `packed` (K, len(epochs), W) are the weights after rising `epochs`; `LAST` is the end of a run.
    `hits`, bool (n, K, max_iter), says whether the point is classified correctly after each epoch;
    n is 0 if the runs were not watched. `n_iter` (K,) are the epochs run.
    """

    settings: RefitSettings
    points: np.ndarray
    labels: np.ndarray
    epochs: tuple
    packed: np.ndarray
    hits: np.ndarray
    n_iter: np.ndarray

    @property
    def n_fits(self):
        return len(self.n_iter)

    @property
    def learning(self):
        """(hits, n_iter) by point and run, (n, K, max_iter) and (n, K)."""
        return self.hits, np.broadcast_to(self.n_iter, self.hits.shape[:2])

    def networks(self, epoch=LAST):
        """The K networks after one of `epochs`."""
        config = self.settings.config
        return [Network(packed, config) for packed in self.packed[:, self.epochs.index(epoch)]]

    def boundaries(self, mesh=None, epoch=LAST):
        """Labels of the K networks on a mesh, uint8 (K, side, side); None = the settings' mesh.

        Raises
        ------
        ValueError : the mesh says nothing about the training set, or there are too many runs
        """
        mesh = mesh or self.settings.mesh
        check_plane(self.points, self.labels, mesh)
        check_memory(
            self.n_fits, f"runs, on a mesh of side {mesh.side}", lambda k: k * mesh.side**2
        )
        return np.stack([boundary(network, mesh) for network in self.networks(epoch)])

    def curves(self, mesh, epoch=LAST):
        """Boundaries of the K networks as curves: per run, a tuple of arrays of shape (m, 2)."""
        return tuple(boundary_curves(network, mesh) for network in self.networks(epoch))

    def run(self, k):
        """Run k alone, as Runs."""
        k = slice(k, k + 1)
        return replace(
            self, settings=replace(self.settings, seeds=self.settings.seeds[k]),
            packed=self.packed[k], hits=self.hits[:, k], n_iter=self.n_iter[k],
        )  # fmt: skip


def train_runs(sets, settings, *, seeds=None, epochs=(LAST,), watch=False, description="runs"):
    """Train on each of several training sets with every seed.

    Parameters
    ----------
    sets : list of (X, y); all sets form one batch, which takes fewer reads of the cache
    settings : RefitSettings
    seeds : the seeds of each set, int (S, K); None = those of the settings for each
    epochs : rising epochs whose weights to keep; 0 is the initialization, LAST the end
    watch : record after each epoch which training points are classified correctly; the sets must
        then be of equal size

    Returns
    -------
    list of Runs, one for each training set

    Raises
    ------
    ValueError : no sets, bad arrays or epochs, or watched sets of several sizes; before any fit
    """
    sets = [check_training_set(X, y) for X, y in sets]
    if not sets:
        raise ValueError("no training sets: give one or more")
    sizes = [len(X) for X, _ in sets]
    if watch and len(set(sizes)) > 1:
        raise ValueError(f"training sets of {sorted(set(sizes))} points: watch sets of one size")
    ends = np.cumsum(sizes)
    each = [settings.seeds] * len(sets) if seeds is None else [check_seeds(own) for own in seeds]
    if len(each) != len(sets) or len({*map(len, each)}) > 1:
        raise ValueError(f"seeds of {len(each)} sets: give as many for each of {len(sets)} sets")
    n_runs = len(each[0])
    subsets = [np.arange(end - size, end) for end, size in zip(ends, sizes, strict=True)]
    probes = np.array(subsets) if watch else np.empty((len(sets), 0), int)
    seen = refit(
        np.concatenate([X for X, _ in sets]), np.concatenate([y for _, y in sets]),
        [subset for subset in subsets for _ in range(n_runs)], settings,
        [Weights(epochs), Hits(probes.repeat(n_runs, 0))], seeds=np.ravel(each),
        description=description,
    )  # fmt: skip
    networks, hits, n_iter = (
        array.reshape(len(sets), n_runs, *array.shape[2:])
        for array in (seen.networks, seen.hits, seen.n_iter)
    )
    return [
        Runs(replace(settings, seeds=each[s]), X, y, tuple(epochs), networks[s],
             hits[s].swapaxes(0, 1), n_iter[s])
        for s, (X, y) in enumerate(sets)
    ]  # fmt: skip


def deviations(boundaries):
    """Mean dv between each run's boundary and those of the other runs, float array (K,).

    Parameters
    ----------
    boundaries : labels 0 and 1 of shape (K, side, side), K ≥ 2
    """
    count, ones = _count(boundaries)
    return np.array(
        [np.where(labels, count - ones, ones).mean() / (count - 1) for labels in boundaries]
    )


def mean_pairwise_dv(boundaries):
    """Mean dv over all pairs of runs: the stability of a model, 0 if all runs agree.

    `boundaries` is as for `deviations`, and the result is the mean of the deviations.
    """
    count, ones = _count(boundaries)
    return float((ones * (count - ones)).mean() * 2 / (count * (count - 1)))


def stability(boundaries):
    """`mean_pairwise_dv` of K runs (K, side, side); nan for a single run, which has no pair."""
    return mean_pairwise_dv(boundaries) if len(boundaries) > 1 else np.nan


def predictions_changed(without, added):
    """Share of the training points of one Runs that another predicts otherwise, mean over seeds.

    Both have the same seeds: run k of `without` is compared with run k of `added`, whose training
    set has a further point.
    """
    X = without.points
    pairs = zip(without.networks(), added.networks(), strict=True)
    return float(np.mean([np.mean(a.predict(X) != b.predict(X)) for a, b in pairs]))


def mean_cross_dv(first, second):
    """Mean dv between runs of two models, each given as labels (K, side, side)."""
    p, q = np.mean(first, axis=0), np.mean(second, axis=0)
    return float((p * (1 - q) + q * (1 - p)).mean())


def _count(boundaries):
    """Number of runs, and the number of runs that give each mesh point label 1."""
    if np.ndim(boundaries) != 3 or np.size(boundaries) == 0:
        raise ValueError(f"boundaries of shape {np.shape(boundaries)}: give labels (K, side, side)")
    if len(boundaries) < 2:
        raise ValueError(f"{len(boundaries)} boundary: give at least two runs to compare")
    return len(boundaries), np.sum(boundaries, axis=0, dtype=np.int32)

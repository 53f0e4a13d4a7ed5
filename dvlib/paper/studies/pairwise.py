"""What pairwise values show of clusters, and what values say of small groups."""

from dataclasses import dataclass

import numpy as np

from dvlib.checks import check_choice
from dvlib.methods.leave_one_out import against_g
from dvlib.methods.one_point import refits_with_point
from dvlib.methods.pairwise import PairwiseValues, clusters_of, pairwise_values
from dvlib.methods.shapley.added import added_point_shapley
from dvlib.paper.studies.grid import sample

# Ours: a place that networks trained without it get wrong, so that its points matter at all.
GROUP, GROUP_STD, GROUP_LABEL = np.array([15.0, -3.0]), 0.7, 1
N_PLANTED = 6
CLUSTERED = ("two clusters", "four clusters", "small group")
GROUP_SIZES = (1, 2, 5, 10, 20)
SETS_OF_GROUPS = 100  # sets T for the Shapley value of one point: a hundred pairs of fits


@dataclass(frozen=True, eq=False)
class ClusteredPoints:
    """Points of one sample: X (n, 2), y (n,), and the true cluster of each, (n,)."""

    name: str
    X: np.ndarray
    y: np.ndarray
    clusters: np.ndarray


@dataclass(frozen=True, eq=False)
class Clustered:
    """Pairwise values of one sample, its true clusters, and those recovered from each matrix."""

    name: str
    pairs: PairwiseValues
    clusters: np.ndarray
    recovered: dict  # "joint", "interaction" → labels

    def to_frame(self):
        return self.pairs.to_frame()

    @property
    def kind(self):
        return self.pairs.kind

    @property
    def passes(self):
        return [self.pairs]

    def rand_index(self, matrix):
        """Adjusted Rand index: 1 = the true clusters, 0 = as good as chance."""
        from sklearn.metrics import adjusted_rand_score

        return adjusted_rand_score(self.clusters, self.recovered[matrix])


@dataclass(frozen=True, eq=False)
class PlantedGroups:
    """Values of one point of a planted group, by the size of the group, on one sample.

    `values[size]` holds leave-one-out, Shapley, and the standard error of the latter.
    """

    values: dict
    passes: list


def clustered_points(settings, name, k=0):
    """Sample k of "two clusters", "four clusters" or "small group": two clusters and six points."""
    check_choice("points", name, CLUSTERED)
    return _points(name, settings, k, N_PLANTED if name == "small group" else 0)


def recover_clusters(settings, sample, pairs):
    """The clusters that spectral clustering recovers from pairwise values: a Clustered."""
    count = len(np.unique(sample.clusters))
    recovered = {
        matrix: clusters_of(getattr(pairs, matrix), count, settings.seed)
        for matrix in ("joint", "interaction")
    }
    return Clustered(sample.name, pairs, sample.clusters, recovered)


def clustered_samples(settings, first=None):
    """Pairwise values of `n_data_seeds` samples of each data set: a list of Clustered.

    `first` has the first sample of each, None if they are not made yet.
    """
    samples = list(first or [])
    for name in CLUSTERED:
        for k in range(0 if first is None else 1, settings.n_data_seeds):
            points = clustered_points(settings, name, k)
            pairs = pairwise_values(points.X, points.y, settings.refits(), n_sets=settings.n_sets)
            samples.append(recover_clusters(settings, points, pairs))
    return samples


def planted_groups(settings):
    """Leave-one-out and Shapley value of a point of a group, for groups of 1 to 20 points.

    Returns a list of PlantedGroups, one for each of `n_data_seeds` samples.
    """
    groups = []
    for k in range(settings.n_data_seeds):
        of_sizes = {size: _group(settings, k, size) for size in GROUP_SIZES}
        passes = [one for _, its in of_sizes.values() for one in its]
        groups.append(PlantedGroups({size: found for size, (found, _) in of_sizes.items()}, passes))
    return groups


def _points(name, settings, k, planted):
    """Points of a sample; `planted` points make one more cluster."""
    mixture = "four_clusters" if name == "four clusters" else "two_clusters"
    data = sample(settings, k, mixture, n_per_class=settings.n_per_label, test_share=0)
    rng = np.random.default_rng([settings.seed, k])  # a larger group begins with the smaller
    group = GROUP + GROUP_STD * rng.standard_normal((planted, 2))
    return ClusteredPoints(
        name,
        np.concatenate([data.X, group]),
        np.append(data.y, np.full(planted, GROUP_LABEL)),
        np.append(data.clusters, np.full(planted, data.clusters.max() + 1)),
    )


def _group(settings, k, size):
    """Of one point of a group of `size`: leave-one-out, Shapley, its standard error; and passes."""
    points = _points("two clusters", settings, k, size)
    X, y = points.X, points.y
    first = len(X) - size  # the same place in every group
    rest, point = np.delete(np.arange(len(X)), first), [first]
    refits = settings.refits()
    g = sample(settings, k, "two_clusters").g
    alone = refits_with_point(X[rest], y[rest], X[point], y[point], g, refits)
    shapley, _ = added_point_shapley(
        X[rest], y[rest], X[point], y[point], g,
        refits, n_sets=SETS_OF_GROUPS,
    )  # fmt: skip
    found = against_g(alone).values[0], shapley.values[0], shapley.standard_errors[0]
    return np.array(found), (alone, shapley)

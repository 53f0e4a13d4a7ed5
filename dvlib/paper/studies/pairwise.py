"""What pairwise values show of clusters, and what values say of small groups."""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import adjusted_rand_score

from dvlib.data.datasets import make_dataset
from dvlib.methods.leave_one_out import against_g
from dvlib.methods.one_point import refits_with_point
from dvlib.methods.pairwise import PairwiseValues, clusters_of, pairwise_values
from dvlib.methods.shapley.added import added_point_shapley

# Ours: a place that networks trained without it get wrong, so that its points matter at all.
GROUP, GROUP_STD, GROUP_LABEL = np.array([15.0, -3.0]), 0.7, 1
GROUP_SIZES = (1, 2, 5, 10, 20)
SETS_OF_GROUPS = 100  # sets T for the Shapley value of one point: a hundred pairs of fits


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

    def rand_index(self, matrix):
        """Adjusted Rand index: 1 = the true clusters, 0 = as good as chance."""
        return adjusted_rand_score(self.clusters, self.recovered[matrix])


@dataclass(frozen=True, eq=False)
class PlantedGroups:
    """Values of one point of a planted group, by the size of the group, on one sample.

    `values[size]` holds leave-one-out, Shapley, and the standard error of the latter.
    """

    values: dict


@dataclass(frozen=True, eq=False)
class PairwiseStudy:
    """`samples` has a `Clustered` for each sample of each data set, `groups` a `PlantedGroups`."""

    samples: list
    groups: list
    passes: list

    @property
    def panels(self):
        """The first sample of each data set, by its name."""
        found = {}
        for one in self.samples:
            found.setdefault(one.name, one)
        return found


def pairwise_study(settings):
    """Pairwise values on three data sets, and values of planted groups."""
    samples, groups, passes = [], [], []
    for name, planted in (("two clusters", 0), ("four clusters", 0), ("small group", 6)):
        for k in range(settings.n_data_seeds):
            X, y, clusters = _points(name, settings, k, planted)
            pairs = pairwise_values(X, y, settings.refits(), n_sets=settings.n_sets)
            count = len(np.unique(clusters))
            recovered = {
                matrix: clusters_of(getattr(pairs, matrix), count, settings.seed)
                for matrix in ("joint", "interaction")
            }
            samples.append(Clustered(name, pairs, clusters, recovered))
            passes.append(pairs)
    for k in range(settings.n_data_seeds):
        values = {}
        for size in GROUP_SIZES:
            values[size], its_passes = _group(settings, k, size)
            passes += its_passes
        groups.append(PlantedGroups(values))
    return PairwiseStudy(samples, groups, passes)


def _points(name, settings, k, planted):
    """Points, labels and clusters of a sample; `planted` points make one more cluster."""
    mixture = "four_clusters" if name == "four clusters" else "two_clusters"
    data = make_dataset(
        mixture, seed=settings.seed + k, n_per_class=settings.n_per_label, test_share=0
    )
    rng = np.random.default_rng([settings.seed, k])  # a larger group begins with the smaller
    group = GROUP + GROUP_STD * rng.standard_normal((planted, 2))
    return (
        np.concatenate([data.X, group]),
        np.append(data.y, np.full(planted, GROUP_LABEL)),
        np.append(data.clusters, np.full(planted, data.clusters.max() + 1)),
    )


def _group(settings, k, size):
    """Of one point of a group of `size`: leave-one-out, Shapley, its standard error; and passes."""
    X, y, _ = _points("two clusters", settings, k, size)
    first = len(X) - size  # the same place in every group
    rest, point = np.delete(np.arange(len(X)), first), [first]
    refits = settings.refits()
    g = make_dataset("two_clusters", seed=settings.seed + k).g
    alone = refits_with_point(X[rest], y[rest], X[point], y[point], g, refits)
    shapley, _ = added_point_shapley(
        X[rest], y[rest], X[point], y[point], g,
        refits, n_sets=SETS_OF_GROUPS,
    )  # fmt: skip
    found = against_g(alone).values[0], shapley.values[0], shapley.standard_errors[0]
    return np.array(found), (alone, shapley)

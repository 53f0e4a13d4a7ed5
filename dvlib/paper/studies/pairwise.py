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

    def rand_index(self, matrix):
        """Adjusted Rand index: 1 = the true clusters, 0 = as good as chance."""
        return adjusted_rand_score(self.clusters, self.recovered[matrix])


@dataclass(frozen=True, eq=False)
class PairwiseStudy:
    """`samples[name]`: a `Clustered` a sample; `groups[size]`: values of a point of such a group.

    The latter are arrays of shape (samples, 3): leave-one-out, Shapley, its standard error.
    """

    samples: dict
    groups: dict
    passes: list

    @property
    def panels(self):
        return {name: of[0] for name, of in self.samples.items()}


def pairwise_study(settings):
    """Pairwise values on three data sets, and values of planted groups."""
    samples, passes = {}, []
    for name, planted in (("two clusters", 0), ("four clusters", 0), ("small group", 6)):
        samples[name] = []
        for k in range(settings.n_data_seeds):
            X, y, clusters = _points(name, settings, k, planted)
            pairs = pairwise_values(X, y, settings.refits(), n_sets=settings.n_sets)
            count = len(np.unique(clusters))
            recovered = {
                matrix: clusters_of(getattr(pairs, matrix), count, settings.seed)
                for matrix in ("joint", "interaction")
            }
            samples[name].append(Clustered(name, pairs, clusters, recovered))
            passes.append(pairs)
    groups = {}
    for size in GROUP_SIZES:
        found = [_group(settings, k, size) for k in range(settings.n_data_seeds)]
        groups[size] = np.array([row for row, _ in found])
        passes += [one for _, ones in found for one in ones]
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
    """(leave-one-out, Shapley, its standard error) of one point of a planted group of `size`."""
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
    row = against_g(alone).values[0], shapley.values[0], shapley.standard_errors[0]
    return row, (alone, shapley)

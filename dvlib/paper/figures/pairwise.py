"""Pairwise values and clusters, and the values of small groups (Extension 1)."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from matplotlib.lines import Line2D

from dvlib.methods.leave_one_out import against_g
from dvlib.methods.one_point import refits_with_point
from dvlib.methods.pairwise import PairwiseValues, clusters_of, pairwise_values
from dvlib.methods.shapley.added import added_point_shapley
from dvlib.paper.drawing import look
from dvlib.paper.drawing.scales import colour_bar, scales
from dvlib.paper.judging.claim import Group, claim

# Ours: a place that networks trained without it get wrong, so that its points matter at all.
GROUP, GROUP_STD, GROUP_LABEL = np.array([15.0, -3.0]), 0.7, 1
# Title → mixture, and the size of the group that is planted as one more cluster.
DATA_SETS = {
    "two clusters": ("two_clusters", 0),
    "four clusters": ("four_clusters", 0),
    "small group": ("two_clusters", 6),
}
GROUP_SIZES = (1, 2, 5, 10, 20)
SETS_OF_GROUPS = 100  # sets T for the Shapley value of one point: a hundred pairs of fits
SMALL = 5  # points of a small group
MATRICES = ("joint", "interaction")


@dataclass(frozen=True, eq=False)
class Clustered:
    """Pairwise values of one sample, its true clusters, and those recovered from each matrix."""

    title: str
    values: PairwiseValues
    clusters: np.ndarray
    recovered: dict  # name of `MATRICES` → labels

    def rand_index(self, matrix):
        """Adjusted Rand index: 1 = the true clusters, 0 = as good as chance."""
        from sklearn.metrics import adjusted_rand_score

        return adjusted_rand_score(self.clusters, self.recovered[matrix])


def clustered_samples(settings, data_sets=DATA_SETS):
    """Pairwise values of `n_data_seeds` samples of each data set, and the clusters they reveal.

    `data_sets` is a dict of title → (mixture, number of points of a group that is planted). Returns
    a list of Clustered; the first sample of each data set, which is drawn, comes first.
    """
    order = sorted(product(data_sets, range(settings.n_data_seeds)), key=lambda pair: pair[1] > 0)
    points = [_with_group(settings, k, *data_sets[title]) for title, k in order]
    samples = []
    for (title, k), (X, y, clusters) in zip(order, points, strict=True):
        values = pairwise_values(X, y, settings.refits(k=k), n_sets=settings.n_sets)
        recovered = {
            matrix: clusters_of(getattr(values, matrix), len(np.unique(clusters)), settings.seed)
            for matrix in MATRICES
        }
        samples.append(Clustered(title, values, clusters, recovered))
    return samples


def planted_groups(settings, sizes=GROUP_SIZES, n_sets=SETS_OF_GROUPS):
    """Values of a point of a group planted beside two clusters, by the size of the group.

    `n_sets` counts the sets T for the Shapley value of the point. Returns a list of `n_data_seeds`
    samples: dict of size → (3,), leave-one-out, Shapley, and the standard error of the latter.
    """
    return [
        {size: _value_in_group(settings, k, size, n_sets) for size in sizes}
        for k in range(settings.n_data_seeds)
    ]


def _with_group(settings, k, mixture, size):
    """Training points of a sample, with a group that makes one more cluster: X, y and clusters."""
    data = settings.dataset_of(
        settings.seed + k, mixture, n_per_class=settings.n_per_label, test_share=0
    )
    rng = np.random.default_rng([settings.seed, k])  # a larger group begins with the smaller
    group = GROUP + GROUP_STD * rng.standard_normal((size, 2))
    return (
        np.concatenate([data.X, group]),
        np.append(data.y, np.full(size, GROUP_LABEL)),
        np.append(data.clusters, np.full(size, data.clusters.max() + 1)),
    )


def _value_in_group(settings, k, size, n_sets):
    """Leave-one-out and Shapley value of one point of a group, and the latter's error, (3,)."""
    X, y, _ = _with_group(settings, k, "two_clusters", size)
    rest, point = np.delete(np.arange(len(X)), len(X) - size), [len(X) - size]
    g = settings.dataset_of(settings.seed + k, "two_clusters").g
    arguments = X[rest], y[rest], X[point], y[point], g
    alone = against_g(refits_with_point(*arguments, settings.refits(k=k)))
    shapley, _ = added_point_shapley(*arguments, settings.refits(k=k), n_sets=n_sets)
    return np.array([alone.values[0], shapley.values[0], shapley.standard_errors[0]])


@claim(
    "C32", figure="ext01", study="clustered points",
    says="pairwise values reveal the clusters",
    threshold="adjusted Rand index of spectral clustering {Rand_index}, of the matrix as the paper "
    "writes it, and of its interactions",
    Rand_index="≥ 0.5",  # half of the way from chance to perfect agreement
)  # fmt: skip
def pairs_reveal_clusters(sample):
    """Agreement of the true clusters with those recovered from each matrix.

    Samples of all data sets count equally.
    """
    parts = {f"Rand index, {matrix}": sample.rand_index(matrix) for matrix in MATRICES}
    numbers = {f"{name}, {sample.title}": index for name, index in parts.items()}
    return parts, numbers | {"additive share of the joint": sample.values.additive_share}


@claim(
    "C33", figure="ext01", study="planted groups",
    says="leave-one-out values singletons only, Shapley points of small groups too",
    threshold="value of a singleton by leave-one-out {singleton}; of a point of a group, less a "
    "fifth of a singleton's: by leave-one-out {leave_one_out}, in groups of 2 to 20; by Shapley "
    "{Shapley}, in groups of 2 and of 5",
    singleton="> 0", leave_one_out="≤ 0", Shapley="≥ 0",
    note="Means over the samples: on a single one, the error of the Shapley value of a point in a "
    "group is half of the value or more.",
)  # fmt: skip
def shapley_values_small_groups(groups):
    """Values of a point in a group, less a fifth of the value of a singleton.

    At first the value of the least group was divided by a singleton's on each sample, and compared
    with its own error, so that the noise of a sample decided.
    """
    single, numbers = groups[1], {}
    names = ("value by leave-one-out", "value by Shapley", "standard error")
    parts = {"value of a singleton": single[0]}
    for size, values in groups.items():
        numbers |= {f"{name}, {size}": value for name, value in zip(names, values, strict=True)}
        if size > 1:
            parts[f"leave-one-out, group of {size}"] = values[0] - single[0] / 5
        if 1 < size <= SMALL:
            parts[f"Shapley, group of {size}"] = values[1] - single[1] / 5
    return parts, numbers


@look.own_look
def pairwise_panels(samples):
    """Joint matrix, interactions and the clusters recovered from these, one row per Clustered."""
    figure, axes = look.panels_of(3 * len(samples), 3, size=3.6, dpi=85)
    matrices = [(name, getattr(sample.values, name)) for sample in samples for name in MATRICES]
    scale_of = iter(scales(matrices))
    for row, sample in zip(axes.reshape(-1, 3), samples, strict=True):
        values, clusters = sample.values, sample.clusters
        order = np.argsort(clusters, kind="stable")
        ends = np.flatnonzero(np.diff(clusters[order])) + 0.5
        for ax, name in zip(row, MATRICES, strict=False):
            scale, matrix = next(scale_of), getattr(values, name)[np.ix_(order, order)]
            image = ax.imshow(matrix, cmap=scale.colours, norm=scale.norm, interpolation="nearest")
            colour_bar(image, ax, scale)
            for end in ends:
                ax.axhline(end, color="black", linewidth=0.8)
                ax.axvline(end, color="black", linewidth=0.8)
            index = sample.rand_index(name)
            ax.set_title(f"{sample.title}, {name}:\nRand index {index:.2f}", fontsize=10)
            ax.set(xticks=[], yticks=[], xlabel="points by cluster", ylabel="points by cluster")
        for cluster, colour in enumerate(look.CLUSTER_COLOURS[: clusters.max() + 1]):
            inside = sample.recovered["interaction"] == cluster
            points, labels = values.points[inside], values.labels[inside]
            colours = dict.fromkeys(look.MARKERS, colour)
            look.scatter(row[2], points, labels, size=24, colours=colours)
        row[2].set_title("recovered from\nthe interaction", fontsize=10)
        look.square(row[2])
        look.frame(row[2:], values.points)
    handles = [
        Line2D([], [], linestyle="", marker=marker, color="grey", label=f"label {label}")
        for label, marker in look.MARKERS.items()
    ]
    handles += [
        Line2D([], [], linestyle="", marker="s", color=colour, label=f"recovered cluster {k + 1}")
        for k, colour in enumerate(look.CLUSTER_COLOURS)
    ]
    look.legend(figure, handles)
    return figure


def _samples(settings, count):
    """Samples of each data set in turn, and groups."""
    samples = sorted(clustered_samples(settings), key=lambda s: [*DATA_SETS].index(s.title))
    return [samples, planted_groups(settings)]


GROUPS = (
    # 21 s of processor time a sample: matrices of three data sets
    Group(("clustered points", "planted groups"), "ext01", _samples),
)

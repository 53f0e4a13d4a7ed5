"""Extension 5: core-sets, selections of training points that keep the boundary.

Orders of points and the models of their first points are in `dvlib.methods.core_sets`. Here a
*selection* is a function of `TrainedPoints` and a random generator, which returns an order of the
training points. C58 to C60 are what the paper expects (section 4); C61 is ours, and says so.
"""

from dataclasses import replace
from functools import cached_property, partial

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from dvlib.methods import core_sets as methods
from dvlib.methods.one_point import refits_without_point
from dvlib.methods.registry import method
from dvlib.methods.removal import lowest_first
from dvlib.methods.runs import train_runs
from dvlib.methods.sample import TrainingPoints
from dvlib.paper.drawing.look import curve_looks, legend, own_look, panels_of, typeset
from dvlib.paper.judging.claim import Group, claim
from dvlib.paper.table import Table

CLUSTERED = ("two_clusters", "four_clusters")
SIZES = (2, 4, 8, 16, 32, 64, 128, 256)
TENTH = 64  # of some 670 training points
REFERENCES = ("f_X", "g")
# Blue is by leave-one-out, green by last learned, pink and brown cover the data.
LOOKS = {
    "random": ("#969696", "x", ":"), "each cluster in turn": ("#252525", "*", "-"),
    "highest leave-one-out": ("#08519c", "o", "-"), "lowest leave-one-out": ("#4292c6", "s", "--"),
    "last learned first": ("#1b7837", "^", "-"), "last learned last": ("#5aae61", "v", "--"),
    "nearest to f_X": ("#e08214", "P", "-"), "k-centre": ("#d6489b", "D", "-"),
    "herding": ("#8c510a", "h", "-"),
}  # fmt: skip
LEVEL = {"color": "black", "linestyle": (0, (1, 2))}


class TrainedPoints(TrainingPoints):
    """Training points, left out with the first seed alone, and watched with every seed."""

    @cached_property
    def refits(self):
        first = replace(self.settings, seeds=self.settings.seeds[:1])
        return refits_without_point(*self.training_set, first)

    @cached_property
    def learning(self):
        X, y, _ = self.training_set
        (runs,) = train_runs([(X, y)], self.settings, watch=True, description="f_X, watched")
        return runs


def _by_value(order, recipe, sample, rng):
    return order(recipe(sample).values, rng)


def highest(name, **arguments):
    """Selection: the points of the highest values first, by a method and its arguments."""
    return partial(_by_value, methods.highest_first, method(name, **arguments))


def lowest(name, **arguments):
    """Selection: the points of the lowest values first, by a method and its arguments."""
    return partial(_by_value, lowest_first, method(name, **arguments))


def nearest_to_boundary(sample, rng):
    """Selection: the points at which the output of the networks is smallest."""
    outputs = [network.decision(sample.points) for network in sample.learning.networks()]
    return lowest_first(np.mean(np.abs(outputs), axis=0), rng)


def random(sample, rng):
    """Selection: at random."""
    return rng.permutation(len(sample.points))


def clusters_in_turn(sample, rng):
    """Selection: a random point of each cluster, then another of each, and so on."""
    return methods.by_cluster(sample.data.clusters, rng)


def k_centre(sample, rng):
    """Selection: the point that is farthest from all those before it."""
    return methods.k_centre(sample.points)


def herding(sample, rng):
    """Selection: the point that keeps mean and spread of its label."""
    return methods.herding(sample.points, sample.labels)


# Leave-one-out is against f_X, which the core-sets are to keep.
SELECTIONS = {
    "random": random,
    "each cluster in turn": clusters_in_turn,
    "highest leave-one-out": highest("leave-one-out, f_X"),
    "lowest leave-one-out": lowest("leave-one-out, f_X"),
    "last learned last": lowest("last learned"),
    "last learned first": highest("last learned"),
    "nearest to f_X": nearest_to_boundary,
    "k-centre": k_centre,
    "herding": herding,
}


def core_set_samples(settings, selections=SELECTIONS, sizes=SIZES, datasets=CLUSTERED):
    """Core-sets of `n_data_seeds` samples of each data set, by each selection.

    Parameters
    ----------
    settings : Settings
    selections : dict of name → selection. They draw from one random generator, in this order, so
        a selection that is taken out changes what later ones leave to chance
    sizes : sizes k of the core-sets
    datasets : names

    Returns
    -------
    dict of data set → list of dvlib.methods.core_sets.CoreSets

    Raises
    ------
    ValueError : see `dvlib.methods.core_sets.core_sets`
    """
    return {
        name: [
            methods.core_sets(sample.data, selected(sample, selections), sizes, sample.settings)
            for sample in settings.samples(name, kind=TrainedPoints)
        ]
        for name in datasets
    }


def selected(sample, selections):
    """Orders (n,) of a sample's training points, by the name of the selection."""
    rng = np.random.default_rng(sample.data.seed)
    return {name: select(sample, rng) for name, select in selections.items()}


def mean_dv(curves, selection, reference):
    """Mean dv (S,) to "f_X" or "g" by size, over the samples of a data set and seeds."""
    dv = [sample.to_base if reference == "f_X" else sample.to_g for sample in curves]
    return np.mean([sample[selection].mean(1) for sample in dv], axis=0)


def level(curves, reference):
    """What core-sets are compared with: dv of another seed to f_X, or of f_X to g."""
    if reference == "f_X":
        return float(np.mean([sample.other_seed for sample in curves]))
    return float(np.mean([sample.base_to_g.mean() for sample in curves]))


def tables(samples):
    """The tables of the bundle, by data set: order (selection), other (reference), kept (k), dv."""
    return {
        dataset: Table(
            pd.concat(
                [
                    pd.DataFrame({
                        "order": name, "other": reference, "kept": curves[0].sizes,
                        "dv": mean_dv(curves, name, reference),
                    })
                    for reference in REFERENCES for name in curves[0].orders
                ],
                ignore_index=True,
            ),
            "removal by value",
        )
        for dataset, curves in samples.items()
    }  # fmt: skip


@claim(
    "C58", figure="ext05", study="core-sets",
    says="there are many core-sets: it does not matter which points of a cluster are kept",
    threshold="dv to f_X of a random tenth of the training points, as a share of the dv between "
    "f_X of two seeds: {seeds}, on two and on four clusters",
    repeatable=False,
    seeds="≤ 1 (≤ 2)",  # no more than another seed changes; twice that is still small
)  # fmt: skip
def a_random_tenth_is_a_core_set(sample):
    """dv to f_X of 64 points at random, by what another seed of f_X changes."""
    numbers = {
        f"{name}, tenth / seeds": sample.at(name, TENTH) / sample.other_seed
        for name in sample.orders
    }
    return {"random tenth / seeds": sample.at("random", TENTH) / sample.other_seed}, numbers


@claim(
    "C59", figure="ext05", study="core-sets",
    says="a core-set needs a sufficient number of points of each cluster: one is not enough",
    threshold="dv to f_X of one point of each cluster, as a share of the dv between f_X of two "
    "seeds: {seeds}, on two and on four clusters",
    repeatable=False,
    seeds="> 1",  # more than another seed changes
)  # fmt: skip
def one_of_each_cluster_is_not_enough(sample):
    """dv to f_X of one point of each cluster, by what another seed of f_X changes."""
    count = len(sample.data.means)
    return {"one / seeds": sample.at("each cluster in turn", count) / sample.other_seed}


@claim(
    "C60", figure="ext05", study="core-sets",
    says="points of high value alone are no core-set",
    threshold="dv to f_X of the tenth of the training points of highest leave-one-out, or learned "
    "last, over that of a random tenth, in doublings (log₂): {random}, on two and on four clusters",
    repeatable=False,
    random="≥ 0",  # no better than chance
)  # fmt: skip
def high_values_are_no_core_set(sample):
    """dv to f_X of the 64 points of highest value, by that of 64 random ones.

    The paper expects in its introduction that points of a core-set have high values, and doubts it
    in section 4. At first the ratios themselves were averaged. One random draw stands below the
    line, so that even another random tenth has a mean ratio above 1. Logarithms are symmetric.
    """
    return _over_chance(sample, ("highest leave-one-out", "last learned first"))


@claim(
    "C61", figure="ext05", study="core-sets",
    says="ours: points chosen to cover the data keep the boundary better than random ones",
    threshold="dv to f_X of a tenth of the training points by k-centre, by herding, and of each "
    "cluster in turn, over that of a random tenth, in doublings (log₂): {random}, on two and on "
    "four clusters",
    repeatable=False,
    random="< 0",  # any gain
)  # fmt: skip
def covering_beats_chance(sample):
    """dv to f_X of 64 points by each covering selection, by that of 64 random ones; see C60."""
    return _over_chance(sample, ("k-centre", "herding", "each cluster in turn"))


def _over_chance(sample, names):
    """log₂ of dv to f_X of a tenth by each selection over that of a random tenth; nan at zero."""
    dv = np.array([sample.at(name, TENTH) for name in (*names, "random")])
    logs = np.log2(dv, out=np.full(len(dv), np.nan), where=dv > 0)
    return {f"{name} / random": log for name, log in zip(names, logs[:-1] - logs[-1], strict=True)}


GROUPS = (
    # 10 s of processor time a sample. The figure has the samples of `library`.
    Group(("core-sets",), "ext05", lambda settings, count: [core_set_samples(settings)]),
)  # fmt: skip


@own_look
def core_set_panels(samples):
    """dv to f_X, and below it dv to g, by the number of points kept; a column per data set.

    Parameters
    ----------
    samples : dict of data set → list of dvlib.methods.core_sets.CoreSets

    Returns
    -------
    Drawing
    """
    figure, axes = panels_of(2 * len(samples), len(samples), size=4.2, dpi=85, height=0.72)
    figure.colours = 256
    for row, reference in zip(axes.reshape(2, -1), REFERENCES, strict=True):
        for ax, (dataset, curves) in zip(row, samples.items(), strict=True):
            sizes = curves[0].sizes
            for name, (colour, marker, line) in curve_looks(LOOKS, curves[0].orders).items():
                ax.plot(
                    sizes, mean_dv(curves, name, reference), color=colour, marker=marker,
                    linestyle=line, markersize=4, linewidth=1.2, label=typeset(name),
                )  # fmt: skip
            ax.axhline(level(curves, reference), **LEVEL, linewidth=1.2)
            ax.set_xscale("log", base=2)
            if reference == "f_X":  # it falls by a factor of a hundred
                ax.set_yscale("log")
                ax.set_yticks((0.01, 0.1, 1), ("0.01", "0.1", "1"))
            else:
                ax.set_ylim(bottom=0)
            ax.set_xticks(sizes, [str(size) for size in sizes])
            ax.set_xlabel("points kept")
            ax.set_title(dataset.replace("_", " ") + typeset(f", dv to {reference}"), fontsize=10)
    handles, _ = axes[0].get_legend_handles_labels()
    dotted = typeset("dv of another seed to f_X, or of f_X to g")
    legend(figure, [*handles, Line2D([], [], **LEVEL, label=dotted)])
    return figure

"""Extension 4: which points to label next.

The strategies themselves, and what they ask for one label after the other, are in
`dvlib.methods.labelling`. Here they add labels to the samples of several data sets. C51 and C52 are
what the paper expects (section 4); C53 and C54 are ours, and say so.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from dvlib.data.datasets import PAPERS
from dvlib.data.regions import Boundaries, truth_on
from dvlib.methods.labelling import STRATEGIES, label_in_turn
from dvlib.methods.runs import train_runs
from dvlib.paper.drawing.look import (
    BOLD,
    MARK,
    MARKERS,
    RUN,
    curve_looks,
    draw_boundaries,
    frame,
    legend,
    line_entries,
    own_look,
    panels_of,
    point_entries,
    scatter,
    square,
)
from dvlib.paper.judging.claim import Group, claim
from dvlib.paper.table import Table

KIND = "labelled in turn"  # of the numbers, in a bundle
BOTH = "mis-classified and far"
RIVALS = ("mis-classified", "far", "low confidence", "random")
SURROGATES = (
    "networks disagree and far",
    "nearest mean disagrees and far",
    "nearest point disagrees and far",
)
# Blue knows the labels; green stands in for that; pink and grey do neither.
LOOKS = {
    "mis-classified and far": ("#08519c", "o", "-"), "mis-classified": ("#4292c6", "s", "-"),
    "networks disagree and far": ("#1b7837", "^", "-"),
    "nearest mean disagrees and far": ("#5aae61", "v", "--"),
    "nearest point disagrees and far": ("#a6dba0", "D", "-"),
    "far": ("#d6489b", "P", "-"), "low confidence": ("#252525", "*", "-"),
    "networks disagree": ("#737373", "h", "--"), "random": ("#969696", "x", ":"),
}  # fmt: skip


def labelled_samples(settings, strategies=STRATEGIES, datasets=PAPERS):
    """Each strategy adds `n_labels` points to `n_data_seeds` samples of each data set.

    Parameters
    ----------
    settings : Settings; the candidates are the points of its grid
    strategies : dict of name → (candidates, first), see `dvlib.methods.labelling.STRATEGIES`
    datasets : names

    Returns
    -------
    dict of data set → list of dvlib.methods.labelling.LabelCurves

    Raises
    ------
    ValueError : see `dvlib.methods.labelling.label_in_turn`
    """
    samples = {name: settings.samples(name) for name in datasets}
    every = [sample for drawn in samples.values() for sample in drawn]
    curves = label_in_turn(
        [sample.data for sample in every], settings.grid.points, settings.refits(),
        n_labels=settings.n_labels, strategies=strategies,
        seeds=[sample.settings.seeds for sample in every],
    )  # fmt: skip
    remaining = iter(curves)
    return {name: [next(remaining) for _ in drawn] for name, drawn in samples.items()}


def quartiles(curves, strategy):
    """dv to g by number of labels over samples, means over networks: three (L + 1,).

    The mean, the lower quartile and the upper quartile.
    """
    dv = np.array([sample.dv[strategy].mean(1) for sample in curves])
    return dv.mean(0), *np.quantile(dv, (0.25, 0.75), axis=0)


def scores(samples):
    """A Table: mean dv to g over the labels bought, by strategy and data set.

    The last columns have the share of the labels that went to points which the networks
    misclassified.
    """
    names = [*next(iter(samples.values()))[0].dv]
    columns = {
        dataset: {name: np.mean([sample.mean_dv(name) for sample in curves]) for name in names}
        for dataset, curves in samples.items()
    } | {
        f"{dataset}, hits": {name: np.mean([sample.hits[name] for sample in curves])
                             for name in names}
        for dataset, curves in samples.items()
    }  # fmt: skip
    return Table(pd.DataFrame(columns).rename_axis("strategy").round(3))


@dataclass(frozen=True, eq=False)
class LabelledMap:
    """What one strategy chose on one sample, ready to draw.

    Attributes
    ----------
    points, labels : (L, 2) and (L,), the points it asked for, in order
    before, after : Boundaries of the networks of X, and of X with these points
    """

    strategy: str
    data: object
    points: np.ndarray
    labels: np.ndarray
    before: Boundaries
    after: Boundaries


def labelled_maps(settings, curves, strategies):
    """What some strategies chose on one sample, with the boundary before and after.

    Parameters
    ----------
    settings : Settings
    curves : dvlib.methods.labelling.LabelCurves of a sample
    strategies : names

    Returns
    -------
    list of LabelledMap
    """
    data, mesh = curves.data, settings.drawing_mesh
    chosen = [curves.points[curves.chosen[name]] for name in strategies]
    sets = [(data.X, data.y)] + [
        (np.concatenate([data.X, points]), np.concatenate([data.y, data.g(points)]))
        for points in chosen
    ]
    truth = truth_on(data, mesh)
    before, *after = (
        Boundaries(mesh, truth, runs.boundaries(mesh).mean(0))
        for runs in train_runs(sets, settings.refits(), description="before and after")
    )
    return [
        LabelledMap(name, data, points, data.g(points), before, boundaries)
        for name, points, boundaries in zip(strategies, chosen, after, strict=True)
    ]


def tables(samples, maps):
    """The tables of the bundle: the curves of each data set, then the points of each map."""
    by_title = {}
    for dataset, curves in samples.items():
        rows = []
        for name in curves[0].dv:
            mean, low, high = quartiles(curves, name)
            columns = {"labels": range(len(mean)), "mean": mean, "low": low, "high": high}
            rows.append(pd.DataFrame({"method": name} | columns))
        by_title[dataset] = Table(pd.concat(rows, ignore_index=True), KIND)
    for drawn in maps:
        x, y = drawn.points.T
        columns = {"labels": range(1, len(x) + 1), "x": x, "y": y, "label": drawn.labels}
        by_title[f"chosen: {drawn.strategy}"] = Table(pd.DataFrame(columns), KIND)
    return by_title


# By the sign of a difference alone, a strategy that is no better than the other wins on half of the
# samples, which no verdict calls "reproduced". So the thresholds are those of "no difference".


@claim(
    "C51", figure="ext04", study="labels, two clusters",
    says="points to label next should be out-of-distribution and mis-classified",
    threshold="mean dv to g over the labels bought with such points, as a share of that with "
    "points that are only mis-classified, only far, of low confidence, or random: {far}; two "
    "clusters",
    repeatable=False,
    far="< 1",  # no gain
)  # fmt: skip
def label_far_and_wrong(sample):
    """Mean dv to g over the labels bought, with such points as a share of other strategies."""
    return _shares(sample, BOTH, RIVALS)


@claim(
    "C52", figure="ext04", study="labels",
    says="points to label next should be out-of-distribution and mis-classified, on every data set",
    threshold="as C51, on each of four data sets: {far}",
    repeatable=False,
    far="< 1",  # as C51
)  # fmt: skip
def label_far_and_wrong_everywhere(sample):
    """As C51, for all four of the paper's data sets."""
    return _shares(sample, BOTH, RIVALS)


@claim(
    "C53", figure="ext04", study="labels",
    says="ours: points of low confidence are no better to label than random points",
    threshold="mean dv to g over the labels bought with points of low confidence, as a share of "
    "that with random points: {confidence}, on each of four data sets",
    repeatable=False,
    confidence="≥ 1",  # no gain
)  # fmt: skip
def low_confidence_does_not_help(sample):
    """Mean dv to g over the labels bought, with low confidence as a share of random points."""
    return _shares(sample, "low confidence", ("random",))


@claim(
    "C54", figure="ext04", study="labels",
    says="ours: without knowing the label, half of the gain of knowing it can be had",
    threshold="mean dv to g over the labels bought with a surrogate for mis-classified, less the "
    "middle between random points and C51's points: {disagree}, on each of four data sets",
    repeatable=False,
    disagree="≤ 0",  # half of the way from chance to the strategy that knows the labels
)  # fmt: skip
def surrogates_get_half(sample):
    """How far above the middle between chance and the oracle each surrogate stays.

    The data sets tell how much a surrogate knows: on two clusters, on centred and on noisy data the
    nearest mean of the labels is g but for sampling. On four clusters it is not.
    """
    chance, oracle = sample.mean_dv("random"), sample.mean_dv(BOTH)
    parts = {
        f"disagree: {name}": sample.mean_dv(name) - (chance + oracle) / 2 for name in SURROGATES
    }
    gain = (chance - oracle) / chance if chance else np.nan
    return parts, {"gain of C51's points over random": gain}


def _shares(sample, strategy, others):
    """Mean dv to g over the labels with one strategy, as shares of that with others."""
    return {f"{strategy} / {other}": sample.mean_dv(strategy) / sample.mean_dv(other)
            for other in others}  # fmt: skip


def _claimed(settings, count):
    samples = labelled_samples(settings)
    return [samples["two_clusters"], samples]


# 6 s of processor time a sample. The figure has the samples of `library`.
GROUPS = (Group(("labels, two clusters", "labels"), "ext04", _claimed),)


@own_look
def labelling_panels(samples, maps):
    """dv to g by the number of labels on each data set, above maps of what was chosen.

    Parameters
    ----------
    samples : dict of data set → list of dvlib.methods.labelling.LabelCurves
    maps : list of LabelledMap, at most as many as data sets

    Returns
    -------
    Drawing
    """
    columns = len(samples)
    figure, axes = panels_of(columns + len(maps), columns, size=3.1, dpi=82, height=1.0)
    figure.colours = 256
    for ax, (dataset, curves) in zip(axes, samples.items(), strict=False):
        for name, (colour, marker, line) in curve_looks(LOOKS, curves[0].dv).items():
            mean, low, high = quartiles(curves, name)
            ax.plot(
                mean, color=colour, marker=marker, linestyle=line, markersize=4, linewidth=1.2,
                label=name,
            )  # fmt: skip
            ax.fill_between(range(len(mean)), low, high, color=colour, alpha=0.1, linewidth=0)
        ax.set_title(dataset.replace("_", " "), fontsize=10)
        ax.set_xlabel("labels bought")
        ax.set_ylim(bottom=0)
    axes[0].set_ylabel("dv to g")
    handles, _ = axes[0].get_legend_handles_labels()
    for ax, drawn in zip(axes[columns:], maps, strict=True):
        _draw_map(ax, drawn)
    if maps:
        ends = maps[0].before.mesh.low, maps[0].before.mesh.high
        frame(axes[columns:], *(drawn.points for drawn in maps), cells=[[end] * 2 for end in ends])
        handles += [
            *line_entries(),
            Line2D([], [], **RUN, label="learned boundary before"),
            Line2D([], [], **BOLD, label="learned boundary after"),
            *point_entries(("train",)),
            Line2D([], [], **MARK, marker=MARKERS[0], label="labels bought"),
        ]
    legend(figure, handles)
    return figure


def _draw_map(ax, drawn):
    mesh = drawn.before.mesh
    scatter(ax, drawn.data.X, drawn.data.y, size=4)
    draw_boundaries(ax, mesh, drawn.after.g, drawn.after.learned)
    ax.contour(
        mesh.axis, mesh.axis, drawn.before.learned, [0.5], colors=RUN["color"],
        linestyles=[RUN["linestyle"]], linewidths=1.2,
    )  # fmt: skip
    look = MARK | {"markersize": 7}
    for label, marker in MARKERS.items():
        ax.plot(*drawn.points[drawn.labels == label].T, marker=marker, **look, zorder=5)
    ax.set_title(drawn.strategy, fontsize=9)
    square(ax)

"""Plots the values of training points, and the effect of removing the points."""

import numpy as np

from dvlib.paper.drawing.look import (
    CURVES,
    draw_boundaries,
    frame,
    legend,
    line_entries,
    own_look,
    panels_of,
    point_entries,
    typeset,
)
from dvlib.paper.drawing.maps import draw_values, sizes_title


@own_look
def training_panels(samples):
    """Four panels of training points, sized by value, and four panels of removal curves.

    Parameters
    ----------
    samples : list of dvlib.paper.studies.training_points.TrainingSample; the values are those of
        the first, the curves those of all

    Returns
    -------
    Drawing
    """
    figure, axes = panels_of(8, 4, size=3.2, dpi=74, height=1.0)
    axes = axes.reshape(2, 4)
    limits = _limits(samples[0].drawn)
    boundaries = samples[0].boundaries
    for ax, (name, values) in zip(axes[:, :2].ravel(), samples[0].drawn.items(), strict=True):
        draw_values(values, ax=ax, limits=limits[name], rows=samples[0].data.rows)
        draw_boundaries(ax, *boundaries)
        frame([ax], values.points)
        ax.set_title(sizes_title(name, values), fontsize=9)
    curves = [one.curves for one in samples]
    titles = {
        "dv": typeset(f"dv to {curves[0].reference}"),
        "accuracy": "test accuracy",
    }
    for row, measure in zip(axes, titles, strict=True):
        for ax, end in zip(row[2:], ("lowest", "highest"), strict=True):
            _draw_curves(ax, curves, measure, end)
            ax.set_title(f"{end} value goes first", fontsize=9)
            ax.set_ylabel(titles[measure])
        top = max(ax.get_ylim()[1] for ax in row[2:])
        bottom = min(ax.get_ylim()[0] for ax in row[2:])
        for ax in row[2:]:
            ax.set_ylim(bottom, top)
    handles, _ = axes[0, 2].get_legend_handles_labels()
    legend(
        figure,
        [*line_entries(boundaries.g is not None, True), *point_entries(("train",)), *handles],
    )
    return figure


def _limits(values):
    """By method, the values that are drawn smallest and largest.

    Leave-one-out and Shapley values are both shares of the mesh and get one scale. The scales of
    the others start at the lowest possible value.
    """
    both = np.concatenate([values[name].values for name in ("leave-one-out", "Shapley")])
    shares = both.min(), both.max()
    return {
        "leave-one-out": shares,
        "Shapley": shares,
        "last learned": (1.0, max(2.0, values["last learned"].values.max())),  # epochs
        "DVRL": (0.0, 1.0),  # a probability
    }


def _draw_curves(ax, curves, measure, end):
    """Draw the mean over samples and seeds, and a band with the middle half of the curves.

    The band shows quartiles: random removal has more curves than a method, so that its extremes
    would lie farther apart.
    """
    removed = curves[0].shares
    for name, (colour, marker) in CURVES.items():
        every = np.concatenate(
            [runs for one in curves for order, runs in getattr(one, measure).items()
             if order[0] == name and (order[1] == end or name == "random")], axis=1
        )  # fmt: skip
        ax.plot(
            removed, every.mean(1), color=colour, marker=marker, markersize=4, linewidth=1.2,
            linestyle=":" if name == "random" else "-", label=f"{name} removal",
        )  # fmt: skip
        low, high = np.quantile(every, (0.25, 0.75), axis=1)
        ax.fill_between(removed, low, high, color=colour, alpha=0.15, linewidth=0)
    ax.set_xlabel("share of the training points removed")

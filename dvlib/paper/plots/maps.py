"""Plots values and data sets."""

import numpy as np
from matplotlib.lines import Line2D

from dvlib.data.regions import truth_on
from dvlib.paper.plots.drawing import (
    CMAP,
    PANEL,
    draw_boundaries,
    legend,
    line_entries,
    own_look,
    panels_of,
    point_entries,
    scatter,
    square,
)

_MARKS = "o*sD"
_MARK = {"markersize": 10, "color": "#ffd92f", "markeredgecolor": "black"}


@own_look
def value_maps(panels, *, columns=None):
    """Maps of values with both boundaries, side by side.

    Parameters
    ----------
    panels : list of dvlib.paper.studies.panels.Panel; all have marks of the same names, or none
    columns : panels per row; None = all

    Returns
    -------
    Drawing
    """
    few, some = len(panels) <= 3, len(panels) <= 5
    figure, axes = panels_of(
        len(panels), columns, size=PANEL if some else 3.5, dpi=110 if few else 90,
        height=1 if few else 0.86,
    )  # fmt: skip
    for ax, panel in zip(axes, panels, strict=True):
        draw_values(panel.values, ax=ax, mesh=panel.mesh)
        if panel.data is not None:
            scatter(ax, panel.data.X, panel.data.y, size=3, alpha=0.5)
        draw_boundaries(ax, *panel.boundaries)
        for point, marker in zip(panel.marks.values(), _MARKS, strict=False):
            ax.plot(*point, marker, **_MARK)
        ax.set_title(panel.title.replace("f_X", "$f_X$"), fontsize=12 if some else 10)
    points = ("train",) if any(panel.data is not None for panel in panels) else ()
    truths = dict.fromkeys(
        panel.boundaries.truth for panel in panels if panel.boundaries.g is not None
    )
    learned = any(panel.boundaries.learned is not None for panel in panels)
    named = [
        Line2D([], [], linestyle="", marker=marker, label=mark, **_MARK)
        for mark, marker in zip(panels[0].marks, _MARKS, strict=False)
    ]
    legend(figure, [*line_entries(truths, learned, truths), *point_entries(points), *named])
    return figure


@own_look
def draw_values(values, *, ax=None, mesh=None, limits=None):
    """Draw one set of values: as a map if they lie on `mesh`, else as points sized by value.

    `limits` are the values of the smallest and the largest points; None = the extremes. If g is
    unknown, all values against it are nan, and the panel says so.

    Returns
    -------
    matplotlib Axes
    """
    if ax is None:
        ax = panels_of(1)[1][0]
    if np.isnan(values.values).all():
        ax.text(
            0.5, 0.5, "the ground truth g is unknown", transform=ax.transAxes, ha="center",
            bbox={"facecolor": "white", "edgecolor": "none"},
        )  # fmt: skip
        if mesh is not None:
            ax.set(xlim=(mesh.low, mesh.high), ylim=(mesh.low, mesh.high))
    elif mesh is not None:
        image = ax.pcolormesh(
            mesh.axis, mesh.axis, mesh.as_image(values.values), cmap=CMAP, shading="nearest",
            rasterized=True,
        )  # fmt: skip
        bar = ax.figure.colorbar(image, ax=ax, shrink=0.8, pad=0.02)
        bar.set_label("value (blue = high)", fontsize=8)
        bar.ax.tick_params(labelsize=8)
        bar.formatter.set_powerlimits((-2, 3))
    else:
        low, high = limits or (values.values.min(), values.values.max())
        share = (values.values - low) / (high - low) if high > low else 0.0
        scatter(ax, values.points, values.labels, size=4 + 60 * share, alpha=0.6)
    square(ax)
    return ax


@own_look
def dataset_panels(samples, drawing_mesh):
    """Training points (filled) and test points (hollow) of data sets, with g and cluster means."""
    figure, axes = panels_of(len(samples))
    for ax, data in zip(axes, samples.values(), strict=True):
        scatter(ax, data.X, data.y, size=6, alpha=0.7)
        scatter(ax, data.X_test, data.y_test, size=8, alpha=0.7, hollow=True)
        draw_boundaries(ax, drawing_mesh, truth_on(data, drawing_mesh))
        ax.plot(*data.means.T, "k+", markersize=9, markeredgewidth=2)
        ax.set_xlim(drawing_mesh.low, drawing_mesh.high)
        ax.set_ylim(drawing_mesh.low, drawing_mesh.high)
        counts = [np.bincount(labels) for labels in (data.y, data.y_test)]
        ax.set_title(
            f"{data.name.replace('_', ' ')}\n"
            f"train {counts[0][0]} + {counts[0][1]}, test {counts[1][0]} + {counts[1][1]}"
        )
        square(ax)
    mean = Line2D([], [], linestyle="", marker="+", color="black", label="cluster mean")
    known = any(data.g is not None for data in samples.values())
    legend(figure, [*line_entries(known), *point_entries(("train", "test")), mean])
    return figure

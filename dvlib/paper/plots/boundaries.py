"""Plots the boundaries of many runs."""

from matplotlib.lines import Line2D

from dvlib.paper.plots.drawing import (
    draw_boundaries,
    legend,
    line_entries,
    own_look,
    panels_of,
    point_entries,
    scatter,
    square,
)
from dvlib.paper.plots.maps import draw_values

# Learned boundaries are dashed here too; the bold one looks as in the other figures.
_RUN = {"color": "#01665e", "linestyle": (0, (5, 2)), "linewidth": 0.7, "alpha": 0.8}
_BOLD = {"color": "black", "linestyle": "--", "linewidth": 1.5}
_NEW_POINT = "#2166ac"  # the paper's blue square


@own_look
def boundary_panels(panels, truth, *, columns):
    """Boundaries of many runs over their training sets, with g.

    Parameters
    ----------
    panels : dict of panel title → dvlib.paper.studies.panels.BoundaryPanel
    truth : dvlib.data.regions.Boundaries with g; its mesh gives the plotted range
    columns : panels per row

    Returns
    -------
    Drawing
    """
    figure, axes = panels_of(len(panels), columns, size=2.9, dpi=90)  # points are heavy in a PNG
    for ax, (title, panel) in zip(axes, panels.items(), strict=True):
        if panel.values is None:
            scatter(ax, panel.X, panel.y, size=3, alpha=1)
        else:
            draw_values(panel.values, ax=ax, rows=panel.rows)
            low, high = panel.values.values.min(), panel.values.values.max()
            title += f", {low:.2g} to {high:.2g} by size"
        draw_boundaries(ax, *truth)
        for k, curves in enumerate(panel.curves):
            bold = k == 0 and panel.first_bold
            for curve in curves:
                ax.plot(*curve.T, **(_BOLD if bold else _RUN))
        if panel.new_point is not None:
            colour = _NEW_POINT if panel.point_is_in else "grey"
            ax.plot(
                *panel.new_point, "s", markersize=8, color=colour, markeredgecolor="white", zorder=5
            )
        ax.set(xlim=(truth.mesh.low, truth.mesh.high), ylim=(truth.mesh.low, truth.mesh.high))
        ax.set_title(title, fontsize=10)
        square(ax)
    shown = next(iter(panels.values()))
    handles = [
        *line_entries(truth.g is not None),
        *point_entries(("train",)),
        *_runs(panels.values()),
    ]
    if shown.new_point is not None:
        handles += [
            Line2D([], [], ls="", marker="s", color=colour, label=f"new point{ending}")
            for colour, ending in (
                (_NEW_POINT, f", label {shown.new_label}"),
                ("grey", ", left out"),
            )
        ]
    legend(figure, handles)
    return figure


def _runs(panels):
    """Legend entries for the boundaries of the runs."""
    if not any(panel.first_bold for panel in panels):
        return [Line2D([], [], **_RUN, label="learned boundary of a run")]
    handles = [Line2D([], [], **_BOLD, label="learned boundary of one run")]
    if max(len(panel.curves) for panel in panels) > 1:
        handles.append(Line2D([], [], **_RUN, label="of other runs"))
    return handles

"""Boundaries of many runs over their training sets (Figures 7 to 9 and 16 to 18)."""

from matplotlib.lines import Line2D

from dvlib.data.regions import truth_on
from dvlib.paper.drawing.look import (
    BOLD,
    HOLLOW,
    MARK,
    MARKS,
    RUN,
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
from dvlib.paper.drawing.maps import draw_values, sizes_title


@own_look
def boundary_panels(panels, data, mesh, *, columns):
    """Boundaries of many runs over their training sets, with g.

    Parameters
    ----------
    panels : dict of panel title → dvlib.paper.drawing.panels.BoundaryPanel
    data : Dataset whose g is drawn
    mesh : MeshGrid over the plotted range
    columns : panels per row

    Returns
    -------
    Drawing
    """
    figure, axes = panels_of(len(panels), columns, size=2.9, dpi=90)
    figure.colours = 256
    truth = truth_on(data, mesh)
    for ax, (title, panel) in zip(axes, panels.items(), strict=True):
        if panel.values is None:
            scatter(ax, panel.X, panel.y)
        else:
            draw_values(panel.values, ax=ax, rows=panel.rows)
            title = sizes_title(title, panel.values)
        draw_boundaries(ax, mesh, truth, units=data.units)
        for k, curves in enumerate(panel.curves):
            bold = k == 0 and panel.first_bold
            for curve in curves:
                ax.plot(*curve.T, **(BOLD if bold else RUN))
        if panel.new_point is not None:
            ax.plot(*panel.new_point, MARKS[0], **(MARK if panel.point_is_in else HOLLOW), zorder=5)
        ax.set_title(title, fontsize=9)
        square(ax)
    new = [panel.new_point[None] for panel in panels.values() if panel.new_point is not None]
    frame(
        axes, *(panel.X for panel in panels.values()), *new,
        cells=[[mesh.low] * 2, [mesh.high] * 2],
    )  # fmt: skip
    shown = next(iter(panels.values()))
    handles = [
        *line_entries(truth is not None),
        *point_entries(("train",)),
        *_runs(panels.values()),
    ]
    if shown.new_point is not None:
        handles += [
            Line2D([], [], marker=MARKS[0], label=f"new point{ending}", **look)
            for look, ending in ((MARK, f", label {shown.new_label}"), (HOLLOW, ", left out"))
        ]
    legend(figure, handles)
    return figure


def _runs(panels):
    """Legend entries for the boundaries of the runs."""
    if not any(panel.first_bold for panel in panels):
        return [Line2D([], [], **RUN, label="learned boundary of a run")]
    handles = [Line2D([], [], **BOLD, label="learned boundary of one run")]
    if max(len(panel.curves) for panel in panels) > 1:
        handles.append(Line2D([], [], **RUN, label="boundaries of other runs"))
    return handles

"""Boundaries of many runs over their training sets (Figures 7 to 9 and 16 to 18)."""

from matplotlib.lines import Line2D

from dvlib.data.regions import truth_on
from dvlib.paper.drawing import look
from dvlib.paper.drawing.maps import draw_values, sizes_title


@look.own_look
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
    figure, axes = look.panels_of(len(panels), columns, size=2.9, dpi=90, colours=256)
    truth = truth_on(data, mesh)
    for ax, (title, panel) in zip(axes, panels.items(), strict=True):
        if panel.values is None:
            look.scatter(ax, panel.X, panel.y)
        else:
            draw_values(panel.values, ax=ax, rows=panel.rows)
            title = sizes_title(title, panel.values)
        look.draw_boundaries(ax, mesh, truth, units=data.units)
        for k, curves in enumerate(panel.curves):
            bold = k == 0 and panel.first_bold
            for curve in curves:
                ax.plot(*curve.T, **(look.BOLD if bold else look.RUN))
        if panel.new_point is not None:
            style = look.MARK if panel.point_is_in else look.HOLLOW
            ax.plot(*panel.new_point, look.MARKS[0], **style, zorder=5)
        ax.set_title(title, fontsize=9)
        look.square(ax)
    new = [panel.new_point[None] for panel in panels.values() if panel.new_point is not None]
    X = (panel.X for panel in panels.values())
    look.frame(axes, *X, *new, cells=[[mesh.low] * 2, [mesh.high] * 2])
    bold = any(panel.first_bold for panel in panels.values())
    several = max(len(panel.curves) for panel in panels.values()) > 1
    handles = [*look.line_entries(truth is not None), *look.point_entries(("train",))]
    if bold:
        handles.append(Line2D([], [], **look.BOLD, label="learned boundary of one run"))
    if several or not bold:
        words = "boundaries of other runs" if bold else "learned boundary of a run"
        handles.append(Line2D([], [], **look.RUN, label=words))
    if new:
        label = next(iter(panels.values())).new_label
        handles += [
            Line2D([], [], marker=look.MARKS[0], label=f"new point, {words}", **style)
            for style, words in ((look.MARK, f"label {label}"), (look.HOLLOW, "left out"))
        ]
    look.legend(figure, handles)
    return figure

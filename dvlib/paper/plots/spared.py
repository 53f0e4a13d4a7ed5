"""Plots what influence functions and scores of one fit tell of refits."""

from matplotlib.lines import Line2D

from dvlib.paper.drawing.look import (
    WIDTH_LOOKS,
    draw_boundaries,
    frame,
    legend,
    line_entries,
    own_look,
    panels_of,
    scatter,
    typeset,
)
from dvlib.paper.drawing.maps import draw_values
from dvlib.paper.studies.spared import DAMPINGS, WIDTHS

# measure → title, label of the axis, the method that is drawn as a line beside the curves
CHARTS = {
    "order, f_X": ("order of the points, against f_X", "rank correlation with refits", "1 − P"),
    "size": ("size of the effect, against f_X", "log₂ of predicted / by refits", None),
    "order, g": ("order of the points, against g", "rank correlation with refits", None),
}


@own_look
def spared_panels(study):
    """Maps of the first sample, and the measures by damping and width.

    Parameters
    ----------
    study : dvlib.paper.studies.spared.SparedStudy

    Returns
    -------
    Drawing
    """
    maps, table = study.maps, study.measures.table
    figure, axes = panels_of(6, 3, size=4.4, dpi=85, height=0.84)
    figure.colours = 256
    for ax, panel in zip(axes[:3], maps, strict=True):
        draw_values(panel.values, ax=ax, mesh=panel.mesh)
        if panel.data is not None:
            scatter(ax, panel.data.X, panel.data.y)
        draw_boundaries(ax, *panel.boundaries)
        ax.set_title(panel.title, fontsize=10)
    low, high = maps[0].mesh.low, maps[0].mesh.high
    frame(axes[:3], maps[0].data.X, cells=[[low, low], [high, high]])
    for ax, (measure, (title, words, beside)) in zip(axes[3:], CHARTS.items(), strict=True):
        for width in WIDTHS:
            colour, marker = WIDTH_LOOKS[width]
            of = table.query("width == @width and other == @measure").set_index("method")["mean"]
            curve = [of[f"influence functions, damping {one:g}"] for one in DAMPINGS]
            ax.plot(range(len(DAMPINGS)), curve, color=colour, marker=marker, markersize=4)
            for method, line in ((beside, "--"), ("other seed", ":")):
                if method in of:
                    ax.axhline(of[method], color=colour, linestyle=line, linewidth=1.0)
        if measure != "order, f_X":
            ax.axhline(0, color="black", linewidth=0.6)
        ax.set_xticks(range(len(DAMPINGS)), [f"{one:g}" for one in DAMPINGS])
        ax.set_xlabel("damping")
        ax.set_ylabel(words)
        ax.set_title(typeset(title), fontsize=10)
    curves = [
        Line2D([], [], color=colour, marker=marker, markersize=4, label=f"width {width:,}")
        for width, (colour, marker) in WIDTH_LOOKS.items()
    ]
    lines = [
        Line2D([], [], color="black", linestyle="--", linewidth=1.0, label="1 − P (left chart)"),
        Line2D([], [], color="black", linestyle=":", linewidth=1.0, label="refits of another seed"),
    ]
    legend(figure, [*line_entries(True, True), *curves, *lines])
    return figure

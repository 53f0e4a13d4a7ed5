"""Plots which points are labelled next, and what their labels are worth."""

from matplotlib.lines import Line2D

from dvlib.paper.drawing.look import (
    BOLD,
    MARK,
    MARKERS,
    RUN,
    STRATEGY_LOOKS,
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


@own_look
def labelling_panels(datasets, maps):
    """dv to g by the number of labels on each data set, above maps of what was chosen.

    Parameters
    ----------
    datasets : dict of name → dvlib.paper.studies.labelling.LabelledSamples
    maps : list of dvlib.paper.studies.labelling.LabelledMap, at most as many as data sets

    Returns
    -------
    Drawing
    """
    columns = len(datasets)
    figure, axes = panels_of(columns + len(maps), columns, size=3.1, dpi=82, height=1.0)
    figure.colours = 256
    for ax, (name, of) in zip(axes, datasets.items(), strict=False):
        for strategy in of.curves[0].dv:
            colour, marker, line = STRATEGY_LOOKS[strategy]
            mean, low, high = of.quartiles(strategy)
            ax.plot(
                mean, color=colour, marker=marker, linestyle=line, markersize=4, linewidth=1.2,
                label=strategy,
            )  # fmt: skip
            ax.fill_between(range(len(mean)), low, high, color=colour, alpha=0.1, linewidth=0)
        ax.set_title(name.replace("_", " "), fontsize=10)
        ax.set_xlabel("labels bought")
        ax.set_ylim(bottom=0)
    axes[0].set_ylabel("dv to g")
    curves, _ = axes[0].get_legend_handles_labels()
    for ax, drawn in zip(axes[columns:], maps, strict=True):
        _draw_map(ax, drawn)
    if maps:
        ends = maps[0].before.mesh.low, maps[0].before.mesh.high
        frame(axes[columns:], *(drawn.points for drawn in maps), cells=[[end] * 2 for end in ends])
    entries = [
        *line_entries(),
        Line2D([], [], **RUN, label="learned boundary before"),
        Line2D([], [], **BOLD, label="learned boundary after"),
        *point_entries(("train",)),
        Line2D([], [], **MARK, marker=MARKERS[0], label="labels bought"),
    ]
    legend(figure, [*curves, *(entries if maps else [])])
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

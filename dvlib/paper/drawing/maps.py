"""Maps of values."""

import numpy as np
from matplotlib.lines import Line2D

from dvlib.paper.drawing.look import (
    HALO,
    MARK,
    MARKS,
    NO_VALUE,
    PANEL,
    draw_boundaries,
    frame,
    legend,
    line_entries,
    own_look,
    panels_of,
    point_entries,
    scatter,
    square,
    typeset,
)
from dvlib.paper.drawing.scales import colour_bar, drawable, meaning_of, scales

NAMED = 3  # points of the highest values, and of the lowest, whose rows a picture names


@own_look
def value_maps(panels, *, columns=None):
    """Maps of values with both boundaries, side by side.

    Values of one kind share a scale of colours, unless it would hide what a panel shows
    (`dvlib.paper.drawing.scales`).

    Parameters
    ----------
    panels : list of dvlib.paper.drawing.panels.Panel; all have marks of the same names, or none
    columns : panels per row; None = all

    Returns
    -------
    Drawing
    """
    few, several = len(panels) <= 3, len(panels) <= 5
    figure, axes = panels_of(
        len(panels), columns, size=PANEL if several else 3.5, dpi=110 if few else 90,
        height=0.9 if few else 0.86 if several else 0.8,
    )  # fmt: skip
    if not several:
        figure.colours = 256
    every_scale = scales([(panel.values.method, panel.values.values) for panel in panels])
    for ax, panel, scale in zip(axes, panels, every_scale, strict=True):
        _draw(ax, panel.values, panel.mesh, scale)
        if panel.data is not None:
            scatter(ax, panel.data.X, panel.data.y)
        draw_boundaries(ax, *panel.boundaries)
        for point, marker in zip(panel.marks.values(), MARKS, strict=False):
            ax.plot(*point, marker, **MARK)
        ax.set_title(typeset(panel.title), fontsize=12 if several else 10)
    with_points = [panel.data.X for panel in panels if panel.data is not None]
    marks = [point for panel in panels for point in panel.marks.values()]
    frame(axes, *with_points, np.reshape(marks, (-1, 2)), cells=[_corners(p.mesh) for p in panels])
    points = ("train",) if with_points else ()
    truths = dict.fromkeys(
        panel.boundaries.truth for panel in panels if panel.boundaries.g is not None
    )
    learned = any(panel.boundaries.learned is not None for panel in panels)
    named = [
        Line2D([], [], marker=marker, label=mark, **MARK)
        for mark, marker in zip(panels[0].marks, MARKS, strict=False)
    ]
    legend(figure, [*line_entries(truths, learned, truths), *point_entries(points), *named])
    return figure


@own_look
def draw_values(values, *, ax=None, mesh=None, limits=None, rows=None):
    """Draw one set of values: as a map if they lie on `mesh`, else as points sized by value.

    `limits` are the values of the smallest and the largest points; None = the extremes. `rows` says
    which row of a file each point is; the points with the most remarkable values are then named.
    If g is unknown, all values against it are nan, and the panel says so.

    Returns
    -------
    matplotlib Axes
    """
    if ax is None:
        ax = panels_of(1)[1][0]
    if mesh is not None:
        _draw(ax, values, mesh, *scales([(values.method, values.values)]))
    elif np.isnan(values.values).all():
        _unknown(ax)
    else:
        low, high = limits or (values.values.min(), values.values.max())
        share = (values.values - low) / (high - low) if high > low else 0.0
        scatter(ax, values.points, values.labels, size=6 + 60 * share)
        if rows is not None:
            name_points(ax, values, rows)
    square(ax)
    return ax


def sizes_title(title, values):
    """A title in three lines that says what the sizes of points mean, and their values."""
    low, high = values.values.min(), values.values.max()
    if not np.isfinite(low):
        return title
    ends = " to ".join(f"{end:.0f}" if abs(end) >= 100 else f"{end:.2g}" for end in (low, high))
    ends = ends.replace("-", "\N{MINUS SIGN}")
    return f"{title}\n{ends}\nlarge = {meaning_of(values.method).high}"


def _draw(ax, values, mesh, scale):
    """A map with its colour bar."""
    if np.isnan(values.values).all():
        _unknown(ax)
    else:
        image = ax.pcolormesh(
            mesh.axis, mesh.axis, drawable(mesh.as_image(values.values), scale),
            cmap=scale.colours, norm=scale.norm, shading="nearest", rasterized=True,
        )  # fmt: skip
        colour_bar(image, ax, scale)
        ax.set_facecolor(NO_VALUE)
    square(ax)


def _corners(mesh):
    """Corners of the cells of a mesh's points, (2, 2)."""
    half = mesh.step / 2
    return [[mesh.low - half] * 2, [mesh.high + half] * 2]


def _unknown(ax):
    ax.text(
        0.5, 0.97, "the ground truth g is unknown", transform=ax.transAxes, ha="center", va="top",
        bbox={"facecolor": "white", "edgecolor": "none"},
    )  # fmt: skip


def name_points(ax, values, rows):
    """Write next to the points of remarkable values which row of a file they are.

    Parameters
    ----------
    values : DataValues of n points
    rows : table of n lines with the column `row` and possibly `id`, such as a data set's `rows`
    """
    names = rows["id" if "id" in rows else "row"].astype(str)
    points, room = values.points, np.ptp(values.points, axis=0) * (0.3, 0.15)  # for a name
    named = {}  # point → points that are named with it, because their names would overlap
    for k in remarkable(values.values):
        near = [j for j in named if (np.abs(points[j] - points[k]) < room).all()]
        named.setdefault(near[0] if near else k, []).append(k)
    across = (points[:, 0] - points[:, 0].min()) / (np.ptp(points[:, 0]) or 1.0)
    for k, together in named.items():
        # Outwards, where fewer names meet; inwards near the edge, so that none leaves the panel.
        left = 0.3 < across[k] < 0.5 or across[k] > 0.7
        ax.annotate(
            ("" if "id" in rows else "row ") + "\n".join(names.iloc[together]), points[k],
            xytext=(-8 if left else 8, 6), textcoords="offset points", fontsize=7,
            ha="right" if left else "left", path_effects=HALO, linespacing=1.0,
            arrowprops={"arrowstyle": "-", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 1},
        )  # fmt: skip


def remarkable(values):
    """Indices of the highest and of the lowest values (n,), at most `NAMED` of each.

    A value that is shared by more points than these names none of them.
    """
    ranked = np.argsort(values, kind="stable")
    ranked = ranked[~np.isnan(values[ranked])]
    chosen = []
    for end in (ranked[::-1], ranked):
        steps = np.flatnonzero(np.diff(values[end[: NAMED + 1]]) != 0)
        chosen.extend(end[: steps[-1] + 1] if len(steps) else [])
    return list(dict.fromkeys(map(int, chosen)))

"""Pictures of values: maps of the plane, and the rows of a table."""

import numpy as np
from matplotlib.lines import Line2D

from dvlib.paper.drawing import look
from dvlib.paper.drawing.scales import FROM_ZERO, colour_bar, meaning_of, scales

ENDS = 20  # rows of a table at either end that are named
NAMED = 3  # points of the highest values, and of the lowest, whose rows a picture names


@look.own_look
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
    figure, axes = look.panels_of(
        len(panels), columns, size=look.PANEL if several else 3.5, dpi=110 if few else 90,
        height=0.9 if few else 0.86 if several else 0.8, colours=None if several else 256,
    )  # fmt: skip
    every_scale = scales([(panel.values.method, panel.values.values) for panel in panels])
    for ax, panel, scale in zip(axes, panels, every_scale, strict=True):
        _draw(ax, panel.values, panel.mesh, scale)
        if panel.data is not None:
            look.scatter(ax, panel.data.X, panel.data.y)
        look.draw_boundaries(ax, *panel.boundaries)
        for point, marker in zip(panel.marks.values(), look.MARKS, strict=False):
            ax.plot(*point, marker, **look.MARK)
        ax.set_title(look.typeset(panel.title), fontsize=12 if several else 10)
    with_points = [panel.data.X for panel in panels if panel.data is not None]
    marks = [point for panel in panels for point in panel.marks.values()]
    meshes = [panel.mesh for panel in panels]
    cells = [[end] * 2 for mesh in meshes
             for end in (mesh.low - mesh.step / 2, mesh.high + mesh.step / 2)]  # fmt: skip
    look.frame(axes, *with_points, np.reshape(marks, (-1, 2)), cells=cells)
    points = ("train",) if with_points else ()
    boundaries = [panel.boundaries for panel in panels]
    truths = dict.fromkeys(lines.truth for lines in boundaries if lines.g is not None)
    learned = any(lines.learned is not None for lines in boundaries)
    named = [
        Line2D([], [], marker=marker, label=mark, **look.MARK)
        for mark, marker in zip(panels[0].marks, look.MARKS, strict=False)
    ]
    lines = look.line_entries(truths, learned, truths)
    look.legend(figure, [*lines, *look.point_entries(points), *named])
    return figure


@look.own_look
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
        ax = look.panels_of(1)[1][0]
    if mesh is not None:
        _draw(ax, values, mesh, *scales([(values.method, values.values)]))
    elif np.isnan(values.values).all():
        _unknown(ax)
    else:
        low, high = limits or (values.values.min(), values.values.max())
        share = (values.values - low) / (high - low) if high > low else 0.0
        look.scatter(ax, values.points, values.labels, size=6 + 60 * share)
        if rows is not None:
            name_points(ax, values, rows)
    look.square(ax)
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
        low, high = scale.ends
        ends = {"nan": np.nan, "posinf": 3 * high - 2 * low, "neginf": 3 * low - 2 * high}
        drawn = np.nan_to_num(mesh.as_image(values.values), **ends)  # infinite: beyond the scale
        image = ax.pcolormesh(
            mesh.axis, mesh.axis, drawn, cmap=scale.colours, norm=scale.norm, shading="nearest",
            rasterized=True,
        )  # fmt: skip
        colour_bar(image, ax, scale)
        ax.set_facecolor(look.NO_VALUE)
    look.square(ax)


def _unknown(ax):
    ax.text(
        0.5, 0.97, "the ground truth g is unknown", transform=ax.transAxes, ha="center", va="top",
        bbox={"facecolor": "white", "edgecolor": "none"},
    )  # fmt: skip


def name_points(ax, values, rows):
    """Write next to the points of remarkable values which row of a file they are.

    `rows` is a table of n lines with the column `row` and possibly `id`, as a data set's `rows`.
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
            ha="right" if left else "left", path_effects=look.HALO, linespacing=1.0,
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


@look.own_look
def table_values(valued):
    """Three panels: values by class, the lowest and highest rows, rank correlations of methods.

    The first two are of the first method of `valued`, a dvlib.tables.value.TableValues. Returns a
    Drawing.
    """
    name = next(iter(valued.values))
    rows, several = valued.to_frame(name), len(valued.values) > 1
    figure = look.Drawing(figsize=(15 if several else 11, 5.2), layout="constrained")
    figure.fonts = look.fonts()
    axes = figure.subplots(1, 3 if several else 2)
    _by_class(axes[0], rows, valued.rows.classes, valued.values[name].method)
    _ends(axes[1], rows)
    if several:
        _agreement(figure, axes[2], valued.agreement())
    return figure


def _by_class(axes, rows, classes, title):
    """Values of each class in a column of points, with the median."""
    rng = np.random.default_rng(0)  # spreads the points sideways, nothing else
    for k, label in enumerate(classes):
        values = rows.loc[(rows["label"] == label).to_numpy(), "value"]
        across = k + rng.uniform(-0.3, 0.3, len(values))
        colour = look.CLASS_COLOURS[k % len(look.CLASS_COLOURS)]
        axes.scatter(across, values, s=10, color=colour, alpha=0.6, linewidths=0)
        axes.hlines(values.median(), k - 0.4, k + 0.4, color="black")
    axes.set_xticks(range(len(classes)), [_short(label) for label in classes])
    axes.set(xlabel="label", ylabel=title, title="values by class, and their medians")


def _ends(axes, rows):
    """The lowest and highest values with their rows, labels and standard errors."""
    count = min(ENDS, len(rows) // 2)
    ranked = rows.iloc[np.argsort(rows["value"].to_numpy(), kind="stable")]
    chosen = [*range(count), *range(len(ranked) - count, len(ranked))]
    places = np.arange(len(chosen)) + (np.arange(len(chosen)) >= count)  # a gap between the ends
    ends = ranked.iloc[chosen]
    errors = np.nan_to_num(ends["standard_error"])
    axes.errorbar(ends["value"], places, xerr=errors, fmt="o", markersize=4, color=look.RIGHT)
    wrong = (ends["label"] != ends["predicted"]).to_numpy()
    label = "predicted otherwise"
    axes.plot(ends["value"][wrong], places[wrong], "s", color=look.WRONG, label=label)
    if wrong.any():
        axes.legend(loc="lower left", fontsize=8)
    names = [f"{_short(i)}: {_short(label)}" for i, label in ends["label"].items()]
    axes.set_yticks(places, names, fontsize=6.5)
    axes.invert_yaxis()
    title = f"the {count} lowest and highest rows"
    axes.set(xlabel="value and its standard error", title=title)


def _agreement(figure, axes, correlations):
    image = axes.imshow(correlations, vmin=-1, vmax=1, cmap=FROM_ZERO)
    names = list(correlations)
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    for i, j in np.ndindex(correlations.shape):
        number = correlations.iloc[i, j]
        colour = "white" if abs(number) > 0.6 else "black"
        axes.text(j, i, f"{number:.2f}", ha="center", va="center", fontsize=8, color=colour)
    figure.colorbar(image, ax=axes, shrink=0.7, label="rank correlation")
    axes.set_title("agreement of the methods")


def _short(name):
    """A user's text, short; a $ in it begins no formula."""
    text = str(name)
    return (text if len(text) <= 14 else text[:13] + "…").replace("$", r"\$")

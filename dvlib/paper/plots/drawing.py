"""The look of points, lines, axes and legends, shared by all pictures.

High values are blue and low values red, as in the paper. g is solid and the learned boundary is
dashed, so that they differ without colour.
"""

import io

import matplotlib.patheffects as patheffects
import matplotlib.style
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

CMAP = "RdBu"  # from ColorBrewer; both halves have the same lightness
MARKERS = {0: "o", 1: "^"}
LABEL_COLOURS = {0: "#b35806", 1: "#542788"}  # orange and violet, which no value has
PANEL = 4.2  # inches
NAMED = 3  # points of the highest values, and of the lowest, whose rows a picture names
_HALO = [patheffects.withStroke(linewidth=3, foreground="white")]


#: Decorator: the function draws with matplotlib's defaults, whatever style the user has set.
own_look = matplotlib.style.context("default")


class Drawing(Figure):
    """A figure that a notebook shows once, and that pyplot's global list does not keep alive."""

    colours = None  # size of the palette that shrinks a PNG of flat colours and text; None = all
    _png = None

    @own_look
    def png(self):
        """The PNG as bytes, drawn anew only if the figure has changed since the last call."""
        if self._png is None or self.stale:
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", metadata={"Software": None})
            if self.colours:
                image = Image.open(buffer).convert("RGB").quantize(self.colours)
                buffer = io.BytesIO()
                image.save(buffer, format="png", optimize=True)
            self._png, self.stale = buffer.getvalue(), False
        return self._png

    @own_look
    def vector(self, kind):
        """The figure as a "pdf" or "svg" file, with fonts embedded and the same bytes each time."""
        buffer = io.BytesIO()
        undated = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}
        with matplotlib.rc_context({"pdf.fonttype": 42, "svg.hashsalt": "dvlib"}):
            self.savefig(buffer, format=kind, metadata=undated[kind])
        return buffer.getvalue()

    _repr_png_ = png


def draw_boundaries(ax, mesh, g=None, learned=None, units=None):
    """Draw g solid and a learned boundary dashed, from labels (side, side) on a mesh.

    With the `units` of a file (dvlib.data.plane.Units), its axes show these.
    """
    if units is not None:
        _own_axes(ax, units)
    for labels, style in ((g, "-"), (learned, "--")):
        if labels is not None and 0 < np.mean(labels) < 1:
            lines = ax.contour(
                mesh.axis, mesh.axis, labels, [0.5], colors="black", linestyles=style,
                linewidths=1.5,
            )  # fmt: skip
            lines.set_path_effects(_HALO)


def _own_axes(ax, units):
    """Replace the ticks of the plane by ticks in a file's own units."""
    ax.xaxis.set_visible(False)
    ax.yaxis.set_visible(False)
    (x, y), (width, height) = units.center, units.scale
    below = ax.secondary_xaxis(
        "bottom", functions=(lambda at: x + width * at, lambda own: (own - x) / width)
    )
    left = ax.secondary_yaxis(
        "left", functions=(lambda at: y + height * at, lambda own: (own - y) / height)
    )
    for axis in (below, left):
        axis.ticklabel_format(scilimits=(-3, 4))
    below.set_xlabel("x₁", loc="left")  # far from zero, what all ticks share stands at the right
    left.set_ylabel("x₂")


def name_points(ax, values, rows):
    """Write next to the points of remarkable values which row of a file they are.

    Parameters
    ----------
    values : DataValues of n points
    rows : table of n lines with the column `row` and possibly `id`, such as a data set's `rows`
    """
    names = rows["id" if "id" in rows else "row"].astype(str)
    points, room = values.points, np.ptp(values.points, axis=0) * (0.3, 0.08)  # for a name
    beside = {}  # point → points that are named with it, because their names would overlap
    for k in remarkable(values.values):
        near = [j for j in beside if (np.abs(points[j] - points[k]) < room).all()]
        beside.setdefault(near[0] if near else k, []).append(k)
    for k, together in beside.items():
        left = points[k, 0] < points[:, 0].mean()  # outwards, where fewer names meet
        ax.annotate(
            ("" if "id" in rows else "row ") + ", ".join(names.iloc[together]), points[k],
            xytext=(-4 if left else 4, 4), textcoords="offset points", fontsize=7,
            ha="right" if left else "left", path_effects=_HALO,
        )  # fmt: skip


def remarkable(values):
    """Indices of the highest and of the lowest values (n,), at most `NAMED` of each.

    A value that is shared by more points than these names none of them.
    """
    ranked = np.argsort(values, kind="stable")
    ranked = ranked[~np.isnan(values[ranked])]
    found = []
    for end in (ranked[::-1], ranked):
        steps = np.flatnonzero(np.diff(values[end[: NAMED + 1]]) != 0)
        found.extend(end[: steps[-1] + 1] if len(steps) else [])
    return list(dict.fromkeys(map(int, found)))


def panels_of(count, columns=None, size=PANEL, dpi=110, height=1.0):
    """A figure with `count` axes, and these axes.

    Each row has `columns` panels (None = all), `size` inches wide and `height * size` inches high.
    """
    columns = columns or count
    rows = -(-count // columns)
    figure = Drawing(
        figsize=(size * columns + 0.2, height * size * rows + 0.1), dpi=dpi, layout="constrained"
    )
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax in axes[count:]:
        ax.remove()
    return figure, axes[:count]


def square(ax):
    ax.set_aspect("equal")
    ax.set_xlabel("x₁")
    ax.set_ylabel("x₂")


def scatter(ax, points, labels, *, size, alpha, hollow=False):
    for label, marker in MARKERS.items():
        of = labels == label
        colour = LABEL_COLOURS[label]
        ax.scatter(
            *points[of].T, s=size[of] if np.ndim(size) else size, marker=marker, alpha=alpha,
            facecolors="none" if hollow else colour, edgecolors=colour,
            linewidths=0.6 if hollow else 0,
        )  # fmt: skip


def line_entries(known=True, learned=False):
    """Legend entries for g, if `known`, and for the learned boundary, if `learned`."""
    handles = [Line2D([], [], color="black", label="ground truth g")] if known else []
    if learned:
        handles.append(Line2D([], [], color="black", linestyle="--", label="learned boundary"))
    return handles


def point_entries(splits):
    """Legend entries for the points of the splits: "train", "test" or both."""
    return [
        Line2D(
            [], [], linestyle="", marker=marker, markersize=5, color=LABEL_COLOURS[label],
            markerfacecolor="none" if split == "test" else LABEL_COLOURS[label],
            label=f"{split}, label {label}",
        )
        for split in splits
        for label, marker in MARKERS.items()
    ]  # fmt: skip


def legend(figure, handles):
    columns = min(len(handles), int(figure.get_figwidth() / 1.9))  # an entry takes 1.9 inches
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False)

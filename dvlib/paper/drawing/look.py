"""The look of points, lines, axes and legends, and every colour, shared by all pictures.

g is solid and the learned boundary is dashed, so that they differ without colour. Points have a
light edge. It keeps a dark point visible on dark ground, and neighbours apart.
"""

import io
import warnings

import matplotlib.patheffects as patheffects
import matplotlib.style
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from PIL import Image

from dvlib.paper.judging.verdicts import MOSTLY, NOT, NOT_MEASURED, PARTLY, REPRODUCED, UNDECIDED

PANEL = 4.2  # inches
VECTOR_DPI = 300  # of maps, which are images of pixels even in a PDF or SVG
MARKERS = {0: "o", 1: MarkerStyle("^").scaled(1.25)}  # of equal area
LABEL_COLOURS = {0: "#b35806", 1: "#542788"}  # orange and violet, which no value has
EDGE = {"edgecolors": "white", "linewidths": 0.25}
POINT = 10  # area in square points
# A special point, such as a new one, is yellow; hollow where the networks have not seen it.
MARK = {"linestyle": "", "markersize": 9, "color": "#ffd92f", "markeredgecolor": "black"}
HOLLOW = MARK | {"color": "white"}
MARKS = "s*D"
# The boundaries of many runs are dashed, too; a bold one looks as in the other pictures.
RUN = {"color": "#01665e", "linestyle": (0, (5, 2)), "linewidth": 0.7, "alpha": 0.8}
BOLD = {"color": "black", "linestyle": "--", "linewidth": 1.5}
DOT = {"marker": "o", "color": "#01665e", "linestyle": "", "markersize": 5, "alpha": 0.7}
# Extension 10, by width in turn: the darker the wider
WIDTH_LOOKS = (("#a6dba0", "v"), ("#5aae61", "s"), ("#1b7837", "o"))
# Extension 7: candidates that f_X labels otherwise than g, and the others
WRONG, RIGHT = "#d6489b", "#08519c"
# Classes of a table, in turn
CLASS_COLOURS = ("#b35806", "#542788", "#1b7837", "#08519c", "#d6489b", "#737373")
CLUSTER_COLOURS = ("#1b7837", "#d6489b", "#08519c", "black")
# Colour, marker and letter each distinguish the verdicts: blue supports a claim, red does not.
VERDICT_COLOURS = {
    REPRODUCED: "#2166ac", MOSTLY: "#4393c3", PARTLY: "#92c5de", UNDECIDED: "#8c6bb1",
    NOT: "#b2182b", NOT_MEASURED: "#bdbdbd",
}  # fmt: skip
NO_VALUE = "#d9d9d9"  # grey
STRIPE = "#f4f4f4"  # of every other row
HALO = [patheffects.withStroke(linewidth=3, foreground="white")]


#: Decorator: the function draws with matplotlib's defaults, whatever style the user has set.
own_look = matplotlib.style.context("default")


def fonts():
    """Installed families of fonts that have most letters of the world between them."""
    from matplotlib.font_manager import get_font_names

    wanted = (
        "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "WenQuanYi Zen Hei",
        "Droid Sans Fallback", "Microsoft YaHei", "PingFang SC", "Hiragino Sans", "Malgun Gothic",
        "Arial Unicode MS", "Noto Sans", "Noto Sans Devanagari", "Noto Sans Arabic",
    )  # fmt: skip
    known = get_font_names()
    return ["DejaVu Sans", *(name for name in wanted if name in known)]


class Drawing(Figure):
    """A figure that a notebook shows once, and that pyplot's global list does not keep alive."""

    colours = None  # size of the palette that shrinks a PNG of flat colours and text; None = all
    fonts = ("DejaVu Sans",)  # of text, in turn, for letters that the one before lacks
    _png = None

    @own_look
    def png(self):
        """The PNG as bytes, drawn anew only if the figure has changed since the last call."""
        if self._png is None or self.stale:
            buffer = io.BytesIO()
            with warnings.catch_warnings(), matplotlib.rc_context({"font.sans-serif": self.fonts}):
                warnings.filterwarnings("ignore", "Glyph .* missing from font")  # a box says it
                self.savefig(buffer, format="png", metadata={"Software": None})
            if self.colours:
                image = Image.open(buffer).convert("RGB")
                # This method keeps the colours of few pixels; one step of k-means those of many.
                image = image.quantize(self.colours, Image.Quantize.MAXCOVERAGE, kmeans=1)
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
            self.savefig(buffer, format=kind, metadata=undated[kind], dpi=VECTOR_DPI)
        return buffer.getvalue()

    _repr_png_ = png


def curve_looks(looks, names):
    """(colour, marker, line) of curves by name. A curve that `looks` does not name gets its own."""
    return {name: looks.get(name, (f"C{k % 10}", ".", "-.")) for k, name in enumerate(names)}


def draw_boundaries(ax, mesh, g=None, learned=None, units=None, _truth=None):
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
            lines.set_path_effects(HALO)


def _own_axes(ax, units):
    """Replace the ticks of the plane by ticks in a file's own units."""
    ax.xaxis.set_visible(False)
    ax.yaxis.set_visible(False)
    (x, y), (width, height) = units.center, units.scale
    below = ax.secondary_xaxis(
        "bottom", functions=(lambda at: x + width * at, lambda value: (value - x) / width)
    )
    left = ax.secondary_yaxis(
        "left", functions=(lambda at: y + height * at, lambda value: (value - y) / height)
    )
    for axis in (below, left):
        axis.ticklabel_format(scilimits=(-3, 4))
    below.set_xlabel("x₁", loc="left")  # far from zero, what all ticks share stands at the right
    left.set_ylabel("x₂")


def panels_of(count, columns=None, size=PANEL, dpi=110, height=1.0, colours=None):
    """A Drawing of at most so many `colours` (None = all) with `count` axes, and these axes.

    Each row has `columns` panels (None = all), `size` inches wide and `height * size` inches high.
    """
    columns = columns or count
    rows = -(-count // columns)
    # "compressed" is the layout that knows of square panels.
    figure = Drawing(
        figsize=(size * columns + 0.2, height * size * rows + 0.1), dpi=dpi, layout="compressed"
    )
    figure.colours = colours
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax in axes[count:]:
        ax.remove()
    return figure, axes[:count]


def square(ax):
    ax.set(aspect="equal", xlabel="x₁", ylabel="x₂")


def frame(axes, *points, cells=()):
    """Give panels one square range, which holds points (n, 2) with a margin, and cells (n, 2)."""
    points, cells = np.concatenate(points), np.reshape(cells, (-1, 2))
    margin = 0.04 * np.ptp(np.concatenate([points, cells]), axis=0).max()
    corners = np.concatenate([points - margin, points + margin, cells])
    low, high = corners.min(0), corners.max(0)
    middle, half = (low + high) / 2, (high - low).max() / 2 or 1.0
    for ax in axes:
        ax.set_xlim(middle[0] - half, middle[0] + half)
        ax.set_ylim(middle[1] - half, middle[1] + half)


def scatter(ax, points, labels, *, size=POINT, colours=LABEL_COLOURS, hollow=False):
    """Draw points (n, 2) by label. `size` is one area or one for each point."""
    for label, marker in MARKERS.items():
        inside, colour = labels == label, colours[label]
        look = {"facecolors": "none", "edgecolors": colour, "linewidths": 0.6} if hollow else EDGE
        ax.scatter(
            *points[inside].T, s=size[inside] if np.ndim(size) else size, marker=marker,
            **({"facecolors": colour} | look),
        )  # fmt: skip


def ink(ground):
    """Black or white, whichever has more contrast with a ground (WCAG 2.1, relative luminance)."""
    rgb = np.array(to_rgb(ground))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ (0.2126, 0.7152, 0.0722)
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def typeset(text):
    return text.replace("f_X", "$f_X$")


def line_entries(known=True, learned=False, truths=("ground truth g",)):
    """Legend entries for g, if `known`, by its names, and for the boundary, if `learned`."""
    handles = [Line2D([], [], color="black", label=name) for name in truths if known]
    if learned:
        handles.append(Line2D([], [], **BOLD, label="learned boundary"))
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
    """A legend below the panels, in as few rows as the figure's width allows."""
    for rows in range(1, len(handles) + 1):
        columns = -(-len(handles) // rows)
        drawn = figure.legend(
            handles=handles, loc="outside lower center", ncols=columns, frameon=False
        )
        if drawn.get_window_extent().width <= figure.bbox.width or columns == 1:
            return
        drawn.remove()

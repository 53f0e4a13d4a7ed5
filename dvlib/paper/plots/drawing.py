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

    _repr_png_ = png


def draw_boundaries(ax, mesh, g=None, learned=None, _truth=None):
    """Draw g solid and a learned boundary dashed, from labels (side, side) on a mesh."""
    for labels, style in ((g, "-"), (learned, "--")):
        if labels is not None and 0 < np.mean(labels) < 1:
            lines = ax.contour(
                mesh.axis, mesh.axis, labels, [0.5], colors="black", linestyles=style,
                linewidths=1.5,
            )  # fmt: skip
            lines.set_path_effects(_HALO)


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


def line_entries(known=True, learned=False, truths=("ground truth g",)):
    """Legend entries for g, if `known`, by its names, and for the boundary, if `learned`."""
    handles = [Line2D([], [], color="black", label=name) for name in truths if known]
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

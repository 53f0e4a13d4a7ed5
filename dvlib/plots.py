"""All drawing. Takes arrays and values, returns matplotlib figures.

High values are blue and low ones red, as in the paper; g is solid and the learned boundary dashed,
so that they differ without colour.
"""

import io

import matplotlib.patheffects as patheffects
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

CMAP = "RdBu"  # ColorBrewer's, even in lightness on both sides of its middle
MARKERS = {0: "o", 1: "^"}
LABEL_COLOURS = {0: "#b35806", 1: "#542788"}  # orange and violet: neither is a value's colour
_HALO = [patheffects.withStroke(linewidth=3, foreground="white")]
_PANEL = 4.2  # inches


class Drawing(Figure):
    """A figure that shows itself in a notebook, once, and that no global list keeps alive."""

    def _repr_png_(self):
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()


def value_maps(panels, mesh, boundaries, data):
    """Maps of values side by side with both boundaries.

    Parameters
    ----------
    panels : dict of panel title → DataValues on the points of `mesh`
    mesh : MeshGrid of the valued points
    boundaries : dvlib.regions.Boundaries for each panel
    data : Dataset whose training points to draw, or None, for each panel

    Returns
    -------
    matplotlib Figure
    """
    figure, axes = _panels(len(panels))
    for ax, (name, values), drawn, sample in zip(
        axes, panels.items(), boundaries, data, strict=True
    ):
        draw_values(values, ax=ax, mesh=mesh)
        if sample is not None:
            _scatter(ax, sample.X, sample.y, size=3, alpha=0.5)
        draw_boundaries(ax, *drawn)
        ax.set_title(name.replace("f_X", "$f_X$"))
    _legend(figure, points=any(sample is not None for sample in data), learned=True)
    return figure


def draw_values(values, *, ax=None, mesh=None):
    """One set of values: a map where they lie on `mesh`, else points of that size.

    Returns
    -------
    matplotlib Axes
    """
    if ax is None:
        ax = _panels(1)[1][0]
    if mesh is not None:
        image = ax.pcolormesh(
            mesh.axis, mesh.axis, mesh.as_image(values.values), cmap=CMAP, shading="nearest",
            rasterized=True,
        )  # fmt: skip
        bar = ax.figure.colorbar(image, ax=ax, shrink=0.8, pad=0.02)
        bar.set_label("value (blue = high)", fontsize=8)
        bar.ax.tick_params(labelsize=8)
        bar.formatter.set_powerlimits((-2, 3))
    else:
        spread = np.ptp(values.values)
        share = (values.values - values.values.min()) / spread if spread else 0.5
        for label in MARKERS:
            of = values.labels == label
            sizes = 4 + 60 * (share[of] if spread else share)
            _scatter(ax, values.points[of], values.labels[of], size=sizes, alpha=0.6)
    _square(ax)
    return ax


def draw_boundaries(ax, mesh, g=None, learned=None):
    """g as a solid line, a learned boundary dashed, from labels (side, side) on a mesh."""
    for labels, style in ((g, "-"), (learned, "--")):
        if labels is not None and 0 < np.mean(labels) < 1:
            lines = ax.contour(
                mesh.axis, mesh.axis, labels, [0.5], colors="black", linestyles=style,
                linewidths=1.5,
            )  # fmt: skip
            lines.set_path_effects(_HALO)


def dataset_panels(samples, drawing_mesh):
    """Training points (filled) and test points (hollow) of data sets, with g and the means."""
    figure, axes = _panels(len(samples))
    for ax, data in zip(axes, samples.values(), strict=True):
        _scatter(ax, data.X, data.y, size=6, alpha=0.7)
        _scatter(ax, data.X_test, data.y_test, size=8, alpha=0.7, hollow=True)
        truth = data.g(np.stack(np.meshgrid(drawing_mesh.axis, drawing_mesh.axis), axis=-1))
        draw_boundaries(ax, drawing_mesh, truth)
        ax.plot(*data.means.T, "k+", markersize=9, markeredgewidth=2)
        ax.set_xlim(drawing_mesh.low, drawing_mesh.high)
        ax.set_ylim(drawing_mesh.low, drawing_mesh.high)
        counts = [np.bincount(labels) for labels in (data.y, data.y_test)]
        ax.set_title(
            f"{data.name.replace('_', ' ')}\n"
            f"train {counts[0][0]} + {counts[0][1]}, test {counts[1][0]} + {counts[1][1]}"
        )
        _square(ax)
    _legend(figure, points=True, test=True, means=True)
    return figure


def _panels(count):
    figure = Drawing(figsize=(_PANEL * count + 0.2, _PANEL + 0.1), dpi=110, layout="constrained")
    return figure, figure.subplots(1, count, squeeze=False)[0]


def _square(ax):
    ax.set_aspect("equal")
    ax.set_xlabel("x₁")
    ax.set_ylabel("x₂")


def _scatter(ax, points, labels, *, size, alpha, hollow=False):
    for label, marker in MARKERS.items():
        of = labels == label
        colour = LABEL_COLOURS[label]
        ax.scatter(
            *points[of].T, s=size, marker=marker, alpha=alpha, linewidths=0.6 if hollow else 0,
            facecolors="none" if hollow else colour, edgecolors=colour,
        )  # fmt: skip


def _legend(figure, *, points, learned=False, test=False, means=False):
    handles = [Line2D([], [], color="black", label="ground truth g")]
    if learned:
        handles.append(Line2D([], [], color="black", linestyle="--", label="learned boundary"))
    for split in ("train", "test") if test else ("train",):
        for label, marker in MARKERS.items() if points else ():
            colour = LABEL_COLOURS[label]
            handles.append(
                Line2D(
                    [],
                    [],
                    linestyle="",
                    marker=marker,
                    markersize=5,
                    color=colour,
                    markerfacecolor="none" if split == "test" else colour,
                    label=f"{split}, label {label}",
                )
            )
    if means:
        handles.append(
            Line2D([], [], linestyle="", marker="+", color="black", label="cluster mean")
        )
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)

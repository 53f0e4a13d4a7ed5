"""All drawing. Takes arrays and values, returns matplotlib figures.

High values are blue and low ones red, as in the paper; g is solid and the learned boundary dashed,
so that they differ without colour.
"""

import io

import matplotlib.patheffects as patheffects
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dvlib.mesh import MeshGrid

CMAP = "RdBu"  # ColorBrewer's, even in lightness on both sides of its middle
MARKERS = {0: "o", 1: "^"}
LABEL_COLOURS = {0: "#b35806", 1: "#542788"}  # orange and violet: neither is a value's colour
CLUSTER_COLOURS = ("#1b9e77", "#e7298a", "#66a61e", "#e6ab02")
_HALO = [patheffects.withStroke(linewidth=3, foreground="white")]
_PANEL = 4.2  # inches
# Learned boundaries stay dashed where there are many; the bold one is that of other figures.
_RUN = {"color": "#01665e", "linestyle": (0, (5, 2)), "linewidth": 0.7, "alpha": 0.8}
_BOLD = {"color": "black", "linestyle": "--", "linewidth": 1.5}
_NEW_POINT = "#2166ac"  # the paper's blue square
_MARKS = "o*sD"
_MARK = {"markersize": 10, "color": "#ffd92f", "markeredgecolor": "black"}


class Drawing(Figure):
    """A figure that shows itself in a notebook, once, and that no global list keeps alive."""

    _png = None

    def png(self):
        """Bytes of its PNG, drawn again only if something was changed since the last time."""
        if self._png is None or self.stale:
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", metadata={"Software": None})
            self._png, self.stale = buffer.getvalue(), False
        return self._png

    _repr_png_ = png


def value_maps(panels, mesh, boundaries, data, *, columns=None, marks=None):
    """Maps of values side by side with both boundaries.

    Parameters
    ----------
    panels : dict of panel title → DataValues on the points of `mesh`
    mesh : MeshGrid of the valued points, or one for each panel
    boundaries : dvlib.regions.Boundaries for each panel
    data : Dataset whose training points to draw, or None, for each panel
    columns : panels in a row; None = all
    marks : dict of name → point (2,) to mark in every panel, for at most four of them

    Returns
    -------
    Drawing
    """
    figure, axes = _panels(len(panels), columns, dpi=110 if len(panels) <= 3 else 90)
    marks = marks or {}
    meshes = [mesh] * len(panels) if isinstance(mesh, MeshGrid) else mesh
    for ax, (name, values), grid, drawn, sample in zip(
        axes, panels.items(), meshes, boundaries, data, strict=True
    ):
        draw_values(values, ax=ax, mesh=grid)
        if sample is not None:
            _scatter(ax, sample.X, sample.y, size=3, alpha=0.5)
        draw_boundaries(ax, *drawn)
        for mark, marker in zip(marks, _MARKS, strict=False):
            ax.plot(*marks[mark], marker, **_MARK)
        ax.set_title(name.replace("f_X", "$f_X$"))
    points = ("train",) if any(sample is not None for sample in data) else ()
    learned = any(drawn.learned is not None for drawn in boundaries)
    named = [
        Line2D([], [], linestyle="", marker=marker, label=mark, **_MARK)
        for mark, marker in zip(marks, _MARKS, strict=False)
    ]
    _legend(figure, [*_lines(learned), *_points(points), *named])
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
        share = (values.values - values.values.min()) / spread if spread else 0.0
        _scatter(ax, values.points, values.labels, size=4 + 60 * share, alpha=0.6)
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


def boundary_panels(panels, truth, *, columns):
    """Panels of the boundaries of many runs over their training sets, with g.

    Parameters
    ----------
    panels : dict of panel title → dvlib.panels.BoundaryPanel
    truth : dvlib.regions.Boundaries with g; its mesh is the range that is drawn
    columns : panels in a row

    Returns
    -------
    Drawing
    """
    figure, axes = _panels(len(panels), columns, size=2.9, dpi=90)  # points are heavy in a PNG
    for ax, (title, panel) in zip(axes, panels.items(), strict=True):
        if panel.values is None:
            _scatter(ax, panel.X, panel.y, size=3, alpha=1)
        else:
            draw_values(panel.values, ax=ax)
            low, high = panel.values.values.min(), panel.values.values.max()
            title += f", {low:.2g} to {high:.2g} by size"
        draw_boundaries(ax, *truth)
        for k, curves in enumerate(panel.curves):
            bold = k == 0 and panel.first_bold
            for curve in curves:
                ax.plot(*curve.T, **(_BOLD if bold else _RUN))
        if panel.new_point is not None:
            colour = _NEW_POINT if panel.point_is_in else "grey"
            ax.plot(
                *panel.new_point, "s", markersize=8, color=colour, markeredgecolor="white", zorder=5
            )
        ax.set(xlim=(truth.mesh.low, truth.mesh.high), ylim=(truth.mesh.low, truth.mesh.high))
        ax.set_title(title, fontsize=10)
        _square(ax)
    shown = next(iter(panels.values()))
    handles = [*_lines(), *_points(("train",)), *_runs(panels.values())]
    if shown.new_point is not None:
        handles += [
            Line2D([], [], ls="", marker="s", color=colour, label=f"new point{ending}")
            for colour, ending in (
                (_NEW_POINT, f", label {shown.new_label}"),
                ("grey", ", left out"),
            )
        ]
    _legend(figure, handles)
    return figure


def pairwise_panels(panels):
    """For each data set the joint matrix, the interactions, and the clusters recovered from these.

    Parameters
    ----------
    panels : dict of name → dvlib.pairwise_studies.Clustered

    Returns
    -------
    Drawing
    """
    figure, axes = _panels(3 * len(panels), 3, size=3.4, dpi=90)
    for row, (name, of) in zip(axes.reshape(-1, 3), panels.items(), strict=True):
        order = np.argsort(of.clusters, kind="stable")
        ends = np.flatnonzero(np.diff(of.clusters[order])) + 0.5
        for ax, matrix in zip(row, ("joint", "interaction"), strict=False):
            values = getattr(of.pairs, matrix)[np.ix_(order, order)]
            high = np.abs(values).max()
            low = -high if matrix == "interaction" else 0
            image = ax.imshow(values, cmap=CMAP, vmin=low, vmax=high, interpolation="nearest")
            figure.colorbar(image, ax=ax, shrink=0.8, pad=0.02).ax.tick_params(labelsize=8)
            for end in ends:
                ax.axhline(end, color="black", linewidth=0.8)
                ax.axvline(end, color="black", linewidth=0.8)
            index = of.rand_index(matrix)
            ax.set_title(f"{name}, {matrix}: Rand index {index:.2f}", fontsize=10)
            ax.set(xticks=[], yticks=[], xlabel="points by cluster")
        for cluster, colour in enumerate(CLUSTER_COLOURS[: of.clusters.max() + 1]):
            inside = of.recovered["interaction"] == cluster
            for label, marker in MARKERS.items():
                shown = inside & (of.pairs.labels == label)
                row[2].scatter(*of.pairs.points[shown].T, s=14, marker=marker, color=colour)
        row[2].set_title("recovered from the interaction", fontsize=10)
        _square(row[2])
    handles = [
        Line2D([], [], linestyle="", marker=marker, color="grey", label=f"label {label}")
        for label, marker in MARKERS.items()
    ]
    handles += [
        Line2D([], [], linestyle="", marker="s", color=colour, label=f"recovered cluster {k + 1}")
        for k, colour in enumerate(CLUSTER_COLOURS)
    ]
    _legend(figure, handles)
    return figure


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
    mean = Line2D([], [], linestyle="", marker="+", color="black", label="cluster mean")
    _legend(figure, [*_lines(), *_points(("train", "test")), mean])
    return figure


def _panels(count, columns=None, size=_PANEL, dpi=110):
    """A figure of `count` axes, `columns` in a row (None = all)."""
    columns = columns or count
    rows = -(-count // columns)
    figure = Drawing(
        figsize=(size * columns + 0.2, size * rows + 0.1), dpi=dpi, layout="constrained"
    )
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax in axes[count:]:
        ax.remove()
    return figure, axes[:count]


def _square(ax):
    ax.set_aspect("equal")
    ax.set_xlabel("x₁")
    ax.set_ylabel("x₂")


def _scatter(ax, points, labels, *, size, alpha, hollow=False):
    for label, marker in MARKERS.items():
        of = labels == label
        colour = LABEL_COLOURS[label]
        ax.scatter(
            *points[of].T, s=size[of] if np.ndim(size) else size, marker=marker, alpha=alpha,
            facecolors="none" if hollow else colour, edgecolors=colour,
            linewidths=0.6 if hollow else 0,
        )  # fmt: skip


def _lines(learned=False):
    """Legend entries of g and, if asked for, of the learned boundary."""
    handles = [Line2D([], [], color="black", label="ground truth g")]
    if learned:
        handles.append(Line2D([], [], color="black", linestyle="--", label="learned boundary"))
    return handles


def _points(splits):
    """Legend entries of the points of some of "train" and "test"."""
    return [
        Line2D(
            [], [], linestyle="", marker=marker, markersize=5, color=LABEL_COLOURS[label],
            markerfacecolor="none" if split == "test" else LABEL_COLOURS[label],
            label=f"{split}, label {label}",
        )
        for split in splits
        for label, marker in MARKERS.items()
    ]  # fmt: skip


def _runs(panels):
    """Legend entries of the boundaries of runs."""
    if not any(panel.first_bold for panel in panels):
        return [Line2D([], [], **_RUN, label="learned boundary of a run")]
    handles = [Line2D([], [], **_BOLD, label="learned boundary of one run")]
    if max(len(panel.curves) for panel in panels) > 1:
        handles.append(Line2D([], [], **_RUN, label="of other runs"))
    return handles


def _legend(figure, handles):
    columns = min(len(handles), int(figure.get_figwidth() / 1.75))  # inches an entry takes
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False)

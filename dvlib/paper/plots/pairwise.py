"""Plots pairwise values and the clusters recovered from them."""

import numpy as np
from matplotlib.lines import Line2D

from dvlib.paper.drawing.look import (
    CLUSTER_COLOURS,
    MARKERS,
    frame,
    legend,
    own_look,
    panels_of,
    scatter,
    square,
)
from dvlib.paper.drawing.scales import colour_bar, scales


@own_look
def pairwise_panels(samples):
    """Joint matrix, interactions and the clusters recovered from these, one row per sample.

    Parameters
    ----------
    samples : list of dvlib.paper.studies.pairwise.Clustered

    Returns
    -------
    Drawing
    """
    figure, axes = panels_of(3 * len(samples), 3, size=3.6, dpi=85)
    names = ("joint", "interaction")
    found = scales([(name, getattr(of.pairs, name)) for of in samples for name in names])
    for row, of, own in zip(
        axes.reshape(-1, 3), samples, zip(found[::2], found[1::2], strict=True), strict=True
    ):
        order = np.argsort(of.clusters, kind="stable")
        ends = np.flatnonzero(np.diff(of.clusters[order])) + 0.5
        for ax, matrix, scale in zip(row, names, own, strict=False):
            values = getattr(of.pairs, matrix)[np.ix_(order, order)]
            image = ax.imshow(values, cmap=scale.colours, norm=scale.norm, interpolation="nearest")
            colour_bar(image, ax, scale)
            for end in ends:
                ax.axhline(end, color="black", linewidth=0.8)
                ax.axvline(end, color="black", linewidth=0.8)
            index = of.rand_index(matrix)
            ax.set_title(f"{of.name}, {matrix}:\nRand index {index:.2f}", fontsize=10)
            ax.set(xticks=[], yticks=[], xlabel="points by cluster", ylabel="points by cluster")
        for cluster, colour in enumerate(CLUSTER_COLOURS[: of.clusters.max() + 1]):
            inside = of.recovered["interaction"] == cluster
            scatter(
                row[2], of.pairs.points[inside], of.pairs.labels[inside], size=24,
                colours=dict.fromkeys(MARKERS, colour),
            )  # fmt: skip
        row[2].set_title("recovered from\nthe interaction", fontsize=10)
        square(row[2])
        frame(row[2:], of.pairs.points)
    handles = [
        Line2D([], [], linestyle="", marker=marker, color="grey", label=f"label {label}")
        for label, marker in MARKERS.items()
    ]
    handles += [
        Line2D([], [], linestyle="", marker="s", color=colour, label=f"recovered cluster {k + 1}")
        for k, colour in enumerate(CLUSTER_COLOURS)
    ]
    legend(figure, handles)
    return figure

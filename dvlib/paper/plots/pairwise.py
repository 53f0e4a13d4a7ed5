"""Plots pairwise values and the clusters recovered from them."""

import numpy as np
from matplotlib.lines import Line2D

from dvlib.paper.plots.drawing import CMAP, MARKERS, legend, own_look, panels_of, square

CLUSTER_COLOURS = ("#1b9e77", "#e7298a", "#66a61e", "#e6ab02")


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
    figure, axes = panels_of(3 * len(samples), 3, size=3.4, dpi=90)
    for row, of in zip(axes.reshape(-1, 3), samples, strict=True):
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
            ax.set_title(f"{of.name}, {matrix}: Rand index {index:.2f}", fontsize=10)
            ax.set(xticks=[], yticks=[], xlabel="points by cluster")
        for cluster, colour in enumerate(CLUSTER_COLOURS[: of.clusters.max() + 1]):
            inside = of.recovered["interaction"] == cluster
            for label, marker in MARKERS.items():
                shown = inside & (of.pairs.labels == label)
                row[2].scatter(*of.pairs.points[shown].T, s=14, marker=marker, color=colour)
        row[2].set_title("recovered from the interaction", fontsize=10)
        square(row[2])
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

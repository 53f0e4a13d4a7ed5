"""Plots how far the methods agree."""

import numpy as np
from matplotlib.lines import Line2D

from dvlib.paper.plots.drawing import CMAP, legend, own_look, panels_of

_DOT = {"marker": "o", "color": "#01665e", "linestyle": "", "markersize": 5, "alpha": 0.7}
_MATRICES = {"correlation": "rank correlation", "overlap": "overlap of top deciles"}
THRESHOLD = 0.9  # of C01 and C29


@own_look
def agreement_panels(datasets):
    """Rank correlations, overlaps of the top deciles and AUCs, one column per data set.

    Parameters
    ----------
    datasets : dict of name → dvlib.paper.studies.agreement.DatasetAgreement

    Returns
    -------
    Drawing
    """
    figure, axes = panels_of(3 * len(datasets), len(datasets), size=2.9, dpi=80, height=1.1)
    axes = axes.reshape(3, -1)
    for row, (name, low) in zip(axes, (("correlation", -1), ("overlap", 0)), strict=False):
        for ax, of in zip(row, datasets.values(), strict=True):
            table = getattr(of.agreement, name)
            # Overlaps are never negative and use the blue half only, so that high stays blue.
            image = ax.imshow(table, cmap=CMAP, vmin=-1, vmax=1, interpolation="nearest")
            ax.set_facecolor("lightgrey")  # shows where methods cannot be compared
            for i, value in enumerate(np.diag(table)):
                if np.isfinite(value):
                    colour = "white" if abs(value) > 0.6 else "black"
                    ax.text(i, i, f"{value:.1f}", color=colour, ha="center", va="center", size=6)
            ax.set_xticks(range(len(table)), table.columns, rotation=90, fontsize=7)
        bar = figure.colorbar(image, ax=row, shrink=0.7, pad=0.01)
        bar.ax.set_ylim(low, 1)
        bar.set_label(_MATRICES[name], fontsize=8)
        bar.ax.tick_params(labelsize=7)
    for ax, of in zip(axes[2], datasets.values(), strict=True):
        _draw_aucs(ax, of.aucs)
    for column, (name, of) in zip(axes.T, datasets.items(), strict=True):
        column[0].set_title(name.replace("_", " "), fontsize=10)
        for ax in column:
            first = column[0] is axes[0, 0]
            ax.set_yticks(range(len(of.halves)), list(of.halves) if first else [], fontsize=7)
    legend(
        figure,
        [
            Line2D([], [], **_DOT, label="one half of the seeds"),
            Line2D([], [], color="grey", linestyle=":", label="chance"),
            Line2D([], [], color="grey", linestyle="--", label="threshold of C01 and C29"),
        ],
    )
    return figure


def _draw_aucs(ax, aucs):
    for row, pair in enumerate(aucs.values()):
        ax.plot(pair, [row] * len(pair), **_DOT)
    ax.axvline(0.5, color="grey", linestyle=":", linewidth=1)
    ax.axvline(THRESHOLD, color="grey", linestyle="--", linewidth=1)
    ax.set(xlim=(0, 1.02), ylim=(len(aucs) - 0.5, -0.5))
    ax.set_xlabel("AUC for the mis-classified region", fontsize=8)
    ax.tick_params(axis="x", labelsize=7)

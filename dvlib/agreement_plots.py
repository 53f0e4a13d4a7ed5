"""Drawing of the agreement of methods."""

import numpy as np
from matplotlib.lines import Line2D

from dvlib.drawing import CMAP, legend, panels_of

_FOUND = {"marker": "o", "color": "#01665e", "linestyle": "", "markersize": 5, "alpha": 0.7}


def agreement_panels(datasets):
    """A column a data set: rank correlations, overlaps of the top deciles, AUCs for the regions.

    Parameters
    ----------
    datasets : dict of name → dvlib.agreement_studies.DatasetAgreement

    Returns
    -------
    Drawing
    """
    figure, axes = panels_of(3 * len(datasets), len(datasets), size=3.3, dpi=80)
    axes = axes.reshape(3, -1)
    for column, (name, of) in zip(axes.T, datasets.items(), strict=True):
        tables = (of.agreement.correlation, -1, "rank correlation"), (
            of.agreement.overlap, 0, "overlap of top deciles",
        )  # fmt: skip
        for ax, (table, low, what) in zip(column, tables, strict=False):
            # The blue half alone where nothing is below 0: high stays blue.
            image = ax.imshow(table, cmap=CMAP, vmin=-1, vmax=1, interpolation="nearest")
            image.cmap.set_bad("lightgrey")
            for i in range(len(table)):
                value = table.iloc[i, i]
                if np.isfinite(value):
                    ax.text(i, i, f"{value:.1f}", ha="center", va="center", fontsize=6)
            _name_methods(ax, table.index)
            ax.set_xticks(range(len(table)), table.columns, rotation=90, fontsize=7)
            bar = figure.colorbar(image, ax=ax, shrink=0.8, pad=0.02)
            bar.ax.set_ylim(low, 1)
            bar.ax.tick_params(labelsize=7)
            ax.set_title(f"{name.replace('_', ' ')}: {what}", fontsize=9)
        _draw_aucs(column[2], of)
    legend(
        figure,
        [
            Line2D([], [], **_FOUND, label="one half of the seeds"),
            Line2D([], [], color="grey", linestyle=":", label="chance"),
            Line2D([], [], color="grey", linestyle="--", label="threshold of C01 and C29"),
        ],
    )
    return figure


def _draw_aucs(ax, of):
    aucs = of.aucs
    for row, pair in enumerate(aucs.values()):
        ax.plot(pair, [row] * len(pair), **_FOUND)
    ax.axvline(0.5, color="grey", linestyle=":", linewidth=1)
    ax.axvline(0.9, color="grey", linestyle="--", linewidth=1)
    _name_methods(ax, aucs)
    ax.set(xlim=(0, 1.02), ylim=(len(aucs) - 0.5, -0.5))
    ax.set_xlabel("AUC for the mis-classified region", fontsize=8)
    ax.tick_params(axis="x", labelsize=7)


def _name_methods(ax, names):
    ax.set_yticks(range(len(names)), names, fontsize=7)

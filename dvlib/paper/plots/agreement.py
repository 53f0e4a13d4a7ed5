"""Plots how far the methods agree."""

import numpy as np
from matplotlib.lines import Line2D

from dvlib.paper.drawing.look import DOT, ink, legend, own_look, panels_of, typeset
from dvlib.paper.drawing.scales import Scale, colour_bar, meaning_of

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
        scale = Scale((low, 1), meaning_of("rank correlation" if low else name))
        for ax, of in zip(row, datasets.values(), strict=True):
            table = getattr(of.agreement, name)
            image = ax.imshow(table, cmap=scale.colours, norm=scale.norm, interpolation="nearest")
            for i, value in enumerate(np.diag(table)):
                if np.isfinite(value):
                    colour = ink(image.to_rgba(value)[:3])
                    ax.text(i, i, f"{value:.1f}", color=colour, ha="center", va="center", size=6)
            names = [*map(typeset, table.columns)]
            ax.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
        colour_bar(image, row[-1], scale)
    for ax, of in zip(axes[2], datasets.values(), strict=True):
        _draw_aucs(ax, of.aucs)
    for column, (name, of) in zip(axes.T, datasets.items(), strict=True):
        column[0].set_title(name.replace("_", " "), fontsize=10)
        for ax in column:
            first = column[0] is axes[0, 0]
            ax.set_yticks(
                range(len(of.halves)),
                [typeset(method) for method in of.halves] if first else [],
                fontsize=7,
            )
    legend(
        figure,
        [
            Line2D([], [], **DOT, label="one half of the seeds"),
            Line2D([], [], color="grey", linestyle=":", label="chance"),
            Line2D([], [], color="grey", linestyle="--", label="threshold of C01 and C29"),
        ],
    )
    return figure


def _draw_aucs(ax, aucs):
    for row, pair in enumerate(aucs.values()):
        ax.plot(pair, [row] * len(pair), **DOT)
    ax.axvline(0.5, color="grey", linestyle=":", linewidth=1)
    ax.axvline(THRESHOLD, color="grey", linestyle="--", linewidth=1)
    ax.set(xlim=(0, 1.02), ylim=(len(aucs) - 0.5, -0.5))
    ax.set_xlabel("AUC for the mis-classified region", fontsize=8)
    ax.tick_params(axis="x", labelsize=7)

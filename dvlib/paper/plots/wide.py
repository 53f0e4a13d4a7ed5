"""Plots of the extensions on wide tables: the paper's claim in ten dimensions, and noisy labels."""

import numpy as np
from matplotlib.lines import Line2D

from dvlib.paper.drawing.look import NOISE_LOOKS, RIGHT, WRONG, legend, own_look, panels_of

REMOVAL = (
    "out of sample", "mean P(label)", "Shapley, 2,000 clean, log-likelihood",
    "KNN-Shapley, 2,000 clean", "random",
)  # fmt: skip


@own_look
def ten_dimension_panels(study):
    """Value against f_X and against g of each candidate beside 1 − P, first sample of each set.

    Parameters
    ----------
    study : dvlib.paper.studies.ten_dimensions.WideStudy

    Returns
    -------
    Drawing
    """
    figure, axes = panels_of(
        2 * len(study.samples), len(study.samples), size=4.8, dpi=85, height=0.7
    )
    figure.colours = 256
    for k, (name, of) in enumerate(study.samples.items()):
        one, column = of[0], axes[k :: len(study.samples)]
        shown = (
            (one.by_seed("centred").mean(1), "soft dv to $f_X$, without the shift"),
            (one.nearer.mean(1), "nearer to g, in soft dv"),
        )
        for ax, (values, words) in zip(column, shown, strict=True):
            for wrong, colour, marker in ((False, RIGHT, "o"), (True, WRONG, "^")):
                here = one.wrong == wrong
                ax.scatter(
                    one.unlikely.mean(1)[here], values[here], s=16, color=colour, marker=marker,
                    alpha=0.7, linewidths=0,
                )  # fmt: skip
            if min(values) < 0 < max(values):
                ax.axhline(0, color="black", linewidth=0.6)
            ax.set_title(f"{name}: AUC {one.auc(values):.2f}", fontsize=10)
            ax.set_xlabel("1 − P of the label")
            ax.set_ylabel(words)
    handles = [
        Line2D([], [], linestyle="", marker=marker, color=colour, label=f"candidate that {words}")
        for colour, marker, words in (
            (RIGHT, "o", "$f_X$ labels as g"), (WRONG, "^", "$f_X$ mis-classifies"),
        )
    ]  # fmt: skip
    legend(figure, handles)
    return figure


@own_look
def noisy_label_panels(study):
    """AUC by number of fits, and accuracy as rows are left out, one column per data set.

    Parameters
    ----------
    study : dvlib.paper.studies.noisy_labels.NoisyStudy

    Returns
    -------
    Drawing
    """
    scores, removal = study.scores, study.removal
    names = list(study.samples)
    figure, axes = panels_of(2 * len(names), len(names), size=5.2, dpi=85, height=0.72)
    figure.colours = 256
    for ax, name in zip(axes, names, strict=False):
        _by_fits(ax, scores.query("dataset == @name"))
        ax.set_title(f"{name}: who finds the changed labels?", fontsize=10)
    for ax, name in zip(axes[len(names) :], names, strict=True):
        _by_share(ax, removal.query("dataset == @name"))
        ax.set_title(f"{name}: lowest (filled) or highest left out", fontsize=10)
    handles = [
        Line2D([], [], color=colour, marker=marker, linestyle=line, markersize=5, label=method)
        for method, (colour, marker, line) in NOISE_LOOKS.items()
    ]
    legend(figure, handles)
    return figure


def _by_fits(ax, scores):
    """AUC of each method against its number of fits; those without fits stand at the left."""
    for method, (colour, marker, line) in NOISE_LOOKS.items():
        of = scores[scores["method"] == method].sort_values("fits")
        at = np.where(of["fits"] == 0, 0.3, of["fits"])
        ax.plot(at, of["AUC"], color=colour, marker=marker, linestyle=line, markersize=5)
    ax.axhline(0.5, color="black", linewidth=0.6)
    ax.set_xscale("log")
    ticks = {0.3: "none", 1: "1", 10: "10", 100: "100", 600: "600"}
    ax.set_xticks(list(ticks), list(ticks.values()))
    ax.minorticks_off()
    ax.set_xlabel("fits")
    ax.set_ylabel("AUC for the changed labels")


def _by_share(ax, removal):
    """Accuracy on clean labels against the share of rows that are left out."""
    all_rows = removal.loc[removal["method"] == "", "accuracy"].iloc[0]
    for method in REMOVAL:
        colour, marker, line = NOISE_LOOKS[method]
        for end, fill in (("lowest", colour), ("highest", "white")):
            of = removal[(removal["method"] == method) & (removal["end"] == end)]
            ax.plot(
                [0, *of["share"]], [all_rows, *of["accuracy"]], color=colour, marker=marker,
                linestyle=line or "-.", markersize=5, markerfacecolor=fill,
            )  # fmt: skip
    ax.set_xlabel("share of the rows left out")
    ax.set_ylabel("accuracy on clean labels")

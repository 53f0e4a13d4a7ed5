"""Extension 3: how far methods agree, with each other and with themselves."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from dvlib.data.datasets import PAPERS
from dvlib.methods.agreement import Agreement, agreement
from dvlib.methods.sample import begin_dvrl
from dvlib.paper.drawing.look import DOT, ink, legend, own_look, panels_of, typeset
from dvlib.paper.drawing.scales import Scale, colour_bar, meaning_of
from dvlib.paper.figures.comparison import OTHERS_EVERY, at_chosen, coarse_points
from dvlib.paper.figures.leave_one_out import auc_of
from dvlib.paper.judging.claim import Group, claim_by_reference
from dvlib.paper.table import Table
from dvlib.refits.workers import side_by_side

DROPOUT = "Monte-Carlo dropout"
THRESHOLD = 0.9  # of C01 and C29


@dataclass(frozen=True, eq=False)
class MethodAgreement:
    """One data set: `halves[method]` are the DataValues of a sample from either half of the seeds,
    `agreement` compares them on the coarse grid, `aucs[method]` are theirs for the regions."""

    halves: dict
    agreement: Agreement
    aucs: dict

    def table(self):
        """The Table of the pairs of methods, then of each method's AUC, mean of both halves."""
        means = [(name, np.mean(pair)) for name, pair in self.aucs.items()]
        aucs = pd.DataFrame(means, columns=["method", "auc"])
        frame = pd.concat([self.agreement.to_frame(), aucs], ignore_index=True)
        # By the name of a method whose numbers depend on the processor, else by none.
        unsteady = {name for name in ("DVRL", "dropout") if name in self.halves}
        kind = {name: self.halves[name][0].kind for name in unsteady}
        return Table(frame, kind | {"": "agreement"})


def samples_of_every_set(settings, methods):
    """`n_data_seeds` samples of each of the paper's data sets: a dict of data set → list of Sample.

    All are valued at the points where methods are compared (`comparison.at_chosen`). The first of
    each data set is what `compare` reads. `methods` is a dict of name → Recipe.
    """
    return {
        name: [
            at_chosen(sample, OTHERS_EVERY if k else settings.shapley_every)
            for k, sample in enumerate(settings.samples(name, methods=methods))
        ]
        for name in PAPERS
    }


def compare(samples, every):
    """Agreement of all recipes on the first sample of each data set: a dict of MethodAgreement.

    The two halves of a sample share no seed: their difference is the noise of a method. Values are
    compared at each `every`-th row and column of the grid.
    """
    firsts = {name: first for name, (first, *_) in samples.items()}
    halves = [half for first in firsts.values() for half in first.halves]
    begin_dvrl(halves)
    slow = [name for name, recipe in halves[0].methods.items() if recipe.method.name == DROPOUT]
    # A network with dropout keeps one core busy.
    list(side_by_side(lambda half: [half.values[name] for name in slow], halves))
    compared = {}
    for name, first in firsts.items():
        values = {title: [half.values[title] for half in first.halves] for title in first.methods}
        coarse = coarse_points(first.grid, every)[first.where]
        numbers = {title: [half.values[coarse] for half in pair] for title, pair in values.items()}
        aucs = {title: [auc_of(half, title) for half in first.halves] for title in values}
        compared[name] = MethodAgreement(values, agreement(numbers), aucs)
    return compared


def tables(datasets):
    """What is saved: a Table for each data set."""
    return {name: compared.table() for name, compared in datasets.items()}


@claim_by_reference(
    "C29", "C29b", figure="ext03", study="every data set",
    says="on every data set the mis-classified points are the important ones, against REFERENCE",
    threshold="AUC of leave-one-out for the regions {AUC}, on each of four data sets",
    AUC="≥ 0.9",
)  # fmt: skip
def _important(sample, reference):
    """The measure of C01; call the claim with a dict of data set → samples.

    At first one claim asked for both references.
    """
    return {f"AUC against {reference}": auc_of(sample, f"leave-one-out, {reference}")}


important_on_every_data_set, important_on_every_data_set_to_f_X = _important


@own_look
def draw(datasets):
    """Rank correlations, overlaps of the top deciles and AUCs, one column per data set: a Drawing.

    `datasets` is a dict of name → MethodAgreement.
    """
    figure, axes = panels_of(3 * len(datasets), len(datasets), size=2.9, dpi=80, height=1.1)
    axes = axes.reshape(3, -1)
    for row, (name, low) in zip(axes, (("correlation", -1), ("overlap", 0)), strict=False):
        scale = Scale((low, 1), meaning_of("rank correlation" if low else name))
        for ax, compared in zip(row, datasets.values(), strict=True):
            table = getattr(compared.agreement, name)
            image = ax.imshow(table, cmap=scale.colours, norm=scale.norm, interpolation="nearest")
            for i, value in enumerate(np.diag(table)):
                if np.isfinite(value):
                    colour = ink(image.to_rgba(value)[:3])
                    ax.text(i, i, f"{value:.1f}", color=colour, ha="center", va="center", size=6)
            names = [*map(typeset, table.columns)]
            ax.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
        colour_bar(image, row[-1], scale)
    for ax, compared in zip(axes[2], datasets.values(), strict=True):
        for row, pair in enumerate(compared.aucs.values()):
            ax.plot(pair, [row] * len(pair), **DOT)
        ax.axvline(0.5, color="grey", linestyle=":", linewidth=1)
        ax.axvline(THRESHOLD, color="grey", linestyle="--", linewidth=1)
        ax.set(xlim=(0, 1.02), ylim=(len(compared.aucs) - 0.5, -0.5))
        ax.set_xlabel("AUC for the mis-classified region", fontsize=8)
        ax.tick_params(axis="x", labelsize=7)
    for column, (name, compared) in zip(axes.T, datasets.items(), strict=True):
        column[0].set_title(name.replace("_", " "), fontsize=10)
        names = [*map(typeset, compared.halves)]
        for ax in column:
            labels = names if column[0] is axes[0, 0] else []
            ax.set_yticks(range(len(names)), labels, fontsize=7)
    handles = [
        Line2D([], [], **DOT, label="one half of the seeds"),
        Line2D([], [], color="grey", linestyle=":", label="chance"),
        Line2D([], [], color="grey", linestyle="--", label="threshold of C01 and C29"),
    ]
    legend(figure, handles)
    return figure


def _samples(settings, count):
    """The claims need leave-one-out alone, in the batches of the figure of each data set. The noise
    of `noisy` is wrong labels: the claim on the reference (C02) leaves it out."""
    samples = {}
    for name in PAPERS:
        own = replace(settings, figure_id="fig01" if name == "two_clusters" else "fig13")
        samples[name] = [at_chosen(own.sample(k, name)) for k in range(count)]
    return [samples, {name: every for name, every in samples.items() if name != "noisy"}]


GROUPS = (
    # 7 s of processor time, of which `wide` shares most with the figures 12 to 14
    Group(("every data set", "noise-free"), "fig01", _samples, changes={"n_seeds": 2}),
)

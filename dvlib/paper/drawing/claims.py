"""Plots all claims in one picture."""

import textwrap

import numpy as np
from matplotlib.lines import Line2D

from dvlib.paper.drawing.look import STRIPE, VERDICT_COLOURS, Drawing, own_look, typeset
from dvlib.paper.judging.verdicts import (
    NOT,
    NOT_MEASURED,
    PARTLY,
    REPRODUCED,
    UNDECIDED,
    VERDICTS,
    few_samples,
)

# Colour, marker and letter each distinguish the verdicts.
MARKERS = {REPRODUCED: "o", PARTLY: "D", UNDECIDED: "s", NOT: "X", NOT_MEASURED: "P"}
ROW = 0.36  # inches
COLUMNS = 1.3, 1.65  # places of the verdicts in two regimes, right of the scale from -1 to 1


@own_look
def claims_panel(verdicts):
    """The deciding parts of each claim against their thresholds, one row per claim.

    Each part has a scale of its own; marks to the right of the line support the claim. Small marks
    are samples; the large mark is their mean, with its 95 % interval. Where claims were measured in
    two regimes, the parts are those of the first, and two columns have the verdicts of both.

    Parameters
    ----------
    verdicts : list of Verdict

    Returns
    -------
    Drawing
    """
    height = ROW * len(verdicts) + 1.0
    figure = Drawing(figsize=(12.4, height), dpi=90)
    figure.colours = 48
    ax = figure.add_axes([0.375, 0.75 / height, 0.24, 1 - 0.95 / height])
    for row, verdict in enumerate(verdicts):
        colour = VERDICT_COLOURS[verdict.verdict]
        for name in verdict.deciding:
            _draw_part(ax, row, verdict.parts[name], verdict, colour)
        ax.axhspan(row - 0.5, row + 0.5, color=STRIPE if row % 2 else "white", zorder=0)
        texts = {-4.4: verdict.claim.id, -4.12: wrapped(verdict.claim.says, 74),
                 COLUMNS[1] + 0.2 if verdict.beside else 1.14: _numbers(verdict)}  # fmt: skip
        for x, text in texts.items():
            ax.text(x, row, text, va="center", fontsize=7.5, clip_on=False)
        for x, one in zip(COLUMNS, (verdict, verdict.beside), strict=True):
            if verdict.beside:
                ax.plot(x, row, marker=MARKERS[one.verdict], color=VERDICT_COLOURS[one.verdict],
                        markersize=7, clip_on=False)  # fmt: skip
    for x, name in zip(COLUMNS, _regimes(verdicts), strict=False):
        ax.text(x, -0.6, name, ha="center", va="bottom", fontsize=7.5, clip_on=False)
    ax.axvline(0, color="black", linewidth=1)
    ax.set(xlim=(-1.08, 1.08), ylim=(len(verdicts) - 0.5, -0.5), yticks=[], xticks=[])
    ax.set_xlabel("← against the claim      threshold      for it →", fontsize=8)
    handles = [
        Line2D([], [], linestyle="", marker=MARKERS[name], color=VERDICT_COLOURS[name],
               label=f"{name} ({sum(v.verdict == name for v in verdicts)})")
        for name in VERDICTS
    ]  # fmt: skip
    figure.legend(
        handles=handles, loc="lower center", ncols=len(handles), frameon=False, fontsize=8
    )
    return figure


def _regimes(verdicts):
    """Names of the two regimes, () where the claims were measured in one."""
    both = next((v for v in verdicts if v.beside), None)
    return (both.regime, both.beside.regime) if both else ()


def _draw_part(ax, row, part, verdict, colour):
    toward = 1 if part.side in "≥>" else -1
    low, high = sorted(toward * (np.array(part.interval) - part.threshold))
    margins, mean = part.margins, part.margins.mean()
    ends = [*margins, *(end for end in (low, high) if np.isfinite(end))]
    scale = max(map(abs, ends)) or 1.0
    ax.scatter(margins / scale, np.full(len(margins), row), s=9, color=colour, alpha=0.35,
               linewidths=0)  # fmt: skip
    if np.isfinite(low):
        ax.plot([low / scale, high / scale], [row, row], color=colour, linewidth=2)
    ax.plot(mean / scale, row, marker=MARKERS[verdict.verdict], color=colour, markersize=6,
            markeredgecolor="white", markeredgewidth=0.5)  # fmt: skip


def _numbers(verdict):
    # The names of many undecided parts would run into the next row; the CSV file has them.
    measured, *undecided = verdict.measured.split("; undecided: ")
    words = f"{_count(verdict)}. {measured}{'; others are undecided' if undecided else ''}"
    if (other := verdict.beside) and other.verdict != verdict.verdict:
        words += f". {other.regime}: {_count(other)}"
    return wrapped(words, 64)


def _count(verdict):
    few = few_samples(verdict.n_samples) or f"{verdict.n_samples} samples"
    return f"{verdict.verdict}, {few}"


def wrapped(text, width):
    return typeset("\n".join(textwrap.wrap(text, width)))

"""Draws which statement holds in which of the settings that were tried."""

import textwrap

import numpy as np

from dvlib.paper.drawing.look import Drawing, ink, own_look, typeset
from dvlib.paper.drawing.scales import Scale, colour_bar, meaning_of
from dvlib.paper.unstated.defaults import FAMILIES
from dvlib.paper.unstated.settings_space import WIDE
from dvlib.paper.unstated.statements import STATEMENTS, halves

ROW, COLUMN = 0.2, 0.36  # inches
LEFT, ABOVE, BELOW, RIGHT = 4.2, 2.7, 0.35, 1.4


@own_look
def setting_panel(study):
    """The share of samples in which each statement holds, one row per setting that was tried.

    White is half of the samples. Settings of the grid stand above, random ones below, by their
    score on half A. A dot marks the settings that are compatible with half A.

    Parameters
    ----------
    study : dvlib.paper.unstated.study.UnstatedStudy

    Returns
    -------
    Drawing
    """
    drawn = sorted(study.drawn, key=lambda one: -study.score(one, "A", study.first))
    rows = [*study.grid, *drawn]
    shares = np.array([study.shares(one) for one in rows])
    width = LEFT + COLUMN * len(STATEMENTS) + RIGHT
    height = ABOVE + ROW * len(rows) + BELOW
    figure = Drawing(figsize=(width, height), dpi=100)
    figure.colours = 256
    ax = figure.add_axes(
        [LEFT / width, BELOW / height, 1 - (LEFT + RIGHT) / width, 1 - (ABOVE + BELOW) / height]
    )
    scale = Scale((-0.5, 0.5), meaning_of("statements"))
    image = ax.imshow(shares - 0.5, cmap=scale.colours, norm=scale.norm, aspect="auto")
    for (i, j), share in np.ndenumerate(shares):
        ax.text(j, i, f"{100 * share:.0f}", ha="center", va="center", fontsize=5.5,
                color=ink(scale.colours(share)))  # fmt: skip
    ax.set_yticks(range(len(rows)), [_name(study, one) for one in rows], fontsize=7)
    bold = (WIDE, *(default for _, default in FAMILIES.values()))
    for label, one in zip(ax.get_yticklabels(), rows, strict=True):
        label.set_weight("bold" if one in bold else "normal")
    half = {name: which for which, names in halves().items() for name in names}
    words = [
        typeset(textwrap.fill(f"{name} {half[name]}, Fig. {one.figure}: {one.says}", 46))
        for name, one in STATEMENTS.items()
    ]
    ax.xaxis.tick_top()
    ax.set_xticks(range(len(words)), words, fontsize=6.5, rotation=90)  # fmt: skip
    ax.tick_params(length=0)
    if drawn:
        ax.axhline(len(study.grid) - 0.5, color="black", linewidth=1.5)
    figures = [one.figure for one in STATEMENTS.values()]
    for j in range(1, len(figures)):
        if figures[j] != figures[j - 1]:
            ax.axvline(j - 0.5, color="black", linewidth=0.8)
    colour_bar(image, ax, scale)
    ax.set_xlabel("numbers in %;  • compatible with half A;  bold: the library defaults, and "
                  "regime wide", fontsize=7)  # fmt: skip
    return figure


def _name(study, setting):
    return f"{setting}{'  •' if study.is_compatible(setting) else ''}"

"""Searches the declared space: which settings are compatible, how sharply, and what follows.

Every setting of the whole grid of the two main axes, and every random one, is measured on the first
samples. Then every grid setting, and the best random ones, are measured on fresh samples. Half A of
the statements on the first samples chooses; half B on the fresh samples judges the choice.
"""

import textwrap
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from dvlib.methods.agreement import rank_correlation
from dvlib.paper.drawing import look
from dvlib.paper.drawing.scales import Scale, colour_bar, meaning_of
from dvlib.paper.judging.parts import bootstrap_interval, wilson_interval
from dvlib.paper.unstated import settings_space as space
from dvlib.paper.unstated.evidence import gather
from dvlib.paper.unstated.settings_space import EXPECTED, FAMILIES, ONE_FOR_ALL, WIDE
from dvlib.paper.unstated.statements import HOLDS, STATEMENTS, halves
from dvlib.refits.progress import progress_bar

BEST_RANDOM = 3  # random settings that are measured on fresh samples, too
ROW, COLUMN = 0.2, 0.36  # inches
LEFT, ABOVE, BELOW, RIGHT = 4.2, 2.7, 0.35, 1.4


@dataclass(frozen=True, eq=False)
class UnstatedStudy:
    """Numbers of every statement in every setting that was tried."""

    grid: list  # of Setting
    drawn: list  # random ones
    numbers: dict  # (setting, sample) → dict of statement id → number
    first: range  # samples that choose
    fresh: range  # samples that judge
    kind = "verdicts"

    @property
    def tried(self):
        return [*self.grid, *self.drawn]

    @property
    def tested(self):
        """The settings that were measured on fresh samples, too."""
        return [setting for setting in self.tried if (setting, self.fresh[0]) in self.numbers]

    def held(self, setting, names, samples):
        """Whether each statement holds in each sample, bool (samples, statements)."""
        return np.array(
            [[STATEMENTS[name].holds(self.numbers[setting, k][name]) for name in names]
             for k in samples]
        )  # fmt: skip

    def shares(self, setting, samples=None):
        """Share of the samples in which each statement holds, (statements,), in their order.

        `samples` None = all samples on which the setting was measured.
        """
        samples = self._samples_of(setting) if samples is None else samples
        return self.held(setting, STATEMENTS, samples).mean(0)

    def _samples_of(self, setting):
        return [k for k in (*self.first, *self.fresh) if (setting, k) in self.numbers]

    def score(self, setting, half, samples):
        """Mean share of a half's statements that hold, "A" or "B"."""
        return self.held(setting, halves()[half], samples).mean()

    def ranked(self, settings):
        """Settings by their score on half A and the first samples, the highest first: a list."""
        return sorted(settings, key=lambda setting: -self.score(setting, "A", self.first))

    def difference(self, setting, other, names, samples):
        """Score of one setting less that of another: mean, and the ends of its 95 % interval.

        The interval is a bootstrap over samples; its ends are nan for fewer than two.
        """
        held, other_held = (self.held(s, names, samples) for s in (setting, other))
        apart = (held * 1.0 - other_held).mean(1)
        return (apart.mean(), *bootstrap_interval(apart))

    @cached_property
    def chosen(self):
        """The first of `ranked`, and of ties."""
        return self.ranked(self.tried)[0]

    def is_compatible(self, setting):
        """Whether a setting is no worse than the chosen one, on half A and the first samples.

        The interval of the difference then reaches 0. With one sample, only ties are compatible.
        """
        mean, low, _ = self.difference(self.chosen, setting, halves()["A"], self.first)
        return bool(mean <= 0 or low <= 0)

    @cached_property
    def table(self):
        """One row per setting that was tried, the highest score on half A first."""
        rows = []
        for setting in self.ranked(self.tried):
            shares, tested = self.shares(setting), setting in self.tested
            scores = {
                f"half {half}, {name}": self.score(setting, half, samples) if known else np.nan
                for name, samples, known in (
                    ("first", self.first, True), ("fresh", self.fresh, tested),
                )
                for half in "AB"
            }  # fmt: skip
            rows.append({
                "setting": str(setting), "search": self._search(setting), **scores,
                "compatible": "yes" if self.is_compatible(setting) else "no",
                "statements that hold": f"{(shares >= HOLDS).sum()} of {len(shares)}",
            })  # fmt: skip
        return pd.DataFrame(rows).set_index("setting").round(3)

    def _search(self, setting):
        return "grid" if setting in self.grid else "random"

    @cached_property
    def statement_table(self):
        """One row per statement: its half, where it holds, and its share in both regimes."""
        shares = {setting: self.shares(setting) for setting in self.tried}
        half, rows = _half_by_statement(), {}
        for j, (name, statement) in enumerate(STATEMENTS.items()):
            best = max(self.tried, key=lambda setting: shares[setting][j])
            rows[name] = {
                "figure": statement.figure, "half": half[name], "statement": statement.says,
                "limit": f"{statement.side} {statement.limit:g}",
                "settings where it holds":
                    f"{sum(held[j] >= HOLDS for held in shares.values())} of {len(shares)}",
                "best setting": f"{best} ({shares[best][j]:.0%})",
                "regime wide": self._with_interval(WIDE, name),
                "regime library": self._with_interval(space.default_of(statement.figure), name),
            }  # fmt: skip
        return pd.DataFrame(rows).T.rename_axis("statement id")

    def _with_interval(self, setting, name):
        """Share of all samples in which a statement holds, with its 95 % Wilson interval."""
        held = self.held(setting, [name], self._samples_of(setting)).ravel()
        low, high = wilson_interval(held)
        return f"{held.mean():.0%} ({low:.0%} to {high:.0%})"

    @property
    def unsatisfied(self):
        """Statements that hold in no setting that was tried, a list of ids."""
        best = np.max([self.shares(setting) for setting in self.tried], axis=0)
        return [name for name, share in zip(STATEMENTS, best, strict=True) if share < HOLDS]

    @cached_property
    def recommended(self):
        """The rule of `settings_space.py` applied: a row per family of figures."""
        figures, rows = sorted({statement.figure for statement in STATEMENTS.values()}), {}
        families = FAMILIES | {"one setting for all": (figures, ONE_FOR_ALL)}
        for family, (figures, default) in families.items():
            names = [name for name, statement in STATEMENTS.items() if statement.figure in figures]
            mean, low, high = self.difference(default, WIDE, names, self.fresh)
            rows[family] = {
                "figures": ", ".join(map(str, figures)), "library defaults": str(default),
                "share that holds": self.held(default, names, self.fresh).mean(),
                "regime wide": self.held(WIDE, names, self.fresh).mean(),
                "difference": _with_ends(mean, low, high),
                str(ONE_FOR_ALL): self.held(ONE_FOR_ALL, names, self.fresh).mean(),
                "rule": "regime wide" if high < 0 else "library defaults",
            }  # fmt: skip
        return pd.DataFrame(rows).T.rename_axis("family")

    @cached_property
    def expectations(self):
        """What was expected before the search, what was measured, and whether it is so."""
        a, b = ([self.score(setting, half, samples) for setting in self.grid]
                for half, samples in (("A", self.first), ("B", self.fresh)))  # fmt: skip
        agreement = rank_correlation(a, b)
        gain, low, high = self.difference(self.chosen, WIDE, halves()["B"], self.fresh)
        complete = [setting for setting in self.tried if (self.shares(setting) >= HOLDS).all()]
        scatter = {
            batch: np.mean([
                self.held(setting, ("S21", "S23"), self._samples_of(setting)).mean()
                for setting in self.grid
                if (setting.cluster_std, setting.batch_size) == (1.0, batch)
            ])
            for batch in (32, 200)
        }  # fmt: skip
        in_grid, at_random = (
            max((self.score(setting, "A", self.first) for setting in settings), default=np.nan)
            for settings in (self.grid, self.drawn)
        )
        results = (
            (f"{self.chosen}: {_with_ends(gain, low, high)}",
             bool(low > 0) if np.isfinite(low) else None),
            (f"{agreement:.2f}", agreement >= 0.5),
            ("yes" if self.is_compatible(ONE_FOR_ALL) else "no", self.is_compatible(ONE_FOR_ALL)),
            (f"{len(complete)} of {len(self.tried)} do", not complete),
            (f"{scatter[200]:.0%} with 200, {scatter[32]:.0%} with 32", scatter[200] > scatter[32]),
            (f"random {at_random:.3f}, grid {in_grid:.3f}", at_random - in_grid <= 0.05),
        )  # fmt: skip
        answers = {True: "yes", False: "no", None: "not measured"}
        rows = [(words, measured, answers[so])
                for words, (measured, so) in zip(EXPECTED, results, strict=True)]  # fmt: skip
        return pd.DataFrame(rows, columns=["expected", "measured", "so"])

    @property
    def answer(self):
        """The answer in a paragraph, with the numbers of this run."""
        compatible = [str(setting) for setting in self.tried if self.is_compatible(setting)]
        gain, low, high = self.difference(self.chosen, WIDE, halves()["B"], self.fresh)
        count = (self.shares(self.chosen) >= HOLDS).sum()
        missing = ", ".join(self.unsatisfied) or "none"
        return (
            f"Of {len(self.tried)} settings, {self.chosen} fits half A best "
            f"({self.score(self.chosen, 'A', self.first):.3f}; regime wide, {WIDE}, "
            f"{self.score(WIDE, 'A', self.first):.3f}). On half B and fresh samples it differs "
            f"from regime wide by {_with_ends(gain, low, high)}. {count} of "
            f"{len(STATEMENTS)} statements hold there in at least {HOLDS:.0%} of the samples. "
            f"Compatible with half A: {'; '.join(compatible)}. "
            f"Statements that no setting satisfies: {missing}."
        )

    def to_frame(self):
        """A pandas table with one row per setting and statement: the share in each set of samples,
        and the median number."""
        lines = []
        for setting in self.tried:
            for j, name in enumerate(STATEMENTS):
                numbers = [self.numbers[setting, k][name] for k in self._samples_of(setting)]
                numbers = [number for number in numbers if np.isfinite(number)]
                fresh = self.shares(setting, self.fresh)[j] if setting in self.tested else np.nan
                lines.append(vars(setting) | {
                    "search": self._search(setting), "statement": name,
                    "first": self.shares(setting, self.first)[j], "fresh": fresh,
                    "median": np.median(numbers) if numbers else np.nan, "measured": len(numbers),
                })  # fmt: skip
        return pd.DataFrame(lines)


def _with_ends(mean, low, high):
    """A difference with the ends of its interval, in words; one sample has no interval."""
    ends = f"{low:+.3f} to {high:+.3f}" if np.isfinite(low) else "one sample: no interval"
    return f"{mean:+.3f} ({ends})"


def search_settings(settings):
    """Measure the settings of the space on samples and fresh samples, resumably: an UnstatedStudy.

    The notebook's `settings` have `n_data_seeds` samples in each of the two sets, `n_random` random
    settings, and `whole_grid`.
    """
    grid, count = space.grid_settings(settings.whole_grid), settings.n_data_seeds
    drawn = space.random_settings(settings.n_random, settings.seed)
    drawn = [setting for setting in drawn if setting not in grid]
    first, fresh = range(count), range(count, 2 * count)
    study = UnstatedStudy(grid, drawn, {}, first, fresh)
    n_pairs = (2 * len(grid) + len(drawn) + min(BEST_RANDOM, len(drawn))) * count
    with progress_bar(n_pairs, "settings × samples", "sample") as bar:

        def measure(chosen, samples):
            for setting, k in product(chosen, samples):
                bar.set_postfix_str(str(setting))
                study.numbers[setting, k] = measured(gather(setting, settings, k))
                bar.update()

        # The grid comes first, with both sets of samples: a stopped search has its answer.
        measure(grid, first)
        measure(grid, fresh)
        measure(drawn, first)
        measure(study.ranked(drawn)[:BEST_RANDOM], fresh)
    return study


def measured(seen):
    """The number of every statement, from an Evidence: a dict of id → float."""
    return {name: float(statement.measure(seen)) for name, statement in STATEMENTS.items()}


@look.own_look
def setting_panel(study):
    """The share of samples in which each statement holds, one row per setting that was tried.

    White is half of the samples. Settings of the grid stand above, random ones below, by their
    score on half A. A dot marks the settings that are compatible with half A. Returns a Drawing.
    """
    rows = [*study.grid, *study.ranked(study.drawn)]
    shares = np.array([study.shares(setting) for setting in rows])
    width = LEFT + COLUMN * len(STATEMENTS) + RIGHT
    height = ABOVE + ROW * len(rows) + BELOW
    figure = look.Drawing(figsize=(width, height), dpi=100)
    figure.colours = 256
    across, up = 1 - (LEFT + RIGHT) / width, 1 - (ABOVE + BELOW) / height
    ax = figure.add_axes([LEFT / width, BELOW / height, across, up])
    scale = Scale((-0.5, 0.5), meaning_of("statements"))
    image = ax.imshow(shares - 0.5, cmap=scale.colours, norm=scale.norm, aspect="auto")
    for (i, j), share in np.ndenumerate(shares):
        ax.text(j, i, f"{100 * share:.0f}", ha="center", va="center", fontsize=5.5,
                color=look.ink(scale.colours(share)))  # fmt: skip
    names = [f"{setting}{'  •' if study.is_compatible(setting) else ''}" for setting in rows]
    ax.set_yticks(range(len(rows)), names, fontsize=7)
    bold = (WIDE, *(default for _, default in FAMILIES.values()))
    for label, setting in zip(ax.get_yticklabels(), rows, strict=True):
        label.set_weight("bold" if setting in bold else "normal")
    half = _half_by_statement()
    words = [f"{name} {half[name]}, Fig. {statement.figure}: {statement.says}"
             for name, statement in STATEMENTS.items()]  # fmt: skip
    words = [look.typeset(textwrap.fill(text, 46)) for text in words]
    ax.xaxis.tick_top()
    ax.set_xticks(range(len(words)), words, fontsize=6.5, rotation=90)
    ax.tick_params(length=0)
    if study.drawn:
        ax.axhline(len(study.grid) - 0.5, color="black", linewidth=1.5)
    figures = np.array([statement.figure for statement in STATEMENTS.values()])
    for j in np.flatnonzero(np.diff(figures)):
        ax.axvline(j + 0.5, color="black", linewidth=0.8)
    colour_bar(image, ax, scale)
    ax.set_xlabel("numbers in %;  • compatible with half A;  bold: the library defaults, and "
                  "regime wide", fontsize=7)  # fmt: skip
    return figure


def _half_by_statement():
    return {name: half for half, names in halves().items() for name in names}

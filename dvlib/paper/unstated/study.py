"""The result of the search: which settings are compatible, how sharply, and what follows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dvlib.methods.agreement import rank_correlation
from dvlib.paper.judging.parts import bootstrap_interval, wilson_interval
from dvlib.paper.unstated.defaults import EXPECTED, FAMILIES, ONE_FOR_ALL, default_of
from dvlib.paper.unstated.settings_space import WIDE
from dvlib.paper.unstated.statements import HOLDS, STATEMENTS, halves


@dataclass(frozen=True, eq=False)
class UnstatedStudy:
    """Numbers of every statement in every setting that was tried.

    Attributes
    ----------
    grid, drawn : lists of Setting, those of the grid and the random ones
    numbers : dict of (setting, sample) → dict of statement id → number
    first, fresh : ranges of samples: the ones that choose, and the ones that judge
    """

    grid: list
    drawn: list
    numbers: dict
    first: range
    fresh: range
    kind = "verdicts"

    @property
    def tried(self):
        return [*self.grid, *self.drawn]

    @property
    def tested(self):
        """The settings that were measured on fresh samples, too."""
        return [one for one in self.tried if (one, self.fresh[0]) in self.numbers]

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

    def difference(self, one, other, names, samples):
        """Score of one setting less that of another: mean, and the ends of its 95 % interval.

        The interval is a bootstrap over samples; its ends are nan for fewer than two.
        """
        apart = (self.held(one, names, samples) * 1.0 - self.held(other, names, samples)).mean(1)
        return (apart.mean(), *bootstrap_interval(apart))

    @cached_property
    def chosen(self):
        """The setting with the highest score on half A and the first samples; the first of ties."""
        return max(self.tried, key=lambda one: self.score(one, "A", self.first))

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
        for one in sorted(self.tried, key=lambda one: -self.score(one, "A", self.first)):
            shares = self.shares(one)
            rows.append({
                "setting": str(one),
                "search": "grid" if one in self.grid else "random",
                "half A, first": self.score(one, "A", self.first),
                "half B, first": self.score(one, "B", self.first),
                "half A, fresh": self._fresh(one, "A"),
                "half B, fresh": self._fresh(one, "B"),
                "compatible": "yes" if self.is_compatible(one) else "no",
                "statements that hold": f"{(shares >= HOLDS).sum()} of {len(shares)}",
            })  # fmt: skip
        return pd.DataFrame(rows).set_index("setting").round(3)

    def _fresh(self, setting, half):
        return self.score(setting, half, self.fresh) if setting in self.tested else np.nan

    @cached_property
    def statement_table(self):
        """One row per statement: its half, where it holds, and its share in both regimes."""
        shares = {one: self.shares(one) for one in self.tried}
        half = {name: which for which, names in halves().items() for name in names}
        rows = {}
        for j, (name, one) in enumerate(STATEMENTS.items()):
            best = max(self.tried, key=lambda setting: shares[setting][j])
            rows[name] = {
                "figure": one.figure, "half": half[name], "statement": one.says,
                "limit": f"{one.side} {one.limit:g}",
                "settings where it holds":
                    f"{sum(of[j] >= HOLDS for of in shares.values())} of {len(shares)}",
                "best setting": f"{best} ({shares[best][j]:.0%})",
                "regime wide": self._with_interval(WIDE, name),
                "regime library": self._with_interval(default_of(one.figure), name),
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
        best = np.max([self.shares(one) for one in self.tried], axis=0)
        return [name for name, share in zip(STATEMENTS, best, strict=True) if share < HOLDS]

    @cached_property
    def recommended(self):
        """The rule of `defaults.py` applied: a row per family of figures."""
        families = {name: (figures, default) for name, (figures, default) in FAMILIES.items()}
        every = tuple(sorted({one.figure for one in STATEMENTS.values()}))
        families["one setting for all"] = (every, ONE_FOR_ALL)
        rows = {}
        for family, (figures, default) in families.items():
            names = [name for name, one in STATEMENTS.items() if one.figure in figures]
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
        a, b = ([self.score(one, half, samples) for one in self.grid]
                for half, samples in (("A", self.first), ("B", self.fresh)))  # fmt: skip
        agreement = rank_correlation(a, b)
        gain, low, high = self.difference(self.chosen, WIDE, halves()["B"], self.fresh)
        complete = [one for one in self.tried if (self.shares(one) >= HOLDS).all()]
        scatter = {batch: np.mean([self.held(one, ("S21", "S23"), self._samples_of(one)).mean()
                                   for one in self.grid
                                   if (one.cluster_std, one.batch_size) == (1.0, batch)])
                   for batch in (32, 200)}  # fmt: skip
        best = {name: max((self.score(one, "A", self.first) for one in some), default=np.nan)
                for name, some in (("grid", self.grid), ("random", self.drawn))}  # fmt: skip
        found = (
            (f"{self.chosen}: {_with_ends(gain, low, high)}",
             bool(low > 0) if np.isfinite(low) else None),
            (f"{agreement:.2f}", agreement >= 0.5),
            ("yes" if self.is_compatible(ONE_FOR_ALL) else "no", self.is_compatible(ONE_FOR_ALL)),
            (f"{len(complete)} of {len(self.tried)} do", not complete),
            (f"{scatter[200]:.0%} with 200, {scatter[32]:.0%} with 32", scatter[200] > scatter[32]),
            (f"random {best['random']:.3f}, grid {best['grid']:.3f}",
             best["random"] - best["grid"] <= 0.05),
        )  # fmt: skip
        words_of = {True: "yes", False: "no", None: "not measured"}
        rows = [{"expected": words, "measured": measured, "so": words_of[so]}
                for words, (measured, so) in zip(EXPECTED, found, strict=True)]  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def answer(self):
        """The answer in a paragraph, with the numbers of this run."""
        compatible = [str(one) for one in self.tried if self.is_compatible(one)]
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
        for one in self.tried:
            for j, name in enumerate(STATEMENTS):
                of_all = [self.numbers[one, k][name] for k in self._samples_of(one)]
                of_all = [number for number in of_all if np.isfinite(number)]
                fresh = self.shares(one, self.fresh)[j] if one in self.tested else np.nan
                lines.append(vars(one) | {
                    "search": "grid" if one in self.grid else "random", "statement": name,
                    "first": self.shares(one, self.first)[j], "fresh": fresh,
                    "median": np.median(of_all) if of_all else np.nan, "measured": len(of_all),
                })  # fmt: skip
        return pd.DataFrame(lines)


def _with_ends(mean, low, high):
    """A difference with the ends of its interval, in words; one sample has no interval."""
    ends = f"{low:+.3f} to {high:+.3f}" if np.isfinite(low) else "one sample: no interval"
    return f"{mean:+.3f} ({ends})"

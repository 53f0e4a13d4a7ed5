"""Verdicts on claims, from one sample or several.

A claim consists of parts. A part is a number that is measured on every sample, and the side of a
threshold on which it has to lie.
"""

import operator
import textwrap
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from dvlib.paper.tables import Table

REPRODUCED, PARTLY, NOT = "reproduced", "partly", "not reproduced"
UNSTABLE = "unstable"  # differs between samples of the data set
NOT_MEASURED = "not measured"  # the preset's grid or seeds do not allow it
VERDICTS = (REPRODUCED, PARTLY, UNSTABLE, NOT, NOT_MEASURED)
MOST, FEW = 0.8, 0.2  # a part holds if it does in MOST samples, and fails if in at most FEW
CONFIDENCE = 0.95
_SIDES = {"≥": operator.ge, ">": operator.gt, "≤": operator.le, "<": operator.lt}


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a claim: `values` (samples,), nan where it could not be measured.

    The part holds where `values side threshold`, and loosely where `values loose_side loose`.
    Without `loose_side`, `side` stands in its place; without `loose`, there is no loose threshold.
    """

    values: np.ndarray
    side: str
    threshold: float
    loose: float | None = None
    loose_side: str | None = None

    def __post_init__(self):
        if not {self.side, self.loose_side or self.side} <= _SIDES.keys():
            sides = f"{self.side!r} {self.loose_side or ''}"
            raise ValueError(f"side {sides}: give one of {', '.join(_SIDES)}")
        values = np.atleast_1d(np.asarray(self.values, float))
        object.__setattr__(self, "values", values)

    @property
    def measured(self):
        """The values that could be measured."""
        return self.values[np.isfinite(self.values)]

    @property
    def mean(self):
        return _mean(self.values)

    @property
    def interval(self):
        """95 % interval of the mean over samples (Student's t); nan below two samples."""
        values = self.measured
        if len(values) < 2:
            return np.nan, np.nan
        from scipy.stats import t as student

        half = student.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * values.std(ddof=1)
        half /= np.sqrt(len(values))
        return float(values.mean() - half), float(values.mean() + half)

    @property
    def share(self):
        """Share of the measured samples in which the part holds; nan if there are none."""
        return self._share(self.side, self.threshold)

    @property
    def loose_share(self):
        if self.loose is None:
            return self.share
        return self._share(self.loose_side or self.side, self.loose)

    @property
    def margins(self):
        """Distance of each measured value from the threshold; negative on the failing side."""
        return (self.measured - self.threshold) * (1 if self.side in "≥>" else -1)

    @property
    def margin(self):
        """Mean margin in standard deviations over the samples; nan below two samples.

        If all samples have the same value it is infinite, or 0 at the threshold itself.
        """
        if len(self.margins) < 2:
            return np.nan
        mean, spread = self.margins.mean(), self.margins.std(ddof=1)
        return float(mean / spread) if spread else float(np.sign(mean)) * np.inf if mean else 0.0

    def _share(self, side, threshold):
        values = self.measured
        return float(_SIDES[side](values, threshold).mean()) if len(values) else np.nan

    def __str__(self):
        low, high = self.interval
        interval = f" [{low:.3g}, {high:.3g}]" if np.isfinite(low) else ""
        return f"{self.mean:.3g}{interval} {self.side} {self.threshold:.3g}"


@dataclass(frozen=True, eq=False)
class Verdict:
    """The result for a claim. `others` has further numbers by name: arrays (samples,)."""

    claim: object  # dvlib.paper.claims.claim.Claim
    verdict: str
    parts: dict
    others: dict

    def __str__(self):
        first = f"{self.claim.id}  {self.verdict}: {self.claim.says}"
        lines = [textwrap.wrap(text, 90) for text in (first, f"threshold: {self.claim.threshold}")]
        return "\n     ".join(chain(*lines))

    @property
    def n_samples(self):
        """Number of samples of the part that was measured on the most samples."""
        return max((len(part.measured) for part in self.parts.values()), default=0)

    @property
    def numbers(self):
        """Means over the samples, and for parts the share of samples in which they hold."""
        means = {name: part.mean for name, part in self.parts.items()}
        means |= {name: _mean(values) for name, values in self.others.items()}
        if self.n_samples > 1:
            means |= {f"{name}, holds in": part.share for name, part in self.parts.items()}
        return means

    @property
    def measured(self):
        """The deciding parts in words: name, mean, interval and threshold of each."""
        return "; ".join(f"{name}: {self.parts[name]}" for name in self.deciding)

    @property
    def record(self):
        """The verdict as a dict of plain values."""
        return {
            "figure": self.claim.figure,
            "statement": self.claim.says,
            "verdict": self.verdict,
            "threshold": self.claim.threshold,
            "measured": self.measured,
            "comment": self.claim.found,
            "samples": self.n_samples,
            "numbers": self.numbers,
            "parts": {
                name: {"values": part.values.tolist(), "side": part.side,
                       "threshold": part.threshold}
                for name, part in self.parts.items()
            },
        }  # fmt: skip

    @property
    def deciding(self):
        """Names of the parts that decide, a tuple.

        Over several samples one part decides: the part that holds in the fewest samples or, if
        parts tie, the one with the smallest `margin`. On one sample, margins of different
        quantities cannot be compared, and every measured part decides.
        """
        measured = [name for name, part in self.parts.items() if len(part.measured)]
        if self.n_samples <= 1:
            return tuple(measured)

        def closeness(name):
            margin = self.parts[name].margin
            return self.parts[name].share, np.inf if np.isnan(margin) else margin

        return (min(measured, key=closeness),)


def judge(claim, parts, others=None):
    """The verdict on a claim from its parts on one or more samples.

    Parameters
    ----------
    claim : dvlib.paper.claims.claim.Claim
    parts : dict of name → Part
    others : dict of name → number or array (samples,), further numbers

    Returns
    -------
    Verdict: "reproduced" if all parts hold; "unstable" if a part holds in more than 20 % and fewer
    than 80 % of the samples; else "partly" if some parts hold or all hold loosely, or "not
    reproduced". It is "not measured" if a part was measured on no sample.
    """
    shares = np.array([part.share for part in parts.values()])
    if not len(shares) or np.isnan(shares).any():
        verdict = NOT_MEASURED
    elif (shares >= MOST).all():
        verdict = REPRODUCED
    elif ((shares > FEW) & (shares < MOST)).any():
        verdict = UNSTABLE
    elif (shares >= MOST).any() or all(part.loose_share >= MOST for part in parts.values()):
        verdict = PARTLY
    else:
        verdict = NOT
    others = {name: np.atleast_1d(values) for name, values in (others or {}).items()}
    return Verdict(claim, verdict, dict(parts), others)


def verdict_table(verdicts):
    """A Table of claims, verdicts and measured numbers."""
    rows = [
        {
            "claim": v.claim.id,
            "verdict": v.verdict,
            "measured": ", ".join(f"{name} {number:.3g}" for name, number in v.numbers.items()),
        }
        for v in verdicts
    ]
    return Table(pd.DataFrame(rows).set_index("claim"))


def _mean(values):
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else np.nan

"""Verdicts on claims, from one sample or several.

A claim consists of parts (`dvlib.paper.judging.parts`). Each of them holds, fails or is undecided.
The verdict follows from how many there are of each:

- "partly": some hold and some fail, whatever the others do; or the claim's looser thresholds hold;
- "reproduced": none fails, and more hold than are undecided;
- "not reproduced": none holds, and more fail than are undecided;
- "undecided": too many parts are undecided, because the samples are too few or too noisy;
- "not measured": a part was measured on no sample.

A claim with many parts nearly always has an undecided one. That one does not decide: it counts
against a verdict only if it could turn the majority of the parts. A verdict always names the parts
that are undecided, and "few samples" if there are fewer than ten.
"""

import textwrap
from collections import Counter
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from dvlib.paper.judging.parts import ENOUGH, FAILS, HOLDS, UNDECIDED_PART, Part, mean_of
from dvlib.paper.table import Table

REPRODUCED, PARTLY, NOT = "reproduced", "partly", "not reproduced"
UNDECIDED = "undecided"  # too few samples, or too much noise
NOT_MEASURED = "not measured"  # the preset's grid or seeds do not allow it
VERDICTS = (REPRODUCED, PARTLY, UNDECIDED, NOT, NOT_MEASURED)

__all__ = ["VERDICTS", "Part", "Verdict", "compared", "few_samples", "judge", "verdict_table"]


@dataclass(frozen=True, eq=False)
class Verdict:
    """The result for a claim. `further` has other numbers by name: arrays (samples,).

    `regime` is the name of the regime that it was measured in, if the claim was measured in
    several. `counterpart` is then the Verdict in the other one (`dvlib.paper.regimes`).
    """

    claim: object  # dvlib.paper.judging.claim.Claim
    verdict: str
    parts: dict
    further: dict
    regime: str = ""
    counterpart: "Verdict | None" = None

    def __str__(self):
        first = f"{self.claim.id}  {self.verdict}: {self.claim.says}"
        few, other = few_samples(self.n_samples), self.counterpart
        texts = [first, f"threshold: {self.claim.threshold}", *([few] if few else [])]
        if other:
            texts.append(f"in {other.regime}: {other.verdict} ({compared(self, other)})")
        return "\n     ".join(chain(*(textwrap.wrap(text, 90) for text in texts)))

    @property
    def n_samples(self):
        """Number of samples of the part that was measured on the most samples."""
        return max((len(part.measured) for part in self.parts.values()), default=0)

    @property
    def numbers(self):
        """Means over the samples, and for parts the share of samples in which they hold."""
        means = {name: part.mean for name, part in self.parts.items()}
        means |= {name: mean_of(values) for name, values in self.further.items()}
        if self.n_samples > 1:
            means |= {f"{name}, holds in": part.share for name, part in self.parts.items()}
        return means

    @property
    def measured(self):
        """The deciding parts in words, and which other parts are undecided."""
        undecided = [name for name, part in self.parts.items() if part.status == UNDECIDED_PART]
        words = []
        for name in self.deciding:
            part, count = self.parts[name], len(self.parts[name].measured)
            few = "" if count == self.n_samples else f" (on {count} of {self.n_samples} samples)"
            unclear = " (undecided)" if name in undecided else ""
            words.append(f"{name}: {part}{few}{unclear}")
        if further := [name for name in undecided if name not in self.deciding]:
            words.append(f"undecided: {', '.join(further)}")
        return "; ".join(words)

    @property
    def record(self):
        """The verdict as a dict of plain values.

        Where the claim was measured in two regimes, "regime" is that of the verdict, and "beside"
        has the other one's: regime, verdict, measured, samples, numbers, and in "compared" how the
        two verdicts differ.
        """
        other = self.counterpart
        return {
            "figure": self.claim.figure, "statement": self.claim.says, "verdict": self.verdict,
            "threshold": self.claim.threshold, "measured": self.measured,
            "comment": self.claim.note, "samples": self.n_samples, "numbers": self.numbers,
            "parts": {
                name: {"values": part.values.tolist(), "side": part.side,
                       "threshold": part.threshold, "status": part.status}
                for name, part in self.parts.items()
            },
        } | ({"regime": self.regime, "beside": {
            "regime": other.regime, "verdict": other.verdict, "measured": other.measured,
            "samples": other.n_samples, "numbers": other.numbers,
            "compared": compared(self, other),
        }} if other else {})  # fmt: skip

    @property
    def deciding(self):
        """Names of the parts that decide, a tuple.

        Over several samples it is the part that says most against the claim: one that fails, or
        else one that is undecided, or else one that holds; among several, the one with the
        smallest `margin`. On one sample, margins of different quantities cannot be compared, and
        every measured part decides.
        """
        measured = [name for name, part in self.parts.items() if len(part.measured)]
        if self.n_samples <= 1:
            return tuple(measured)

        def weakest(name):
            part = self.parts[name]
            margin = np.inf if np.isnan(part.margin) else part.margin
            return (FAILS, UNDECIDED_PART, HOLDS).index(part.status), margin

        return (min(measured, key=weakest),)


def judge(claim, parts, further=None):
    """The verdict on a claim from its parts on one or more samples.

    `parts` is a dict of name → Part, and `further` one of name → number or array (samples,), other
    numbers. Returns a Verdict, by the rule at the top of this module.
    """
    statuses = [part.status for part in parts.values()]
    if not statuses or None in statuses:
        verdict = NOT_MEASURED
    else:
        verdict = _verdict(statuses)
        has_loose = any(part.loose is not None for part in parts.values())
        if verdict != REPRODUCED and has_loose:
            loosely = _verdict([part.loose_status for part in parts.values()])
            verdict = PARTLY if loosely == REPRODUCED else verdict
    further = {name: np.atleast_1d(values) for name, values in (further or {}).items()}
    return Verdict(claim, verdict, dict(parts), further)


def _verdict(statuses):
    """The verdict on parts of these statuses, all measured."""
    count = Counter(statuses)
    if count[HOLDS] and count[FAILS]:
        return PARTLY
    if count[HOLDS] > count[UNDECIDED_PART]:
        return REPRODUCED
    if count[FAILS] > count[UNDECIDED_PART]:
        return NOT
    return UNDECIDED


def compared(first, second):
    """How the verdicts in two regimes differ, in words; "same" if they do not.

    A regime where the claim is undecided or not measured says nothing against the other: "open".
    """
    if first.verdict == second.verdict:
        return "same"
    verdicts = (REPRODUCED, PARTLY, NOT)  # from the best to the worst
    for unclear in (first, second):
        if unclear.verdict not in verdicts:
            return f"open in {unclear.regime}"
    better, worse = sorted((first, second), key=lambda verdict: verdicts.index(verdict.verdict))
    if (better.verdict, worse.verdict) == (REPRODUCED, NOT):
        return f"holds in {better.regime} only"
    return f"holds better in {better.regime}"


def few_samples(count):
    """How many samples in words if they are fewer than ten, else ""."""
    if not 0 < count < ENOUGH:
        return ""
    return "1 sample" if count == 1 else f"few samples ({count})"


def verdict_table(verdicts):
    """A Table of claims, verdicts, numbers of samples and measured numbers."""
    rows = [
        {"claim": v.claim.id, "verdict": v.verdict, "samples": v.n_samples,
         "measured": ", ".join(f"{name} {number:.3g}" for name, number in v.numbers.items())}
        for v in verdicts
    ]  # fmt: skip
    return Table(pd.DataFrame(rows).set_index("claim"))

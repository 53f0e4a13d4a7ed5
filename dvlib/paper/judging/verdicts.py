"""Verdicts on claims, from one sample or several.

A claim says that several things are so at once. Each is a part (`dvlib.paper.judging.parts`), which
holds, fails or is undecided, and the verdict is that of the conjunction:

- "reproduced": every part holds;
- "mostly": no part fails, and more hold than are undecided; those are named;
- "partly": some hold and some fail, whatever the others do; or all hold by the claim's looser
  thresholds;
- "not reproduced": some fail, and none holds;
- "undecided": none fails, and not more hold than are undecided;
- "not measured": a part was measured on no sample.

No part can be outvoted, so adding parts never makes a claim reproduced. An easy part beside one
that fails does make "not reproduced" "partly", which is what that word says. How often the rule
errs was simulated before it was applied (`benchmarks/rule.py`). A part without an interval decides
nothing: where there are several samples, it is undecided if fewer than two have it.
"""

import textwrap
from collections import Counter
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from dvlib.paper.judging.parts import FAILS, HOLDS, UNDECIDED_PART, Part, mean_of
from dvlib.paper.table import Table

REPRODUCED, MOSTLY, PARTLY, NOT = "reproduced", "mostly", "partly", "not reproduced"
UNDECIDED = "undecided"  # too few samples, or too much noise
NOT_MEASURED = "not measured"  # the preset's grid or seeds do not allow it
VERDICTS = (REPRODUCED, MOSTLY, PARTLY, UNDECIDED, NOT, NOT_MEASURED)

__all__ = ["VERDICTS", "Part", "Verdict", "compared", "in_words", "judge",
           "verdict_on", "verdict_table"]  # fmt: skip


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
        texts = [first, f"threshold: {self.claim.threshold}", in_words(self.n_samples)]
        other = self.counterpart
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
        verdict = verdict_on(statuses)
        has_loose = any(part.loose is not None for part in parts.values())
        if verdict != REPRODUCED and has_loose:
            loosely = verdict_on([part.loose_status for part in parts.values()])
            verdict = PARTLY if loosely == REPRODUCED else verdict
    further = {name: np.atleast_1d(values) for name, values in (further or {}).items()}
    return Verdict(claim, verdict, dict(parts), further)


def verdict_on(statuses):
    """The verdict on parts of these statuses, all measured."""
    count = Counter(statuses)
    if count[FAILS]:
        return PARTLY if count[HOLDS] else NOT
    if not count[UNDECIDED_PART]:
        return REPRODUCED
    return MOSTLY if count[HOLDS] > count[UNDECIDED_PART] else UNDECIDED


def compared(first, second):
    """How the verdicts in two regimes differ, in words; "same" if they do not.

    A regime where the claim is undecided or not measured says nothing against the other: "open".
    """
    if first.verdict == second.verdict:
        return "same"
    verdicts = (REPRODUCED, MOSTLY, PARTLY, NOT)  # from the best to the worst
    for unclear in (first, second):
        if unclear.verdict not in verdicts:
            return f"open in {unclear.regime}"
    better, worse = sorted((first, second), key=lambda verdict: verdicts.index(verdict.verdict))
    if (better.verdict, worse.verdict) == (REPRODUCED, NOT):
        return f"holds in {better.regime} only"
    return f"holds better in {better.regime}"


def in_words(n_samples):
    """A number of samples, such as "10 samples"."""
    return f"{n_samples} sample{'' if n_samples == 1 else 's'}"


def verdict_table(verdicts):
    """A Table of claims, verdicts, numbers of samples and measured numbers."""
    rows = [
        {"claim": v.claim.id, "verdict": v.verdict, "samples": v.n_samples,
         "measured": ", ".join(f"{name} {number:.3g}" for name, number in v.numbers.items())}
        for v in verdicts
    ]  # fmt: skip
    return Table(pd.DataFrame(rows).set_index("claim"))

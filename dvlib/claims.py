"""Verdicts on claims: how one is reached, from one sample or from several, and how it reads."""

import textwrap
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from dvlib.register import CLAIMS, Claim

REPRODUCED, PARTLY, NOT = "reproduced", "partly", "not reproduced"
UNSTABLE = "unstable"  # differs between samples of the data set
NOT_MEASURED = "not measured"  # the preset's grid or seeds do not allow it
MOST, FEW = 0.8, 0.2  # shares of samples in which a part of a claim holds, or does not


@dataclass(frozen=True)
class Verdict:
    """What one run says of a claim."""

    claim: Claim
    verdict: str
    numbers: dict

    def __str__(self):
        first = f"{self.claim.id}  {self.verdict}: {self.claim.statement}"
        lines = [textwrap.wrap(text, 90) for text in (first, f"threshold: {self.claim.threshold}")]
        return "\n     ".join(chain(*lines))


def verdict_table(verdicts):
    """Claims, verdicts and measured numbers as a pandas table."""
    rows = [
        {
            "claim": v.claim.id,
            "verdict": v.verdict,
            "measured": ", ".join(f"{name} {number:.3g}" for name, number in v.numbers.items()),
        }
        for v in verdicts
    ]
    return pd.DataFrame(rows).set_index("claim")


def judge(claim_id, numbers, reproduced, partly):
    """Verdict from whether one sample reproduces a claim, or partly does."""
    if not np.isfinite(list(numbers.values())).all():
        verdict = NOT_MEASURED
    else:
        verdict = REPRODUCED if reproduced else PARTLY if partly else NOT
    return Verdict(CLAIMS[claim_id], verdict, {k: float(v) for k, v in numbers.items()})


def judge_over_samples(claim_id, parts, numbers):
    """Verdict from several samples of a data set.

    Parameters
    ----------
    parts : dict of part of the claim → whether it holds, for each sample
    numbers : dict of what was measured → mean over the samples

    Returns
    -------
    Verdict: `unstable` where a part holds in more than one and less than four of five samples,
    else `reproduced` if all parts hold, `partly` if some do; the shares are among its numbers
    """
    shares = {f"{name}, holds in": np.mean(holds) for name, holds in parts.items()}
    numbers = {k: float(v) for k, v in (numbers | shares).items()}
    if not (parts and np.isfinite(list(numbers.values())).all()):
        verdict = NOT_MEASURED
    elif any(FEW < share < MOST for share in shares.values()):
        verdict = UNSTABLE
    else:
        held = [share >= MOST for share in shares.values()]
        verdict = REPRODUCED if all(held) else PARTLY if any(held) else NOT
    return Verdict(CLAIMS[claim_id], verdict, numbers)

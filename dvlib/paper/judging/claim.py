"""Claims, which keep statement, thresholds and measure together, and the samples they need.

Statements are in our own words. "Region" means a misclassified region: points where g and f_X
differ. Thresholds were set before the measure was first run. If a measure was later replaced or
sharpened because it missed its claim, its docstring says so.

Groups are the samples on which the claims of one study, or of several, are measured together.
Each figure's module lists its groups in `GROUPS`. Every group has ten samples in both regimes:
where a sample costs much, it has fewer fits (`Group.changes`). Both regimes together should take 90
minutes of processor time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial, update_wrapper
from string import Formatter

import numpy as np

from dvlib.paper.judging.verdicts import Part, judge

CLAIMS = {}  # every claim by its id, in order; filled by the decorators
_THRESHOLD = re.compile(r"([≥>≤<]) (\S+)(?: \(([≥>≤<]) (\S+)\))?")


@dataclass(eq=False)
class Claim:
    """One statement of the paper, and how it is measured and judged.

    Call it with a sample, a list of samples, or a dict of data set → samples to get a `Verdict`.
    With a dict, each data set has parts of its own, named "part, data set".
    """

    id: str  # such as "C01"
    figure: str  # the manifest's id of the figure that shows the claim
    study: str  # name of the study whose samples the claim is measured on (`Group`)
    says: str  # the statement
    threshold: str  # what is measured and the numbers of `limits`, in words
    note: str  # what the numbers are measured on, in a sentence; no results
    limits: dict  # key → (side, number, loose number, loose side), the arguments of `Part`
    measure: Callable  # the decorated function
    together: bool = False  # `measure` takes the list of all samples
    repeatable: bool = True  # another processor reaches the same verdict

    def __call__(self, samples):
        if not isinstance(samples, dict):
            return judge(self, *self._over(samples))
        parts, numbers = {}, {}
        for dataset, drawn in samples.items():
            for measured, added in zip((parts, numbers), self._over(drawn), strict=True):
                measured |= {f"{name}, {dataset}": values for name, values in added.items()}
        return judge(self, parts, numbers)

    def _over(self, samples):
        """Parts and further numbers by name, over samples of one data set."""
        samples = samples if isinstance(samples, list) else [samples]
        if not samples:
            raise ValueError(f"{self.id}: no sample to measure it on, give one or more")
        samples = [samples] if self.together else samples
        results = [self.measure(sample) for sample in samples]
        pairs = [result if isinstance(result, tuple) else (result, {}) for result in results]
        parts, numbers = map(_concatenated, zip(*pairs, strict=True))
        parts = {name: Part(values, *self._limits_of(name)) for name, values in parts.items()}
        return parts, numbers

    def _limits_of(self, part):
        words = re.sub(r"\W+", "_", f" {part} ")  # in the form of a key
        keys = [key for key in self.limits if f"_{key}_" in words]
        if len(keys) != 1:
            raise ValueError(
                f"{self.id}: part {part!r} names {keys or 'none'} of the thresholds "
                f"{[*self.limits]}: a part has to name exactly one"
            )
        return self.limits[keys[0]]


def claim(
    claim_id, *, figure, study, says, threshold, note="", together=False, repeatable=True, **limits
):
    """Decorator that turns a measure into a `Claim`.

    The measure takes a sample of `study` and returns its parts, a dict of name → number, or a pair:
    parts and a dict of further numbers. nan marks what could not be measured. A part that only
    other samples have is nan too.

    Parameters
    ----------
    claim_id, figure, study, says, note, together, repeatable : see `Claim`
    threshold : what is measured, in words; `{key}` stands for the threshold of that key
    limits : thresholds by key: a side and a number, and in brackets the looser threshold that gives
        the verdict "partly", as in "≥ 0.9 (≥ 0.75)". Fractions such as 1/3 are allowed. The key's
        words, joined by underscores, have to appear in the part's name: `rank_correlation` is the
        threshold of the part "rank correlation, x alone".

    Raises
    ------
    ValueError : a threshold is unreadable or missing in the words, or the id is taken
    """
    named = {name for _, name, _, _ in Formatter().parse(threshold) if name is not None}
    if named != limits.keys():
        raise ValueError(
            f"{claim_id}: the words name the thresholds {sorted(named)}, given {sorted(limits)}"
        )
    sides = {key: _read(claim_id, text) for key, text in limits.items()}

    def decorate(measure):
        if claim_id in CLAIMS and CLAIMS[claim_id].__name__ != measure.__name__:
            raise ValueError(f"{claim_id} is {CLAIMS[claim_id].__name__}: give another id")
        new = Claim(claim_id, figure, study, says, threshold.format(**limits), note, sides,
                    measure, together, repeatable)  # fmt: skip
        CLAIMS[claim_id] = update_wrapper(new, measure)
        for name in sorted(CLAIMS):
            CLAIMS[name] = CLAIMS.pop(name)
        return new

    return decorate


def claim_by_reference(claim_id, other_id, *, says, threshold, **options):
    """Decorator that turns a measure of (sample, reference) into two claims, against g and f_X.

    In `says` and `threshold`, REFERENCE stands for the reference; other arguments are those of
    `claim`. The paper does not name its reference: a claim that holds by one and not by the other
    would be "partly" whatever the paper did.
    """

    def decorate(measure):
        pair = []
        for name, other, reference in ((claim_id, other_id, "g"), (other_id, claim_id, "f_X")):
            words = {"says": says, "threshold": threshold}
            words = {key: text.replace("REFERENCE", reference) for key, text in words.items()}
            words["note"] = f"The paper does not name its reference: {other} is the other one."
            by_reference = update_wrapper(partial(measure, reference=reference), measure)
            pair.append(claim(name, **words, **options)(by_reference))
        return pair

    return decorate


def _read(claim_id, text):
    """Parse a threshold into arguments of `Part`: side, number, loose number, loose side."""
    match = _THRESHOLD.fullmatch(text)
    try:
        side, number, loose_side, loose = match.groups()
        return side, _number(number), loose and _number(loose), loose_side
    except (AttributeError, ValueError, ZeroDivisionError):
        raise ValueError(
            f"{claim_id}: threshold {text!r}: give a side (≥ > ≤ <) and a number, and in brackets "
            "looser ones, as in '≥ 0.9 (≥ 0.75)'"
        ) from None


def _number(text):
    return float(Fraction(text.replace("−", "-")))


def _concatenated(dicts):
    """Join dicts of several samples into one of arrays (samples,), with nan for missing names."""
    return {
        name: np.concatenate([np.atleast_1d(numbers.get(name, np.nan)) for numbers in dicts])
        for name in {name: None for numbers in dicts for name in numbers}
    }


@dataclass(frozen=True)
class Group:
    """Studies whose samples are made together."""

    studies: tuple  # names that claims give in their decorators
    figure: str  # id of the figure whose settings are taken, with `changes` at the `paper` preset
    # Function of the settings and the number of samples that returns the samples of each study.
    make: Callable
    samples: str = "samples of the data set"  # what a sample is, in words
    changes: dict = field(default_factory=dict)

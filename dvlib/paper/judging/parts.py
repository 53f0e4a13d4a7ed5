"""Parts of a claim: a number measured on every sample, and whether it lies where it has to.

A part is judged by two questions, each with its 95 % interval:

1. On average: the mean over the samples, with a bootstrap interval. Is all of it on one side of the
   threshold?
2. In most samples: the share of samples in which the part holds, with Wilson's interval. Is all of
   it on one side of one half?

The mean decides, and the share can object. A part *holds* if the interval of the mean lies on the
claim's side, unless the share says clearly that most samples lie on the other: a few extreme
samples then make the mean. It *fails* the other way round. Otherwise it is *undecided*: the
samples are too few or too noisy. So a part near its threshold is undecided, and noise does not make
it fail.

The bootstrap takes percentiles of resampled means. They stay within the range of the samples, so an
interval of AUCs or correlations never leaves the range of the quantity. Of two or three samples it
is their whole range, so that all have to lie on one side. Of ten normal samples it covers the true
mean in about nine cases of ten, and a part whose true mean lies on the threshold fails in one case
of twenty. A single sample has no interval: the side that it lies on says what that sample shows,
and no more. Of several samples, a part that only one of them has is undecided.
"""

import operator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

CONFIDENCE = 0.95
RESAMPLES = 2_000  # between seeds, the ends of an interval vary by 2 % of its length
HOLDS, FAILS, UNDECIDED_PART = "holds", "fails", "undecided"
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
        return mean_of(self.values)

    @cached_property
    def interval(self):
        """95 % bootstrap interval of the mean over samples; nan below two samples."""
        return bootstrap_interval(self.measured)

    @property
    def share(self):
        """Share of the measured samples in which the part holds; nan if there are none."""
        held = self._held(self.side, self.threshold)
        return float(held.mean()) if len(held) else np.nan

    @property
    def share_interval(self):
        """95 % interval of the share (Wilson); nan without samples."""
        return wilson_interval(self._held(self.side, self.threshold))

    @property
    def status(self):
        """Whether the part "holds", "fails" or is "undecided"; None if it was not measured."""
        return self._status(self.side, self.threshold)

    @property
    def loose_status(self):
        """The status by the looser threshold, if the part has one."""
        if self.loose is None:
            return self.status
        return self._status(self.loose_side or self.side, self.loose)

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

    def _held(self, side, threshold):
        return _SIDES[side](self.measured, threshold)

    def _status(self, side, threshold):
        values = self.measured
        if not len(values):
            return None
        if len(values) == 1 < len(self.values):
            return UNDECIDED_PART  # it has no interval
        ends = values if len(values) == 1 else np.array(self.interval)
        on_side = _SIDES[side](ends, threshold)
        low, high = wilson_interval(self._held(side, threshold))
        if on_side.all() and high >= 0.5:
            return HOLDS
        return FAILS if not on_side.any() and low <= 0.5 else UNDECIDED_PART

    def __str__(self):
        low, high = self.interval
        interval = f" [{low:.3g}, {high:.3g}]" if np.isfinite(low) else ""
        return f"{self.mean:.3g}{interval} {self.side} {self.threshold:.3g}"


def mean_of(values):
    """Mean of the finite values; nan if there are none."""
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else np.nan


def bootstrap_interval(values):
    """95 % interval of the mean of `values` (n,), as percentiles of resampled means.

    The seed is fixed, so that the same values have the same interval. nan below two values.
    """
    values = np.asarray(values, float)
    if len(values) < 2:
        return np.nan, np.nan
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0])
    from scipy.stats import bootstrap

    interval = bootstrap(
        (values,), np.mean, confidence_level=CONFIDENCE, n_resamples=RESAMPLES,
        method="percentile", rng=np.random.default_rng(0), vectorized=True,
    ).confidence_interval  # fmt: skip
    # Sums of equal values may round beyond them.
    ends = np.clip([interval.low, interval.high], values.min(), values.max())
    return float(ends[0]), float(ends[1])


def wilson_interval(held):
    """95 % interval of the share that is true of `held`, bool (n,) (Wilson); nan if it is empty."""
    if not len(held):
        return np.nan, np.nan
    from scipy.stats import binomtest

    interval = binomtest(int(np.sum(held)), len(held)).proportion_ci(CONFIDENCE, method="wilson")
    return float(interval.low), float(interval.high)

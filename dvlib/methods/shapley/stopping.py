"""When sampling of Shapley values may stop: standard errors are small against the values' range."""

import math

import numpy as np

from dvlib.checks import check_positive

ROUNDING = 1e-12  # errors below it are those of sums of equal marginals; dv has steps of 1e-7


class StopRule:
    """Holds once the largest standard error is at most a share of the range of the values.

    Parameters
    ----------
    target : that share, above 0; None = it never holds
    at_least : samples before a standard error is believed
    """

    def __init__(self, target, at_least=0):
        self.target = None if target is None else check_positive("target", target)
        self._at_least = at_least

    def holds(self, share, count=math.inf):
        """Whether `share`, see `relative_error`, of `count` samples is small enough."""
        return self.target is not None and count >= self._at_least and share <= self.target


def relative_error(values, errors):
    """Largest standard error as a share of the range of the values; inf where they are equal."""
    spread = np.ptp(values)
    return np.max(errors) / spread if spread else math.inf


def sampling_error(samples):
    """The same of the means of samples (k, n); inf below two samples."""
    samples = np.asarray(samples)
    if len(samples) < 2:
        return math.inf
    errors = samples.std(0, ddof=1) / math.sqrt(len(samples))
    return relative_error(samples.mean(0), errors)


def show_error(bar, share):
    """Write a relative error beside a progress bar."""
    bar.set_postfix_str(f"standard error {share:.2f} of the range")

"""Stopping rule of Shapley sampling: standard errors are small against the range of the values."""

import math

import numpy as np

from dvlib.checks import check_positive

ROUNDING = 1e-12  # smaller errors come from rounding in sums of equal marginals: dv is coarser


def check_target(target):
    """`target`, a share of the range of the values, as a float above 0; None = no target."""
    return None if target is None else check_positive("target", target)


def reached(target, share):
    """Whether an `error_share` is at most `target`; never if there is no target."""
    return target is not None and share <= target


def error_share(values, errors):
    """Largest standard error as a share of the range of the values; inf if all are equal."""
    spread = np.ptp(values)
    return np.max(errors) / spread if spread else math.inf


def sampling_error(samples):
    """`error_share` of the means of samples (k, n); inf below two samples."""
    samples = np.asarray(samples)
    if len(samples) < 2:
        return math.inf
    errors = samples.std(0, ddof=1) / math.sqrt(len(samples))
    return error_share(samples.mean(0), errors)


def show_error(bar, share):
    """Show an `error_share` beside a progress bar."""
    bar.set_postfix_str(f"standard error {share:.2f} of the range")

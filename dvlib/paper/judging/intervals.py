"""95 % intervals: of a mean over samples by the bootstrap, and of a share by Wilson's formula."""

import numpy as np

CONFIDENCE = 0.95
RESAMPLES = 2_000  # between seeds, the ends of an interval vary by 2 % of its length


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

    found = bootstrap(
        (values,), np.mean, confidence_level=CONFIDENCE, n_resamples=RESAMPLES,
        method="percentile", rng=np.random.default_rng(0), vectorized=True,
    ).confidence_interval  # fmt: skip
    # Sums of equal values may round beyond them.
    ends = np.clip([found.low, found.high], values.min(), values.max())
    return float(ends[0]), float(ends[1])


def wilson_interval(held):
    """95 % interval of the share that is true of `held`, bool (n,) (Wilson); nan if it is empty."""
    if not len(held):
        return np.nan, np.nan
    from scipy.stats import binomtest

    found = binomtest(int(np.sum(held)), len(held)).proportion_ci(CONFIDENCE, method="wilson")
    return float(found.low), float(found.high)

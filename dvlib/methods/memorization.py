"""Memorization: is a point classified correctly only by models trained on it?

Paper, sections 1.2 and 2.3; Feldman (2020); the subsampled estimator is Feldman & Zhang's (2020).
"""

import numpy as np

from dvlib.checks import check_count, check_labels, check_number, check_points
from dvlib.methods.values import DataValues, plain
from dvlib.refits.batch import LARGEST_HITS, refit


def memorization_values(refits):
    """Frequency over seeds of [right with the point] minus that of [right without it].

    The standard error is at most 1/√(K − 1) for K seeds: both fits of a difference share a seed.
    (With independent fits it would be 0.71/√K.)

    Parameters
    ----------
    refits : dvlib.methods.one_point.OnePointRefits

    Returns
    -------
    DataValues between −1 and 1
    """
    difference = refits.known.astype(float) - refits.unknown
    return DataValues.over_seeds(refits, difference, "memorization", "frequency")


def subsampled_memorization(X, y, settings, *, n_fits=400, share=0.7):
    """Memorization of all training points from one set of fits on random subsets.

    Fit t sees a random `share` of X. A point's value is how often it was right in fits that held
    it, minus how often in fits that did not; each frequency is binomial, so the standard error is
    at most 1.09/√n_fits at a share of 0.7.

    Parameters
    ----------
    X, y : training points (n, 2) and labels (n,)
    settings : RefitSettings of one seed, which draws the subsets and trains all fits
    n_fits : int ≥ 2
    share : share of the points in each subset, strictly between 0 and 1

    Returns
    -------
    DataValues between −1 and 1; nan for a point that was in all subsets or in none
    """
    X = check_points(X, "X")
    y = check_labels(y, len(X), both_classes=True)
    check_count("n_fits", n_fits, 2, LARGEST_HITS // (len(X) * settings.config.max_iter))
    if len(settings.seeds) != 1:
        raise ValueError(f"seeds {settings.seeds}: give one, all fits train with it")
    size = round(check_number("share", share) * len(X))
    if not 0 < size < len(X):
        raise ValueError(
            f"share {share} of {len(X)} points is {size}: give a share that takes some, not all"
        )
    seed = settings.seeds[0]
    rng = np.random.default_rng(seed)
    subsets = [rng.permutation(len(X))[:size] for _ in range(n_fits)]
    refits = refit(
        X, y, subsets, settings,
        probes=np.tile(np.arange(len(X)), (n_fits, 1)), description="random subsets",
    )  # fmt: skip
    right = refits.hits[:, 0, :, -1]  # (fits, points)
    held = np.zeros_like(right)
    for row, subset in zip(held, subsets, strict=True):
        row[subset] = True
    with np.errstate(invalid="ignore", divide="ignore"):
        frequency = [(right & group).sum(0) / group.sum(0) for group in (held, ~held)]
        variance = sum(
            p * (1 - p) / group.sum(0) for p, group in zip(frequency, (held, ~held), strict=True)
        )
    return DataValues(
        points=X,
        labels=y,
        values=frequency[0] - frequency[1],
        standard_errors=np.sqrt(variance),
        method="subsampled memorization",
        kind="frequency",
        parameters=plain(settings) | {"share": share, "n_fits": n_fits},
        n_fits=refits.n_fits,
        seconds=refits.seconds,
    )

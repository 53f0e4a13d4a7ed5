"""Memorization: is a point classified correctly only by models trained on it?

Sources: paper, sections 1.2 and 2.3; Feldman (2020); Feldman & Zhang (2020) for random subsets.
"""

import numpy as np

from dvlib.checks import check_count, check_memory, check_number, check_training_set
from dvlib.methods.registry import register
from dvlib.methods.values import DataValues, plain
from dvlib.refits.batch import LARGEST_HITS, refit


@register(
    "memorization", reads="refits", kind="frequency", unit="gain in frequency",
    high="right only if trained on",
)  # fmt: skip
def memorization_values(refits):
    """How often models trained on the point classify it correctly, minus how often others do.

    Frequencies are over the K seeds. The standard error is at most 1/√(K − 1), because both fits
    of a difference share a seed. With independent fits it would be at most 0.71/√K.

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
    """Memorization of all training points, estimated from fits on random subsets.

    A point's value is how often fits on subsets with the point classify it correctly, minus how
    often fits without it do. Each frequency is binomial, so the standard error is at most
    1.09/√n_fits at a share of 0.7.

    Parameters
    ----------
    X, y : training points (n, 2) and labels (n,)
    settings : RefitSettings with one seed, which draws the subsets and trains all fits
    n_fits : int ≥ 2
    share : share of the points in each subset, strictly between 0 and 1

    Returns
    -------
    DataValues between −1 and 1; nan for a point that is in every subset or in none

    Raises
    ------
    ValueError : bad arrays or numbers, or several seeds; before any fit
    """
    X, y = check_training_set(X, y)
    n_fits = check_count("n_fits", n_fits, 2, LARGEST_HITS // (len(X) * settings.config.max_iter))
    # Held for each fit and point: its index in probes and subsets, membership, and hits.
    each = 25 + settings.config.max_iter
    check_memory(n_fits, f"fits to subsets of {len(X)} points", lambda k: k * len(X) * each)
    if len(settings.seeds) != 1:
        raise ValueError(f"seeds {settings.seeds}: give one, all fits train with it")
    share = check_number("share", share)
    size = round(share * len(X))
    if not 0 < size < len(X):
        raise ValueError(
            f"share {share:g} of {len(X)} points is {size}: give a share that takes some, not all"
        )
    seed = settings.seeds[0]
    rng = np.random.default_rng(seed)
    subsets = [rng.permutation(len(X))[:size] for _ in range(n_fits)]
    refits = refit(
        X, y, subsets, settings,
        probes=np.tile(np.arange(len(X)), (n_fits, 1)), description="random subsets",
    )  # fmt: skip
    right = refits.hits[:, 0, :, -1]  # (fits, points)
    held = np.array([np.isin(np.arange(len(X)), subset) for subset in subsets])
    with np.errstate(invalid="ignore", divide="ignore"):
        with_it, without = ((right & group).sum(0) / group.sum(0) for group in (held, ~held))
        variance = with_it * (1 - with_it) / held.sum(0) + without * (1 - without) / (~held).sum(0)
    return DataValues(
        points=X,
        labels=y,
        values=with_it - without,
        standard_errors=np.sqrt(variance),
        method="subsampled memorization",
        kind="frequency",
        parameters=plain(settings) | {"share": share, "n_fits": n_fits},
        n_fits=refits.n_fits,
        seconds=refits.seconds,
    )

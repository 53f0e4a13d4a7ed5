"""Claims on out-of-distribution scores: Figure 6."""

import numpy as np

from dvlib.methods.agreement import auc, rank_correlation
from dvlib.paper.claims.claim import claim

NEAR, FAR = 1, 2  # distances from the learned boundary, in units of the paper's plane


@claim(
    "C13", figure="fig06", study="scores",
    says="a Gaussian process rates the points off the training set, Monte-Carlo dropout and an "
    "ensemble only those near the learned boundary",
    threshold="rank correlation of the score with distance to the training points (process) or "
    "nearness to the boundary (others): {rank_correlation}; less that with the other of the two: "
    "{above_that_with_the_other}",
    rank_correlation="≥ 0.5",
    above_that_with_the_other="> 0",
    found="Clearly, on every sample.",
)  # fmt: skip
def only_the_process_finds_far_points(sample):
    """Rank correlations of each score with the distances to the data and to the boundary."""
    parts, numbers = {}, {}
    for method, scores in sample.values.items():
        data = rank_correlation(scores.values, sample.to_data)
        near = rank_correlation(scores.values, -sample.regions.to_learned)
        right, wrong = (data, near) if method == "Gaussian process" else (near, data)
        parts[f"{method}, rank correlation"] = right
        parts[f"{method}, above that with the other"] = right - wrong
        numbers |= {f"{method}, distance to data": data, f"{method}, nearness to boundary": near}
    return parts, numbers


@claim(
    "C14", figure="fig06", study="scores", repeatable=False,
    says="dropout finds the upper part of the boundary better than an ensemble",
    threshold="AUC of the score for points within 1 of the boundary, against points beyond 2 of "
    "it, dropout's less the ensemble's: above the clusters' middle {AUC}, and by so much more "
    "than below it",
    AUC="> 0",
    found="Both find it, the ensemble a little better, above as below.",
)  # fmt: skip
def dropout_finds_the_upper_boundary(sample):
    """How much better dropout finds the upper boundary, also relative to the lower one.

    At first it was enough to be better above, even if dropout was better everywhere.
    """
    found = {
        (method, part): _found(sample, method, part)
        for method in ("Monte-Carlo dropout", "ensemble")
        for part in ("upper", "lower")
    }
    above, below = (
        found["Monte-Carlo dropout", part] - found["ensemble", part] for part in ("upper", "lower")
    )
    # Better above, and by more than below: the smaller margin decides.
    parts = {
        "AUC, dropout less ensemble, above, and beyond below": np.minimum(above, above - below)
    }
    return parts, {f"AUC, {method}, {part}": of for (method, part), of in found.items()}


def _found(sample, method, part):
    """AUC of a score for points near a part of the boundary, against points far from all of it."""
    here = sample.upper if part == "upper" else ~sample.upper
    near = (sample.regions.to_learned <= NEAR) & here
    among = near | (sample.regions.to_learned > FAR)
    return auc(near[among], sample.values[method].values[among])

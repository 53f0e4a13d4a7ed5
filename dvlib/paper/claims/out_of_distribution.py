"""Claims on out-of-distribution scores: Figure 6."""

from dvlib.methods.agreement import in_top, rank_correlation
from dvlib.paper.judging.claim import claim

HIGHEST = 0.05  # of the points: what a map shows darkest


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
    threshold="share above the clusters' middle, dropout's less the ensemble's: of the sum of the "
    "scores {mass}, and of the twentieth of the points with the highest scores {highest}",
    mass="≥ 0.05",  # a twentieth, which a map shows
    highest="≥ 0.05",
    found="Where a map is dark, above or below, wherever the method's own boundary lies.",
)  # fmt: skip
def dropout_finds_the_upper_boundary(sample):
    """How much more of a score lies above the clusters' middle, by dropout than by the ensemble.

    At first it was how well a score finds the boundary of f_X, which punishes a band beside it.
    """
    found = {
        (method, what): of
        for method in ("Monte-Carlo dropout", "ensemble")
        for what, of in _above(sample, method).items()
    }
    parts = {
        f"{what}, dropout less ensemble": found["Monte-Carlo dropout", what]
        - found["ensemble", what]
        for what in ("mass above", "highest above")
    }
    return parts, {f"{what}, {method}": of for (method, what), of in found.items()}


def _above(sample, method):
    """Shares of a score's sum, and of its highest points, above the middle of the clusters."""
    scores = sample.values[method].values
    highest = in_top(scores, HIGHEST)
    return {
        "mass above": scores @ sample.upper / scores.sum(),
        "highest above": highest @ sample.upper / highest.sum(),
    }

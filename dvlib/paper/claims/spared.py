"""Claims on what retraining could have been spared: all are ours.

A trial on three samples had been seen before they were written: a rank correlation of 0.8 against
f_X, sizes 1.5 to 9 times too large, and the wrong sign against g unless strongly damped. The widths
and dampings below had not been run.
"""

import numpy as np

from dvlib.paper.judging.claim import claim
from dvlib.paper.studies.spared import CHOSEN


@claim(
    "C73", figure="ext10", study="spared",
    says="ours: influence functions order the points as refits do, against f_X",
    threshold="rank correlation of the dv that they predict with the dv of refits: {correlation}, "
    "at widths 10, 100 and 1,000, with damping 0.01",
    correlation="≥ 0.8 (≥ 0.6)",  # the trial's number; 0.6: a third of the variance of the ranks
)  # fmt: skip
def influence_orders_points(sample):
    """Rank correlation over the grid of dv to f_X, predicted and by refits, at each width."""
    return {
        f"rank correlation, width {width}": of.correlation(("influence", CHOSEN), "f_X")
        for width, of in sample.widths.items()
    }


@claim(
    "C74", figure="ext10", study="spared",
    says="ours: no refit is needed to find the mis-classified regions",
    threshold="AUC for the regions of influence functions (damping 0.01), GraNd and 1 − P: {AUC}, "
    "at width 1,000",
    AUC="≥ 0.9 (≥ 0.75)",  # as C01
)  # fmt: skip
def regions_without_refits(sample):
    """AUC of each score for the mis-classified regions, at the paper's width.

    1 − P reads f_X and the label, which is g's: it nearly is the question.
    """
    of = sample.widths[1_000]
    scores = {"influence functions": ("influence", CHOSEN), "GraNd": "GraNd", "1 − P": "1 − P"}
    parts = {f"AUC, {name}": of.auc(score) for name, score in scores.items()}
    return parts, {"refits": of.auc("refits")}


@claim(
    "C75", figure="ext10", study="spared",
    says="ours: influence functions say how far a point moves the boundary",
    threshold="mean dv to f_X that they predict, over that of refits, in doublings (log₂) to "
    "either side: {doublings}, at widths 10, 100 and 1,000, with damping 0.01",
    doublings="≤ 1",  # a factor of two, either way
)  # fmt: skip
def influence_tells_sizes(sample):
    """|log₂| of the ratio of mean dv over the grid, predicted by that of refits."""
    ratios = {width: of.log_ratio(CHOSEN) for width, of in sample.widths.items()}
    parts = {f"doublings, width {width}": abs(ratio) for width, ratio in ratios.items()}
    return parts, {f"log ratio, width {width}": ratio for width, ratio in ratios.items()}


@claim(
    "C76", figure="ext10", study="spared",
    says="ours: influence functions tell whether a point moves the boundary nearer to g",
    threshold="rank correlation of the value against g that they predict with that of refits: "
    "{correlation}, at widths 10, 100 and 1,000, with damping 0.01",
    correlation="≥ 0.5 (> 0)",  # half of the way; the right sign at least
)  # fmt: skip
def influence_tells_the_sign(sample):
    """Rank correlation over the grid of values against g, predicted and by refits."""
    return {
        f"rank correlation, width {width}": of.correlation(("influence", CHOSEN), "g")
        for width, of in sample.widths.items()
    }


@claim(
    "C77", figure="ext10", study="spared",
    says="ours: influence functions say more of a point's value than 1 − P of the same networks",
    threshold="rank correlation with dv of refits against f_X of influence functions, less that of "
    "1 − P: {gain}, at widths 10, 100 and 1,000, with damping 0.01",
    gain="> 0",  # any gain
)  # fmt: skip
def influence_says_more_than_confidence(sample):
    """Difference of the rank correlations with dv to f_X of refits."""
    return {
        f"gain, width {width}": np.subtract(
            of.correlation(("influence", CHOSEN), "f_X"), of.correlation("1 − P", "f_X")
        )
        for width, of in sample.widths.items()
    }

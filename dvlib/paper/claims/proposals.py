"""Claims about what the paper proposes and does not run (section 4), in the extensions 4 to 6.

C51 and C52 are the paper's conjecture. The others are ours, and say so. They are numbered from C51
on, so that further claims of the paper can follow C38.
"""

import numpy as np

from dvlib.methods.labelling import SURROGATES
from dvlib.methods.rules import ANY, REFERENCES
from dvlib.paper.claims.claim import claim

BOTH = "mis-classified and far"
RIVALS = ("mis-classified", "far", "low confidence", "random")
# By the sign of a difference alone, a strategy that is no better than the other wins on half of the
# samples, which no verdict calls "reproduced". So the thresholds are those of "no difference".


def _ratios(sample, strategy, others):
    """Mean dv to g over the labels with one strategy, as shares of that with others."""
    return {f"{strategy} / {other}": sample.mean_dv(strategy) / sample.mean_dv(other)
            for other in others}  # fmt: skip


@claim(
    "C51", figure="ext04", study="labels, two clusters",
    says="points to label next should be out-of-distribution and mis-classified",
    threshold="mean dv to g over the labels bought with such points, as a share of that with "
    "points that are only mis-classified, only far, of low confidence, or random: {far}; two "
    "clusters",
    repeatable=False,
    far="< 1",  # no gain
    found="A fifth of the dv that random points leave, and two thirds of that of points that are "
    "only mis-classified.",
)  # fmt: skip
def label_far_and_wrong(sample):
    """Mean dv to g over the labels bought, with such points as a share of other strategies."""
    return _ratios(sample, BOTH, RIVALS)


@claim(
    "C52", figure="ext04", study="labels",
    says="points to label next should be out-of-distribution and mis-classified, on every data set",
    threshold="as C51, on each of four data sets: {far}",
    repeatable=False,
    far="< 1",  # as C51
    found="Everywhere about half of the dv that random points leave, or less. Beyond two clusters, "
    "points that are only mis-classified do as well.",
)  # fmt: skip
def label_far_and_wrong_everywhere(sample):
    """As C51, for all four of the paper's data sets."""
    return _ratios(sample, BOTH, RIVALS)


@claim(
    "C53", figure="ext04", study="labels",
    says="ours: points of low confidence are no better to label than random points",
    threshold="mean dv to g over the labels bought with points of low confidence, as a share of "
    "that with random points: {confidence}, on each of four data sets",
    repeatable=False,
    confidence="≥ 1",  # no gain
    found="They are better than random points on every data set, if only by a tenth on two "
    "clusters.",
)  # fmt: skip
def low_confidence_does_not_help(sample):
    """Mean dv to g over the labels bought, with low confidence as a share of random points."""
    return _ratios(sample, "low confidence", ("random",))


@claim(
    "C54", figure="ext04", study="labels",
    says="ours: without knowing the label, half of the gain of knowing it can be had",
    threshold="mean dv to g over the labels bought with a surrogate for mis-classified, less the "
    "middle between random points and C51's points: {disagree}, on each of four data sets",
    repeatable=False,
    disagree="≤ 0",  # half of the way from chance to the strategy that knows the labels
    found="By the nearest labelled point on two clusters, by networks that disagree on the others; "
    "by the nearest mean wherever it is nearly g.",
)  # fmt: skip
def surrogates_get_half(sample):
    """How far above the middle between chance and the oracle each surrogate stays.

    The data sets tell how much a surrogate knows: on two clusters, on centred and on noisy data the
    nearest mean of the labels is g but for sampling. On four clusters it is not.
    """
    chance, oracle = sample.mean_dv("random"), sample.mean_dv(BOTH)
    parts = {
        f"disagree: {name}": sample.mean_dv(name) - (chance + oracle) / 2 for name in SURROGATES
    }
    gain = (chance - oracle) / chance if chance else np.nan
    return parts, {"gain of C51's points over random": gain}


@claim(
    "C55", figure="ext06", study="rules",
    says="ours: one formula says what a point is worth on data sets that it was not fitted on",
    threshold="share of the variance of leave-one-out that a formula explains, chosen and fitted "
    "on other data sets: {explained}, against g and against f_X",
    explained="≥ 0.5 (≥ 0.25)",  # half of the variance; a quarter is a correlation of a half
)  # fmt: skip
def one_formula_explains_values(sample):
    """Share of the variance explained on a data set; a sample is a data set left out.

    Neither the choice among the formulas nor their coefficients have seen the data set.
    """
    parts = {
        f"explained, against {reference}": sample.shares[reference][sample.chosen[reference]]
        for reference in REFERENCES
    }
    numbers = {f"not noise, against {reference}": sample.ceilings[reference]
               for reference in REFERENCES}  # fmt: skip
    return parts, numbers


@claim(
    "C56", figure="ext06", study="rules",
    says="ours: that a point is mis-classified is most of what its place says about its value",
    threshold="share of the variance explained by being mis-classified, as a share of what any "
    "function of label probability and distances explains: {mis_classified}, against g and f_X",
    mis_classified="≥ 0.5",  # most of it
)  # fmt: skip
def wrong_is_most_of_the_value(sample):
    """Share explained by being mis-classified alone, by that of boosted trees of all five."""
    parts, numbers = {}, {}
    for reference in REFERENCES:
        shares = sample.shares[reference]
        whole = max(shares.values())  # a formula may do better out of set than the trees
        parts[f"mis-classified / any, against {reference}"] = (
            shares["mis-classified"] / whole if whole else np.nan
        )
        numbers[f"any function, against {reference}"] = shares[ANY]
    return parts, numbers


@claim(
    "C57", figure="ext06", study="rules",
    says="ours: how wrong f_X is about a point says more about its value than whether it is wrong",
    threshold="share of the variance explained by 1 − P(label), less that explained by being "
    "mis-classified: {more}, against g and against f_X",
    more="> 0",
)  # fmt: skip
def degree_of_error_says_more(sample):
    """Share explained by 1 − P(label) less that by being mis-classified."""
    return {
        f"more, against {reference}": sample.shares[reference]["1 − P"]
        - sample.shares[reference]["mis-classified"]
        for reference in REFERENCES
    }

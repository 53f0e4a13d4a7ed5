"""Claims on other data sets: Figures 12 and 13, and the claim on all data sets (C29).

The valued points are a subset of the grid; each represents `weights` grid points.

The paper does not say which reference its single panels use. A claim that holds by one reference
and not by the other would be "partly" whatever the paper did, so C22 and C29 are two claims each,
one for each reference.
"""

from itertools import product

import numpy as np

from dvlib.data.regions import NAMES
from dvlib.methods.agreement import auc, rank_correlation
from dvlib.paper.judging.claim import claim
from dvlib.paper.studies.dvrl_results import judged, ranks

REFERENCES = ("g", "f_X")
RATED = 2.0  # times the mean value of the points classified correctly, as in C09
OTHER = "The paper does not name its reference: {} is the other one."
FOUR_CLUSTERS = (
    "four clusters: leave-one-out and Shapley, against {}, find the regions but the small one "
    "between the clusters, forgetting finds all, DVRL differs"
)
FOUR_CLUSTERS_THRESHOLD = (
    "AUC for the regions {AUC_leave_one_out} (leave-one-out) and {AUC_Shapley} (Shapley); mean "
    "between the clusters, less half that of the other regions, {half_of_other_regions} (both); "
    "AUC of DVRL, from ½ by {DVRL}, in the runs that rank; forgetting: mean of each region, less "
    "twice that of the correct points, {correct}"
)
# thresholds of C01, C04, C09 and C11
FOUR_CLUSTERS_LIMITS = {
    "AUC_leave_one_out": "≥ 0.9", "AUC_Shapley": "≥ 0.9", "half_of_other_regions": "≤ 0",
    "DVRL": "< 0.25", "correct": "> 0",
}  # fmt: skip
EVERY = "on every data set the mis-classified points are the important ones, against {}"
EVERY_THRESHOLD = "AUC of leave-one-out for the regions {AUC}, on each of four data sets"


@claim(
    "C21", figure="fig12", study="noisy", repeatable=False,
    says="noisy data: leave-one-out and Shapley agree on the regions, forgetting rates the one "
    "between the clusters and part of the upper one, DVRL differs",
    # thresholds of C01, C09 and C11
    threshold="against g and against f_X: AUC for the regions {AUC_leave_one_out} (leave-one-out) "
    "and {AUC_Shapley} (Shapley); rank correlation of the two, from other seeds, less half of the "
    "most that their noise allows {ceiling}; AUC of DVRL, from ½ by {DVRL}, in the runs that rank; "
    "forgetting: mean between the clusters, less twice that of the correct points, {between}; "
    "share of the upper region's points above twice that mean {upper_rated}",
    AUC_leave_one_out="≥ 0.9",
    AUC_Shapley="≥ 0.9",
    DVRL="< 0.25",
    ceiling="≥ 0",
    between="> 0",
    upper_rated="≥ 0.1",
    found="The most that noise allows is the geometric mean of each method's correlation with "
    "itself from other seeds.",
)  # fmt: skip
def noisy_regions_are_found(sample):
    """AUCs of three methods for the regions, agreement of two, and means by forgetting.

    At first the correlation of leave-one-out and Shapley had to reach 0.5, which neither reaches
    with itself; and some of the upper region had to be not rated, which punished finding more.
    """
    parts, numbers = _dvrl(sample)
    for reference in REFERENCES:
        parts |= _aucs(sample, reference)
        agreement, ceiling = _agreement(sample, reference)
        parts[f"agreement less half of its ceiling, {reference}"] = agreement - ceiling / 2
        numbers |= {f"agreement, {reference}": agreement, f"ceiling, {reference}": ceiling}
    for name, number in _rated(sample, "forgetting").items():
        (parts if "between" in name else numbers)[name] = number
    parts["forgetting, share of upper rated"] = _share_rated(sample, "upper")
    return parts, numbers


@claim(
    "C22", figure="fig13", study="four clusters", repeatable=False,
    says=FOUR_CLUSTERS.format("g"), threshold=FOUR_CLUSTERS_THRESHOLD, found=OTHER.format("C22b"),
    **FOUR_CLUSTERS_LIMITS,
)  # fmt: skip
def four_clusters_regions_are_found(sample):
    """AUCs of three methods for the regions, and mean values in each region.

    At first one claim asked for both references, and the part on the small region was a ratio of
    means, which negative means reverse.
    """
    return _four_clusters(sample, "g")


@claim(
    "C22b", figure="fig13", study="four clusters", repeatable=False,
    says=FOUR_CLUSTERS.format("f_X"), threshold=FOUR_CLUSTERS_THRESHOLD, found=OTHER.format("C22"),
    **FOUR_CLUSTERS_LIMITS,
)  # fmt: skip
def four_clusters_regions_are_found_to_f_X(sample):
    """As C22, with the learned boundary as the reference."""
    return _four_clusters(sample, "f_X")


@claim(
    "C29", figure="ext03", study="every data set",
    says=EVERY.format("g"), threshold=EVERY_THRESHOLD, AUC="≥ 0.9", found=OTHER.format("C29b"),
)  # fmt: skip
def important_on_every_data_set(sample):
    """The measure of C01; call the claim with a dict of data set → samples.

    At first one claim asked for both references.
    """
    return {"AUC against g": _auc_of(sample, "leave-one-out, g")}


@claim(
    "C29b", figure="ext03", study="every data set",
    says=EVERY.format("f_X"), threshold=EVERY_THRESHOLD, AUC="≥ 0.9", found=OTHER.format("C29"),
)  # fmt: skip
def important_on_every_data_set_to_f_X(sample):
    """As C29, with the learned boundary as the reference."""
    return {"AUC against f_X": _auc_of(sample, "leave-one-out, f_X")}


def _four_clusters(sample, reference):
    """Parts and numbers of C22 by one reference."""
    parts, numbers = _dvrl(sample)
    parts |= _aucs(sample, reference)
    for method in ("leave-one-out", "Shapley"):
        name = f"{method}, {reference}"
        between = sample.regions.mean(sample.values[name].values, "between")
        rest = _outer(sample, name)
        parts[f"{name}, between less half of other regions"] = between - rest / 2
        numbers |= {f"{name}, between": between, f"{name}, other regions": rest}
    return parts | _rated(sample, "forgetting"), numbers


def _aucs(sample, reference):
    """AUCs of leave-one-out and Shapley for the regions."""
    names = (f"{method}, {reference}" for method in ("leave-one-out", "Shapley"))
    return {f"AUC, {name}": _auc_of(sample, name) for name in names}


def _dvrl(sample):
    """How far the AUC of DVRL is from ½, in runs that rank, as in C11; and numbers."""
    probabilities, area = sample.values["DVRL"].values, _auc_of(sample, "DVRL")
    apart = judged(abs(area - 0.5), probabilities, sample.n_iterations)
    return {"AUC from ½, DVRL": apart}, {
        "AUC, DVRL": judged(area, probabilities, sample.n_iterations),
        "runs of DVRL that rank": ranks(probabilities),
    }


def _agreement(sample, reference):
    """Rank correlation of leave-one-out and Shapley from other seeds, and the most it can be.

    Noise limits it to the geometric mean of each method's correlation with itself from other seeds.
    """
    halves = [
        sample.halves.get(f"{method}, {reference}") for method in ("leave-one-out", "Shapley")
    ]
    if None in halves:
        return np.nan, np.nan
    crossed = [
        rank_correlation(halves[0][i], halves[1][j], sample.weights)
        for i, j in product(range(2), repeat=2) if i != j
    ]  # fmt: skip
    own = [max(rank_correlation(*pair, sample.weights), 0.0) for pair in halves]
    return np.mean(crossed), np.sqrt(own[0] * own[1])


def _auc_of(sample, method):
    """AUC of a method's values for the mis-classified regions."""
    return auc(sample.regions.misclassified, sample.values[method].values, sample.weights)


def _outer(sample, method):
    """Mean value over the points of the upper and lower region together."""
    outer = np.isin(sample.regions.name, ("upper", "lower"))
    if not outer.any():
        return np.nan
    return np.average(sample.values[method].values[outer], weights=sample.weights[outer])


def _rated(sample, method):
    """By how much the mean of each region is above twice that of the correct points."""
    limit, values = RATED * _correct(sample, method), sample.values[method].values
    return {
        f"{method}, {name} less {RATED:g} × correct": sample.regions.mean(values, name) - limit
        for name in NAMES
    }


def _correct(sample, method):
    correct = ~sample.regions.misclassified
    return np.average(sample.values[method].values[correct], weights=sample.weights[correct])


def _share_rated(sample, name):
    """Share of a region's points whose forgetting value is at least twice the correct mean."""
    values = sample.values["forgetting"].values[sample.regions.name == name]
    return np.mean(values >= RATED * _correct(sample, "forgetting")) if len(values) else np.nan

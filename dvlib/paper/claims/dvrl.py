"""Claims on data valuation using reinforcement learning: Figures 4, 20 and 21.

The paper does not say whether DVRL's estimator saw scaled coordinates. These claims are measured
with raw and with scaled ones, as parts of the same claim.
"""

from itertools import combinations

import numpy as np

from dvlib.methods.agreement import auc, rank_correlation
from dvlib.paper.judging.claim import claim
from dvlib.paper.judging.parts import mean_of
from dvlib.paper.studies.dvrl_results import judged, long_enough, ranks

HIGH = 0.9  # a value is high if this share of the training points lies below it
AGREE = 0.5  # rank correlation from which two runs agree: half of a perfect one


@claim(
    "C11", figure="fig04", study="three inputs", repeatable=False,
    says="the values of DVRL match those of the other methods in none of its three settings",
    threshold="AUC of value for the regions, from ½ by {AUC}, and size of the rank correlation "
    "with leave-one-out {rank_correlation}, with each of the three inputs, in the runs that rank "
    "the points at all",
    # below the looser threshold of C01, and less than half of a perfect correlation
    AUC="< 0.25",
    rank_correlation="< 0.5",
    found="Raw and scaled coordinates, one run of each input on each sample.",
)  # fmt: skip
def other_methods_differ(sample):
    """Agreement of the values with the regions and with leave-one-out, for each input.

    A map that is the exact opposite of another method's shows the same regions, so the size of the
    agreement counts and not its sign. At first an AUC near 0 counted as no match. Runs that give
    all points the same value are not measured.
    """
    parts, numbers = {}, {}
    leave_one_out = sample.values["leave-one-out, g"].values
    for name in ("full", "predictions", "x alone"):
        values = sample.values[name].values
        area = auc(sample.regions.misclassified, values)
        found = {
            "AUC from ½": abs(area - 0.5),
            "size of rank correlation": abs(rank_correlation(values, leave_one_out)),
        }
        parts |= {
            f"{what}, {name}": judged(measured, values, sample.n_iterations)
            for what, measured in found.items()
        }
        numbers[f"AUC, {name}"] = judged(area, values, sample.n_iterations)
        numbers[f"share of runs that rank, {name}"] = ranks(values)
    return parts, numbers


@claim(
    "C12", figure="fig20", study="repeated runs", repeatable=False,
    says="three repeated runs of DVRL on one training set give different values",
    threshold="share of the triples of runs with a pair whose values have a rank correlation below "
    "0.5, over baselines and the checkpoints of the last half of the runs: {triples}",
    triples="≥ 0.8",  # four of five who repeat the paper's three runs see a difference
    found="Raw and scaled coordinates, four runs on each sample, with another baseline on each.",
)  # fmt: skip
def repeated_runs_differ(sample):
    """Share of triples of runs that differ, as the paper's three do.

    At first it was the mean correlation of three pairs, whose interval was wider than its range.
    """
    shares, numbers = [], {}
    for baseline, later in sample.later.items():
        name = baseline.replace("_", " ")
        share = mean_of([_triples_that_differ(at) for at in later])
        shares.append(long_enough(share, sample.n_iterations))
        numbers[f"triples that differ, {name}"] = shares[-1]
        pairs = [at[np.triu_indices(len(at), 1)].mean() for at in later if len(at) > 1]
        numbers[f"rank correlation, {name}"] = np.mean(pairs) if pairs else np.nan
    return {"triples that differ": np.mean(shares)}, numbers


@claim(
    "C28", figure="fig21", study="rare point", repeatable=False,
    says="DVRL rates a mis-classified rare point important with full input and with x alone, not "
    "with predictions only",
    threshold="where f_X mis-classifies the point, share of the training points of lower value: "
    "{percentile} with full input and with x alone; with full input above that with predictions "
    "by {above_predictions}",
    percentile=f"≥ {HIGH}",
    above_predictions="> 0",
    found="Raw and scaled coordinates, at (15, −3), (15, −5) or (5, 15), in turn. At the paper's "
    "(15, 5) no network tried is wrong; see Figure 21.",
)  # fmt: skip
def rare_point_is_important(sample):
    """Share of the training points with a lower value than the rare point, for each input.

    It is the mean over the places of the sample that f_X, trained without the point, mis-classifies
    there. At first the claim was judged at (15, 5), which f_X classifies correctly. "Not with
    predictions" asks that full input does better. A run that ranks no points is left out, as in
    C11; at first its percentile of ½ counted.
    """
    numbers = {
        f"percentile, {name}, {place}": share for (place, name), share in sample.percentiles.items()
    }
    wrong = {place for place, _ in sample.percentiles if sample.wrong[place]}
    mean = {
        name: mean_of([sample.percentiles[place, name] for place in sorted(wrong)])
        for name in ("full", "predictions", "x alone")
    }
    parts = {
        "percentile, full": mean["full"],
        "percentile, x alone": mean["x alone"],
        "full above predictions": mean["full"] - mean["predictions"],
    }
    parts = {name: long_enough(of, sample.n_iterations) for name, of in parts.items()}
    numbers["mean, predictions"] = mean["predictions"]
    return parts, numbers | {f"mis-classified at {place}": of for place, of in sample.wrong.items()}


def _triples_that_differ(correlations):
    """Share of the triples of K runs with a pair that does not agree, from (K, K); nan if K < 3."""
    triples = list(combinations(range(len(correlations)), 3))
    if not triples:
        return np.nan
    return np.mean([correlations[np.ix_(of, of)].min() < AGREE for of in triples])

"""Claims on data valuation using reinforcement learning: Figures 4, 20 and 21."""

from dvlib.methods.agreement import auc, rank_correlation
from dvlib.paper.claims.claim import claim
from dvlib.paper.studies.dvrl_results import judged, long_enough, ranks

HIGH = 0.9  # a value is high if this share of the training points lies below it


@claim(
    "C11", figure="fig04", study="three inputs", repeatable=False,
    says="the values of DVRL match those of the other methods in none of its three settings",
    threshold="AUC of value for the regions {AUC} and rank correlation with leave-one-out "
    "{rank_correlation}, with each of the three inputs, in the runs that rank the points at all",
    # below the looser threshold of C01, and less than half of a perfect correlation
    AUC="< 0.75",
    rank_correlation="< 0.5",
    found="Predictions and x alone match nothing. With full input the map matches leave-one-out or "
    "its opposite, by the sample and its seed.",
)  # fmt: skip
def other_methods_differ(sample):
    """Agreement of the values with the regions and with leave-one-out, for each input.

    Runs that give all points the same value are not measured. At first they counted as matching
    nothing, so that failed runs supported the claim.
    """
    parts, numbers = {}, {}
    leave_one_out = sample.values["leave-one-out, g"].values
    for name in ("full", "predictions", "x alone"):
        values = sample.values[name].values
        found = {
            "AUC": auc(sample.regions.misclassified, values),
            "rank correlation": rank_correlation(values, leave_one_out),
        }
        parts |= {
            f"{what}, {name}": judged(measured, values, sample.n_iterations)
            for what, measured in found.items()
        }
        numbers[f"share of runs that rank, {name}"] = ranks(values)
    return parts, numbers


@claim(
    "C12", figure="fig20", study="repeated runs", repeatable=False,
    says="repeated runs of DVRL on one training set give different values",
    threshold="mean rank correlation of the values of two runs {rank_correlation} with each of "
    "three baselines, over the checkpoints of the last half of the runs",
    rank_correlation="< 0.5",
    found="With each of three baselines, runs agree on one sample of three.",
)  # fmt: skip
def repeated_runs_differ(sample):
    """Mean rank correlation over the checkpoints in the last half of the runs, for each baseline.

    At first only the last iteration was judged; the verdict then depended on when the runs stopped.
    """
    parts, numbers = {}, {}
    for baseline, by_iteration in sample.correlations.iterrows():
        name, later = baseline.replace("_", " "), by_iteration.to_numpy()[len(by_iteration) // 2 :]
        parts[f"rank correlation, {name}"] = long_enough(later.mean(), sample.n_iterations)
        numbers |= {f"at the end, {name}": later[-1], f"least, {name}": later.min(),
                    f"most, {name}": later.max()}  # fmt: skip
    return parts, numbers


@claim(
    "C28", figure="fig21", study="rare point", repeatable=False,
    says="DVRL rates a rare point important with full input and with x alone, not with predictions "
    "only",
    threshold="at the place the paper gives, share of the training points of lower value: "
    "{percentile} with full input and with x alone; by how much it is above that share with full "
    "input and below it with predictions, the lesser: {the_lesser}",
    percentile=f"≥ {HIGH}",
    the_lesser="> 0",
    found="The paper's place is classified correctly on every sample. Where the point is "
    "mis-classified, see Figure 21.",
)  # fmt: skip
def rare_point_is_important(sample):
    """Share of the training points with a lower value than the rare point, for each input.

    The verdict uses the paper's place, the first in the sample; the numbers have the mis-classified
    place too. At first "not with predictions" was a part of its own, which runs that had learned
    nothing passed. Then it was judged only on runs whose full input found the point.
    """
    parts, numbers = {}, {}
    paper = next(iter(sample.wrong))
    for (place, name), share in sample.percentiles.items():
        if place != paper:
            numbers[f"percentile, {name}, {place}"] = share
        elif name == "predictions":
            lesser = min(sample.percentiles[place, "full"] - HIGH, HIGH - share)
            parts["by how much full input finds it and predictions do not, the lesser"] = (
                long_enough(lesser, sample.n_iterations)
            )
            numbers[f"percentile, {name}, {place}"] = share
        else:
            parts[f"percentile, {name}"] = long_enough(share, sample.n_iterations)
    return parts, numbers | {f"mis-classified at {place}": of for place, of in sample.wrong.items()}

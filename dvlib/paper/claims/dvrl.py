"""Claims on data valuation by reinforcement learning: Figures 4, 20 and 21."""

import numpy as np

from dvlib.methods.agreement import auc, rank_correlation
from dvlib.methods.leave_one_out import against_g
from dvlib.paper.claims.verdicts import Part, judge
from dvlib.paper.studies.dvrl_results import judged, long_enough, ranks

HIGH = 0.9  # share of the training points below a value that counts as high
NAMES = {"labels_and_residuals": "full", "predictions": "predictions", "features": "x alone"}


def other_methods_differ(study):
    """C11, over samples of the data set. Runs that give all points one value are not measured.

    At first they counted as matching nothing, so that failed runs spoke for the claim.
    """
    parts, numbers = {}, {}
    for inputs, runs in study.values.items():
        name, values = NAMES[inputs], [one.values for one in runs]
        aucs = [
            auc(grid.regions.misclassified, one)
            for one, grid in zip(values, study.grids, strict=True)
        ]
        order = [
            rank_correlation(one, against_g(grid.refits).values)
            for one, grid in zip(values, study.grids, strict=True)
        ]
        numbers[f"runs that rank, {name}"] = sum(map(ranks, values))
        for what, measured, limit in (("AUC", aucs, 0.75), ("rank correlation", order, 0.5)):
            parts[f"{what}, {name}"] = Part(
                judged(measured, values, study.n_iterations), "<", limit
            )
    return judge("C11", parts, numbers)


def repeated_runs_differ(study):
    """C12: the mean over the checkpoints of the last half of the runs on one training set.

    At first the last iteration alone was judged: the verdict hung on when the runs were stopped.
    """
    parts, numbers = {}, {}
    for baseline, by_iteration in study.correlations.iterrows():
        name, later = baseline.replace("_", " "), by_iteration.to_numpy()[len(by_iteration) // 2 :]
        mean = long_enough(later.mean(), study.n_iterations)
        parts[f"rank correlation, {name}"] = Part(mean, "<", 0.5)
        numbers |= {f"at the end, {name}": later[-1], f"least, {name}": later.min(),
                    f"most, {name}": later.max()}  # fmt: skip
    return judge("C12", parts, numbers)


def rare_point_is_important(study):
    """C28: judged at the paper's place, measured at the mis-classified one too.

    At first "not with predictions" was a part by itself, which a run that learned nothing passed;
    then it was one of the runs alone whose full input found the point.
    """
    parts, numbers = {}, {}
    paper = next(iter(study.wrong))
    for (place, inputs), shares in study.percentiles.items():
        name = NAMES[inputs]
        if place != paper:
            numbers[f"percentile, {name}, {place}"] = shares
        elif inputs == "predictions":
            full = study.percentiles[place, "labels_and_residuals"]
            lesser = np.minimum(full - HIGH, HIGH - shares)
            parts["by how much full input finds it and predictions do not, the lesser"] = Part(
                long_enough(lesser, study.n_iterations), ">", 0.0
            )
            numbers[f"percentile, {name}, {place}"] = shares
        else:
            parts[f"percentile, {name}"] = Part(long_enough(shares, study.n_iterations), "≥", HIGH)
    numbers |= {f"mis-classified at {place}": share for place, share in study.wrong.items()}
    return judge("C28", parts, numbers)

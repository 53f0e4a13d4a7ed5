"""Claims on data valuation by reinforcement learning: Figures 4, 20 and 21."""

from dataclasses import replace

import numpy as np
from scipy.stats import spearmanr

from dvlib.claims import NOT_MEASURED, Part, judge
from dvlib.dvrl_results import ALIKE, LEAST
from dvlib.leave_one_out import against_g
from dvlib.value_claims import auc

HIGH = 0.9  # share of the training points below a value that counts as high
NAMES = {"labels_and_residuals": "full", "predictions": "predictions", "features": "x alone"}


def other_methods_differ(study):
    """C11, over samples of the data set. Runs that give all points one value are left out.

    At first they counted as matching nothing, so that failed runs spoke for the claim.
    """
    parts, numbers = {}, {}
    for inputs, of in study.values.items():
        name = NAMES[inputs]
        ranking = [
            (grid.regions.misclassified, values.values, against_g(grid.refits).values)
            for values, grid in zip(of, study.grids, strict=True)
            if np.ptp(values.values) >= ALIKE
        ]
        aucs = [auc(inside, values) for inside, values, _ in ranking]
        order = [spearmanr(values, others).statistic for _, values, others in ranking]
        numbers[f"runs that rank, {name}"] = len(ranking)
        if ranking:
            parts[f"AUC, {name}"] = Part(aucs, "<", 0.75)
            parts[f"rank correlation, {name}"] = Part(order, "<", 0.5)
    return if_long_enough(study, judge("C11", parts, numbers))


def repeated_runs_differ(study):
    """C12: the mean over the checkpoints of the last half of the runs on one training set.

    At first the last iteration alone was judged: the verdict hung on when the runs were stopped.
    """
    parts, numbers = {}, {}
    for baseline, by_iteration in study.correlations.iterrows():
        name, later = baseline.replace("_", " "), by_iteration.to_numpy()[len(by_iteration) // 2 :]
        parts[f"rank correlation, {name}"] = Part(later.mean(), "<", 0.5)
        numbers |= {f"at the end, {name}": later[-1], f"least, {name}": later.min(),
                    f"most, {name}": later.max()}  # fmt: skip
    return if_long_enough(study, judge("C12", parts, numbers))


def rare_point_is_important(study):
    """C28: judged at the paper's place, measured at the mis-classified one too.

    At first "not with predictions" was a part by itself, which a run that learned nothing passed;
    then it was one of the runs alone whose full input found the point.
    """
    parts, numbers = {}, {}
    paper = next(iter(study.wrong))
    for (place, inputs), of in study.percentiles.items():
        name = NAMES[inputs]
        if place != paper:
            numbers[f"percentile, {name}, {place}"] = of
        elif inputs == "predictions":
            full = study.percentiles[place, "labels_and_residuals"]
            parts["by how much full input finds it and predictions do not, the lesser"] = Part(
                np.minimum(full - HIGH, HIGH - of), ">", 0.0
            )
            numbers[f"percentile, {name}, {place}"] = of
        else:
            parts[f"percentile, {name}"] = Part(of, "≥", HIGH)
    numbers |= {f"mis-classified at {place}": share for place, share in study.wrong.items()}
    return if_long_enough(study, judge("C28", parts, numbers))


def if_long_enough(study, verdict):
    """No verdict on runs that were stopped after a few iterations."""
    if study.n_iterations < LEAST:
        return replace(verdict, verdict=NOT_MEASURED)
    return verdict

"""Claims on data valuation by reinforcement learning: Figures 4, 20 and 21."""

from dataclasses import replace

import numpy as np
from scipy.stats import spearmanr

from dvlib.claims import NOT_MEASURED, judge, judge_over_samples
from dvlib.dvrl_results import ALIKE, LEAST, rank_correlations
from dvlib.leave_one_out import against_g
from dvlib.value_claims import auc

NAMES = {"labels_and_residuals": "full", "predictions": "predictions", "features": "x alone"}


def other_methods_differ(study):
    """C11, over samples of the data set; a run that gives all points one value matches nothing."""
    parts, numbers = {}, {}
    for inputs, of in study.values.items():
        name, aucs, correlations = NAMES[inputs], [], []
        for values, grid in zip(of, study.grids, strict=True):
            alike = np.ptp(values.values) < ALIKE
            others = against_g(grid.refits).values
            aucs.append(0.5 if alike else auc(grid.regions.misclassified, values.values))
            correlations.append(0.0 if alike else spearmanr(values.values, others).statistic)
        parts[name] = (np.array(aucs) < 0.75) & (np.array(correlations) < 0.5)
        numbers |= {f"AUC, {name}": np.mean(aucs),
                    f"rank correlation, {name}": np.mean(correlations)}  # fmt: skip
    return _if_long_enough(study, judge_over_samples("C11", parts, numbers))


def repeated_runs_differ(study):
    """C12."""
    means, numbers = [], {}
    for baseline, of in study.values.items():
        name = baseline.replace("_", " ")
        pairs = rank_correlations([one.values for one in of]) if len(of) > 1 else np.array([np.nan])
        means.append(pairs.mean())
        numbers |= {f"mean, {name}": pairs.mean(), f"least, {name}": pairs.min(),
                    f"most, {name}": pairs.max()}  # fmt: skip
    below = np.array(means) < 0.5
    return _if_long_enough(study, judge("C12", numbers, below.all(), below.any()))


def rare_point_is_important(study):
    """C28: judged at the paper's place, measured at the mis-classified one too."""
    parts, numbers = {}, {}
    paper = next(iter(study.wrong))
    for (place, inputs), of in study.percentiles.items():
        name = NAMES[inputs]
        numbers[f"percentile, {name}, {place}"] = of.mean()
        if place == paper:
            important = of >= 0.9
            parts[name] = ~important if inputs == "predictions" else important
    numbers |= {f"mis-classified at {place}": share for place, share in study.wrong.items()}
    return _if_long_enough(study, judge_over_samples("C28", parts, numbers))


def _if_long_enough(study, verdict):
    """No verdict on runs that were stopped early: it would differ from processor to processor."""
    if study.n_iterations < LEAST:
        return replace(verdict, verdict=NOT_MEASURED)
    return verdict

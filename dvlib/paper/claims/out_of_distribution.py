"""Claims on out-of-distribution scores: Figure 6."""

import numpy as np
from scipy.stats import spearmanr

from dvlib.methods.agreement import auc
from dvlib.paper.claims.verdicts import Part, judge

NEAR, FAR = 1, 2  # of the learned boundary, in units of the plane


def only_the_process_finds_far_points(study):
    """C13, over samples of the data set."""
    parts, numbers = {}, {}
    for method in study.panels:
        pairs = [(one.scores[method].values, one) for one in study.samples]
        data = np.array([spearmanr(v, one.to_data).statistic for v, one in pairs])
        near = np.array([spearmanr(v, -one.regions.to_learned).statistic for v, one in pairs])
        right, wrong = (data, near) if method == "Gaussian process" else (near, data)
        parts[f"{method}, rank correlation"] = Part(right, "≥", 0.5)
        parts[f"{method}, above that with the other"] = Part(right - wrong, ">", 0.0)
        numbers |= {f"{method}, distance to data": data, f"{method}, nearness to boundary": near}
    return judge("C13", parts, numbers)


def dropout_finds_the_upper_boundary(study):
    """C14, over samples of the data set.

    At first it was enough to be better above, even if better everywhere.
    """
    found = {
        (method, part): np.array([_found(one, method, part) for one in study.samples])
        for method in ("Monte-Carlo dropout", "ensemble")
        for part in ("upper", "lower")
    }
    above, below = (
        found["Monte-Carlo dropout", part] - found["ensemble", part] for part in ("upper", "lower")
    )
    # Better above, and by more than below: the lesser of the two.
    advantage = np.minimum(above, above - below)
    parts = {"AUC, dropout less ensemble, above, and beyond below": Part(advantage, ">", 0.0)}
    numbers = {f"AUC, {method}, {part}": of for (method, part), of in found.items()}
    return judge("C14", parts, numbers)


def _found(sample, method, part):
    """AUC of a score for points next to a part of the boundary, against points far from all."""
    here = sample.upper if part == "upper" else ~sample.upper
    near = (sample.regions.to_learned <= NEAR) & here
    among = near | (sample.regions.to_learned > FAR)
    return auc(near[among], sample.scores[method].values[among])

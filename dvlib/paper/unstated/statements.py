"""The paper's statements from which its settings are inferred, each with a measure and a threshold.

Declared before any of them was measured. They are those of Figures 1, 3, 10, 16 and 19, and of
Figures 7 to 9, which seem to point the other way. Statements that read Shapley values, DVRL or
leave-one-out of training points are left out, for their cost.

Each measure takes an `Evidence` (`evidence.py`) and returns a number. nan means that the sample
lacks what the statement is about, such as a region. Then the statement does not hold there.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dvlib.data.regions import NAMES
from dvlib.methods.agreement import auc, rank_correlation

HOLDS = 0.8  # share of the samples from which on a statement counts as holding in a setting


class Statement(NamedTuple):
    """One statement, in our words. It holds in a sample if the number is at `side` of the limit."""

    figure: int
    says: str
    side: str  # "≥", ">", "≤" or "<"
    limit: float
    why: str  # reason for the measure and its limit
    measure: Callable

    def holds(self, number):
        """Whether a measured number satisfies the limit; False for nan."""
        compare = {"≥": np.greater_equal, ">": np.greater, "≤": np.less_equal, "<": np.less}
        return bool(compare[self.side](number, self.limit))


def _auc(method):
    """AUC of a method's values for the regions, weighted by what each point stands for."""
    return lambda seen: auc(seen.regions.misclassified, seen.values[method], seen.weights)


def _means(method, measure):
    """A measure of the means of the upper region, the one between and the lower, by a method."""
    return lambda seen: measure(*seen.means(method))


def _between_above_others(upper, between, lower):
    return between - np.fmax(upper, lower)


def _upper_above_lower(upper, between, lower):
    return upper - lower


def _between_over_others(upper, between, lower):
    outer = np.nanmean([upper, lower]) if np.isfinite([upper, lower]).any() else np.nan
    return between / outer if outer > 0 else np.nan


def _nearer_to_g(seen):
    inside = seen.regions.misclassified
    values = seen.values["leave-one-out, g"][inside]
    return rank_correlation(values, seen.regions.to_g[inside], seen.weights[inside])


def _near_points_push(seen):
    values, right = seen.values["leave-one-out, g"], ~seen.regions.misclassified
    distance = seen.regions.to_learned
    near, far = (np.sort(values[right & there])[:3] for there in (distance <= 1, distance > 2))
    return near.mean() - far.mean() if len(near) and len(far) else np.nan


def _memorization_overlap(seen):
    memorized, inside = seen.values["memorization"] > 0.5, seen.regions.misclassified
    union = seen.weights[memorized | inside].sum()
    return seen.weights[memorized & inside].sum() / union if union else np.nan


def _growth(point):
    return lambda seen: seen.growth(point, 500) - seen.growth(point, 50)


_DECLARED = (
    # Figure 1, section 3.1: leave-one-out.
    (1, "values against g are high in the mis-classified regions", "≥", 0.9,
     "AUC, weighted by what each point stands for; the limit of claim C01",
     _auc("leave-one-out, g")),
    (1, "values against f_X show the same regions", "≥", 0.9, "as S01",
     _auc("leave-one-out, f_X")),
    (1, "the nearer a mis-classified point to g, the higher its value", "≤", -0.5,
     "rank correlation with the distance to g in the regions; limit of C03", _nearer_to_g),
    (1, "the region between the clusters is not important", "≤", 0.5,
     "mean value there against that of the other regions; half, as in claim C04",
     _means("leave-one-out, g", _between_over_others)),
    (1, "some correct points very near the learned boundary push it away, others do not", "<", 0,
     "mean of the three lowest values within 1 of it, less that beyond 2, from as many points of "
     "each kind: the paper says that some exist, not how many", _near_points_push),
    # Figure 3, section 3.3: forgetting, last learned and memorization.
    (3, "forgetting rates the region between the clusters highest", ">", 0,
     "mean there less the higher of the other regions' means",
     _means("forgetting", _between_above_others)),
    (3, "last learned rates the region between the clusters highest", ">", 0, "as S06",
     _means("last learned", _between_above_others)),
    (3, "forgetting rates the upper region above the lower one", ">", 0,
     "mean of the upper region less twice that of the lower: clearly above",
     _means("forgetting", lambda upper, _, lower: upper - 2 * lower)),
    (3, "forgetting does not recognize the lower region", "≤", 0.25,
     "its mean as a share of that between the clusters, the deepest colour of the map: a quarter "
     "is pale",
     _means("forgetting", lambda _, between, low: low / between if between > 0 else np.nan)),
    (3, "last learned does not recognize the lower region", "≤", 0.25,
     "as S09; counted from epoch 1, the lowest value there is",
     _means("last learned", lambda _, between, lower:
            (lower - 1) / (between - 1) if between > 1 else np.nan)),
    (3, "memorization finds all mis-classified regions", "≥", 0.9,
     "least share of a region's points with a value above ½; limit of claim C10",
     lambda seen: np.min(
         [seen.regions.mean(seen.values["memorization"] > 0.5, name) for name in NAMES]
     )),
    (3, "memorization finds the regions accurately", "≥", 0.9,
     "weighted overlap (IoU) of points above ½ with the regions, as C10", _memorization_overlap),
    # Figures 10 and 16, sections A.4 and A.5: training points.
    (10, "forgetting gives every training point the same value", "≥", 0.998,
     "share of the points not forgotten in a run: one of the 670 may be",
     lambda seen: 1 - seen.forgotten.mean()),
    (10, "last learned gives training points different values", "≥", 0.1,
     "coefficient of variation of the mean epoch over the points",
     lambda seen: seen.last_learned.std() / seen.last_learned.mean()),
    (16, "no training point is forgotten on two clusters", "≥", 0.9,
     "share of the runs without any: almost every run looks like the paper's",
     lambda seen: (~seen.forgotten.any(0)).mean()),
    # Figure 19, section A.7. The region between the clusters is left out: Figure 3 has it highest.
    (19, "last learned: the upper region is harder than the lower", ">", 0,
     "difference of the means", _means("last learned", _upper_above_lower)),
    (19, "frequent forgetting: the upper region is harder than the lower", ">", 0, "as S16",
     _means("frequent", _upper_above_lower)),
    (19, "simple forgetting: the upper region is harder than the lower", ">", 0, "as S16",
     _means("simple", _upper_above_lower)),
    # Figures 7 to 9, section A.3: mean pairwise dv of runs.
    (7, "50 units have stabler boundaries than 3", "<", 0, "difference of mean pairwise dv",
     lambda seen: seen.scatter["50 units"] - seen.scatter["3 units"]),
    (7, "1,000 units have stabler boundaries than 50", "<", 0, "as S19",
     lambda seen: seen.scatter["setting"] - seen.scatter["50 units"]),
    (8, "a mis-labelled point disturbs larger training sets more", ">", 0,
     "growth of mean pairwise dv by the point, 500 points per label less 50",
     _growth("mis-labelled")),
    (8, "it leaves the predictions on the training points", "≤", 0.01,
     "share of the training points predicted otherwise, at the size with the larger share: at "
     "most a point in a hundred, which a picture hardly shows", lambda seen: seen.changed),
    (9, "a new correct point causes more variance on larger training sets", ">", 0, "as S21",
     _growth("correct")),
)  # fmt: skip
STATEMENTS = {f"S{k:02d}": Statement(*declared) for k, declared in enumerate(_DECLARED, 1)}


def halves():
    """Halves A and B of the statements: those of odd and of even number, in the declared order.

    Neighbours in the list belong to the same figure, so each half has statements of most figures.
    Returns a dict of "A" and "B" → tuple of statement ids.
    """
    names = tuple(STATEMENTS)
    return {"A": names[::2], "B": names[1::2]}

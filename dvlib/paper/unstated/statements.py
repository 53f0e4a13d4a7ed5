"""The paper's statements from which its settings are inferred, each with a measure and a threshold.

Declared before any of them was measured. They are those of Figures 1, 3, 10, 16 and 19, and of
Figures 7 to 9, which seem to point the other way. Statements that read Shapley values, DVRL or
leave-one-out of training points are left out, for their cost.

Each measure takes an `Evidence` (`evidence.py`) and returns a number. nan means that the sample
lacks what the statement is about, such as a region. Then the statement does not hold there.
"""

from dataclasses import dataclass

import numpy as np

from dvlib.data.regions import NAMES
from dvlib.methods.agreement import auc, rank_correlation

HOLDS = 0.8  # share of the samples from which on a statement counts as holding in a setting


@dataclass(frozen=True)
class Statement:
    """One statement, in our words. It holds in a sample if the number is at `side` of the limit."""

    id: str
    figure: int
    says: str
    side: str  # "≥", ">", "≤" or "<"
    limit: float
    why: str  # reason for the measure and its limit
    measure: object

    def holds(self, number):
        """Whether a measured number satisfies the limit; False for nan."""
        compare = {"≥": np.greater_equal, ">": np.greater, "≤": np.less_equal, "<": np.less}
        return bool(compare[self.side](number, self.limit))


STATEMENTS = {}


def statement(figure, says, side, limit, why):
    """Decorator that turns a measure into a `Statement` of the list, numbered in order."""

    def decorate(measure):
        name = f"S{len(STATEMENTS) + 1:02d}"
        STATEMENTS[name] = Statement(name, figure, says, side, limit, why, measure)
        return measure

    return decorate


def halves():
    """Halves A and B of the statements: those of odd and of even number, in the declared order.

    Neighbours in the list belong to the same figure, so each half has statements of most figures.

    Returns
    -------
    dict of "A" and "B" → tuple of statement ids
    """
    names = tuple(STATEMENTS)
    return {"A": names[::2], "B": names[1::2]}


# Figure 1, section 3.1: leave-one-out.
@statement(1, "values against g are high in the mis-classified regions", "≥", 0.9,
           "AUC, weighted by what each point stands for; the limit of claim C01")  # fmt: skip
def regions_by_g(seen):
    return auc(seen.regions.misclassified, seen.values["leave-one-out, g"], seen.weights)


@statement(1, "values against f_X show the same regions", "≥", 0.9, "as S01")
def regions_by_base(seen):
    return auc(seen.regions.misclassified, seen.values["leave-one-out, f_X"], seen.weights)


@statement(1, "the nearer a mis-classified point to g, the higher its value", "≤", -0.5,
           "rank correlation with the distance to g in the regions; limit of C03")  # fmt: skip
def nearer_to_g(seen):
    inside = seen.regions.misclassified
    return rank_correlation(
        seen.values["leave-one-out, g"][inside], seen.regions.to_g[inside], seen.weights[inside]
    )


@statement(1, "the region between the clusters is not important", "≤", 0.5,
           "mean value there against that of the other regions; half, as in claim C04")  # fmt: skip
def between_is_unimportant(seen):
    upper, between, lower = seen.means("leave-one-out, g")
    outer = np.nanmean([upper, lower]) if np.isfinite([upper, lower]).any() else np.nan
    return between / outer if outer > 0 else np.nan


@statement(1, "some correct points very near the learned boundary push it away, others do not",
           "<", 0, "mean of the three lowest values within 1 of it, less that beyond 2, from as "
           "many points of each kind: the paper says that some exist, not how many")  # fmt: skip
def near_points_push(seen):
    values, right = seen.values["leave-one-out, g"], ~seen.regions.misclassified
    distance = seen.regions.to_learned
    near, far = (np.sort(values[right & there])[:3] for there in (distance <= 1, distance > 2))
    return near.mean() - far.mean() if len(near) and len(far) else np.nan


# Figure 3, section 3.3: forgetting, last learned and memorization.
@statement(3, "forgetting rates the region between the clusters highest", ">", 0,
           "mean there less the higher of the other regions' means")  # fmt: skip
def forgotten_between(seen):
    upper, between, lower = seen.means("forgetting")
    return between - np.fmax(upper, lower)


@statement(3, "last learned rates the region between the clusters highest", ">", 0, "as S06")
def learned_last_between(seen):
    upper, between, lower = seen.means("last learned")
    return between - np.fmax(upper, lower)


@statement(3, "forgetting rates the upper region above the lower one", ">", 0,
           "mean of the upper region less twice that of the lower: clearly above")  # fmt: skip
def forgotten_above(seen):
    upper, _, lower = seen.means("forgetting")
    return upper - 2 * lower


@statement(3, "forgetting does not recognize the lower region", "≤", 0.25,
           "its mean as a share of that between the clusters, the deepest colour of the map: a "
           "quarter is pale")  # fmt: skip
def lower_is_not_forgotten(seen):
    _, between, lower = seen.means("forgetting")
    return lower / between if between > 0 else np.nan


@statement(3, "last learned does not recognize the lower region", "≤", 0.25,
           "as S09; counted from epoch 1, the lowest value there is")  # fmt: skip
def lower_is_learned_early(seen):
    _, between, lower = seen.means("last learned")
    return (lower - 1) / (between - 1) if between > 1 else np.nan


@statement(3, "memorization finds all mis-classified regions", "≥", 0.9,
           "least share of a region's points with a value above ½; limit of claim C10")  # fmt: skip
def memorization_finds_all(seen):
    memorized = seen.values["memorization"] > 0.5
    return np.min([seen.regions.mean(memorized, name) for name in NAMES])


@statement(3, "memorization finds the regions accurately", "≥", 0.9,
           "weighted overlap (IoU) of points above ½ with the regions, as C10")  # fmt: skip
def memorization_is_accurate(seen):
    memorized, inside = seen.values["memorization"] > 0.5, seen.regions.misclassified
    union = seen.weights[memorized | inside].sum()
    return seen.weights[memorized & inside].sum() / union if union else np.nan


# Figures 10 and 16, sections A.4 and A.5: training points.
@statement(10, "forgetting gives every training point the same value", "≥", 0.998,
           "share of the points not forgotten in a run: one of the 670 may be")  # fmt: skip
def training_points_alike(seen):
    return 1 - seen.forgotten.mean()


@statement(10, "last learned gives training points different values", "≥", 0.1,
           "coefficient of variation of the mean epoch over the points")  # fmt: skip
def training_points_differ(seen):
    return seen.last_learned.std() / seen.last_learned.mean()


@statement(16, "no training point is forgotten on two clusters", "≥", 0.9,
           "share of the runs without any: almost every run looks like the paper's")  # fmt: skip
def runs_without_forgetting(seen):
    return (~seen.forgotten.any(0)).mean()


# Figure 19, section A.7. The region between the clusters is left out: Figure 3 has it highest.
@statement(19, "last learned: the upper region is harder than the lower", ">", 0,
           "difference of the means")  # fmt: skip
def upper_is_learned_later(seen):
    upper, _, lower = seen.means("last learned")
    return upper - lower


@statement(19, "frequent forgetting: the upper region is harder than the lower", ">", 0, "as S16")
def upper_is_frequent(seen):
    upper, _, lower = seen.means("frequent")
    return upper - lower


@statement(19, "simple forgetting: the upper region is harder than the lower", ">", 0, "as S16")
def upper_is_simple(seen):
    upper, _, lower = seen.means("simple")
    return upper - lower


# Figures 7 to 9, section A.3: mean pairwise dv of runs.
@statement(7, "50 units have stabler boundaries than 3", "<", 0, "difference of mean pairwise dv")
def wider_than_3(seen):
    return seen.scatter["50 units"] - seen.scatter["3 units"]


@statement(7, "1,000 units have stabler boundaries than 50", "<", 0, "as S19")
def wider_than_50(seen):
    return seen.scatter["setting"] - seen.scatter["50 units"]


@statement(8, "a mis-labelled point disturbs larger training sets more", ">", 0,
           "growth of mean pairwise dv by the point, 500 points per label less 50")  # fmt: skip
def mislabelled_disturbs(seen):
    return seen.growth("mis-labelled", 500) - seen.growth("mis-labelled", 50)


@statement(8, "it leaves the predictions on the training points", "≤", 0.01,
           "share of the training points predicted otherwise, at the size with the larger share: "
           "at most a point in a hundred, which a picture hardly shows")  # fmt: skip
def predictions_stay(seen):
    return seen.changed


@statement(9, "a new correct point causes more variance on larger training sets", ">", 0, "as S21")
def correct_disturbs(seen):
    return seen.growth("correct", 500) - seen.growth("correct", 50)

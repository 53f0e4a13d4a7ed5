"""The paper's statements from which its settings are inferred, each with a measure and a limit.

They are all that the paper says about Figures 1 to 21 and that trained or watched networks can
answer. Statements about these are left out: Shapley values and DVRL (Figures 2, 4, 20 and 21, and
panels of others), Monte-Carlo dropout, Gaussian processes and ensembles (Figure 6), and leave-one-
out values of training points and of the mesh alone, which take many seeds to be told from noise.
Memorization on the mesh alone (Figure 15) needs all leave-one-out fits to 1,296 points. In both
regimes it rates only points next to g, so that it tells no settings apart.

The first list had Figures 1, 3, 7 to 10, 16 and 19 only, and of Figure 19 only that the upper
region is harder than the lower one. So it was one-sided: Figures 14 and 17 speak for large batches
or wide clusters. The statements that were added, on Figures 11 to 15, 17, 18 and the rest of Figure
19, have the limits of the claims named beside them. What these claims had found in both regimes was
known by then, so the list is complete, but not blind.

Each measure takes an `Evidence` (`evidence.py`) of its data set and returns a number. nan means
that the sample lacks what the statement is about, such as a region or a forgotten point. Then the
statement does not hold there.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dvlib.data.regions import NAMES
from dvlib.methods.agreement import auc, rank_correlation
from dvlib.paper.figures.comparison import against_far
from dvlib.paper.unstated.evidence import CENTRED, FOUR, MESH, NOISY, TWO

RATED = 2  # times the mean value of the correct points, as in C21 and C22


class Statement(NamedTuple):
    """One statement, in our words. It holds in a sample if the number is at `side` of the limit."""

    figure: int
    dataset: str  # or the mesh alone
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


def _upper_above_both(upper, between, lower):
    return upper - np.maximum(between, lower)


def _between_over_others(upper, between, lower):
    outer = np.nanmean([upper, lower]) if np.isfinite([upper, lower]).any() else np.nan
    return between / outer if outer > 0 else np.nan


def _between_less_half_of_others(method):
    """Mean between the clusters, less half of that of the other regions."""

    def measure(seen):
        outer = np.isin(seen.regions.name, ("upper", "lower"))
        return seen.regions.mean(seen.values[method], "between") - seen.mean(method, outer) / 2

    return measure


def _rated(*regions):
    """Least mean of forgetting of some regions, less `RATED` times that of the correct points."""

    def measure(seen):
        means = dict(zip(NAMES, seen.means("forgetting"), strict=True))
        correct = seen.mean("forgetting", ~seen.regions.misclassified)
        return np.min([means[name] for name in regions]) - RATED * correct

    return measure


def _upper_rated(seen):
    correct = seen.mean("forgetting", ~seen.regions.misclassified)
    return seen.regions.mean(seen.values["forgetting"] > RATED * correct, "upper")


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


def _against_far(method, what):
    return lambda seen: against_far(seen, seen.values[method], what)


def _runs_with_forgotten(seen):
    return seen.forgotten.any(0).mean()


def _forgotten_are_near(seen):
    return auc((seen.forgotten > 0).ravel(), -seen.distance.ravel())


def _forgotten_within_2(seen):
    events = seen.forgotten.sum()
    return seen.forgotten[seen.distance <= 2].sum() / events if events else np.nan


def _variation(seen):
    return seen.last_learned.std() / seen.last_learned.mean()


def _lowest_cluster(seen):
    means = [seen.last_learned[seen.clusters == c].mean() for c in np.unique(seen.clusters)]
    lowest, second = np.sort(means)[:2]
    return lowest / second


def _growth(point):
    return lambda seen: seen.growth(point, 500) - seen.growth(point, 50)


_DECLARED = (
    # Figure 1, section 3.1: leave-one-out.
    (1, TWO, "values against g are high in the mis-classified regions", "≥", 0.9,
     "AUC, weighted by what each point stands for; the limit of claim C01",
     _auc("leave-one-out, g")),
    (1, TWO, "values against f_X show the same regions", "≥", 0.9, "as against g",
     _auc("leave-one-out, f_X")),
    (1, TWO, "the nearer a mis-classified point to g, the higher its value", "≤", -0.5,
     "rank correlation with the distance to g in the regions; limit of C03", _nearer_to_g),
    (1, TWO, "the region between the clusters is not important", "≤", 0.5,
     "mean value there against that of the other regions; half, as in claim C04",
     _means("leave-one-out, g", _between_over_others)),
    (1, TWO, "some correct points very near the learned boundary push it away, others do not",
     "<", 0,
     "mean of the three lowest values within 1 of it, less that beyond 2, from as many points of "
     "each kind: the paper says that some exist, not how many", _near_points_push),
    # Figure 3, section 3.3: forgetting, last learned and memorization.
    (3, TWO, "forgetting rates the region between the clusters highest", ">", 0,
     "mean there less the higher of the other regions' means",
     _means("forgetting", _between_above_others)),
    (3, TWO, "last learned rates the region between the clusters highest", ">", 0,
     "as forgetting", _means("last learned", _between_above_others)),
    (3, TWO, "forgetting rates the upper region above the lower one", ">", 0,
     "mean of the upper region less twice that of the lower: clearly above",
     _means("forgetting", lambda upper, _, lower: upper - 2 * lower)),
    (3, TWO, "forgetting does not recognize the lower region", "≤", 0.25,
     "its mean as a share of that between the clusters, the deepest colour of the map: a quarter "
     "is pale",
     _means("forgetting", lambda _, between, low: low / between if between > 0 else np.nan)),
    (3, TWO, "last learned does not recognize the lower region", "≤", 0.25,
     "as forgetting; counted from epoch 1, the lowest value there is",
     _means("last learned", lambda _, between, lower:
            (lower - 1) / (between - 1) if between > 1 else np.nan)),
    (3, TWO, "memorization finds all mis-classified regions", "≥", 0.9,
     "least share of a region's points with a value above ½; limit of claim C10",
     lambda seen: np.min(
         [seen.regions.mean(seen.values["memorization"] > 0.5, name) for name in NAMES]
     )),
    (3, TWO, "memorization finds the regions accurately", "≥", 0.9,
     "weighted overlap (IoU) of points above ½ with the regions, as C10", _memorization_overlap),
    # Figures 7 to 9, section A.3: mean pairwise dv of runs.
    (7, TWO, "50 units have stabler boundaries than 3", "<", 0, "difference of mean pairwise dv",
     lambda seen: seen.scatter["50 units"] - seen.scatter["3 units"]),
    (7, TWO, "1,000 units have stabler boundaries than 50", "<", 0,
     "difference of mean pairwise dv",
     lambda seen: seen.scatter["setting"] - seen.scatter["50 units"]),
    (8, TWO, "a mis-labelled point disturbs larger training sets more", ">", 0,
     "growth of mean pairwise dv by the point, 500 points per label less 50",
     _growth("mis-labelled")),
    (8, TWO, "it leaves the predictions on the training points", "≤", 0.01,
     "share of the training points predicted otherwise, at the size with the larger share: at "
     "most a point in a hundred, which a picture hardly shows", lambda seen: seen.changed),
    (9, TWO, "a new correct point causes more variance on larger training sets", ">", 0,
     "as a mis-labelled point", _growth("correct")),
    # Figures 10 and 11, section A.5: training points.
    (10, TWO, "forgetting gives every training point the same value", "≥", 0.998,
     "share of the points not forgotten in a run: one of the 670 may be",
     lambda seen: (seen.forgotten == 0).mean()),
    (10, TWO, "last learned gives training points different values", "≥", 0.1,
     "coefficient of variation of the mean epoch over the points", _variation),
    (11, FOUR, "last learned gives training points different values", "≥", 0.1,
     "as on two clusters", _variation),
    (11, FOUR, "last learned values one cluster far lower than the rest", "≤", 0.5,
     "lowest mean of a cluster as a share of the next; limit of C20", _lowest_cluster),
    # Figures 12 to 14, section A.6: other data sets. The paper does not name the reference.
    *((12, NOISY, f"leave-one-out, against {reference}, finds the mis-classified regions", "≥", 0.9,
       "AUC, as in Figure 1 and C21", _auc(f"leave-one-out, {reference}"))
      for reference in ("g", "f_X")),
    (12, NOISY, "forgetting finds points between the clusters", ">", 0,
     "mean there, less twice that of the correct points, as C21", _rated("between")),
    (12, NOISY, "forgetting finds part of the upper region", "≥", 0.1,
     "share of its points above twice the mean of the correct points; limit of C21", _upper_rated),
    *((13, FOUR, f"leave-one-out, against {reference}, finds the mis-classified regions", "≥", 0.9,
       "AUC, as in Figure 1 and C22", _auc(f"leave-one-out, {reference}"))
      for reference in ("g", "f_X")),
    *((13, FOUR, f"against {reference}, the region between the clusters is not important", "≤", 0,
       "mean there, less half of that of the other regions, as C22",
       _between_less_half_of_others(f"leave-one-out, {reference}"))
      for reference in ("g", "f_X")),
    (13, FOUR, "forgetting finds the region between the clusters", ">", 0,
     "mean there, less twice that of the correct points, as C22", _rated("between")),
    (13, FOUR, "forgetting finds both other regions", ">", 0,
     "the lower of their means, less twice that of the correct points, as C22",
     _rated("upper", "lower")),
    (14, CENTRED, "the learned boundary is straight", "≤", 0.5,
     "root mean square distance from the best line: half a step of the paper's grid, as C23",
     lambda seen: seen.bend),
    *((14, CENTRED, f"mis-classified points count more by {method}", "≥", 0.75,
       "AUC against correct points beyond 2 of both boundaries; limit of C24",
       _against_far(method, "mis-classified"))
      for method in ("leave-one-out, g", "leave-one-out, f_X", "forgetting")),
    *((14, CENTRED, f"points near a boundary count more by {method}", "≥", 0.75,
       "AUC of correct points within 1 against those beyond 2; limit of C24",
       _against_far(method, "near"))
      for method in ("leave-one-out, g", "leave-one-out, f_X", "forgetting")),
    # Figures 15 to 18, section A.7: forgotten training points.
    (15, MESH, "on the mesh alone, forgetting rates only points next to the boundary", "≥", 0.9,
     "share of the events within 2 of the learned boundary, here nearly g; limit of C25",
     _forgotten_within_2),
    (16, TWO, "no training point is forgotten on two clusters", "≥", 0.9,
     "share of the runs without any: almost every run looks like the paper's",
     lambda seen: 1 - _runs_with_forgotten(seen)),
    *((figure, dataset, f"some training points are forgotten on {words}", "≥", 0.5,
       "share of the runs with one; limit of C26", _runs_with_forgotten)
      for figure, dataset, words in ((17, FOUR, "four clusters"), (18, NOISY, "noisy data"))),
    *((figure, dataset, f"those forgotten on {words} are near the boundary", "≥", 0.9,
       "AUC of nearness to the run's final boundary; limit of C26", _forgotten_are_near)
      for figure, dataset, words in ((17, FOUR, "four clusters"), (18, NOISY, "noisy data"))),
    # Figure 19, section A.7. Of last learned, Figure 3 has the region between the clusters highest.
    *((19, TWO, f"{method}: the upper region is harder than the lower", ">", 0,
       "difference of the means", _means(method, _upper_above_lower))
      for method in ("last learned", "frequent", "simple")),
    *((19, TWO, f"{method}: the upper region is the hardest", ">", 0,
       "its mean less the higher of the other regions' means; as C27",
       _means(method, _upper_above_both))
      for method in ("last learned", "frequent", "simple")),
)  # fmt: skip
STATEMENTS = {
    f"S{k:02d}": Statement(*declared)
    for k, declared in enumerate(sorted(_DECLARED, key=lambda row: row[0]), 1)
}
BY_FIGURE = {
    figure: tuple(name for name, one in STATEMENTS.items() if one.figure == figure)
    for figure in dict.fromkeys(one.figure for one in STATEMENTS.values())
}
# Whole figures, alternately, since statements about one figure read the same refits.
HALVES = {"A": tuple(BY_FIGURE)[::2], "B": tuple(BY_FIGURE)[1::2]}

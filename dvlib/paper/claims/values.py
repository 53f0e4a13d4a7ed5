"""Claims on the values of points: Figures 1 and 2."""

import numpy as np

from dvlib.methods.agreement import auc, rank_correlation
from dvlib.paper.claims.claim import claim

REFERENCES = ("g", "f_X")


@claim(
    "C01", figure="fig01", study="grid",
    says="points of high value are the mis-classified ones",
    threshold="AUC of value for the regions, against g and against f_X: {AUC}",
    # 0.9: nine of ten random pairs, one point inside and one outside, are in the right order
    AUC="≥ 0.9 (≥ 0.75)",
    found="Holds by either reference, on every sample.",
)  # fmt: skip
def misclassified_are_important(sample):
    """AUC of leave-one-out values for the mis-classified regions."""
    return {f"AUC against {name}": auc_of(sample, f"leave-one-out, {name}") for name in REFERENCES}


@claim(
    "C02", figure="fig01", study="grid",
    says="g as the reference shows no other points than f_X",
    threshold="overlap of the top tenths of the two maps: {overlap}",
    overlap="≥ 0.7 (≥ 0.4)",  # chance overlap is 0.1
    found="The same points come first; over all points the two orders agree less (rank correlation "
    "0.72), as most are worth nothing.",
)  # fmt: skip
def g_is_not_needed(sample):
    """Share of the top tenth of the points against g that is in the top tenth against f_X too."""
    by_reference = [sample.values[f"leave-one-out, {name}"].values for name in REFERENCES]
    tenth = max(1, len(by_reference[0]) // 10)
    tops = [set(np.argsort(-values, kind="stable")[:tenth]) for values in by_reference]
    overlap = len(tops[0] & tops[1]) / tenth
    if np.isnan(by_reference[0]).any():  # g is unknown
        overlap = np.nan
    return {"overlap": overlap}, {"rank correlation": rank_correlation(*by_reference)}


@claim(
    "C03", figure="fig01", study="grid",
    says="the nearer a mis-classified point to g, the higher its value",
    threshold="rank correlation of value and distance to g in the regions: {rank_correlation}",
    rank_correlation="≤ −0.5 (< 0)",
    found="By a moderate correlation, near its threshold.",
)  # fmt: skip
def nearer_to_g_is_higher(sample):
    """Rank correlation of leave-one-out against g with the distance to g, in the regions."""
    inside = sample.regions.misclassified
    values = sample.values["leave-one-out, g"].values
    return {"rank correlation": rank_correlation(values[inside], sample.regions.to_g[inside])}


@claim(
    "C04", figure="fig01", study="grid",
    says="the small region between the clusters is not important",
    threshold="mean value there, less that of the other regions: {less_other_regions}; less half "
    "of that: {less_half_of_other_regions}",
    less_other_regions="< 0",
    less_half_of_other_regions="≤ 0",
    found="Its points are worth nothing on average, on every sample.",
)  # fmt: skip
def between_is_unimportant(sample):
    """Mean of leave-one-out against g between the clusters, and in the other regions."""
    regions, values = sample.regions, sample.values["leave-one-out, g"].values
    between = regions.mean(values, "between")
    others = np.isin(regions.name, ("upper", "lower"))
    rest = values[others].mean() if others.any() else np.nan
    parts = {
        "between less other regions": between - rest,
        "between less half of other regions": between - rest / 2,
    }
    return parts, {"between": between, "other regions": rest}


@claim(
    "C05", figure="fig01", study="grid",
    says="correct points very near the learned boundary push it away, others do not",
    # three robust standard deviations below the median of the correct points beyond 2
    threshold="share marked negative: of correct points within 1 {within_1}, beyond 2 {beyond_2}",
    within_1="≥ 0.1",
    beyond_2="≤ 0.02",
    found="Points very near do push the boundary away, but fewer than a tenth of them; so do 4 % "
    "of the points beyond 2.",
)  # fmt: skip
def near_points_push_away(sample):
    """Shares of near and far correct points with an unusually low leave-one-out against g."""
    regions, values = sample.regions, sample.values["leave-one-out, g"].values
    correct, share = ~regions.misclassified, {"within 1": np.nan, "beyond 2": np.nan}
    near, far = correct & (regions.to_learned <= 1), correct & (regions.to_learned > 2)
    if near.any() and far.any() and np.isfinite(values).all():
        # One more point changes the shuffles of all refits alike: the median is that offset.
        median = np.median(values[far])
        limit = median - 3 * 1.4826 * np.median(np.abs(values[far] - median))
        share = {name: np.mean(values[of] < limit)
                 for name, of in (("within 1", near), ("beyond 2", far))}  # fmt: skip
    return {f"marked negative {name}": of for name, of in share.items()}


@claim(
    "C06", figure="fig01", study="mesh alone",
    says="on the mesh alone all points have about the same value",
    threshold="spread of the values, as a multiple of the median standard error: {spread}; AUC of "
    "nearness to g, away from 0.5 by {AUC}",
    spread="≤ 1.5",
    AUC="≤ 0.1",
    found="No sample of X enters; three sets of training seeds. The points beside g stand out: the "
    "spread is 17 to 99 times the median noise.",
)  # fmt: skip
def mesh_values_are_alike(sample):
    """Spread of the leave-one-out values of the mesh alone, divided by their noise.

    At first the noise was the mean standard error, which the points beside g dominate.
    """
    refits = sample.refits
    gain = refits.dv_g - refits.base_dv_g
    gain = gain - np.median(gain, 0)  # each seed's shuffles move all points' values alike
    values = gain.mean(1)
    n_seeds = gain.shape[1]
    noise = np.sqrt(np.median(gain.var(1, ddof=1)) / n_seeds) if n_seeds > 1 else 0.0
    near = auc(sample.regions.to_g <= 2, values)
    parts = {
        "spread / standard error": values.std() / noise if noise else np.nan,
        "AUC of nearness to g, from 0.5": abs(near - 0.5),
    }
    return parts, {"AUC of nearness to g": near}


@claim(
    "C07", figure="fig02", study="Shapley",
    says="Shapley finds the regions that leave-one-out finds, with no benefit",
    threshold="against g and against f_X: AUC of Shapley for the regions {AUC}, less that of "
    "leave-one-out {above_leave_one_out}",
    AUC="≥ 0.9",
    above_leave_one_out="≤ 0.05",  # one more of twenty pairs in the right order
    found="Shapley finds the regions about as well as leave-one-out, not better.",
)  # fmt: skip
def shapley_finds_the_same(sample):
    """AUC of Shapley values for the regions, and its difference from leave-one-out's AUC."""
    parts, numbers = {}, {}
    for name in REFERENCES:
        methods = [f"{method}, {name}" for method in ("Shapley", "leave-one-out")]
        ours, theirs = (auc_of(sample, method) for method in methods)
        parts |= {f"AUC, {name}": ours, f"above leave-one-out, {name}": ours - theirs}
        numbers[f"AUC of leave-one-out, {name}"] = theirs
        numbers[f"rank correlation, {name}"] = rank_correlation(
            *(sample.values[method].values for method in methods)
        )
    return parts, numbers


@claim(
    "C08", figure="fig02", study="Shapley of the mesh",
    says="on the mesh alone points left of the boundary are valued a little higher",
    threshold="mean of the side of label 0 above that of label 1, in standard errors: {difference}",
    difference="≥ 2 (≥ 0)",
    found="No sample of X enters; against the standard error of its own sampling.",
)  # fmt: skip
def left_is_valued_higher(sample):
    """Difference of the mean values of the sides (`dvlib.stratified_shapley` of the mesh)."""
    left = sample.values.labels == 0
    difference, error = sample.difference(left, ~left)
    return {"difference / standard error": difference / error}, {
        "difference": difference,
        "standard error": error,
        "as share of the range": difference / np.ptp(sample.values.values),
    }


@claim(
    "C36", figure="fig01", study="grid",
    says="points near the learned boundary matter only if they are mis-classified (section 4)",
    threshold="mean value against f_X of correct points within 1, as a share of that of "
    "mis-classified ones within 1: {near_points}",
    near_points="≤ 0.5",  # half, as in C04
    found="On no sample quite: correct points within 1 of the boundary move it 0.54 as far as "
    "mis-classified ones.",
)  # fmt: skip
def near_points_matter_if_misclassified(sample):
    """Mean leave-one-out against f_X of correct and of mis-classified points near the boundary."""
    near, wrong = sample.regions.to_learned <= 1, sample.regions.misclassified
    values = sample.values["leave-one-out, f_X"].values
    means = {
        name: values[of].mean() if of.any() else np.nan
        for name, of in (("correct", near & ~wrong), ("mis-classified", near & wrong))
    }
    ratio = means["correct"] / means["mis-classified"]
    return {"near points, correct / mis-classified": ratio}, means


def auc_of(sample, method):
    """AUC of a method's values for the mis-classified regions."""
    return auc(sample.regions.misclassified, sample.values[method].values)

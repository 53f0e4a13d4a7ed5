"""Claims on the values of points: Figures 1, 2, 3, 15 and 19."""

import numpy as np

from dvlib.data.regions import NAMES
from dvlib.methods.agreement import auc, rank_correlation
from dvlib.paper.claims.verdicts import Part, judge


def misclassified_are_important(against_g, against_base, regions):
    """C01."""
    return judge("C01", {
        f"AUC against {name}": Part(auc(regions.misclassified, values.values), "≥", 0.9, 0.75)
        for name, values in (("g", against_g), ("f_X", against_base))
    })  # fmt: skip


def g_is_not_needed(against_g, against_base):
    """C02."""
    tenth = max(1, len(against_g.values) // 10)
    tops = [set(np.argsort(-v.values, kind="stable")[:tenth]) for v in (against_g, against_base)]
    overlap = len(tops[0] & tops[1]) / tenth
    if np.isnan(against_g.values).any():  # g is unknown
        overlap = np.nan
    correlation = rank_correlation(against_g.values, against_base.values)
    return judge("C02", {"overlap": Part(overlap, "≥", 0.7, 0.4)},
                 {"rank correlation": correlation})  # fmt: skip


def nearer_to_g_is_higher(against_g, regions):
    """C03."""
    inside = regions.misclassified
    correlation = rank_correlation(against_g.values[inside], regions.to_g[inside])
    return judge("C03", {"rank correlation": Part(correlation, "≤", -0.5, 0.0, "<")})


def between_is_unimportant(against_g, regions):
    """C04."""
    between = regions.mean(against_g.values, "between")
    others = np.isin(regions.name, ("upper", "lower"))
    rest = against_g.values[others].mean() if others.any() else np.nan
    parts = {
        "between less other regions": Part(between - rest, "<", 0.0),
        "between less half of other regions": Part(between - rest / 2, "≤", 0.0),
    }
    return judge("C04", parts, {"between": between, "other regions": rest})


def near_points_push_away(against_g, regions):
    """C05."""
    correct = ~regions.misclassified
    near, far = correct & (regions.to_learned <= 1), correct & (regions.to_learned > 2)
    values, share = against_g.values, {"within 1": np.nan, "beyond 2": np.nan}
    if near.any() and far.any() and np.isfinite(values).all():
        # All refits differ from f_X by the shuffles of one point more: the median is that offset.
        median = np.median(values[far])
        limit = median - 3 * 1.4826 * np.median(np.abs(values[far] - median))
        share = {name: np.mean(values[of] < limit)
                 for name, of in (("within 1", near), ("beyond 2", far))}  # fmt: skip
    return judge("C05", {
        "marked negative within 1": Part(share["within 1"], "≥", 0.1),
        "marked negative beyond 2": Part(share["beyond 2"], "≤", 0.02),
    })  # fmt: skip


def mesh_values_are_alike(refits, regions):
    """C06, from the one-point refits of the mesh alone.

    The noise was the mean standard error at first, which the very points beside g dominate.
    """
    gain = refits.dv_g - refits.base_dv_g
    gain = gain - np.median(gain, 0)  # each seed's shuffles move all points' values alike
    values = gain.mean(1)
    n_seeds = gain.shape[1]
    noise = np.sqrt(np.median(gain.var(1, ddof=1)) / n_seeds) if n_seeds > 1 else 0.0
    near = auc(regions.to_g <= 2, values)
    return judge("C06", {
        "spread / standard error": Part(values.std() / noise if noise else np.nan, "≤", 1.5),
        "AUC of nearness to g, from 0.5": Part(abs(near - 0.5), "≤", 0.1),
    }, {"AUC of nearness to g": near})  # fmt: skip


def forgetting_rates_regions(forgetting, last_learned, regions):
    """C09."""
    parts, numbers = {}, {}
    for name, values in (("forgetting", forgetting.values), ("last learned", last_learned.values)):
        correct = values[~regions.misclassified].mean()
        upper, between, lower = (regions.mean(values, region) for region in NAMES)
        numbers |= {f"{name} correct": correct, f"{name} upper": upper,
                    f"{name} between": between, f"{name} lower": lower}  # fmt: skip
        highest = between - np.maximum(upper, lower)
        parts[f"{name}, between above the others by"] = Part(highest, ">", 0.0)
        parts[f"{name}, lower less 2 × correct"] = Part(lower - 2 * correct, "<", 0.0)
        if name == "forgetting":
            parts["forgetting, upper less 2 × correct"] = Part(upper - 2 * correct, ">", 0.0)
    return judge("C09", parts, numbers)


def memorization_finds_regions(memorization, regions):
    """C10. The union of all regions alone, measured at first, cannot see a small one missed."""
    found, inside = memorization.values > 0.5, regions.misclassified
    overlap = spread = least = np.nan
    shares = {name: regions.mean(found, name) for name in NAMES}
    if inside.any():
        overlap = (found & inside).sum() / (found | inside).sum()
        spread = memorization.values[inside].std()
        least = np.min([overlap, *shares.values()])  # nan where the grid misses a region
    return judge(
        "C10",
        {"least of the shares found": Part(least, "≥", 0.9),
         "standard deviation inside": Part(spread, "≤", 0.2)},
        {"intersection over union": overlap}
        | {f"found of {name}": share for name, share in shares.items()},
    )  # fmt: skip


def mesh_alone_rates_nearness(forgetting, memorization, regions):
    """C25. The claim is that rated points are near, not that all near points are rated.

    The second was measured at first, with the verdict "not reproduced"; it stays in the numbers.
    """
    both = {"forgetting": forgetting.values, "memorization": memorization.values}
    near = regions.to_g <= 2
    return judge(
        "C25",
        {f"AUC, {name}": Part(auc(values > 0, -regions.to_g), "≥", 0.9, 0.75)
         for name, values in both.items()},
        {f"AUC of value for nearness, {name}": auc(near, values) for name, values in both.items()},
    )  # fmt: skip


def memorization_is_most_reliable(memorization, others, regions):
    """C35: `others` is a dict of method → DataValues of the same points."""
    best = auc(regions.misclassified, memorization.values)
    theirs = {name: auc(regions.misclassified, of.values) for name, of in others.items()}
    return judge(
        "C35",
        {f"AUC, memorization less {name}": Part(best - of, "≥", 0.0)
         for name, of in theirs.items()},
        {"AUC, memorization": best} | {f"AUC, {name}": of for name, of in theirs.items()},
    )  # fmt: skip


def near_points_matter_if_misclassified(against_base, regions):
    """C36."""
    near, wrong = regions.to_learned <= 1, regions.misclassified
    values = against_base.values
    means = {
        name: values[of].mean() if of.any() else np.nan
        for name, of in (("correct", near & ~wrong), ("mis-classified", near & wrong))
    }
    ratio = means["correct"] / means["mis-classified"]
    return judge("C36", {"near points, correct / mis-classified": Part(ratio, "≤", 0.5)}, means)


def variants_are_similar(forgetting, variants):
    """C37, from DataValues of one set of points."""
    return judge("C37", {
        f"rank correlation, {of.method}": Part(
            rank_correlation(forgetting.values, of.values), "≥", 0.5
        )
        for of in variants
    })  # fmt: skip


def upper_is_hardest(variants, regions):
    """C27, from three DataValues."""
    parts, numbers = {}, {}
    for values in variants:
        means = {name: regions.mean(values.values, name) for name in NAMES}
        numbers |= {f"{values.method} {name}": mean for name, mean in means.items()}
        above = means["upper"] - np.maximum(means["between"], means["lower"])
        parts[f"{values.method}, upper above the others by"] = Part(above, ">", 0.0)
    return judge("C27", parts, numbers)


def shapley_finds_the_same(samples):
    """C07, over samples of the data set."""
    parts, numbers = {}, {}
    for i, name in enumerate(("g", "f_X")):
        pairs = [(one.shapley[i].values, one.leave_one_out[i].values) for one in samples]
        inside = [one.regions.misclassified for one in samples]
        ours, theirs = (
            np.array([auc(member, pair[k]) for member, pair in zip(inside, pairs, strict=True)])
            for k in (0, 1)
        )
        parts |= {f"AUC, {name}": Part(ours, "≥", 0.9),
                  f"above leave-one-out, {name}": Part(ours - theirs, "≤", 0.05)}  # fmt: skip
        numbers[f"AUC of leave-one-out, {name}"] = theirs
        numbers[f"rank correlation, {name}"] = [rank_correlation(*pair) for pair in pairs]
    return judge("C07", parts, numbers)


def left_is_valued_higher(alone, left):
    """C08, from `dvlib.stratified_shapley` of the mesh; no sample of the data set enters it."""
    difference, error = alone.difference(left, ~left)
    return judge(
        "C08",
        {"difference / standard error": Part(difference / error, "≥", 2.0, 0.0)},
        {"difference": difference, "standard error": error,
         "as share of the range": difference / np.ptp(alone.values.values)},
    )  # fmt: skip

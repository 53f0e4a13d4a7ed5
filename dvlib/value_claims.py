"""Claims on the values of points: Figures 1, 2, 3, 15 and 19."""

import numpy as np
from scipy.stats import rankdata, spearmanr
from sklearn.metrics import roc_auc_score

from dvlib.claims import judge, judge_over_samples
from dvlib.regions import NAMES


def auc(members, values):
    """AUC of values for membership; nan where all points are members, or none."""
    if not 0 < members.sum() < len(members):
        return np.nan
    return roc_auc_score(members, rankdata(values))  # of ranks, since distances may be infinite


def misclassified_are_important(against_g, against_base, regions):
    """C01."""
    aucs = {
        f"AUC against {name}": auc(regions.misclassified, values.values)
        for name, values in (("g", against_g), ("f_X", against_base))
    }
    lowest = min(aucs.values())
    return judge("C01", aucs, lowest >= 0.9, lowest >= 0.75)


def g_is_not_needed(against_g, against_base):
    """C02."""
    tenth = max(1, len(against_g.values) // 10)
    tops = [set(np.argsort(-v.values, kind="stable")[:tenth]) for v in (against_g, against_base)]
    overlap = len(tops[0] & tops[1]) / tenth
    correlation = spearmanr(against_g.values, against_base.values).statistic
    numbers = {"overlap": overlap, "rank correlation": correlation}
    return judge("C02", numbers, overlap >= 0.7, overlap >= 0.4)


def nearer_to_g_is_higher(against_g, regions):
    """C03."""
    inside = regions.misclassified
    correlation = spearmanr(against_g.values[inside], regions.to_g[inside]).statistic
    return judge("C03", {"rank correlation": correlation}, correlation <= -0.5, correlation < 0)


def between_is_unimportant(against_g, regions):
    """C04."""
    between = regions.mean(against_g.values, "between")
    others = np.isin(regions.name, ("upper", "lower"))
    rest = against_g.values[others].mean() if others.any() else np.nan
    numbers = {"between": between, "other regions": rest}
    return judge("C04", numbers, between <= rest / 2, between < rest)


def near_points_push_away(against_g, regions):
    """C05."""
    correct = ~regions.misclassified
    near, far = correct & (regions.to_learned <= 1), correct & (regions.to_learned > 2)
    values = against_g.values
    if not (near.any() and far.any()):
        return judge("C05", {"near": np.nan}, False, False)
    # All refits differ from f_X by the shuffles of one point more: the median is that offset.
    median = np.median(values[far])
    limit = median - 3 * 1.4826 * np.median(np.abs(values[far] - median))
    share = {"within 1": np.mean(values[near] < limit), "beyond 2": np.mean(values[far] < limit)}
    a, b = share.values()
    return judge("C05", share, a >= 0.1 and b <= 0.02, a > 0 and a >= 2 * b)


def mesh_values_are_alike(refits, regions):
    """C06, from the one-point refits of the mesh alone.

    The noise was the mean standard error at first, which the very points beside g dominate.
    """
    gain = refits.dv_g - refits.base_dv_g
    gain = gain - np.median(gain, 0)  # each seed's shuffles move all points' values alike
    values = gain.mean(1)
    n_seeds = gain.shape[1]
    noise = np.sqrt(np.median(gain.var(1, ddof=1)) / n_seeds) if n_seeds > 1 else np.nan
    spread = values.std() / noise
    near = auc(regions.to_g <= 2, values)
    alike, no_place = spread <= 1.5, abs(near - 0.5) <= 0.1
    numbers = {"spread / standard error": spread, "AUC of nearness to g": near}
    return judge("C06", numbers, alike and no_place, alike or no_place)


def forgetting_rates_regions(forgetting, last_learned, regions):
    """C09."""
    numbers, holds = {}, []
    for name, values in (("forgetting", forgetting.values), ("last learned", last_learned.values)):
        correct = values[~regions.misclassified].mean()
        upper, between, lower = (regions.mean(values, region) for region in
                                 ("upper", "between", "lower"))  # fmt: skip
        numbers |= {f"{name} correct": correct, f"{name} upper": upper,
                    f"{name} between": between, f"{name} lower": lower}  # fmt: skip
        holds += [between > max(upper, lower), lower < 2 * correct]
        if name == "forgetting":
            holds.append(upper >= 2 * correct)
    return judge("C09", numbers, all(holds), sum(holds) * 2 >= len(holds))


def memorization_finds_regions(memorization, regions):
    """C10. The union of all regions alone, measured at first, cannot see a small one missed."""
    found, inside = memorization.values > 0.5, regions.misclassified
    if not inside.any():
        return judge("C10", {"overlap": np.nan}, False, False)
    overlap = (found & inside).sum() / (found | inside).sum()
    spread = memorization.values[inside].std()
    shares = {f"found of {name}": regions.mean(found, name) for name in NAMES}
    numbers = {"intersection over union": overlap, "standard deviation inside": spread} | shares
    found_all, alike = min(overlap, *shares.values()) >= 0.9, spread <= 0.2
    return judge("C10", numbers, found_all and alike, found_all or alike)


def mesh_alone_rates_nearness(forgetting, memorization, regions):
    """C25. The claim is that rated points are near, not that all near points are rated.

    The second was measured at first, with the verdict "not reproduced"; it stays in the numbers.
    """
    both = {"forgetting": forgetting.values, "memorization": memorization.values}
    aucs = {f"AUC, {name}": auc(values > 0, -regions.to_g) for name, values in both.items()}
    near = regions.to_g <= 2
    first = {f"AUC of value for nearness, {name}": auc(near, v) for name, v in both.items()}
    lowest = min(aucs.values())
    return judge("C25", aucs | first, lowest >= 0.9, lowest >= 0.75)


def upper_is_hardest(variants, regions):
    """C27, from three DataValues."""
    numbers, holds = {}, []
    for values in variants:
        means = {name: regions.mean(values.values, name) for name in ("upper", "between", "lower")}
        numbers |= {f"{values.method} {name}": mean for name, mean in means.items()}
        holds.append(means["upper"] > max(means["between"], means["lower"]))
    return judge("C27", numbers, all(holds), any(holds))


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
        parts |= {f"found, {name}": ours >= 0.9, f"no benefit, {name}": ours <= theirs + 0.05}
        correlation = np.mean([spearmanr(*pair).statistic for pair in pairs])
        numbers |= {f"AUC, {name}": ours.mean(), f"AUC of leave-one-out, {name}": theirs.mean(),
                    f"rank correlation, {name}": correlation}  # fmt: skip
    return judge_over_samples("C07", parts, numbers)


def left_is_valued_higher(alone, left):
    """C08, from `dvlib.stratified_shapley` of the mesh; no sample of the data set enters it."""
    difference, error = alone.difference(left, ~left)
    numbers = {
        "difference": difference,
        "standard error": error,
        "as share of the range": difference / np.ptp(alone.values.values),
    }
    return judge("C08", numbers, difference >= 2 * error, difference > 0)

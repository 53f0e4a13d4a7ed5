"""Claims on other data sets: Figures 12 to 14, and what all data sets have in common.

Points are not drawn evenly from the grid: each stands for `weights` points of it.
"""

import numpy as np

from dvlib.data.regions import NAMES
from dvlib.engine.boundaries import boundary_curves
from dvlib.methods.agreement import auc, rank_correlation
from dvlib.methods.leave_one_out import against_base, against_g
from dvlib.paper.claims.verdicts import Part, judge
from dvlib.paper.studies.comparison import NEAR
from dvlib.paper.studies.dvrl_results import judged, ranks

# The paper does not say which reference its single panels have. At first C21, C22 and C24 were
# measured against g alone; claims are on both now, as C01 is.
REFERENCES = ("g", "f_X")
BY_REFERENCE = tuple(f"{name}, {of}" for name in ("leave-one-out", "Shapley") for of in REFERENCES)
FOUND, NO_MATCH = 0.9, 0.75  # AUC, as in C01 and in C11
RATED = 2.0  # times the mean value of the points classified correctly, as in C09
FAR = 2  # from both boundaries, in units of the plane; what is near stands with the points chosen
STRAIGHT = 0.5  # units of the plane: half a step of the paper's grid


def noisy_regions_are_found(study):
    """C21, over samples of the data set."""
    parts, numbers = _found(study)
    for reference in REFERENCES:
        names = [f"{method}, {reference}" for method in ("leave-one-out", "Shapley")]
        agree = [
            rank_correlation(*(one.values[name].values for name in names), one.weights)
            for one in study.samples
        ]
        parts[f"rank correlation, {reference}"] = Part(agree, "≥", 0.5)
    rated = _rated(study, "forgetting")
    upper = np.array([_share_rated(one, "upper") for one in study.samples])
    parts |= {name: part for name, part in rated.items() if "between" in name}
    parts["forgetting, share of upper rated"] = Part(upper, "≥", 0.1)
    parts["forgetting, share of upper not rated"] = Part(1 - upper, "≥", 0.1)
    numbers |= {name: part.values for name, part in rated.items() if "between" not in name}
    return judge("C21", parts, numbers)


def four_clusters_regions_are_found(study):
    """C22, over samples of the data set.

    At first "not between" was a ratio of means, which negative means turn around.
    """
    parts, numbers = _found(study)
    for name in BY_REFERENCE:
        between = _by_region(study, name)["between"]
        rest = np.array([_outer(one, name) for one in study.samples])
        parts[f"{name}, between less half of other regions"] = Part(between - rest / 2, "≤", 0.0)
        numbers |= {f"{name}, between": between, f"{name}, other regions": rest}
    parts |= _rated(study, "forgetting")
    return judge("C22", parts, numbers)


def boundary_is_a_line(study, reference):
    """C23, over samples: how far learned boundaries are from a straight line.

    Parameters
    ----------
    study : ComparisonStudy of the centred data
    reference : list of Runs, one a sample, of data that are not centred
    """
    mesh = study.samples[0].boundaries.mesh
    centred = np.array([_bend(one.refits.base_networks, mesh) for one in study.samples])
    others = np.array([_bend(runs.networks(), mesh) for runs in reference])
    parts = {
        "distance from a line": Part(centred, "≤", STRAIGHT),
        "as share of that on two clusters": Part(centred / others, "≤", 1 / 3),
    }
    return judge("C23", parts, {"on two clusters": others})


def wrong_and_near_points_count(study):
    """C24, over samples of the data set."""
    parts = {}
    for name in (*BY_REFERENCE[:2], "forgetting"):
        for what in ("mis-classified", "near"):
            aucs = [_against_far(one, one.values[name].values, what) for one in study.samples]
            parts[f"AUC, {name}, {what}"] = Part(aucs, "≥", NO_MATCH)
    return judge("C24", parts)


def important_on_every_data_set(samples):
    """C29: C01 over samples of all data sets, a dict of name → list of `Compared`."""
    return judge("C29", {
        f"AUC against {reference}, {name}": Part(
            [auc(one.regions.misclassified, against(one.refits).values, one.weights)
             for one in of], "≥", FOUND,
        )
        for name, of in samples.items()
        for reference, against in (("g", against_g), ("f_X", against_base))
    })  # fmt: skip


def _against_far(one, values, what):
    """AUC of values for points of one kind against correct ones far from both boundaries."""
    regions = one.regions
    nearest = np.minimum(regions.to_g, regions.to_learned)
    inside = regions.misclassified
    far = ~inside & (nearest > FAR)
    if what == "near":
        inside = ~inside & (nearest <= NEAR)
    among = inside | far
    return auc(inside[among], values[among], one.weights[among])


def _found(study):
    """Parts: AUC of each method's values for the mis-classified regions; and numbers.

    Runs of DVRL that give all points one value are not measured, as in C11. At first they counted
    as different from the other methods.
    """
    parts = {}
    for name in (*BY_REFERENCE, "DVRL"):
        aucs = [auc(one.regions.misclassified, one.values[name].values, one.weights)
                for one in study.samples]  # fmt: skip
        parts[f"AUC, {name}"] = Part(aucs, "≥", FOUND)
    probabilities = [one.values["DVRL"].values for one in study.samples]
    parts["AUC, DVRL"] = Part(judged(aucs, probabilities, study.n_iterations), "<", NO_MATCH)
    return parts, {"runs of DVRL that rank": np.array([ranks(one) for one in probabilities])}


def _by_region(study, method):
    """Mean value in each region, (samples,), by name."""
    return {
        name: np.array([one.regions.mean(one.values[method].values, name) for one in study.samples])
        for name in NAMES
    }


def _outer(one, method):
    """Mean value in the upper and lower region, points pooled."""
    outer = np.isin(one.regions.name, ("upper", "lower"))
    if not outer.any():
        return np.nan
    return np.average(one.values[method].values[outer], weights=one.weights[outer])


def _rated(study, method):
    """Parts: the mean of each region is above twice that of the correct points."""
    limit = RATED * np.array([_correct(one, method) for one in study.samples])
    return {
        f"{method}, {name} less {RATED:g} × correct": Part(of - limit, ">", 0.0)
        for name, of in _by_region(study, method).items()
    }


def _correct(one, method):
    correct = ~one.regions.misclassified
    return np.average(one.values[method].values[correct], weights=one.weights[correct])


def _share_rated(one, name):
    """Share of a region's points that forgetting rates."""
    values = one.values["forgetting"].values[one.regions.name == name]
    return np.mean(values >= RATED * _correct(one, "forgetting")) if len(values) else np.nan


def _bend(networks, mesh):
    """Root mean square distance of the boundary's points from their best line, mean over runs."""
    distances = []
    for network in networks:
        curve = np.concatenate(boundary_curves(network, mesh))
        centred = curve - curve.mean(0)
        distances.append(np.linalg.svd(centred, compute_uv=False)[1] / np.sqrt(len(curve)))
    return np.mean(distances)

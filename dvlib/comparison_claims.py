"""Claims on other data sets: Figures 12 to 14, and what all data sets have in common."""

import numpy as np
from scipy.stats import spearmanr

from dvlib.boundaries import boundary_curves
from dvlib.claims import judge_over_samples
from dvlib.comparison_studies import NEAR
from dvlib.dvrl_claims import if_long_enough
from dvlib.leave_one_out import against_base, against_g
from dvlib.regions import NAMES
from dvlib.value_claims import auc

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
        pairs = [[one.values[name].values for name in names] for one in study.samples]
        agree = np.array([spearmanr(*pair).statistic for pair in pairs])
        parts[f"agree, {reference}"] = agree >= 0.5
        numbers[f"rank correlation, {reference}"] = agree.mean()
    rated = _rated(study, "forgetting")
    upper = np.array([_share_rated(one, "upper") for one in study.samples])
    parts["forgetting, between"] = rated["between"] >= RATED
    parts["forgetting, part of upper"] = (upper > 0.1) & (upper < 0.9)
    numbers |= {f"forgetting, {name} / correct": of.mean() for name, of in rated.items()}
    numbers["share of the upper region rated"] = upper.mean()
    return if_long_enough(study, judge_over_samples("C21", parts, numbers))


def four_clusters_regions_are_found(study):
    """C22, over samples of the data set."""
    parts, numbers = _found(study)
    for name in BY_REFERENCE:
        means = _by_region(study, name)
        outer = np.nanmean([means["upper"], means["lower"]], axis=0)
        share = means["between"] / outer
        parts[f"{name}, not between"] = share <= 0.5
        numbers[f"{name}, between / other regions"] = share.mean()
    rated = _rated(study, "forgetting")
    parts |= {f"forgetting, {name}": of >= RATED for name, of in rated.items()}
    numbers |= {f"forgetting, {name} / correct": of.mean() for name, of in rated.items()}
    return if_long_enough(study, judge_over_samples("C22", parts, numbers))


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
    parts = {"straight": centred <= STRAIGHT, "straighter": centred <= others / 3}
    numbers = {"distance from a line": centred.mean(), "on two clusters": others.mean()}
    return judge_over_samples("C23", parts, numbers)


def wrong_and_near_points_count(study):
    """C24, over samples of the data set."""
    parts, numbers = {}, {}
    for name in (*BY_REFERENCE[:2], "forgetting"):
        regions = [one.regions for one in study.samples]
        values = [one.values[name].values for one in study.samples]
        nearest = [np.minimum(of.to_g, of.to_learned) for of in regions]
        far = [~of.misclassified & (d > FAR) for of, d in zip(regions, nearest, strict=True)]
        sets = {
            "mis-classified": [of.misclassified for of in regions],
            "near": [
                ~of.misclassified & (d <= NEAR) for of, d in zip(regions, nearest, strict=True)
            ],
        }
        for what, members in sets.items():
            aucs = np.array(
                [auc(inside[inside | rest], of[inside | rest])
                 for inside, rest, of in zip(members, far, values, strict=True)]
            )  # fmt: skip
            parts[f"{name}, {what}"] = aucs >= NO_MATCH
            numbers[f"AUC, {name}, {what}"] = aucs.mean()
    return judge_over_samples("C24", parts, numbers)


def important_on_every_data_set(study):
    """C29: C01 over samples of all data sets."""
    parts, numbers = {}, {}
    for name, of in study.datasets.items():
        aucs = np.array(
            [[auc(one.regions.misclassified, against(one.refits).values)
              for against in (against_g, against_base)]
             for one in of.samples]
        )  # fmt: skip
        parts[name] = aucs.min(axis=1) >= FOUND
        against_truth, against_learned = aucs.mean(axis=0)
        numbers[f"AUC against g, {name}"] = against_truth
        numbers[f"AUC against f_X, {name}"] = against_learned
    return judge_over_samples("C29", parts, numbers)


def _found(study):
    """Parts and numbers: AUC of each method's values for the mis-classified regions."""
    parts, numbers = {}, {}
    for name in (*BY_REFERENCE, "DVRL"):
        aucs = np.array([auc(one.regions.misclassified, one.values[name].values)
                         for one in study.samples])  # fmt: skip
        if name == "DVRL":
            parts["DVRL differs"] = aucs < NO_MATCH
        else:
            parts[f"{name} finds them"] = aucs >= FOUND
        numbers[f"AUC, {name}"] = aucs.mean()
    return parts, numbers


def _by_region(study, method):
    """Mean value in each region, (samples,), by name."""
    return {
        name: np.array([one.regions.mean(one.values[method].values, name) for one in study.samples])
        for name in NAMES
    }


def _rated(study, method):
    """Mean value in each region as a multiple of that of correct points, (samples,), by name."""
    correct = np.array([_correct(one, method) for one in study.samples])
    return {name: of / correct for name, of in _by_region(study, method).items()}


def _correct(one, method):
    return one.values[method].values[~one.regions.misclassified].mean()


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

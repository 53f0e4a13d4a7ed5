"""Claims on other data sets: Figures 12 to 14, and the claim on all data sets (C29).

The valued points are a subset of the grid; each represents `weights` grid points.

The paper does not say which reference its single panels use. At first C21, C22 and C24 were
measured against g alone; now they are measured against both references, as C01 is.
"""

import numpy as np

from dvlib.data.regions import NAMES
from dvlib.engine.boundaries import boundary_curves
from dvlib.engine.mesh import PLOT_RANGE, MeshGrid
from dvlib.methods.agreement import auc, rank_correlation
from dvlib.paper.claims.claim import claim
from dvlib.paper.studies.comparison import NEAR
from dvlib.paper.studies.dvrl_results import judged, ranks

REFERENCES = ("g", "f_X")
BY_REFERENCE = tuple(f"{name}, {of}" for name in ("leave-one-out", "Shapley") for of in REFERENCES)
RATED = 2.0  # times the mean value of the points classified correctly, as in C09
FAR = 2  # distance from both boundaries, in units of the paper's plane


@claim(
    "C21", figure="fig12", study="noisy", repeatable=False,
    says="noisy data: leave-one-out and Shapley agree on the regions, forgetting rates the one "
    "between the clusters and part of the upper one, DVRL differs",
    # thresholds of C01, C09 and C11
    threshold="against g and against f_X: AUC for the regions {AUC_leave_one_out} (leave-one-out) "
    "and {AUC_Shapley} (Shapley), rank correlation of the two {rank_correlation}; AUC of DVRL "
    "{AUC_DVRL}, in the runs that rank; forgetting: mean between the clusters, less twice that of "
    "the correct points, {between}; share of the upper region's points above twice that mean "
    "{upper_rated}, of the others {upper_not_rated}",
    AUC_leave_one_out="≥ 0.9",
    AUC_Shapley="≥ 0.9",
    AUC_DVRL="< 0.75",
    rank_correlation="≥ 0.5",
    between="> 0",
    upper_rated="≥ 0.1",
    upper_not_rated="≥ 0.1",
    found="Forgetting rates the region between the clusters, and nearly all of the upper one. AUCs "
    "of leave-one-out and Shapley are 0.68 against g, 0.87 and 0.85 against f_X.",
)  # fmt: skip
def noisy_regions_are_found(sample):
    """AUCs of three methods for the regions, agreement of two, and means by forgetting."""
    parts, numbers = _found(sample)
    for reference in REFERENCES:
        names = [f"{method}, {reference}" for method in ("leave-one-out", "Shapley")]
        parts[f"rank correlation, {reference}"] = rank_correlation(
            *(sample.values[name].values for name in names), sample.weights
        )
    upper = _share_rated(sample, "upper")
    for name, number in _rated(sample, "forgetting").items():
        (parts if "between" in name else numbers)[name] = number
    parts["forgetting, share of upper rated"] = upper
    parts["forgetting, share of upper not rated"] = 1 - upper
    return parts, numbers


@claim(
    "C22", figure="fig13", study="four clusters", repeatable=False,
    says="four clusters: leave-one-out and Shapley find the regions but the small one between the "
    "clusters, forgetting finds all, DVRL differs",
    threshold="against g and against f_X: AUC for the regions {AUC_leave_one_out} (leave-one-out) "
    "and {AUC_Shapley} (Shapley); mean between the clusters, less half that of the other regions, "
    "{half_of_other_regions} (both); AUC of DVRL {AUC_DVRL}, in the runs that rank; forgetting: "
    "mean of each region, less twice that of the correct points, {correct}",
    AUC_leave_one_out="≥ 0.9",
    AUC_Shapley="≥ 0.9",
    AUC_DVRL="< 0.75",
    half_of_other_regions="≤ 0",
    correct="> 0",
    found="Leave-one-out finds the regions against f_X and not against g. Forgetting finds the "
    "small region and the lower one, not the upper.",
)  # fmt: skip
def four_clusters_regions_are_found(sample):
    """AUCs of three methods for the regions, and mean values in each region.

    At first the part on the small region was a ratio of means, which negative means reverse.
    """
    parts, numbers = _found(sample)
    for name in BY_REFERENCE:
        between = sample.regions.mean(sample.values[name].values, "between")
        rest = _outer(sample, name)
        parts[f"{name}, between less half of other regions"] = between - rest / 2
        numbers |= {f"{name}, between": between, f"{name}, other regions": rest}
    return parts | _rated(sample, "forgetting"), numbers


@claim(
    "C23", figure="fig14", study="centred",
    says="of centred data the network learns a straight boundary",
    threshold="root mean square distance of the boundary's points from their best line: "
    "{distance}; as a share of that on two clusters that are not centred: {share}",
    distance="≤ 0.5",  # half a step of the paper's grid
    share="≤ 1/3",
    found="Beyond doubt.",
)  # fmt: skip
def boundary_is_a_line(sample):
    """How far learned boundaries are from a straight line, on centred and on uncentred data."""
    mesh = sample.boundaries.mesh
    centred = _bend(sample.refits.base_networks, mesh) / sample.data.unit
    # Two clusters lie in the paper's plane, whatever the plane of the sample.
    other = _bend(sample.uncentred.networks(), MeshGrid(*PLOT_RANGE, mesh.side))
    parts = {
        "distance from a line": centred,
        "as share of that on two clusters": centred / other,
    }
    return parts, {"on two clusters": other}


@claim(
    "C24", figure="fig14", study="centred",
    says="centred data: mis-classified points and points near a boundary count more by "
    "leave-one-out and forgetting",
    threshold="AUC of value against correct points beyond 2 of both boundaries {AUC}: for "
    "mis-classified points, and for correct ones within 1; leave-one-out against g and against f_X",
    AUC="≥ 0.75",
    found="By how far a point moves the boundary, nearly perfectly; by how much nearer to g it "
    "comes, and by forgetting, not.",
)  # fmt: skip
def wrong_and_near_points_count(sample):
    """AUCs of values for two kinds of points against correct ones far from both boundaries."""
    return {
        f"AUC, {name}, {what}": _against_far(sample, sample.values[name].values, what)
        for name in (*BY_REFERENCE[:2], "forgetting")
        for what in ("mis-classified", "near")
    }


@claim(
    "C29", figure="ext03", study="every data set",
    says="on every data set the mis-classified points are the important ones",
    threshold="AUC of leave-one-out for the regions {AUC} against g and against f_X, on each of "
    "four data sets",
    AUC="≥ 0.9",
    found="Against f_X on three data sets of four, nearly perfectly, and less on noisy data; "
    "against g on two clusters only.",
)  # fmt: skip
def important_on_every_data_set(sample):
    """The measure of C01; call the claim with a dict of data set → samples."""
    return {
        f"AUC against {reference}": _auc_of(sample, f"leave-one-out, {reference}")
        for reference in REFERENCES
    }


def _auc_of(sample, method):
    """AUC of a method's values for the mis-classified regions."""
    return auc(sample.regions.misclassified, sample.values[method].values, sample.weights)


def _against_far(sample, values, what):
    """AUC of values: "near" or "mis-classified" points against correct points far away."""
    regions = sample.regions
    nearest = np.minimum(regions.to_g, regions.to_learned)
    inside = regions.misclassified
    far = ~inside & (nearest > FAR)
    if what == "near":
        inside = ~inside & (nearest <= NEAR)
    among = inside | far
    return auc(inside[among], values[among], sample.weights[among])


def _found(sample):
    """AUC of each method's values for the mis-classified regions; and numbers.

    DVRL runs that give all points the same value are not measured, as in C11. At first they
    counted as different from the other methods.
    """
    parts = {f"AUC, {name}": _auc_of(sample, name) for name in (*BY_REFERENCE, "DVRL")}
    probabilities = sample.values["DVRL"].values
    parts["AUC, DVRL"] = judged(parts["AUC, DVRL"], probabilities, sample.n_iterations)
    return parts, {"runs of DVRL that rank": ranks(probabilities)}


def _outer(sample, method):
    """Mean value over the points of the upper and lower region together."""
    outer = np.isin(sample.regions.name, ("upper", "lower"))
    if not outer.any():
        return np.nan
    return np.average(sample.values[method].values[outer], weights=sample.weights[outer])


def _rated(sample, method):
    """By how much the mean of each region is above twice that of the correct points."""
    limit, values = RATED * _correct(sample, method), sample.values[method].values
    return {
        f"{method}, {name} less {RATED:g} × correct": sample.regions.mean(values, name) - limit
        for name in NAMES
    }


def _correct(sample, method):
    correct = ~sample.regions.misclassified
    return np.average(sample.values[method].values[correct], weights=sample.weights[correct])


def _share_rated(sample, name):
    """Share of a region's points whose forgetting value is at least twice the correct mean."""
    values = sample.values["forgetting"].values[sample.regions.name == name]
    return np.mean(values >= RATED * _correct(sample, "forgetting")) if len(values) else np.nan


def _bend(networks, mesh):
    """Root mean square distance of a boundary's points from their best line, mean over runs.

    nan if a run has no boundary on the mesh.
    """
    distances = []
    for network in networks:
        curves = boundary_curves(network, mesh)
        if not curves:
            return np.nan
        curve = np.concatenate(curves)
        centred = curve - curve.mean(0)
        distances.append(np.linalg.svd(centred, compute_uv=False)[1] / np.sqrt(len(curve)))
    return np.mean(distances)

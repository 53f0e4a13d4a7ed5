"""Claims on centred data: Figure 14.

The paper does not say which reference its panel of leave-one-out uses. The claim on it is therefore
two claims, one for each reference.
"""

import numpy as np

from dvlib.engine.boundaries import boundary_curves
from dvlib.engine.mesh import PLOT_RANGE, MeshGrid
from dvlib.methods.agreement import auc
from dvlib.paper.judging.claim import claim
from dvlib.paper.studies.comparison import NEAR

FAR = 2  # distance from both boundaries, in units of the paper's plane
THRESHOLD = (
    "AUC of value against correct points beyond 2 of both boundaries {AUC}: for mis-classified "
    "points, and for correct ones within 1; leave-one-out against "
)


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
    "leave-one-out, against g, and by forgetting",
    threshold=THRESHOLD + "g, and forgetting",
    AUC="≥ 0.75",
    found="The paper does not name its reference: C24b is the other one.",
)  # fmt: skip
def wrong_and_near_points_count(sample):
    """AUCs of values for two kinds of points against correct ones far from both boundaries.

    At first one claim asked for both references.
    """
    return _both_kinds(sample, ("leave-one-out, g", "forgetting"))


@claim(
    "C24b", figure="fig14", study="centred",
    says="centred data: mis-classified points and points near a boundary count more by "
    "leave-one-out, against f_X, and by forgetting",
    threshold=THRESHOLD + "f_X, and forgetting",
    AUC="≥ 0.75",
    found="The paper does not name its reference: C24 is the other one.",
)  # fmt: skip
def wrong_and_near_points_count_to_f_X(sample):
    """As C24, with the learned boundary as the reference."""
    return _both_kinds(sample, ("leave-one-out, f_X", "forgetting"))


def _both_kinds(sample, methods):
    return {
        f"AUC, {name}, {what}": _against_far(sample, sample.values[name].values, what)
        for name in methods
        for what in ("mis-classified", "near")
    }


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

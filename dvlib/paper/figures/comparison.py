"""Figures 12 to 14: methods compared on noisy data, on four clusters and on centred data.

Shapley values and further samples are affordable on a coarse grid only, and the misclassified
regions of these data sets are so small that a coarse grid hardly meets them. They are therefore
valued at the points of a coarse grid and at some points of the fine grid in each region. Claims
are measured at these points. Each is weighted by the number of points of the fine grid that it
represents.

The paper does not say which reference its single panels use. A claim that holds by one reference
and not by the other would be "partly" whatever the paper did, so C22 and C24 are two claims each,
one for each reference.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dvlib.data.regions import NAMES
from dvlib.engine.boundaries import boundary_curves
from dvlib.engine.mesh import PLOT_RANGE, MeshGrid
from dvlib.methods.agreement import auc, rank_correlation
from dvlib.methods.registry import method
from dvlib.methods.runs import Runs, train_runs
from dvlib.methods.sample import Sample, begin_dvrl
from dvlib.paper.drawing.panels import panels
from dvlib.paper.figures.dvrl import judged, ranks
from dvlib.paper.figures.leave_one_out import REFERENCES, auc_of
from dvlib.paper.judging.claim import Group, claim, claim_by_reference
from dvlib.paper.judging.parts import mean_of

# At most so many points of the fine grid are added to the coarse grid: of each region, and of the
# correctly classified points near a boundary.
OF_A_REGION = 15
NEAR = 1  # units of the paper's plane
OTHERS_EVERY = 5  # the coarse grid of further samples: 64 points at the paper's step
RATED = 2.0  # times the mean value of the points classified correctly, as in C09
FAR = 2  # distance from both boundaries, in units of the paper's plane


class CentredSample(NamedTuple):
    """A sample of centred data, and runs of f_X on as many points of two clusters."""

    sample: Sample
    uncentred: Runs


def compared_samples(settings, methods, *, draw=True):
    """`n_data_seeds` samples valued at the points that claims need, and the first at all points.

    `methods` is a dict of name → Recipe, applied to every sample. Without `draw`, the first sample,
    too, is refitted only with the points that claims need. Returns the first Sample with all points
    of the grid, and a list of Sample.
    """
    drawn, *others = whole = settings.samples(methods=methods)
    begin_dvrl(whole)
    if draw:
        drawn.refits  # noqa: B018 (of all points: the chosen ones share them)
    every = settings.shapley_every or OTHERS_EVERY
    samples = [at_chosen(drawn, every), *map(at_chosen, others)]
    return drawn, [sample.compute() for sample in samples]


def at_chosen(sample, every=OTHERS_EVERY):
    """A sample at the points where methods are compared.

    They are the points of each `every`-th row and column of the grid, points spread evenly over
    each region, and correctly classified points near a boundary.
    """
    coarse, regions = coarse_points(sample.grid, every), sample.regions
    to_either = np.fmin(regions.to_g, regions.to_learned)  # to g it is nan where g is unknown
    near = ~regions.misclassified & (to_either <= NEAR)
    kinds = [*(regions.name == name for name in NAMES), near]
    chosen = [np.flatnonzero(coarse)]
    for members in kinds:
        inside = np.flatnonzero(members)
        count = min(OF_A_REGION, len(inside))
        chosen.append(inside[np.linspace(0, len(inside) - 1, count).astype(int)])
    where = np.unique(np.concatenate(chosen))
    weights = np.empty(len(where))
    for members in (*kinds, ~np.any(kinds, axis=0)):
        weights[members[where]] = members.sum() / max(1, members[where].sum())
    return sample.at(where, weights)


def coarse_points(grid, every):
    """The points of each `every`-th row and column of a grid, bool (n,)."""
    row = np.arange(grid.side) % every == 0
    return (row[:, None] & row).ravel()


def coarse_panel(settings, sample, title="Shapley"):
    """The map of a sample's Shapley values at the points of the coarse grid: a Panel."""
    every = settings.shapley_every
    name = f"Shapley, {'f_X' if sample.data.g is None else 'g'}"
    values = sample.values[name].at(coarse_points(sample.grid, every)[sample.where])
    mesh = settings.mesh_of_step(settings.grid.step * every)
    (panel,) = panels(sample, {title: values}, mesh=mesh)
    return panel


def with_uncentred(settings, samples):
    """Samples of centred data, each with runs of f_X on two clusters: a list of CentredSample."""
    # In its own plane, which is never standardized.
    there = replace(settings, dataset="two_clusters", standardize=None)
    datasets = [there.dataset_of(there.seed + k) for k in range(there.n_data_seeds)]
    sets = [(data.X, data.y) for data in datasets]
    seeds = [there.refits(k=k).seeds for k in range(there.n_data_seeds)]
    runs = train_runs(sets, there.refits(), seeds=seeds, description="f_X of two clusters")
    return [CentredSample(*pair) for pair in zip(samples, runs, strict=True)]


def recipe(settings):
    """The methods whose claims are measured, for `compared_samples`."""
    names = ("leave-one-out, g", "leave-one-out, f_X", "forgetting")
    methods = {name: method(name) for name in names}
    if settings.n_sets is None:  # the claims of Figure 14 read neither Shapley values nor DVRL
        return methods
    for name in ("Shapley, g", "Shapley, f_X"):
        methods[name] = method(name, n_sets=settings.n_sets, by_halves=True)
    run = {"n_iterations": settings.n_iterations, "scaled": settings.scaled}
    return methods | {"DVRL": method("DVRL", **run)}


@claim(
    "C21", figure="fig12", study="noisy", repeatable=False,
    says="noisy data: leave-one-out and Shapley agree on the regions, forgetting rates the one "
    "between the clusters and part of the upper one, DVRL differs",
    # thresholds of C01, C09 and C11
    threshold="against g and against f_X: AUC for the regions {AUC_leave_one_out} (leave-one-out) "
    "and {AUC_Shapley} (Shapley); rank correlation of the two, from other seeds, less half of the "
    "most that their noise allows {ceiling}; AUC of DVRL, from ½ by {DVRL}, in the runs that rank; "
    "forgetting: mean between the clusters, less twice that of the correct points, {between}; "
    "share of the upper region's points above twice that mean {upper_rated}",
    AUC_leave_one_out="≥ 0.9", AUC_Shapley="≥ 0.9", DVRL="< 0.25", ceiling="≥ 0", between="> 0",
    upper_rated="≥ 0.1",
    note="The most that noise allows is the geometric mean of each method's correlation with "
    "itself from other seeds.",
)  # fmt: skip
def noisy_regions_are_found(sample):
    """AUCs of three methods for the regions, agreement of two, and means by forgetting.

    At first the correlation of leave-one-out and Shapley had to reach 0.5, which neither reaches
    with itself; and some of the upper region had to be not rated, which punished finding more.
    """
    parts, numbers = _dvrl(sample)
    for reference in REFERENCES:
        parts |= _aucs(sample, reference)
        agreement, ceiling = _agreement(sample, reference)
        parts[f"agreement less half of its ceiling, {reference}"] = agreement - ceiling / 2
        numbers |= {f"agreement, {reference}": agreement, f"ceiling, {reference}": ceiling}
    for name, number in _rated(sample).items():
        (parts if "between" in name else numbers)[name] = number
    upper = sample.values["forgetting"].values[sample.regions.name == "upper"]
    limit = RATED * _mean(sample, "forgetting", ~sample.regions.misclassified)
    parts["forgetting, share of upper rated"] = mean_of(upper >= limit)
    return parts, numbers


@claim_by_reference(
    "C22", "C22b", figure="fig13", study="four clusters", repeatable=False,
    says="four clusters: leave-one-out and Shapley, against REFERENCE, find the regions but the "
    "small one between the clusters, forgetting finds all, DVRL differs",
    # thresholds of C01, C04, C09 and C11
    threshold="AUC for the regions {AUC_leave_one_out} (leave-one-out) and {AUC_Shapley} "
    "(Shapley); mean between the clusters, less half that of the other regions, "
    "{half_of_other_regions} (both); AUC of DVRL, from ½ by {DVRL}, in the runs that rank; "
    "forgetting: mean of each region, less twice that of the correct points, {correct}",
    AUC_leave_one_out="≥ 0.9", AUC_Shapley="≥ 0.9", half_of_other_regions="≤ 0", DVRL="< 0.25",
    correct="> 0",
)  # fmt: skip
def _four_clusters(sample, reference):
    """AUCs of three methods for the regions, and mean values in each region.

    At first one claim asked for both references, and the part on the small region was a ratio of
    means, which negative means reverse.
    """
    parts, numbers = _dvrl(sample)
    parts |= _aucs(sample, reference)
    outer = np.isin(sample.regions.name, ("upper", "lower"))
    for name in (f"leave-one-out, {reference}", f"Shapley, {reference}"):
        between = sample.regions.mean(sample.values[name].values, "between")
        rest = _mean(sample, name, outer)
        parts[f"{name}, between less half of other regions"] = between - rest / 2
        numbers |= {f"{name}, between": between, f"{name}, other regions": rest}
    return parts | _rated(sample), numbers


four_clusters_regions_are_found, four_clusters_regions_are_found_to_f_X = _four_clusters


@claim(
    "C23", figure="fig14", study="centred",
    says="of centred data the network learns a straight boundary",
    threshold="root mean square distance of the boundary's points from their best line: "
    "{distance}; as a share of that on two clusters that are not centred: {share}",
    distance="≤ 0.5",  # half a step of the paper's grid
    share="≤ 1/3",
)  # fmt: skip
def boundary_is_a_line(pair):
    """How far learned boundaries are from a straight line, on centred and on uncentred data."""
    sample, uncentred = pair
    mesh = sample.boundaries.mesh
    centred = bend(sample.refits.base_networks, mesh) / sample.data.unit
    # Two clusters lie in the paper's plane, whatever the plane of the sample.
    other = bend(uncentred.networks(), MeshGrid(*PLOT_RANGE, mesh.side))
    share = "as share of that on two clusters"
    return {"distance from a line": centred, share: centred / other}, {"on two clusters": other}


@claim_by_reference(
    "C24", "C24b", figure="fig14", study="centred",
    says="centred data: mis-classified points and points near a boundary count more by "
    "leave-one-out, against REFERENCE, and by forgetting",
    threshold="AUC of value against correct points beyond 2 of both boundaries {AUC}: for "
    "mis-classified points, and for correct ones within 1; leave-one-out against REFERENCE, and "
    "forgetting",
    AUC="≥ 0.75",
)  # fmt: skip
def _wrong_and_near(pair, reference):
    """AUCs of values for two kinds of points against correct ones far from both boundaries.

    At first one claim asked for both references.
    """
    return {
        f"AUC, {name}, {what}": against_far(pair.sample, pair.sample.values[name].values, what)
        for name in (f"leave-one-out, {reference}", "forgetting")
        for what in ("mis-classified", "near")
    }


wrong_and_near_points_count, wrong_and_near_points_count_to_f_X = _wrong_and_near


def _aucs(sample, reference):
    """AUCs of leave-one-out and Shapley for the regions."""
    names = (f"{method}, {reference}" for method in ("leave-one-out", "Shapley"))
    return {f"AUC, {name}": auc_of(sample, name) for name in names}


def _dvrl(sample):
    """How far the AUC of DVRL is from ½, in runs that rank, as in C11; and numbers."""
    probabilities, area = sample.values["DVRL"].values, auc_of(sample, "DVRL")
    apart = judged(abs(area - 0.5), probabilities, sample.n_iterations)
    return {"AUC from ½, DVRL": apart}, {
        "AUC, DVRL": judged(area, probabilities, sample.n_iterations),
        "runs of DVRL that rank": ranks(probabilities),
    }


def _agreement(sample, reference):
    """Rank correlation of leave-one-out and Shapley from other seeds, and the most it can be.

    Noise limits it to the geometric mean of each method's correlation with itself from other seeds.
    """
    if len(sample.halves) < 2:
        return np.nan, np.nan
    leave_one_out, shapley = pairs = [
        [half.values[f"{name}, {reference}"].values for half in sample.halves]
        for name in ("leave-one-out", "Shapley")
    ]
    crossed = [rank_correlation(leave_one_out[k], shapley[1 - k], sample.weights) for k in (0, 1)]
    first, second = (max(rank_correlation(*pair, sample.weights), 0.0) for pair in pairs)
    return np.mean(crossed), np.sqrt(first * second)


def _mean(sample, name, chosen):
    """Mean value over the chosen points, bool (n,), by the points that they represent, or nan."""
    if not chosen.any():
        return np.nan
    return np.average(sample.values[name].values[chosen], weights=sample.weights[chosen])


def _rated(sample):
    """By how much each region's mean of forgetting is above twice that of the correct points."""
    limit = RATED * _mean(sample, "forgetting", ~sample.regions.misclassified)
    values = sample.values["forgetting"].values
    return {
        f"forgetting, {name} less {RATED:g} × correct": sample.regions.mean(values, name) - limit
        for name in NAMES
    }


def against_far(sample, values, what):
    """AUC of values: "near" or "mis-classified" points against correct points far away.

    `sample` has the `regions` of the points and their `weights`.
    """
    regions = sample.regions
    nearest = np.minimum(regions.to_g, regions.to_learned)
    inside = regions.misclassified
    far = ~inside & (nearest > FAR)
    if what == "near":
        inside = ~inside & (nearest <= NEAR)
    among = inside | far
    return auc(inside[among], values[among], sample.weights[among])


def bend(networks, mesh):
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


def _compared(settings, count):
    return [compared_samples(settings, recipe(settings), draw=False)[1]]


# Processor time is in seconds a sample.
GROUPS = (
    # 50 and 40 s, because small batches take many steps
    Group(("noisy",), "fig12", _compared),
    Group(("four clusters",), "fig13", _compared),
    # 3 s or less
    Group(("centred",), "fig14",
          lambda settings, count: [with_uncentred(settings, *_compared(settings, count))]),
)  # fmt: skip

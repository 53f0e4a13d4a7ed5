"""Figure 1: leave-one-out values of grid points added to X, and of the points of the grid alone."""

from itertools import product
from typing import NamedTuple

import numpy as np

from dvlib.methods.agreement import auc, rank_correlation, top_overlap
from dvlib.methods.registry import method
from dvlib.methods.sample import MeshAlone, Sample
from dvlib.paper.judging.claim import Group, claim

REFERENCES = ("g", "f_X")
METHODS = tuple(f"leave-one-out, {name}" for name in REFERENCES)  # whose maps the claims read
VISIBLE = 1 / 20  # of the range of a map: it shows no smaller difference
# Points of the mesh alone that a sample values, drawn at random: a thirteenth of the paper's mesh.
# The claims are on shares of the points, which 100 points give to 0.03 and ten samples to 0.01.
OF_THE_MESH = 100


class MeshAndMap(NamedTuple):
    """The mesh alone, and the sample of added points whose map is drawn beside it."""

    alone: MeshAlone
    added: Sample


def added_points(settings, count, names=METHODS):
    """Samples of X to which the grid's points are added, with adaptive maps by the named methods.

    Every point is fitted only where a map is drawn.
    """
    methods = {name: method(name) for name in names}
    return [settings.sample(k, methods=methods, adaptive=True) for k in range(count)]


def meshes_alone(settings, count, n_seeds="n_seeds"):
    """The mesh alone. No sample of X enters, so the samples differ by their training seeds.

    Each sample values other points of the mesh, which the networks without a point are fitted to
    as a whole. `n_seeds` names the parameter with the number of seeds.
    """
    samples, n_points = [], len(settings.grid.points)
    for k in range(count):
        drawn = np.random.default_rng(settings.seed + k).permutation(n_points)[:OF_THE_MESH]
        refits = settings.refits(n_seeds, k)
        samples.append(settings.sample(k, kind=MeshAlone, settings=refits, where=np.sort(drawn)))
    return samples


def _meshes_and_maps(settings, count):
    alone = meshes_alone(settings, count, "n_seeds_mesh")
    return [[MeshAndMap(*pair) for pair in zip(alone, added_points(settings, count), strict=True)]]


@claim(
    "C01", figure="fig01", study="grid",
    says="points of high value are the mis-classified ones",
    threshold="AUC of value for the regions, against g and against f_X: {AUC}",
    # 0.9: nine of ten random pairs, one point inside and one outside, are in the right order
    AUC="≥ 0.9 (≥ 0.75)",
)  # fmt: skip
def misclassified_are_important(sample):
    """AUC of leave-one-out values for the mis-classified regions."""
    return {f"AUC against {name}": auc_of(sample, f"leave-one-out, {name}") for name in REFERENCES}


@claim(
    "C02", figure="fig01", study="noise-free",
    says="without label noise, g as the reference shows no other points than f_X",
    threshold="overlap of the top tenths of the two maps: {overlap}, on each data set without "
    "noise",
    overlap="≥ 0.7 (≥ 0.4)",  # chance overlap is 0.1
    note="Two clusters, four clusters and centred data, each in the batches of its figure.",
)  # fmt: skip
def g_is_not_needed(sample):
    """Share of the top tenth of the points against g that is in the top tenth against f_X too.

    At first it was measured on two clusters alone, where the two maps agree, then on all data sets
    in batches of 200, though Figures 13 and 14 have batches of 32.
    """
    pair = [sample.values[f"leave-one-out, {name}"].values for name in REFERENCES]
    return (
        {"overlap": top_overlap(*pair, weights=sample.weights)},
        {"rank correlation": rank_correlation(*pair, sample.weights)},
    )


@claim(
    "C03", figure="fig01", study="grid",
    says="the nearer a mis-classified point to g, the higher its value",
    threshold="rank correlation of value and distance to g in the regions: {rank_correlation}",
    rank_correlation="≤ −0.5 (< 0)",
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
    less_other_regions="< 0", less_half_of_other_regions="≤ 0",
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
    says="some correct points very near the learned boundary push it away, and only such points do",
    threshold="correct points that push visibly, with a value against g of at least a twentieth of "
    "the map's range below 0: number within 1 of the boundary {within_1}; share beyond 2 of it "
    "{beyond_2}",
    within_1="≥ 1", beyond_2="≤ 0.1",  # "some", and a few whose boundary another seed moves
    note="Value against g: a low one takes the boundary away from g.",
)  # fmt: skip
def near_points_push_away(sample):
    """Where the correct points lie that leave-one-out against g shows to push the boundary away.

    Before, it was the lowest twentieth of the correct points, most of which is noise: the scale of
    the map, as in C06, says whether a reader can see them push.
    """
    regions, values = sample.regions, sample.values["leave-one-out, g"].values
    if not np.isfinite(values).all():
        return dict.fromkeys(("pushing, within 1", "pushing, beyond 2"), np.nan)
    pushing = ~regions.misclassified & (values <= -VISIBLE * np.ptp(values))
    distance = regions.to_learned[pushing]
    parts = {"pushing, within 1": np.count_nonzero(distance <= 1)}
    return parts | ({"pushing, beyond 2": np.mean(distance > 2)} if len(distance) else {})


@claim(
    "C06", figure="fig01", study="mesh alone",
    says="on the mesh alone all points have about the same value",
    threshold="share of the points whose value differs from the median by at most a twentieth of "
    "the range of Figure 1's map against g: {share_alike}",
    share_alike="≥ 0.9",  # a map shows no difference of a twentieth of its scale
    note="No sample of X enters the mesh; samples differ by their training seeds.",
)  # fmt: skip
def mesh_values_are_alike(sample):
    """Share of the leave-one-out values of the mesh alone that are alike on the scale of Figure 1.

    At first the spread of the values was compared with their noise, which more seeds make as small
    as one likes.
    """
    alone, added = sample
    gain = alone.refits.dv_g - alone.refits.base_dv_g
    gain = gain - np.median(gain, 0)  # each seed's shuffles move all points' values alike
    values, scale = gain.mean(1), np.ptp(added.values["leave-one-out, g"].values)
    base = alone.refits.base_dv_g
    return (
        {"share alike": np.mean(np.abs(values) <= VISIBLE * scale) if scale > 0 else np.nan},
        {
            "range as share of Figure 1's": np.ptp(values) / scale if scale > 0 else np.nan,
            # dv to g of one fit less that of another fit of the same points
            "noise of one unpaired refit": base.std(ddof=1) * 2**0.5 if len(base) > 1 else np.nan,
            "AUC of nearness to g": auc(alone.regions.to_g <= 2, values),
        },
    )


@claim(
    "C36", figure="fig01", study="grid",
    says="points near the learned boundary matter only if they are mis-classified, but for those "
    "very close (section 4)",
    threshold="mean value against f_X of correct points from 1 to 2 of the boundary, as a share of "
    "that of mis-classified ones from 1 to 2: {near_points}",
    near_points="≤ 0.5",  # half, as in C04
    note="Nearer than 1 are the points that the paper calls very close (C05).",
)  # fmt: skip
def near_points_matter_if_misclassified(sample):
    """Mean leave-one-out against f_X of correct and of mis-classified points near the boundary.

    At first the points were those within 1, which hold the very close ones that the paper exempts.
    """
    wrong, distance = sample.regions.misclassified, sample.regions.to_learned
    values = sample.values["leave-one-out, f_X"].values
    places, means = {"1 to 2": (distance > 1) & (distance <= 2), "within 1": distance <= 1}, {}
    for place, kind in product(places, ("correct", "mis-classified")):
        chosen = values[places[place] & (wrong == (kind == "mis-classified"))]
        means[f"{kind}, {place}"] = chosen.mean() if len(chosen) else np.nan
    ratio = means["correct, 1 to 2"] / means["mis-classified, 1 to 2"]
    return {"near points, correct / mis-classified": ratio}, means


def auc_of(sample, method):
    """AUC of a method's values for the mis-classified regions."""
    return auc(sample.regions.misclassified, sample.values[method].values, sample.weights)


# Processor time is in seconds a sample.
GROUPS = (
    # 22 s. Three training seeds, an odd number: memorization is the majority of the seeds.
    Group(("grid",), "fig01", lambda settings, count: [added_points(settings, count)],
          changes={"n_seeds": 3}),
    # 6 s. Two seeds, the fewest that separate values from noise: a fit costs four times as much.
    # The seeds of the samples beside it are those of the first group, so their refits are shared.
    Group(("mesh alone",), "fig01", _meshes_and_maps, "sets of two training seeds",
          changes={"n_seeds_mesh": 2, "n_seeds": 3}),
)  # fmt: skip

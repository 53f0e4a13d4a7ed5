"""Claims on whole boundaries, measured over samples of a data set: Figures 7 to 9, 16 to 18.

Stability is the mean pairwise dv over runs, so smaller is stabler.
"""

from itertools import combinations, pairwise

import numpy as np
from scipy.spatial import KDTree
from scipy.stats import spearmanr

from dvlib.engine.mesh import MeshGrid
from dvlib.methods.agreement import auc
from dvlib.methods.forgetting import forgetting, last_learned
from dvlib.methods.runs import deviations, mean_cross_dv, mean_pairwise_dv
from dvlib.paper.claims.verdicts import Part, judge
from dvlib.paper.studies.boundaries import BATCHES, SIZES, WIDTHS, sizes_name


def larger_is_stabler(study):
    """C15, from `dvlib.architectures`."""
    within = {
        width: np.array([_stability(runs.boundaries()) for runs in study.runs[(width,)]])
        for width in WIDTHS
    }
    small, middle, large = (within[width] for width in WIDTHS)
    parts = {
        "pairwise dv, 50 units less 3": Part(middle - small, "<", 0.0),
        "pairwise dv, 1000 units less 50": Part(large - middle, "<", 0.0),
    }
    return judge("C15", parts, {f"pairwise dv, {width} units": of for width, of in within.items()})


def architectures_agree(study):
    """C30, on the samples the deeper networks were trained on.

    The ratio to the dv within architectures was measured first. It cannot see that 3 units fail,
    whose runs differ among themselves as much as from any other boundary.
    """
    count = min(map(len, study.runs.values()))
    fine = study.runs[(max(WIDTHS),)][0].settings.mesh
    # The deeper ones have no sweep; a quarter of the points knows dv to far less than 0.05.
    mesh = MeshGrid(fine.low, fine.high, max(2, fine.side // 2))
    boundaries = {
        sizes: [runs.boundaries(mesh) for runs in of[:count]] for sizes, of in study.runs.items()
    }
    within = {sizes: np.array([_stability(one) for one in of]) for sizes, of in boundaries.items()}
    widest = (max(WIDTHS),)
    parts, numbers = {}, {f"within {sizes_name(widest)}": within[widest]}
    for sizes in boundaries:
        if sizes == widest:
            continue
        name, pairs = sizes_name(sizes), zip(boundaries[sizes], boundaries[widest], strict=True)
        across = np.array([mean_cross_dv(*pair) for pair in pairs])
        # Of a single run it is not known how far runs of one architecture lie apart.
        known = np.isfinite(within[sizes]) & np.isfinite(within[widest])
        parts[f"dv to {sizes_name(widest)}, {name}"] = Part(
            np.where(known, across, np.nan), "≤", 0.05
        )
        numbers[f"within {name}"] = within[sizes]
    return judge("C30", parts, numbers)


def misclassified_are_learned_last(study):
    """C34: points of the regions, each added to X with the label g gives it."""
    parts, numbers, wrong = {}, {}, {}
    for width, pairs in study.learning.items():
        late, wrong[width] = [], []
        for refits, regions in pairs:
            hits, n_iter = refits.learning
            ran = np.arange(hits.shape[-1]) < n_iter[..., None]
            late.append(auc(regions.misclassified, last_learned(hits, ran).mean(1)))
            known = refits.known[regions.misclassified]
            wrong[width].append(1 - known.mean() if known.size else np.nan)
        parts[f"AUC, {width} units"] = Part(late, "≥", 0.75)
        numbers[f"wrong, {width}"] = wrong[width]
    for small, large in pairwise(WIDTHS):
        more = np.array(wrong[small]) - wrong[large]
        parts[f"wrong, {small} less {large}"] = Part(more, ">", 0.0)
    return judge("C34", parts, numbers)


def mislabelled_point_disturbs(study):
    """C16, from `dvlib.mislabelled_centre`."""
    growth, numbers = _growth(study)
    changed = {
        size: np.array([_changed(*pair) for pair in of])
        for size, of in study.runs[BATCHES[0]].items()
    }
    parts = {
        "growth, 500 less 50": _more_growth(growth),
        "predictions changed, most": Part(np.max(list(changed.values()), axis=0), "≤", 0.001),
    }
    numbers |= {f"predictions changed, {size}": of for size, of in changed.items()}
    return judge("C16", parts, numbers)


def new_point_causes_variance(study):
    """C17, from `dvlib.correct_point`: is it the data set's size, its sample, or the seed?"""
    growth, numbers = _growth(study)
    spread, same = _between_samples([added for _, added in study.runs[BATCHES[0]][SIZES[-1]]])
    parts = {
        "growth, 500 less 50": _more_growth(growth),
        "spread between samples / error": Part(spread, "≥", 2.0),
        "correlation of runs apart": Part(same, "≥", 0.3),
    }
    return judge("C17", parts, numbers)


def forgotten_are_near(study):
    """C26, from `dvlib.trajectories`, each run against its own final boundary."""
    forgotten, nearness = [], []
    for runs in study.runs:
        hits, n_iter = runs.learning
        ran = np.arange(hits.shape[-1]) < n_iter[..., None]
        forgotten.append(forgetting(hits, ran) > 0)  # (n, K)
        nearness.append(-_distances(runs))
    none = np.array([(~one.any(0)).mean() for one in forgotten])
    numbers = {"forgotten points a run": [one.sum(0).mean() for one in forgotten]}
    parts = {}
    if study.samples[0].name == "two_clusters":
        parts["runs without any"] = Part(none, "≥", 0.5)
    else:
        numbers["runs without any"] = none
    if any(one.any() for one in forgotten):
        pairs = zip(forgotten, nearness, strict=True)
        parts["AUC of nearness"] = Part(
            [auc(one.ravel(), near.ravel()) for one, near in pairs], "≥", 0.9
        )
    return judge("C26", parts, numbers)


def _growth(study):
    """By how much the point raises the mean pairwise dv, for each size and sample.

    The growth is that of scikit-learn's minibatches; the numbers are of both kinds.
    """
    growth, numbers = {}, {}
    for batch in reversed(BATCHES):  # scikit-learn's last
        for size, of in study.runs[batch].items():
            pairs = np.array([[_stability(one.boundaries()) for one in pair] for pair in of])
            growth[size] = pairs[:, 1] - pairs[:, 0]
            ending = f"{size}" if batch == BATCHES[0] else f"{size}, batches of {batch}"
            numbers |= {f"dv without, {ending}": pairs[:, 0], f"dv with, {ending}": pairs[:, 1]}
    return growth, numbers


def _more_growth(growth):
    """Part of C16 and C17: the stability of the largest sets suffers most."""
    return Part(growth[SIZES[-1]] - growth[SIZES[0]], ">", 0.0)


def _between_samples(runs):
    """Spread of the stability over samples, in standard errors; whether the same runs deviate."""
    if len(runs) < 2 or runs[0].n_fits < 2:
        return np.nan, np.nan
    apart = np.array([deviations(one.boundaries()) for one in runs])
    # A mean over pairs of K runs has about twice the standard error of the mean of K deviations.
    error = np.median(2 * apart.std(1, ddof=1) / np.sqrt(apart.shape[1]))
    same = np.mean([spearmanr(a, b).statistic for a, b in combinations(apart, 2)])
    return apart.mean(1).std(ddof=1) / error, same


def _stability(boundaries):
    """Mean pairwise dv; nan of a single run, so that the claim is not measured."""
    return mean_pairwise_dv(boundaries) if len(boundaries) > 1 else np.nan


def _changed(without, added):
    """Share of the training points predicted otherwise with the point, by run and on average."""
    pairs = zip(without.networks(), added.networks(), strict=True)
    X = without.points
    return np.mean([np.mean(a.predict(X) != b.predict(X)) for a, b in pairs])


def _distances(runs):
    """Distance of each training point to each run's final boundary, (n, K); inf without one."""
    low, high = np.floor(runs.points.min()), np.ceil(runs.points.max())
    # Corners of the curves lie at most a step apart: a distance is at most half of that too large.
    mesh = MeshGrid.from_step(low, high, 0.1)
    distances = [
        KDTree(np.concatenate(curves)).query(runs.points)[0]
        if curves
        else np.full(len(runs.points), np.inf)
        for curves in runs.curves(mesh)
    ]
    return np.stack(distances, axis=1)

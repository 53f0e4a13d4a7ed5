"""Claims on the values of training points: Figures 10 and 11."""

import numpy as np

from dvlib.methods.values import DataValues, Samples
from dvlib.paper.claims.verdicts import Part, judge
from dvlib.paper.studies.dvrl_results import judged, long_enough

ALIKE = 1.5  # values spread by no more than so many of their standard errors say nothing
MINOR = 0.5  # spread beyond noise, as share of the mean, up to which sizes of points look alike
VISIBLE = 0.05  # standard deviation of selection probabilities from which points differ
FAR = 2.0  # "far lower": by this factor


def which_methods_tell_points_apart(study):
    """C18, over samples of the data set.

    Shapley values were held against their noise at first, which more fits make smaller at will.
    """
    spread = {
        name: np.array([_spread(one.values[name]) for one in study.samples])
        for name in ("forgetting", "last learned", "Shapley")
    }
    spread["leave-one-out"] = np.array([_spread_of_refits(one.refits) for one in study.samples])
    parts = {
        f"spread / standard error, {name}": Part(spread[name], "≤", ALIKE)
        for name in ("leave-one-out", "forgetting")
    }
    parts["spread beyond noise / mean, Shapley"] = Part(
        [_beyond_noise(one.values["Shapley"]) for one in study.samples], "≤", MINOR
    )
    parts["spread / standard error, last learned"] = Part(spread["last learned"], ">", ALIKE)
    selected = [one.values["DVRL"].values.std() for one in study.samples]
    parts["standard deviation, DVRL"] = Part(
        long_enough(selected, study.n_iterations), "≥", VISIBLE
    )
    others = {"spread / standard error, Shapley": spread["Shapley"]}
    return judge("C18", parts, others)


def _beyond_noise(values):
    """Standard deviation that the standard errors do not explain, as a share of the mean."""
    variance = values.values.var() - np.mean(np.square(values.standard_errors))
    return np.sqrt(max(variance, 0.0)) / abs(values.values.mean())


def _spread(values):
    """Standard deviation of values against their typical error; 0 where all are the same."""
    noise = np.sqrt(np.mean(np.square(values.standard_errors)))
    spread = values.values.std()
    return spread / noise if noise else (np.inf if spread else 0.0)


def _spread_of_refits(refits):
    """The same without each seed's offset: one point less changes the shuffles of all refits.

    The first look had the offsets in the error.
    """
    by_seed = refits.dv_g - np.median(refits.dv_g, axis=0)
    samples = Samples(refits.points, refits.labels, refits.settings, 0, 0.0)
    return _spread(DataValues.over_seeds(samples, by_seed, "leave-one-out"))


def low_values_can_go(study):
    """C19, over samples: area under dv to g as points go from the lowest value up.

    Runs of DVRL that give all points one value have no order and are not measured.
    """
    area = {
        measure: {
            name: np.array([one.curves.area(measure, order) for one in study.samples])
            for name, order in _lowest_first(study)
        }
        for measure in ("dv", "accuracy")
    }
    for measure, of in area.items():
        of["random"] = np.array(
            [np.mean([one.curves.area(measure, name) for name in one.curves.dv
                      if name[0] == "random"]) for one in study.samples]
        )  # fmt: skip
    dv = area["dv"]
    if study.samples[0].curves.reference != "g":  # which is unknown
        dv = {name: np.full_like(values, np.nan) for name, values in dv.items()}
    best = np.min([dv[name] for name in ("leave-one-out", "Shapley", "random")], axis=0)
    probabilities = [one.values["DVRL"].values for one in study.samples]
    dv["DVRL"] = judged(dv["DVRL"], probabilities, study.n_iterations)
    parts = {
        f"dv, {name} less the best other": Part(dv[name] - best, "<", 0.0)
        for name in ("DVRL", "last learned")
    }
    others = {
        f"{measure}, {name}": values for measure, of in area.items() for name, values in of.items()
    }
    return judge("C19", parts, others)


def half_can_go(study):
    """C38, over samples: what random removal of half of the points changes, by mean of its orders.

    At first the mean over the orders was taken before its size, so that opposite changes cancelled.
    """
    curves = [one.curves for one in study.samples]
    half = int(np.argmin(np.abs(curves[0].shares - 0.5)))
    change = {
        measure: np.array([
            np.mean([abs(runs[half].mean() - runs[0].mean())
                     for name, runs in getattr(of, measure).items() if name[0] == "random"])
            for of in curves
        ])
        for measure in ("dv", "accuracy")
    }  # fmt: skip
    known = curves[0].reference == "g"
    return judge("C38", {
        "change of dv to g": Part(change["dv"] if known else np.nan, "≤", 0.01),
        "change of test accuracy": Part(change["accuracy"], "≤", 0.01),
    })  # fmt: skip


def _lowest_first(study):
    orders = study.samples[0].curves.dv
    return [(method, (method, end)) for method, end in orders if end == "lowest"]


def clusters_differ(study):
    """C20, over samples: mean value of each cluster's points.

    The same cluster has to stand apart: a sample where it is another than in most counts against.
    Where a label does not have two clusters, there are none to compare.
    """
    parts, others = {}, {}
    places = study.samples[0].data.means
    for name in ("Shapley", "last learned", "DVRL"):
        groups = [_by_cluster(one, one.values[name].values) for one in study.samples]
        means = np.array([[group.mean() for group in of] for of in groups])
        if name == "Shapley":
            labels = study.samples[0].data.mean_labels
            pairs = [np.flatnonzero(labels == k) for k in (0, 1)]
            apart = np.array(
                [[_apart(*(of[c] for c in pair)) if len(pair) == 2 else np.nan for pair in pairs]
                 for of in groups]
            )  # fmt: skip
            usual = np.sign(np.median(apart, axis=0))
            # In standard errors, of the label whose clusters are less apart.
            parts["clusters of a label apart, Shapley"] = Part(
                np.min(apart * usual, axis=1), "≥", 2.0
            )
        else:
            lowest, next_lowest = np.sort(means, axis=1)[:, :2].T
            which = means.argmin(axis=1)
            same = which == np.bincount(which).argmax()
            # Values are above 0; a cluster that is not the usual one is not lower at all.
            ratio = np.where(same, lowest / next_lowest, 1.0)
            if name == "DVRL":
                ratio = long_enough(ratio, study.n_iterations)
            parts[f"lowest cluster / next, {name}"] = Part(ratio, "≤", 1 / FAR)
        others |= {f"{name}, ({x:g}, {y:g})": of
                   for (x, y), of in zip(places, means.T, strict=True)}  # fmt: skip
    return judge("C20", parts, others)


def _by_cluster(one, values):
    return [values[one.data.clusters == cluster] for cluster in range(len(one.data.means))]


def _apart(a, b):
    """By how many standard errors of their difference two groups' means differ (Welch)."""
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return (a.mean() - b.mean()) / error

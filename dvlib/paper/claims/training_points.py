"""Claims on the values of training points: Figures 10 and 11."""

import numpy as np

from dvlib.methods.values import DataValues, Samples
from dvlib.paper.claims.claim import claim
from dvlib.paper.studies.dvrl_results import judged, long_enough


@claim(
    "C18", figure="fig10", study="training points", repeatable=False,
    says="leave-one-out and forgetting give every training point the same value and Shapley "
    "nearly, last learned and DVRL do not",
    threshold="spread of the values, as a multiple of the standard error: {leave_one_out} "
    "(leave-one-out), {forgetting} (forgetting), {last_learned} (last learned); spread beyond the "
    "noise, as a share of the mean: {Shapley} (Shapley); standard deviation of the probabilities: "
    "{DVRL} (DVRL)",
    # values that spread by at most 1.5 standard errors are alike, as in C06
    leave_one_out="≤ 1.5",
    forgetting="≤ 1.5",
    last_learned="> 1.5",
    Shapley="≤ 0.5",  # points whose sizes differ by less look alike
    DVRL="≥ 0.05",  # points whose probabilities differ by less are drawn alike
    found="Only last learned tells points apart beyond doubt. Leave-one-out, forgetting and "
    "Shapley do so beyond their noise; the probabilities of DVRL hardly differ.",
)  # fmt: skip
def which_methods_tell_points_apart(sample):
    """Spread of each method's values, relative to their noise or their mean.

    At first Shapley values were compared with their noise, which more fits reduce at will.
    """
    values = sample.values
    parts = {
        "spread / standard error, leave-one-out": _spread_of_refits(sample.refits),
        "spread / standard error, forgetting": _spread(values["forgetting"]),
        "spread beyond noise / mean, Shapley": _beyond_noise(values["Shapley"]),
        "spread / standard error, last learned": _spread(values["last learned"]),
        "standard deviation, DVRL": long_enough(values["DVRL"].values.std(), sample.n_iterations),
    }
    return parts, {"spread / standard error, Shapley": _spread(values["Shapley"])}


@claim(
    "C19", figure="fig10", study="training points", repeatable=False,
    says="to shrink the training set, removing the points of lowest value by DVRL and by last "
    "learned works best",
    threshold="area under dv to g, removed from the lowest value up, for DVRL and for last "
    "learned, less the best of leave-one-out, Shapley and random removal: {dv}",
    dv="< 0",
    found="The other way round: on every sample either curve is worse than the best of "
    "leave-one-out, Shapley and random removal.",
)  # fmt: skip
def low_values_can_go(sample):
    """Area under dv to g as points are removed, lowest value first.

    Runs of DVRL that give all points the same value have no order and are not measured.
    """
    curves, area = sample.curves, {}
    methods = [name for name, end in curves.dv if end == "lowest"]
    drawn = [name for name in curves.dv if name[0] == "random"]
    for measure in ("dv", "accuracy"):
        area[measure] = {name: curves.area(measure, (name, "lowest")) for name in methods}
        area[measure]["random"] = np.mean([curves.area(measure, name) for name in drawn])
    dv = area["dv"]
    if curves.reference != "g":  # which is unknown
        dv = dict.fromkeys(dv, np.nan)
    best = np.min([dv[name] for name in ("leave-one-out", "Shapley", "random")])
    dv["DVRL"] = judged(dv["DVRL"], sample.values["DVRL"].values, sample.n_iterations)
    return (
        {f"dv, {name} less the best other": dv[name] - best for name in ("DVRL", "last learned")},
        {f"{measure}, {name}": of for measure in area for name, of in area[measure].items()},
    )


@claim(
    "C20", figure="fig11", study="training points of four clusters", together=True,
    repeatable=False,
    says="of four clusters, Shapley values one of the two of each label a little higher; last "
    "learned and DVRL value one cluster far lower than the rest",
    threshold="means of the two clusters of each label apart, in standard errors: {apart} "
    "(Shapley); lowest mean of a cluster, as a share of the next: {lowest_cluster} (last learned, "
    "DVRL); the same cluster in all samples",
    apart="≥ 2",
    lowest_cluster="≤ 0.5",  # half: a difference that shows in the sizes of points
    found="By last learned one cluster is far higher than the rest, not lower (4.8 epochs against "
    "1.0); Shapley and DVRL set none apart.",
)  # fmt: skip
def clusters_differ(samples):
    """How far the mean values of the clusters' points differ.

    The same cluster has to stand apart in all samples: a sample with another one than usual counts
    against the claim. A label that does not have two clusters is not measured.
    """
    parts, numbers = {}, {}
    places = samples[0].data.means
    for name in ("Shapley", "last learned", "DVRL"):
        groups = [_by_cluster(one, one.values[name].values) for one in samples]
        means = np.array([[group.mean() for group in of] for of in groups])
        if name == "Shapley":
            labels = samples[0].data.mean_labels
            pairs = [np.flatnonzero(labels == k) for k in (0, 1)]
            apart = np.array(
                [[_apart(*(of[c] for c in pair)) if len(pair) == 2 else np.nan for pair in pairs]
                 for of in groups]
            )  # fmt: skip
            usual = np.sign(np.median(apart, axis=0))
            # The label whose clusters differ less decides.
            parts["clusters of a label apart, Shapley"] = np.min(apart * usual, axis=1)
        else:
            lowest, next_lowest = np.sort(means, axis=1)[:, :2].T
            which = means.argmin(axis=1)
            same = which == np.bincount(which).argmax()
            # Values are above 0. If the lowest cluster is not the usual one, it counts as no lower.
            ratio = np.where(same, lowest / next_lowest, 1.0)
            if name == "DVRL":
                ratio = long_enough(ratio, samples[0].n_iterations)
            parts[f"lowest cluster / next, {name}"] = ratio
        numbers |= {f"{name}, ({x:g}, {y:g})": of
                    for (x, y), of in zip(places, means.T, strict=True)}  # fmt: skip
    return parts, numbers


@claim(
    "C38", figure="fig10", study="training points",
    says="many points can be removed without affecting the model, and it does not matter which "
    "(section 4)",
    threshold="half of the points removed at random: change of dv to g and of test accuracy "
    "{change}",
    change="≤ 0.01",  # a hundredth of the mesh, and of the test points
    found="On four clusters, on nine samples of ten. On two dv to g changes by 0.007 to 0.033; "
    "test accuracy sees nothing of it.",
)  # fmt: skip
def half_can_go(sample):
    """Absolute changes by random removal of half of the points, averaged over removal orders.

    At first the absolute value was taken after averaging, so that opposite changes cancelled.
    """
    curves = sample.curves
    half = int(np.argmin(np.abs(curves.shares - 0.5)))
    change = {
        measure: np.mean([
            abs(runs[half].mean() - runs[0].mean())
            for name, runs in getattr(curves, measure).items()
            if name[0] == "random"
        ])
        for measure in ("dv", "accuracy")
    }  # fmt: skip
    return {
        "change of dv to g": change["dv"] if curves.reference == "g" else np.nan,
        "change of test accuracy": change["accuracy"],
    }


def _beyond_noise(values):
    """Standard deviation not explained by the standard errors, as a share of the mean."""
    variance = values.values.var() - np.mean(np.square(values.standard_errors))
    return np.sqrt(max(variance, 0.0)) / abs(values.values.mean())


def _spread(values):
    """Standard deviation of values divided by their typical error; 0 if all are the same."""
    noise = np.sqrt(np.mean(np.square(values.standard_errors)))
    spread = values.values.std()
    return spread / noise if noise else (np.inf if spread else 0.0)


def _spread_of_refits(refits):
    """`_spread` of leave-one-out values without each seed's offset.

    Leaving out a point changes the shuffles of all refits of a seed alike. At first these offsets
    were part of the error.
    """
    by_seed = refits.dv_g - np.median(refits.dv_g, axis=0)
    samples = Samples(refits.points, refits.labels, refits.settings, 0, 0.0)
    return _spread(DataValues.over_seeds(samples, by_seed, "leave-one-out", "share of the mesh"))


def _by_cluster(one, values):
    return [values[one.data.clusters == cluster] for cluster in range(len(one.data.means))]


def _apart(a, b):
    """Difference of two groups' means, in standard errors of the difference (Welch)."""
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return (a.mean() - b.mean()) / error

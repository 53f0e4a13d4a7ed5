"""Claims on the values of training points: Figures 10 and 11."""

import numpy as np

from dvlib.claims import judge_over_samples
from dvlib.dvrl_claims import if_long_enough
from dvlib.values import DataValues, Samples

ALIKE = 1.5  # values spread by no more than so many of their standard errors say nothing
VISIBLE = 0.05  # standard deviation of selection probabilities from which points differ
FAR = 2.0  # "far lower": by this factor


def which_methods_tell_points_apart(study):
    """C18, over samples of the data set."""
    spread = {
        name: np.array([_spread(one.values[name]) for one in study.samples])
        for name in ("forgetting", "Shapley", "last learned")
    }
    spread["leave-one-out"] = np.array([_spread_of_refits(one.refits) for one in study.samples])
    parts = {name: of <= ALIKE for name, of in spread.items() if name != "last learned"}
    parts["last learned"] = spread["last learned"] > ALIKE
    selected = np.array([one.values["DVRL"].values.std() for one in study.samples])
    parts["DVRL"] = selected >= VISIBLE
    numbers = {f"spread / standard error, {name}": of.mean() for name, of in spread.items()}
    numbers["standard deviation, DVRL"] = selected.mean()
    return if_long_enough(study, judge_over_samples("C18", parts, numbers))


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
    """C19, over samples: area under dv to g as points go from the lowest value up."""
    area = {
        measure: {
            name: np.array([one.curves.area(measure, order) for one in study.samples])
            for name, order in _lowest_first(study)
        }
        for measure in ("dv", "accuracy")
    }
    random = {
        measure: np.array(
            [np.mean([one.curves.area(measure, name) for name in one.curves.dv
                      if name[0] == "random"]) for one in study.samples]
        )
        for measure in area
    }  # fmt: skip
    dv = area["dv"]
    parts = {
        name: (dv[name] < dv["leave-one-out"])
        & (dv[name] < dv["Shapley"])
        & (dv[name] < random["dv"])
        for name in ("DVRL", "last learned")
    }
    numbers = {}
    for measure, of in area.items():
        whole = of | {"random": random[measure]}
        numbers |= {f"{measure}, {name}": values.mean() for name, values in whole.items()}
    return if_long_enough(study, judge_over_samples("C19", parts, numbers))


def _lowest_first(study):
    orders = study.samples[0].curves.dv
    return [(method, (method, end)) for method, end in orders if end == "lowest"]


def clusters_differ(study):
    """C20, over samples: mean value of each cluster's points."""
    parts, numbers = {}, {}
    for name in ("Shapley", "last learned", "DVRL"):
        groups = [_by_cluster(one, one.values[name].values) for one in study.samples]
        means = np.array([[group.mean() for group in of] for of in groups])
        if name == "Shapley":
            parts[name] = [
                _labels_differ(*pair) for pair in zip(study.samples, groups, strict=True)
            ]
        else:
            lowest, next_lowest = np.sort(means, axis=1)[:, :2].T
            parts[name] = FAR * lowest <= next_lowest
        places = study.samples[0].data.means
        numbers |= {f"{name}, ({x:g}, {y:g})": mean
                    for (x, y), mean in zip(places, means.mean(0), strict=True)}  # fmt: skip
    return if_long_enough(study, judge_over_samples("C20", parts, numbers))


def _by_cluster(one, values):
    return [values[one.data.clusters == cluster] for cluster in range(len(one.data.means))]


def _labels_differ(one, groups):
    """Whether the two clusters of each label differ."""
    labels = one.data.mean_labels
    return all(_apart(*(groups[c] for c in np.flatnonzero(labels == of))) for of in (0, 1))


def _apart(a, b):
    """Whether two groups' means differ by two standard errors of their difference (Welch)."""
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return abs(a.mean() - b.mean()) >= 2 * error

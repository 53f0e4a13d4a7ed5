"""Results of runs of DVRL: tables, rank correlations between runs, percentiles."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dvlib.data.regions import Regions

# What claims call the three inputs.
INPUT_NAMES = {
    "labels_and_residuals": "full", "predictions": "predictions", "features": "x alone",
}  # fmt: skip
ALIKE = 1e-3  # probabilities that differ by no more select points alike
LEAST = 500  # iterations of a run that a claim may read: a quarter of the released code's


@dataclass(frozen=True, eq=False)
class InputsSample:
    """One run with each of the three inputs, on one sample (Figure 4).

    `values` has DataValues by input ("full", "predictions", "x alone"), and leave-one-out values.
    """

    values: dict
    regions: Regions
    n_iterations: int
    passes: list


@dataclass(frozen=True, eq=False)
class RareSample:
    """The rare point at several places in one sample (Figure 21).

    `percentiles[place, input]` is the percentile of its value among the training points.
    `wrong[place]` says whether f_X, trained without the point, mis-classifies it.
    """

    percentiles: dict
    wrong: dict
    n_iterations: int
    passes: list


@dataclass(frozen=True, eq=False)
class RepeatedSample:
    """Repeated runs on one training set (Figure 20).

    `correlations` is a table of the mean rank correlation of the values of two runs, by baseline
    and iteration. `later` has for each baseline the rank correlations of all pairs, matrices
    (K, K) of the K runs that rank the points, one for each checkpoint of the last half.
    """

    correlations: pd.DataFrame
    later: dict
    n_iterations: int
    passes: list


def repeated_sample(settings, runs):
    """The RepeatedSample of runs with one or more baselines, given as a list or by name."""
    runs = list(runs.values()) if isinstance(runs, dict) else runs
    points = settings.grid.points
    labels = settings.data.label(points)
    checkpoints = runs[0].task.settings.checkpoints
    of_baseline = {}
    for run in runs:
        of_baseline.setdefault(run.task.settings.baseline, []).append(run)
    means = {
        baseline: [
            _mean(rank_correlations([run.probabilities(points, labels, c) for run in of]))
            for c in range(len(checkpoints))
        ]
        for baseline, of in of_baseline.items()
    }
    correlations = pd.DataFrame(means, index=pd.Index(checkpoints, name="iteration")).T
    later = {
        baseline: [
            correlation_matrix([run.probabilities(points, labels, c) for run in of])
            for c in range(len(checkpoints) // 2, len(checkpoints))
        ]
        for baseline, of in of_baseline.items()
    }
    return RepeatedSample(correlations, later, settings.n_iterations, runs)


def dvrl_table(runs):
    """A pandas table of what the estimators of runs of DVRL learned; `runs` is a dict by name."""
    rows = {}
    for name, run in runs.items():
        final = run.probabilities(run.task.X, run.task.y)
        rows[name] = {
            "performance of f_X": run.task.target.score(run.base, run.task.settings.performance),
            "mean reward, last tenth": _last_tenth(run.reward),
            "mean selection probability": final.mean(),
            "range of values on X": np.ptp(final),
            "ranks the points": ranks(final),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def budget(settings):
    """A sentence on how long runs of DVRL are."""
    count = settings.n_iterations
    if count < LEAST:
        return (
            f"{count} iterations per run: a short budget, to look at, not to judge by. Claims are "
            f"measured from {LEAST:,} on; the released code makes 2,000."
        )
    return f"{count:,} iterations per run; the released code makes 2,000."


def ranks(values):
    """Whether selection probabilities (n,) rank the points; they do not if all are alike."""
    return np.ptp(values) >= ALIKE


def judged(measured, values, n_iterations):
    """What was measured on a run of DVRL, or nan where the run cannot be judged.

    It cannot be judged before `LEAST` iterations, or if its `values`, selection probabilities (n,),
    rank no point: a run that learned nothing says nothing for or against a claim.
    """
    return long_enough(measured if ranks(values) else np.nan, n_iterations)


def long_enough(measured, n_iterations):
    """What was measured, a number or an array, or nan if the runs were too short."""
    return measured if n_iterations >= LEAST else np.full(np.shape(measured), np.nan)


def rank_correlations(values):
    """Rank correlation of the values of each pair of runs that rank the points at all."""
    matrix = correlation_matrix(values)
    return matrix[np.triu_indices(len(matrix), 1)]


def correlation_matrix(values):
    """Rank correlations of all pairs of the K runs that rank the points at all, (K, K)."""
    ranking = [one for one in values if ranks(one)]
    if len(ranking) < 2:
        return np.ones((len(ranking), len(ranking)))
    from scipy.stats import rankdata

    return np.corrcoef(rankdata(ranking, axis=1))


def percentile(run):
    """Share of training points with a lower value than the last one; ties count half.

    It is nan if the run ranks no points.
    """
    *others, value = values = run.probabilities(run.task.X, run.task.y)
    if not ranks(values):
        return np.nan
    difference = np.array(others) - value
    alike = np.abs(difference) <= ALIKE
    return float(np.mean((difference < -ALIKE) + alike / 2))


def _mean(values):
    return np.mean(values) if len(values) else np.nan


def _last_tenth(series):
    return series[-max(1, len(series) // 10) :].mean()

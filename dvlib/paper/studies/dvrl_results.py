"""What runs of DVRL come to: tables, rank correlations between runs, percentiles."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from dvlib.data.regions import Regions

# What claims call the three inputs.
INPUT_NAMES = {
    "labels_and_residuals": "full", "predictions": "predictions", "features": "x alone",
}  # fmt: skip
ALIKE = 1e-3  # probabilities that differ by no more select points alike
LEAST = 500  # iterations of a run that a claim is judged by: a quarter of the released code's


@dataclass(frozen=True, eq=False)
class DVRLStudy:
    """Runs of DVRL and their values on the grid.

    `runs[name]` are the runs of one kind (`DVRLRun`), `values[name]` their DataValues on the grid,
    one each; `panels`, `boundaries` and `data` are what is drawn. `passes` are counted in the
    figure's record.
    """

    runs: dict
    values: dict
    panels: dict
    boundaries: list
    data: list
    passes: list

    @property
    def n_iterations(self):
        return next(iter(self.runs.values()))[0].task.settings.n_iterations

    @property
    def budget(self):
        """A sentence on how long the runs were."""
        if self.n_iterations < LEAST:
            return (
                f"{self.n_iterations} iterations a run: a short budget, to look at, not to judge "
                f"by. Claims are measured from {LEAST:,} on; the released code makes 2,000."
            )
        return f"{self.n_iterations:,} iterations a run; the released code makes 2,000."

    @property
    def table(self):
        """What the estimators of each kind came to, means over their runs."""
        rows = {}
        for name, of in self.runs.items():
            final = [run.probabilities(run.task.X, run.task.y) for run in of]
            rows[name] = {
                "runs": len(of),
                "performance of f_X": np.mean([_score(run) for run in of]),
                "mean reward, last tenth": np.mean([_last_tenth(run.reward) for run in of]),
                "mean selection probability": np.mean(final),
                "range of values on X": np.mean([np.ptp(one) for one in final]),
                "runs with one value for all of X": sum(not ranks(one) for one in final),
            }
        return pd.DataFrame(rows).T.astype({"runs": int, "runs with one value for all of X": int})


@dataclass(frozen=True, eq=False)
class InputsSample:
    """One run with each of the three inputs, on one sample.

    `values` are by input ("full", "predictions", "x alone"), and those of leave-one-out beside.
    """

    values: dict
    regions: Regions
    n_iterations: int


@dataclass(frozen=True, eq=False)
class InputsStudy(DVRLStudy):
    """Figure 4."""

    samples: list


@dataclass(frozen=True, eq=False)
class RepeatedStudy(DVRLStudy):
    """Figure 20; `correlations` is a table of the mean rank correlation of two runs' values, by
    baseline and iteration."""

    correlations: pd.DataFrame

    @property
    def columns(self):
        """Drawn runs of each baseline, so that a row of panels is a baseline."""
        return len(self.panels) // len(self.runs)


@dataclass(frozen=True, eq=False)
class RareSample:
    """The rare point at several places, the paper's first, in one sample.

    `percentiles` of its value among the training points are by (place, input); `wrong[place]`:
    f_X, trained without the point, mis-classifies it.
    """

    percentiles: dict
    wrong: dict
    n_iterations: int


@dataclass(frozen=True, eq=False)
class RareStudy(DVRLStudy):
    """Figure 21; `runs` are by (place, input)."""

    marks: list
    samples: list


def ranks(values):
    """Whether selection probabilities (n,) rank the points: they do not where all are alike."""
    return np.ptp(values) >= ALIKE


def judged(measured, values, n_iterations):
    """What was measured on a run of DVRL, or nan where the run cannot be judged.

    It cannot if it was stopped before `LEAST` iterations, or if its values, selection probabilities
    (n,), rank no point: a run that learned nothing must not speak for or against a claim.
    """
    return long_enough(measured if ranks(values) else np.nan, n_iterations)


def long_enough(measured, n_iterations):
    """What was measured, a number or an array of them, or nan where runs were stopped too early."""
    return measured if n_iterations >= LEAST else np.full(np.shape(measured), np.nan)


def rank_correlations(values):
    """Rank correlation of the values of each pair of runs that rank the points at all."""
    ranking = [one for one in values if ranks(one)]
    return np.array([spearmanr(a, b).statistic for a, b in combinations(ranking, 2)])


def percentile(run):
    """Share of training points valued below the last one; those alike count half."""
    *others, value = run.probabilities(run.task.X, run.task.y)
    difference = np.array(others) - value
    alike = np.abs(difference) <= ALIKE
    return float(np.mean((difference < -ALIKE) + alike / 2))


def _score(run):
    return run.task.target.score(run.base, run.task.settings.performance)


def _last_tenth(series):
    return series[-max(1, len(series) // 10) :].mean()

"""Runs of DVRL made from a notebook's settings: Figures 4, 20 and 21."""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import percentileofscore, spearmanr

from dvlib.boundaries import boundary
from dvlib.datasets import make_dataset
from dvlib.dvrl import BASELINES, PREDICTOR, DVRLSettings, Task, dvrl_values, run_dvrl
from dvlib.estimator import INPUTS
from dvlib.mlp import fit
from dvlib.regions import Boundaries
from dvlib.studies import added_points, samples_of
from dvlib.target import Target

PAPERS_RARE_POINT = (15.0, 5.0)  # Figure 21
DRAWN_RUNS = 3  # of a baseline: as many as the paper shows (Figure 20)
ALIKE = 1e-3  # probabilities whose range is below it select all points alike
LEAST = 1_000  # iterations of a run that a claim is judged by: half of the released code's
TITLES = {
    "labels_and_residuals": "x, label, residual",
    "predictions": "x, prediction",
    "features": "x alone",
}


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
                "runs with one value for all of X": sum(np.ptp(one) < ALIKE for one in final),
            }
        return pd.DataFrame(rows).T.astype({"runs": int, "runs with one value for all of X": int})


@dataclass(frozen=True, eq=False)
class InputsStudy(DVRLStudy):
    """Figure 4; `grids` are the leave-one-out refits of each sample (GridStudy)."""

    grids: list


@dataclass(frozen=True, eq=False)
class RepeatedStudy(DVRLStudy):
    """Figure 20; `correlations` is a table of the mean rank correlation of two runs' values, by
    baseline and iteration."""

    correlations: pd.DataFrame


@dataclass(frozen=True, eq=False)
class RareStudy(DVRLStudy):
    """Figure 21. `runs` and `percentiles` are by (place, inputs); `wrong[place]` is the share of
    samples in which f_X, trained without the point, mis-classifies it."""

    marks: list
    percentiles: dict
    wrong: dict


def three_inputs(settings):
    """Figure 4: the three settings on several samples, beside leave-one-out on the same grid.

    The first sample is drawn, and below it what comes of coordinates shown the other way.
    """
    samples, seed = samples_of(settings), settings.values["seed"]
    how = _base(settings)
    other = replace(how, scaled=not how.scaled)
    kinds = {name: [(one, replace(how, inputs=name), seed) for one in samples] for name in INPUTS}
    below = {name: [(samples[0], replace(other, inputs=name), seed)] for name in INPUTS}
    both = _run_all(settings, kinds | {(name, "below"): of for name, of in below.items()})
    runs = {name: both[name] for name in INPUTS}
    values = {
        name: [_on_grid(settings, run, data) for run, data in zip(of, samples, strict=True)]
        for name, of in runs.items()
    }
    panels = {_title(name, how): of[0] for name, of in values.items()}
    panels |= {
        _title(name, other): _on_grid(settings, both[name, "below"][0], samples[0])
        for name in INPUTS
    }
    grids = [added_points(settings, data) for data in samples]
    passes = [*(run for of in both.values() for run in of), *grids]
    learned = _boundaries(settings, runs[INPUTS[0]][0])
    count = len(panels)
    return InputsStudy(
        runs, values, panels, [learned] * count, samples[:1] * count, passes, grids
    )  # fmt: skip


def repeated_runs(settings):
    """Figure 20: runs with different seeds on one training set, for each baseline."""
    data, seed = settings.data, settings.values["seed"]
    seeds = range(seed, seed + settings.values["n_seeds"])
    how = _base(settings)
    runs = _run_all(settings, {
        baseline: [(data, replace(how, baseline=baseline), k) for k in seeds]
        for baseline in BASELINES
    })  # fmt: skip
    values = {name: [_on_grid(settings, run, data) for run in of] for name, of in runs.items()}
    drawn = {
        f"{name.replace('_', ' ')}, run {k + 1}": (values[name][k], runs[name][k])
        for name in runs
        for k in range(min(DRAWN_RUNS, len(seeds)))
    }
    return RepeatedStudy(
        runs=runs,
        values=values,
        correlations=_by_iteration(settings, runs),
        panels={title: of for title, (of, _) in drawn.items()},
        boundaries=[_boundaries(settings, run) for _, run in drawn.values()],
        data=[data] * len(drawn),
        passes=[run for of in runs.values() for run in of],
    )


def rare_point(settings):
    """Figure 21: one point more, at the paper's place and where it is mis-classified."""
    places = {
        f"({x:g}, {y:g})": np.array([x, y])
        for x, y in (PAPERS_RARE_POINT, (settings.values["new_x"], settings.values["new_y"]))
    }
    originals = samples_of(settings)
    samples = [
        {name: _with_point(data, place) for name, place in places.items()} for data in originals
    ]
    how, seed = _base(settings), settings.values["seed"]
    runs = _run_all(settings, {
        (name, inputs): [(of[name], replace(how, inputs=inputs), seed) for of in samples]
        for name in places
        for inputs in INPUTS
    })  # fmt: skip
    values = {
        (name, inputs): [
            _on_grid(settings, run, sample[name]) for run, sample in zip(of, samples, strict=True)
        ]
        for (name, inputs), of in runs.items()
    }
    without = [fit(data.X, data.y, PREDICTOR, seed=seed).network for data in originals]
    wrong = {
        name: np.mean([network.predict(place[None])[0] != of[name].y[-1]
                       for network, of in zip(without, samples, strict=True)])
        for name, place in places.items()
    }  # fmt: skip
    return RareStudy(
        runs=runs,
        values=values,
        panels={f"{TITLES[inputs]}, {name}": of[0] for (name, inputs), of in values.items()},
        boundaries=[_boundaries(settings, of[0]) for of in runs.values()],
        data=[samples[0][name] for name, _ in runs],
        passes=[run for of in runs.values() for run in of],
        marks=[{"rare point": places[name]} for name, _ in runs],
        percentiles={key: np.array([_percentile(run) for run in of]) for key, of in runs.items()},
        wrong=wrong,
    )


def flipped_labels(seed, settings, *, share=0.4):
    """A problem whose answer is known: a share of the training labels is wrong.

    Two clusters of deviation 2.5, and as the target their test points, correctly labelled.

    Returns
    -------
    Task with these settings, and bool (n,): the label was flipped
    """
    data = make_dataset("two_clusters", seed=seed, cluster_std=2.5)
    flipped = np.random.default_rng(seed).permutation(len(data.X)) < share * len(data.X)
    target = Target(data.y_test, points=data.X_test)
    return Task(data.X, np.where(flipped, 1 - data.y, data.y), target, settings, seed), flipped


def rank_correlations(values):
    """Rank correlation of each pair of runs' values; 0 where a run gives all points one value."""
    return np.array([
        spearmanr(a, b).statistic if min(np.ptp(a), np.ptp(b)) >= ALIKE else 0.0
        for a, b in combinations(values, 2)
    ])  # fmt: skip


def _by_iteration(settings, runs):
    points = settings.grid.points
    labels = settings.data.g(points)
    checkpoints = next(iter(runs.values()))[0].task.settings.checkpoints
    means = {
        name: [
            np.mean(rank_correlations([run.probabilities(points, labels, c) for run in of]))
            for c in range(len(checkpoints))
        ]
        for name, of in runs.items()
        if len(of) > 1
    }
    return pd.DataFrame(means, index=pd.Index(checkpoints, name="iteration")).T


def _base(settings):
    values = settings.values
    return DVRLSettings(n_iterations=values["n_iterations"], scaled=values["scaled"])


def _title(inputs, how):
    return f"{TITLES[inputs]}, {'scaled' if how.scaled else 'raw'}"


def _run_all(settings, kinds):
    """`kinds[name]`: list of (data, DVRLSettings, seed) → `[name]`: list of DVRLRun."""
    mesh = settings.refits().mesh
    tasks = [
        Task(data.X, data.y, Target.of_mesh(mesh, data.g), how, seed)
        for of in kinds.values()
        for data, how, seed in of
    ]
    done = iter(run_dvrl(tasks))
    return {name: [next(done) for _ in of] for name, of in kinds.items()}


def _on_grid(settings, run, data):
    points = settings.grid.points
    return dvrl_values([run], points, data.g(points))


def _boundaries(settings, run):
    mesh = settings.drawing_mesh
    return Boundaries(mesh, boundary(settings.data.g, mesh), boundary(run.base, mesh))


def _with_point(data, place):
    """A data set with one training point more, the last one, labelled by g."""
    label = data.g(place)
    return replace(
        data,
        X=np.concatenate([data.X, place[None]]),
        y=np.append(data.y, label),
        clusters=np.append(data.clusters, -1),
    )


def _percentile(run):
    """Share of training points valued below the last one; those alike count half."""
    values = run.probabilities(run.task.X, run.task.y)
    if np.ptp(values) < ALIKE:
        return 0.5
    return percentileofscore(values[:-1], values[-1], kind="mean") / 100


def _score(run):
    return run.task.target.score(run.base, run.task.settings.performance)


def _last_tenth(series):
    return series[-max(1, len(series) // 10) :].mean()

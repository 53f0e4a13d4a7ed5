"""Runs of DVRL made from a notebook's settings: Figures 4, 20 and 21."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd

from dvlib.data.datasets import make_dataset
from dvlib.data.regions import Boundaries, truth_on
from dvlib.engine.boundaries import boundary
from dvlib.methods.dvrl.estimator import INPUTS
from dvlib.methods.dvrl.runs import BASELINES, PREDICTOR, DVRLSettings, Task, dvrl_values, run_dvrl
from dvlib.methods.dvrl.target import Target
from dvlib.methods.leave_one_out import against_g
from dvlib.paper.studies.dvrl_results import (
    INPUT_NAMES,
    InputsSample,
    InputsStudy,
    RareSample,
    RareStudy,
    RepeatedStudy,
    percentile,
    rank_correlations,
)
from dvlib.paper.studies.grid import added_points, samples_of
from dvlib.refits.single import fit

PAPERS_RARE_POINT = (15.0, 5.0)  # Figure 21
DRAWN_RUNS = 3  # of a baseline: as many as the paper shows (Figure 20)
TITLES = {
    "labels_and_residuals": "x, label, residual",
    "predictions": "x, prediction",
    "features": "x alone",
}


def three_inputs(settings):
    """Figure 4: `n_seeds` runs of the three settings on each of several samples, and leave-one-out.

    The first run is drawn, and below it what comes of coordinates shown the other way.
    """
    samples, seeds = samples_of(settings), settings.refits().seeds
    pairs = _with_seeds(samples, seeds)
    how = _base(settings)
    other = replace(how, scaled=not how.scaled)
    kinds = {name: [(data, replace(how, inputs=name), k) for data, k in pairs] for name in INPUTS}
    below = {name: [(samples[0], replace(other, inputs=name), seeds[0])] for name in INPUTS}
    both = _run_all(settings, kinds | {(name, "below"): of for name, of in below.items()})
    runs = {name: both[name] for name in INPUTS}
    values = {name: [_on_grid(settings, run) for run in of] for name, of in runs.items()}
    panels = {_title(name, how): of[0] for name, of in values.items()}
    panels |= {_title(name, other): _on_grid(settings, both[name, "below"][0]) for name in INPUTS}
    grids = [added_points(settings, data) for data in samples]
    return InputsStudy(
        runs=runs,
        values=values,
        panels=panels,
        boundaries=[_boundaries(settings, runs[INPUTS[0]][0])] * len(panels),
        data=samples[:1] * len(panels),
        passes=[*(run for of in both.values() for run in of), *grids],
        samples=_inputs_samples(values, [grid for grid in grids for _ in seeds], how.n_iterations),
    )


def _inputs_samples(values, grids, n_iterations):
    """A sample of each run: its values by input, beside those of leave-one-out of its grid."""
    return [
        InputsSample(
            {INPUT_NAMES[inputs]: of[k] for inputs, of in values.items()}
            | {"leave-one-out, g": against_g(grid.refits)},
            grid.regions,
            n_iterations,
        )
        for k, grid in enumerate(grids)
    ]


def repeated_runs(settings):
    """Figure 20: runs with different seeds on one training set, for each baseline."""
    data, seeds, how = settings.data, settings.refits().seeds, _base(settings)
    runs = _run_all(settings, {
        baseline: [(data, replace(how, baseline=baseline), k) for k in seeds]
        for baseline in BASELINES
    })  # fmt: skip
    values = {name: [_on_grid(settings, run) for run in of] for name, of in runs.items()}
    drawn = {
        f"{name.replace('_', ' ')}, run {k + 1}": (values[name][k], runs[name][k])
        for name in runs
        for k in range(min(DRAWN_RUNS, len(seeds)))
    }
    return RepeatedStudy(
        runs=runs,
        values=values,
        correlations=_by_iteration(settings, runs),
        # nine maps in one table: five places are below what a colour shows
        panels={title: replace(of, values=of.values.round(5)) for title, (of, _) in drawn.items()},
        boundaries=[_boundaries(settings, run) for _, run in drawn.values()],
        data=[data] * len(drawn),
        passes=[run for of in runs.values() for run in of],
    )


def rare_point(settings):
    """Figure 21: one point more, at the paper's place and where it is mis-classified."""
    places = {
        f"({x:g}, {y:g})": np.array([x, y])
        for x, y in (PAPERS_RARE_POINT, (settings.new_x, settings.new_y))
    }
    how, seeds = _base(settings), settings.refits().seeds
    originals = _with_seeds(samples_of(settings), seeds)
    with_point = {
        name: [(_with_point(data, place), seed) for data, seed in originals]
        for name, place in places.items()
    }
    runs = _run_all(settings, {
        (name, inputs): [(data, replace(how, inputs=inputs), seed) for data, seed in of]
        for name, of in with_point.items()
        for inputs in INPUTS
    })  # fmt: skip
    values = {
        (name, inputs): [_on_grid(settings, run) for run in of]
        for (name, inputs), of in runs.items()
    }
    return RareStudy(
        runs=runs,
        values=values,
        panels={f"{TITLES[inputs]}, {name}": of[0] for (name, inputs), of in values.items()},
        boundaries=[_boundaries(settings, of[0]) for of in runs.values()],
        data=[with_point[name][0][0] for name, _ in runs],
        passes=[run for of in runs.values() for run in of],
        marks=[{"rare point": places[name]} for name, _ in runs],
        samples=[
            RareSample(
                {(name, INPUT_NAMES[inputs]): percentile(of[k])
                 for (name, inputs), of in runs.items()},
                _mistakes(settings, places, *original),
                how.n_iterations,
            )
            for k, original in enumerate(originals)
        ],
    )  # fmt: skip


def _mistakes(settings, places, data, seed):
    """Whether f_X, trained without the rare point, mis-classifies each place of it."""
    network = fit(data.X, data.y, PREDICTOR, seed=seed).network
    return {
        name: network.predict(place[None])[0] != settings.data.label(place)
        for name, place in places.items()
    }


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


def _by_iteration(settings, runs):
    points = settings.grid.points
    labels = settings.data.label(points)
    checkpoints = next(iter(runs.values()))[0].task.settings.checkpoints
    means = {
        name: [
            _mean(rank_correlations([run.probabilities(points, labels, c) for run in of]))
            for c in range(len(checkpoints))
        ]
        for name, of in runs.items()
    }
    return pd.DataFrame(means, index=pd.Index(checkpoints, name="iteration")).T


def _mean(values):
    return np.mean(values) if len(values) else np.nan


def _with_seeds(samples, seeds):
    """(data, seed) of each run: no two runs have one seed, which decides much of what they find."""
    count = len(seeds)
    return [(data, seed + k * count) for k, data in enumerate(samples) for seed in seeds]


def _base(settings):
    return DVRLSettings(n_iterations=settings.n_iterations, scaled=settings.scaled)


def _title(inputs, how):
    return f"{TITLES[inputs]}, {'scaled' if how.scaled else 'raw'}"


def dvrl_task(settings, data, seed, how=None):
    """The run of a data set with one seed; full input unless `how`, DVRLSettings, says otherwise.

    Its target is the comparison mesh labelled by g or, where g is unknown, the test points.
    """
    if data.g is None:
        target = Target(data.y_test, points=data.X_test)
    else:
        target = Target.of_mesh(settings.refits().mesh, data.g)
    return Task(data.X, data.y, target, how or _base(settings), seed)


@contextmanager
def beside(work):
    """Call `work`, which needs TensorFlow, while the body of a `with` does refits, so that neither
    leaves a core idle: TensorFlow takes seconds to import on one core, and runs may be odd in
    number.

    Yields a function that gives what `work` returns, waiting for it if need be. An error of the
    body is raised at once, without waiting.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        yield pool.submit(work).result
    finally:
        pool.shutdown(wait=False)


def _run_all(settings, kinds):
    """`kinds[name]`: list of (data, DVRLSettings, seed) → `[name]`: list of DVRLRun."""
    tasks = [
        dvrl_task(settings, data, seed, how) for of in kinds.values() for data, how, seed in of
    ]
    done = iter(run_dvrl(tasks))
    return {name: [next(done) for _ in of] for name, of in kinds.items()}


def _on_grid(settings, run):
    """DataValues of the grid, whose labels by g are the same for all samples of a data set."""
    points = settings.grid.points
    return dvrl_values([run], points, settings.data.label(points))


def _boundaries(settings, run):
    mesh = settings.drawing_mesh
    return Boundaries(mesh, truth_on(settings.data, mesh), boundary(run.base, mesh))


def _with_point(data, place):
    """A data set with one training point more, the last one, labelled by g."""
    label = data.label(place)
    return replace(
        data,
        X=np.concatenate([data.X, place[None]]),
        y=np.append(data.y, label),
        clusters=np.append(data.clusters, -1),
    )

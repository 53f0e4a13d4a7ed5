"""Runs of DVRL: Figures 4, 20 and 21."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import product

import numpy as np

from dvlib.data.regions import Boundaries, truth_on
from dvlib.engine.boundaries import boundary
from dvlib.methods.dvrl.estimator import INPUTS
from dvlib.methods.dvrl.runs import Task, dvrl_values, run_dvrl
from dvlib.methods.dvrl.settings import PREDICTOR, DVRLSettings
from dvlib.methods.dvrl.target import Target
from dvlib.paper.drawing.panels import Panel
from dvlib.paper.studies.dvrl_results import INPUT_NAMES, InputsSample, RareSample, percentile
from dvlib.paper.studies.grid import added_points, samples_of
from dvlib.refits.single import fit

PAPERS_RARE_POINT = (15.0, 5.0)  # Figure 21
# Ours: places that networks trained without the point mis-classify, on either side of the boundary.
# The last is the paper's with its coordinates swapped, the second has another sign.
WRONG_PLACES = ((15.0, -3.0), (15.0, -5.0), (5.0, 15.0))
DRAWN_RUNS = 3  # per baseline: as many as the paper shows (Figure 20)


def raw_and_scaled(settings):
    """Settings with which DVRL's estimator sees raw coordinates, and with which scaled ones.

    The paper does not say which it saw. The released code scales them.
    """
    return replace(settings, scaled=False), replace(settings, scaled=True)


def dvrl_task(settings, data=None, seed=None, **changes):
    """One run of DVRL at a notebook's settings.

    Its target is the comparison mesh labelled by g or, where g is unknown, the test points.

    Parameters
    ----------
    data : Dataset whose training points are valued; None = the settings' own
    seed : of the run; None = the settings' own
    changes : of the DVRLSettings, such as `inputs="features"`; without them full input. Settings of
        Figures 4, 20 and 21 need `scaled`, which those of `raw_and_scaled` have

    Returns
    -------
    Task
    """
    data = data or settings.data
    if data.g is None:
        target = Target(data.y_test, points=data.X_test)
    else:
        target = Target.of_mesh(settings.refits().mesh, data.g)
    how = {"n_iterations": settings.n_iterations, "scaled": settings.scaled} | changes
    seed = settings.seed if seed is None else seed
    return Task(data.X, data.y, target, DVRLSettings(**how), seed)


def dvrl_tasks(settings, *, baseline):
    """Figure 20: a run for each of `n_seeds` seeds on one training set, by name."""
    coordinates = "scaled" if settings.scaled else "raw"
    return {
        f"{baseline.replace('_', ' ')}, {coordinates}, run {k + 1}": dvrl_task(
            settings, seed=seed, baseline=baseline
        )
        for k, seed in enumerate(settings.refits().seeds)
    }


def three_inputs(settings):
    """Figure 4: `n_seeds` runs with each of the three inputs on each of `n_data_seeds` samples.

    Returns
    -------
    list of InputsSample, one per run, with leave-one-out values of the same sample
    """
    samples, found = samples_of(settings), []
    pairs = _with_seeds(settings, samples)
    runs = iter(run_dvrl([
        dvrl_task(settings, data, seed, inputs=inputs) for data, seed in pairs for inputs in INPUTS
    ]))  # fmt: skip
    grids = {id(data): added_points(settings, data) for data in samples}
    for data, _ in pairs:
        grid, by_input = grids[id(data)], {INPUT_NAMES[inputs]: next(runs) for inputs in INPUTS}
        values = {name: on_grid(settings, run) for name, run in by_input.items()}
        values["leave-one-out, g"] = grid.values["leave-one-out, g"]
        passes = [*by_input.values(), grid]
        found.append(InputsSample(values, grid.regions, settings.n_iterations, passes))
    return found


def rare_point(settings, in_turn=()):
    """Figure 21: a rare point at (new_x, new_y) and at the paper's place, with each of the inputs.

    `in_turn` has places (x, y) of which each run gets the next one alone, so that many runs share
    several places. Whether f_X is wrong at the paper's place is found in any case.

    Returns
    -------
    list of RareSample: `n_seeds` runs of each kind on each of `n_data_seeds` samples
    """
    pairs, found = _with_seeds(settings, samples_of(settings)), []
    both = ((settings.new_x, settings.new_y), PAPERS_RARE_POINT)
    of_pair = [
        _named(both if not in_turn else (in_turn[k % len(in_turn)],)) for k in range(len(pairs))
    ]
    runs = iter(run_dvrl([
        dvrl_task(settings, with_point(data, *place), seed, inputs=inputs)
        for (data, seed), places in zip(pairs, of_pair, strict=True)
        for place, inputs in product(places.values(), INPUTS)
    ]))  # fmt: skip
    for (data, seed), places in zip(pairs, of_pair, strict=True):
        of_kind = {
            (name, INPUT_NAMES[inputs]): next(runs) for name, inputs in product(places, INPUTS)
        }
        percentiles = {kind: percentile(run) for kind, run in of_kind.items()}
        wrong = _mistakes(settings, _named((PAPERS_RARE_POINT,)) | places, data, seed)
        found.append(RareSample(percentiles, wrong, settings.n_iterations, [*of_kind.values()]))
    return found


def with_point(data, x, y):
    """A data set with a further training point, the last one, which g labels."""
    place = np.array([x, y], float)
    return replace(
        data,
        X=np.concatenate([data.X, place[None]]),
        y=np.append(data.y, data.label(place)),
        clusters=np.append(data.clusters, -1),
    )


def dvrl_panels(settings, runs, *, last_point=None):
    """Maps of the values of the grid points by runs of DVRL, with the boundary of each run's f_X.

    Parameters
    ----------
    runs : dict of title → DVRLRun
    last_point : name under which the last training point of each run is marked; None = no mark

    Returns
    -------
    list of Panel
    """
    mesh = settings.drawing_mesh
    truth = truth_on(settings.data, mesh)
    return [
        Panel(
            title, on_grid(settings, run), settings.grid,
            Boundaries(mesh, truth, boundary(run.base, mesh), settings.data.units),
            data=run.task, marks={last_point: run.task.X[-1]} if last_point else {},
        )
        for title, run in runs.items()
    ]  # fmt: skip


def repeated_panels(settings, runs):
    """Figure 20: panels of the first three runs with each baseline, as many as the paper shows.

    Values are rounded to five places, finer than a colour shows: nine maps share one table.
    """
    drawn = {title: run for title, run in runs.items() if int(title.split()[-1]) <= DRAWN_RUNS}
    panels = dvrl_panels(settings, drawn)
    return [
        replace(one, values=replace(one.values, values=one.values.values.round(5)))
        for one in panels
    ]


def on_grid(settings, run):
    """DataValues of the grid, whose labels by g are the same for all samples of a data set."""
    points = settings.grid.points
    return dvrl_values([run], points, settings.data.label(points))


def _with_seeds(settings, samples):
    """(data, seed) of each run. No two share a seed, which decides much of what a run finds."""
    seeds = settings.refits().seeds
    count = len(seeds)
    return [(data, seed + k * count) for k, data in enumerate(samples) for seed in seeds]


def _named(places):
    return {f"({x:g}, {y:g})": (x, y) for x, y in places}


def _mistakes(settings, places, data, seed):
    """Whether f_X, trained without the rare point, mis-classifies each place of it."""
    network = fit(data.X, data.y, PREDICTOR, seed=seed).network
    return {
        name: network.predict(np.array([place]))[0] != settings.data.label(np.array(place))
        for name, place in places.items()
    }


@contextmanager
def beside(work):
    """Call `work` in a thread while the body of a `with` does refits.

    No core is idle then, although a run of DVRL keeps only one core busy and the number of runs may
    be odd. Yields a function that waits for `work` and returns its result. An error of the body is
    raised at once, without waiting.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        yield pool.submit(work).result
    finally:
        pool.shutdown(wait=False)

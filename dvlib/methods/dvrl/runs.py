"""Data valuation by reinforcement learning (Yoon et al. 2019; paper, sections 2.3 and 3.4).

An estimator (`estimator`) gives every training point a probability. In each iteration, points are
selected with these probabilities, a predictor is trained on the selection and scored on a target
set, and the estimator learns from the score minus a baseline. The probabilities are the data
values. The estimator can also value points it never saw.
"""

from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from dvlib.checks import (
    check_jobs,
    check_kind,
    check_labels,
    check_order,
    check_points,
    check_seed,
    check_training_set,
)
from dvlib.engine.mlp import Network, draw_stream, train
from dvlib.methods.dvrl.estimator import as_shares, estimator_inputs, probabilities
from dvlib.methods.dvrl.policy import learn_to_select, side_by_side
from dvlib.methods.dvrl.settings import DVRLSettings
from dvlib.methods.dvrl.target import Target
from dvlib.methods.registry import register
from dvlib.methods.values import DataValues, Samples
from dvlib.refits.store import Store
from dvlib.refits.workers import one_blas_thread


class Task(NamedTuple):
    """One run to do: training points, target, DVRLSettings, seed."""

    X: np.ndarray
    y: np.ndarray
    target: Target
    settings: DVRLSettings
    seed: int


@dataclass(frozen=True, eq=False)
class DVRLRun:
    """A finished run of I iterations with C checkpoints.

    Attributes
    ----------
    task : Task
    base : Network, f_X: the predictor trained on all points
    guide : Network whose predictions the estimator saw: f_X or a model of the target set
    performance, baseline, mean_probability : (I,), by iteration; the last is the mean of the
        probabilities that drew the selection
    weights : (C, W), the estimator after each of `task.settings.checkpoints`
    """

    task: Task
    base: Network
    guide: Network
    performance: np.ndarray
    baseline: np.ndarray
    mean_probability: np.ndarray
    weights: np.ndarray

    @property
    def reward(self):
        return self.performance - self.baseline

    def probabilities(self, points, labels, checkpoint=-1):
        """Selection probabilities of any points, which are their values, shape (n,).

        Parameters
        ----------
        points, labels : (n, 2) and (n,)
        checkpoint : index into `task.settings.checkpoints`
        """
        points = check_points(points)
        labels = check_labels(labels, len(points))
        settings = self.task.settings
        places = points
        if settings.scaled:  # the predictor is the paper's and sees raw data
            places = as_shares(points, self.task.X, self.task.target.corners)
        with one_blas_thread():
            prediction = expit(self.guide.decision(points))
            inputs = estimator_inputs(settings.inputs, places, labels, prediction)
            return probabilities(self.weights[checkpoint], *inputs)


def dvrl_values(runs, points, labels):
    """DataValues of points (n, 2) and labels (n,): means over runs with different seeds."""
    if not runs:
        raise ValueError("no runs: give one or more")
    settings = runs[0].task.settings
    fits = sum(run.task.settings.n_fits for run in runs)
    by_run = np.column_stack([run.probabilities(points, labels) for run in runs]).astype(float)
    return DataValues.over_seeds(
        Samples(points, labels, settings, fits), by_run, f"DVRL, {settings.inputs}",
        "selection probability",
    )  # fmt: skip


@register(
    "DVRL", kind="selection probability", unit="probability of selection", high="kept",
    # The runs differ in range by a factor of a hundred. What counts is the order of the points.
    from_zero=False, alone=True,
)  # fmt: skip
def dvrl(sample, **changes):
    """Values of a sample's points by one run; `changes` are of the DVRLSettings."""
    return sample.dvrl(**changes)


def run_dvrl(tasks, *, cache=True, n_jobs=-1, description="DVRL"):
    """Do several runs in parallel, with one progress bar.

    Parameters
    ----------
    tasks : list of Task, or dict of name → Task
    cache : store each finished run on disk, and read it from there the next time
    n_jobs : threads, -1 = one per core; runs report their progress, so they never use a cluster

    Returns
    -------
    list of DVRLRun, or dict of name → DVRLRun

    Raises
    ------
    ValueError : before any run, for bad arrays or settings
    FloatingPointError : an estimator's probabilities are not finite
    """
    if isinstance(tasks, dict):
        runs = run_dvrl([*tasks.values()], cache=cache, n_jobs=n_jobs, description=description)
        return dict(zip(tasks, runs, strict=True))
    checked = [_checked(*task) for task in tasks]
    store = Store("DVRL", ("engine", "methods/dvrl"), keep=cache, n_fits=itemgetter("n_fits"))
    total = sum(task.settings.n_iterations for task in checked)
    results = side_by_side(
        _run, [tuple(task) for task in checked], store,
        total=total, n_jobs=check_jobs(n_jobs), description=description,
    )  # fmt: skip
    return [_finished(*pair) for pair in zip(checked, results, strict=True)]


def _checked(X, y, target, settings, seed):
    X, y = check_training_set(X, y)
    check_kind("target", target, Target)
    check_kind("settings", settings, DVRLSettings)
    if settings.trains_on_target and len(np.unique(target.labels)) < 2:
        raise ValueError(
            f"a target of one class: {settings.predictions_of!r} predictions and baseline "
            f"{settings.baseline!r} need a model trained on it; give both classes"
        )
    for size in (len(X), target.labels.size if settings.trains_on_target else 0):
        if size:
            check_order(size, settings.config)
    return Task(X, y, target, settings, check_seed(seed))


def _finished(task, result):
    config = task.settings.config
    networks = {name: Network(result.pop(name), config) for name in ("base", "guide")}
    del result["n_fits"]
    return DVRLRun(task=task, **networks, **result)


def _run(X, y, target, settings, seed, *, report):
    """One run as a dict of plain arrays."""
    of_all = _trainer(X, y, settings, seed)

    def fitted(selected):
        if selected is None:
            return _trainer(*target.training_set(), settings, seed)(None)
        return of_all(selected.astype(int))

    result = learn_to_select(
        X, y, target.corners, fitted,
        lambda network: expit(network.decision(X)),
        lambda network: target.score(network, settings.performance),
        settings, seed, report=report,
    )  # fmt: skip
    del result["inputs"]
    return result | {name: result[name].packed for name in ("base", "guide")}


def _trainer(X, y, settings, seed):
    """A function that trains a network with given sample weights, always from the same start."""
    config, engine = settings.config, settings.predictor
    stream = draw_stream(len(X), config, seed)

    def train_weighted(weights):
        return train(
            X, y, config, sample_weight=weights, seed=seed, engine=engine, stream=stream
        ).network

    return train_weighted

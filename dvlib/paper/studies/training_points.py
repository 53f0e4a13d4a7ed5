"""Values of training points by several methods, and what removing points by them does."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from dvlib.data.regions import Boundaries
from dvlib.methods.dvrl.runs import dvrl_values, run_dvrl
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.leave_one_out import against_reference
from dvlib.methods.one_point import OnePointRefits, refits_without_point
from dvlib.methods.removal import RemovalCurves, lowest_first, removal_curves
from dvlib.methods.runs import train_runs
from dvlib.methods.shapley.svarm import svarm_shapley
from dvlib.paper.studies.dvrl import beside, dvrl_task
from dvlib.paper.studies.grid import learned_boundary, samples_of

METHODS = ("leave-one-out", "Shapley", "last learned", "DVRL")  # the panels of Figures 10 and 11
RANDOM_ORDERS = 5  # ours: each is a curve from one end only, the other methods have two
LEARNING_RUNS = 10  # whole runs, of which forgetting and last learned take one fit each


@dataclass(frozen=True, eq=False)
class TrainingSample:
    """Values of the training points of one sample, by method, and the curves of removing them.

    Attributes
    ----------
    data : Dataset
    refits : OnePointRefits with each point left out
    values : dict of method → DataValues; has forgetting, too, which a claim needs and the paper
        does not draw
    curves : RemovalCurves in the orders (method, "lowest") and (method, "highest"), by what is
        removed first, and ("random", k)
    boundaries : Boundaries to draw
    n_iterations : of DVRL
    """

    data: object
    refits: OnePointRefits
    values: dict
    curves: RemovalCurves
    boundaries: Boundaries
    n_iterations: int

    @property
    def drawn(self):
        """DataValues by method, those that the paper draws."""
        return {name: self.values[name] for name in METHODS}

    @property
    def passes(self):
        return [*self.drawn.values(), self.curves]  # forgetting is of the same runs


def training_runs(settings, samples):
    """Whole runs on each of several data sets, in which every point is watched: a list of Runs."""
    return train_runs(
        [(data.X, data.y) for data in samples], settings.refits_of(LEARNING_RUNS), watch=True,
        description="runs, every point watched",
    )  # fmt: skip


def training_sample(settings, refits, values, data=None):
    """The removal curves of a sample, with its values: a TrainingSample.

    Parameters
    ----------
    settings : Settings
    refits : OnePointRefits with each point left out
    values : dict of method → DataValues
    data : Dataset; None = the settings' own
    """
    data = data or settings.data
    X, y = data.X, data.y
    rng = np.random.default_rng(data.seed)
    orders = {("random", j): rng.permutation(len(X)) for j in range(RANDOM_ORDERS)}
    for name in METHODS:
        order = lowest_first(values[name].values, rng)
        orders |= {(name, "lowest"): order, (name, "highest"): order[::-1]}
    curves = removal_curves(X, y, data.X_test, data.y_test, data.g, orders, settings.refits())
    boundaries = learned_boundary(settings, data)
    return TrainingSample(data, refits, values, curves, boundaries, settings.n_iterations)


def training_samples(settings, first=None):
    """`n_data_seeds` samples; `first` is the drawn one, None if it is not made yet."""
    samples = samples_of(settings)[0 if first is None else 1 :]
    if not samples:
        return [first]
    # Each run has a seed of its own, which decides much of what it finds.
    tasks = [dvrl_task(settings, data, data.seed) for data in samples]
    with beside(partial(run_dvrl, tasks)) as dvrl_runs:
        watched = training_runs(settings, samples)
        found = [_refits_and_values(settings, *of) for of in zip(samples, watched, strict=True)]
    made = [] if first is None else [first]
    for data, run, (refits, values) in zip(samples, dvrl_runs(), found, strict=True):
        values["DVRL"] = dvrl_values([run], data.X, data.y)
        made.append(training_sample(settings, refits, values, data))
    return made


def training_tables(samples):
    """What is saved: the drawn values of the first sample, and the removal curves of all."""
    curves = {f"removal, sample {k + 1}": one.curves for k, one in enumerate(samples)}
    drawn, rows = samples[0].drawn, samples[0].data.rows
    if rows is not None:
        drawn = {name: _OfRows(values, rows) for name, values in drawn.items()}
    return drawn | curves


@dataclass(frozen=True, eq=False)
class _OfRows:
    """Values in a table that says which row of a file each point is."""

    values: object
    rows: object

    @property
    def kind(self):
        return self.values.kind

    def to_frame(self):
        return self.values.to_frame(self.rows)


def _refits_and_values(settings, data, runs):
    """Refits with each point of one sample left out, and values by every method but DVRL."""
    how, X, y = settings.refits(), data.X, data.y
    refits = refits_without_point(X, y, data.g, how)
    truth = data.g or refits.base_networks[0]  # where g is unknown, f_X stands for it
    return refits, {
        "leave-one-out": against_reference(refits),
        "Shapley": svarm_shapley(X, y, truth, how, n_fits=settings.n_fits),
        "last learned": forgetting_values(runs, "last_learned"),
        "forgetting": forgetting_values(runs),
    }

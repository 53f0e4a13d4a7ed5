"""Values of training points by several methods, and what removing points by them does."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from dvlib.data.regions import Boundaries
from dvlib.methods.dvrl.runs import dvrl_values, run_dvrl
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.leave_one_out import against_base, against_g
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

    `values` holds forgetting too, which is measured but, as in the paper, not drawn. Orders of
    `curves` are named (method, "lowest") and (method, "highest"), by what goes first, and
    ("random", k).
    """

    data: object
    refits: OnePointRefits  # with each point left out
    values: dict
    curves: RemovalCurves
    boundaries: Boundaries
    passes: list
    n_iterations: int  # of DVRL


@dataclass(frozen=True, eq=False)
class TrainingStudy:
    """Samples, the first of which is drawn; the curves are those of all."""

    samples: list

    @property
    def values(self):
        """What is drawn: DataValues by method."""
        return {name: self.samples[0].values[name] for name in METHODS}

    @property
    def tables(self):
        """What is saved: the drawn values, and every sample's curves."""
        curves = {f"removal, sample {k + 1}": one.curves for k, one in enumerate(self.samples)}
        return self.values | curves

    @property
    def passes(self):
        return [one for of in self.samples for one in of.passes]


def training_values(settings):
    """Figures 10 and 11: each method on `n_data_seeds` samples, and its removal curves."""
    samples = samples_of(settings)
    # Each with a seed of its own, which decides much of what a run finds.
    tasks = [dvrl_task(settings, data, data.seed) for data in samples]
    with beside(partial(run_dvrl, tasks)) as runs:
        watched = train_runs(
            [(data.X, data.y) for data in samples], settings.refits_of(LEARNING_RUNS), watch=True,
            description="runs, every point watched",
        )  # fmt: skip
        values = [_values(settings, *of) for of in zip(samples, watched, strict=True)]
    of_samples = zip(samples, runs(), values, strict=True)
    return TrainingStudy([_sample(settings, *of) for of in of_samples])


def _values(settings, data, runs):
    """(Refits with each point left out, values by method but DVRL) of one sample."""
    how, X, y = settings.refits(), data.X, data.y
    refits = refits_without_point(X, y, data.g, how)
    # Where g is unknown, f_X stands for it, the paper's own advice (sections 2.3 and 3.1).
    truth = data.g or refits.base_networks[0]
    return refits, {
        "leave-one-out": against_base(refits) if data.g is None else against_g(refits),
        "Shapley": svarm_shapley(X, y, truth, how, n_fits=settings.n_fits),
        "last learned": forgetting_values(runs, "last_learned"),
        "forgetting": forgetting_values(runs),
    }


def _sample(settings, data, run, refits_and_values):
    refits, values = refits_and_values
    X, y = data.X, data.y
    values["DVRL"] = dvrl_values([run], X, y)
    rng = np.random.default_rng(data.seed)
    orders = {("random", j): rng.permutation(len(X)) for j in range(RANDOM_ORDERS)}
    for name in METHODS:
        order = lowest_first(values[name].values, rng)
        orders |= {(name, "lowest"): order, (name, "highest"): order[::-1]}
    curves = removal_curves(X, y, data.X_test, data.y_test, data.g, orders, settings.refits())
    return TrainingSample(
        data=data,
        refits=refits,
        values=values,
        curves=curves,
        boundaries=learned_boundary(settings, data),
        passes=[*(values[name] for name in METHODS), curves],  # forgetting is of the same runs
        n_iterations=settings.n_iterations,
    )

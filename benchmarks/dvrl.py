"""Speed of data valuation by reinforcement learning, and whether it learns. Without cache.

`python -m benchmarks.dvrl` prints and writes benchmarks/dvrl.json, times in seconds:

runs         2,000 iterations of 100 inner epochs on `two_clusters`, full input: `one` run on one
             core, and `two` runs with different seeds in parallel; `memory` is the peak of the
             process in GB, which includes two short runs that train on the whole mesh
predictor    one training of 100 epochs on half of 670 points, timed alternately, medians of 15:
             the compiled `kernel`, TensorFlow compiled by `xla` and `uncompiled`; the ratios
             `uncompiled_over_xla` and `xla_over_kernel`; between kernel and xla, the median
             difference of the weights, `median_apart`, and the share of the mesh's labels that
             differ, `boundaries_apart`
iteration    one iteration of such a run, timed alternately, medians over `rounds`: by the `kernel`
             and by `xla` (predictor in TensorFlow); `xla_over_kernel`; and the `parts` by the
             kernel: `predictor`, `score` on the mesh, `step` of the estimator
learns       AUC of the values as a score of correct labels, by seed and their `median`: 40 % of
             the labels flipped, correctly labelled target, 1,000 iterations, seeds 0 to 4. Full
             input with the residual of a model of the target, log loss, moving average:
             coordinates `scaled` or `raw`, learning rate 0.01 or 0.001; the settings of Figure 4;
             and the AUC of the size of that residual alone
"""

import resource
import statistics
from dataclasses import replace

import numpy as np
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from benchmarks.timing import bench, clock
from dvlib.data.datasets import make_dataset
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.engine.mlp import draw_stream
from dvlib.methods.dvrl.estimator import Estimator, shown
from dvlib.methods.dvrl.predictor import fit_tensorflow
from dvlib.methods.dvrl.runs import Task, run_dvrl
from dvlib.methods.dvrl.settings import PREDICTOR, DVRLSettings
from dvlib.methods.dvrl.target import Target
from dvlib.refits.single import fit
from dvlib.refits.workers import one_blas_thread

ROUNDS, FEWER = 15, 5


def predictor_settings(run):
    tiny = replace(PREDICTOR, hidden_layer_sizes=(8,), max_iter=2, n_iter_no_change=2)
    return run.size(PREDICTOR, tiny)


def runs(run, data, target):
    def seconds(count, **changes):
        settings = DVRLSettings(config=predictor_settings(run), **changes)
        tasks = [Task(data.X, data.y, target, settings, k) for k in range(count)]
        return clock(run_dvrl, tasks, cache=False)[0]

    seconds(2, n_iterations=2, baseline="shared")  # compiles
    length = {"n_iterations": run.size(2_000, 2)}
    report = {"one": seconds(1, **length), "two": seconds(2, **length)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kilobytes on Linux
    return report | {"memory": peak / 1e6}


def predictor(run, data):
    config = predictor_settings(run)
    stream = draw_stream(len(data.X), config, 0)
    half = (np.random.default_rng(0).random(len(data.X)) < 0.5).astype(int)
    pool = data.X, data.y, config
    ways = {
        "kernel": lambda: fit(*pool, stream=stream, sample_weight=half).network,
        "xla": lambda: fit_tensorflow(*pool, stream, half),
        "uncompiled": lambda: fit_tensorflow(*pool, stream, half, compiled=False),
    }
    for way in ways.values():
        way()  # compiles
    report, networks = run.take_turns(ROUNDS, "predictor", **ways)
    ours, theirs = networks["kernel"], networks["xla"]
    return report | {
        "uncompiled_over_xla": report["uncompiled"] / report["xla"],
        "xla_over_kernel": report["xla"] / report["kernel"],
        "median_apart": float(np.median(np.abs(ours.packed - theirs.packed))),
        "boundaries_apart": dv(boundary(ours, X_M), boundary(theirs, X_M)),
    }


class Iterations:
    """A run of DVRL like that of `dvlib.run_dvrl`; each call does one iteration."""

    def __init__(self, data, target, train):
        self.X, self.target, self.train = data.X, target, train
        base = train(np.ones(len(data.X), int))
        self.level = target.score(base, "accuracy")
        inputs = shown("labels_and_residuals", data.X, data.y, expit(base.decision(data.X)))
        self.estimator = Estimator(*inputs, learning_rate=0.01, seed=0)
        self.rng = np.random.default_rng(0)
        self.parts = {"predictor": [], "score": [], "step": []}

    def __call__(self):
        selected = self.rng.random(len(self.X)) < self.estimator.probabilities
        taken = {}
        taken["predictor"], network = clock(self.train, selected.astype(int))
        taken["score"], score = clock(self.target.score, network, "accuracy")
        taken["step"], _ = clock(self.estimator.step, selected, score - self.level)
        for name, seconds in taken.items():
            self.parts[name].append(seconds)


def iteration(run, data, target):
    config = predictor_settings(run)
    stream = draw_stream(len(data.X), config, 0)

    def by_kernel(weights):
        return fit(data.X, data.y, config, stream=stream, sample_weight=weights).network

    def by_tensorflow(weights):
        return fit_tensorflow(data.X, data.y, config, stream, weights)

    kernel = Iterations(data, target, by_kernel)
    xla = Iterations(data, target, by_tensorflow)
    with one_blas_thread():
        kernel(), xla()  # compile
        kernel.parts = {name: [] for name in kernel.parts}
        rounds = 10 * FEWER
        seconds, _ = run.take_turns(rounds, "iteration", kernel=kernel, xla=xla)
    return seconds | {
        "rounds": run.size(rounds, 1),
        "xla_over_kernel": seconds["xla"] / seconds["kernel"],
        "parts": {name: statistics.median(taken) for name, taken in kernel.parts.items()},
    }


def flipped_labels(seed, settings, *, share=0.4):
    """A problem whose answer is known: a share of the training labels is wrong.

    Two clusters of deviation 2.5. The target is their test points, correctly labelled.

    Returns
    -------
    Task with these settings, and bool (n,): the label was flipped
    """
    data = make_dataset("two_clusters", seed=seed, cluster_std=2.5)
    flipped = np.random.default_rng(seed).permutation(len(data.X)) < share * len(data.X)
    target = Target(data.y_test, points=data.X_test)
    return Task(data.X, np.where(flipped, 1 - data.y, data.y), target, settings, seed), flipped


def learns(run):
    known = DVRLSettings(
        baseline="moving_average", performance="log_loss", predictions_of="target",
        n_iterations=run.size(1_000, 2), config=predictor_settings(run),
    )  # fmt: skip
    figure_4 = {"n_iterations": known.n_iterations, "config": known.config}
    kinds = {
        "scaled": known,
        "scaled, rate 0.001": replace(known, learning_rate=0.001),
        "raw": replace(known, scaled=False),
        "as in Figure 4": DVRLSettings(**figure_4),
    }
    aucs = {name: [] for name in (*kinds, "residual alone")}
    for name, settings in kinds.items():
        seeds = range(run.size(5, 1))
        tasks, flips = zip(*(flipped_labels(k, settings) for k in seeds), strict=True)
        for done, flip in zip(run_dvrl(tasks, cache=False), flips, strict=True):
            X, y = done.task.X, done.task.y
            aucs[name].append(roc_auc_score(~flip, done.probabilities(X, y)))
            if settings is known:
                residual = np.abs(y - expit(done.guide.decision(X)))
                aucs["residual alone"].append(roc_auc_score(~flip, -residual))
    return {name: {"median": statistics.median(a), "seeds": a} for name, a in aucs.items()}


def main():
    run = bench("dvrl", __doc__)
    data = make_dataset("two_clusters", n_per_class=run.size(500, 12))
    target = Target.of_mesh(run.size(X_M, MeshGrid(-10, 20, 20)), data.g)
    report = {
        "runs": runs(run, data, target),
        "predictor": predictor(run, data),
        "iteration": iteration(run, data, target),
        "learns": learns(run),
    }
    run.write(report)


if __name__ == "__main__":
    main()

"""Speed of data valuation by reinforcement learning, and whether it learns. Without cache.

`python -m benchmarks.dvrl` prints and writes benchmarks/dvrl.json, times in seconds:

processor    model string, family and model
runs         2,000 iterations of 100 inner epochs on `two_clusters`, full input: `one` run on one
             core, and `two` runs with different seeds in parallel; `memory` is the peak of the
             process in GB, which includes two short runs that train on the whole mesh
iteration    processor time of one iteration of such a run on one thread, and of its `parts`:
             `predictor` (100 epochs on about half of 670 points), `score` on the mesh, `step` of
             the estimator; medians over `rounds`
learns       AUC of the values as a score of correct labels, by seed and their `median`: 40 % of
             the labels flipped, correctly labelled target, 1,000 iterations, seeds 0 to 4. Full
             input with the residual of a model of the target, log loss, moving average:
             coordinates `scaled` or `raw`, learning rate 0.01 or 0.001; the settings of Figure 4;
             and the AUC of the size of that residual alone
"""

import resource
import statistics
import time
from dataclasses import replace

import numpy as np
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from benchmarks.timing import bench, clock, processor
from dvlib.data.datasets import make_dataset
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.engine.mlp import draw_stream
from dvlib.methods.dvrl.estimator import Estimator, estimator_inputs
from dvlib.methods.dvrl.runs import Task, run_dvrl
from dvlib.methods.dvrl.settings import PREDICTOR, DVRLSettings
from dvlib.methods.dvrl.target import Target
from dvlib.refits.single import fit
from dvlib.refits.workers import one_blas_thread

ROUNDS = 50


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


def iteration(run, data, target):
    """As in `dvlib.run_dvrl`."""
    X, y, config = data.X, data.y, predictor_settings(run)
    stream = draw_stream(len(X), config, 0)

    def train(weights):
        return fit(X, y, config, stream=stream, sample_weight=weights).network

    base = train(np.ones(len(X), int))
    level = target.score(base, "accuracy")
    inputs = estimator_inputs("labels_and_residuals", X, y, expit(base.decision(X)))
    estimator = Estimator(*inputs, learning_rate=0.01, seed=0)
    rng, parts = np.random.default_rng(0), {"predictor": [], "score": [], "step": []}

    def iterate():
        selected = rng.random(len(X)) < estimator.probabilities
        thread = {"timer": time.thread_time}
        taken, network = clock(train, selected.astype(int), **thread)
        parts["predictor"].append(taken)
        taken, score = clock(target.score, network, "accuracy", **thread)
        parts["score"].append(taken)
        parts["step"].append(clock(estimator.step, selected, score - level, **thread)[0])

    with one_blas_thread():
        iterate()  # compiles
        seconds, _ = run.take_turns(ROUNDS, "iteration", iteration=iterate)
    return {
        "rounds": run.size(ROUNDS, 1),
        "seconds": seconds["iteration"],
        "parts": {name: statistics.median(taken) for name, taken in parts.items()},
    }


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
        "processor": processor(),
        "runs": runs(run, data, target),
        "iteration": iteration(run, data, target),
        "learns": learns(run),
    }
    run.write(report)


if __name__ == "__main__":
    main()

"""Data valuation by reinforcement learning: its speed, and whether it learns. Without cache.

`python benchmarks/dvrl.py` prints and writes benchmarks/dvrl.json, times in seconds:

runs         2,000 iterations of 100 inner epochs on `two_clusters`, full input: `one`, on one
             core, and `two` with different seeds side by side; `memory`, the peak of the process
             in GB, after two runs of the baseline that trains on the whole mesh, too
predictor    one training of 100 epochs on half of 670 points, medians of ROUNDS, in turns:
             the compiled `kernel`, TensorFlow compiled by `xla` and `uncompiled`, its ratios
             `uncompiled_over_xla` and `xla_over_kernel`; of the trained weights of kernel and xla
             the `median_apart` and `boundaries_apart`, the share of the mesh's labels that differ
learns       40 % of the labels flipped, correctly labelled target, 1,000 iterations, seeds 0 to 4:
             AUC of the values for points that were not flipped, and its `median`. Full input with
             the residual of a model of the target, log loss, moving average: coordinates `scaled`
             or `raw`, learning rate 0.01 or 0.001; the settings of Figure 4; and what the size
             of that residual alone comes to
"""

import json
import os
import resource
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from dvlib.boundaries import boundary, dv
from dvlib.datasets import make_dataset
from dvlib.dvrl import PREDICTOR, DVRLSettings, Task, run_dvrl
from dvlib.dvrl_studies import flipped_labels
from dvlib.mesh import X_M
from dvlib.mlp import draw_stream, fit
from dvlib.predictor import fit_tensorflow
from dvlib.target import Target

ROUNDS = 15
TARGET = Path(__file__).with_name("dvrl.json")


def runs(data):
    target = Target.of_mesh(X_M, data.g)

    def seconds(count, **changes):
        settings = DVRLSettings(**changes)
        started = time.perf_counter()
        run_dvrl([Task(data.X, data.y, target, settings, k) for k in range(count)], cache=False)
        return time.perf_counter() - started

    seconds(2, n_iterations=2, baseline="shared")  # compiles
    report = {"one": seconds(1), "two": seconds(2)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kilobytes on Linux
    return report | {"memory": peak / 1e6}


def predictor(data):
    stream = draw_stream(len(data.X), PREDICTOR, 0)
    half = (np.random.default_rng(0).random(len(data.X)) < 0.5).astype(int)
    pool = data.X, data.y, PREDICTOR
    ways = {
        "kernel": lambda: fit(*pool, stream=stream, sample_weight=half).network,
        "xla": lambda: fit_tensorflow(*pool, stream, half),
        "uncompiled": lambda: fit_tensorflow(*pool, stream, half, compiled=False),
    }
    networks = {name: way() for name, way in ways.items()}
    times = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - started)
    report = {name: statistics.median(of) for name, of in times.items()}
    ours, theirs = networks["kernel"], networks["xla"]
    return report | {
        "uncompiled_over_xla": report["uncompiled"] / report["xla"],
        "xla_over_kernel": report["xla"] / report["kernel"],
        "median_apart": float(np.median(np.abs(ours.pack() - theirs.pack()))),
        "boundaries_apart": dv(boundary(ours, X_M), boundary(theirs, X_M)),
    }


def learns():
    known = DVRLSettings(
        baseline="moving_average", performance="log_loss", predictions_of="target",
        n_iterations=1000,
    )  # fmt: skip
    kinds = {
        "scaled": known,
        "scaled, rate 0.001": replace(known, learning_rate=0.001),
        "raw": replace(known, scaled=False),
        "as in Figure 4": DVRLSettings(n_iterations=1000),
    }
    aucs = {name: [] for name in (*kinds, "residual alone")}
    for name, settings in kinds.items():
        tasks, flips = zip(*(flipped_labels(k, settings) for k in range(5)), strict=True)
        for run, flip in zip(run_dvrl(tasks, cache=False), flips, strict=True):
            X, y = run.task.X, run.task.y
            aucs[name].append(roc_auc_score(~flip, run.probabilities(X, y)))
            if settings is known:
                residual = np.abs(y - expit(run.guide.decision(X)))
                aucs["residual alone"].append(roc_auc_score(~flip, -residual))
    return {name: {"median": statistics.median(of), "seeds": of} for name, of in aucs.items()}


def main():
    data = make_dataset("two_clusters")
    report = {"runs": runs(data), "predictor": predictor(data), "learns": learns()}
    text = json.dumps(report, indent=2)
    TARGET.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()

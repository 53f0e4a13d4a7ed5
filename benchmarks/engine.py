"""Speed of the engine beside scikit-learn's, all in one run; fit and sweep on one thread.

`python benchmarks/engine.py` prints and writes benchmarks/engine.json, times in seconds:

processor    model string
rounds       how often each of fit and sweep was timed; their times are medians, taken in turns
fit          671 points of `two_clusters`, 1,000 units, one seed: `fast` (its shuffles drawn
             beforehand, once for all refits, as batches do), `fast_alone` (drawn for it),
             `sklearn_float64` and `sklearn_float32` (`MLPClassifier.fit` in either precision),
             `float64_over_fast`, `float32_over_fast`, and `epochs` run by each
sweep        boundary of that network on the 500 x 500 mesh: `fast` and `sklearn`
             (`MLPClassifier.predict`, a mesh row a call), `sklearn_over_fast`, and `cells_apart`,
             the share of labels that differ
start        a process that imports the package, fits once and draws one boundary: `compiling`
             (empty NUMBA_CACHE_DIR) and `cached` (the same folder, filled); of these,
             `compiling_calls` and `cached_calls` without the start of Python and the imports
pass_added   X with one point more, for each point of the 36 x 36 grid, one seed, base model
             included, without cache, on all cores: `fits` (of 671 points), `seconds`,
             `fits_per_second`
pass_grid    the same of the grid itself as training set, with one of its points less: 1,295 points
"""

import os
import sys
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import json
import platform
import statistics
import subprocess
import tempfile
import time
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier
from tqdm import tqdm

from dvlib.batches import RefitSettings
from dvlib.boundaries import boundary, dv
from dvlib.datasets import make_dataset
from dvlib.mesh import X_M, X_P_M
from dvlib.mlp import MLPConfig, Network, draw_stream, fit
from dvlib.one_point import refits_with_point, refits_without_point

ROUNDS = 7
TARGET = Path(__file__).with_name("engine.json")
FIRST_CALLS = """
import time
from dvlib.boundaries import boundary
from dvlib.mesh import MeshGrid
from dvlib.mlp import MLPConfig, fit
started = time.perf_counter()
boundary(fit([[0, 0], [1, 1]], [0, 1], MLPConfig((3,), max_iter=1)).network, MeshGrid(0, 1, 2))
print(time.perf_counter() - started)
"""


def clock(function, *args, **options):
    started = time.perf_counter()
    result = function(*args, **options)
    return time.perf_counter() - started, result


def take_turns(**functions):
    """Median seconds and last result of each function, called in turns so that load is shared."""
    times, results = {name: [] for name in functions}, {}
    for _ in tqdm(range(ROUNDS), unit="round", desc=" / ".join(functions), leave=False):
        for name, function in functions.items():
            taken, results[name] = clock(function)
            times[name].append(taken)
    return {name: statistics.median(taken) for name, taken in times.items()}, results


def fit_and_sweep(X, y):
    reference = MLPClassifier((1000,), random_state=0)
    boundary(fit(X, y).network, X_M)  # compiled before the clock starts
    stream = draw_stream(len(X), MLPConfig(), 0)
    fits, fitted = take_turns(
        fast=lambda: fit(X, y, stream=stream).n_iter,
        fast_alone=lambda: fit(X, y).n_iter,
        sklearn_float32=lambda: reference.fit(X.astype(np.float32), y).n_iter_,
        sklearn_float64=lambda: reference.fit(X, y).n_iter_,  # last: the sweep takes its weights
    )
    fits["float64_over_fast"] = fits["sklearn_float64"] / fits["fast"]
    fits["float32_over_fast"] = fits["sklearn_float32"] / fits["fast"]
    fits["epochs"] = fitted
    network = Network(tuple(reference.coefs_), tuple(reference.intercepts_))
    sweeps, labels = take_turns(
        fast=lambda: boundary(network, X_M), sklearn=lambda: boundary(reference.predict, X_M)
    )
    sweeps["sklearn_over_fast"] = sweeps["sklearn"] / sweeps["fast"]
    sweeps["cells_apart"] = dv(labels["fast"], labels["sklearn"])
    return {"fit": fits, "sweep": sweeps}


def start():
    """Two processes one after the other, with one compilation cache that is empty at first."""
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        paths = {"NUMBA_CACHE_DIR": folder, "PYTHONPATH": sys.path[0]}
        command = [sys.executable, "-c", FIRST_CALLS]
        for name in ("compiling", "cached"):
            result[name], printed = clock(
                subprocess.check_output, command, env=os.environ | paths, text=True
            )
            result[f"{name}_calls"] = float(printed)
    return {"start": result}


def passes(data):
    settings = RefitSettings(cache=False)
    grid = X_P_M.points
    labels = data.g(grid)
    runs = {
        "pass_added": (refits_with_point, data.X, data.y, grid, labels, data.g, settings),
        "pass_grid": (refits_without_point, grid, labels, data.g, settings),
    }
    report = {}
    for name, (function, *args) in runs.items():
        taken, refits = clock(function, *args)
        n_fits = refits.n_fits
        report[name] = {"fits": n_fits, "seconds": taken, "fits_per_second": n_fits / taken}
    return report


def processor():
    """The processor's model string."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def main():
    warnings.simplefilter("ignore")  # scikit-learn's, of fits that use up their epochs
    data = make_dataset("two_clusters")  # 670 training points; with one more 671
    X, y = np.append(data.X, [[5.0, 5.0]], axis=0), np.append(data.y, data.g([5.0, 5.0]))
    report = {"processor": processor(), "rounds": ROUNDS}
    report |= fit_and_sweep(X, y) | start() | passes(data)
    text = json.dumps(report, indent=2)
    TARGET.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()

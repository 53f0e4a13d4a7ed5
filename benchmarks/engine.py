"""Speed of the engine against scikit-learn, measured in one run; fit and sweep on one thread.

`python -m benchmarks.engine` prints and writes benchmarks/engine.json, times in seconds:

processor    model string
rounds       rounds of `fit_and_sweep` and of `grid_point`, timed alternately; times are medians
fit          671 points of `two_clusters`, 1,000 units, one seed: `fast` (shuffles drawn before,
             once for all refits, as in a batch), `fast_alone` (shuffles drawn by the fit),
             `sklearn_float64` and `sklearn_float32` (`MLPClassifier.fit` in either precision),
             `float64_over_fast`, `float32_over_fast`, and `epochs` run by each
sweep        boundary of that network on the 500 x 500 mesh: `fast` and `sklearn`
             (`MLPClassifier.predict`, one call per mesh row), `sklearn_over_fast`, and
             `cells_apart`, the share of labels that differ
grid_point   time per point of the grid, on all cores, to add it, train the network again and
             compare its boundary with g: `by_hand`, scikit-learn in a loop of joblib (`predict`
             with one call per mesh row, several times as fast as one call for the mesh), and
             `fast`, `refits_with_point` without cache, base model included; the numbers of
             `points`; `by_hand_over_fast`; `dv_apart`, the largest difference of a dv between both
start        a process that imports the package, fits once and draws one boundary: `compiling`
             (empty NUMBA_CACHE_DIR) and `cached` (the same folder, filled); `compiling_calls` and
             `cached_calls` are their times without the start of Python and the imports
pass_added   X with one point added, for each point of the 36 x 36 grid, one seed, base model
             included, without cache, on all cores: `fits` (of 671 points), `seconds`,
             `fits_per_second`
pass_grid    the same for the grid itself as training set, with one point left out: 1,295 points
"""

import os
import subprocess
import sys
import tempfile
import warnings
from contextlib import nullcontext
from multiprocessing import cpu_count

import numpy as np
from joblib import Parallel, delayed
from sklearn.neural_network import MLPClassifier

from benchmarks.timing import bench, clock, processor
from dvlib.data.datasets import make_dataset
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import X_M, X_P_M, MeshGrid
from dvlib.engine.mlp import MLPConfig, Network, draw_stream
from dvlib.methods.one_point import refits_with_point, refits_without_point
from dvlib.refits.batch import RefitSettings
from dvlib.refits.single import fit
from dvlib.root import project_root

ROUNDS, FEWER = 7, 5
FIRST_CALLS = """
import time
from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.refits.single import fit
started = time.perf_counter()
boundary(fit([[0, 0], [1, 1]], [0, 1], MLPConfig((3,), max_iter=1)).network, MeshGrid(0, 1, 2))
print(time.perf_counter() - started)
"""


def reference(config):
    """scikit-learn's classifier of these settings."""
    return MLPClassifier(config.hidden_layer_sizes, max_iter=config.max_iter, random_state=0)


def fit_and_sweep(run, X, y, config, mesh):
    model = reference(config)
    boundary(fit(X, y, config).network, mesh)  # compiled before the clock starts
    stream = draw_stream(len(X), config, 0)
    fits, fitted = run.take_turns(
        ROUNDS,
        "fits",
        fast=lambda: fit(X, y, config, stream=stream).n_iter,
        fast_alone=lambda: fit(X, y, config).n_iter,
        sklearn_float32=lambda: model.fit(X.astype(np.float32), y).n_iter_,
        sklearn_float64=lambda: model.fit(X, y).n_iter_,  # last: the sweep takes its weights
    )
    fits["float64_over_fast"] = fits["sklearn_float64"] / fits["fast"]
    fits["float32_over_fast"] = fits["sklearn_float32"] / fits["fast"]
    fits["epochs"] = fitted
    network = Network.of_layers(model.coefs_, model.intercepts_)
    sweeps, labels = run.take_turns(
        ROUNDS,
        "boundaries",
        fast=lambda: boundary(network, mesh),
        sklearn=lambda: np.concatenate([model.predict(row) for row in rows_of(mesh)]),
    )
    sweeps["sklearn_over_fast"] = sweeps["sklearn"] / sweeps["fast"]
    sweeps["cells_apart"] = dv(labels["fast"].ravel(), labels["sklearn"])
    return {"fit": fits, "sweep": sweeps}


def rows_of(mesh):
    """Points of each mesh row, of constant y."""
    for y in mesh.axis:
        yield np.column_stack([mesh.axis, np.full(mesh.side, y)])


def by_hand(model, X, y, point, label, mesh, truth):
    """A grid point with scikit-learn alone: train with it, predict on the mesh, compare with g."""
    warnings.simplefilter("ignore")  # scikit-learn warns of fits that use up their epochs
    model.fit(np.vstack([X, point]), np.append(y, label))
    labels = np.concatenate([model.predict(row) for row in rows_of(mesh)])
    return np.mean(labels != truth)


def grid_point(run, data, config, mesh):
    grid = X_P_M.points
    many = grid[np.linspace(0, len(grid) - 1, run.size(192, 4)).astype(int)]
    few = many[:: run.size(24, 2)]
    truth = boundary(data.g, mesh).ravel()
    settings = RefitSettings(config=config, mesh=mesh, cache=False)

    def loop():
        return Parallel(n_jobs=-1)(
            delayed(by_hand)(reference(config), data.X, data.y, point, label, mesh, truth)
            for point, label in zip(few, data.g(few), strict=True)
        )

    def ours():
        return refits_with_point(data.X, data.y, many, data.g(many), data.g, settings).dv_g[:, 0]

    Parallel(n_jobs=-1)(  # starts the processes, and their imports, before the clock starts
        delayed(by_hand)(reference(MLPConfig((2,), max_iter=1)), data.X, data.y, *one)
        for one in [(few[0], 0, MeshGrid(0, 1, 2), np.zeros(4))] * cpu_count()
    )
    seconds, found = run.take_turns(FEWER, "grid points", by_hand=loop, fast=ours)
    points = {"by_hand": len(few), "fast": len(many)}
    each = {name: seconds[name] / points[name] for name in points}
    apart = np.abs(np.array(found["by_hand"]) - found["fast"][:: run.size(24, 2)]).max()
    each |= {"points": points, "by_hand_over_fast": each["by_hand"] / each["fast"]}
    return {"grid_point": each | {"dv_apart": float(apart)}}


def start(run):
    """Two processes in succession, which share a compilation cache that is empty at first."""
    result = {}
    usual = nullcontext(os.environ.get("NUMBA_CACHE_DIR", ""))
    with usual if run.tiny else tempfile.TemporaryDirectory() as folder:
        paths = {"NUMBA_CACHE_DIR": folder, "PYTHONPATH": str(project_root())}
        command = [sys.executable, "-c", FIRST_CALLS]
        for name in ("compiling", "cached"):
            result[name], printed = clock(
                subprocess.check_output, command, env=os.environ | paths, text=True
            )
            result[f"{name}_calls"] = float(printed)
    return {"start": result}


def passes(run, data, config, mesh):
    settings = RefitSettings(config=config, mesh=mesh, cache=False)
    grid = run.size(X_P_M, MeshGrid(-10, 25, 4)).points
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


def main():
    run = bench("engine", __doc__)
    warnings.simplefilter("ignore")
    config = MLPConfig(run.size((1000,), (16,)), max_iter=run.size(200, 5))
    mesh = run.size(X_M, MeshGrid(-10, 20, 20))
    data = make_dataset("two_clusters")  # 670 training points; with one more 671
    X, y = np.append(data.X, [[5.0, 5.0]], axis=0), np.append(data.y, data.g([5.0, 5.0]))
    rounds = {"fit_and_sweep": run.size(ROUNDS, 1), "grid_point": run.size(FEWER, 1)}
    report = {"processor": processor(), "rounds": rounds}
    report |= fit_and_sweep(run, X, y, config, mesh) | grid_point(run, data, config, mesh)
    report |= start(run) | passes(run, data, config, mesh)
    run.write(report)


if __name__ == "__main__":
    main()

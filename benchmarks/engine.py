"""Speed of the engine against scikit-learn, measured in one run; fit and labels on one thread.

`python -m benchmarks.engine` prints and writes benchmarks/engine.json, times in seconds, for
`two_clusters` in the regime `library`:

processor    model string, family and model
rounds       rounds of `fits` and `labels`, and of `grid_point`, timed alternately; times are
             medians
fits         671 points, 1,000 units, one seed, in minibatches of 32 (figures that watch training)
             and 200: processor time of `fast` (shuffles drawn before, once for all refits, as in a
             batch), `sklearn_float64` and `sklearn_float32` (`MLPClassifier.fit` in either
             precision), `float64_over_fast`, `float32_over_fast`, and `epochs` run by each
labels       of the last of these networks on the 500 x 500 mesh, processor time: `fast` and
             `sklearn` (`MLPClassifier.predict`, one call per mesh row), `sklearn_over_fast`, and
             `cells_apart`, the share of labels that differ
grid_point   wall time per point of the grid, on all cores, to add it, train the network again (in
             minibatches of 200) and compare its boundary with g: `by_hand`, scikit-learn in a loop
             of joblib (`predict` with one call per mesh row, several times as fast as one call for
             the mesh), and `fast`, `refits_with_point` without cache, base model included; the
             numbers of `points`; `by_hand_over_fast`; `dv_apart`, the largest difference of a dv
             between both
"""

import warnings
from multiprocessing import cpu_count

import numpy as np
from joblib import Parallel, delayed
from sklearn.neural_network import MLPClassifier

from benchmarks.timing import batch_sizes, bench, one_more_point, processor
from dvlib.data.datasets import make_dataset
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import X_M, X_P_M, MeshGrid
from dvlib.engine.mlp import MLPConfig, Network, draw_stream
from dvlib.methods.one_point import refits_with_point
from dvlib.refits.batch import RefitSettings
from dvlib.refits.single import fit

ROUNDS, FEWER = 7, 5


def reference(config):
    """scikit-learn's classifier of these settings."""
    return MLPClassifier(
        config.hidden_layer_sizes, batch_size=config.batch_size, max_iter=config.max_iter,
        random_state=0,
    )  # fmt: skip


def fits_and_labels(run, configs, mesh):
    X, y = one_more_point()
    report = {}
    for name, config in configs.items():
        model, stream = reference(config), draw_stream(len(X), config, 0)
        network = fit(X, y, config, stream=stream).network  # compiled before the clock starts
        seconds, epochs = run.take_turns(
            ROUNDS,
            f"fits, {name}",
            fast=lambda c=config, s=stream: fit(X, y, c, stream=s).n_iter,
            sklearn_float32=lambda m=model: m.fit(X.astype(np.float32), y).n_iter_,
            sklearn_float64=lambda m=model: m.fit(X, y).n_iter_,  # last: labels take its weights
        )
        for kind in ("float64", "float32"):
            seconds[f"{kind}_over_fast"] = seconds[f"sklearn_{kind}"] / seconds["fast"]
        report[name] = seconds | {"epochs": epochs}
    network = Network.of_layers(model.coefs_, model.intercepts_)
    boundary(network, mesh)
    labels, seen = run.take_turns(
        ROUNDS,
        "labels",
        fast=lambda: boundary(network, mesh),
        sklearn=lambda: np.concatenate([model.predict(row) for row in rows_of(mesh)]),
    )
    labels["sklearn_over_fast"] = labels["sklearn"] / labels["fast"]
    labels["cells_apart"] = dv(seen["fast"].ravel(), seen["sklearn"])
    return {"fits": report, "labels": labels}


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
    seconds, found = run.take_turns(FEWER, "grid points", all_cores=True, by_hand=loop, fast=ours)
    points = {"by_hand": len(few), "fast": len(many)}
    each = {name: seconds[name] / points[name] for name in points}
    apart = np.abs(np.array(found["by_hand"]) - found["fast"][:: run.size(24, 2)]).max()
    each |= {"points": points, "by_hand_over_fast": each["by_hand"] / each["fast"]}
    return {"grid_point": each | {"dv_apart": float(apart)}}


def main():
    run = bench("engine", __doc__)
    warnings.simplefilter("ignore")
    tiny = {"batches of 32": MLPConfig((16,), max_iter=5, batch_size=32)}
    configs = tiny if run.tiny else batch_sizes()
    *_, config = configs.values()
    mesh, data = run.size(X_M, MeshGrid(-10, 20, 20)), make_dataset("two_clusters")
    rounds = {"fits": run.size(ROUNDS, 1), "grid_point": run.size(FEWER, 1)}
    report = {"processor": processor(), "rounds": rounds}
    report |= fits_and_labels(run, configs, mesh) | grid_point(run, data, config, mesh)
    run.write(report)


if __name__ == "__main__":
    main()

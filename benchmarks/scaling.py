"""How the engine's costs grow: six curves, each with a fitted and a stated exponent.

`python -m benchmarks.scaling` prints and writes benchmarks/scaling.json, times in seconds (on
one thread, processor time):

processor      model string
rounds         how often each point of a curve was timed, sizes in turn; times are medians
training_size  one fit of 20 epochs, 1,000 units, for 50 to 20,000 points; one thread
hidden_size    one fit of 20 epochs, 671 points, for 10 to 4,000 units; one thread
grid_points    refits of X with one point added, for 24 to 768 points to add; all cores
mesh_side      boundary of 1,000 units on meshes of 50 to 2,000 points per side; one thread
mesh_side_few  the same for 10 units
workers        192 refits as in grid_points, for every number of threads up to the number of cores

Each curve holds its `sizes` and `seconds`, the exponent `fitted` by least squares in logarithms to
the sizes of at least `fitted_from`, the `stated` lowest and highest exponent there, and the reason,
`why`. `fitted` is null if fewer than two sizes are left.
"""

from multiprocessing import cpu_count

import numpy as np

from benchmarks.timing import bench, exponent, processor
from dvlib.data.datasets import make_dataset
from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import X_P_M, MeshGrid
from dvlib.engine.mlp import MLPConfig, draw_stream
from dvlib.methods.one_point import refits_with_point
from dvlib.refits.batch import RefitSettings
from dvlib.refits.single import fit

ROUNDS, EPOCHS = 7, 20
SIZES = {
    "training_size": (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000),
    "hidden_size": (10, 32, 100, 320, 1_000, 2_000, 4_000),
    "grid_points": (24, 48, 96, 192, 384, 768),
    "mesh_side": (50, 100, 200, 500, 1_000, 2_000),
    "mesh_side_few": (50, 100, 200, 500, 1_000, 2_000),
}
# Smallest size of the fit, lowest and highest exponent from there on, and the reason for them.
STATED = {
    "training_size": (
        200, 1, 1, "a minibatch of 200 costs the same in any training set; below there is one, "
        "and a step of Adam on all units",
    ),
    "hidden_size": (
        320, 0.5, 1, "at most one operation a pair of unit and point; more units are grouped more "
        "closely, and the share of near pairs falls with their distance, as their root",
    ),
    "grid_points": (96, 1, 1, "a refit each; below, two chunks of 24 do not keep cores busy"),
    "mesh_side": (
        200, 1, 2, "boxes along the boundary are as many as a side has points; all m² labels are "
        "written, a run of a row at a time; below, the units that cross the largest boxes",
    ),
    "mesh_side_few": (200, 1, 2, "the same, with few units in each box"),
    "workers": (1, -1, -1, "refits share nothing but the data"),
}  # fmt: skip


def curve(run, name, sizes, job):
    """Time the function that `job(size)` returns, for each size in turn."""
    jobs = {str(size): job(size) for size in sizes}
    for call in jobs.values():
        call()  # compiles, and touches the arrays, before the clock starts
    all_cores = name in ("grid_points", "workers")
    seconds, _ = run.take_turns(ROUNDS, name, all_cores=all_cores, **jobs)
    seconds = np.array([seconds[str(size)] for size in sizes])
    start, low, high, why = STATED[name]
    far = np.array(sizes) >= start
    fitted = exponent(np.array(sizes)[far], seconds[far]) if far.sum() > 1 else None
    return {
        "sizes": list(sizes),
        "seconds": seconds.tolist(),
        "fitted_from": start,
        "fitted": fitted,
        "stated": [low, high],
        "why": why,
    }


def fixed_fit(config, X, y):
    stream = draw_stream(len(X), config, 0)
    return lambda: fit(X, y, config, stream=stream)


def main():
    run = bench("scaling", __doc__)
    data = make_dataset("two_clusters")
    large = make_dataset("two_clusters", n_per_class=run.size(10_000, 100), test_share=0)
    mixed = np.random.default_rng(0).permutation(len(large.X))  # points are sorted by class
    epochs = {"max_iter": EPOCHS, "n_iter_no_change": EPOCHS}

    def of_points(n):
        some = mixed[:n]
        return fixed_fit(MLPConfig(**epochs), large.X[some], large.y[some])

    def of_units(hidden):
        return fixed_fit(MLPConfig((hidden,), **epochs), data.X, data.y)

    def of_grid(count, n_jobs=-1):
        grid = X_P_M.points[np.linspace(0, len(X_P_M.points) - 1, count).astype(int)]
        settings = RefitSettings(cache=False, n_jobs=n_jobs)
        return lambda: refits_with_point(data.X, data.y, grid, data.g(grid), data.g, settings)

    def of_side(network):
        return lambda side: lambda: boundary(network, MeshGrid(-10, 20, side))

    wide, narrow = (fit(data.X, data.y, MLPConfig((hidden,))).network for hidden in (1_000, 10))
    jobs = {
        "training_size": of_points,
        "hidden_size": of_units,
        "grid_points": of_grid,
        "mesh_side": of_side(wide),
        "mesh_side_few": of_side(narrow),
        "workers": lambda n_jobs: of_grid(run.size(192, 24), n_jobs),
    }
    sizes = SIZES | {"workers": tuple(range(1, cpu_count() + 1))}
    report = {"processor": processor(), "rounds": run.size(ROUNDS, 1)}
    for name, job in jobs.items():
        report[name] = curve(run, name, sizes[name][: run.size(None, 2)], job)
    run.write(report)


if __name__ == "__main__":
    main()

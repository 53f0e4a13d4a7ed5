"""Time of a fit to rows of any width: beside scikit-learn's, a lower bound, and for many sizes.

`python -m benchmarks.dense` prints and writes benchmarks/dense.json. Processor time, one thread.

processor        model string
rounds           how often each was timed, alternately; times are medians
clock_gigahertz  as in `benchmarks.bound`
products         vector multiply-adds (16 float32) per cycle, measured as in `benchmarks.bound`
fits             for each table, named by rows × inputs, classes and units: seconds of `fast` and
                 `sklearn` (float64), the `epochs` of each, and the ratio `sklearn_over_fast`.
                 `bound` is the time of the multiply-adds alone at the measured rate: for each
                 epoch, row and unit, 2 for each input (forward, gradient) and 3 for each output
                 (forward, backward, gradient). `fast_over_bound` is the ratio to it
growth           a fit of 20 epochs to 1,000 rows with 20 inputs and 200 units, where one of `rows`,
                 `inputs` and `units` is varied: `sizes`, `seconds`, and `fitted`, the exponent of
                 a power law
"""

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.bound import STEPS, rates_from, timed_chains
from benchmarks.timing import bench, exponent, processor
from dvlib.data.wide import make_wide
from dvlib.engine.kernel.lanes import WIDTH
from dvlib.engine.mlp import MLPConfig, train

ROUNDS = 7
# (data set, rows, units)
TABLES = (
    ("fried", 1_000, 100), ("breast_cancer", 455, 100), ("breast_cancer", 455, 1_000),
    ("digits", 1_000, 100),
)  # fmt: skip
FROM = {"rows": 1_000, "inputs": 20, "units": 200}
SIZES = {
    "rows": (200, 500, 1_000, 2_000, 5_000, 10_000), "inputs": (5, 10, 20, 40, 80, 160),
    "units": (50, 100, 200, 400, 800, 1_600),
}  # fmt: skip


def fitted(X, y, config, engine, n_classes):
    """A function without arguments that trains and returns the number of epochs."""
    return lambda: train(X, y, config, seed=0, engine=engine, n_classes=n_classes).n_iter


def against_sklearn(run, rate):
    report = {}
    for name, n, hidden in TABLES:
        n, hidden = run.size(n, 60), run.size(hidden, 20)
        data = make_wide(name, n=n, m=10)
        config = MLPConfig((hidden,), max_iter=run.size(200, 5))
        engines = {
            engine: fitted(data.X, data.y, config, engine, data.n_classes)
            for engine in ("fast", "sklearn")
        }
        engines["fast"]()  # compiled, and the random stream drawn
        seconds, epochs = run.take_turns(ROUNDS, name, **engines)
        outputs = 1 if data.n_classes == 2 else data.n_classes
        work = n * hidden * epochs["fast"] * (2 * data.X.shape[1] + 3 * outputs) / WIDTH
        title = f"{name} {n} x {data.X.shape[1]}, {data.n_classes} classes, {hidden} units"
        report[title] = seconds | {
            "epochs": epochs, "sklearn_over_fast": seconds["sklearn"] / seconds["fast"],
            "bound": work / rate, "fast_over_bound": seconds["fast"] * rate / work,
        }  # fmt: skip
    return report


def growth(run):
    report = {}
    rng = np.random.default_rng(0)
    for what, every in SIZES.items():
        sizes = every[: run.size(len(every), 2)]
        jobs = {}
        for size in sizes:
            n, d, hidden = (FROM | {what: size}).values()
            X = rng.normal(size=(n, d))
            y = (X[:, 0] + rng.normal(size=n) > 0).astype(int)
            jobs[str(size)] = fitted(X, y, MLPConfig((hidden,), max_iter=20), "fast", 2)
            jobs[str(size)]()
        seconds, _ = run.take_turns(ROUNDS, what, **jobs)
        times = list(seconds.values())
        report[what] = {"sizes": sizes, "seconds": times, "fitted": exponent(sizes, times)}
    return report


def main():
    run = bench("dense", __doc__)
    with threadpool_limits(1):
        steps = run.size(STEPS, 1_000)
        seconds, _ = run.take_turns(ROUNDS, "rates", **timed_chains(steps))
        hertz, rates = rates_from(seconds, steps)
        rate = rates["products"] * hertz
        report = {
            "processor": processor(),
            "rounds": run.size(ROUNDS, 1),
            "clock_gigahertz": hertz / 1e9,
            "products": rates["products"],
            "fits": against_sklearn(run, rate),
            "growth": growth(run),
        }
    run.write(report)


if __name__ == "__main__":
    main()

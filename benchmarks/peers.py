"""pyDVL and dvlib on the same problems: whether their values agree, and the seconds of each.

`make bench-peers` creates an environment from benchmarks/peers.txt in .cache/peers; then
`python -m benchmarks.peers` prints and writes benchmarks/peers.json. The model is scikit-learn's
MLPClassifier with 1,000 units and one seed. The utility is minus the dv of its boundary to g on a
mesh of 100 points per side. Sets of at most 200 points are one minibatch, so the order of a set's
points changes rounding only.

processor      model string
versions       versions of pyDVL and its scikit-learn, and of dvlib's scikit-learn
rounds         how often each was timed, alternately; seconds are medians, without process starts
leave_one_out  100 points of `two_clusters`: pyDVL's LOOValuation, dvlib's `refits_without_point`
shapley        9 points, from the same 24 permutations, none cut short: pyDVL's ShapleyValuation,
               dvlib's `Utility` of their prefixes

Each has the seconds of `pydvl`, and of dvlib with its `sklearn` and its `fast` engine, on the same
cores; `pydvl_over_sklearn` and `pydvl_over_fast`; the largest difference from pyDVL's values,
`sklearn_apart` and `fast_apart`; the largest absolute value, `largest`; and the share of the mesh
that one point stands for, `mesh_point`.
"""

import json
import os
import statistics
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.timing import bench, clock, one_bar, processor
from dvlib.data.datasets import make_dataset
from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.leave_one_out import against_g
from dvlib.methods.one_point import refits_without_point
from dvlib.methods.shapley.coalitions import Utility
from dvlib.refits.batch import RefitSettings
from dvlib.root import project_root

ROUNDS = 5
PYTHON = project_root() / ".cache" / "peers" / "bin" / "python"
VERSIONS = (
    "import json; from importlib.metadata import version; "
    "print(json.dumps({name: version(name) for name in ('pydvl', 'scikit-learn')}))"
)


def run_pydvl(problem, folder):
    """Seconds and values of pyDVL, without the start of its processes."""
    paths = [str(Path(folder) / name) for name in ("problem.npz", "result.npz")]
    np.savez(paths[0], **problem)
    command = [str(PYTHON), "-W", "ignore", "-m", "benchmarks.pydvl_side", *paths]
    quiet = os.environ | {"PYTHONWARNINGS": "ignore"}  # about fits that use up their epochs
    subprocess.run(command, check=True, cwd=project_root(), env=quiet)
    with np.load(paths[1]) as result:
        return float(result["seconds"]), result["values"]


def along_orders(utility, orders):
    """Shapley values (n,): the mean of what a point adds to those before it in each order."""
    count, n = orders.shape
    prefixes = [order[:size] for order in orders for size in range(n + 1)]
    added = np.diff(utility(prefixes, 0, "prefixes").reshape(count, n + 1))
    return np.take_along_axis(added, orders.argsort(1), 1).mean(0)


def compare(run, what, problem, ours):
    """Time pyDVL and `ours`, a function of an engine's name to values, and compare the values."""
    times = {"pydvl": [], "sklearn": [], "fast": []}
    values = {}
    with tempfile.TemporaryDirectory() as folder, one_bar():
        ours("fast")  # compiled beforehand
        for _ in tqdm(range(run.size(ROUNDS, 1)), f"peers, {what}", unit="round", disable=None):
            for name in times:
                if name == "pydvl":
                    taken, values[name] = run_pydvl(problem, folder)
                else:
                    taken, values[name] = clock(ours, name)
                times[name].append(taken)
    report = {name: statistics.median(taken) for name, taken in times.items()}
    for name in ("sklearn", "fast"):
        report[f"pydvl_over_{name}"] = report["pydvl"] / report[name]
        report[f"{name}_apart"] = float(np.abs(values[name] - values["pydvl"]).max())
    largest = float(np.abs(values["pydvl"]).max())
    return report | {"largest": largest, "mesh_point": 1 / len(problem["truth"])}


def main():
    run = bench("peers", __doc__)
    if not PYTHON.exists():
        raise SystemExit(f"error: no environment with pyDVL at {PYTHON}: run make bench-peers")
    config = MLPConfig((run.size(1_000, 50),))
    mesh = MeshGrid(X_M.low, X_M.high, run.size(100, 50))
    data = make_dataset("two_clusters", n_per_class=run.size(50, 8), test_share=0)
    truth = boundary(data.g, mesh)
    rows, columns = np.divmod(np.arange(truth.size), mesh.side)
    shared = {
        "hidden": config.hidden_layer_sizes[0],
        "max_iter": config.max_iter,
        "seed": 0,
        "mesh_points": np.column_stack([mesh.axis[columns], mesh.axis[rows]]),
        "truth": truth.ravel(),
    }

    def settings(engine):
        return RefitSettings(config=config, mesh=mesh, engine=engine, cache=False)

    def leave_one_out(engine):
        return against_g(refits_without_point(data.X, data.y, data.g, settings(engine))).values

    points = MeshGrid(X_M.low, X_M.high, 3).points
    labels = data.g(points)
    orders = np.random.default_rng(0).permuted(np.tile(np.arange(len(points)), (24, 1)), axis=1)

    def shapley(engine):
        return along_orders(Utility(points, labels, data.g, settings(engine)), orders)

    versions = json.loads(subprocess.check_output([str(PYTHON), "-c", VERSIONS], text=True))
    report = {
        "processor": processor(),
        "versions": {"pydvl's": versions, "dvlib's": {"scikit-learn": version("scikit-learn")}},
        "rounds": run.size(ROUNDS, 1),
    }
    problems = {
        "leave_one_out": ({"X": data.X, "y": data.y, "permutations": []}, leave_one_out),
        "shapley": ({"X": points, "y": labels, "permutations": orders}, shapley),
    }
    for name, (problem, ours) in problems.items():
        report[name] = compare(run, name, shared | problem, ours)
    run.write(report)


if __name__ == "__main__":
    main()

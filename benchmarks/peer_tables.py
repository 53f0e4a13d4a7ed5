"""pyDVL and dvlib on the same fits to a table: whether their values agree.

`make bench-peers` creates an environment from benchmarks/peers.txt in .cache/peers; then `python -m
benchmarks.peer_tables` prints and writes benchmarks/peer_tables.json, and stops with an error if
they disagree. The table is `breast_cancer`, the model scikit-learn's MLPClassifier with 20 units
and 60 epochs, and the utility the accuracy on further rows. No set has more than 200 rows, so each
is one minibatch, and the order of its rows changes rounding only.

rows            rows of the table
oob             pyDVL's DataOOBValuation and dvlib's `out_of_sample`, from the same fits to 60
                random halves: the largest difference, `apart`, and the largest value, `largest`
leave_one_out   pyDVL's LOOValuation and dvlib's `one_row_left_out`: the same
shapley         pyDVL's ShapleyValuation from 150 permutations of 12 rows, and dvlib's `shapley`
                from 1,800 sets: the largest difference in units of its standard error,
                `errors_apart`; the correlation of the values, `correlation`
hand_over       `DataValues.to_pydvl`: the largest difference after the way, `apart`
"""

import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.peers import PYTHON
from benchmarks.timing import bench
from dvlib.data.wide import make_wide
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.values import DataValues
from dvlib.refits.batch import RefitSettings
from dvlib.root import project_root
from dvlib.tables.halves import out_of_sample
from dvlib.tables.passes import fits_of, one_row_left_out, random_halves
from dvlib.tables.shapley import sets_of_all_sizes, shapley
from dvlib.tables.utilities import accuracy

ROUNDING = 1e-12  # means of the same numbers in another order
SURE = 4.5  # errors of a difference: 12 rows are beyond by chance once in 10,000 times


def main():
    run = bench("peer_tables", __doc__)
    if not PYTHON.exists():
        raise SystemExit(f"error: no environment with pyDVL at {PYTHON}: run make bench-peers")
    n, n_few, n_permutations = run.size(80, 20), 12, run.size(150, 20)
    data = make_wide("breast_cancer", n=n, m=200, seed=0, noise=0.1)
    config = MLPConfig((20,), max_iter=60)
    settings = RefitSettings(config=config, engine="sklearn", cache=False)
    shared = {"at": np.concatenate([data.U, data.X]), "n_classes": 2}
    target = slice(0, len(data.U))

    halves = random_halves(n, run.size(60, 10), seed=0)
    seen = fits_of(data.X, data.y, halves, settings, **shared).probabilities
    right = seen[:, len(data.U) :].argmax(-1) == data.y
    ours = {"oob": out_of_sample(halves, right)}
    left = one_row_left_out(data.X, data.y, settings, n_runs=1, at=data.U, n_classes=2)
    gone = accuracy(left.base[0], data.y_U) - accuracy(left.refits[:, 0], data.y_U)
    ours["loo"] = gone, np.full(n, np.nan)
    few = np.concatenate([np.flatnonzero(data.y == k)[: n_few // 2] for k in (0, 1)])
    sets = sets_of_all_sizes(n_few, run.size(1_800, 100), seed=0)
    zeros = np.zeros(len(sets.inside), int)  # pyDVL fits all sets with one seed
    of_sets = fits_of(data.X[few], data.y[few], sets.inside, settings, **shared, seeds=zeros)
    ours["shapley"] = shapley(sets, accuracy(of_sets.probabilities[:, target], data.y_U))

    values = DataValues(data.X, data.y, *ours["oob"], "out of sample", "frequency")
    rng = np.random.default_rng(1)
    problem = {
        "X": data.X, "y": data.y, "target": data.U, "target_labels": data.y_U, "halves": halves,
        "few": few, "permutations": [rng.permutation(n_few) for _ in range(n_permutations)],
        "hidden": 20, "max_iter": 60,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "problem.npz", **problem)
        values.to_pydvl(Path(folder) / "handed.json")
        command = [str(PYTHON), "-W", "ignore", "-m", "benchmarks.pydvl_tables", folder]
        quiet = os.environ | {"PYTHONWARNINGS": "ignore"}
        subprocess.run(command, check=True, cwd=project_root(), env=quiet)
        with np.load(Path(folder) / "result.npz") as result:
            theirs = dict(result)

    report = {"rows": n}
    for name, title in (("oob", "oob"), ("loo", "leave_one_out")):
        apart = float(np.abs(ours[name][0] - theirs[name]).max())
        report[title] = {"apart": apart, "largest": float(np.abs(theirs[name]).max())}
    error = np.hypot(ours["shapley"][1], theirs["shapley_errors"])
    report["shapley"] = {
        "errors_apart": float((np.abs(ours["shapley"][0] - theirs["shapley"]) / error).max()),
        "correlation": float(np.corrcoef(ours["shapley"][0], theirs["shapley"])[0, 1]),
    }
    report["hand_over"] = {"apart": float(np.abs(theirs["handed"] - values.values).max())}
    run.write(report)
    apart = [report[name]["apart"] for name in ("oob", "leave_one_out", "hand_over")]
    if max(apart) > ROUNDING or report["shapley"]["errors_apart"] > SURE:
        raise SystemExit("error: pyDVL and dvlib disagree, see above")


if __name__ == "__main__":
    main()

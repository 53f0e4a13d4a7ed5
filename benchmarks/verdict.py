"""Is the verdict on labels right, on tables and seeds that its design had not seen?

After `make bench-labels`, `python -m benchmarks.verdict` prints and writes benchmarks/verdict.json
in a few minutes. Labels of 13 tables of at most 600 rows are changed: 5, 10 and 20 % at random,
10 % in the more frequent classes only, and 10 % by difficulty (`benchmarks.labels.flipped`), with
seeds 5 to 7. A label that was wrong in the table before counts as right. Tasks are told apart by
what the verdict says: `number` (an estimate with an interval), `bound` (at most) and `refused`
(ranks only); `hard` flips are in none of these.

tasks      number of tasks, and of tables
covered    share of the intervals that hold the planted number; of `bound`, of the upper ends that
           are not below it
bias       mean of number less planted, in percentage points of the rows
miss       mean absolute difference of number and planted, in percentage points of the rows
stated     mean precision and recall that the verdict states of its flags
true       the same, as planted
f1         F1 of the flags, and of `P(label) < 0.3`
"""

import warnings
from itertools import product

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score
from tqdm import tqdm

from benchmarks.labels import FOLDER, aside, flipped
from benchmarks.timing import bench, one_bar
from dvlib.suite.bundle import finite
from dvlib.tables.frames import read_rows
from dvlib.tables.value import value

NOISES, SEEDS = ("uniform_5", "uniform_10", "uniform_20", "class_10", "hard"), (5, 6, 7)


def judged(rows, noise, seed):
    """What the verdict says of one task, beside what was planted."""
    y = flipped(rows, noise, seed)
    planted = y != rows.y
    found = value(rows.X, y, "oob", seed=seed, quiet=True)
    verdict, n = found.verdict, len(y)
    says = "refused" if verdict.refused else "bound" if verdict.bound else "number"
    flagged, hits = verdict.flagged, (verdict.flagged & planted).sum()
    covered = verdict.high >= planted.sum() and (verdict.bound or verdict.low <= planted.sum())
    return {
        "says": "hard" if noise == "hard" else says,
        "covered": np.nan if verdict.refused else covered,
        "bias": 100 * (verdict.number - planted.sum()) / n,
        "stated_precision": verdict.precision, "stated_recall": verdict.recall,
        "true_precision": hits / flagged.sum() if flagged.any() else np.nan,
        "true_recall": hits / planted.sum(),
        "f1_flags": f1_score(planted, flagged), "f1_limit": f1_score(planted, found.p_label < 0.3),
    }  # fmt: skip


def main():
    run = bench("verdict", __doc__)
    warnings.simplefilter("ignore")
    aside("cleanlab", "tables")
    tables = sorted((FOLDER / "unseen").glob("*.csv"))[: run.size(None, 2)]
    lines = []
    for path, seed in tqdm([*product(tables, run.size(SEEDS, SEEDS[:1]))], "verdict", disable=None):
        rows = read_rows(pd.read_csv(path), label="label")
        with one_bar():
            lines += [{"table": path.stem, **judged(rows, noise, seed)} for noise in NOISES]
    report = {}
    for says, some in pd.DataFrame(lines).groupby("says"):
        mean = some.drop(columns=["table", "says"]).astype(float).mean().round(3)
        of = {"tasks": [len(some), some["table"].nunique()], "covered": mean["covered"]}
        of |= {"bias": mean["bias"], "miss": round(float(some["bias"].abs().mean()), 3)}
        for kind in ("stated", "true"):
            of[kind] = {name: mean[f"{kind}_{name}"] for name in ("precision", "recall")}
        report[says] = of | {"f1": {name: mean[f"f1_{name}"] for name in ("flags", "limit")}}
    run.write(finite(report))  # of refused tasks, there is no number


if __name__ == "__main__":
    main()

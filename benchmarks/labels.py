"""Which score finds wrong labels best: dvlib's, cleanlab's and pyDVL's on the same planted flips.

`make bench-labels` creates an environment with cleanlab and the tables from benchmarks/labels.txt,
and one with pyDVL; then `python -m benchmarks.labels` prints and writes benchmarks/labels.json. All
tables come with packages, and none is committed. dvlib's reader makes the numbers, so that all
methods see the same ones. Tasks that are done stay in .cache/labels, and are not done again.

Labels are flipped at random (5, 10 and 20 % of the rows); the same numbers in the more frequent
half of the classes only; and 10 % by difficulty, drawn with the probability that a logistic
regression gives to the other classes, which are reported apart. There are five seeds.

The tables were split before any result was seen: in alphabetical order, alternately half A, to
choose, and half B, to report. The rule, also written before: our default is the ranking with the
highest mean average precision on A, among those whose median seconds are at most those of
cleanlab's ensemble; of the rules for flags, the one with the highest mean F1 on A.

Most names are those of dvlib's methods. `network` are 100 fits to random halves (the default of
`dvlib.value`), `trees` single trees fitted to the same halves, and `both` the mean of their
probabilities. `wrong` is the probability of `dvlib.tables.verdict` that a label is wrong; `also`
are the rows that it flags, or finds worth a look. A name with `+` is a mean of ranks. cleanlab's
probabilities are those of five-fold cross-validation.

processor  model string
versions   versions of packages of dvlib; those of its peers are in labels.txt and peers.txt
halves     the names of the tables in half `A` and in half `B`
tables     rows, columns and classes of each table
tasks      number of tasks, each a table with planted flips
seconds    median processor time of each method for a task, on one thread
rankings   average precision of the planted flips
flags      F1 of yes or no, with precision and recall

Each ranking and each rule for flags has the mean of `A` and `B` over the tables and its standard
errors over tables, `A_error` and `B_error`; and means over all tables for each kind of flips:
`uniform_5`, …, `class_20`, `hard`. `hard` is in no other mean. `chosen` is what the rule takes,
`best_single` the best single model of cleanlab on either half, `less` what the chosen one has more
than each of cleanlab's, table by table (`less_uniform` for uniform flips alone).
"""

import os
import subprocess
import time
from functools import partial
from importlib.metadata import version

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_recall_fscore_support
from sklearn.tree import DecisionTreeClassifier
from tqdm import tqdm

from benchmarks.peers import PYTHON as PYDVL
from benchmarks.timing import bench, clock, one_bar, processor
from dvlib.engine.mlp import MLPConfig
from dvlib.refits.batch import RefitSettings
from dvlib.root import project_root
from dvlib.tables.frames import read_rows
from dvlib.tables.halves import out_of_sample
from dvlib.tables.learning import el2n, mean_probability
from dvlib.tables.passes import fits_of, random_halves, trajectories_of
from dvlib.tables.verdict import UNUSUAL, label_verdict

FOLDER = project_root() / ".cache" / "labels"
SIDES = {"cleanlab": FOLDER / "env" / "bin" / "python", "pydvl": PYDVL}
SEEDS, HALVES, RUNS = 5, 100, 5
NOISES = [f"{kind}_{share}" for kind in ("uniform", "class") for share in (5, 10, 20)] + ["hard"]
MODELS = ("logistic", "forest", "boosting")


def aside(side, what, *arguments):
    """Run benchmarks.labels_side in the environment of a peer, on one thread."""
    command = [str(SIDES[side]), "-W", "ignore", "-m", "benchmarks.labels_side", what, str(FOLDER)]
    quiet = os.environ | {"PYTHONWARNINGS": "ignore"}
    subprocess.run([*command, *arguments], check=True, cwd=project_root(), env=quiet)


def flipped(rows, noise, seed):
    """Labels (n,) with planted flips; the shares of a kind are nested."""
    y, K = rows.y, len(rows.classes)
    rng = np.random.default_rng([seed, len(y), sum(map(ord, noise.split("_")[0]))])
    weights = np.ones(len(y))
    if noise.startswith("class"):  # of an odd number of classes, the larger half
        frequent = np.argsort(-np.bincount(y), kind="stable")[: (K + 1) // 2]
        weights = np.isin(y, frequent).astype(float)
    if noise == "hard":
        model = LogisticRegression(max_iter=1_000).fit(rows.X, y)
        weights = 1 - model.predict_proba(rows.X)[np.arange(len(y)), y]
    # An exponential variable over the weight: the smallest are a draw without replacement.
    order = np.argsort(rng.exponential(size=len(y)) / np.maximum(weights, 1e-12))
    others = (y + rng.integers(1, K, len(y))) % K
    share = 10 if noise == "hard" else int(noise.split("_")[1])
    chosen = np.isin(np.arange(len(y)), order[: round(share / 100 * len(y))])
    return np.where(chosen, others, y)


def ours(X, y, K, seed):
    """Rankings, flags and seconds of dvlib's candidates, and their probabilities."""
    inside, own = random_halves(len(y), HALVES, seed), np.arange(len(y))
    times, fits, P, verdicts = {}, {}, {}, {}

    settings = partial(RefitSettings, (seed,), cache=False, n_jobs=1)

    def halves(model):
        return fits_of(X, y, inside, settings(config=model), at=X, n_classes=K).probabilities

    def took(name, function, *arguments, **options):
        times[name], result = clock(function, *arguments, timer=time.process_time, **options)
        return result

    network, tree = MLPConfig((100,)), DecisionTreeClassifier(max_features="sqrt")
    runs = took("runs", trajectories_of, X, y, settings(config=network), n_runs=RUNS, n_classes=K)
    fits["network"] = took("network", halves, network)
    fits["trees"] = took("trees", halves, tree)
    times["both"] = times["network"] + times["trees"]
    for name, seen in fits.items():
        P[name] = (~inside[..., None] * seen).sum(0) / (~inside).sum(0)[:, None]
    P["both"] = (P["network"] + P["trees"]) / 2
    for name in P:
        verdicts[name] = took(f"wrong {name}", label_verdict, P[name], y)

    rank = {f"P {name}": 1 - p[own, y] for name, p in P.items()}
    rank |= {f"wrong {name}": verdict.wrong for name, verdict in verdicts.items()}
    right = {name: seen.argmax(-1) == y for name, seen in fits.items()}
    rank |= {f"oob {name}": 1 - out_of_sample(inside, right[name])[0] for name in fits}
    rank |= {"p_label": 1 - mean_probability(runs, y)[0], "el2n": el2n(runs, y)[0]}
    seconds = {name: times[name.split()[-1]] for name in rank if " " in name}
    for name in P:
        seconds[f"wrong {name}"] += times[f"wrong {name}"]
    seconds |= dict.fromkeys(("p_label", "el2n"), times["runs"])
    for other in ("P network", "P trees", "P both", "wrong both"):
        rank[f"p_label + {other}"] = (rankdata(rank["p_label"]) + rankdata(rank[other])) / 2
        seconds[f"p_label + {other}"] = times["runs"] + seconds[other]
    flag = {f"wrong {name}": verdict.flagged for name, verdict in verdicts.items()}
    flag |= {f"also {name}": v.flagged | v.also for name, v in verdicts.items()}
    flag |= {f"P < {UNUSUAL} {name}": p[own, y] < UNUSUAL for name, p in P.items()}
    parts = {"rank": rank, "flag": flag, "seconds": seconds}
    named = {f"{part} {name}": a for part, some in parts.items() for name, a in some.items()}
    return named | {f"P {name}": p for name, p in P.items()}


def compute(names, seed):
    """Do what is not done yet of the tasks of one seed."""
    tasks = [f"{name}-{noise}-{seed}" for name in names for noise in NOISES]
    for task in tqdm(tasks, f"labels, seed {seed}", unit="task", disable=None):
        name, noise, _ = task.split("-")
        done = FOLDER / "dvlib" / f"{task}.npz"
        if done.exists():
            continue
        rows = read_rows(pd.read_csv(FOLDER / "tables" / f"{name}.csv"), label="label")
        y, K = flipped(rows, noise, seed), len(rows.classes)
        np.savez(FOLDER / "tasks" / f"{task}.npz", X=rows.X, y=y, true=rows.y, seed=seed)
        with one_bar():
            np.savez(done, **ours(rows.X, y, K, seed))
    for side in SIDES:
        left = [task for task in tasks if not (FOLDER / side / f"{task}.npz").exists()]
        if left:
            aside(side, side, *left)
    return tasks


def measured(task):
    """Average precision, F1, precision, recall and seconds: rows of part, name, value."""
    with np.load(FOLDER / "tasks" / f"{task}.npz") as planted:
        wrong = planted["y"] != planted["true"]
    for side in ("dvlib", *SIDES):
        with np.load(FOLDER / side / f"{task}.npz") as found:
            for key in found:
                part, name = key.split(" ", 1)
                if part == "rank":
                    yield "ap", name, average_precision_score(wrong, found[key])
                elif part == "flag":
                    shares = precision_recall_fscore_support(
                        wrong, found[key], average="binary", zero_division=0
                    )
                    for kind, share in zip(("precision", "recall", "f1"), shares, strict=False):
                        yield kind, name, share
                elif part == "seconds":
                    yield "seconds", name, float(found[key])


def results(tasks, halves):
    """What is reported of tasks that are done."""
    lines = [(*task.split("-")[:2], *line) for task in tasks for line in measured(task)]
    frame = pd.DataFrame(lines, columns=["table", "noise", "part", "name", "value"])
    means, of_uniform = (
        frame[frame["noise"].str.contains(kinds)].pivot_table("value", "table", ["part", "name"])
        for kinds in ("uniform|class", "uniform")
    )
    by_table = frame.pivot_table("value", ["part", "name"], ["noise", "table"]).T
    by_noise = by_table.groupby("noise").mean().round(3)
    seconds = frame[frame["part"] == "seconds"].groupby("name")["value"].median().round(3)

    def summary(of_tables):
        report = {}
        for half, names in halves.items():
            some = of_tables[names]
            report |= {half: some.mean(), f"{half}_error": some.std() / np.sqrt(len(names))}
        return {name: round(float(value), 3) for name, value in report.items()}

    def ranked(part, half, names):
        return means[part].loc[halves[half], [*names]].mean().sort_values(ascending=False).index

    report = {"tasks": len(tasks), "seconds": seconds.to_dict()}
    for title, part in (("rankings", "ap"), ("flags", "f1")):
        names = [*means[part]]
        theirs = [name for name in names if name.startswith("cleanlab")]
        singles = [name for name in theirs if name.split()[1] in MODELS]
        cheap = [name for name in names if not name.startswith(("cleanlab", "pyDVL"))]
        if part == "ap":
            cheap = [name for name in cheap if seconds[name] <= seconds["cleanlab ensemble"]]
        chosen = ranked(part, "A", cheap)[0]
        report[title] = {
            "chosen": chosen,
            "best_single": {half: ranked(part, half, singles)[0] for half in halves},
        }
        for less, some in (("less", means[part]), ("less_uniform", of_uniform[part])):
            report[title][less] = {name: summary(some[chosen] - some[name]) for name in theirs}
        for name in ranked(part, "A", names):
            found = summary(means[part, name]) | by_noise[part, name].to_dict()
            if part == "f1":
                found |= {more: summary(means[more, name]) for more in ("precision", "recall")}
            report[title][name] = found
    return report


def main():
    run = bench("labels", __doc__)
    for side, python in SIDES.items():
        if not python.exists():
            raise SystemExit(f"error: no environment of {side} at {python}: run make bench-labels")
    for part in ("tables", "tasks", "dvlib", *SIDES):
        (FOLDER / part).mkdir(parents=True, exist_ok=True)
    if not list((FOLDER / "tables").iterdir()):
        aside("cleanlab", "tables")
    names = sorted(path.stem for path in (FOLDER / "tables").iterdir())[: run.size(None, 4)]
    halves = {"A": names[::2], "B": names[1::2]}
    with one_bar():  # compiled and imported beforehand
        ours(np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 2, 2, 0)
    tasks = [task for seed in range(run.size(SEEDS, 1)) for task in compute(names, seed)]
    shapes = {}
    for task in tasks:
        with np.load(FOLDER / "tasks" / f"{task}.npz") as planted:
            shapes[task.split("-")[0]] = [*planted["X"].shape, int(planted["true"].max()) + 1]
    versions = {name: version(name) for name in ("numpy", "scikit-learn")}
    report = {"processor": processor(), "versions": versions, "halves": halves, "tables": shapes}
    run.write(report | results(tasks, halves))


if __name__ == "__main__":
    main()

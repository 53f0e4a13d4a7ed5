"""pyDVL's half of `benchmarks.peer_tables`, for an environment with pyDVL and without dvlib.

`python -m benchmarks.pydvl_tables FOLDER` reads problem.npz and handed.json, and writes result.npz.
"""

import json
import sys
from pathlib import Path

import numpy as np
from joblib import parallel_config
from pydvl.utils.status import Status
from pydvl.valuation import (
    DataOOBValuation,
    Dataset,
    LOOValuation,
    MinUpdates,
    ModelUtility,
    ShapleyValuation,
    SupervisedScorer,
)
from pydvl.valuation.result import ValuationResult
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.neural_network import MLPClassifier

from benchmarks.pydvl_side import GivenPermutations


class Bag(ClassifierMixin, BaseEstimator):
    """Fits to given subsets, as a bagging model is seen by pyDVL."""

    def __init__(self, estimators=(), samples=()):
        self.estimators, self.samples = estimators, samples
        self.estimators_, self.estimators_samples_ = estimators, samples

    def fit(self, X, y):
        """Nothing: it is fitted as it is made."""
        return self

    def __str__(self):
        return "fits to random halves"


def accuracy(model, X, y):
    return np.mean(model.predict(X) == y)


def main():
    folder = Path(sys.argv[1])
    given = np.load(folder / "problem.npz")

    def network(seed=0):
        return MLPClassifier(
            (int(given["hidden"]),), max_iter=int(given["max_iter"]), random_state=seed
        )

    X, y = given["X"], given["y"]
    rows = [np.flatnonzero(inside) for inside in given["halves"]]
    fits = [network(seed).fit(X[chosen], y[chosen]) for seed, chosen in enumerate(rows)]
    oob = DataOOBValuation(Bag(fits, rows)).fit(Dataset(X, y))

    target = Dataset(given["target"], given["target_labels"])
    # Without rows dvlib's model gives each class ½, and the first of equal classes is its label.
    nothing = float(np.mean(given["target_labels"] == 0))
    scorer = SupervisedScorer(accuracy, target, default=nothing, range=(0, 1))
    utility = ModelUtility(network(), scorer, catch_errors=False, show_warnings=False)
    with parallel_config(n_jobs=-1):
        loo = LOOValuation(utility, progress=False).fit(Dataset(X, y))
        few = Dataset(X[given["few"]], y[given["few"]])
        sampler = GivenPermutations(given["permutations"])
        stop = MinUpdates(len(sampler.given))
        shapley = ShapleyValuation(utility, sampler, stop, progress=False).fit(few)

    handed = ValuationResult(
        **json.loads((folder / "handed.json").read_text()), status=Status.Converged
    )
    ranked = handed.sort(key="value", reverse=False, inplace=False)
    assert (np.diff(ranked.values) >= 0).all() and len(handed) == len(X)
    found = {
        "handed": handed.values,
        "handed_errors": handed.stderr,
        "algorithm": str(handed.algorithm),
    }
    for name, method in (("oob", oob), ("loo", loo), ("shapley", shapley)):
        result = method.result.sort(key="index", reverse=False, inplace=False)
        found[name], found[f"{name}_errors"] = result.values, result.stderr
    np.savez(folder / "result.npz", **found)


if __name__ == "__main__":
    main()

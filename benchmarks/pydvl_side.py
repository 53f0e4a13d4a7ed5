"""pyDVL's half of `benchmarks.peers`, for an environment with pyDVL and without dvlib.

`python -m benchmarks.pydvl_side PROBLEM RESULT` reads and writes .npz files.
"""

import argparse
import time

import numpy as np
from joblib import parallel_config
from pydvl.valuation import (
    Dataset,
    LOOValuation,
    MinUpdates,
    ModelUtility,
    ShapleyValuation,
    SupervisedScorer,
)
from pydvl.valuation.samplers import DeterministicPermutationSampler
from pydvl.valuation.types import Sample
from sklearn.neural_network import MLPClassifier


class GivenPermutations(DeterministicPermutationSampler):
    """A sampler of given permutations, in the given order."""

    def __init__(self, permutations):
        super().__init__()
        self.given = permutations

    def generate(self, indices):
        for permutation in self.given:
            yield Sample(None, permutation)

    def sample_limit(self, indices):
        return len(self.given)


def minus_dv(model, mesh_points, truth):
    """Minus the share of the mesh on which the model and g disagree."""
    return -np.mean(model.predict(mesh_points) != truth)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("problem")
    parser.add_argument("result")
    options = parser.parse_args()
    given = np.load(options.problem)
    model = MLPClassifier(
        (int(given["hidden"]),), max_iter=int(given["max_iter"]), random_state=int(given["seed"])
    )
    mesh = Dataset(given["mesh_points"], given["truth"])
    # As in dvlib, the empty set's model predicts ½ everywhere. Other sets must not fail.
    scorer = SupervisedScorer(minus_dv, mesh, default=-0.5, range=(-1, 0))
    utility = ModelUtility(model, scorer, catch_errors=False, show_warnings=False)
    if len(given["permutations"]):
        sampler = GivenPermutations(given["permutations"])
        method = ShapleyValuation(utility, sampler, MinUpdates(len(sampler.given)), progress=False)
    else:
        method = LOOValuation(utility, progress=False)
    training = Dataset(given["X"], given["y"])
    first = [np.flatnonzero(given["y"] == label)[:2] for label in (0, 1)]
    few = np.concatenate(first)
    with parallel_config(n_jobs=-1):
        LOOValuation(utility, progress=False).fit(Dataset(given["X"][few], given["y"][few]))
        started = time.perf_counter()  # after the fit above has started the processes
        method.fit(training)
        seconds = time.perf_counter() - started
    result = method.result.sort(key="index", reverse=False, inplace=False)
    np.savez(options.result, values=result.values, seconds=seconds, counts=result.counts)


if __name__ == "__main__":
    main()

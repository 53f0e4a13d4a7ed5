"""Values of the rows of a table with noisy labels by all methods, for the eighth extension.

Each function adds to a dict of (method, fits) → (n,) values, low = taken for noisy.
"""

import numpy as np

from dvlib.tables import halves, learning
from dvlib.tables.influence_functions import Influence
from dvlib.tables.passes import fits_of, random_halves, trajectories_of
from dvlib.tables.shapley import sets_of_all_sizes, shapley
from dvlib.tables.utilities import accuracy, log_likelihood

BUDGETS = (10, 100, 600)  # fits to subsets
RUNS = (1, 10)  # watched runs
DAMPING = 0.01  # of influence functions, as in Extension 10
UTILITIES = {"accuracy": accuracy, "log-likelihood": log_likelihood}


def of_runs(values, data, how, target):
    """Values of watched runs."""
    last = how.config.max_iter
    runs = trajectories_of(
        data.X, data.y, how, n_runs=max(RUNS), n_classes=2, epochs=(learning.EARLY, last)
    )
    part, labels = target
    at = data.U[part]
    influence = []
    for kept in runs.networks:
        of = Influence.of(kept[-1], data.X, data.y, damping=DAMPING)
        without = log_likelihood(of.moved(at, of.left_out(at)), labels)
        influence.append(log_likelihood(kept[-1].probabilities(at), labels) - without)
    for count in RUNS:
        some = runs._replace(
            probabilities=runs.probabilities[:count], n_iter=runs.n_iter[:count],
            networks=tuple(kept[:1] for kept in runs.networks[:count]), epochs=(learning.EARLY,),
        )  # fmt: skip
        values["mean P(label)", count] = learning.mean_probability(some, data.y)[0]
        values["EL2N", count] = -learning.el2n(some, data.y)[0]
        values["GraNd", count] = -learning.grand(some, data.X, data.y)[0]
        values["influence functions", count] = np.mean(influence[:count], axis=0)


def of_halves(values, data, how, targets, most):
    """Values of fits to random halves."""
    n, budgets = len(data.X), [one for one in BUDGETS if one <= most]
    inside = random_halves(n, max(budgets), how.seed)
    seen = fits_of(
        data.X, data.y, inside, how, at=np.concatenate([data.X, _targets(data, targets)]),
        n_classes=2,
        description="fits to random halves",
    )  # fmt: skip
    right = seen.probabilities[:, :n].argmax(-1) == data.y
    worth = _worth(seen.probabilities[:, n:], targets)
    for count in budgets:
        some = slice(count)
        values["out of sample", count] = halves.out_of_sample(inside[some], right[some])[0]
        values["memorization", count] = -halves.memorization(inside[some], right[some])[0]
        for protocol, utility in worth.items():
            found, _ = halves.banzhaf(inside[some], utility[some])
            values[f"Banzhaf, {protocol}", count] = found


def of_sets(values, data, how, targets, most):
    """Shapley values of sets of all sizes."""
    for count in (one for one in BUDGETS[1:] if one <= most):
        sets = sets_of_all_sizes(len(data.X), count, how.seed)
        seen = fits_of(
            data.X, data.y, sets.inside, how, at=_targets(data, targets), n_classes=2,
            description="fits to sets of all sizes",
        )  # fmt: skip
        for protocol, utility in _worth(seen.probabilities, targets).items():
            values[f"Shapley, {protocol}", count] = shapley(sets, utility)[0]


def _targets(data, targets):
    """The points of all targets, which come first in U."""
    return data.U[: max(part.stop for part, _ in targets.values())]


def _worth(P, targets):
    """Utilities (S,) of fits with probabilities (S, m, K), by target and utility."""
    return {
        f"{title}, {name}": utility(P[:, part], labels)
        for title, (part, labels) in targets.items()
        for name, utility in UTILITIES.items()
    }

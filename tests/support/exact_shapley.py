"""Exact Shapley values of a few points from the models of all their subsets."""

import math

import numpy as np

from dvlib.methods.shapley.coalitions import Utility
from dvlib.methods.values import DataValues, Samples


def exact_shapley_values(X, y, g, settings):
    """Shapley values of a small training set from the models of all its 2^n subsets."""
    utility = Utility(X, y, g, settings)
    n = len(utility.X)
    members = np.arange(2**n)[:, None] >> np.arange(n) & 1
    subsets = [np.flatnonzero(row) for row in members]
    by_seed = [exact_shapley(utility(subsets, seed, "all subsets")) for seed in settings.seeds]
    return DataValues.over_seeds(
        Samples(utility.X, utility.y, utility.settings, utility.n_fits), np.transpose(by_seed),
        "exact Shapley", "share of the mesh",
    )  # fmt: skip


def exact_shapley(utilities):
    """Shapley values (n,) of n players from the utility of each of the 2^n sets.

    Player i is in set s if bit i of s is 1.

    >>> exact_shapley([0, 1, 1, 4]).tolist()
    [2.0, 2.0]
    """
    utilities = np.asarray(utilities, float)
    n = utilities.size.bit_length() - 1
    sets = np.arange(2**n)
    sizes = np.array([int(s).bit_count() for s in sets])
    values = np.empty(n)
    for i in range(n):
        without = sets[sets >> i & 1 == 0]
        weights = [1 / (n * math.comb(n - 1, size)) for size in sizes[without]]
        values[i] = weights @ (utilities[without | 1 << i] - utilities[without])
    return values

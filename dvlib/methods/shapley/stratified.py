"""Shapley values of a training set by stratified sampling of the sizes of sets.

A Shapley value is the mean over sizes m of the mean marginal contribution to sets of m points. On a
mesh, marginal contributions to small sets are a hundred times as large, and as noisy, as those to
large sets, and a random permutation seldom puts a point among the first few. So the sizes are
divided into strata, which are narrow for small sets. Each round samples the stratum that lowers the
error most for its cost (stratified sampling with optimum allocation; Castro et al. 2017).
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dvlib.checks import check_count, check_memory
from dvlib.methods.shapley.coalitions import (
    ROUNDING,
    Utility,
    check_target,
    error_share,
    reached,
    show_error,
)
from dvlib.methods.values import DataValues
from dvlib.refits.progress import progress_bar

FIT_COST = 140  # fixed cost of a fit and its boundary, in units of the cost per training point
PILOT = 8  # sets per round, and sets of a stratum before its variance is trusted


@dataclass(frozen=True, eq=False)
class Stratified:
    """Sampled marginal contributions and the values computed from them.

    `marginals[h]`, shape (sets, n), are those of stratum h, nan where a set does not give a
    point's. `weights[h]` is the stratum's share of all sizes.
    """

    marginals: list
    weights: np.ndarray
    values: DataValues

    def difference(self, first, second):
        """Mean value of some points minus that of others (bool masks), and its standard error.

        The points share their sets, so their errors are not independent. The error of the
        difference is a jackknife over sets.
        """

        def apart(rows):
            means, _, count = _moments(rows)
            return means[first & (count > 0)].mean() - means[second & (count > 0)].mean()

        mean, variance = 0.0, 0.0
        for weight, rows in zip(self.weights, self.marginals, strict=True):
            count = len(rows)
            left_out = np.array([apart(np.delete(rows, k, axis=0)) for k in range(count)])
            mean += weight * apart(rows)
            variance += weight**2 * left_out.var() * (count - 1)
        return mean, math.sqrt(variance)


def stratified_shapley(X, y, g, settings, *, n_fits=50_000, target=None):
    """Shapley values of the points of a training set; the utility of a set is 1 − dv to g.

    Parameters
    ----------
    X, y : training points (n, 2), n ≥ 4, and labels (n,)
    g : ground truth, a function of points (m, 2) to labels (m,)
    settings : RefitSettings; the seeds take turns in the sets of a stratum
    n_fits : no round of 8 sets begins after this many networks were trained
    target : stop once the largest standard error is at most this share of the range of the values;
        None = use all fits. All points are sampled until then. If points with small errors were
        dropped, a point whose rare large marginals had not yet occurred would keep a low value

    Returns
    -------
    Stratified, whose `values` are DataValues

    Raises
    ------
    ValueError : bad arrays or numbers, before any fit
    """
    utility, target = Utility(X, y, g, settings, at_least=4), check_target(target)
    n = len(utility.X)
    n_fits = check_budget(n, n_fits)
    # A round holds, for each of its sets, n neighbours of up to n points.
    check_memory(n, "points", lambda n: PILOT * 8 * n**2)
    strata = strata_of(n)
    weights = np.array([len(sizes) for sizes in strata]) / n
    marginals = [[] for _ in strata]

    with progress_bar(n_fits, "Shapley, sets by size", "fit") as bar:
        todo = list(range(len(strata)))  # a first round of each, then the most useful stratum
        while utility.n_fits < n_fits:
            h = todo.pop(0) if todo else _most_useful(marginals, weights, strata)
            before = utility.n_fits
            ks = range(len(marginals[h]), len(marginals[h]) + PILOT)
            rngs = [np.random.default_rng([settings.seeds[0], h, k]) for k in ks]
            seeds = [settings.seeds[k % len(settings.seeds)] for k in ks]
            marginals[h] += _marginals_of_sets(utility, strata[h], rngs, seeds)
            bar.update(utility.n_fits - before)
            if not todo:
                values, errors = _estimate(marginals, weights)
                share = error_share(values, errors)
                show_error(bar, share)
                if errors.max() <= ROUNDING or reached(target, share):
                    break
    n_sets = [len(rows) for rows in marginals]
    data_values = utility.sampled_values(
        values, errors, "Shapley, stratified", n_sets=n_sets, target=target
    )
    return Stratified([np.array(rows) for rows in marginals], weights, data_values)


def check_budget(n, n_fits, what="n_fits"):
    """`n_fits` as an int, if it allows a first round of each stratum for n points."""
    least = PILOT * (n + 1) * (len(strata_of(n)) - 1)  # the first stratum needs no network
    n_fits = check_count(what, n_fits)
    if n_fits < least:
        raise ValueError(f"{what} {n_fits}: {n} points need {least} for a first look at each size")
    return n_fits


def strata_of(n):
    """Strata of the sizes 0 … n − 1: single sizes up to 4, then ranges that widen."""
    edges = [*range(min(5, n) + 1)]
    while edges[-1] < n:
        edges.append(min(n, math.ceil(edges[-1] * 1.5)))
    return [range(a, b) for a, b in pairwise(edges)]


def _marginals_of_sets(utility, sizes, rngs, seeds):
    """Marginal contributions (n,) from a random set T for each random generator and seed.

    They are nan for points that T says nothing about. T gives the contributions of outside points
    to sets of size |T|, and of inside points to sets of size |T| − 1. |T| may be one larger than
    the stratum's sizes, so that all are equally likely.
    """
    n = len(utility.X)
    sets, groups = [], []
    for rng, seed in zip(rngs, seeds, strict=True):
        size = int(rng.choice([*sizes, sizes[-1] + 1])) if len(sizes) > 1 else sizes[0]
        order = rng.permutation(n)
        chosen = order[:size]
        inside = chosen if size - 1 in sizes else order[:0]
        outside = order[size:] if size in sizes else order[:0]
        neighbours = [
            *(chosen[chosen != i] for i in inside),
            *(np.append(chosen, i) for i in outside),
        ]
        sets.append((inside, outside))
        description = f"a set of {size} points and its neighbours"
        groups.append(([chosen, *neighbours], seed, description))
    rows = []
    for (inside, outside), difference in zip(sets, utility.dv_each(groups), strict=True):
        row = np.full(n, np.nan)
        change = difference[0] - difference[1:]  # of 1 − dv, from the set to its neighbour
        row[inside], row[outside] = -change[: len(inside)], change[len(inside) :]
        rows.append(row)
    return rows


def _estimate(marginals, weights):
    """Values and standard errors (n,); an error is inf below two marginals in a stratum."""
    values, variances = 0.0, 0.0
    for weight, rows in zip(weights, map(np.array, marginals), strict=True):
        mean, variance, count = _moments(rows)
        values = values + weight * mean
        variances = variances + weight**2 * variance / np.maximum(count, 1)
    return values, np.sqrt(variances)


def _moments(rows):
    """Mean, variance and number of finite entries per column; the variance is inf below two."""
    count = np.isfinite(rows).sum(0)
    mean = np.nansum(rows, axis=0) / np.maximum(count, 1)
    variance = np.nansum((rows - mean) ** 2, axis=0) / np.maximum(count - 1, 1)
    return mean, np.where(count > 1, variance, np.inf), count


def _most_useful(marginals, weights, strata):
    """Index of the stratum where another round lowers the largest error most for its cost."""
    worst = _estimate(marginals, weights)[1].argmax()
    gains = []
    for weight, rows, sizes in zip(weights, marginals, strata, strict=True):
        column = np.array(rows)[:, worst : worst + 1]
        _, (variance,), (count,) = _moments(column)
        fewer = variance * (1 / max(count, 1) - 1 / (count + PILOT))
        cost = FIT_COST + np.mean(sizes)
        gains.append(weight**2 * fewer / cost)
    return int(np.argmax(gains))

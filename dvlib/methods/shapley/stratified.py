"""Shapley values of a training set by sampling sizes of sets where they matter most.

A Shapley value is the mean over sizes m of the mean marginal contribution to sets of m points. On a
mesh the marginals to a few points are a hundred times as large, and as noisy, as those to many, and
a random permutation seldom puts a point among the first few. So sizes are divided into
strata, fine for small sets, and each stratum gets as many sets as lower the error most for their
cost (stratified sampling with optimum allocation; Castro et al. 2017).
"""

import math
import time
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dvlib.checks import check_count
from dvlib.methods.shapley.coalitions import Utility
from dvlib.methods.shapley.stopping import ROUNDING, StopRule, relative_error, show_error
from dvlib.methods.values import DataValues, plain
from dvlib.refits.progress import progress_bar

FIT_COST = 140  # a fit and its boundary cost as much as so many of its points
PILOT = 8  # sets of each stratum before its spread is believed, and sets of it at a time


@dataclass(frozen=True, eq=False)
class Stratified:
    """Sampled marginals and the values made of them.

    `marginals[h]`, shape (sets, n), are of stratum h, nan where a set does not show a point's;
    `weights[h]` is the share of all sizes that it stands for.
    """

    marginals: list
    weights: np.ndarray
    values: DataValues

    def difference(self, some, others):
        """Mean value of some points minus that of others (bool masks), and its standard error.

        Errors of points share their sets, so it is not the sum of the points' own: it comes from
        leaving out one set at a time (jackknife).
        """

        def apart(rows):
            told = np.isfinite(rows).sum(0)
            means = np.nansum(rows, axis=0) / np.maximum(told, 1)
            return means[some & (told > 0)].mean() - means[others & (told > 0)].mean()

        mean, variance = 0.0, 0.0
        for weight, rows in zip(self.weights, self.marginals, strict=True):
            count = len(rows)
            left_out = np.array([apart(np.delete(rows, k, axis=0)) for k in range(count)])
            mean += weight * apart(rows)
            variance += weight**2 * left_out.var() * (count - 1)
        return mean, math.sqrt(variance)


def stratified_shapley(X, y, g, settings, *, n_fits=50_000, target=None):
    """Shapley values of the points of a training set; utility and seeds as `shapley_values`.

    Parameters
    ----------
    X, y : training points (n, 2), n ≥ 4, and labels (n,)
    g : ground truth, a function of points (m, 2) to labels (m,)
    settings : RefitSettings; set k of a stratum is trained with seed k modulo their number
    n_fits : begin no further round of 8 sets once so many networks are trained
    target : stop once the largest standard error is at most this share of the range of the values;
        None = use all fits. All points are sampled until then: dropping those that look well
        known would freeze at a low value a point that has not yet met its rare large marginals

    Returns
    -------
    Stratified, whose `values` are DataValues

    Raises
    ------
    ValueError : bad arrays or numbers, before any fit
    """
    started = time.perf_counter()
    utility = Utility(X, y, g, settings, at_least=4)
    n, enough = len(utility.X), StopRule(target)
    check_budget(n, n_fits)
    strata = strata_of(n)
    weights = np.array([len(sizes) for sizes in strata]) / n
    marginals = [[] for _ in strata]

    with progress_bar(n_fits, "Shapley, sets by size", "fit") as bar:
        todo = list(range(len(strata)))  # a pilot of each, then the one that helps most
        while utility.n_fits < n_fits:
            h = todo.pop(0) if todo else _most_useful(marginals, weights, strata)
            before = utility.n_fits
            for k in range(len(marginals[h]), len(marginals[h]) + PILOT):
                rng = np.random.default_rng([settings.seeds[0], h, k])
                seed = settings.seeds[k % len(settings.seeds)]
                marginals[h].append(_marginals_of_a_set(utility, strata[h], rng, seed))
            bar.update(utility.n_fits - before)
            if not todo:
                values, errors = _estimate(marginals, weights)
                share = relative_error(values, errors)
                show_error(bar, share)
                if errors.max() <= ROUNDING or enough.holds(share):
                    break
    n_sets = [len(rows) for rows in marginals]
    data_values = DataValues(
        utility.X, utility.y, values, errors, "Shapley, stratified",
        "sampled share of the mesh",
        plain(settings) | {"n_sets": n_sets, "target": enough.target},
        utility.n_fits, time.perf_counter() - started,
    )  # fmt: skip
    return Stratified([np.array(rows) for rows in marginals], weights, data_values)


def check_budget(n, n_fits, what="n_fits"):
    """`n_fits` if it allows the pilot of n points, else a ValueError."""
    least = PILOT * (n + 1) * (len(strata_of(n)) - 1)  # the first stratum needs no network
    if check_count(what, n_fits) < least:
        raise ValueError(f"{what} {n_fits}: {n} points need {least} for a first look at each size")
    return n_fits


def strata_of(n):
    """Sizes 0 … n − 1 of the sets a point is added to: one by one to 4, then ever wider."""
    edges = [*range(min(5, n) + 1)]
    while edges[-1] < n:
        edges.append(min(n, math.ceil(edges[-1] * 1.5)))
    return [range(a, b) for a, b in pairwise(edges)]


def _marginals_of_a_set(utility, sizes, rng, seed):
    """Marginal contributions (n,) that one random set T shows, nan for other points.

    T shows what the points outside it add to |T| others, and what those inside it add to |T| − 1.
    |T| runs one past the stratum's sizes, so that each of them is as likely.
    """
    n = len(utility.X)
    size = int(rng.choice([*sizes, sizes[-1] + 1])) if len(sizes) > 1 else sizes[0]
    order = rng.permutation(n)
    inside = order[:size] if size - 1 in sizes else order[:0]
    outside = order[size:] if size in sizes else order[:0]
    chosen = order[:size]
    less = [chosen[chosen != i] for i in inside]
    more = [np.append(chosen, i) for i in outside]
    difference = utility.dv(
        [chosen, *less, *more], seed, f"a set of {size} points and its neighbours"
    )
    row = np.full(n, np.nan)
    change = difference[0] - difference[1:]  # of 1 − dv, from the set to its neighbour
    row[inside], row[outside] = -change[: len(inside)], change[len(inside) :]
    return row


def _estimate(marginals, weights):
    """Values and standard errors (n,); inf where a stratum shows fewer than two marginals."""
    values, variances = 0.0, 0.0
    for weight, rows in zip(weights, map(np.array, marginals), strict=True):
        mean, variance, count = _moments(rows)
        values = values + weight * mean
        variances = variances + weight**2 * variance / np.maximum(count, 1)
    return values, np.sqrt(variances)


def _moments(rows):
    """Mean, variance and number of the rows' finite entries, (n,) each; variance inf below two."""
    count = np.isfinite(rows).sum(0)
    mean = np.nansum(rows, axis=0) / np.maximum(count, 1)
    variance = np.nansum((rows - mean) ** 2, axis=0) / np.maximum(count - 1, 1)
    return mean, np.where(count > 1, variance, np.inf), count


def _most_useful(marginals, weights, strata):
    """Stratum where another round lowers the largest standard error most for its cost."""
    worst = _estimate(marginals, weights)[1].argmax()
    gains = []
    for weight, rows, sizes in zip(weights, marginals, strata, strict=True):
        column = np.array(rows)[:, worst : worst + 1]
        _, (variance,), (count,) = _moments(column)
        fewer = variance * (1 / max(count, 1) - 1 / (count + PILOT))
        cost = FIT_COST + np.mean(sizes)
        gains.append(weight**2 * fewer / cost)
    return int(np.argmax(gains))

"""Shapley values of a training set by sampling sizes of sets where they matter most.

A Shapley value is the mean over sizes m of the mean marginal contribution to sets of m points. On a
mesh the marginals to a few points are a hundred times as large, and as noisy, as those to many, and
a random permutation puts a point among the first few once in a blue moon. So sizes are divided into
strata, fine for small sets, and each stratum gets as many sets as lower the error most for their
cost (stratified sampling with optimum allocation; Castro et al. 2017).
"""

import math
import time
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dvlib.checks import check_count, check_labels, check_points, check_positive
from dvlib.engine.boundaries import boundary
from dvlib.methods.shapley.coalitions import coalitions
from dvlib.methods.values import DataValues, plain
from dvlib.refits.progress import progress_bar

FIT_COST = 140  # a fit and its boundary cost as much as so many of its points
ROUNDING = 1e-12  # errors below it are those of sums of equal marginals; dv has steps of 1e-7
PILOT = 8  # sets of each stratum before its spread is believed, and sets of it at a time


@dataclass(frozen=True, eq=False)
class Stratified:
    """Sampled marginals and the values made of them.

    `marginals[h]`, shape (sets, n), are of stratum h, nan where a set does not tell of a point;
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
    X = check_points(X, "X")
    y = check_labels(y, len(X), both_classes=True)
    if len(X) < 4:
        raise ValueError(f"{len(X)} points: give 4 or more, or use exact_shapley_values")
    check_budget(len(X), n_fits)
    target = None if target is None else check_positive("target", target)
    strata = strata_of(len(X))
    truth = boundary(g, settings.mesh)[None]
    weights = np.array([len(sizes) for sizes in strata]) / len(X)
    marginals, fits = [[] for _ in strata], 0

    def sample(h):
        found = 0
        for k in range(len(marginals[h]), len(marginals[h]) + PILOT):
            rng = np.random.default_rng([settings.seeds[0], h, k])
            seed = settings.seeds[k % len(settings.seeds)]
            row, count = _marginals_of_one_set(X, y, strata[h], rng, seed, settings, truth)
            marginals[h].append(row)
            found += count
        return found

    with progress_bar(n_fits, "Shapley, sets by size", "fit") as bar:
        todo = list(range(len(strata)))  # a pilot of each, then the one that helps most
        while fits < n_fits:
            h = todo.pop(0) if todo else _most_useful(marginals, weights, strata)
            found = sample(h)
            fits += found
            bar.update(found)
            if not todo:
                values, errors = _estimate(marginals, weights)
                largest, spread = errors.max(), np.ptp(values)
                if spread:
                    bar.set_postfix_str(f"standard error {largest / spread:.2f} of the range")
                if largest <= ROUNDING or (target is not None and largest <= target * spread):
                    break
    parameters = plain(settings) | {"n_sets": [len(of) for of in marginals], "target": target}
    seconds = time.perf_counter() - started
    data_values = DataValues(X, y, values, errors, "Shapley, stratified", parameters, fits, seconds)
    return Stratified([np.array(of) for of in marginals], weights, data_values)


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


def _marginals_of_one_set(X, y, sizes, rng, seed, settings, truth):
    """Marginal contributions of the points one random set T tells of, (n,) with nan for others.

    T tells of the points outside it what they add to |T| others, and of those inside it what they
    add to |T| − 1. |T| runs one past the stratum's sizes, so that each of them is as likely.
    """
    n = len(X)
    size = int(rng.choice([*sizes, sizes[-1] + 1])) if len(sizes) > 1 else sizes[0]
    order = rng.permutation(n)
    inside = order[:size] if size - 1 in sizes else order[:0]
    outside = order[size:] if size in sizes else order[:0]
    chosen = order[:size]
    less = [chosen[chosen != i] for i in inside]
    more = [np.append(chosen, i) for i in outside]
    seen = coalitions(
        X, y, [chosen, *less, *more], settings, seed, references=truth,
        description=f"a set of {size} points and its neighbours",
    )  # fmt: skip
    row = np.full(n, np.nan)
    change = seen.dv[0, 0] - seen.dv[1:, 0]  # of 1 − dv, from the set to its neighbour
    row[inside], row[outside] = -change[: len(inside)], change[len(inside) :]
    return row, seen.n_fits


def _estimate(marginals, weights):
    """Values and standard errors (n,); the error of a point told of less than twice is inf."""
    values, variances = 0.0, 0.0
    for weight, rows in zip(weights, map(np.array, marginals), strict=True):
        mean, variance, count = _moments(rows)
        values = values + weight * mean
        variances = variances + weight**2 * variance / np.maximum(count, 1)
    return values, np.sqrt(variances)


def _moments(rows):
    """Mean, variance and number of what the rows tell, (n,) each; variance inf below two."""
    count = np.isfinite(rows).sum(0)
    mean = np.nansum(rows, axis=0) / np.maximum(count, 1)
    variance = np.nansum((rows - mean) ** 2, axis=0) / np.maximum(count - 1, 1)
    return mean, np.where(count > 1, variance, np.inf), count


def _most_useful(marginals, weights, strata):
    """Stratum where another round lowers the largest standard error most for its cost."""
    worst = _estimate(marginals, weights)[1].argmax()
    gains = []
    for weight, rows, sizes in zip(weights, marginals, strata, strict=True):
        _, variance, count = (of[0] for of in _moments(np.array(rows)[:, worst : worst + 1]))
        fewer = variance * (1 / max(count, 1) - 1 / (count + PILOT))
        cost = FIT_COST + np.mean(sizes)
        gains.append(weight**2 * fewer / cost)
    return int(np.argmax(gains))

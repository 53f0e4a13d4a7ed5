"""Data Shapley values by sampling, and exactly (paper, sections 2.3 and 3.2; Ghorbani & Zou 2019).

The Shapley value of a point is its mean marginal contribution to the models of random subsets T of
the others, |T| being equally likely 0, 1, …: what the point adds to a prefix of a random
permutation. The paper writes a plain sum over subsets and no difference; but for the weights, the
difference against f_T differs from it by a constant only, and has far less noise.
"""

import math
import time

import numpy as np

from dvlib.checks import check_count, check_labels, check_number, check_points, check_positive
from dvlib.engine.boundaries import boundary
from dvlib.engine.mlp import draw_stream, fit
from dvlib.methods.shapley.coalitions import coalitions
from dvlib.methods.values import DataValues, Samples
from dvlib.refits.batch import CHUNK
from dvlib.refits.progress import progress_bar

AT_LEAST = 10  # samples before a standard error is believed
LARGEST_EXACT = 12  # points: 4,096 subsets
_TOGETHER = 24  # permutations with one seed, extended side by side, so many points at a time


def added_point_shapley(X, y, points, labels, g, settings, *, n_sets=60, target=None):
    """Shapley values of points outside the training set, against g and against f_X.

    Each x is added to random T ⊂ X. All points share each T, so f_T is trained once for all of
    them, and differences between points are free of the noise of T.

    Parameters
    ----------
    X, y : training points (n, 2) and labels (n,)
    points, labels : the points x (S, 2) to value and their labels (S,)
    g : ground truth, a function of points (m, 2) to labels (m,); None = it is unknown
    settings : RefitSettings; set k is drawn from the first seed and k, its models are trained with
        seed k modulo their number
    n_sets : at most so many sets T
    target : stop once the largest standard error is at most this share of the range of the values,
        against either reference; None = use all sets

    Returns
    -------
    (against g, against f_X), both DataValues: means of dv(f_T, g) − dv(f_T∪x, g), and of
    dv(f_T∪x, f_X) − dv(f_T, f_X); the former are nan where g is unknown

    Raises
    ------
    ValueError : bad arrays, `n_sets` below 2, or `target` not above 0; before any fit
    """
    started = time.perf_counter()
    X, points = check_points(X, "X"), check_points(points)
    y, labels = check_labels(y, len(X), both_classes=True), check_labels(labels, len(points))
    check_count("n_sets", n_sets, at_least=2)
    target = None if target is None else check_positive("target", target)
    pool, pool_labels = np.concatenate([X, points]), np.concatenate([y, labels])
    added = np.arange(len(X), len(pool))
    truth = None if g is None else boundary(g, settings.mesh)
    references, n_fits = {}, 0
    by_g, by_base = [], []
    with progress_bar(n_sets, "Shapley, sets T", "set") as bar:
        # One at a time where each may be the last, else so many of a seed as keep all cores busy.
        several = 1 if target is not None else max(1, 2 * CHUNK // (len(points) + 1))
        for ks in _by_seed(n_sets, len(settings.seeds), several):
            seed = settings.seeds[ks[0] % len(settings.seeds)]
            if seed not in references:
                base = _base_boundary(X, y, settings, seed)
                references[seed] = np.stack([base if truth is None else truth, base])
                n_fits += 1
            subsets = []
            for k in ks:
                chosen = random_set(len(X), settings.seeds[0], k)
                subsets += [chosen, *(np.append(chosen, x) for x in added)]
            seen = coalitions(
                pool, pool_labels, subsets, settings, seed, references=references[seed],
                description=f"T {ks[-1] + 1} of {n_sets} and a point",
            )  # fmt: skip
            n_fits += seen.n_fits
            for dv in np.split(seen.dv, len(ks)):
                by_g.append(dv[0, 0] - dv[1:, 0])
                by_base.append(dv[1:, 1] - dv[0, 1])
            reached = max(_relative_error(by_g), _relative_error(by_base))
            bar.set_postfix_str(f"standard error {reached:.2f} of the range")
            bar.update(len(ks))
            if target is not None and len(by_g) >= AT_LEAST and reached <= target:
                break
    samples = Samples(points, labels, settings, n_fits, time.perf_counter() - started)
    if truth is None:
        by_g = np.full_like(by_base, np.nan)
    return tuple(
        DataValues.over_seeds(samples, np.transpose(of), f"Shapley against {name}", n_sets=len(of))
        for of, name in ((by_g, "g"), (by_base, "f_X"))
    )


def shapley_values(
    X, y, g, settings, *, n_permutations=96, target=None, tolerance=0.01, patience=6
):
    """Shapley values of the points of a training set by truncated permutation sampling.

    The utility of a set is 1 − dv(f_S, g), the share of the mesh where its model agrees with g.

    Parameters
    ----------
    X, y : training points (n, 2) and labels (n,); the mesh alone is one such set
    g : ground truth, a function of points (m, 2) to labels (m,)
    settings : RefitSettings; permutations are drawn from the first seed, and 24 at a time are
        trained with one of the seeds, which take turns
    n_permutations : so many, rounded up to whole batches of 24
    target : as in `added_point_shapley`, once every seed has had a turn. The 24 permutations of a
        batch share a seed: with few batches the errors miss some of the noise of training
    tolerance, patience : a permutation is cut off, its other points get 0, once the utility has
        been within `tolerance`, relative to that of all points, `patience` times in a row (the
        rule and the numbers of the released code); tolerance 0 = never but for equality

    Returns
    -------
    DataValues

    Raises
    ------
    ValueError : bad arrays or numbers, before any fit
    """
    started = time.perf_counter()
    X = check_points(X, "X")
    y = check_labels(y, len(X), both_classes=True)
    check_count("n_permutations", n_permutations)
    check_count("patience", patience)
    target = None if target is None else check_positive("target", target)
    if check_number("tolerance", tolerance) < 0:
        raise ValueError(f"tolerance {tolerance!r}: give a finite number of 0 or more")
    truth = boundary(g, settings.mesh)[None]

    def utility(subsets, seed, description):
        seen = coalitions(X, y, subsets, settings, seed, references=truth, description=description)
        return 1 - seen.dv[:, 0], seen.n_fits

    rows, n_fits, whole = [], 0, {}
    n_batches = -(-n_permutations // _TOGETHER)
    with progress_bar(n_batches, "Shapley, permutations", f"×{_TOGETHER}") as bar:
        for batch in range(n_batches):
            seed = settings.seeds[batch % len(settings.seeds)]
            if seed not in whole:
                both, fits = utility([[], np.arange(len(X))], seed, "all points")
                whole[seed], n_fits = both, n_fits + fits
            orders = random_orders(len(X), settings.seeds[0], batch)
            marginals, fits = _marginals(orders, utility, seed, *whole[seed], tolerance, patience)
            rows, n_fits = [*rows, *marginals], n_fits + fits
            reached = _relative_error(rows)
            bar.set_postfix_str(f"standard error {reached:.2f} of the range")
            bar.update()
            every_seed = (batch + 1) % len(settings.seeds) == 0
            if target is not None and every_seed and reached <= target:
                break
    samples = Samples(X, y, settings, n_fits, time.perf_counter() - started)
    return DataValues.over_seeds(
        samples, np.transpose(rows), "Shapley", n_permutations=len(rows),
        tolerance=tolerance, patience=patience,
    )  # fmt: skip


def _marginals(orders, utility, seed, nothing, everything, tolerance, patience):
    """Marginal contributions (permutations, n) along each order, and the fits they took."""
    count, n = orders.shape
    marginals, before = np.zeros((count, n)), np.full(count, nothing)
    near, active, n_fits = np.zeros(count, int), np.arange(count), 0
    for start in range(0, n, _TOGETHER):
        sizes = range(start + 1, min(start + _TOGETHER, n) + 1)
        # By size, since sets of one size share their random stream.
        subsets = [orders[k, :size] for size in sizes for k in active]
        after, fits = utility(subsets, seed, f"prefixes of {sizes[0]} to {sizes[-1]} points")
        n_fits += fits
        for size, of in zip(sizes, after.reshape(len(sizes), -1), strict=True):
            going = near[active] < patience
            k, now = active[going], of[going]
            marginals[k, orders[k, size - 1]] = now - before[k]
            before[k] = now
            near[k] = np.where(np.abs(now - everything) <= tolerance * everything, near[k] + 1, 0)
        active = active[near[active] < patience]
        if not len(active):
            break
    return marginals, n_fits


def exact_shapley_values(X, y, g, settings):
    """Shapley values of a small training set from the models of all its subsets.

    Utility, degenerate subsets and seeds are those of `shapley_values`, of which this is the
    expectation at tolerance 0.

    Raises
    ------
    ValueError : more than 12 points, or bad arrays
    """
    started = time.perf_counter()
    X = check_points(X, "X")
    y = check_labels(y, len(X), both_classes=True)
    if len(X) > LARGEST_EXACT:
        raise ValueError(
            f"{len(X)} points have 2^{len(X)} subsets: give at most {LARGEST_EXACT}, or sample "
            "them with shapley_values"
        )
    members = np.arange(2 ** len(X))[:, None] >> np.arange(len(X)) & 1
    subsets = [np.flatnonzero(row) for row in members]
    truth, by_seed, n_fits = boundary(g, settings.mesh)[None], [], 0
    for seed in settings.seeds:
        seen = coalitions(
            X, y, subsets, settings, seed, references=truth, description="all subsets"
        )
        by_seed.append(exact_shapley(1 - seen.dv[:, 0]))
        n_fits += seen.n_fits
    samples = Samples(X, y, settings, n_fits, time.perf_counter() - started)
    return DataValues.over_seeds(samples, np.transpose(by_seed), "exact Shapley")


def exact_shapley(utilities):
    """Shapley values of n players from the utility of each of the 2^n sets.

    Parameters
    ----------
    utilities : array of shape (2^n,); player i is in set s where bit i of s is 1

    Returns
    -------
    float array of shape (n,)

    >>> exact_shapley([0, 1, 1, 4]).tolist()
    [2.0, 2.0]
    """
    utilities = np.asarray(utilities, float)
    n = utilities.size.bit_length() - 1
    if utilities.shape != (2**n,):
        raise ValueError(f"utilities of shape {utilities.shape}: give one for each of 2^n sets")
    if not np.isfinite(utilities).all():
        raise ValueError("utilities that are not all finite: a value is made of all of them")
    sets = np.arange(2**n)
    sizes = np.array([int(s).bit_count() for s in sets])
    values = np.empty(n)
    for i in range(n):
        without = sets[sets >> i & 1 == 0]
        weights = [1 / (n * math.comb(n - 1, size)) for size in sizes[without]]
        values[i] = weights @ (utilities[without | 1 << i] - utilities[without])
    return values


def _by_seed(n_sets, n_seeds, several):
    """Numbers of the sets T in groups of `several` that have one seed."""
    for start in range(0, n_sets, several * n_seeds):
        every = range(start, min(start + several * n_seeds, n_sets))
        yield from filter(None, (every[k::n_seeds] for k in range(n_seeds)))


def random_set(n, seed, k):
    """Set k of a sequence of random subsets of n points; every size from 0 to n is as likely."""
    rng = np.random.default_rng([seed, k])
    return rng.permutation(n)[: rng.integers(0, n + 1)]


def random_orders(n, seed, batch):
    """Batch `batch` of a sequence of random permutations of n points, int array (24, n)."""
    rng = np.random.default_rng([seed, batch])
    return rng.permuted(np.tile(np.arange(n), (_TOGETHER, 1)), axis=1)


def _base_boundary(X, y, settings, seed):
    """Boundary of f_X."""
    fast = settings.engine == "fast"
    stream = draw_stream(len(X), settings.config, seed) if fast else None
    fitted = fit(X, y, settings.config, seed=seed, engine=settings.engine, stream=stream)
    return boundary(fitted.network, settings.mesh)


def _relative_error(samples):
    """Largest standard error of the means of samples (k, n), as a share of the means' range."""
    samples = np.asarray(samples)
    if len(samples) < 2:
        return math.inf
    spread = np.ptp(samples.mean(0))
    error = samples.std(0, ddof=1).max() / math.sqrt(len(samples))
    return error / spread if spread else math.inf

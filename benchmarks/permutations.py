"""Data Shapley values of a training set by truncated permutation sampling (Ghorbani & Zou 2019)."""

import numpy as np

from dvlib.checks import check_count, check_memory, check_number
from dvlib.methods.shapley.coalitions import (
    Utility,
    check_target,
    reached,
    sampling_error,
    show_error,
)
from dvlib.methods.values import DataValues, Samples
from dvlib.refits.progress import progress_bar

_TOGETHER = 24  # permutations per batch, and points by which all of them are extended at once


def shapley_values(
    X, y, g, settings, *, n_permutations=96, target=None, tolerance=0.01, patience=6
):
    """Shapley values of the points of a training set by truncated permutation sampling.

    The utility of a set S is 1 − dv(f_S, g), the share of the mesh where its model agrees with g.

    Parameters
    ----------
    X, y : training points (n, 2) and labels (n,)
    g : ground truth, a function of points (m, 2) to labels (m,)
    settings : RefitSettings; the first seed draws the permutations. Each batch of 24 is trained
        with one seed, and the seeds take turns
    n_permutations : largest number of permutations, rounded up to whole batches of 24
    target : stop once the largest standard error is at most this share of the range of the values
        and all seeds have had equally many turns; None = use all permutations. Permutations of a
        batch share a seed, so with few batches the errors miss some of the noise of training
    tolerance, patience : a permutation is cut off, and its other points get 0, once the utility
        was within `tolerance`, relative to the utility of all points, `patience` times in a row.
        Rule and numbers are those of the released code; tolerance 0 asks for equality

    Returns
    -------
    DataValues

    Raises
    ------
    ValueError : bad arrays or numbers, before any fit
    """
    utility, target = Utility(X, y, g, settings), check_target(target)
    n_permutations = check_count("n_permutations", n_permutations)
    patience = check_count("patience", patience)
    tolerance = check_number("tolerance", tolerance)
    if tolerance < 0:
        raise ValueError(f"tolerance {tolerance:g}: give a finite number of 0 or more")
    n, rows, ends = len(utility.X), [], {}
    check_memory(n_permutations, f"permutations of {n} points", lambda k: 16 * k * n)
    check_memory(n, "points", lambda n: 16 * _TOGETHER**2 * n)  # prefixes that are trained at once
    n_batches = -(-n_permutations // _TOGETHER)
    with progress_bar(n_batches, "Shapley, permutations", f"×{_TOGETHER}") as bar:
        for batch in range(n_batches):
            seed = settings.seeds[batch % len(settings.seeds)]
            if seed not in ends:
                ends[seed] = utility.ends(seed)
            orders = random_orders(n, settings.seeds[0], batch)
            rows.extend(_marginals(orders, utility, seed, *ends[seed], tolerance, patience))
            share = sampling_error(rows)
            show_error(bar, share)
            bar.update()
            every_seed = (batch + 1) % len(settings.seeds) == 0
            if every_seed and reached(target, share):
                break
    return DataValues.over_seeds(
        Samples(utility.X, utility.y, utility.settings, utility.n_fits), np.transpose(rows),
        "Shapley", "sampled share of the mesh",
        n_permutations=len(rows), tolerance=tolerance, patience=patience,
    )  # fmt: skip


def _marginals(orders, utility, seed, nothing, everything, tolerance, patience):
    """Marginal contributions (permutations, n) along each order."""
    count, n = orders.shape
    marginals, before = np.zeros((count, n)), np.full(count, nothing)
    near, active = np.zeros(count, int), np.arange(count)
    for start in range(0, n, _TOGETHER):
        sizes = range(start + 1, min(start + _TOGETHER, n) + 1)
        # Ordered by size, because the fits to sets of one size share a random stream.
        subsets = [orders[k, :size] for size in sizes for k in active]
        after = utility(subsets, seed, f"prefixes of {sizes[0]} to {sizes[-1]} points")
        for size, utilities in zip(sizes, after.reshape(len(sizes), -1), strict=True):
            going = near[active] < patience
            k, now = active[going], utilities[going]
            marginals[k, orders[k, size - 1]] = now - before[k]
            before[k] = now
            near[k] = np.where(np.abs(now - everything) <= tolerance * everything, near[k] + 1, 0)
        active = active[near[active] < patience]
        if not len(active):
            break
    return marginals


def random_orders(n, seed, batch):
    """Batch `batch` of a sequence of random permutations of n points, int array (24, n)."""
    rng = np.random.default_rng([seed, batch])
    return rng.permuted(np.tile(np.arange(n), (_TOGETHER, 1)), axis=1)

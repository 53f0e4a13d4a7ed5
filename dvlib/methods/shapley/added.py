"""Data Shapley values of points outside the training set (paper, section 3.2; Ghorbani & Zou 2019).

The Shapley value of a point is its mean marginal contribution to random subsets T of the other
points, where all sizes of T are equally likely. The paper instead writes a plain sum of
dv(f_T∪x, ·) over subsets. Apart from the weights of the subsets, the difference to f_T changes it
by a constant only, and has far less noise.
"""

from contextlib import closing
from functools import cache

import numpy as np

from dvlib.checks import check_count, check_labels, check_memory, check_points, check_training_set
from dvlib.engine.boundaries import boundary
from dvlib.methods.registry import register
from dvlib.methods.shapley.coalitions import (
    check_target,
    coalitions_each,
    planned_coalitions,
    random_set,
    reached,
    sampling_error,
    show_error,
)
from dvlib.methods.values import DataValues, Samples
from dvlib.refits.batch import CHUNK, check_plane
from dvlib.refits.progress import progress_bar
from dvlib.refits.single import fit

AT_LEAST = 10  # samples before a standard error is believed


def added_point_shapley(X, y, points, labels, g, settings, *, n_sets=60, target=None):
    """Shapley values of points outside the training set, against g and against f_X.

    Each x is added to random sets T ⊂ X. All points share each T, so f_T is trained once for all
    of them, and the noise of T does not enter differences between points. The next sets begin while
    the last refits of one run. The values are made of the sets up to the first that reaches the
    target, and `n_fits` counts their fits alone.

    Parameters
    ----------
    X, y : training points (n, 2) and labels (n,)
    points, labels : the points x (S, 2) to value and their labels (S,)
    g : ground truth, a function of points (m, 2) to labels (m,); None = it is unknown
    settings : RefitSettings; the first seed and k draw set k; the seeds take turns in training
    n_sets : largest number of sets T
    target : stop once the largest standard error is at most this share of the range of the values,
        against both references; None = use all sets

    Returns
    -------
    (against g, against f_X), both DataValues: means of dv(f_T, g) − dv(f_T∪x, g) and of
    dv(f_T∪x, f_X) − dv(f_T, f_X); values against g are nan if g is unknown

    Raises
    ------
    ValueError : bad arrays, `n_sets` below 2, or `target` not above 0; before any fit
    """
    (X, y), points = check_training_set(X, y), check_points(points)
    labels = check_labels(labels, len(points))
    check_plane(X, y, settings.mesh)
    n_sets = check_count("n_sets", n_sets, at_least=2)
    target = check_target(target)
    n, side = len(X), settings.mesh.side
    # A set with each of the points is held three times; the gains are held twice.
    check_memory(len(points), "points to add", lambda s: s * (16 * (n + 1) + 32 * n_sets))
    check_memory(
        min(n_sets, len(settings.seeds)), f"seeds, on a mesh of side {side}",
        lambda k: 2 * k * side**2,
    )  # fmt: skip
    pool, pool_labels = np.concatenate([X, points]), np.concatenate([y, labels])
    added = np.arange(len(X), len(pool))
    truth = None if g is None else boundary(g, settings.mesh)
    # With a target each set may be the last. Otherwise several sets of a seed share their chunks.
    several, n_seeds = max(1, 2 * CHUNK // (len(points) + 1)), len(settings.seeds)
    step = n_seeds if target is not None else n_seeds * several
    turns = [
        (seed, ks)
        for start in range(0, n_sets, step)
        for k, seed in enumerate(settings.seeds)
        if (ks := range(start + k, min(start + step, n_sets), n_seeds))
    ]

    @cache
    def references(seed):
        network = fit(X, y, settings.config, seed=seed, engine=settings.engine).network
        base = boundary(network, settings.mesh)
        return np.stack([base if truth is None else truth, base])

    def batches():
        for seed, ks in turns:
            subsets = []
            for k in ks:
                chosen = random_set(len(X), settings.seeds[0], k)
                subsets += [chosen, *(np.append(chosen, x) for x in added)]
            description = f"T {ks[-1] + 1} of {n_sets} and a point"
            yield planned_coalitions(
                pool, pool_labels, subsets, settings, seed, references=references(seed),
                description=description,
            )  # fmt: skip

    n_fits, used = 0, set()
    by_g, by_base = [], []
    trained = coalitions_each(batches(), settings)
    with progress_bar(n_sets, "Shapley, sets T", "set") as bar, closing(trained):
        for (seed, ks), seen in zip(turns, trained, strict=True):
            n_fits += seen.n_fits
            used.add(seed)
            for dv in np.split(seen.dv, len(ks)):
                by_g.append(dv[0, 0] - dv[1:, 0])
                by_base.append(dv[1:, 1] - dv[0, 1])
            share = max(sampling_error(by_g), sampling_error(by_base))
            show_error(bar, share)
            bar.update(len(ks))
            if len(by_g) >= AT_LEAST and reached(target, share):
                break
    n_fits += len(used)  # f_X of each seed
    samples = Samples(points, labels, settings, n_fits)
    if truth is None:
        by_g = np.full_like(by_base, np.nan)
    return tuple(
        DataValues.over_seeds(
            samples, np.transpose(gains), f"Shapley against {name}", "sampled share of the mesh",
            n_sets=len(gains),
        )
        for gains, name in ((by_g, "g"), (by_base, "f_X"))
    )  # fmt: skip


def _register(name, title, reference, high):
    @register(
        name, title=title, kind="sampled share of the mesh", unit="share of the mesh", high=high
    )
    def shapley(sample, n_sets=60, target=None, by_halves=False):
        return sample.shapley(reference, n_sets=n_sets, target=target, by_halves=by_halves)


_register("Shapley, g", "Shapley against g", "g", "nearer to g")
_register("Shapley, f_X", "Shapley against f_X", "f_X", "away from $f_X$")
_register("Shapley", "Shapley", None, "nearer to the target")

"""Claims of the paper's discussion, measured in the extensions' notebooks: C31 to C33."""

import numpy as np

from dvlib.claims import judge_over_samples

COLUMN = 0.002  # dv of one column of the 500 × 500 mesh: what a mirror image may miss the best by


def mirror_is_best(study):
    """C31: whether the mirror image is as good a partner as the best point of the grid.

    The best of many noisy means is too high: for the MLP read the size of the gap, not only the
    verdict.
    """
    parts, numbers = {}, {}
    for model, of in study.values.items():
        short = np.array([one.values[:-1].max() - one.values[-1] for one in of])
        best = np.array([one.points[one.values[:-1].argmax()] for one in of])
        parts[model] = short <= COLUMN
        numbers[f"mirror below the best, {model}"] = short.mean()
        away = np.linalg.norm(best - study.mirrors, axis=1)
        numbers[f"best of the grid from mirror, {model}"] = away.mean()
    return judge_over_samples("C31", parts, numbers)


def pairs_reveal_clusters(study):
    """C32: over all samples of all three data sets."""
    parts, numbers = {}, {}
    for matrix in ("joint", "interaction"):
        found = {name: [one.rand_index(matrix) for one in of] for name, of in study.samples.items()}
        parts[matrix] = [index >= 0.5 for of in found.values() for index in of]
        numbers |= {f"Rand index, {matrix}, {name}": np.mean(of) for name, of in found.items()}
    every = [one.pairs for of in study.samples.values() for one in of]
    numbers["additive share of the joint"] = np.mean([one.additive_share for one in every])
    return judge_over_samples("C32", parts, numbers)


def shapley_values_small_groups(study):
    """C33: values of one point of a group, as shares of those of a point by itself."""
    single = study.groups[1]
    others = {size: rows for size, rows in study.groups.items() if size > 1}
    few = {size: rows for size, rows in others.items() if size <= 5}
    parts = {
        "leave-one-out, singletons only": np.all(
            [single[:, 0] > 0, *(rows[:, 0] <= 0.2 * single[:, 0] for rows in others.values())],
            axis=0,
        ),
        "Shapley, groups to 5 too": np.all(
            [(single[:, 1] > 0)
                & (rows[:, 1] >= 0.2 * single[:, 1])
                & (rows[:, 1] >= 2 * rows[:, 2])
             for rows in few.values()], axis=0,
        ),
    }  # fmt: skip
    numbers = {}
    for size, rows in study.groups.items():
        numbers |= {f"leave-one-out, {size}": rows[:, 0].mean(),
                    f"Shapley, {size}": rows[:, 1].mean()}  # fmt: skip
    return judge_over_samples("C33", parts, numbers)

"""Claims of the paper's discussion, measured in the extensions' notebooks: C31 to C33."""

import numpy as np

from dvlib.paper.claims.verdicts import Part, judge

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
        parts[f"mirror below the best, {model}"] = Part(short, "≤", COLUMN)
        away = np.linalg.norm(best - study.mirrors, axis=1)
        numbers[f"best of the grid from mirror, {model}"] = away
    return judge("C31", parts, numbers)


def pairs_reveal_clusters(study):
    """C32: over all samples of all three data sets."""
    parts, numbers = {}, {}
    for matrix in ("joint", "interaction"):
        found = {name: [one.rand_index(matrix) for one in of] for name, of in study.samples.items()}
        every = [index for of in found.values() for index in of]
        parts[f"Rand index, {matrix}"] = Part(every, "≥", 0.5)
        numbers |= {f"Rand index, {matrix}, {name}": of for name, of in found.items()}
    every = [one.pairs for of in study.samples.values() for one in of]
    numbers["additive share of the joint"] = [one.additive_share for one in every]
    return judge("C32", parts, numbers)


def shapley_values_small_groups(study):
    """C33: values of one point of a group, as shares of those of a point by itself."""
    single = study.groups[1]
    others = {size: rows for size, rows in study.groups.items() if size > 1}
    few = {size: rows for size, rows in others.items() if size <= 5}

    def share(rows, column, worthless):
        """Of a singleton's value; `worthless` where a singleton has none to compare with."""
        worth = single[:, column] > 0
        return np.where(worth, rows[:, column] / np.where(worth, single[:, column], 1), worthless)

    parts = {
        "leave-one-out, group of most / singleton": Part(
            np.max([share(rows, 0, 1.0) for rows in others.values()], axis=0), "≤", 0.2
        ),
        "Shapley, group of least / singleton": Part(
            np.min([share(rows, 1, 0.0) for rows in few.values()], axis=0), "≥", 0.2
        ),
        "Shapley, group of least / standard error": Part(
            np.min([rows[:, 1] / rows[:, 2] for rows in few.values()], axis=0), "≥", 2.0
        ),
    }
    numbers = {}
    for size, rows in study.groups.items():
        numbers |= {f"leave-one-out, {size}": rows[:, 0], f"Shapley, {size}": rows[:, 1]}
    return judge("C33", parts, numbers)

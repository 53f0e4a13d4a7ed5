"""Claims from the paper's discussion, measured in the notebooks of the extensions."""

import numpy as np

from dvlib.paper.judging.claim import claim

SMALL = 5  # points of a small group


@claim(
    "C31", figure="ext02", study="partners",
    says="of a linear g, the best partner of a point is its mirror image",
    threshold="agreement with g of the model of the best grid point and the point, less that of "
    "its mirror image and the point: {mirror}, for a linear SVM, logistic regression and the MLP",
    mirror="≤ 0.002",  # dv of one column of the 500 × 500 mesh
    found="For the linear models on every point; the MLP's best partner lies 7 units from the "
    "mirror image on average.",
)  # fmt: skip
def mirror_is_best(sample):
    """By how much the best partner on the grid is better than the mirror image.

    The best of many noisy means is biased upwards: for the MLP, read the size of the gap and not
    only the verdict.
    """
    parts, numbers = {}, {}
    for model, of in sample.values.items():
        *_, mirror = of.values
        parts[f"mirror below the best, {model}"] = of.values[:-1].max() - mirror
        best = of.points[of.values[:-1].argmax()]
        numbers[f"best of the grid from mirror, {model}"] = np.linalg.norm(best - sample.mirror)
    return parts, numbers


@claim(
    "C32", figure="ext01", study="clustered points",
    says="pairwise values reveal the clusters",
    threshold="adjusted Rand index of spectral clustering {Rand_index}, of the matrix as the paper "
    "writes it, and of its interactions",
    Rand_index="≥ 0.5",  # half of the way from chance to perfect agreement
    found="Not from the matrix as the paper writes it, 92 % of whose variance is additive. From "
    "its interactions in some cases.",
)  # fmt: skip
def pairs_reveal_clusters(sample):
    """Agreement of the true clusters with those recovered from each matrix.

    Samples of all data sets count equally.
    """
    found = {matrix: sample.rand_index(matrix) for matrix in ("joint", "interaction")}
    numbers = {f"Rand index, {matrix}, {sample.name}": of for matrix, of in found.items()}
    numbers["additive share of the joint"] = sample.pairs.additive_share
    return {f"Rand index, {matrix}": of for matrix, of in found.items()}, numbers


@claim(
    "C33", figure="ext01", study="planted groups",
    says="leave-one-out values singletons only, Shapley points of small groups too",
    threshold="value of a singleton by leave-one-out {singleton}; of a point of a group, less a "
    "fifth of a singleton's: by leave-one-out {leave_one_out}, in groups of 2 to 20; by Shapley "
    "{Shapley}, in groups of 2 and of 5",
    singleton="> 0",
    leave_one_out="≤ 0",
    Shapley="≥ 0",
    found="Means over the samples: on a single one, the error of the Shapley value of a point in a "
    "group is half of the value or more.",
)  # fmt: skip
def shapley_values_small_groups(sample):
    """Values of a point in a group, less a fifth of the value of a singleton.

    At first the value of the least group was divided by a singleton's on each sample, and compared
    with its own error, so that the noise of a sample decided.
    """
    single, numbers = sample.values[1], {}
    parts = {"value of a singleton": single[0]}
    for size, (leave_one_out, shapley, error) in sample.values.items():
        numbers |= {f"value by leave-one-out, {size}": leave_one_out,
                    f"value by Shapley, {size}": shapley,
                    f"standard error, {size}": error}  # fmt: skip
        if size > 1:
            parts[f"leave-one-out, group of {size}"] = leave_one_out - single[0] / 5
        if 1 < size <= SMALL:
            parts[f"Shapley, group of {size}"] = shapley - single[1] / 5
    return parts, numbers

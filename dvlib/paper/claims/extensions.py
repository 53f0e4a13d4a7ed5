"""Claims from the paper's discussion, measured in the notebooks of the extensions."""

import numpy as np

from dvlib.paper.claims.claim import claim


@claim(
    "C31", figure="ext02", study="partners",
    says="of a linear g, the best partner of a point is its mirror image",
    threshold="agreement with g of the model of the best grid point and the point, less that of "
    "its mirror image and the point: {mirror}, for a linear SVM, logistic regression and the MLP",
    mirror="≤ 0.002",  # dv of one column of the 500 × 500 mesh
    found="For the linear models on every point; the MLP's best partner lies 5 units from the "
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
    found="Not from the matrix as the paper writes it, 95 % of whose variance is additive. From "
    "its interactions in half of the cases.",
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
    threshold="value of a point of a group as a share of a singleton's, which is above 0: by "
    "leave-one-out {most_singleton}, in groups of 2 to 20; by Shapley {least_singleton}, in groups "
    "of 2 or 5, and in standard errors {standard_error}",
    most_singleton="≤ 0.2",
    least_singleton="≥ 0.2",
    standard_error="≥ 2",
    found="Leave-one-out as said. A point of a group of 2 has 0.4 of a singleton's Shapley value, "
    "one of a group of 5 0.09 (means); on single samples the errors are as large.",
)  # fmt: skip
def shapley_values_small_groups(sample):
    """Values of a point in a group, as shares of the values of a singleton."""
    single = sample.values[1]
    others = [of for size, of in sample.values.items() if size > 1]
    few = [of for size, of in sample.values.items() if 1 < size <= 5]

    def share(of, method, worthless):
        """Share of a singleton's value; `worthless` if that value is not above 0."""
        return of[method] / single[method] if single[method] > 0 else worthless

    parts = {
        "leave-one-out, group of most / singleton": np.max([share(of, 0, 1.0) for of in others]),
        "Shapley, group of least / singleton": np.min([share(of, 1, 0.0) for of in few]),
        "Shapley, group of least / standard error": np.min([of[1] / of[2] for of in few]),
    }
    numbers = {}
    for size, (leave_one_out, shapley, _) in sample.values.items():
        numbers |= {f"leave-one-out, {size}": leave_one_out, f"Shapley, {size}": shapley}
    return parts, numbers

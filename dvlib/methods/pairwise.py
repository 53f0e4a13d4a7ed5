"""Pairwise data values (paper, section 4, "Benefits of Data Shapley and Pair-Wise Data Values").

dv_p(i, j) = Σ_T Σ_k |f_T(x_k) − f_T∖{i,j}(x_k)| over subsets T and the points x_k of T.

It measures how much the predictions change when both points are removed, a joint effect. Their
interaction is what removing both changes beyond what removing each alone changes.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from dvlib.checks import check_choice, check_count, check_memory, check_seed, check_training_set
from dvlib.methods.shapley.coalitions import coalitions, random_set
from dvlib.refits.progress import progress_bar

OUTPUTS = ("probability", "label")


@dataclass(frozen=True, eq=False)
class PairwiseValues:
    """Matrices (n, n), symmetric with a diagonal of zeros, and standard errors over sets T.

    `joint` is the paper's dv_p, as a mean over T instead of a sum. `interaction` is the joint
    effect minus the effects of each point alone, over the same T.
    """

    points: np.ndarray
    labels: np.ndarray
    joint: np.ndarray
    joint_errors: np.ndarray
    interaction: np.ndarray
    interaction_errors: np.ndarray
    n_sets: int
    kind = "sampled share of the mesh"

    def to_frame(self):
        """A pandas table of the pairs i < j, rounded to five places, far below the errors."""
        i, j = np.triu_indices(len(self.points), 1)
        columns = {
            "i": i, "j": j, "joint": self.joint[i, j], "joint_error": self.joint_errors[i, j],
            "interaction": self.interaction[i, j],
            "interaction_error": self.interaction_errors[i, j],
        }  # fmt: skip
        return pd.DataFrame(columns).round(5)

    @property
    def additive_share(self):
        """Share of the variance of `joint`, off the diagonal, that a fit of a_i + a_j explains."""
        i, j = np.triu_indices(len(self.points), 1)
        design = np.zeros((len(i), len(self.points)))
        design[np.arange(len(i)), i] = design[np.arange(len(i)), j] = 1
        pairs = self.joint[i, j]
        rest = pairs - design @ np.linalg.lstsq(design, pairs, rcond=None)[0]
        return 1 - rest.var() / pairs.var() if pairs.var() else np.nan


def pairwise_values(X, y, settings, *, n_sets=30, output="probability"):
    """Pairwise values of the points of a training set.

    Parameters
    ----------
    X, y : training points (n, 2), n ≥ 3, and labels (n,)
    settings : RefitSettings; the first seed and k draw set k; the seeds take turns in training
    n_sets : number of sets T, 2 or more; all sizes of T are equally likely. A set takes one fit,
        one more for each of its points and one more for each pair of them
    output : what f gives, the "probability" of label 1 or the hard "label"

    Returns
    -------
    PairwiseValues

    Raises
    ------
    ValueError : bad arrays, numbers or output; before any fit
    """
    X, y = check_training_set(X, y)
    if len(X) < 3:
        raise ValueError(f"{len(X)} points: give three or more")
    n_sets = check_count("n_sets", n_sets, at_least=2)
    output = check_choice("output", output, OUTPUTS)
    # All subsets of T that lack a pair are held three times, and so are their outputs.
    check_memory(len(X), "points", lambda n: 20 * n**3 + 16 * n_sets * n**2)
    effects = []
    with progress_bar(n_sets, "pairwise values, sets T", "set") as bar:
        for k in range(n_sets):
            seed = settings.seeds[k % len(settings.seeds)]
            chosen = np.sort(random_set(len(X), settings.seeds[0], k))
            effects.append(_effects(X, y, chosen, seed, settings, output))
            bar.update()
    effects = np.array(effects)
    (joint, interaction), errors = effects.mean(0), effects.std(0, ddof=1) / np.sqrt(n_sets)
    return PairwiseValues(X, y, joint, errors[0], interaction, errors[1], n_sets)


def clusters_of(matrix, count, seed=0):
    """Labels (n,) of `count` clusters by spectral clustering, with the matrix as affinity.

    Negative entries count as 0. A small constant is added, so that the graph is connected.

    Raises
    ------
    ValueError : a matrix that is not square, symmetric and finite, or a count beyond 2 … n − 1
    """
    matrix = np.asarray(matrix, float)
    square = matrix.ndim == 2 and len(matrix) == len(matrix.T) and np.isfinite(matrix).all()
    if not (square and np.allclose(matrix, matrix.T)):
        raise ValueError(f"matrix of shape {matrix.shape}: give a finite, symmetric one (n, n)")
    count = check_count("number of clusters", count, at_least=2, at_most=len(matrix) - 1)
    seed = check_seed(seed)
    affinity = np.maximum(matrix, 0)
    affinity = affinity + 1e-6 * max(affinity.max(), 1e-12)
    from sklearn.cluster import SpectralClustering

    model = SpectralClustering(count, affinity="precomputed", random_state=seed)
    return model.fit_predict(affinity)


def _effects(X, y, chosen, seed, settings, output):
    """Joint effects and interactions (n, n) of one set T."""
    n, size = len(X), len(chosen)
    joint, interaction = np.zeros((n, n)), np.zeros((n, n))
    if size == 0:
        return joint, interaction
    pairs = np.array([*combinations(range(size), 2)], int).reshape(-1, 2)
    removed = [[k] for k in range(size)] + pairs.tolist()
    subsets = [chosen, *(np.delete(chosen, points) for points in removed)]
    seen = coalitions(
        X, y, subsets, settings, seed, outputs_at=X[chosen], description=f"T of {size} less a pair"
    )
    outputs = seen.outputs  # the model of the empty set outputs ½, also as a label
    if output == "label":
        outputs = np.heaviside(outputs - 0.5, 0.5)
    change = np.abs(outputs[1:] - outputs[0]).sum(1)
    single = np.zeros(n)
    single[chosen] = change[:size]
    # If only one point of a pair is in T, only that point is removed.
    joint += single[:, None] + single
    a, b = chosen[pairs].T
    joint[a, b] = joint[b, a] = change[size:]
    interaction[a, b] = interaction[b, a] = change[size:] - single[a] - single[b]
    np.fill_diagonal(joint, 0)
    return joint, interaction

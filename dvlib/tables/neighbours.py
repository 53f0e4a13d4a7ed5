"""KNN-Shapley: exact Shapley values of the model of k nearest neighbours, without any fit.

Jia et al. (2019, Theorem 1). The utility is the share of a target point's k nearest rows that have
its label, averaged over the target points. If a set has fewer than k rows, the missing ones count
as wrong.
"""

import numpy as np

from dvlib.checks import check_count
from dvlib.methods.registry import register
from dvlib.tables.utilities import HELPS

CHUNK = 2**22  # distances held at a time
K = 5  # scikit-learn's default number of neighbours; OpenDataVal's is 10


@register(
    "knn_shapley", domain="rows", reads=("X", "y", "at", "labels"), title="KNN-Shapley",
    kind="utility", high=HELPS, target="labels",
)  # fmt: skip
def knn_shapley(X, y, X_target, y_target, k=K):
    """Exact Shapley values of the rows for the k nearest neighbours' utility.

    Parameters
    ----------
    X, y : rows (n, d) and labels (n,)
    X_target, y_target : points (m, d) to classify, and their labels (m,)
    k : int ≥ 1, number of neighbours

    Returns
    -------
    (values, standard_errors), both (n,). The error is that of a mean over the target points, nan
    for a single one. Of rows at equal distance, the earlier one counts as nearer. The values add up
    to the utility of all rows.

    Examples
    --------
    >>> values, _ = knn_shapley([[0.0], [1.0]], [0, 1], [[0.2]], [0], k=1)
    >>> values
    array([1., 0.])
    """
    from scipy.spatial.distance import cdist

    k, y, y_target = check_count("k", k), np.asarray(y), np.asarray(y_target)
    n, m = len(X), len(X_target)
    place = np.arange(1, n)
    weights = np.minimum(k, place) / (place * k)
    total, squares = np.zeros(n), np.zeros(n)
    for start in range(0, m, max(1, CHUNK // n)):
        part = slice(start, start + max(1, CHUNK // n))
        order = cdist(X_target[part], X, "sqeuclidean").argsort(axis=1, kind="stable")
        right = (y[order] == y_target[part, None]).astype(float)
        # From the farthest row inwards, each value is that of the row behind it plus a step.
        last = right[:, -1:] * min(k, n) / (n * k)
        steps = np.hstack([(right[:, :-1] - right[:, 1:]) * weights, last])
        by_place = steps[:, ::-1].cumsum(1)[:, ::-1]
        values = np.empty_like(by_place)
        np.put_along_axis(values, order, by_place, axis=1)
        total += values.sum(0)
        squares += np.square(values).sum(0)
    mean = total / m
    if m == 1:
        return mean, np.full(n, np.nan)
    return mean, np.sqrt(np.maximum(squares / m - mean**2, 0) / (m - 1))

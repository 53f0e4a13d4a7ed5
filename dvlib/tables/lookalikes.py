"""Rows that are nearly the same, rows far from all others, and the nearest rows of either label.

Distances are Euclidean, between standardized rows (n, d). Nothing is fitted.
"""

from typing import NamedTuple

import numpy as np

from dvlib.checks import check_count

NEIGHBOUR = 5  # a row is far if even its fifth neighbour is
REFERENCE = 5_000  # rows, at most, to which the distances of all rows are measured
CLOSE = 0.1  # near duplicates are closer than this share of the usual distance to a neighbour
BY_CHANCE = 0.5  # rows expected below the limit in a table without near duplicates
SHADOW = 6  # dimensions of a random projection in which candidates for near duplicates are searched
CANDIDATES = 20  # for each row; their number bounds the memory
FENCE = 3  # quartile distances above the upper quartile: Tukey's outer fence


class Lookalikes(NamedTuple):
    """What `lookalikes` found, as positions of rows.

    `pairs` (p, 2) are rows that are the same or nearly; in a group of more than two, each is paired
    with the first. `far` rows are far from all others, the farthest first.
    """

    pairs: np.ndarray
    far: np.ndarray


def lookalikes(X, *, seed=0):
    """Near duplicates and far rows among standardized rows.

    Near duplicates are much closer than neighbours usually are. Distances r to the nearest row
    spread as if r^D were exponential, in which D is the dimension that the rows fill; their
    quartiles tell D. The limit is set where half a row is expected by chance, and never above a
    tenth of the median; if more than a quarter of the rows have near duplicates, only those that
    are exact may remain. Groups are formed by single links: a row joins if it is near to one of
    them.

    A row is far if the logarithm of the distance to its fifth neighbour is more than three quartile
    distances above the upper quartile (Tukey's outer fence). Copies count once in all distances, so
    that a far row that was entered twice is still far.

    In tables of more than 5,000 different rows, usual distances and far rows are measured to a
    random 5,000 of them. Near duplicates are searched among all rows.

    Parameters
    ----------
    X : array (n, d), standardized
    seed : int, of the random rows

    Returns
    -------
    Lookalikes

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(50, 3))
    >>> X[7], X[20] = X[3], 100
    >>> lookalikes(X)
    Lookalikes(pairs=array([[3, 7]]), far=array([20]))
    """
    unique, place = np.unique(np.asarray(X, float) + 0.0, axis=0, return_inverse=True)
    linked, distance, limit = np.arange(len(unique)), np.zeros(len(unique)), 0
    if len(unique) > NEIGHBOUR:
        nearest, distance = _distances(unique, seed)
        linked = _linked(unique, _near_limit(nearest, len(unique)), seed)
        low, high = np.quantile(distance, [0.25, 0.75])
        limit = high * (high / low) ** FENCE * (1 + 1e-9)
    _, first, group = np.unique(linked[place], return_index=True, return_inverse=True)
    first = first[group]
    later = np.flatnonzero(first != np.arange(len(first)))
    pairs = np.column_stack([first[later], later])
    far = np.flatnonzero(distance[place] > limit)
    return Lookalikes(
        pairs[np.lexsort(pairs.T[::-1])], far[np.argsort(-distance[place][far], kind="stable")]
    )


def neighbours_of(X, y, rows, count=2):
    """The nearest rows that have the same label as each of some rows, and that have another.

    Parameters
    ----------
    X : array (n, d), standardized
    y : labels (n,) of any kind
    rows : positions (r,) of the rows
    count : int ≥ 1, number of neighbours of either kind

    Returns
    -------
    (own, other) : two lists of r int arrays, positions of the nearest rows with the row's own
        label, without itself, and with another label, the nearest first; fewer than `count` where
        there are no more

    Examples
    --------
    >>> neighbours_of([[0.0], [1.0], [3.0], [2.0]], ["a", "a", "a", "b"], [1])
    ([array([0, 2])], [array([3])])
    """
    X, y, rows = np.asarray(X, float), np.asarray(y), np.asarray(rows, int)
    count = check_count("count", count)
    own, other = np.full((2, len(rows), count), -1)
    for label in np.unique(y[rows]):
        asked = np.flatnonzero(y[rows] == label)
        own[asked] = _nearest(X, np.flatnonzero(y == label), rows[asked], count)
        other[asked] = _nearest(X, np.flatnonzero(y != label), rows[asked], count)
    return tuple([found[found >= 0] for found in kind] for kind in (own, other))


def _nearest(X, among, rows, count):
    """Positions (r, count) of the nearest of some rows, −1 where there are no more."""
    from sklearn.neighbors import NearestNeighbors

    found = np.full((len(rows), count + 1), -1)
    if len(among):
        most = min(count + 1, len(among))
        nearest = NearestNeighbors(n_neighbors=most).fit(X[among])
        found[:, :most] = among[nearest.kneighbors(X[rows], return_distance=False)]
    itself_last = np.argsort(found == rows[:, None], axis=1, kind="stable")
    found[found == rows[:, None]] = -1
    return np.take_along_axis(found, itself_last, axis=1)[:, :count]


def _distances(X, seed):
    """Distances of different rows to the nearest and to the fifth neighbour, (u,) twice."""
    from sklearn.neighbors import NearestNeighbors

    reference = np.arange(len(X))
    if len(X) > REFERENCE:
        reference = np.random.default_rng(seed).choice(len(X), REFERENCE, replace=False)
    own = np.isin(np.arange(len(X)), reference).astype(int)  # itself is the nearest of all
    neighbours = NearestNeighbors(n_neighbors=NEIGHBOUR + 1, algorithm="brute").fit(X[reference])
    found, _ = neighbours.kneighbors(X)
    return found[np.arange(len(X)), own], found[np.arange(len(X)), own + NEIGHBOUR - 1]


def _near_limit(nearest, n):
    """The distance below which rows are near duplicates; see `lookalikes`."""
    low, median, high = np.quantile(nearest[nearest > 0], [0.25, 0.5, 0.75])
    dimension = np.log(np.log(4) / np.log(4 / 3)) / max(np.log(high / low), 1e-9)
    # Of n rows with r^D exponential, n log 2 (limit / median)^D are below a low limit. Among all
    # rows, a row has n / reference times as many neighbours as were measured.
    share = BY_CHANCE / (n * np.log(2)) * min(REFERENCE / n, 1)
    return median * min(share ** (1 / dimension), CLOSE)


def _linked(X, limit, seed):
    """A number for each row (u,), the same for rows that are linked by distances below a limit."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    n, d = X.shape
    Z = X
    if d > SHADOW:  # a tree is slow in many dimensions; no projection makes a distance longer
        Z = X @ np.linalg.qr(np.random.default_rng(seed).normal(size=(d, SHADOW)))[0]
    at_most = min(CANDIDATES + 1, n)
    _, found = cKDTree(Z).query(Z, at_most, distance_upper_bound=limit * (1 + 1e-9), workers=-1)
    links = []
    for other in found.T:
        rows = np.flatnonzero(other < n)  # n where there is none
        close = np.linalg.norm(X[rows] - X[other[rows]], axis=1) <= limit
        links.append(np.array([rows[close], other[rows[close]]]))
    a, b = np.hstack(links)
    return connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(n, n)))[1]

"""Core-sets: selections of k training points that keep the decision boundary (paper, section 4).

A selection is an order of all points, the first to be kept first; its core-set of size k is its
first k points. Extension 5, `dvlib.paper.figures.core_sets`, compares selections.
"""

from typing import NamedTuple

import numpy as np

from dvlib.checks import check_measured, check_training_set
from dvlib.engine.boundaries import boundary
from dvlib.methods.removal import check_order, lowest_first
from dvlib.methods.runs import mean_pairwise_dv, train_runs
from dvlib.methods.shapley.coalitions import coalitions_each, planned_coalitions
from dvlib.refits.batch import check_plane


def by_cluster(clusters, rng):
    """A random order (n,) that takes a point of each cluster in turn; `clusters` (n,) are labels.

    When a small cluster is used up, the others go on.
    """
    clusters = np.asarray(clusters)
    order = rng.permutation(len(clusters))
    turn = np.empty(len(clusters), int)
    for name in np.unique(clusters):
        members = order[clusters[order] == name]
        turn[members] = range(len(members))
    return order[np.argsort(turn[order], kind="stable")]


def k_centre(X):
    """Greedy k-centre order (n,): each point is the farthest from those before it.

    The first is the point nearest to the mean (Sener and Savarese 2018 leave it open).
    """
    first = int(np.square(X - X.mean(0)).sum(1).argmin())
    order, distance = [first], np.full(len(X), np.inf)
    for _ in range(len(X) - 1):
        distance = np.minimum(distance, np.square(X - X[order[-1]]).sum(1))
        distance[order] = -1
        order.append(int(distance.argmax()))
    return np.array(order)


def herding(X, y):
    """Herding order (n,), one label after the other in turn (Welling 2009).

    Each next point brings the mean of those chosen of its label nearest to the label's mean. The
    mean is that of the coordinates, their squares and their product, so that it holds the spread.
    """
    orders = []
    for label in (0, 1):
        members = np.flatnonzero(y == label)
        x, spread = X[members] - X[members].mean(0), X[members].std(0)
        x = x / np.where(spread > 0, spread, 1)
        features = np.column_stack([x, x**2, x[:, :1] * x[:, 1:]])
        target, total, left, chosen = features.mean(0), 0.0, np.ones(len(x), bool), []
        for k in range(1, len(x) + 1):
            error = np.square((total + features) / k - target).sum(1)
            best = int(np.where(left, error, np.inf).argmin())
            chosen.append(best)
            left[best], total = False, total + features[best]
        orders.append(members[chosen])
    turn = np.concatenate([np.arange(len(chosen)) for chosen in orders])
    return np.concatenate(orders)[np.argsort(turn, kind="stable")]


def highest_first(values, rng):
    """Order (n,) from the highest value down; points of equal value in random order."""
    return lowest_first(-np.asarray(values), rng)


class CoreSets(NamedTuple):
    """How far models of core-sets of the sizes k in `sizes` are from f_X and from g.

    `orders` are a dict of selection → indices of the training points (n,). `to_base` and `to_g`
    are dicts of selection → (S, K), dv of each seed's model of the first k points to f_X of that
    seed, and to g. `base_to_g` (K,) is dv of f_X to g, `other_seed` mean dv between f_X of two
    seeds.
    """

    data: object
    sizes: tuple
    orders: dict
    to_base: dict
    to_g: dict
    base_to_g: np.ndarray
    other_seed: float

    def at(self, selection, size):
        """Mean dv to f_X of a selection's core-set of a size, one of `sizes`."""
        check_measured("selection", selection, self.to_base)
        check_measured("size", size, self.sizes)
        return float(self.to_base[selection][self.sizes.index(size)].mean())


def core_sets(data, orders, sizes, settings):
    """Train on the first k points of each order, and compare with f_X and g.

    Parameters
    ----------
    data : Dataset whose g is known
    orders : dict of selection → permutation (n,) of the training points
    sizes : sizes k, from 1 to n; a set of one label predicts that label, as for Shapley values
    settings : RefitSettings with two or more seeds

    Returns
    -------
    CoreSets

    Raises
    ------
    ValueError : an order that is no permutation, a size out of range, or a single seed; before any
        fit
    """
    X, y = check_training_set(data.X, data.y)
    check_plane(X, y, settings.mesh)
    orders = {name: check_order(name, order, len(X)) for name, order in orders.items()}
    if not all(1 <= size <= len(X) for size in sizes):
        raise ValueError(f"sizes {[*sizes]}: give sizes from 1 to {len(X)}")
    if len(settings.seeds) < 2:
        raise ValueError("one seed: give two or more, whose models are compared")
    (runs,) = train_runs([(X, y)], settings, description="f_X")
    base, truth = runs.boundaries(), boundary(data.g, settings.mesh)
    subsets = [order[:size] for order in orders.values() for size in sizes]
    batches = [
        planned_coalitions(
            X, y, subsets, settings, seed, references=np.stack([learned, truth]),
            description=f"core-sets, {data.name}",
        )
        for seed, learned in zip(settings.seeds, base, strict=True)
    ]  # fmt: skip
    refits = coalitions_each(batches, settings)
    dv = np.stack([models.dv for models in refits], axis=1).reshape(len(orders), len(sizes), -1, 2)
    to_base, to_g = (
        {name: dv[k, ..., reference] for k, name in enumerate(orders)} for reference in (0, 1)
    )
    base_to_g = (base != truth).mean((1, 2))
    return CoreSets(data, tuple(sizes), orders, to_base, to_g, base_to_g, mean_pairwise_dv(base))

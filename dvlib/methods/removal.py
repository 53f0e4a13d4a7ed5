"""Removal curves: how a model changes as points are removed from its training set.

Each curve removes the points in a given order, such as the least valuable first (paper, Figures 10
and 11).
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dvlib.checks import check_labels, check_points, check_training_set
from dvlib.engine.boundaries import boundary
from dvlib.methods.shapley.coalitions import coalitions
from dvlib.refits.batch import check_plane
from dvlib.refits.single import fit

# Our choice: even steps, and two more where few training points are left. Of few training points,
# `shares_of` takes the shares that leave a point.
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)


class RemovalCurves(NamedTuple):
    """Measurements after R shares of the training points, `shares` (R,), were removed, for K seeds.

    `accuracy` and `dv` are dicts of an order's name → (R, K), the share of the test points
    classified correctly and the boundary difference to the `reference`: "g", or "f_X", the model of
    all points, if g is unknown.
    """

    shares: np.ndarray
    accuracy: dict
    dv: dict
    reference: str = "g"

    @property
    def kind(self):
        """Kind of the numbers, by order: rounding decides between values that nearly tie."""
        random = (_joined(name) for name in self.dv if "random" in name)
        return dict.fromkeys(random, "share of the mesh") | {"": "removal by value"}

    def to_frame(self):
        """A pandas table of means over seeds: order, removed, accuracy, dv."""
        columns = [
            {"order": _joined(name), "removed": self.shares,
             "accuracy": self.accuracy[name].mean(1), "dv": self.dv[name].mean(1)}
            for name in self.dv
        ]  # fmt: skip
        return pd.concat(map(pd.DataFrame, columns), ignore_index=True)

    def area(self, measure, name):
        """Mean height of a curve ("accuracy" or "dv") over the shares (trapezoidal rule)."""
        curve, shares = getattr(self, measure)[name].mean(1), self.shares
        return float(np.trapezoid(curve, shares) / (shares[-1] - shares[0]))


def _joined(name):
    return name if isinstance(name, str) else ", ".join(map(str, name))


def lowest_first(values, rng):
    """Order of removal (n,) from the lowest value up; points of equal value in random order."""
    if np.isnan(values).any():
        raise ValueError("values that are nan have no order: give numbers")
    return np.lexsort([rng.random(len(values)), values])


def shares_of(n):
    """The shares of `SHARES` that remove more and more of n points, and leave one at least."""
    gone = {int(np.rint(share * n)): share for share in reversed(SHARES)}  # the first of each count
    return tuple(gone[count] for count in sorted(gone) if count < n)


def check_order(name, order, n):
    """`order` as an array, if it is a permutation of 0 … n − 1."""
    order = np.asarray(order)
    if order.dtype.kind not in "iu" or sorted(order.ravel()) != [*range(n)] or order.ndim != 1:
        raise ValueError(f"order {name!r}: give each of the {n} points once")
    return order


def removal_curves(X, y, X_test, y_test, g, orders, settings, *, shares=None):
    """Refit a training set as ever more of its points are removed, in several orders.

    Parameters
    ----------
    X, y, X_test, y_test : training and test points, (n, 2) and (m, 2), and labels
    g : ground truth, a function of points (m, 2) to labels (m,); None = it is unknown, and
        boundaries are compared with those of f_X, the model of all points
    orders : dict of name (a string, or a tuple of strings) → permutation (n,) of the training
        points, in order of removal
    settings : RefitSettings; a set of one class predicts that class, as for Shapley values
    shares : rising shares of the points to remove, from 0 to below 1; None = `shares_of` n

    Returns
    -------
    RemovalCurves

    Raises
    ------
    ValueError : bad arrays, shares, or an order that is no permutation; before any fit
    """
    (X, y), X_test = check_training_set(X, y), check_points(X_test, "X_test")
    check_plane(X, y, settings.mesh)
    n, y_test = len(X), check_labels(y_test, len(X_test))
    shares = np.asarray(shares_of(n) if shares is None else shares, float)
    orders = {name: check_order(name, order, n) for name, order in orders.items()}
    if not orders:
        raise ValueError("no orders: give one or more")
    rising = shares.ndim == 1 and len(shares) > 1 and (np.diff(shares) > 0).all()
    if not (rising and shares[0] >= 0 and np.rint(shares[-1] * n) < n):
        raise ValueError(
            f"shares {shares} of {n} points: give two or more, rising, from 0 to below 1, "
            "that leave a point"
        )

    # Several orders can lead to the same set, such as the full set. Each set is fitted once.
    gone = np.rint(shares * n).astype(int)
    distinct, rows = {}, {name: [] for name in orders}
    for name, order in orders.items():
        for subset in (np.sort(order[count:]) for count in gone):
            number, _ = distinct.setdefault(subset.tobytes(), (len(distinct), subset))
            rows[name].append(number)
    sets = [subset for _, subset in distinct.values()]
    truth, seen = None if g is None else boundary(g, settings.mesh)[None], []
    for seed in settings.seeds:
        base = fit(X, y, settings.config, seed=seed, engine=settings.engine) if g is None else None
        seen.append(
            coalitions(
                X, y, sets, settings, seed,
                references=boundary(base.network, settings.mesh)[None] if base else truth,
                outputs_at=X_test, description="removing points",
            )
        )  # fmt: skip
    dv = np.stack([models.dv[:, 0] for models in seen], axis=1)
    right = np.stack([((models.outputs > 0.5) == y_test).mean(1) for models in seen], axis=1)
    accuracy, dv = ({name: array[rows[name]] for name in orders} for array in (right, dv))
    return RemovalCurves(shares, accuracy, dv, "f_X" if g is None else "g")

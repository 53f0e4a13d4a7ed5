"""Adaptive maps: values of all points of a mesh, from refits of some of them.

A map is steep along the boundaries and nearly flat elsewhere. So every fourth point is fitted
first, and the centre of each cell between such points. A cell is halved in both directions where
its corners and its centre differ by more than 5 % of the range of the map, until its corners are
neighbours on the mesh. The values of the other points are interpolated linearly.

All maps that are read from one pass of refits share its points: a cell is halved if any of them
differs there. So the points do not depend on which map is asked for first, and no map is without a
feature that another one shows: alone, frequent forgetting lost one in Figure 19.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product

import numpy as np

from dvlib.methods.one_point import OnePointRefits

EVERY = 4  # what is narrower than four steps of the mesh may be missed: on X_P^M, four units
SHARE = 0.05  # of the range of a map. At 0.1, a map of forgetting in Figure 3 lost a feature.


@dataclass(frozen=True, eq=False)
class Places:
    """The points of a square mesh that were fitted: `fitted` (m,), increasing indices."""

    side: int
    fitted: np.ndarray

    @property
    def share(self):
        """Share of the points of the mesh."""
        return len(self.fitted) / self.side**2

    @cached_property
    def _triangles(self):
        from scipy.spatial import Delaunay

        return Delaunay(np.column_stack(np.divmod(self.fitted, self.side)))

    def whole(self, values):
        """Values (side², …) of all points of the mesh from those of the fitted ones, (m, …)."""
        from scipy.interpolate import LinearNDInterpolator

        every = np.indices((self.side, self.side)).reshape(2, -1).T
        whole = LinearNDInterpolator(self._triangles, np.asarray(values, float))(every)
        whole[self.fitted] = values  # bit for bit
        return whole

    def spread(self, values, sample):
        """DataValues of all points of a sample from those of the fitted ones.

        Standard errors are interpolated, too. `fitted` says which points were fitted.
        """
        fitted = np.zeros(self.side**2, bool)
        fitted[self.fitted] = True
        arrays = {
            name: self.whole(array)
            for name in ("values", "standard_errors", "never_learned")
            if (array := getattr(values, name)) is not None
        }
        return replace(values, points=sample.points, labels=sample.labels, fitted=fitted, **arrays)


def adaptive_refits(refits_at, side, recipes):
    """Refits of the points of a mesh at which some maps need them.

    `refits_at` is a function of indices of points of the mesh to their OnePointRefits, called once
    for each level of the cells. `recipes` are one Recipe or more, of methods that read the refits.
    Returns OnePointRefits with `places`.
    """
    parts, rows = [], []

    def values_at(new):
        parts.append(refits_at(new))
        rows.append(new)
        return np.column_stack([
            recipe.method.compute(parts[-1], **recipe.arguments).values for recipe in recipes
        ])  # fmt: skip

    fitted = fitted_points(side, values_at)
    refits = OnePointRefits.joined(parts).at(np.argsort(np.concatenate(rows)))
    return replace(refits, places=Places(side, fitted))


def fitted_points(side, values_at):
    """Indices (m,) of the points of a mesh that are fitted, increasing.

    Parameters
    ----------
    side : of the mesh
    values_at : function of indices (k,) to values (k, M) of M maps, called once for each level
    """
    ends = [*pairwise([*range(0, side - 1, EVERY), side - 1])]
    cells = np.array([(*rows, *columns) for rows, columns in product(ends, repeat=2)])
    known, maps = np.zeros(side**2, bool), None
    while len(cells):
        a, b, c, d = cells.T
        rows, columns = np.array([a, a, b, b, (a + b) // 2]), np.array([c, d, c, d, (c + d) // 2])
        at = rows * side + columns  # (5, number of cells)
        if len(new := np.setdiff1d(at, np.flatnonzero(known))):
            values = values_at(new)
            maps = np.empty((side**2, values.shape[1])) if maps is None else maps
            maps[new], known[new] = values, True
        differs = (np.ptp(maps[at], axis=0) > SHARE * np.ptp(maps[known], axis=0)).any(1)
        divisible = np.maximum(b - a, d - c) > 1
        cells = np.array([
            (*rows, *columns)
            for a, b, c, d in cells[differs & divisible]
            for rows, columns in product(_halves(a, b), _halves(c, d))
        ])  # fmt: skip
    return np.flatnonzero(known)


def _halves(low, high):
    middle = (low + high) // 2
    return [(low, high)] if middle == low else [(low, middle), (middle, high)]

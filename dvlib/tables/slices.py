"""Planes through rows of a table, on which a network of many inputs is one of two.

A plane through three rows is a + s u + t v. There the first layer of a network, W x + b, is
W [u v] (s, t) + (b + W a), the first layer of a network with the two inputs s and t. So everything
that works for networks of the plane works for it, such as the compiled sweep. Somepalli et al.
(2022) draw classifiers of images on such planes.
"""

from dataclasses import dataclass, replace

import numpy as np

from dvlib.checks import shown


@dataclass(frozen=True, eq=False)
class Slice:
    """The plane origin + s u + t v, with u and v of the same length and at a right angle.

    Attributes
    ----------
    origin : (d,), the mean of the three rows
    axes : (2, d), u and v; their length is the distance of the farthest row from the origin
    corners : (3, 2), the three rows in coordinates s, t; the farthest has the distance 1 from 0
    """

    origin: np.ndarray
    axes: np.ndarray
    corners: np.ndarray

    @classmethod
    def through(cls, rows):
        """The plane through three rows (3, d); u points from the first row to the second.

        Raises
        ------
        ValueError : not three rows of two columns or more, or rows on a line

        Examples
        --------
        >>> plane = Slice.through([[-1, 0, 3], [1, 0, 3], [0, 3, 3]])
        >>> plane.points([[0, 0], [0.5, 0]]).tolist()  # the mean of the rows; 2 is their reach
        [[0.0, 1.0, 3.0], [1.0, 1.0, 3.0]]
        """
        rows = np.asarray(rows, float)
        if rows.ndim != 2 or len(rows) != 3 or rows.shape[1] < 2:
            raise ValueError(f"rows of shape {rows.shape}: give three rows of two columns or more")
        origin = rows.mean(0)
        reach = np.linalg.norm(rows - origin, axis=1).max()
        first, second = rows[1] - rows[0], rows[2] - rows[0]
        u = first / (np.linalg.norm(first) or 1.0)
        rest = second - (second @ u) * u
        if min(np.linalg.norm(first), np.linalg.norm(rest)) <= 1e-9 * reach:
            raise ValueError(f"{shown(rows.tolist())} lie on a line: give three rows of a plane")
        axes = reach * np.array([u, rest / np.linalg.norm(rest)])
        return cls(origin, axes, (rows - origin) @ axes.T / reach**2)

    def points(self, places):
        """Rows (m, d) at places (m, 2) of the plane."""
        return self.origin + np.asarray(places, float) @ self.axes

    def restricted(self, network):
        """The same network as a function of s and t, a Network of two inputs.

        Raises
        ------
        ValueError : the network has another number of inputs than the plane has columns
        """
        if network.inputs != len(self.origin):
            raise ValueError(
                f"a network of {network.inputs} inputs: the plane's rows have {len(self.origin)}"
            )
        coef, intercept = (part.astype(float) for part in network.layers[0])
        first = np.concatenate([(self.axes @ coef).ravel(), intercept + self.origin @ coef])
        rest = network.packed[coef.size + intercept.size :].astype(float)
        return replace(network, packed=np.concatenate([first, rest]), inputs=2)


def random_triple(y, rng):
    """Three rows at random, the first two of different labels: int (3,).

    Parameters
    ----------
    y : labels (n,), n ≥ 3, of two classes or more
    rng : numpy Generator
    """
    first = rng.integers(len(y))
    second = rng.choice(np.flatnonzero(y != y[first]))
    third = rng.choice(np.setdiff1d(np.arange(len(y)), (first, second)))
    return np.array([first, second, third])

"""Square meshes: boundaries are compared on X^M, and the points of X_P^M are valued."""

from dataclasses import dataclass

import numpy as np

from dvlib.checks import check_mesh, check_step


@dataclass(frozen=True)
class MeshGrid:
    """All pairs of `side` evenly spaced coordinates from `low` to `high` (paper, section 2.1).

    >>> MeshGrid(0, 2, 3).points.tolist()[:4]
    [[0.0, 0.0], [0.0, 1.0], [0.0, 2.0], [1.0, 0.0]]
    """

    low: float
    high: float
    side: int

    def __post_init__(self):
        checked = check_mesh(self.low, self.high, self.side)
        for name, value in zip(("low", "high", "side"), checked, strict=True):
            object.__setattr__(self, name, value)

    @classmethod
    def from_step(cls, low, high, step):
        """Mesh low, low + step, … up to `high`, which is left out if no step lands on it.

        >>> MeshGrid.from_step(-10, 25, 3).axis[[0, 1, -1]].tolist()
        [-10.0, -7.0, 23.0]
        """
        low, high, step = check_step(low, high, step)
        steps = int((high - low) / step + 1e-9)  # 0.1 · 350 is a little below 35
        return cls(low, low + steps * step, steps + 1)

    @property
    def step(self):
        return (self.high - self.low) / (self.side - 1)

    @property
    def axis(self):
        """Coordinates along either axis, ndarray of shape (side,)."""
        return np.linspace(self.low, self.high, self.side)

    @property
    def points(self):
        """Mesh points in the paper's order (y runs fastest), ndarray of shape (side², 2)."""
        x, y = np.meshgrid(self.axis, self.axis, indexing="ij")
        return np.column_stack([x.ravel(), y.ravel()])

    def as_image(self, values):
        """Values in the order of `points` as rows of constant y, ndarray of shape (side, side)."""
        return np.asarray(values).reshape(self.side, self.side).T


X_M = MeshGrid(-10.0, 20.0, 500)  # paper, A.1.1
PLOT_RANGE = (-10.0, 25.0)  # paper, section 3; A.1.1 says [-10, 20]
X_P_M = MeshGrid.from_step(*PLOT_RANGE, 1.0)

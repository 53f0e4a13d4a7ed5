"""Panels: a map of values, or the boundaries of several runs on a training set."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dvlib.data.datasets import unit_of
from dvlib.data.regions import Boundaries
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import LAST
from dvlib.methods.sample import MeshAlone
from dvlib.methods.values import DataValues

TOLERANCE = 0.02  # units of the paper's plane: a tenth of a line's width in the pictures


@dataclass(frozen=True, eq=False)
class Panel:
    """A map of values, ready to draw."""

    title: str  # and name in the figure's CSV
    values: DataValues  # on the points of `mesh`
    mesh: MeshGrid
    boundaries: Boundaries  # to draw over it
    data: object | None = None  # anything with a training set `X` (n, 2) and `y` (n,) to draw
    marks: dict = field(default_factory=dict)  # name → point (2,) to mark, at most three of them


def panels(sample, values=None, *, mesh=None):
    """Maps of the values of a sample's points, with both boundaries: a list of Panel.

    `values` is a dict of title → DataValues (None = those of the sample's recipes), and `mesh` the
    MeshGrid that the points are (None = the sample's grid).
    """
    if values is None:
        values = {name: sample.values[name] for name in sample.methods}
    data = None if isinstance(sample, MeshAlone) else sample.data
    mesh = sample.grid if mesh is None else mesh
    return [Panel(title, drawn, mesh, sample.boundaries, data) for title, drawn in values.items()]


@dataclass(frozen=True, eq=False)
class BoundaryPanel:
    """Boundaries of runs, ready to draw."""

    X: np.ndarray  # (n, 2), the training points
    y: np.ndarray  # (n,)
    curves: tuple  # for each run a tuple of arrays of shape (m, 2)
    first_bold: bool = False  # the first run is the one to look at, the others are company
    new_point: np.ndarray | None = None  # (2,), to mark
    new_label: int = 0
    point_is_in: bool = False  # the networks were trained on that point, too
    values: DataValues | None = None  # of the training points, drawn as their sizes
    rows: pd.DataFrame | None = None  # of n lines, which row of a file each training point is

    @classmethod
    def of_runs(cls, runs, mesh, epoch=LAST, **options):
        """The boundaries of `Runs` after an epoch, taken on a mesh over the plotted range."""
        tolerance, curves = TOLERANCE * unit_of((mesh.low, mesh.high)), runs.curves(mesh, epoch)
        curves = tuple(tuple(_thinned(line, tolerance) for line in lines) for lines in curves)
        return cls(runs.points, runs.labels, curves, **options)

    @property
    def kind(self):
        """The kind of the values or, without values, "curves"."""
        return "curves" if self.values is None else self.values.kind

    def to_frame(self):
        """A pandas table of the curves' corners (run, curve, x, y), then of the values."""
        rows = [  # rounded far below a line's width
            pd.DataFrame({"run": k, "curve": i, "x": line[:, 0], "y": line[:, 1]}).round(4)
            for k, lines in enumerate(self.curves)
            for i, line in enumerate(lines)
        ]
        if self.values is not None:
            rows.append(self.values.to_frame(self.rows))
        return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["run"])


def _thinned(curve, tolerance):
    """A curve without the corners that a straight line replaces within the tolerance."""
    from matplotlib.path import Path

    path = Path(curve / tolerance)
    path.should_simplify, path.simplify_threshold = True, 1.0
    path = path.cleaned(simplify=True)
    corners = path.vertices[path.codes != Path.STOP] * tolerance
    again = np.zeros(len(corners), bool)
    again[1:] = (corners[1:] == corners[:-1]).all(1)
    return corners[~again]

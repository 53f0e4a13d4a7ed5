"""Misclassified regions, where two boundaries disagree: their names, and distances to them."""

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from dvlib.checks import check_points
from dvlib.data.plane import Units
from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import MeshGrid

NAMES = ("upper", "between", "lower")


class Boundaries(NamedTuple):
    """g and a learned boundary on the same mesh.

    Each is an array (side, side) of labels or of their mean over runs; None = unknown or not drawn.
    `units` are those of the data set, which axes show. `truth` says what g is.
    """

    mesh: MeshGrid
    g: np.ndarray
    learned: np.ndarray
    units: Units | None = None
    truth: str = "ground truth g"


@dataclass(frozen=True, eq=False)
class Regions:
    """Misclassified regions, evaluated at points (n, 2); none if g is unknown.

    `misclassified`, bool (n,), says whether g and the learned boundary give the point different
    labels, and `name` (n,) is one of `NAMES`, or "" for points classified correctly. `to_g` and
    `to_learned` (n,) are distances to the boundaries in units of the paper's plane
    (`Dataset.unit`): inf if all points have one label; to_g is nan if g is unknown.
    """

    points: np.ndarray
    misclassified: np.ndarray
    name: np.ndarray
    to_g: np.ndarray
    to_learned: np.ndarray

    def at(self, where):
        """The regions at some of the points, given as indices or as a bool array (n,)."""
        return Regions(*(getattr(self, field.name)[where] for field in fields(self)))

    def mean(self, values, name):
        """Mean of `values` (n,) over the points of a region; nan if it has none."""
        inside = self.name == name
        return float(np.mean(values[inside])) if inside.any() else float("nan")


def truth_on(data, mesh):
    """Labels of a data set's g on a mesh, uint8 (side, side); None if g is unknown."""
    return None if data.g is None else boundary(data.g, mesh)


def find_regions(dataset, boundaries, points):
    """The regions between g and a learned boundary of a data set.

    A region is a connected part of the mesh where the two disagree. Its name depends on its centre.
    Take the mean centre of each label's clusters, and the midpoint of these two centres. A region
    is `between` if its centre is no farther from the midpoint than half the distance of the two
    centres. Otherwise it is `upper` if its centre lies above the midpoint, else `lower`.

    The paper gives coordinates for the region between (x in [5, 7], y in [3, 5]). They hold for its
    own sample, so the region is measured here.

    Parameters
    ----------
    dataset : Dataset
    boundaries : Boundaries on a mesh that covers the points; a learned mean over runs counts as
        label 1 above 0.5, else as 0
    points : (n, 2)

    Returns
    -------
    Regions

    Raises
    ------
    ValueError : bad points, or points that the mesh does not cover
    """
    from scipy import ndimage

    points = check_points(points)
    mesh, learned = boundaries.mesh, boundaries.learned > 0.5
    truth = learned if boundaries.g is None else boundaries.g
    # Label both kinds of error separately: their regions touch where the boundaries cross.
    parts, n_parts = ndimage.label((truth == 1) & ~learned)
    second_parts, n_second = ndimage.label((truth == 0) & learned)
    parts = np.where(second_parts > 0, second_parts + n_parts, parts)
    n_parts += n_second
    centres = {k: dataset.means[dataset.mean_labels == k].mean(0) for k in (0, 1)}
    middle, apart = (centres[0] + centres[1]) / 2, np.linalg.norm(centres[1] - centres[0])
    names = [""]
    for row, column in ndimage.center_of_mass(parts, parts, range(1, n_parts + 1)):
        centre = mesh.low + mesh.step * np.array([column, row])
        if np.linalg.norm(centre - middle) <= apart / 2:
            names.append("between")
        else:
            names.append("upper" if centre[1] > middle[1] else "lower")

    places = np.rint((points - mesh.low) / mesh.step)
    if not ((places >= 0) & (places < mesh.side)).all():
        raise ValueError(f"points beyond the boundaries' mesh, from {mesh.low} to {mesh.high}")
    columns, rows = places.astype(int).T
    part = parts[rows, columns]
    to_g, to_learned = (
        _distance(labels, mesh)[rows, columns] / dataset.unit for labels in (truth, learned)
    )
    return Regions(
        points=points,
        misclassified=part > 0,
        name=np.array(names)[part],
        to_g=np.full(len(points), np.nan) if boundaries.g is None else to_g,
        to_learned=to_learned,
    )


def _distance(labels, mesh):
    """Distance of each mesh point to the nearest mesh point of the other label; inf if none."""
    if labels.min() == labels.max():
        return np.full(labels.shape, np.inf)
    from scipy import ndimage

    inside = ndimage.distance_transform_edt(labels)
    outside = ndimage.distance_transform_edt(labels == 0)
    return np.maximum(inside, outside) * mesh.step

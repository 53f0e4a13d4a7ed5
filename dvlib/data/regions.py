"""Where two boundaries disagree: the mis-classified regions, their names, and distances."""

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from dvlib.checks import check_points
from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import MeshGrid

NAMES = ("upper", "between", "lower")


class Boundaries(NamedTuple):
    """g and a learned boundary on one mesh, labels (side, side) or their mean over runs; None = it
    is unknown, or not drawn."""

    mesh: MeshGrid
    g: np.ndarray
    learned: np.ndarray


@dataclass(frozen=True, eq=False)
class Regions:
    """Mis-classified regions, looked up at points.

    Attributes
    ----------
    points : (n, 2)
    misclassified : bool (n,), g and the learned boundary give the point different labels
    name : str (n,), one of `NAMES`, or "" for points classified correctly
    to_g, to_learned : (n,), distance to either boundary in units of the plane; nan where g is
        unknown, of which there are no mis-classified points then
    """

    points: np.ndarray
    misclassified: np.ndarray
    name: np.ndarray
    to_g: np.ndarray
    to_learned: np.ndarray

    def at(self, where):
        """The same of some of the points: indices, or bool (n,)."""
        return Regions(*(getattr(self, field.name)[where] for field in fields(self)))

    def mean(self, values, name):
        """Mean value in a region; nan where no point lies in it."""
        inside = self.name == name
        return float(np.mean(values[inside])) if inside.any() else float("nan")


def truth_on(data, mesh):
    """Labels of a data set's g on a mesh, or None where g is unknown."""
    return None if data.g is None else boundary(data.g, mesh)


def find_regions(dataset, boundaries, points):
    """The regions between g and a learned boundary of one data set.

    A region is a connected part of the mesh where the two disagree. The one whose centre lies
    within half the distance of the clusters of the two labels from their middle is `between` the
    clusters; the others are `upper` or `lower` by whether their centre lies above that middle.
    The paper gives coordinates for the first (x in [5, 7], y in [3, 5]); they are those of its
    own sample, so the region is measured here.

    Parameters
    ----------
    dataset : Dataset
    boundaries : Boundaries on a mesh that covers the points; of several runs the majority
        counts, and 0 where they tie
    points : (n, 2)

    Returns
    -------
    Regions

    Raises
    ------
    ValueError : bad points, or points that the mesh does not cover
    """
    points = check_points(points)
    mesh, learned = boundaries.mesh, boundaries.learned > 0.5
    truth = learned if boundaries.g is None else boundaries.g
    # Each kind of error by itself: where the boundaries cross, regions of both kinds touch.
    parts, n_parts = ndimage.label((truth == 1) & ~learned)
    others, n_others = ndimage.label((truth == 0) & learned)
    parts = np.where(others > 0, others + n_parts, parts)
    n_parts += n_others
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
    to_g = _distance(truth, mesh)[rows, columns]
    return Regions(
        points=points,
        misclassified=part > 0,
        name=np.array(names)[part],
        to_g=np.full(len(points), np.nan) if boundaries.g is None else to_g,
        to_learned=_distance(learned, mesh)[rows, columns],
    )


def _distance(labels, mesh):
    """Distance of each mesh point to the nearest one of the other label; inf if there is none."""
    if labels.min() == labels.max():
        return np.full(labels.shape, np.inf)
    inside = ndimage.distance_transform_edt(labels)
    outside = ndimage.distance_transform_edt(labels == 0)
    return np.maximum(inside, outside) * mesh.step

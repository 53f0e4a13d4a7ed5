"""The two passes most figures share, made from a notebook's settings."""

from dataclasses import dataclass

from dvlib.boundaries import boundary
from dvlib.datasets import Dataset
from dvlib.mesh import MeshGrid
from dvlib.one_point import OnePointRefits, refits_with_point, refits_without_point
from dvlib.regions import Boundaries, Regions, find_regions


@dataclass(frozen=True, eq=False)
class GridStudy:
    """One-point refits over the grid, with the boundaries and regions they are read against."""

    data: Dataset | None  # None where the grid itself is the training set
    grid: MeshGrid
    refits: OnePointRefits
    boundaries: Boundaries
    regions: Regions

    @property
    def n_fits(self):
        return self.refits.n_fits

    @property
    def seconds(self):
        return self.refits.seconds


def added_points(settings):
    """X ∪ {x} for every grid point x labelled by g, over `n_seeds` seeds: a GridStudy."""
    data, points = settings.data, settings.grid.points
    refits = refits_with_point(data.X, data.y, points, data.g(points), data.g, settings.refits())
    return _study(settings, data, refits)


def mesh_alone(settings, n_seeds="n_seeds"):
    """X_P^M without x for every grid point x, over as many seeds as the parameter named says."""
    points = settings.grid.points
    labels = settings.data.g(points)
    refits = refits_without_point(points, labels, settings.data.g, settings.refits(n_seeds))
    return _study(settings, None, refits)


def _study(settings, data, refits):
    mesh = settings.drawing_mesh
    learned = refits.base_boundaries(mesh).mean(0)
    boundaries = Boundaries(mesh, boundary(settings.data.g, mesh), learned)
    regions = find_regions(settings.data, boundaries, refits.points)
    return GridStudy(data, settings.grid, refits, boundaries, regions)

"""Samples of a data set, and the two passes most figures share, from a notebook's settings."""

from dataclasses import dataclass, replace

from dvlib.boundaries import boundary
from dvlib.datasets import Dataset, make_dataset
from dvlib.mesh import MeshGrid
from dvlib.one_point import OnePointRefits, refits_with_point, refits_without_point
from dvlib.regions import Boundaries, Regions, find_regions
from dvlib.runs import train_runs

LEARNED_RUNS = 11  # an odd number of runs of f_X, so that they cannot tie


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


def added_points(settings, data=None, **changes):
    """X ∪ {x} for every grid point x labelled by g, over `n_seeds` seeds: a GridStudy.

    `data` is another sample than the settings' own, `changes` are of its RefitSettings.
    """
    data, points = data or settings.data, settings.grid.points
    how = replace(settings.refits(), **changes)
    refits = refits_with_point(data.X, data.y, points, data.g(points), data.g, how)
    boundaries = learned_boundary(settings, data)
    regions = find_regions(data, boundaries, points)
    return GridStudy(data, settings.grid, refits, boundaries, regions)


def mesh_alone(settings, n_seeds="n_seeds"):
    """X_P^M without x for every grid point x, over as many seeds as the parameter named says."""
    data, points = settings.data, settings.grid.points
    labels = data.g(points)
    refits = refits_without_point(points, labels, data.g, settings.refits(n_seeds))
    boundaries = learned_boundary(settings, data, (points, labels))
    regions = find_regions(data, boundaries, points)
    return GridStudy(None, settings.grid, refits, boundaries, regions)


def learned_boundary(settings, data, training=None):
    """g of a data set, and the boundary that most of several runs of f_X learned of it.

    Figures and claims find the mis-classified regions between the two. `training` is another
    training set (X, y) than that of the data set.
    """
    mesh = settings.drawing_mesh
    (runs,) = train_runs(
        [training or (data.X, data.y)], settings.refits_of(LEARNED_RUNS), description="f_X"
    )
    return Boundaries(mesh, boundary(data.g, mesh), runs.boundaries(mesh).mean(0))


def samples_of(settings, name=None):
    """A data set (None: the settings' own) sampled `n_data_seeds` times: its own seed, then the
    next ones."""
    return [sample(settings, k, name) for k in range(settings.values["n_data_seeds"])]


def sample(settings, k, name=None, **options):
    """Sample k of a data set (None: the settings' own), with other options of `make_dataset`."""
    seed = settings.values["seed"] + k
    return make_dataset(name or settings.values["dataset"], seed=seed, **options)

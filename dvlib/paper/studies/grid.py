"""Samples of a data set, and the two passes that most figures share."""

from dataclasses import dataclass, replace
from functools import cached_property

from dvlib.data.datasets import Dataset
from dvlib.data.regions import Boundaries, Regions, find_regions, truth_on
from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import MeshGrid
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.leave_one_out import against_base, against_g
from dvlib.methods.memorization import memorization_values
from dvlib.methods.one_point import OnePointRefits, refits_with_point, refits_without_point
from dvlib.methods.runs import train_runs
from dvlib.paper.drawing.panels import Panel

NEAREST = "label of the nearest training point"  # the truth of the grid alone, if g is unknown
LEARNED_RUNS = 11  # an odd number of runs of f_X, so that they cannot tie


@dataclass(frozen=True, eq=False)
class GridStudy:
    """One-point refits over the grid, with the boundaries and regions of the same sample.

    `beside` is the GridStudy of added points whose map is drawn beside that of the grid alone.
    """

    data: Dataset | None  # None where the grid itself is the training set
    grid: MeshGrid
    refits: OnePointRefits
    boundaries: Boundaries
    regions: Regions
    beside: "GridStudy | None" = None

    @cached_property
    def values(self):
        """DataValues of the grid points by method."""
        return values_of(self.refits)

    def panel(self, title, values):
        """A map of values of the grid points, with both boundaries."""
        return Panel(title, values, self.grid, self.boundaries, self.data)

    def at(self, where):
        """The same study at some of the points: indices, or bool (n,)."""
        return replace(self, refits=self.refits.at(where), regions=self.regions.at(where))

    @property
    def n_fits(self):
        return self.refits.n_fits


def values_of(refits):
    """DataValues by each method that reads one-point refits."""
    return {
        "leave-one-out, g": against_g(refits),
        "leave-one-out, f_X": against_base(refits),
        "forgetting": forgetting_values(refits),
        "last learned": forgetting_values(refits, "last_learned"),
        "frequent": forgetting_values(refits, "frequent"),
        "simple": forgetting_values(refits, "simple"),
        "memorization": memorization_values(refits),
    }


def added_points(settings, data=None, **changes):
    """X ∪ {x} for every grid point x, over `n_seeds` seeds: a GridStudy.

    Points are labelled by g or, where it is unknown, by `Dataset.label`. `data` replaces the sample
    of the settings, and `changes` replace fields of its RefitSettings.
    """
    data, points = data or settings.data, settings.grid.points
    how = replace(settings.refits(), **changes)
    refits = refits_with_point(data.X, data.y, points, data.label(points), data.g, how)
    boundaries = learned_boundary(settings, data, config=how.config)
    regions = find_regions(data, boundaries, points)
    return GridStudy(data, settings.grid, refits, boundaries, regions)


def mesh_alone(settings, n_seeds="n_seeds", beside=None, at=None):
    """X_P^M \\ {x} for every grid point x. `n_seeds` names the parameter with their number.

    `beside` is the GridStudy of added points that it is compared with. `at` are indices of the
    points that are left out, one at a time; None = every point.
    """
    data, points = settings.data, settings.grid.points
    labels = data.label(points)  # also the ground truth: the mesh is labelled by it
    refits = refits_without_point(points, labels, data.label, settings.refits(n_seeds), at)
    boundaries = learned_boundary(settings, data, (points, labels))
    regions = find_regions(data, boundaries, points if at is None else points[at])
    return GridStudy(None, settings.grid, refits, boundaries, regions, beside)


def learned_boundary(settings, data, training=None, **changes):
    """g of a data set, and the learned boundary: the majority of several runs of f_X.

    Figures and claims find the mis-classified regions between the two. `training` (X, y) replaces
    the training set of the data set, and `changes` replace fields of the RefitSettings.
    """
    mesh, how = settings.drawing_mesh, replace(settings.refits_of(LEARNED_RUNS), **changes)
    (runs,) = train_runs([training or (data.X, data.y)], how, description="f_X")
    learned = runs.boundaries(mesh).mean(0)
    if training is not None and data.g is None:
        return Boundaries(mesh, boundary(data.label, mesh), learned, data.units, NEAREST)
    return Boundaries(mesh, truth_on(data, mesh), learned, data.units)


def samples_of(settings, name=None):
    """`n_data_seeds` samples of a data set (None: the settings' own), with consecutive seeds."""
    return [sample(settings, k, name) for k in range(settings.n_data_seeds)]


def sample(settings, k, name=None, **options):
    """Sample k of a data set (None: the settings' own); `options` are those of `make_dataset`."""
    return settings.dataset_of(settings.seed + k, name, **options)

"""Samples on which methods are compared: Figures 12 to 14, and all methods on all data sets.

Shapley values and further samples are affordable on a coarse grid only, and the mis-classified
regions of these data sets are so small that a coarse grid hardly meets them. They are therefore
valued at the points of a coarse grid and at some points of the fine grid in each region. Claims
are measured at these points. Each is weighted by the number of points of the fine grid that it
represents.
"""

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from dvlib.data.regions import NAMES, Boundaries, Regions, find_regions
from dvlib.engine.mesh import MeshGrid
from dvlib.methods.dvrl.runs import DVRLRun, dvrl_values, run_dvrl
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.leave_one_out import against_base, against_g
from dvlib.methods.one_point import OnePointRefits, refits_with_point
from dvlib.methods.runs import Runs, train_runs
from dvlib.methods.shapley.added import added_point_shapley
from dvlib.methods.values import DataValues
from dvlib.paper.drawing.panels import Panel
from dvlib.paper.studies.dvrl import beside, dvrl_task
from dvlib.paper.studies.grid import added_points, learned_boundary, samples_of

# At most so many points of the fine grid are added to the coarse grid: of each region, and of the
# correctly classified points near a boundary.
OF_A_REGION = 15
NEAR = 1  # units of the paper's plane
OTHERS_EVERY = 5  # the coarse grid of further samples: 64 points at the paper's step


@dataclass(frozen=True, eq=False)
class Compared:
    """One sample, valued at n points of the fine grid.

    Attributes
    ----------
    data : Dataset
    where : (n,), indices of the points in the fine grid
    refits : OnePointRefits of the points
    regions : Regions of the points
    coarse : bool (n,), the points of the coarse grid
    weights : (n,), how many points of the fine grid each represents
    boundaries : Boundaries that the regions lie between
    shapley : list of pairs of DataValues, against g and f_X, one from each half of the seeds; empty
        where the settings ask for none
    mesh : MeshGrid of the coarse grid, if it is drawn
    dvrl : DVRLRun or None
    uncentred : Runs of f_X on as many points of two clusters, which only centred data have
    """

    data: object
    where: np.ndarray
    refits: OnePointRefits
    regions: Regions
    coarse: np.ndarray
    weights: np.ndarray
    boundaries: Boundaries
    shapley: list
    mesh: MeshGrid | None = None
    dvrl: DVRLRun | None = None
    uncentred: Runs | None = None

    @property
    def n_iterations(self):
        """Iterations of DVRL, 0 without a run."""
        return 0 if self.dvrl is None else self.dvrl.task.settings.n_iterations

    @cached_property
    def values(self):
        """DataValues of the points by method, each from all of its seeds."""
        values = {
            "leave-one-out, g": against_g(self.refits),
            "leave-one-out, f_X": against_base(self.refits),
        }
        for name, halves_of in zip(("g", "f_X"), zip(*self.shapley, strict=True), strict=False):
            values[f"Shapley, {name}"] = DataValues.pooled(halves_of)
        values["forgetting"] = forgetting_values(self.refits)
        if self.dvrl is not None:
            values["DVRL"] = dvrl_values([self.dvrl], self.refits.points, self.refits.labels)
        return values

    @cached_property
    def halves(self):
        """Values from either half of the seeds, two arrays (n,) by method; {} with one seed."""
        if len(self.shapley) < 2:
            return {}
        parts = halves(range(len(self.refits.settings.seeds)))
        refits = [self.refits.of_seeds(slice(part[0], part[-1] + 1)) for part in parts]
        found = {
            "leave-one-out, g": [against_g(of).values for of in refits],
            "leave-one-out, f_X": [against_base(of).values for of in refits],
        }
        for name, of in zip(("g", "f_X"), zip(*self.shapley, strict=True), strict=True):
            found[f"Shapley, {name}"] = [half.values for half in of]
        return found

    @property
    def shapley_values(self):
        """Shapley values of the coarse grid, against g or, where g is unknown, against f_X."""
        reference = "f_X" if self.data.g is None else "g"
        return self.values[f"Shapley, {reference}"].at(self.coarse)

    def panel(self, title, values):
        """A map of values of the coarse grid, with both boundaries."""
        return Panel(title, values, self.mesh, self.boundaries, self.data)

    @property
    def passes(self):
        runs = [] if self.dvrl is None else [self.dvrl]
        return [self.refits, *(against for against, _ in self.shapley), *runs]


def with_shapley(settings, study, dvrl=None):
    """The drawn sample: Shapley values next to those of `study`, a GridStudy of all grid points.

    Each point of a coarse grid and some points of each region are added to random subsets of X
    (`dvlib.added_point_shapley`), with each half of the seeds. `dvrl` is a DVRLRun on this sample.
    """
    every = settings.shapley_every or OTHERS_EVERY
    where, coarse, weights = _chosen(settings, study.regions, every)
    return Compared(
        data=study.data,
        where=where,
        refits=study.refits.at(where),
        regions=study.regions.at(where),
        coarse=coarse,
        weights=weights,
        boundaries=study.boundaries,
        shapley=_shapley(settings, study.data, study.refits.points[where]),
        mesh=settings.mesh_of_step(settings.grid.step * every) if settings.shapley_every else None,
        dvrl=dvrl,
    )


def compared_samples(settings, first=None):
    """`n_data_seeds` samples to measure claims on.

    `first` is the drawn sample (`with_shapley`), None if it is not made yet. Further samples are
    valued only at the points that claims need.
    """
    further = samples_of(settings)[1:]
    # The claims of Figure 14, which has no Shapley values, do not read DVRL either.
    without = [] if settings.n_sets is None else further if first else [settings.data, *further]
    tasks = [dvrl_task(settings, data, data.seed) for data in without]
    with beside(partial(run_dvrl, tasks) if tasks else list) as dvrl_runs:
        first = first or with_shapley(settings, added_points(settings))
        compared = [first, *(compared_other(settings, data) for data in further)]
    runs = dvrl_runs()
    done = len(compared) - len(runs)
    valued = [replace(one, dvrl=run) for one, run in zip(compared[done:], runs, strict=True)]
    return [*compared[:done], *valued]


def beside_uncentred(settings, samples):
    """The samples of centred data, each with runs of f_X on a sample of two clusters."""
    # In its own plane, which is never standardized.
    there = replace(settings, dataset="two_clusters", standardize=None)
    sets = [(data.X, data.y) for data in samples_of(there)]
    runs = train_runs(sets, there.refits(), description="f_X of two clusters")
    return [replace(one, uncentred=its) for one, its in zip(samples, runs, strict=True)]


def compared_other(settings, data, *, shapley=True):
    """A further sample, valued only at the points that claims need."""
    boundaries, points = learned_boundary(settings, data), settings.grid.points
    regions = find_regions(data, boundaries, points)
    where, coarse, weights = _chosen(settings, regions, OTHERS_EVERY)
    chosen = points[where]
    return Compared(
        data=data,
        where=where,
        refits=refits_with_point(
            data.X, data.y, chosen, data.label(chosen), data.g, settings.refits()
        ),
        regions=regions.at(where),
        coarse=coarse,
        weights=weights,
        boundaries=boundaries,
        shapley=_shapley(settings, data, chosen) if shapley else [],
    )  # fmt: skip


def halves(seeds):
    """Two halves of the seeds, or, where there is one, that one."""
    middle = len(seeds) // 2
    return [part for part in (seeds[:middle], seeds[middle:]) if part]


def _chosen(settings, regions, every):
    """Indices (n,) of the points of the fine grid that methods are compared at, which of them are
    of the coarse grid, bool (n,), and how many points of the fine grid each represents, (n,)."""
    coarse = _coarse(settings.grid, every)
    where, weights = _some(regions, coarse)
    return where, coarse[where], weights


def _coarse(grid, every):
    """The points of every `every`th row and column of a grid, bool (n,)."""
    row = np.arange(grid.side) % every == 0
    return (row[:, None] & row).ravel()


def _some(regions, coarse):
    """Indices and weights of the coarse points, of points spread evenly over each region, and of
    correctly classified points near a boundary."""
    to_either = np.fmin(regions.to_g, regions.to_learned)  # to g it is nan where g is unknown
    near = ~regions.misclassified & (to_either <= NEAR)
    kinds = [*(regions.name == name for name in NAMES), near]
    chosen = [np.flatnonzero(coarse)]
    for members in kinds:
        inside = np.flatnonzero(members)
        count = min(OF_A_REGION, len(inside))
        chosen.append(inside[np.linspace(0, len(inside) - 1, count).astype(int)])
    where = np.unique(np.concatenate(chosen))
    weights = np.empty(len(where))
    for members in (*kinds, ~np.any(kinds, axis=0)):
        weights[members[where]] = members.sum() / max(1, members[where].sum())
    return where, weights


def _shapley(settings, data, points):
    """Shapley values (against g, against f_X) of points, from each half of the seeds and sets."""
    if settings.n_sets is None:
        return []
    refits, labels = settings.refits(), data.label(points)
    parts = halves(refits.seeds)
    n_sets = max(2, settings.n_sets // len(parts))
    return [
        added_point_shapley(
            data.X, data.y, points, labels, data.g, replace(refits, seeds=part), n_sets=n_sets
        )
        for part in parts
    ]

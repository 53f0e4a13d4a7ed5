"""Methods side by side on the grid: Figures 12 to 14, and the passes their agreement is read from.

The mis-classified regions of these data sets are small, and a coarse grid, which is what Shapley
values and further samples can afford, hardly meets them. Those are valued on it and on some points
of the fine grid in each region, and claims are read from these points, each of which stands for as
many of the fine grid as there are to a chosen one of its kind.
"""

from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import zip_longest

import numpy as np

from dvlib.data.regions import NAMES, Boundaries, Regions, find_regions
from dvlib.methods.dvrl.runs import DVRLRun, dvrl_values, run_dvrl
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.leave_one_out import against_base, against_g
from dvlib.methods.one_point import OnePointRefits, refits_with_point
from dvlib.methods.runs import Runs, train_runs
from dvlib.methods.shapley.added import added_point_shapley
from dvlib.methods.values import DataValues
from dvlib.paper.studies.dvrl import beside, dvrl_task
from dvlib.paper.studies.grid import added_points, learned_boundary, samples_of
from dvlib.paper.studies.panels import Panel

# Points of the fine grid, at most, beside the coarse one's: of each region, and of what is
# classified correctly near a boundary.
OF_A_REGION = 15
NEAR = 1  # units of the paper's plane
OTHERS_EVERY = 5  # the coarse grid of further samples: 64 points at the paper's step


@dataclass(frozen=True, eq=False)
class Compared:
    """One sample, valued at some points of the fine grid, whose indices in it are `where` (n,).

    Of them `coarse` (n,) make up a coarse grid; each stands for `weights` (n,) of the fine one.

    `refits` are of these points; `shapley` holds pairs of values against g and f_X, one from each
    half of the seeds, and is empty where they were not asked for. `dvrl` may be None, and so may
    `uncentred`, runs of f_X on as many points of two clusters, which only centred data have.
    """

    data: object
    where: np.ndarray
    refits: OnePointRefits
    regions: Regions
    coarse: np.ndarray
    weights: np.ndarray
    boundaries: Boundaries
    shapley: list
    dvrl: DVRLRun | None = None
    uncentred: Runs | None = None

    @property
    def n_iterations(self):
        """Iterations of DVRL, 0 without a run of it."""
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


@dataclass(frozen=True, eq=False)
class ComparisonStudy:
    """Samples, the first of which is drawn: `panels` is a list of Panel."""

    samples: list
    panels: list
    passes: list


def side_by_side(settings):
    """Figures 12 to 14: leave-one-out, Shapley if the settings have its sets, forgetting, DVRL."""
    samples = samples_of(settings)
    # The claims of Figure 14, which has no Shapley values, read no DVRL either.
    selected = samples if settings.n_sets is not None else samples[:1]
    tasks = [dvrl_task(settings, data, data.seed) for data in selected]
    with beside(partial(run_dvrl, tasks)) as dvrl_runs:
        study = added_points(settings, samples[0])
        compared = [compared_first(settings, study)]
        compared += [compared_other(settings, data) for data in samples[1:]]
    runs = dvrl_runs()
    compared = [replace(one, dvrl=run) for one, run in zip_longest(compared, runs)]
    first = compared[0]
    known = settings.data.g is not None
    reference, ending = ("g", "") if known else ("f_X", ", f_X")
    of_reference = against_g(study.refits) if known else against_base(study.refits)
    panels = [study.panel(f"leave-one-out{ending}", of_reference)]
    if first.shapley:
        values = first.values[f"Shapley, {reference}"].at(first.coarse)
        drawn = first.boundaries, first.data
        panels.append(Panel(f"Shapley{ending}", values, coarse_mesh(settings), *drawn))
    dvrl = dvrl_values([runs[0]], study.refits.points, study.refits.labels)
    panels += [
        study.panel("forgetting", forgetting_values(study.refits)), study.panel("DVRL", dvrl),
    ]  # fmt: skip
    passes = [
        study,
        *(one.refits for one in compared[1:]),
        *(against for one in compared for against, _ in one.shapley),
        *runs,
    ]
    return ComparisonStudy(compared, panels, passes)


def beside_uncentred(samples, settings):
    """The samples of centred data, each with runs of f_X on a sample of two clusters beside it."""
    sets = [(data.X, data.y) for data in samples_of(settings, "two_clusters")]
    runs = train_runs(sets, settings.refits(), description="f_X of two clusters")
    return [replace(one, uncentred=its) for one, its in zip(samples, runs, strict=True)]


def compared_first(settings, study):
    """The sample whose whole fine grid is valued (`dvlib.paper.studies.grid.GridStudy`)."""
    coarse = _coarse(settings.grid, settings.shapley_every or OTHERS_EVERY)
    some, weights = _some(study.regions, coarse, NEAR * settings.unit)
    return Compared(
        data=study.data,
        where=some,
        refits=study.refits.at(some),
        regions=study.regions.at(some),
        coarse=coarse[some],
        weights=weights,
        boundaries=study.boundaries,
        shapley=_shapley(settings, study.data, study.refits.points[some]),
    )


def compared_other(settings, data, *, shapley=True):
    """A sample of which no more points are valued than claims need."""
    boundaries, points = learned_boundary(settings, data), settings.grid.points
    regions = find_regions(data, boundaries, points)
    coarse = _coarse(settings.grid, OTHERS_EVERY)
    some, weights = _some(regions, coarse, NEAR * settings.unit)
    chosen = points[some]
    return Compared(
        data=data,
        where=some,
        refits=refits_with_point(
            data.X, data.y, chosen, data.label(chosen), data.g, settings.refits()
        ),
        regions=regions.at(some),
        coarse=coarse[some],
        weights=weights,
        boundaries=boundaries,
        shapley=_shapley(settings, data, chosen) if shapley else [],
    )  # fmt: skip


def coarse_mesh(settings):
    """The mesh of the points that Shapley values are drawn at."""
    return settings.mesh_of_step(settings.grid.step * settings.shapley_every)


def halves(seeds):
    """Two halves of the seeds, or, where there is one, that one."""
    middle = len(seeds) // 2
    return [part for part in (seeds[:middle], seeds[middle:]) if part]


def _coarse(grid, every):
    """Which points of a grid, bool (n,), remain if only every so-manieth a side is taken."""
    row = np.arange(grid.side) % every == 0
    return (row[:, None] & row).ravel()


def _some(regions, coarse, near_is=NEAR):
    """Indices of the coarse points, and of some, evenly chosen, in each region and near them; and
    how many points of their kind each stands for."""
    to_either = np.fmin(regions.to_g, regions.to_learned)  # to g it is nan where g is unknown
    near = ~regions.misclassified & (to_either <= near_is)
    kinds = [*(regions.name == name for name in NAMES), near]
    chosen = [np.flatnonzero(coarse)]
    for members in kinds:
        inside = np.flatnonzero(members)
        count = min(OF_A_REGION, len(inside))
        chosen.append(inside[np.linspace(0, len(inside) - 1, count).astype(int)])
    some = np.unique(np.concatenate(chosen))
    weights = np.empty(len(some))
    for members in (*kinds, ~np.any(kinds, axis=0)):
        weights[members[some]] = members.sum() / max(1, members[some].sum())
    return some, weights


def _shapley(settings, data, points):
    """Shapley values of points, (against g, against f_X) by halves of the seeds and the sets."""
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

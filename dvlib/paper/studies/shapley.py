"""Figure 2: Shapley values of grid points, beside the leave-one-out values of the same points."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dvlib.data.regions import Boundaries, Regions
from dvlib.methods.leave_one_out import against_base, against_g
from dvlib.methods.shapley.added import added_point_shapley
from dvlib.methods.shapley.stratified import Stratified, check_budget, stratified_shapley
from dvlib.methods.values import DataValues
from dvlib.paper.studies.grid import added_points, learned_boundary, samples_of
from dvlib.paper.studies.panels import Panel

TARGET = 0.1  # of the range of the values: standard errors at most this let a map be read


@dataclass(frozen=True, eq=False)
class Sample:
    """Values of the grid points added to one sample: DataValues by method, such as "Shapley, g"."""

    values: dict
    regions: Regions
    boundaries: Boundaries
    data: object


@dataclass(frozen=True, eq=False)
class ShapleyStudy:
    """Samples of X, the first of which is drawn, and the mesh alone, which no sample enters."""

    samples: list
    alone: Stratified
    panels: list

    @property
    def passes(self):
        others = [one.values["Shapley, g"] for one in self.samples[1:]]
        maps = [panel.values for panel in self.panels if "f_X" not in panel.title]
        return [*maps, *others, *(one.values["leave-one-out, g"] for one in self.samples)]

    @property
    def table(self):
        """Fits, and standard errors against the range of the values, of every panel."""
        rows = {
            panel.title: {
                "points": len(panel.values.values),
                "fits": panel.values.n_fits,
                "range of values": np.ptp(panel.values.values),
                "median standard error": np.median(panel.values.standard_errors),
                "largest, as share of the range": _share(panel.values),
            }
            for panel in self.panels
        }
        return pd.DataFrame(rows).T.astype({"points": int, "fits": int})


def _share(values):
    """Largest standard error as a share of the range of the values; inf where that is 0."""
    spread = np.ptp(values.values)
    return values.standard_errors.max() / spread if spread else np.inf


def shapley_study(settings):
    """The panels of Figure 2, and where `fine_step` is given, finer versions of the first two."""
    grid = settings.grid
    check_budget(grid.side**2, settings.n_fits_mesh)
    samples = [_sample(settings, grid, data) for data in samples_of(settings)]
    first = samples[0]
    beside = first.boundaries, first.data
    panels = [
        Panel(f"against {name}", first.values[f"Shapley, {name}"], grid, *beside)
        for name in ("g", "f_X")
    ]

    labels = settings.data.label(grid.points)
    alone = stratified_shapley(
        grid.points, labels, settings.data.label, settings.refits(), n_fits=settings.n_fits_mesh,
        target=TARGET,
    )  # fmt: skip
    learned = learned_boundary(settings, settings.data, (grid.points, labels))
    panels.append(Panel("mesh alone", alone.values, grid, learned))
    if settings.fine_step is not None:
        fine = settings.mesh_of_step(settings.fine_step)
        for name, values in zip(("g", "f_X"), _added(settings, first.data, fine), strict=True):
            title = f"against {name}, step {settings.fine_step:g}"
            panels.append(Panel(title, values, fine, *beside))
    return ShapleyStudy(samples, alone, panels)


def _added(settings, data, grid) -> tuple[DataValues, DataValues]:
    points = grid.points
    return added_point_shapley(
        data.X, data.y, points, data.label(points), data.g, settings.refits(),
        n_sets=settings.n_sets, target=TARGET,
    )  # fmt: skip


def _sample(settings, grid, data):
    study = added_points(settings, data)
    values = dict(zip(("Shapley, g", "Shapley, f_X"), _added(settings, data, grid), strict=True))
    values["leave-one-out, g"] = against_g(study.refits)
    values["leave-one-out, f_X"] = against_base(study.refits)
    return Sample(values, study.regions, study.boundaries, data)

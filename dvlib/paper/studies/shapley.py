"""Figure 2: Shapley values of grid points, and leave-one-out values of the same points."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dvlib.data.regions import Regions
from dvlib.methods.shapley.added import added_point_shapley
from dvlib.paper.studies.grid import added_points, samples_of
from dvlib.paper.studies.panels import Panel

TARGET = 0.1  # of the range of the values: standard errors at most this let a map be read


@dataclass(frozen=True, eq=False)
class Sample:
    """Values of the grid points added to one sample: DataValues by method, such as "Shapley, g"."""

    values: dict
    regions: Regions

    @property
    def passes(self):
        return [self.values["Shapley, g"], self.values["leave-one-out, g"]]


def shapley_samples(settings):
    """Shapley and leave-one-out values of the grid points on `n_data_seeds` samples."""
    return [_sample(settings, added_points(settings, data)) for data in samples_of(settings)]


def fine_shapley_maps(settings, study):
    """Finer versions of the maps against g and f_X, as a list of Panel; none without `fine_step`.

    `study` is the GridStudy of the data set, whose boundaries are drawn.
    """
    if settings.fine_step is None:
        return []
    mesh, step = settings.mesh_of_step(settings.fine_step), f"step {settings.fine_step:g}"
    return [
        Panel(f"against {name}, {step}", values, mesh, study.boundaries, study.data)
        for name, values in zip(("g", "f_X"), _added(settings, study.data, mesh), strict=True)
    ]


def shapley_table(panels):
    """Fits of each panel, and its standard errors against the range of its values."""
    rows = {
        panel.title: {
            "points": len(panel.values.values),
            "fits": panel.values.n_fits,
            "range of values": np.ptp(panel.values.values),
            "median standard error": np.median(panel.values.standard_errors),
            "largest, as share of the range": _share(panel.values),
        }
        for panel in panels
    }
    return pd.DataFrame(rows).T.astype({"points": int, "fits": int})


def _share(values):
    """Largest standard error as a share of the range of the values; inf where that is 0."""
    spread = np.ptp(values.values)
    return values.standard_errors.max() / spread if spread else np.inf


def _sample(settings, study):
    shapley = _added(settings, study.data, study.grid)
    names = ("leave-one-out, g", "leave-one-out, f_X")
    values = dict(zip(("Shapley, g", "Shapley, f_X"), shapley, strict=True))
    return Sample(values | {name: study.values[name] for name in names}, study.regions)


def _added(settings, data, mesh):
    """Shapley values of a mesh's points, against g and against f_X."""
    return added_point_shapley(
        data.X, data.y, mesh.points, data.label(mesh.points), data.g, settings.refits(),
        n_sets=settings.n_sets, target=TARGET,
    )  # fmt: skip

"""Figure 2: Shapley values of grid points, and leave-one-out values of the same points."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dvlib.data.regions import Regions
from dvlib.methods.shapley.added import added_point_shapley
from dvlib.paper.drawing.panels import Panel
from dvlib.paper.studies.grid import added_points, samples_of

TARGET = 0.1  # of the range of the values: standard errors at most this let a map be read


@dataclass(frozen=True, eq=False)
class Sample:
    """Values of the grid points added to one sample: DataValues by method, such as "Shapley, g"."""

    values: dict
    regions: Regions

    @property
    def passes(self):
        return [self.values["Shapley, g"], self.values["leave-one-out, g"]]


def shapley_sample(study, against_g, against_base):
    """Shapley values of the grid points against g and f_X, and their leave-one-out values.

    `study` is the GridStudy of the same sample.
    """
    values = {"Shapley, g": against_g, "Shapley, f_X": against_base}
    for name in ("leave-one-out, g", "leave-one-out, f_X"):
        values[name] = study.values[name]
    return Sample(values, study.regions)


def shapley_samples(settings, first=None):
    """`n_data_seeds` samples (`shapley_sample`); `first` is the drawn one, None if not made yet."""
    made = [] if first is None else [first]
    for data in samples_of(settings)[len(made) :]:
        study = added_points(settings, data)
        made.append(shapley_sample(study, *_added(settings, data, study.grid)))
    return made


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


def _added(settings, data, mesh):
    """Shapley values of a mesh's points, against g and against f_X."""
    return added_point_shapley(
        data.X, data.y, mesh.points, data.label(mesh.points), data.g, settings.refits(),
        n_sets=settings.n_sets, target=TARGET,
    )  # fmt: skip

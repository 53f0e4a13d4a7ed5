"""Figure 2: Shapley values of grid points, and leave-one-out values of the same points."""

from dataclasses import replace

import numpy as np
import pandas as pd

from dvlib.methods.agreement import rank_correlation, top_overlap
from dvlib.methods.registry import method
from dvlib.methods.sample import MeshAlone
from dvlib.paper.drawing.panels import panels
from dvlib.paper.figures.leave_one_out import REFERENCES, auc_of
from dvlib.paper.judging.claim import Group, claim

TARGET = 0.1  # of the range of the values: standard errors at most this let a map be read


def fine_maps(sample, settings):
    """Finer versions of a sample's maps, a list of Panel; none without `fine_step`."""
    if settings.fine_step is None:
        return []
    mesh, step = settings.mesh_of_step(settings.fine_step), f"step {settings.fine_step:g}"
    values = replace(sample, grid=mesh).values
    fine = {f"against {name}, {step}": values[f"Shapley, {name}"] for name in REFERENCES}
    return panels(sample, fine, mesh=mesh)


def table(drawn):
    """A pandas table: fits of each panel, and its errors as shares of the range of its values."""
    rows = {
        panel.title: {
            "points": len(panel.values.values),
            "fits": panel.values.n_fits,
            "range of values": np.ptp(panel.values.values),
            "median standard error": np.median(panel.values.standard_errors),
            "largest, as share of the range": np.max(panel.values.standard_errors),
        }
        for panel in drawn
    }
    table = pd.DataFrame(rows).T.astype({"points": int, "fits": int})
    table["largest, as share of the range"] /= table["range of values"]
    return table


@claim(
    "C07", figure="fig02", study="Shapley",
    says="Shapley finds the regions that leave-one-out finds, with no benefit",
    threshold="against g and against f_X: AUC of Shapley for the regions {AUC}; share of the top "
    "tenth of its points that is in leave-one-out's too {overlap}",
    AUC="≥ 0.9",
    overlap="≥ 0.7",  # as in C02: who takes the best points takes the same ones
    note="Where both methods choose the same points, the dearer one has no benefit.",
)  # fmt: skip
def shapley_finds_the_same(sample):
    """AUC of Shapley values for the regions, and how far the best points are leave-one-out's.

    At first the AUCs were compared, which are at their ceiling and could show no benefit.
    """
    parts, numbers = {}, {}
    for name in REFERENCES:
        methods = [f"{method}, {name}" for method in ("Shapley", "leave-one-out")]
        ours, theirs = (auc_of(sample, method) for method in methods)
        pair = (sample.values[method].values for method in methods)
        parts |= {f"AUC, {name}": ours, f"overlap, {name}": top_overlap(*pair)}
        numbers[f"AUC of leave-one-out, {name}"] = theirs
        numbers[f"rank correlation, {name}"] = rank_correlation(
            *(sample.values[method].values for method in methods)
        )
    return parts, numbers


@claim(
    "C08", figure="fig02", study="Shapley of the mesh",
    says="on the mesh alone points left of the boundary are valued a little higher",
    threshold="mean of the side of label 0 less that of label 1, as a share of the range of the "
    "values: {left_above}, and so little that {how_little}",
    left_above="> 0",
    how_little="≤ 0.25",  # a quarter of the scale is no longer little
    note="No sample of X enters the mesh; samples are independent runs of the sampler.",
)  # fmt: skip
def left_is_valued_higher(sample):
    """Difference of the mean values of the sides (`dvlib.stratified_shapley` of the mesh).

    At first there was one estimate, compared with its own standard error.
    """
    left = sample.values.labels == 0
    difference, error = sample.difference(left, ~left)
    share = difference / np.ptp(sample.values.values)
    numbers = {"difference in the mesh": difference, "standard error": error}
    return {"left above right": share, "how little": share}, numbers


def _samples(settings, count):
    names = (f"Shapley, {name}" for name in REFERENCES)
    how = {"n_sets": settings.n_sets, "target": TARGET}
    return [settings.samples(methods={name: method(name, **how) for name in names})]


def _of_the_mesh(settings, count):
    """As many runs of the sampler on the mesh alone, each with `n_fits_mesh` fits."""
    meshes = [settings.sample(k, kind=MeshAlone) for k in range(count)]
    return [[mesh.shapley(n_fits=settings.n_fits_mesh, target=TARGET) for mesh in meshes]]


# Processor time is in seconds a sample.
GROUPS = (
    # 8 s. A fifth of the figure's subsets, a little more than the sampler needs to know its errors:
    # an AUC needs no more. Three seeds, as for Figure 1.
    Group(("Shapley",), "fig02", _samples, changes={"n_sets": 12, "n_seeds": 3}),
    # 45 s. Little more than the first look at each size, which takes 15,080 fits of each sample.
    Group(("Shapley of the mesh",), "fig02", _of_the_mesh, "runs of the sampler",
          changes={"n_fits_mesh": 15_300}),
)  # fmt: skip

"""Boundaries after several epochs, and forgetting of the training points (Figures 16 to 18)."""

from typing import NamedTuple

import numpy as np

from dvlib.data.datasets import Dataset
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import LAST
from dvlib.methods.agreement import auc
from dvlib.methods.forgetting import forgetting, forgetting_values
from dvlib.methods.runs import Runs, train_runs
from dvlib.paper.drawing.panels import BoundaryPanel
from dvlib.paper.judging.claim import Group, claim

EPOCHS = (0, 1, 3, 9, 14)  # the paper's


class Trajectory(NamedTuple):
    """Runs on one sample whose weights were kept after several epochs."""

    data: Dataset
    runs: Runs


def trajectory_samples(settings, epochs=EPOCHS):
    """Watched runs on `n_data_seeds` samples, with weights after `epochs`: a list of Trajectory."""
    samples = settings.samples()
    runs = train_runs(
        [(sample.data.X, sample.data.y) for sample in samples], settings.refits(),
        seeds=[sample.settings.seeds for sample in samples], epochs=(*epochs, LAST),
        watch=True, description="runs with weights kept",
    )  # fmt: skip
    return [Trajectory(sample.data, run) for sample, run in zip(samples, runs, strict=True)]


def trajectory_panels(settings, sample):
    """Boundaries after each epoch kept, and forgetting events: dict of title → BoundaryPanel.

    If `single_run`, only the first run is drawn, but for the initialization.
    """
    runs, mesh = sample.runs, settings.curve_mesh
    shown = runs.run(0) if settings.single_run else runs
    panels = {
        f"after epoch {epoch}" if epoch else "initialization": BoundaryPanel.of_runs(
            shown if epoch else runs, mesh, epoch, first_bold=epoch > 0
        )
        for epoch in runs.epochs[:-1]
    }
    panels["forgetting events"] = BoundaryPanel.of_runs(
        shown, mesh, first_bold=True, values=forgetting_values(shown), rows=sample.data.rows
    )
    return panels


@claim(
    "C26", figure="fig16", study="trajectories",
    says="forgotten training points are near the learned boundary; on two clusters none is "
    "forgotten",
    threshold="on four clusters and on noisy data, where the paper shows some, share of the runs "
    "with a forgotten point {with_some}, and AUC of nearness to the run's boundary for points "
    "forgotten in it {AUC}; on two clusters share of the runs with no point forgotten "
    "{without_any}",
    with_some="≥ 0.5", AUC="≥ 0.9", without_any="≥ 0.5",
    note="What the paper shows and the runs do not counts against the claim.",
)  # fmt: skip
def forgotten_are_near(sample):
    """Runs with forgotten points, and their nearness to the run's own final boundary.

    At first, four clusters dropped out, because no run forgets a point there.
    """
    hits, n_iter = sample.runs.learning
    ran = np.arange(hits.shape[-1]) < n_iter[..., None]
    forgotten = forgetting(hits, ran) > 0  # (n, K)
    none = (~forgotten.any(0)).mean()
    parts, numbers = {}, {"forgotten points a run": forgotten.sum(0).mean()}
    near = auc(forgotten.ravel(), -_distances(sample).ravel()) if forgotten.any() else np.nan
    if sample.data.name == "two_clusters":
        return {"runs without any": none}, numbers | {"nearness": near}
    parts["runs with some"] = 1 - none
    if forgotten.any():
        parts["AUC of nearness"] = near
    return parts, numbers


def _distances(sample):
    """Distances of training points to each run's final boundary, (n, K); inf if it has none."""
    from scipy.spatial import KDTree

    runs, unit = sample.runs, sample.data.unit
    low, high = np.floor(runs.points.min() / unit), np.ceil(runs.points.max() / unit)
    # Vertices of a curve lie at most a step apart: a distance is at most half a step too large.
    mesh = MeshGrid.from_step(low * unit, high * unit, 0.1 * unit)
    distances = np.full((runs.n_fits, len(runs.points)), np.inf)
    for k, curves in enumerate(runs.curves(mesh)):
        if curves:
            distances[k], _ = KDTree(np.concatenate(curves)).query(runs.points)
    return distances.T


def _samples(settings, count):
    """Samples of the three data sets."""
    figures = {"two clusters": "fig16", "four clusters": "fig17", "noisy": "fig18"}
    return [{name: trajectory_samples(s) for name, s in settings.on_each(figures).items()}]


# 3 s of processor time a sample, or less
GROUPS = (Group(("trajectories",), "fig16", _samples),)

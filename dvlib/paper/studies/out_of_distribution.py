"""Out-of-distribution scores: Figure 6."""

from dataclasses import dataclass

import numpy as np

from dvlib.data.regions import Boundaries, Regions, find_regions
from dvlib.engine.mesh import MeshGrid
from dvlib.methods.out_of_distribution import ensemble, gaussian_process, monte_carlo_dropout
from dvlib.paper.drawing.panels import Panel
from dvlib.paper.studies.grid import learned_boundary, samples_of
from dvlib.refits.workers import side_by_side


@dataclass(frozen=True, eq=False)
class OODSample:
    """Scores of the grid points from one sample.

    Attributes
    ----------
    values : dict of method → DataValues, the scores
    regions : Regions of the grid points, with their distances to g and to the learned boundary
    to_data : (n,), distance of each point to the nearest training point, in units of the plane
    upper : bool (n,), the point lies above the middle between the clusters of the two labels
    """

    values: dict
    regions: Regions
    boundaries: Boundaries
    to_data: np.ndarray
    upper: np.ndarray
    data: object
    grid: MeshGrid

    @property
    def passes(self):
        return [*self.values.values()]

    def panel(self, title, values):
        """A map of values of the grid points, with the boundaries of this sample."""
        return Panel(title, values, self.grid, self.boundaries, self.data)


def ood_scores(settings):
    """Figure 6: the three scores on each of `n_data_seeds` samples, a list of OODSample."""
    samples = samples_of(settings)

    def dropout(data):
        return monte_carlo_dropout(
            data.X, data.y, settings.grid.points, seed=settings.seed, n_passes=settings.n_passes
        )

    # Dropout takes longest and keeps one core busy, so the next samples' runs beside the rest.
    return [
        _sample(settings, data, passes)
        for data, passes in zip(samples, side_by_side(dropout, samples), strict=True)
    ]


def _sample(settings, data, dropout):
    from scipy.spatial import cKDTree

    points = settings.grid.points
    values = {
        "Gaussian process": gaussian_process(data.X, data.y, points),
        "Monte-Carlo dropout": dropout,
        "ensemble": ensemble(data.X, data.y, points, settings.refits("n_networks")),
    }
    boundaries = learned_boundary(settings, data)  # of networks of 1,000 units
    return OODSample(
        values=values,
        regions=find_regions(data, boundaries, points),
        boundaries=boundaries,
        to_data=cKDTree(data.X).query(points)[0],
        upper=points[:, 1] > data.means[:, 1].mean(),
        data=data,
        grid=settings.grid,
    )

"""Out-of-distribution scores: Figure 6."""

from dataclasses import dataclass

import numpy as np

from dvlib.data.regions import Boundaries, Regions, find_regions
from dvlib.engine.mesh import MeshGrid
from dvlib.methods.out_of_distribution import ensemble, gaussian_process, monte_carlo_dropout
from dvlib.paper.studies.grid import learned_boundary, samples_of
from dvlib.paper.studies.panels import Panel


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
    return [_sample(settings, data) for data in samples_of(settings)]


def _sample(settings, data):
    from scipy.spatial import cKDTree

    points, seed = settings.grid.points, settings.seed
    many = settings.refits("n_networks")
    values = {
        "Gaussian process": gaussian_process(data.X, data.y, points),
        "Monte-Carlo dropout": monte_carlo_dropout(
            data.X, data.y, points, seed=seed, n_passes=settings.n_passes
        ),
        "ensemble": ensemble(data.X, data.y, points, many),
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

"""Value fields on slices of real data: the ninth extension."""

from dataclasses import dataclass
from itertools import combinations
from types import SimpleNamespace

import numpy as np

from dvlib.data.regions import Boundaries
from dvlib.data.wide import make_wide
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, train
from dvlib.methods.agreement import auc
from dvlib.methods.values import DataValues, Samples
from dvlib.paper.drawing.panels import Panel
from dvlib.paper.studies.grid import NEAREST
from dvlib.refits.batch import RefitSettings
from dvlib.refits.workers import one_blas_thread, side_by_side
from dvlib.tables.one_row import one_row_added
from dvlib.tables.slices import Slice, random_triple

# Rows to train on and to compare models on. A fit takes a tenth of a second by scikit-learn.
SIZES = {"breast_cancer": (300, 269), "digits_3_5": (1_000, 797), "magic": (300, 1_000)}
WIDTHS = (10, 100)  # of the networks whose seeds are compared; values are of the second
RUNS = 5  # networks a width; an odd number, so that their majority is never a tie
EDGE = 1.25  # half the side of a slice; the farthest of its three rows has the distance 1
DRAWN = 151  # points per side of the mesh of the drawn boundaries


@dataclass(frozen=True, eq=False)
class SliceSample:
    """A slice of one sample of a data set, with values of the places on it.

    Attributes
    ----------
    name : of the data set
    plane : dvlib.tables.slices.Slice through three training rows
    rows : SimpleNamespace of X (3, 2) and y (3,), these rows on the slice
    grid : MeshGrid of the S places
    fields : dict of "value" and "1 − P" → DataValues of the places. A value is soft dv on the
        further rows, with the shift that all refits of a seed share taken off
    wrong : bool (S,), places that most networks label otherwise than the nearest row
    boundaries : Boundaries of the nearest row's label, and of the networks
    between_seeds : dict of width → mean dv on the slice between two training seeds
    """

    name: str
    plane: Slice
    rows: SimpleNamespace
    grid: MeshGrid
    fields: dict
    wrong: np.ndarray
    boundaries: Boundaries
    between_seeds: dict

    def auc(self, field):
        """AUC of a field for the places that the networks label otherwise than the nearest row."""
        return auc(self.wrong, self.fields[field].values)

    def panel(self, field):
        """The map of a field."""
        title = f"{self.name.replace('_', ' ')}, {field}"
        return Panel(title, self.fields[field], self.grid, self.boundaries, self.rows)


@dataclass(frozen=True, eq=False)
class SliceStudy:
    """Slices of several data sets: `samples` is a dict of data set → list of SliceSample."""

    samples: dict

    @property
    def passes(self):
        return [one.fields["value"] for of in self.samples.values() for one in of]

    @property
    def panels(self):
        """Maps of the first slice of each data set: values, then 1 − P."""
        first = [of[0] for of in self.samples.values()]
        return [one.panel(field) for field in ("value", "1 − P") for one in first]


def value_slices(settings, names=tuple(SIZES)):
    """Value the places of slices through three training rows of each data set.

    Parameters
    ----------
    settings : Settings; it takes `n_data_seeds` samples of each data set, each with a slice of its
        own, `n_places` places a side, and `n_seeds` fits a place
    names : data sets, of `SIZES`

    Returns
    -------
    SliceStudy
    """
    seeds = range(settings.seed, settings.seed + settings.n_data_seeds)
    return SliceStudy({name: [_slice(settings, name, seed) for seed in seeds] for name in names})


def two_labels(name, seed):
    """Training rows and labels, and further rows, of a data set of two labels."""
    n, m = SIZES[name]
    data = make_wide(name.removesuffix("_3_5"), n=n, m=m, seed=seed)
    if not name.endswith("_3_5"):
        return data.X, data.y, data.U
    chosen, further = np.isin(data.y, (3, 5)), np.isin(data.y_U, (3, 5))
    return data.X[chosen], (data.y[chosen] == 5).astype(int), data.U[further]


def _slice(settings, name, seed):
    from scipy.spatial import KDTree

    X, y, U = two_labels(name, seed)
    triple = random_triple(y, np.random.default_rng(seed))
    plane, nearest = Slice.through(X[triple]), KDTree(X)

    def label(places):
        return y[nearest.query(plane.points(places))[1]]

    grid = MeshGrid(-EDGE, EDGE, settings.n_places)
    drawn = MeshGrid(-EDGE, EDGE, DRAWN)
    compared = MeshGrid(-EDGE, EDGE, settings.mesh_side)
    networks = {width: _networks(X, y, width, settings.seed) for width in WIDTHS}
    flat = {width: [plane.restricted(one) for one in of] for width, of in networks.items()}
    between = {}
    for width, of in flat.items():
        labels = [boundary(one, compared) for one in of]
        between[width] = float(np.mean([dv(*pair) for pair in combinations(labels, 2)]))
    learned = np.mean([boundary(one, drawn) for one in flat[WIDTHS[-1]]], axis=0)
    majority = np.mean([one.predict(grid.points) for one in flat[WIDTHS[-1]]], axis=0) > 0.5
    labels = label(grid.points)
    return SliceSample(
        name, plane, SimpleNamespace(X=plane.corners, y=y[triple]), grid,
        _fields(settings, X, y, U, plane, grid, labels), majority != labels,
        Boundaries(drawn, boundary(label, drawn), learned, None, NEAREST), between,
    )  # fmt: skip


def _fields(settings, X, y, U, plane, grid, labels):
    """Value and 1 − P of each place."""
    how = RefitSettings((settings.seed,), MLPConfig((WIDTHS[-1],)))
    refits = one_row_added(
        X, y, plane.points(grid.points), labels, how, n_runs=settings.n_seeds, at=U, n_classes=2
    )
    given = Samples(grid.points, labels, how)
    return {
        "value": DataValues.over_seeds(given, refits.centred, "soft dv", "probability"),
        "1 − P": DataValues.over_seeds(given, 1 - refits.base_p, "1 − P", "probability"),
    }


def _networks(X, y, width, seed):
    """`RUNS` networks of a width, with consecutive seeds."""
    how = RefitSettings(config=MLPConfig((width,)))

    def fitted(k):
        return train(X, y, how.config, seed=seed + k, engine=how.engine).network

    with one_blas_thread():
        return list(side_by_side(fitted, range(RUNS)))

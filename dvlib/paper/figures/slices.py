"""Extension 9: value fields on slices of real data.

A plane through three rows of a table is a + s u + t v. There the first layer of a network, W x + b,
is W [u v] (s, t) + (b + W a), the first layer of a network with the two inputs s and t. So
everything that works for networks of the plane works for it, such as the compiled sweep. Somepalli
et al. (2022) draw classifiers of images on such planes.
"""

import re
from dataclasses import dataclass, replace
from itertools import combinations
from types import SimpleNamespace

import numpy as np

from dvlib.checks import short
from dvlib.data.regions import Boundaries
from dvlib.data.wide import make_wide
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, train
from dvlib.methods.agreement import auc
from dvlib.methods.sample import NEAREST
from dvlib.methods.values import DataValues, Samples
from dvlib.paper.drawing.panels import Panel
from dvlib.paper.judging.claim import claim
from dvlib.refits.batch import RefitSettings
from dvlib.refits.store import Store
from dvlib.refits.workers import one_blas_thread, run_calls
from dvlib.tables.passes import one_row_added

EDGE = 1.25  # half the side of a slice; the farthest of its three rows has the distance 1
DRAWN = 151  # points per side of the mesh of the drawn boundaries
FIELDS = ("value", "1 − P")


@dataclass(frozen=True, eq=False)
class Slice:
    """The plane origin + s u + t v, with u and v of the same length and at a right angle."""

    origin: np.ndarray  # (d,), the mean of the three rows
    axes: np.ndarray  # (2, d), u and v, as long as the farthest row is away from the origin
    corners: np.ndarray  # (3, 2), the rows in coordinates s, t; the farthest is at distance 1

    @classmethod
    def through(cls, rows):
        """The plane through three rows (3, d); u points from the first row to the second.

        Rows on a line, or not three rows of two columns or more, raise a ValueError.

        Examples
        --------
        >>> plane = Slice.through([[-1, 0, 3], [1, 0, 3], [0, 3, 3]])
        >>> plane.points([[0, 0], [0.5, 0]]).tolist()  # the mean of the rows; 2 is their reach
        [[0.0, 1.0, 3.0], [1.0, 1.0, 3.0]]
        """
        rows = np.asarray(rows, float)
        if rows.ndim != 2 or len(rows) != 3 or rows.shape[1] < 2:
            raise ValueError(f"rows of shape {rows.shape}: give three rows of two columns or more")
        origin = rows.mean(0)
        reach = np.linalg.norm(rows - origin, axis=1).max()
        first, second = rows[1] - rows[0], rows[2] - rows[0]
        u = first / (np.linalg.norm(first) or 1.0)
        rest = second - (second @ u) * u
        if min(np.linalg.norm(first), np.linalg.norm(rest)) <= 1e-9 * reach:
            raise ValueError(f"{short(rows.tolist())} lie on a line: give three rows of a plane")
        axes = reach * np.array([u, rest / np.linalg.norm(rest)])
        return cls(origin, axes, (rows - origin) @ axes.T / reach**2)

    def points(self, places):
        """Rows (m, d) at places (m, 2) of the plane."""
        return self.origin + np.asarray(places, float) @ self.axes

    def restricted(self, network):
        """The same network as a function of s and t, a Network of two inputs.

        A network with another number of inputs than the plane has columns raises a ValueError.
        """
        if network.inputs != len(self.origin):
            raise ValueError(
                f"a network of {network.inputs} inputs: the plane's rows have {len(self.origin)}"
            )
        coef, intercept = (part.astype(float) for part in network.layers[0])
        first = np.concatenate([(self.axes @ coef).ravel(), intercept + self.origin @ coef])
        rest = network.packed[coef.size + intercept.size :].astype(float)
        return replace(network, packed=np.concatenate([first, rest]), inputs=2)


@dataclass(frozen=True, eq=False)
class SliceSample:
    """A slice of one sample of a data set.

    A value is soft dv on the further rows, with the shift that all refits of a seed share taken
    off.
    """

    panels: dict  # of each of `FIELDS` → Panel, its map
    misclassified: np.ndarray  # bool (S,), where most networks differ from the nearest row's label
    between_seeds: dict  # width → mean dv on the slice between two training seeds

    def auc(self, field):
        """AUC of a field for the misclassified places."""
        return auc(self.misclassified, self.panels[field].values.values)


def value_slices(settings, data, *, widths, n_runs):
    """Value the places of slices through three training rows of each data set.

    Parameters
    ----------
    settings : Settings of `n_data_seeds` samples of each data set, each with a slice, `n_places`
        places a side, and `n_seeds` fits a place
    data : dict of data set → number of rows to train on, and of further rows to compare models on;
        names are those of `make_wide`, or "digits_3_5" for two of the digits
    widths : of the networks whose seeds are compared; values and boundaries are of the last
    n_runs : networks a width, an odd number, so that their majority is never a tie

    Returns
    -------
    dict of data set → list of SliceSample

    Raises
    ------
    ValueError : before any fit, for an unknown data set, one of more than two labels or with fewer
        rows, or a bad number of widths or runs
    """
    if not widths:
        raise ValueError("no widths: give one or more")
    if n_runs < 3 or n_runs % 2 == 0:
        raise ValueError(f"n_runs {n_runs}: give an odd number from 3 on")
    models = {width: MLPConfig((width,)) for width in widths}
    samples, count = {}, range(settings.n_data_seeds)
    drawn = {(name, k): two_labels(name, *data[name], settings.seed + k)
             for name in data for k in count}  # fmt: skip
    for (name, k), rows in drawn.items():
        samples.setdefault(name, []).append(_slice(settings, name, k, *rows, models, n_runs))
    return samples


def two_labels(name, n, m, seed):
    """Training rows (n, d) and labels (n,), and further rows (m, d), of a data set of two labels.

    Of "digits_3_5", n and m count the rows of all digits, of which those of the two are taken.
    """
    table, *pair = re.fullmatch(r"(.+?)(?:_(\d)_(\d))?", name).groups()
    rows = make_wide(table, n=n, m=m, seed=seed)
    if pair[0] is None:
        if rows.n_classes != 2:
            raise ValueError(f"{name} has {rows.n_classes} labels: name two, as in digits_3_5")
        return rows.X, rows.y, rows.U
    pair = [int(label) for label in pair]
    chosen, further = np.isin(rows.y, pair), np.isin(rows.y_U, pair)
    return rows.X[chosen], (rows.y[chosen] == pair[1]).astype(int), rows.U[further]


def random_triple(y, rng):
    """Three rows at random, the first two of different labels: int (3,).

    The labels `y` are (n,), n ≥ 3, of two classes or more.
    """
    first = rng.integers(len(y))
    second = rng.choice(np.flatnonzero(y != y[first]))
    third = rng.choice(np.setdiff1d(np.arange(len(y)), (first, second)))
    return np.array([first, second, third])


def _slice(settings, name, k, X, y, U, models, n_runs):
    """A SliceSample from the rows of sample k."""
    from scipy.spatial import KDTree

    triple = random_triple(y, np.random.default_rng(settings.seed + k))
    plane, nearest = Slice.through(X[triple]), KDTree(X)

    def label(places):
        return y[nearest.query(plane.points(places))[1]]

    grid = MeshGrid(-EDGE, EDGE, settings.n_places)
    drawn = MeshGrid(-EDGE, EDGE, DRAWN)
    compared = MeshGrid(-EDGE, EDGE, settings.mesh_side)
    between_seeds, first = {}, settings.training_seed(k)
    store = Store("networks", n_fits=lambda network: 1)
    for width, model in models.items():
        engine, seeds = RefitSettings(config=model).engine, range(first, first + n_runs)
        calls = [(X, y, model, seed, engine) for seed in seeds]
        with one_blas_thread():
            networks = list(run_calls(trained_network, calls, store))
        flat = [plane.restricted(network) for network in networks]
        labels = [boundary(network, compared) for network in flat]
        between_seeds[width] = float(np.mean([dv(*pair) for pair in combinations(labels, 2)]))
    # `model` and `flat` are now those of the last width.
    learned = np.mean([boundary(network, drawn) for network in flat], axis=0)
    majority = np.mean([network.predict(grid.points) for network in flat], axis=0) > 0.5
    boundaries = Boundaries(drawn, boundary(label, drawn), learned, None, NEAREST)
    rows, labels = SimpleNamespace(X=plane.corners, y=y[triple]), label(grid.points)

    how = RefitSettings((first,), model)
    refits = one_row_added(
        X, y, plane.points(grid.points), labels, how, n_runs=settings.n_seeds, at=U, n_classes=2
    )
    places, panels = Samples(grid.points, labels, how), {}
    methods = {"soft dv": refits.centred, "1 − P": 1 - refits.base_p}
    for field, (method, by_seed) in zip(FIELDS, methods.items(), strict=True):
        values = DataValues.over_seeds(places, by_seed, method, "probability")
        title = f"{name.replace('_', ' ')}, {field}"
        panels[field] = Panel(title, values, grid, boundaries, rows)
    return SliceSample(panels, majority != labels, between_seeds)


def trained_network(X, y, model, seed, engine):
    """The network after training, for `run_calls`."""
    return train(X, y, model, seed=seed, engine=engine).network


def panels(samples):
    """Maps of the first slice of each data set: values, then 1 − P."""
    return [slices[0].panels[field] for field in FIELDS for slices in samples.values()]


@claim(
    "C71", figure="ext09", study="slices",
    says="ours: on slices of real data, too, points of high value are the mis-classified ones",
    threshold="AUC of the value of a place for those that f_X labels otherwise than the nearest "
    "row: {AUC}, on each of three data sets",
    AUC="≥ 0.9 (≥ 0.75)",  # as C01
    note="Nearly a definition, as C63: 1 − P has the null value of 1 without a refit.",
)  # fmt: skip
def misclassified_places_are_important(sample):
    """AUC of the value for places where f_X's label is not that of the nearest training row.

    The value is soft dv with the shift that all refits of a seed share taken off.
    """
    return {"AUC": sample.auc("value")}, {"1 − P": sample.auc("1 − P")}


@claim(
    "C72", figure="ext09", study="slices",
    says="ours, after Somepalli et al.: on slices, wider networks of other seeds agree better",
    threshold="mean dv on the slice between two training seeds at width 100, over that at width "
    "10, in doublings (log₂): {doublings}, on each of three data sets",
    doublings="< 0",  # any gain
)  # fmt: skip
def wider_networks_agree_better(sample):
    """log₂ of the mean dv of pairs of seeds on the slice, wide over narrow; nan at zero."""
    narrow, wide = (sample.between_seeds.get(width, np.nan) for width in (10, 100))
    return {"doublings": np.log2(wide / narrow) if min(narrow, wide) > 0 else np.nan}

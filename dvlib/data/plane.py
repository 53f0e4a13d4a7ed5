"""The plane of given points: a user's table, or a data set that scikit-learn ships.

A shipped data set is reduced to two principal components. The ground truth of given points is
unknown. Each column is standardized, because training needs it and because one square of the plane
then shows all points. On request, points are taken as they are.
"""

import functools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dvlib.checks import check_points, check_switch, short
from dvlib.data.tables import TablePoints, is_csv, read_table

GIVEN = ("breast_cancer", "digits_3_5")


@functools.cache
def components(name):
    """The first two principal components of the standardized features, and the labels."""
    from sklearn import config_context, datasets
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    if name == "breast_cancer":
        features, labels = datasets.load_breast_cancer(return_X_y=True)
    else:
        features, digits = datasets.load_digits(return_X_y=True)
        chosen = np.isin(digits, (3, 5))
        features, labels = features[chosen], (digits[chosen] == 5).astype(int)
    with config_context(transform_output="default"):
        scaled = StandardScaler().fit_transform(features)
        return PCA(2, svd_solver="full").fit_transform(scaled), labels


MARGIN = 1.25  # half-width of the square / that of the points, so maps show the surroundings too


@dataclass(frozen=True, eq=False)
class Units:
    """The units of a file whose points are standardized.

    `center` (2,) and `scale` (2,) are the mean and the standard deviation (that of the population)
    of each coordinate over all points of the file.
    """

    center: np.ndarray
    scale: np.ndarray

    def in_file_units(self, points):
        """Points (..., 2) of the plane in the file's units."""
        return self.center + self.scale * np.asarray(points, float)


class GivenPoints(NamedTuple):
    """All points (n, 2) of a data set in their plane, and labels (n,).

    `window` is (low, high) of both coordinates of the square around them, `units` those of a file
    whose points are standardized, else None, and `table` the TablePoints, if they are of a file,
    else None.
    """

    points: np.ndarray
    labels: np.ndarray
    window: tuple
    units: Units | None
    table: TablePoints | None


def given_points(name, standardize=True):
    """The GivenPoints of a name of `GIVEN` or of a CSV file; not standardized on request.

    A bad CSV file, or a column whose numbers overflow or are almost constant, is a ValueError.
    """
    table = read_table(name) if is_csv(name) else None
    points, labels = components(name) if table is None else (table.points, table.labels)
    labels = labels.copy()  # tables and components are kept for the next call
    if not standardize:
        points = check_points(points).copy()
        return GivenPoints(points, labels, window_as_they_are(points), None, table)
    points, units = _standardized(name, points)
    return GivenPoints(points, labels, window_of(points), table and units, table)


def is_given(name):
    """Whether a name's points are given, not sampled: of a file, or of a name of `GIVEN`."""
    return is_csv(name) or name in GIVEN


def check_standardize(name, standardize):
    """Whether the points of a data set are standardized, as a bool, from what was given for it.

    Neither a bool nor None, or not None for points that are sampled, is a ValueError.
    """
    if standardize is None:
        return is_given(name)
    if not is_given(name):
        raise ValueError(
            f"standardize {short(standardize)}: only points of a file, {', '.join(GIVEN)} are "
            f"standardized, those of {name or 'the paper'} never: leave it out"
        )
    return check_switch("standardize", standardize)


def window_of(points):
    """(low, high) of the square in which standardized points (n, 2) are valued and compared."""
    half = np.ceil(2 * MARGIN * np.abs(points).max()) / 2
    return -float(half), float(half)


def window_as_they_are(points):
    """(low, high) of both coordinates of the square around points (n, 2) that stay as they are.

    The ends are rounded outwards to numbers that read well: multiples of 5, of 0.5 and so on. For
    the paper's clusters this is its own mesh, -10 to 20.
    """
    middle = (points.max() + points.min()) / 2
    half = MARGIN * (points.max() - points.min()) / 2
    unit = 10.0 ** math.floor(math.log10(half)) / 2
    ends = unit * np.array([np.floor((middle - half) / unit), np.ceil((middle + half) / unit)])
    return tuple(float(f"{end:.15g}") for end in ends)  # 0.15, not 0.15000000000000002


def _standardized(name, points):
    """Standardized points (n, 2), and their Units."""
    from sklearn import config_context
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    with np.errstate(all="ignore"), config_context(transform_output="default"):
        scaled = scaler.fit_transform(points)
        possible = np.allclose(scaled.std(0), 1)  # False after overflow or for near-constant data
    if not possible:
        low, high = points.min(0), points.max(0)
        raise ValueError(
            f"data set {str(name)!r}: x1 from {low[0]:g} to {high[0]:g} and x2 from {low[1]:g} to "
            f"{high[1]:g} cannot be standardized in double precision; shift or scale them"
        )
    return scaled, Units(scaler.mean_, scaler.scale_)

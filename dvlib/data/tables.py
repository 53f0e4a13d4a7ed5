"""Data sets of given points: a user's CSV file, and two data sets that scikit-learn ships.

Their ground truth is unknown. Each column is standardized, because training needs it and because
one square of the plane then shows all points.
"""

import functools
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from dvlib.root import project_root

COLUMNS = ("x1", "x2", "label")
AT_LEAST = 4  # points per label: after the split, two or more for training and one for testing
MARGIN = 1.25  # half-width of the square / largest coordinate, so maps show the surroundings too


def is_csv(name):
    """Whether a data set's name is the path of a CSV file."""
    return isinstance(name, str) and name.lower().endswith(".csv")


def find_csv(name):
    """Absolute path of a CSV file in the working directory or at the top of the clone.

    Notebooks need the second place, because they run in a folder of the clone.

    Raises
    ------
    ValueError : the file does not exist
    """
    for path in (Path(name).expanduser(), project_root() / name):
        if path.is_file():
            return path.resolve()
    places = " or ".join(dict.fromkeys(map(str, (Path.cwd(), project_root()))))
    raise ValueError(
        f"data set {name!r}: there is no such file from {places}; give the path of a CSV file with "
        f"columns {', '.join(COLUMNS)}"
    )


def csv_digest(name):
    """The first 8 hex digits of the SHA-256 of a file's contents."""
    return hashlib.sha256(find_csv(name).read_bytes()).hexdigest()[:8]


def read_csv(name):
    """Points (n, 2) and labels (n,) from the columns x1, x2 and label of a CSV file.

    Other columns are ignored.

    Raises
    ------
    ValueError : a missing file or a bad table; the message says what is wrong and where
    """
    path = find_csv(name)
    try:
        table = pd.read_csv(path, skipinitialspace=True)
    except (ValueError, UnicodeDecodeError, OSError) as error:
        raise ValueError(f"data set {name!r} cannot be read as CSV: {error}") from None
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        raise ValueError(
            f"data set {name!r} has columns {', '.join(map(str, table.columns[:8]))}: "
            f"{', '.join(missing)} missing; give {', '.join(COLUMNS)} in its first line"
        )
    numbers = table[list(COLUMNS)].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        given = str(table[COLUMNS[column]].iloc[row])
        raise ValueError(
            f"data set {name!r}, row {row + 1}: {COLUMNS[column]} is {given!r}; give finite numbers"
        )
    points, labels = numbers[:, :2], numbers[:, 2]
    if not np.isin(labels, (0, 1)).all():
        raise ValueError(f"data set {name!r} has labels {np.unique(labels)[:5]}: give 0 and 1")
    counts = np.bincount(labels.astype(int), minlength=2)
    if counts.min() < AT_LEAST:
        raise ValueError(
            f"data set {name!r} has {counts[0]} points of label 0 and {counts[1]} of label 1: give "
            f"{AT_LEAST} or more of each"
        )
    for column, values in zip(COLUMNS, points.T, strict=False):
        if values.min() == values.max():
            raise ValueError(f"data set {name!r}: {column} is {values[0]} in every row")
    return points, labels.astype(int)


def _breast_cancer():
    from sklearn.datasets import load_breast_cancer

    return load_breast_cancer(return_X_y=True)


def _digits():
    from sklearn.datasets import load_digits

    features, digits = load_digits(return_X_y=True)
    chosen = np.isin(digits, (3, 5))
    return features[chosen], (digits[chosen] == 5).astype(int)


_SHIPPED = {
    "breast_cancer": _breast_cancer,
    "digits_3_5": _digits,
}
GIVEN = tuple(_SHIPPED)


@functools.cache
def _components(name):
    """The first two principal components of the standardized features, and the labels."""
    from sklearn import config_context
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    features, labels = _SHIPPED[name]()
    with config_context(transform_output="default"):
        scaled = StandardScaler().fit_transform(features)
        return PCA(2, svd_solver="full").fit_transform(scaled), labels


def given_points(name):
    """Standardized points (n, 2) and labels (n,) of a data set of `GIVEN` or of a CSV file.

    Raises
    ------
    ValueError : a bad CSV file, or a column whose numbers overflow or are almost constant
    """
    from sklearn import config_context
    from sklearn.preprocessing import StandardScaler

    points, labels = read_csv(name) if is_csv(name) else _components(name)
    with np.errstate(all="ignore"), config_context(transform_output="default"):
        scaled = StandardScaler().fit_transform(points)
        possible = np.allclose(scaled.std(0), 1)  # False after overflow or for near-constant data
    if not possible:
        low, high = points.min(0), points.max(0)
        raise ValueError(
            f"data set {name!r}: x1 from {low[0]:g} to {high[0]:g} and x2 from {low[1]:g} to "
            f"{high[1]:g} cannot be standardized in double precision; shift or scale them"
        )
    return scaled, labels


def window_of(points):
    """(low, high) of both coordinates of the square used to value points and compare boundaries."""
    half = np.ceil(2 * MARGIN * np.abs(points).max()) / 2
    return -float(half), float(half)

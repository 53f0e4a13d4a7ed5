"""Data sets of given points: a user's CSV file, and two data sets that scikit-learn ships.

Their ground truth is unknown. Each column is standardized, because training needs it and because
one square of the plane then shows all points.
"""

import functools
import hashlib
import os
from collections import Counter
from operator import itemgetter
from pathlib import Path

import numpy as np
import pandas as pd

from dvlib.checks import check_points
from dvlib.data.reading import SEPARATORS, SHOWN, BadTable, numbers_of, read_text_table
from dvlib.root import project_root

COLUMNS = ("x1", "x2", "label")
SPLIT = "split"  # name of a column that says which rows are for training and which for testing
SUFFIXES = (".csv", ".tsv")
GAPS = ("", "na", "n/a", "nan", "null", "none")  # how tables write that a label is not known
AT_LEAST = 4  # points per label: after the split, two or more for training and one for testing
MARGIN = 1.25  # half-width of the square / largest coordinate, so maps show the surroundings too


def is_csv(name):
    """Whether a data set's name is the path of a table: a string or path that ends as one."""
    return isinstance(name, (str, os.PathLike)) and str(name).lower().endswith(SUFFIXES)


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
        f"data set {str(name)!r}: there is no such file from {places}; give the path of a CSV "
        f"file with columns {', '.join(COLUMNS)}"
    )


def csv_digest(name):
    """The first 8 hex digits of the SHA-256 of a file's contents."""
    return hashlib.sha256(find_csv(name).read_bytes()).hexdigest()[:8]


def read_csv(name):
    """Points (n, 2) and labels (n,) from the columns x1, x2 and label of a table.

    The separator is a comma, a semicolon or a tab. Other columns are ignored.

    Raises
    ------
    ValueError : a missing file or a bad table; the message names everything that is wrong, where,
        and what to do
    """
    path = find_csv(name)
    try:
        separator, columns = read_text_table(path, COLUMNS)
        given = {name: columns[name] for name in COLUMNS if name in columns}
        numbers = numbers_of(given, separator)
    except (BadTable, OSError) as error:
        raise ValueError(f"data set {str(name)!r}: {error}") from None
    problems = [*_missing(columns, separator), *_gaps(given, numbers), *_label_problems(given)]
    for column in COLUMNS[:2]:
        values = set(numbers.get(column, ()))
        if len(values) == 1 and len(given[column]) > 1 and np.isfinite([*values]).all():
            problems.append(f"{column} is {values.pop()} in every row: give numbers that differ")
    if problems:
        raise ValueError(_listed(name, [*problems, *_unused(columns)]))
    table = np.column_stack([numbers[column] for column in COLUMNS])
    return table[:, :2], table[:, 2].astype(int)


def rows_of(name):
    """The points of a table as they are in the file: row, id if there is such a column, x1 and x2.

    Returns
    -------
    DataFrame with a line per point. Rows are counted from 1, as in messages. A column without a
    name, which R and pandas write first, is taken for the id; None = not a table, no rows of a file
    """
    if not is_csv(name):
        return None
    columns = read_text_table(find_csv(name), COLUMNS)[1]
    points, _ = read_csv(name)
    rows = pd.DataFrame({"row": np.arange(1, len(points) + 1)})
    for column in _ids(columns)[:1]:
        rows["id"] = columns[column]
    return rows.assign(x1=points[:, 0], x2=points[:, 1])


def split_of(name):
    """Whether each row of a table is a test point, bool (n,), from its column `split`.

    Returns
    -------
    None without such a column

    Raises
    ------
    ValueError : other words than train and test, or too few points of a label in a part
    """
    columns = read_text_table(find_csv(name), COLUMNS)[1] if is_csv(name) else {}
    if SPLIT not in columns:
        return None
    words, labels = np.array(columns[SPLIT]), read_csv(name)[1]
    wrong = np.flatnonzero(~np.isin(words, ("train", "test")))
    if len(wrong):
        raise ValueError(
            f"data set {str(name)!r}, row {wrong[0] + 1}: split is {str(words[wrong[0]])!r}: give "
            "train or test, or name the column otherwise"
        )
    for part, fewest in (("train", 2), ("test", 1)):
        counts = np.bincount(labels[words == part], minlength=2)
        if counts.min() < fewest:
            raise ValueError(
                f"data set {str(name)!r}: column split has {counts[0]} {part} points of label 0 "
                f"and {counts[1]} of label 1: give {fewest} or more of each"
            )
    return words == "test"


def unused_columns(name):
    """Names of a table's columns that are not read."""
    return _others(read_text_table(find_csv(name), COLUMNS)[1])


def _listed(name, problems):
    """One message of all problems; a single one stays on the line."""
    if len(problems) == 1:
        return f"data set {str(name)!r}: {problems[0]}"
    return "\n  - ".join([f"data set {str(name)!r} cannot be used:", *problems])


def _missing(columns, separator):
    missing = [column for column in COLUMNS if column not in columns]
    if not missing:
        return
    seen = ", ".join([*columns][:8]) + (", …" if len(columns) > 8 else "")
    said = f"columns {seen}: {', '.join(missing)} missing"
    if len(columns) == 1:
        said += f"; no {', '.join(SEPARATORS.values())} separates its first line"
    else:
        said += f"; {SEPARATORS[separator]} taken for the separator"
    near = [f"{one!r} to {one.lower()!r}" for one in columns if one.lower() in missing]
    advice = f"rename {', '.join(near)}" if near else f"give {', '.join(COLUMNS)} in its first line"
    yield f"{said}: {advice}"


def _gaps(given, numbers):
    """Cells that are no finite numbers, with row and column; text labels are told elsewhere."""
    wrong = [
        (row, column, cell)
        for column, cells in given.items()
        for row, (cell, number) in enumerate(zip(cells, numbers[column], strict=True))
        if not np.isfinite(number) and (column != "label" or cell.lower() in GAPS)
    ]
    if wrong:
        shown = [
            f"row {row + 1}: {column} is " + (repr(cell) if cell else "empty")
            for row, column, cell in sorted(wrong, key=itemgetter(0))[:SHOWN]
        ]
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        yield f"{', '.join(shown)}{more}: give finite numbers, or delete the rows"


def _label_problems(given):
    if "label" not in given:
        return
    cells = Counter(cell for cell in given["label"] if cell.lower() not in GAPS)
    known = Counter({"0": 0, "1": 0})
    for cell, count in cells.items():
        number = numbers_of({"label": [cell]}, ";")["label"][0]
        known["01"[int(number)] if number in (0, 1) else cell] += count
    if len(known) > 2:
        shown = [f"{cell!r} ({count} rows)" for cell, count in cells.most_common(SHOWN)]
        more = f" and {len(cells) - SHOWN} more" if len(cells) > SHOWN else ""
        many = "; more than two classes: keep the rows of two," if len(cells) > 2 else ":"
        yield f"labels are {', '.join(shown)}{more}{many} give 0 or 1"
    elif min(known.values()) < AT_LEAST:
        yield (
            f"{known['0']} points of label 0 and {known['1']} of label 1: give {AT_LEAST} or more "
            "of each"
        )


def _ids(columns):
    return [column for column in columns if column.lower() in ("id", "")]


def _others(columns):
    used = {*COLUMNS, SPLIT, *_ids(columns)[:1]}
    return [column for column in columns if column and column not in used]


def _unused(columns):
    others = _others(columns)
    if others:
        shown = ", ".join(others[:8]) + (f" and {len(others) - 8} more" if len(others) > 8 else "")
        yield f"not used: {shown}; only {', '.join(COLUMNS)} are read"


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


def given_points(name, standardize=True):
    """Standardized points (n, 2) and labels (n,) of a data set of `GIVEN` or of a CSV file.

    `standardize=False` leaves the points as they are.

    Raises
    ------
    ValueError : a bad CSV file, or a column whose numbers overflow or are almost constant
    """
    from sklearn import config_context
    from sklearn.preprocessing import StandardScaler

    points, labels = read_csv(name) if is_csv(name) else _components(name)
    if not standardize:
        return check_points(points), labels
    with np.errstate(all="ignore"), config_context(transform_output="default"):
        scaled = StandardScaler().fit_transform(points)
        possible = np.allclose(scaled.std(0), 1)  # False after overflow or for near-constant data
    if not possible:
        low, high = points.min(0), points.max(0)
        raise ValueError(
            f"data set {str(name)!r}: x1 from {low[0]:g} to {high[0]:g} and x2 from {low[1]:g} to "
            f"{high[1]:g} cannot be standardized in double precision; shift or scale them"
        )
    return scaled, labels


def window_of(points):
    """(low, high) of both coordinates of the square used to value points and compare boundaries."""
    half = np.ceil(2 * MARGIN * np.abs(points).max()) / 2
    return -float(half), float(half)

"""A table of any kind as rows of numbers: arrays, frames of pandas or polars, columns of all kinds.

scikit-learn's ColumnTransformer standardizes the columns of numbers, and encodes text as a column
of 0 and 1 for each category. A table that cannot be used is refused, with all reasons at once.
"""

import os
import warnings
from dataclasses import dataclass, field
from difflib import get_close_matches
from numbers import Number

import numpy as np
import pandas as pd

from dvlib.checks import LARGEST, listed

MOST_CLASSES = 100  # with more, the labels look like a number to predict
MOST_KINDS = 50  # categories of a column of text; if there are more, the rarest share one
FEW_KINDS = 10  # categories that a column of text may have in a table of any size
FEWEST = 8  # rows; half of fewer are too few to train on
SPARSE = 50_000_000  # cells of a sparse matrix, which is made dense: 400 MB
MOST_REASONS = 5  # columns left out that a message names


def labels_of(y, what):
    """Labels as an array (n,), of objects or of a plain type."""
    if type(y).__module__.split(".")[0] == "polars":
        y = y.to_list()
    if isinstance(y, str):
        raise ValueError(
            f"{what} {y!r}: give one for each row; the name of a column is given as label={y!r}"
        )
    if np.ma.is_masked(y):
        row = np.flatnonzero(np.ma.getmaskarray(y))[0]
        raise ValueError(f"{what} are masked, first in row {row}: delete these rows")
    if isinstance(y, pd.DataFrame):
        y = y.to_numpy()
    if isinstance(y, pd.Series):
        y = y.astype(object).to_numpy() if y.isna().any() else np.asarray(y)
    try:
        y = np.asarray(y)
    except ValueError:  # lists of several lengths
        raise ValueError(f"{what} are lists: give one for each row") from None
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise ValueError(f"{what} of shape {y.shape}: give one for each row")
    gaps = np.flatnonzero(pd.isna(y))
    if len(gaps):
        raise ValueError(
            f"{what} are missing in {_count(len(gaps), 'row')}, first in row {gaps[0]}: delete "
            "these rows, since only a row with a label has a value"
        )
    if y.dtype.kind == "O" and len({*map(type, y)}) > 1:
        numbers = pd.to_numeric(pd.Series(y), errors="coerce")
        y = y.astype(str) if numbers.isna().any() else numbers.to_numpy()
    return y


def check_order(table, labels, what):
    """Refuse labels that have the table's index in another order: they would go to wrong rows."""
    indexed = isinstance(table, pd.DataFrame) and isinstance(labels, (pd.Series, pd.DataFrame))
    if not indexed or len(labels) != len(table) or labels.index.equals(table.index):
        return
    if set(labels.index) == set(table.index):
        raise ValueError(
            f"{what} have the table's index in another order: give y.loc[X.index], or, if they "
            "are in the order of the rows, y.to_numpy()"
        )


def problems_of_labels(labels):
    classes, counts = np.unique(labels, return_counts=True)
    if labels.dtype.kind not in "OUSbiufM":
        return [f"labels of type {labels.dtype}: give classes, as text or whole numbers"]
    if len(classes) == 1:
        return [f"all labels are {classes[0]}: give rows of two classes or more"]
    if len(classes) > MOST_CLASSES or (labels.dtype.kind == "f" and len(classes) > len(labels) / 2):
        return [
            f"{len(classes)} different labels in {len(labels)} rows: this looks like a number to "
            "predict; give classes, for example pandas.cut(y, 3)"
        ]
    few = classes[counts < 2]
    if len(few):
        return [f"classes with a single row: {listed(few)}; delete them, or merge them with others"]
    return []


def kinds_of(frame):
    """Kind of each column, "numbers" or "text", and a list of the columns' problems."""
    kinds, problems, gaps = {}, [], []
    for name, column in frame.items():
        missing = np.flatnonzero(column.isna())
        if len(missing):
            gaps.append((name, missing))
            continue
        types = pd.api.types
        if types.is_datetime64_any_dtype(column) or column.dtype.kind in "mM":
            problems.append(
                f"column {name!r} holds dates: give numbers, such as days since the first, or "
                "leave it out"
            )
        elif types.is_complex_dtype(column):
            problems.append(f"column {name!r} holds complex numbers: give two columns of numbers")
        elif types.is_numeric_dtype(column) or (
            column.dtype == object
            and all(isinstance(c, Number) and not isinstance(c, complex) for c in column)
        ):
            values = _floats(column)
            wrong = np.flatnonzero(~(np.abs(values) <= LARGEST))
            if len(wrong):
                problems.append(
                    f"column {name!r}, row {frame.index[wrong[0]]}: {values[wrong[0]]:g}, and "
                    f"{_count(len(wrong), 'such cell')} in all: give numbers from −{LARGEST:g} to "
                    f"{LARGEST:g}"
                )
            kinds[name] = "numbers"
        elif _all_plain(column):
            kinds[name] = "text"
        else:
            problems.append(
                f"column {name!r} holds {type(column.iloc[0]).__name__}s: give numbers or text"
            )
    if gaps:
        name, missing = gaps[0]
        total = sum(len(rows) for _, rows in gaps)
        problems.append(
            f"column {name!r}, row {frame.index[missing[0]]} has no value, and "
            f"{_count(total, 'such cell')} in {_count(len(gaps), 'column')} in all: delete the "
            "rows (frame.dropna()) or fill the cells (sklearn.impute.SimpleImputer); filling "
            "changes the values of rows"
        )
    return kinds, problems


def numbers_as_text(frame, kinds):
    """The problem of columns of text that hold only numbers, unless they are declared categories.

    They would be left out, as names are, or each number would be a category of its own.
    """
    names = []
    for name, kind in kinds.items():
        if kind == "text" and not isinstance(frame[name].dtype, pd.CategoricalDtype):
            points = frame[name].astype(str).str.replace(",", ".", regex=False)
            if pd.to_numeric(points, errors="coerce").notna().all():
                names.append(name)
    if not names:
        return []
    first, cell = names[0], frame[names[0]].iloc[0]
    rest = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
    decimal = ".str.replace(',', '.')" if frame[first].astype(str).str.contains(",").any() else ""
    return [
        f"column {first!r}{rest} holds numbers as text, such as {str(cell)!r}: give "
        f"X[{first!r}]{decimal}.astype(float), or, if they only name kinds, "
        f"X[{first!r}].astype('category')"
    ]


def unused_columns(frame, kinds):
    """Columns that carry no information, as a dict of name → reason."""
    unused = {}
    for name, column in frame.items():
        different = column.nunique()
        if different == 1:
            unused[name] = "the same in all rows"
        elif kinds[name] == "text" and different > max(FEW_KINDS, len(frame) / 2):
            unused[name] = f"{different} different texts in {len(frame)} rows, as names are"
    return unused


def _floats(column):
    """A column as floats; an int that is larger than any float is infinite."""
    try:
        return column.to_numpy(float)
    except OverflowError:
        return np.array([float(cell) if abs(cell) <= LARGEST else np.inf for cell in column])


def _all_plain(column):
    return isinstance(column.dtype, pd.CategoricalDtype) or all(
        isinstance(cell, (str, bytes, bool, int, float, np.generic)) for cell in column
    )


def refuse(problems):
    if problems:
        raise ValueError("; ".join(problems))


def _count(number, noun):
    return f"{number} {noun}" + ("" if number == 1 else "s")


def reasons(unused):
    return "; ".join(f"{name} ({why})" for name, why in list(unused.items())[:MOST_REASONS])


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of a table, ready for fits.

    `X`, float64 (n, d), are standardized numbers, and 0 or 1 for categories, of the columns
    `names`. `y`, int (n,), is the index of each label in `classes`, the different labels as they
    were given, sorted. `index` is the frame's own, or 0 … n − 1; `label` is the name of the label's
    column. `unused` is a dict of column → why it was left out.
    """

    X: np.ndarray
    y: np.ndarray
    classes: np.ndarray
    names: tuple
    index: pd.Index
    label: str
    unused: dict = field(default_factory=dict)
    _columns: tuple = ()
    _prepare: object = None

    def like(self, X):
        """Further rows with the same columns, encoded as X is: float64 (m, d).

        A missing column, or a cell that cannot be used, is a ValueError.
        """
        frame = _frame(X)
        if self.label in frame and self.label not in self._columns:
            frame = frame.drop(columns=self.label)
        missing = [str(name) for name in self._columns if name not in frame]
        if missing:
            raise ValueError(
                f"columns {listed(missing)} are missing: give the columns of the table, "
                f"{listed(self._columns)}"
            )
        width = len(self._columns) + len(self.unused)
        if not hasattr(X, "columns") and frame.shape[1] > width:  # columns without names
            raise ValueError(
                f"{frame.shape[1]} columns, but the table has {width}: give the same columns"
            )
        frame = frame[list(self._columns)]
        if not len(frame):
            raise ValueError("no rows: give one or more")
        kinds, problems = kinds_of(frame)
        numbers = self._prepare.transformers_[0][2]
        problems += [
            f"column {name!r} holds text, but in the table it holds numbers: give numbers"
            for name, kind in kinds.items()
            if kind == "text" and name in numbers
        ]
        refuse(problems)
        return _numbers(self._prepare, frame)

    def classes_of(self, labels):
        """Index of each label in `classes`, int (m,); a label that the table lacks is refused."""
        labels = labels_of(labels, "target labels")
        places = pd.Index(self.classes).get_indexer(labels)
        if (places < 0).any():
            row = int(np.argmax(places < 0))
            raise ValueError(
                f"target label {str(labels[row])!r} in row {row}: the table's labels are "
                f"{listed(self.classes)}; give only these"
            )
        return places


def read_rows(X, y=None, label=None):
    """Rows from a table and its labels.

    Parameters
    ----------
    X : array (n, d), or frame of pandas or polars, which may have the labels as a column
    y : n labels of any kind, in the order of the rows; None = the column `label` of the frame
    label : name of the label's column

    Returns
    -------
    Rows

    Raises
    ------
    ValueError : the table cannot be used; the message has all reasons and what to do

    Examples
    --------
    >>> frame = pd.DataFrame({"age": range(8), "smoker": ["no", "yes"] * 4})
    >>> rows = read_rows(frame, [0, 0, 0, 1] * 2)
    >>> rows.names, rows.y
    (('age', 'smoker_yes'), array([0, 0, 0, 1, 0, 0, 0, 1]))
    """
    frame = _frame(X)
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ValueError(f"columns named twice: {listed(twice.unique())}; give each its own name")
    if y is None:
        frame, y, label = _split(frame, label)
    elif label is not None and str(label) in frame:
        raise ValueError(
            f"y and the column {str(label)!r} both give labels: give one of them, since the "
            "column would be used to predict y"
        )
    check_order(X, y, "labels")
    labels = labels_of(y, "labels")
    if len(labels) != len(frame):
        raise ValueError(f"{len(labels)} labels for {len(frame)} rows: give one for each row")
    problems = problems_of_labels(labels)
    if len(frame) < FEWEST:
        problems.append(f"{len(frame)} rows: give {FEWEST} or more")
    kinds, wrong = kinds_of(frame)
    problems += wrong + numbers_as_text(frame, kinds)
    unused = {} if wrong else unused_columns(frame, kinds)
    used = [name for name in frame.columns if name not in unused]
    if not wrong and not used:
        why = f"no usable column: {reasons(unused)}" if unused else "no column besides the labels"
        problems.append(f"{why}; give one that differs between rows")
    refuse(problems)
    prepare = _prepared(frame[used], kinds)
    classes, places = np.unique(np.asarray(labels), return_inverse=True)
    numbers = _numbers(prepare, frame[used])
    names = tuple(str(name).split("__", 1)[1] for name in prepare.get_feature_names_out())
    return Rows(
        numbers, places, classes, names, frame.index, "label" if label is None else str(label),
        unused, tuple(used), prepare,
    )  # fmt: skip


def _frame(X):
    """A table of any kind as a pandas frame; the user's own frame is not changed.

    Columns are named by text, since scikit-learn takes whole numbers for their positions.
    """
    if isinstance(X, pd.DataFrame):
        if X.columns.nlevels > 1:
            raise ValueError(
                f"columns of {X.columns.nlevels} levels: give names of one level, such as "
                "['_'.join(map(str, name)) for name in X.columns]"
            )
        X = X.set_axis(X.columns.map(str), axis=1)
        foreign = [
            name for name, kind in X.dtypes.items() if getattr(kind, "byteorder", "=") == ">"
        ]
        return X.astype({name: X.dtypes[name].newbyteorder("=") for name in foreign})
    if type(X).__module__.split(".")[0] == "polars":
        return pd.DataFrame(X.to_dict(as_series=False))
    if isinstance(X, (str, os.PathLike)):
        raise ValueError(f"a path is no table: give pandas.read_csv({str(X)!r})")
    if hasattr(X, "tocsr"):  # a sparse matrix
        if np.prod(X.shape) > SPARSE:
            raise ValueError(
                f"a sparse matrix of {X.shape[0]} × {X.shape[1]}: give fewer columns, such as "
                "sklearn.decomposition.TruncatedSVD(50).fit_transform(X)"
            )
        X = X.toarray()
    if np.ma.is_masked(X):
        row, column = np.argwhere(np.ma.getmaskarray(X))[0]
        raise ValueError(f"row {row}, column {column} is masked: give every cell a value")
    try:
        array = np.asarray(X)
    except ValueError:  # lists of several lengths
        raise ValueError("rows of several lengths: give every row as many cells") from None
    if array.ndim != 2:
        hint = ", such as pandas.DataFrame(X)" if array.dtype.kind in "OV" else ""
        raise ValueError(f"a table of shape {array.shape}: give rows and columns, (n, d){hint}")
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    return pd.DataFrame(array, columns=[f"x{k + 1}" for k in range(array.shape[1])])


def _split(frame, label):
    """The frame without its labels, and the labels."""
    if label is None:
        raise ValueError("no labels: give y, or label=, the name of the column that holds them")
    label = str(label)
    if label not in frame:
        near = get_close_matches(label, frame.columns, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"no column {label!r}: the table has {listed(frame.columns) or 'no columns'}{hint}"
        )
    return frame.drop(columns=label), frame[label], label


def _prepared(frame, kinds):
    """The fitted ColumnTransformer of a frame."""
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers, text = ([c for c in frame if kinds[c] == kind] for kind in ("numbers", "text"))
    encoder = OneHotEncoder(
        drop="if_binary", handle_unknown="infrequent_if_exist", max_categories=MOST_KINDS,
        sparse_output=False,
    )  # fmt: skip
    prepare = ColumnTransformer([("numbers", StandardScaler(), numbers), ("text", encoder, text)])
    return prepare.set_output(transform="default").fit(_plain(frame, text))


def _numbers(prepare, frame):
    text = list(prepare.transformers_[1][2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an unknown category is encoded as zeros
        return np.ascontiguousarray(prepare.transform(_plain(frame, text)), dtype=float)


def _plain(frame, text):
    """The frame with text as str, and numbers as float, for scikit-learn."""
    return frame.astype({name: str if name in text else float for name in frame})

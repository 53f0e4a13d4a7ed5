"""A table of any kind as rows of numbers: arrays, frames of pandas or polars, columns of all kinds.

`dvlib.data.columns` judges how each column is read. Numbers and dates are standardized, and their
gaps filled with the median; text becomes a column of 0 and 1 for each category. What is done to
the user's table is told, and what cannot be used is refused, with all reasons at once.
"""

import os
import re
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
import pandas as pd

from dvlib.checks import listed
from dvlib.data.columns import Liberty, judge
from dvlib.tables.labels import check_order, labels_of, of_one_type, read_labels

MOST_KINDS = 50  # categories of a column of text; if there are more, the rarest share one
FEWEST = 8  # rows; half of fewer are too few to train on
SPARSE = 50_000_000  # cells of a sparse matrix, which is made dense: 400 MB
MOST_REASONS = 5  # columns left out that a message names
TELLS = 0.99  # a column that predicts so many labels by itself may be made from the label
LOOKED_AT = 2_000  # rows that are enough to see it
FEW_ROWS = 50  # with fewer, any column may do it by chance


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

    `X`, float64 (n, d), are standardized numbers, and 0 or 1 for categories and gaps, of the
    columns `names`. `y`, int (n,), is the index of each label in `classes`, the different labels as
    they were given, sorted. `index` is the frame's own, or 0 … n − 1; `label` is the name of the
    label's column. `frame` has the user's own columns, without the labels, of these rows; `kept`
    says which rows of the user's table these are.

    `columns` is a dict of name → `dvlib.data.columns.Column`, of those that are used. `unused` is a
    dict of column → why it was left out, `liberties` lists what was done to the table
    (`dvlib.data.columns.Liberty`), and `hints` are sentences on what to look at.
    """

    X: np.ndarray
    y: np.ndarray
    classes: np.ndarray
    names: tuple
    index: pd.Index
    label: str
    unused: dict = field(default_factory=dict)
    liberties: tuple = ()
    hints: tuple = ()
    frame: pd.DataFrame = None
    kept: np.ndarray = None
    columns: dict = field(default_factory=dict)
    _prepare: object = None

    def like(self, X, liberties=None):
        """Further rows with the same columns, read and encoded as X is: float64 (m, d).

        What is done to their cells is appended to the list `liberties`. A missing column, or one
        that holds something else than in the table, is a ValueError.
        """
        frame = _frame(X)
        if self.label in frame and self.label not in self.columns:
            frame = frame.drop(columns=self.label)
        missing = [name for name in self.columns if name not in frame]
        if missing:
            raise ValueError(
                f"columns {listed(missing)} are missing: give the columns of the table, "
                f"{listed(self.columns)}"
            )
        width = len(self.columns) + len(self.unused)
        if not hasattr(X, "columns") and frame.shape[1] > width:  # columns without names
            raise ValueError(
                f"{frame.shape[1]} columns, but the table has {width}: give the same columns"
            )
        if not len(frame):
            raise ValueError("no rows: give one or more")
        read, problems, told = {}, [], []
        for name, column in self.columns.items():
            read[name] = column.read(frame[name])
            if column.kind == "categories":
                strange = column.unknown(frame[name])
                told += [
                    Liberty(name, f"{kind!r} ({_count(count, 'row')}) is no category of the table")
                    for kind, count in strange.items()
                ]
                continue
            gaps = np.isnan(read[name])
            if gaps.all() and frame[name].notna().any():
                cell = str(frame[name].dropna().iloc[0])[:20]
                problems.append(
                    f"column {name!r} holds {column.kind} in the table, but {cell!r} here: give "
                    f"{column.kind}"
                )
            elif gaps.any():
                told.append(Liberty(name, f"{_count(gaps.sum(), 'gap')}: the table's median"))
        refuse(problems)
        if liberties is not None:
            liberties += told
        return _numbers(self._prepare, pd.DataFrame(read))

    def classes_of(self, labels):
        """Index of each label in `classes`, int (m,); a label that the table lacks is refused."""
        labels = of_one_type(labels_of(labels, "target labels"))
        places = pd.Index(self.classes).get_indexer(labels)
        if (places < 0).any():  # the same label may be a number here, and text in the table
            names = [str(label) for label in self.classes]
            places = pd.Index(names).get_indexer([str(label) for label in labels])
        if (places < 0).any():
            row = int(np.argmax(places < 0))
            raise ValueError(
                f"target label {str(labels[row])!r} in row {row}: the table's labels are "
                f"{listed(self.classes)}; give only these"
            )
        return places


def read_rows(X, y=None, label=None, *, strict=False, text=(), drop=(), keep=()):
    """Rows from a table and its labels.

    Parameters
    ----------
    X : array (n, d), or frame of pandas, polars or pyarrow, which may have the labels as a column
    y : n labels of any kind, in the order of the rows; None = the column `label` of the frame
    label : name of the label's column
    strict : True = refuse a table that has to be changed; False = change it, and tell
    text : columns that are text, whatever they look like
    drop : columns to leave out
    keep : columns to use, though they look like ids or free text

    Returns
    -------
    Rows

    Raises
    ------
    ValueError : the table cannot be used; the message has all reasons and what to do

    Examples
    --------
    >>> frame = pd.DataFrame({"age": [30, 41, None, 25] * 2, "smoker": ["no", "Yes "] * 4})
    >>> rows = read_rows(frame, [0, 0, 0, 1] * 2)
    >>> rows.names
    ('age', 'age (missing)', 'smoker_Yes', 'smoker_no')
    >>> print(*rows.liberties, sep="\\n")
    age: 2 gaps: the median, 30
    """
    frame = _frame(X)
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ValueError(f"columns named twice: {listed(twice.unique())}; give each its own name")
    if y is None:
        _check_column(frame, label)
        label = str(label)
        y, frame = frame[label], frame.drop(columns=label)
    elif label is not None and str(label) in frame:
        raise ValueError(
            f"y and the column {str(label)!r} both give labels: give one of them, since the "
            "column would be used to predict y"
        )
    else:
        label = "label" if label is None else str(label)
        check_order(X, y, "labels")
    text, drop, keep = (
        [names] if isinstance(names, str) else names for names in (text, drop, keep)
    )
    for name in {*map(str, (*text, *drop, *keep))} - {label}:
        _check_column(frame, name)
    y = labels_of(y, "labels")
    if len(y) != len(frame):
        raise ValueError(f"{len(y)} labels for {len(frame)} rows: give one for each row")
    found = read_labels(y, label, frame.index, as_text=label in text)
    frame, problems, liberties = frame.loc[found.kept], found.problems, found.liberties
    if len(frame) < FEWEST and not problems:
        problems.append(f"{len(frame)} rows: give {FEWEST} or more")
    judged, unused = {}, dict.fromkeys(map(str, drop), "as asked")
    for name in [name for name in frame if name not in unused]:
        try:
            one = judge(name, frame[name], as_text=name in text, keep=name in keep)
        except ValueError as error:
            problems.append(str(error))
            continue
        liberties += one.liberties
        if one.column is None:
            unused[name] = one.why
        else:
            judged[name] = one
    if not judged and not problems:
        why = f"no usable column: {reasons(unused)}" if unused else "no column besides the labels"
        problems.append(f"{why}; give one that differs between rows")
    if strict and liberties:
        problems.append(f"strict, so nothing is changed; it would be: {listed(liberties, 8)}")
    refuse(problems)
    classes, places = np.unique(found.labels, return_inverse=True)
    columns = {name: one.column for name, one in judged.items()}
    values = pd.DataFrame({name: one.values for name, one in judged.items()})
    prepare = _prepared(values, columns)
    names = [name.split("__", 1)[1] for name in prepare.get_feature_names_out()]
    names = (re.sub("^missingindicator_(.*)$", r"\1 (missing)", name) for name in names)
    return Rows(
        _numbers(prepare, values), places, classes, tuple(names), frame.index, label, unused,
        tuple(liberties), (*found.hints, *_tell_labels(values, places)), frame, found.kept, columns,
        prepare,
    )  # fmt: skip


def _tell_labels(values, y):
    """Hints on columns that predict nearly all labels by themselves."""
    from sklearn.tree import DecisionTreeClassifier

    some = slice(None, None, max(1, len(y) // LOOKED_AT))
    y = y[some]
    if len(y) < FEW_ROWS or np.bincount(y).max() > TELLS * len(y):
        return
    for name, cells in values.iloc[some].items():
        if cells.dtype.kind == "O":
            of_kinds = cells.nunique() <= len(y) / 5
            share = pd.crosstab(cells.to_numpy(), y).max(axis=1).sum() / len(y) if of_kinds else 0
        else:
            numbers = cells.fillna(cells.min() - 1).to_frame()
            share = (
                DecisionTreeClassifier(max_leaf_nodes=y.max() + 2).fit(numbers, y).score(numbers, y)
            )
        if share >= TELLS:
            yield (
                f"{name} tells {share:.0%} of the labels by itself: leave it out if it was made "
                "from them or after them"
            )


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
        if not hasattr(X, "columns"):
            raise ValueError(f"a Series is no table: give a frame with the column {X.name!r}")
        X = X.collect() if hasattr(X, "collect") else X  # a LazyFrame
        return pd.DataFrame(X.to_dict(as_series=False))
    if hasattr(X, "to_pandas"):  # tables of pyarrow, and frames of others
        return _frame(X.to_pandas())
    if isinstance(X, (str, os.PathLike)):
        raise ValueError(f"a path is no table: give pandas.read_csv({str(X)!r})")
    if hasattr(X, "tocsr"):  # a sparse matrix
        if np.prod(X.shape) > SPARSE:
            raise ValueError(
                f"a sparse matrix of {X.shape[0]} × {X.shape[1]}: give fewer columns, such as "
                "sklearn.decomposition.TruncatedSVD(50).fit_transform(X)"
            )
        X = X.toarray()
    if np.ma.isMaskedArray(X):
        X = X.astype(object).filled(None) if np.ma.is_masked(X) else X.data
    try:
        array = np.asarray(X)
    except ValueError:  # lists of several lengths
        raise ValueError("rows of several lengths: give every row as many cells") from None
    if array.ndim != 2:
        hint = ", such as pandas.DataFrame(X)" if array.dtype.kind in "OV" else ""
        raise ValueError(f"a table of shape {array.shape}: give rows and columns, (n, d){hint}")
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    return pd.DataFrame(array, columns=[f"x{k + 1}" for k in range(array.shape[1])])


def _check_column(frame, name):
    if name is None:
        raise ValueError("no labels: give y, or label=, the name of the column that holds them")
    name = str(name)
    if name not in frame:
        near = get_close_matches(name, frame.columns, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"no column {name!r}: the table has {listed(frame.columns) or 'no columns'}{hint}"
        )


def _prepared(values, columns):
    """The fitted ColumnTransformer of the columns' values."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import MissingIndicator, SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    text = [name for name, column in columns.items() if column.kind == "categories"]
    numbers = [name for name in columns if name not in text]
    gaps = [name for name in numbers if values[name].isna().any()]
    # A category that is not in the table is a 0 in every column. Without a column for each of two
    # categories, it would be one of them.
    encoder = OneHotEncoder(handle_unknown="ignore", max_categories=MOST_KINDS, sparse_output=False)
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("gaps", MissingIndicator(features="all"), gaps),
            ("text", encoder, text),
        ]
    )
    return prepare.set_output(transform="default").fit(values)


def _numbers(prepare, values):
    return np.ascontiguousarray(prepare.transform(values), dtype=float)

"""What the columns and the labels of a frame contain, and why some cannot be used."""

from numbers import Number

import numpy as np
import pandas as pd

from dvlib.checks import LARGEST

MOST_CLASSES = 100  # with more, the labels look like a number to predict
MOST_KINDS = 50  # categories of a column of text; if there are more, the rarest share one
FEW_KINDS = 10  # categories that a column of text may have in a table of any size
SHOWN = 5  # cells, columns or classes that a message names


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
    if y.dtype.kind == "O" and len({type(one) for one in y}) > 1:
        numbers = pd.to_numeric(pd.Series(y), errors="coerce")
        y = y.astype(str) if numbers.isna().any() else numbers.to_numpy()
    return y


def check_order(table, labels, what):
    """Refuse labels that have the table's index in another order: they would go to wrong rows.

    Raises
    ------
    ValueError : both are of pandas, and their indices differ in order alone
    """
    given = isinstance(table, pd.DataFrame) and isinstance(labels, (pd.Series, pd.DataFrame))
    if not given or len(labels) != len(table) or labels.index.equals(table.index):
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
        return [f"classes with a single row: {some(few)}; delete them, or merge them with others"]
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
        elif types.is_numeric_dtype(column) or _all_numbers(column):
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
    found = []
    for name, kind in kinds.items():
        if kind == "text" and not isinstance(frame[name].dtype, pd.CategoricalDtype):
            points = frame[name].astype(str).str.replace(",", ".", regex=False)
            if pd.to_numeric(points, errors="coerce").notna().all():
                found.append(name)
    if not found:
        return []
    first, cell = found[0], frame[found[0]].iloc[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    decimal = ".str.replace(',', '.')" if frame[first].astype(str).str.contains(",").any() else ""
    return [
        f"column {first!r}{more} holds numbers as text, such as {str(cell)!r}: give "
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
        return np.array([float(one) if abs(one) <= LARGEST else np.inf for one in column])


def _all_numbers(column):
    """Whether a column of objects has only numbers, such as Python's own or Decimal."""
    if column.dtype != object:
        return False
    return all(isinstance(one, Number) and not isinstance(one, complex) for one in column)


def _all_plain(column):
    return isinstance(column.dtype, pd.CategoricalDtype) or all(
        isinstance(one, (str, bytes, bool, int, float, np.generic)) for one in column
    )


def refuse(problems):
    if problems:
        raise ValueError("; ".join(problems))


def _count(number, noun):
    return f"{number} {noun}" + ("" if number == 1 else "s")


def some(words):
    words = [str(word) for word in words]
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return ", ".join(words[:SHOWN]) + more


def reasons(unused):
    return "; ".join(f"{name} ({why})" for name, why in list(unused.items())[:SHOWN])

"""The labels of a table: classes of any kind, which are never merged and never renamed."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dvlib.checks import listed
from dvlib.data.columns import FEW_KINDS, GAPS, Liberty, fold

MOST_CLASSES = 100  # with more, the labels look like a number to predict
NO_LABEL = {*GAPS} - {"none", "-", "--"}  # words that are no label; the others may well be one


class LabelReading(NamedTuple):
    """Labels (m,) of the rows that have one, and `kept`, bool (n,), which rows these are.

    `liberties` says what was left out; `hints` are sentences on what to look at; `problems` say
    why the labels cannot be used.
    """

    labels: np.ndarray
    kept: np.ndarray
    liberties: list
    hints: list
    problems: list


def read_labels(labels, name, index, *, as_text=False):
    """The labels (n,) of rows with an index, without gaps and classes of a single row.

    Words such as NA are gaps, unless the labels are taken as text.
    """
    gaps = {""} if as_text else NO_LABEL
    kept = ~(
        pd.isna(labels) | np.array([isinstance(y, str) and fold(y) in gaps for y in labels], bool)
    )
    liberties = []
    if not kept.all():
        liberties = [Liberty(name, f"rows without a label left out: {listed(index[~kept])}")]
    labels = of_one_type(labels[kept])
    problems = _problems(labels)
    alone = ~pd.Series(labels).duplicated(keep=False).to_numpy()
    if alone.any() and not problems:
        places = np.flatnonzero(kept)[alone]
        rows = [f"{y} (row {index[k]})" for y, k in zip(labels[alone], places, strict=True)]
        liberties.append(Liberty(name, f"classes of a single row left out: {listed(rows)}"))
        kept[places], labels = False, labels[~alone]
        problems = _problems(labels)
    return LabelReading(labels, kept, liberties, _hints(labels), problems)


def labels_of(y, what):
    """Labels as an array (n,), of objects or of a plain type."""
    if type(y).__module__.split(".")[0] == "polars":
        y = y.to_list()
    if isinstance(y, str):
        raise ValueError(
            f"{what} {y!r}: give one for each row; the name of a column is given as label={y!r}"
        )
    if np.ma.isMaskedArray(y):
        y = y.astype(object).filled(None)
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
    return y


def of_one_type(labels):
    """Labels of several types as text, unless all are numbers."""
    if labels.dtype.kind == "O" and len({*map(type, labels)}) > 1:
        numbers = pd.to_numeric(pd.Series(labels), errors="coerce")
        return labels.astype(str) if numbers.isna().any() else numbers.to_numpy()
    return labels


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


def _problems(labels):
    if labels.dtype.kind not in "OUSbiufM":
        return [f"labels of type {labels.dtype}: give classes, as text or whole numbers"]
    classes = np.unique(labels)
    if len(classes) < 2:
        found = f"all labels are {classes[0]}" if len(classes) else "no row has a label"
        return [f"{found}: give rows of two classes or more"]
    many = f"{len(classes)} different labels in {len(labels)} rows"
    if labels.dtype.kind == "f" and (classes % 1).any() and len(classes) > FEW_KINDS:
        return [f"{many}: this looks like a number to predict; give classes, such as low and high"]
    if len(classes) > min(MOST_CLASSES, len(labels) / 2):
        return [f"{many}: give classes, {MOST_CLASSES} at most, with several rows each"]
    return []


def _hints(labels):
    """Labels that differ in case or blanks only: they stay classes of their own."""
    spelled = {}
    for label in np.unique(labels) if labels.dtype.kind in "OUS" else ():
        spelled.setdefault(fold(str(label)), []).append(repr(str(label)))
    return [
        f"labels {' and '.join(same)} differ in case or blanks only: they are {len(same)} classes"
        for same in spelled.values()
        if len(same) > 1
    ]

"""What a user's own classifier sees of a table: the user's labels, and columns by name."""

from itertools import pairwise

import numpy as np
import pandas as pd

from dvlib.checks import listed
from dvlib.engine.classifiers import TOLERANCE, OnTable
from dvlib.engine.mlp import MLPConfig
from dvlib.tables.frames import _frame


def on_table(model, rows, label, *tables):
    """A model of `RefitSettings` on a table: a network as it is, a classifier as an OnTable.

    The classifier is fitted with the user's own labels. It sees the encoded numbers of `rows`
    (Rows), as a DataFrame with their names; but if it holds a ColumnTransformer, it prepares
    columns itself, and sees the user's own: those of `tables`, the table and then the further ones
    at which it is evaluated, without the column `label`.
    """
    if isinstance(model, MLPConfig):
        return model
    frame = _own(tables, label) if _prepares_columns(model) else None
    return OnTable(model, rows.classes, rows.names, frame)


def _prepares_columns(model):
    from sklearn.compose import ColumnTransformer

    return any(isinstance(part, ColumnTransformer) for part in model.get_params().values())


def _own(tables, label):
    """The user's own columns of several tables, as one frame."""
    first, *further = [_frame(table) for table in tables if table is not None]
    first = first.drop(columns=[name for name in (label,) if name in first])
    for table in further:
        missing = [name for name in first if name not in table]
        if missing:
            raise ValueError(
                f"columns {listed(missing)} are missing: the model prepares columns itself, so "
                f"give all columns of the table, {listed(first)}"
            )
    return pd.concat([first, *(table[list(first)] for table in further)])


def given(model, X, *further):
    """Rows (n, d), and further ones that follow them, as fits of a model on a table take them."""
    if getattr(model, "frame", None) is None:
        return X, *further
    ends = np.cumsum([0, len(X), *map(len, further)])
    numbers = np.arange(ends[-1], dtype=float)[:, None]
    return tuple(numbers[start:end] for start, end in pairwise(ends))


def groups_of(groups, rows):
    """The group of each row of `rows` (Rows), from labels of all rows, or a column's name."""
    if isinstance(groups, str):
        return rows.frame[groups].astype(str).to_numpy()
    groups = np.asarray(groups).astype(str)
    if groups.shape != rows.kept.shape:
        raise ValueError(
            f"groups of shape {groups.shape}: give one for each of the {len(rows.kept)} rows, or "
            "the name of a column"
        )
    return groups[rows.kept]


def probabilities_of(given, rows):
    """Given probabilities as float (n, K), in the order of the classes; checked."""
    names = [str(label) for label in rows.classes]
    if isinstance(given, pd.DataFrame):
        given = given.set_axis(given.columns.map(str), axis=1)
        missing = [name for name in names if name not in given]
        if missing:
            raise ValueError(
                f"probabilities without columns {listed(missing)}: give one for each label, "
                f"{listed(names)}"
            )
        given = given[names]
    P = np.asarray(given, float)
    shape = len(rows.kept), len(names)
    if P.shape != shape:
        raise ValueError(
            f"probabilities of shape {P.shape}: give {shape}, a row for each row and a column for "
            f"each label, {listed(names)}"
        )
    P = P[rows.kept]
    wrong = np.flatnonzero(~((P >= 0).all(1) & (np.abs(P.sum(1) - 1) <= TOLERANCE)))
    if len(wrong):
        raise ValueError(
            f"probabilities of row {rows.index[wrong[0]]} are {P[wrong[0]]}, and of "
            f"{len(wrong)} rows in all they are no probabilities: give numbers from 0 to 1 that "
            "add up to 1"
        )
    return P

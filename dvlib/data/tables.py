"""A user's table: its path, its points, and the rows that they are."""

import functools
import hashlib
import os
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from dvlib.checks import listed
from dvlib.data.problems import COLUMNS, MANY, SPLIT, id_column, other_columns, problems_of
from dvlib.data.reading import BadTable, numbers_of, read_text_table
from dvlib.root import project_root

SUFFIXES = (".csv", ".tsv")


@dataclass(frozen=True, eq=False)
class Table:
    """The points of a table.

    Attributes
    ----------
    points : ndarray of shape (n, 2), the columns x1 and x2
    labels : ndarray of shape (n,), 0 or 1
    rows : DataFrame of n lines, which row each point is: row (from 1), id if there is one, x1, x2
    is_test : ndarray of bool (n,), by the column split; None without that column
    unused : names of the columns that are not read
    """

    points: np.ndarray
    labels: np.ndarray
    rows: pd.DataFrame
    is_test: np.ndarray | None
    unused: list


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


def read_table(name):
    """The Table in a file with the columns x1, x2 and label.

    The separator is a comma, a semicolon or a tab. A column `split` says which rows are for
    training and which for testing. A column `id`, or one without a name, which R and pandas write
    first, names the rows. Other columns are not read.

    Raises
    ------
    ValueError : a missing file or a bad table; the message names everything that is wrong, where,
        and what to do
    """
    try:
        return _table(find_csv(name).read_bytes())
    except OSError as error:
        problems = [str(error)]
    except BadTable as error:
        problems = error.args
    if len(problems) == 1:
        raise ValueError(f"data set {str(name)!r}: {problems[0]}")
    raise ValueError("\n  - ".join([f"data set {str(name)!r} cannot be used:", *problems]))


@functools.lru_cache(maxsize=1)  # a run asks for the same table several times
def _table(content):
    """The Table in the bytes of a file; a BadTable has all problems as its arguments."""
    text = read_text_table(content, COLUMNS)
    problems, columns = problems_of(text), text.columns
    if problems:
        raise BadTable(*problems)
    numbers, _ = numbers_of({name: columns[name] for name in COLUMNS}, text.separator)
    x1, x2, labels = (np.array(numbers[column]) for column in COLUMNS)
    rows = pd.DataFrame({"row": np.arange(1, len(x1) + 1)})
    if (named := id_column(columns)) is not None:
        rows["id"] = columns[named]
    return Table(
        points=np.column_stack([x1, x2]),
        labels=labels.astype(int),
        rows=rows.assign(x1=x1, x2=x2),
        is_test=np.array(columns[SPLIT]) == "test" if SPLIT in columns else None,
        unused=other_columns(columns),
    )


def warn_of_unread(name, table):
    """Warn of columns whose names say that they are further coordinates: x3, x4 …"""
    more = [column for column in table.unused if re.fullmatch(r"x\d+", column)]
    if more:
        warnings.warn(
            f"data set {name!r}: points have two coordinates, {listed(more, MANY)} are not read",
            stacklevel=3,
        )

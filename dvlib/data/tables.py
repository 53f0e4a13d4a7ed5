"""A user's table as points, or everything that keeps it from being used.

What is wrong is told at once, with its place and what to do, because a table that is mended one
message at a time takes as many runs as it has faults.
"""

import functools
import hashlib
import os
import re
import warnings
from collections import Counter
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from dvlib.checks import listed
from dvlib.data.reading import (
    SEPARATORS,
    BadTable,
    content_of,
    find_file,
    number_of,
    numbers_of,
    read_text_table,
)
from dvlib.root import project_root

SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
COLUMNS = ("x1", "x2", "label")
SPLIT = "split"  # name of a column that says which rows are for training and which for testing
GAPS = ("", "na", "n/a", "nan", "null", "none")  # how tables write that a cell is not known
AT_LEAST = 4  # points per label: after the split, two or more for training and one for testing
PARTS = {"train": 2, "test": 1}  # the fewest points per label of a part of a given split
MANY = 8  # columns that a message names
FEW = 10  # values of a column that may be labels


class TablePoints(NamedTuple):
    """The points of a table.

    `points` (n, 2) are the columns x1 and x2, `labels` (n,) are 0 or 1. `rows`, a DataFrame of n
    lines, says which row each point is: row (from 1), id if there is one, x1, x2. `is_test`, bool
    (n,), is by the column split, None without it. `unused` are the columns that are not read.
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

    Notebooks need the second place, because they run in a folder of the clone. A file that does not
    exist is a ValueError.
    """
    for place in (name, project_root() / name):
        with suppress(ValueError):
            return find_file(place).resolve()
    places = " or ".join(dict.fromkeys(map(str, (Path.cwd(), project_root()))))
    raise ValueError(
        f"data set {str(name)!r}: there is no such file from {places}; give the path of a CSV "
        f"file with columns {', '.join(COLUMNS)}"
    )


def csv_digest(name):
    """The first 8 hex digits of the SHA-256 of a file's contents."""
    return hashlib.sha256(content_of(find_csv(name))).hexdigest()[:8]


def read_table(name):
    """The TablePoints in a file with the columns x1, x2 and label.

    The separator is a comma, a semicolon or a tab. A column `split` says which rows are for
    training and which for testing. A column `id`, or one without a name, which R and pandas write
    first, names the rows. Other columns are not read. A missing file or a bad table is a
    ValueError, whose message names everything that is wrong, where, and what to do.
    """
    try:
        return _table(content_of(find_csv(name)))
    except OSError as error:
        problems = [str(error)]
    except BadTable as error:
        problems = error.args
    if len(problems) == 1:
        raise ValueError(f"data set {str(name)!r}: {problems[0]}")
    raise ValueError("\n  - ".join([f"data set {str(name)!r} cannot be used:", *problems]))


@functools.lru_cache(maxsize=1)  # a run asks for the same table several times
def _table(content):
    """The TablePoints in the bytes of a file; a BadTable has all problems as its arguments."""
    text = read_text_table(content, COLUMNS)
    problems, columns = problems_of(text), text.columns
    if problems:
        raise BadTable(*problems)
    numbers, _ = numbers_of({name: columns[name] for name in COLUMNS}, text.separator)
    x1, x2, labels = (np.array(numbers[column]) for column in COLUMNS)
    rows = pd.DataFrame({"row": np.arange(1, len(x1) + 1)})
    if (name := id_column(columns)) is not None:
        rows["id"] = columns[name]
    return TablePoints(
        points=np.column_stack([x1, x2]),
        labels=labels.astype(int),
        rows=rows.assign(x1=x1, x2=x2),
        is_test=np.array(columns[SPLIT]) == "test" if SPLIT in columns else None,
        unused=other_columns(columns),
    )


def warn_of_unread(name, table):
    """Warn of columns whose names say that they are further coordinates: x3, x4 …"""
    further = [column for column in table.unused if re.fullmatch(r"x\d+", column)]
    if further:
        warnings.warn(
            f"data set {name!r}: points have two coordinates, {listed(further, MANY)} are not read",
            stacklevel=3,
        )


def problems_of(text):
    """What is wrong with a table, a `Text`: a list of sentences; none if it can be used."""
    separator, columns, problems = text
    used = {name: columns[name] for name in COLUMNS if name in columns}
    numbers, unclear = numbers_of(used, separator)
    problems = [*problems, *unclear, *_missing(columns, separator)]
    if any(columns.values()) or not text.problems:  # no cells can be told if rows differ in length
        problems += [*_gaps(used, numbers), *_constant(numbers), *_labels(used.get("label"))]
        problems += _split(columns.get(SPLIT), numbers.get("label"))
    unused = other_columns(columns)
    if problems and unused and len(used) == len(COLUMNS):
        problems.append(f"not used: {listed(unused, MANY)}; only {', '.join(COLUMNS)} are read")
    return problems


def id_column(columns):
    """Name of the column that names the rows, or None."""
    return next((name for name in columns if name.lower() in ("id", "")), None)


def other_columns(columns):
    """Names of the columns that are not read."""
    used = {*COLUMNS, SPLIT, id_column(columns)}
    return [name for name in columns if name and name not in used]


def _missing(columns, separator):
    """Which of the wanted columns are missing, and what the others could be."""
    missing = [name for name in COLUMNS if name not in columns]
    if not missing:
        return
    lead = f"columns {listed(columns, MANY)}: {', '.join(missing)} missing; "
    if len(columns) == 1:
        tried = ", ".join(SEPARATORS.values())
        yield f"{lead}no {tried} separates its first line: separate the columns by commas"
        return
    lead += f"{SEPARATORS[separator]} taken for the separator: "
    near = {name: name.lower() for name in columns if name.lower() in missing}
    if near:
        yield lead + f"rename {', '.join(f'{name!r} to {new!r}' for name, new in near.items())}"
    elif all(number_of(name) is not None for name in columns):
        yield f"{lead}its first line has numbers, put a line of names above it"
        return
    else:
        yield f"{lead}give {', '.join(COLUMNS)} in its first line"
    unnamed = {k: cells for k, cells in columns.items() if k not in (*COLUMNS, SPLIT, *near)}
    missing = [name for name in missing if name not in near.values()]
    coordinates = [name for name in missing if name != "label"]
    if coordinates and (seen := [*_columns_of_numbers(unnamed)]):
        count = "two" if len(coordinates) > 1 else "one"
        names = ", ".join(coordinates)
        yield f"columns of numbers: {listed(seen, MANY)}: rename {count} to {names}"
    if "label" in missing and (seen := [*_columns_of_classes(unnamed)]):
        yield (
            f"columns of few values: {listed(seen, MANY)}: rename one to label, keep the rows of "
            "two classes, and give 0 or 1"
        )


def _columns_of_numbers(columns):
    for name, cells in columns.items():
        gaps = [k + 1 for k, cell in enumerate(cells) if cell.lower() in GAPS]
        numbers = [number_of(cell) for cell in cells if cell.lower() not in GAPS]
        if name != id_column(columns) and None not in numbers and len(set(numbers)) > 1:
            without = f", gaps in rows {listed(gaps)}" if gaps else ""
            yield f"{name} ({min(numbers):g} to {max(numbers):g}{without})"


def _columns_of_classes(columns):
    for name, cells in columns.items():
        counts = Counter(cell for cell in cells if cell.lower() not in GAPS)
        if 1 < len(counts) <= FEW and len(counts) < len(cells) / 2:
            yield f"{name} ({_counted(counts)})"


def _gaps(columns, numbers):
    """Cells that are no finite numbers, with row and column; text labels are told elsewhere."""
    wrong = [
        (row, column, cell)
        for column, cells in columns.items()
        for row, (cell, number) in enumerate(zip(cells, numbers[column], strict=True))
        if not np.isfinite(number) and (column != "label" or cell.lower() in GAPS)
    ]
    if wrong:
        cells = [
            f"row {row + 1}: {column} is " + (repr(cell) if cell else "empty")
            for row, column, cell in sorted(wrong, key=itemgetter(0))
        ]
        yield f"{listed(cells)}: give finite numbers, as in 1234.5, or delete the rows"


def _constant(numbers):
    for column in COLUMNS[:2]:
        values = set(numbers.get(column, ()))
        if len(values) == 1 and len(numbers[column]) > 1 and np.isfinite([*values]).all():
            yield f"{column} is {values.pop()} in every row: give numbers that differ"


def _labels(cells):
    if cells is None:
        return
    classes = Counter(cell for cell in cells if cell.lower() not in GAPS)
    counts = Counter({"0": 0, "1": 0})
    for cell, count in classes.items():
        number = number_of(cell)
        counts["01"[int(number)] if number in (0, 1) else cell] += count
    if len(counts) == 2:
        if min(counts.values()) < AT_LEAST:
            yield (
                f"{counts['0']} points of label 0 and {counts['1']} of label 1: give {AT_LEAST} or "
                "more of each"
            )
    elif len(classes) == 2:
        first, second = sorted(classes)
        advice = f"give 0 or 1, such as 0 for {first!r} and 1 for {second!r}"
        yield f"labels are {_counted(classes)}: {advice}"
    else:
        advice = "keep the rows of two, and give 0 or 1"
        yield f"labels are {_counted(classes)}; {len(classes)} classes, not two: {advice}"


def _split(cells, labels):
    """What is wrong with the column split: its words, or the points per label of a part."""
    if cells is None:
        return
    wrong = [k for k, cell in enumerate(cells) if cell not in PARTS]
    if wrong:
        yield (
            f"row {wrong[0] + 1}: split is {cells[wrong[0]]!r}: give train or test, or name the "
            "column otherwise"
        )
    elif labels is not None and {*labels} <= {0, 1}:
        cells_and_labels = [*zip(cells, labels, strict=True)]
        for part, fewest in PARTS.items():
            zeros, ones = (cells_and_labels.count((part, label)) for label in (0, 1))
            if min(zeros, ones) < fewest:
                yield (
                    f"column split has {zeros} {part} points of label 0 and {ones} of label 1: "
                    f"give {fewest} or more of each"
                )


def _counted(classes):
    return listed([f"{cell!r} ({count} rows)" for cell, count in classes.most_common()])

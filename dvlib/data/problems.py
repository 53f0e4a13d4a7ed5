"""Everything that keeps a table from being used: what is wrong, where, and what to do.

All reasons are told at once, because a table that is mended one message at a time takes as many
runs as it has faults.
"""

from collections import Counter
from operator import itemgetter

import numpy as np

from dvlib.checks import listed
from dvlib.data.reading import SEPARATORS, number_of, numbers_of

COLUMNS = ("x1", "x2", "label")
SPLIT = "split"  # name of a column that says which rows are for training and which for testing
GAPS = ("", "na", "n/a", "nan", "null", "none")  # how tables write that a cell is not known
AT_LEAST = 4  # points per label: after the split, two or more for training and one for testing
PARTS = {"train": 2, "test": 1}  # the fewest points per label of a part of a given split
MANY = 8  # columns that a message names
FEW = 10  # values of a column that may be labels


def problems_of(text):
    """What is wrong with a table, a list of sentences; none if it can be used.

    Parameters
    ----------
    text : dvlib.data.reading.Text
    """
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
        none_of = ", ".join(SEPARATORS.values())
        yield f"{lead}no {none_of} separates its first line: separate the columns by commas"
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
    known = Counter({"0": 0, "1": 0})
    for cell, count in classes.items():
        known[_class(cell)] += count
    if len(known) == 2:
        if min(known.values()) < AT_LEAST:
            yield (
                f"{known['0']} points of label 0 and {known['1']} of label 1: give {AT_LEAST} or "
                "more of each"
            )
    elif len(classes) == 2:
        first, second = sorted(classes)
        advice = f"give 0 or 1, such as 0 for {first!r} and 1 for {second!r}"
        yield f"labels are {_counted(classes)}: {advice}"
    else:
        advice = "keep the rows of two, and give 0 or 1"
        yield f"labels are {_counted(classes)}; {len(classes)} classes, not two: {advice}"


def _class(cell):
    """A cell of the column label as "0" or "1" if it is one of them, else as it is."""
    number = number_of(cell)
    return "01"[int(number)] if number in (0, 1) else cell


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
        for part, fewest in PARTS.items():
            counts = Counter(
                label for cell, label in zip(cells, labels, strict=True) if cell == part
            )
            if min(counts[0], counts[1]) < fewest:
                yield (
                    f"column split has {counts[0]} {part} points of label 0 and {counts[1]} of "
                    f"label 1: give {fewest} or more of each"
                )


def _counted(classes):
    return listed([f"{cell!r} ({count} rows)" for cell, count in classes.most_common()])

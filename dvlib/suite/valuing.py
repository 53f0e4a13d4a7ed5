"""`python -m dvlib value table.csv --label column`: values the rows of a file."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from dvlib.checks import listed
from dvlib.data.reading import BadTable, number_of, read_text_table
from dvlib.data.tables import GAPS
from dvlib.paper.places import display_path


def read_file(path, label):
    """A table in a file as a frame; columns are numbers where all of their cells are, else text.

    A missing file, one that is no table, or rows of different lengths are a ValueError.
    """
    path = Path(path)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise ValueError(f"{path} {what}: give the path of a table with a line of names")
    try:
        text = read_text_table(path.read_bytes(), (label,))
    except BadTable as error:
        raise ValueError(f"{path} {error}") from None
    if text.problems:
        raise ValueError(f"{path}: {'; '.join(text.problems)}")
    if not text.columns or not next(iter(text.columns.values())):
        raise ValueError(f"{path} has no rows: give a line of names, and a row for each point")
    frame = pd.DataFrame({name or "(no name)": _column(c) for name, c in text.columns.items()})
    counts = [list(range(first, first + len(frame))) for first in (0, 1)]
    if "(no name)" in frame and frame["(no name)"].tolist() in counts:
        frame = frame.drop(columns="(no name)")  # the index, which pandas writes by default
        frame.attrs["unused"] = {"(no name)": "numbers the rows"}
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")  # the line of names does not count
    return frame


def _column(cells):
    """Cells as numbers if all are numbers, else as text; empty ones as nan or None.

    Whole numbers remain whole, so that a label 1 is not told of as 1.0.
    """
    gaps = [cell.lower() in GAPS for cell in cells]
    numbers = [np.nan if gap else number_of(cell) for cell, gap in zip(cells, gaps, strict=True)]
    if None in numbers or all(gaps):
        return [None if gap else cell for cell, gap in zip(cells, gaps, strict=True)]
    whole = all(number.is_integer() and abs(number) < 2**53 for number in numbers)
    return [int(number) for number in numbers] if whole else numbers


def value_file(path, label, *, methods, target, n_fits, out):
    """Value the rows of a file; write a table and a picture, and return the lines to print.

    A ValueError before any fit, as for `dvlib.value`, also tells of a place that cannot be written.

    Parameters
    ----------
    path, label : the file, and the name of the column with the labels
    methods : names of methods, or None for the default
    target : file with labelled rows for methods that need them, or None
    n_fits : int or None, see `dvlib.value`
    out : .csv file to write, with the picture beside it; None = NAME-values.csv beside NAME.csv
    """
    from dvlib.paper.drawing.maps import table_values
    from dvlib.tables.value import value

    if label is None:
        frame = read_file(path, "label")
        raise ValueError(
            f"no --label: give the column that holds the labels, one of {listed(frame, 12)}"
        )
    frame, labelled = read_file(path, label), None
    out = Path(out) if out else Path(path).with_name(f"{Path(path).stem}-values.csv")
    picture = out.with_suffix(".png")
    _check_place(out, picture, path, target)
    if target:
        further = read_file(target, label)
        if label not in further:
            raise ValueError(f"{target} has no column {label!r}: give the table's columns")
        labelled = (further.drop(columns=label), further[label])
    valued = value(frame, None, methods, label=label, target=labelled, n_fits=n_fits)
    valued.to_frame().to_csv(out)
    picture.write_bytes(table_values(valued).png())
    unused = frame.attrs.get("unused", {}) | valued.rows.unused
    reasons = ", ".join(f"{name} ({why})" for name, why in unused.items())
    first = next(iter(valued.values))
    column = "value" if len(valued.values) == 1 else f"{first} value"
    end = "highest" if valued.hard_is_high(first) else "lowest"
    return [
        valued.says(),
        *([f"Columns that were not used: {reasons}."] if unused else []),
        f"wrote {display_path(out)}, a line for each row, and {display_path(picture)}; "
        f"{valued.n_fits:,} fits in {valued.seconds:.0f} s",
        f"Next: look at the rows with the {end} {column}. Correct or remove those whose label is "
        "wrong, and value the table again; docs/your-data.md explains how to decide.",
    ]


def _check_place(out, picture, path, target):
    """Refuse, before any fit, a place that cannot be written, or that holds what was given."""
    if out.suffix != ".csv":
        raise ValueError(f"--out {out}: give a name that ends in .csv")
    if not out.parent.is_dir():
        raise ValueError(f"--out {out}: the folder {out.parent} does not exist")
    for place in (out, picture):
        if place.is_dir():
            raise ValueError(f"--out {out}: {place} is a folder; give another name")
        for what, source in (("table itself", path), ("target", target)):
            if source and place.resolve() == Path(source).resolve():
                raise ValueError(f"--out {out}: {place} is the {what}; give another name")
    try:
        tempfile.TemporaryFile(dir=out.parent).close()
    except OSError as error:
        raise ValueError(
            f"{out} cannot be written: {error.strerror}; give --out, a .csv file in another folder"
        ) from None

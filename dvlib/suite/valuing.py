"""`dvlib value table.csv --label column`: values the rows of a file."""

import importlib.util
import tempfile
from pathlib import Path

import pandas as pd

from dvlib.checks import listed
from dvlib.data.reading import BadTable, content_of, find_file, read_text_table
from dvlib.paper.places import display_path
from dvlib.suite.bundle import write_together


def read_file(name, label):
    """A table in a file as a frame, its cells as they are written; whole labels as int.

    A file that is none, one that is no table, or rows of different lengths are a ValueError. Rows
    are numbered from 1, since the line of names does not count.
    """
    path = find_file(name)
    try:
        if path.suffix.lower() == ".parquet":
            frame = _read_parquet(path)
        else:
            text = read_text_table(content_of(path), (label,))
            if text.problems:
                raise BadTable(f": {'; '.join(text.problems)}")
            frame = pd.DataFrame({name or "(no name)": c for name, c in text.columns.items()})
    except BadTable as error:
        raise ValueError(f"{name} {error}".replace(" :", ":")) from None
    if not len(frame):
        raise ValueError(f"{name} has no rows: give a line of names, and a row for each point")
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    if label in frame and all(str(cell).isdecimal() for cell in frame[label]):
        numbers = frame[label].astype(int)
        if (numbers.astype(str) == frame[label]).all():  # 01 and 1 stay two classes
            frame[label] = numbers
    return frame


def _read_parquet(path):
    if importlib.util.find_spec("pyarrow") is None:
        raise BadTable("is a Parquet file, which pyarrow reads: install it, or save it as CSV")
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise BadTable(f"cannot be read as Parquet: {error}") from None


def value_file(path, label, *, target, out, overwrite=False, **options):
    """Value the rows of a file; write a table and a picture, and return the lines to print.

    A ValueError before any fit, as for `dvlib.value`, also tells of a place that cannot be written.

    Parameters
    ----------
    path, label : the file, and the name of the column with the labels
    target : file with labelled rows for methods that need them, or None
    out : .csv file to write, with the picture beside it; None = NAME-values.csv beside NAME.csv
    overwrite : True = replace files at these places that `dvlib value` has not written
    options : see `dvlib.value`
    """
    from dvlib.paper.drawing.maps import table_values
    from dvlib.tables.value import value

    if label is None:
        frame = read_file(path, "label")
        raise ValueError(
            f"no --label: give the column that holds the labels, one of {listed(frame, 12)}"
        )
    frame, labelled = read_file(path, label), None
    source = find_file(path)
    beside = source if source.suffix and source.is_file() else Path("table.csv")
    out = Path(out) if out else beside.with_name(f"{beside.name.split('.')[0]}-values.csv")
    picture = out.with_suffix(".png")
    _check_place((out, picture), [source, *([find_file(target)] if target else [])], overwrite)
    if target:
        further = read_file(target, label)
        if label not in further:
            raise ValueError(f"{target} has no column {label!r}: give the table's columns")
        labelled = (further.drop(columns=label), further[label])
    valued = value(frame, None, label=label, target=labelled, **options)
    csv = valued.to_frame().to_csv().encode()
    write_together({picture: table_values(valued).png(), out: csv})
    first = next(iter(valued.values))
    column = "value" if len(valued.values) == 1 else f"{first} value"
    end = "highest" if valued.hard_is_high(first) else "lowest"
    return [
        valued.says(),
        f"wrote {display_path(out)}, a line for each row, and {display_path(picture)}; "
        f"{valued.n_fits:,} fits in {valued.seconds:.0f} s",
        f"Next: look at the rows with the {end} {column}. Correct or remove those whose label is "
        "wrong, and value the table again; docs/your-data.md explains how to decide.",
    ]


def _check_place(places, sources, overwrite):
    """Refuse, before any fit, places that cannot be written, or that hold what is the user's."""
    out = places[0]
    if out.suffix != ".csv":
        raise ValueError(f"--out {out}: give a name that ends in .csv")
    if not out.parent.is_dir():
        raise ValueError(f"--out {out}: the folder {out.parent} does not exist")
    for place in places:
        if place.is_dir():
            raise ValueError(f"--out {out}: {place} is a folder; give another name")
        for source in sources:
            if place.resolve() == Path(source).resolve():
                raise ValueError(f"--out {out}: {place} is what is read; give another name")
        if place.exists() and not overwrite and not _is_ours(out):
            raise ValueError(
                f"{place} is there already, and dvlib has not written it: give another name as "
                "--out, or --overwrite"
            )
    try:
        tempfile.TemporaryFile(dir=out.parent).close()
    except OSError as error:
        raise ValueError(
            f"{out} cannot be written: {error.strerror}; give --out, a .csv file in another folder"
        ) from None


def _is_ours(out):
    """Whether `dvlib value` wrote a table, and with it what lies beside it under the same name."""
    if not out.is_file():
        return False
    with out.open("rb") as file:
        return b"P(label)" in file.readline()

"""`dvlib value table.csv --label column`: values the rows of a file."""

import importlib.util
import shlex
import tempfile
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd

from dvlib.checks import listed, percent
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


OK, REMOVE = "ok", "remove"  # decisions besides a label
DECISION = "decision"
OVERRULE = "To overrule: --text, --drop or --keep COLUMN; --strict refuses instead."


def value_file(
    path, label, *, target=None, out=None, overwrite=False, report=True, decisions=None, **options
):
    """Value the rows of a file; write a table, a picture and a page.

    A ValueError before any fit, as for `dvlib.value`, also tells of a place that cannot be written.

    Parameters
    ----------
    path, label : the file, and the name of the column with the labels
    target : file with labelled rows for methods that need them, or None
    out : .csv file to write, with picture and page beside it; None = NAME-values.csv beside NAME
    overwrite : True = replace files at these places that `dvlib value` has not written
    report : whether to write the page
    decisions : the table of an earlier call, whose column `decision` the user has filled in
    options : see `dvlib.value`

    Returns
    -------
    TableValues, and a list of lines to print
    """
    from dvlib.tables.value import value

    if label is None:
        frame = read_file(path, "label")
        raise ValueError(
            f"no --label: give the column that holds the labels, one of {listed(frame, 12)}"
        )
    frame, labelled = read_file(path, label), None
    if label not in frame:
        near = get_close_matches(label, frame, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"no column {label!r}: the table has {listed(frame)}{hint}")
    decided = {} if decisions is None else _read_decisions(decisions, frame, label)
    source = find_file(path)
    beside = source if source.suffix and source.is_file() else Path("table.csv")
    stem = beside.name.split(".")[0]
    out = Path(out) if out else beside.with_name(f"{stem}-values.csv")
    places = [out, out.with_suffix(".png")]
    places += [out.with_suffix(".html")] if report else []
    corrected = out.with_name(f"{stem}-corrected.csv")
    places += [corrected] if decided else []
    sources = [source, *([find_file(target)] if target else [])]
    _check_place(places, sources, overwrite)
    if decisions is None and not overwrite and _is_ours(out) and _read_decisions(out, frame, label):
        raise ValueError(
            f"{out} holds decisions: give --decisions {out} to keep them, another --out, or "
            "--overwrite"
        )
    if target:
        further = read_file(target, label)
        if label not in further:
            raise ValueError(f"{target} has no column {label!r}: give the table's columns")
        labelled = (further.drop(columns=label), further[label])
    found = value(frame, None, label=label, target=labelled, **options)
    rows = found.rows
    answers = {row: decided[row] != OK for row in rows.index if row in decided}
    found = replace(found, checked=answers)
    contents = {out.with_suffix(".png"): found.plot().png()}
    changed = _changed(found, decided) if decided else ""
    again = shlex.join(
        ["dvlib", "value", str(path), "--label", label, "--decisions", display_path(out)]
    )
    if report and found.out_of_sample:
        page = _page(found, Path(source).name, out.name, again, decided, changed)
        contents[out.with_suffix(".html")] = page.encode()
    if decided:
        contents[corrected] = _corrected(frame, label, decided).to_csv(index=False).encode()
    contents[out] = _table(found, frame, label, decided).to_csv(float_format="%.4f").encode()
    write_together(contents)
    written = ", ".join(map(display_path, reversed(contents)))
    return found, [
        found.says(),
        *([changed] if changed else []),
        *_lines(found),
        f"wrote {written}; {found.n_fits:,} fits in {found.seconds:.0f} s",
        f"Next: look at the rows on top of {display_path(out)}, write ok, the right label or "
        f"{REMOVE} into the column {DECISION}, and run {again}",
    ]


def _table(found, frame, label, decided):
    """The table to write: the most suspicious rows first, with the user's own columns behind."""
    values = found.to_frame()
    ranks = [name for name in values if name.split()[-1] in ("rank", "fits")]
    values = values.drop(columns=["label", "predicted", "P(label)", *ranks])
    if found.out_of_sample:
        first = found.issues().drop(columns="also")
        first["flagged"] = first["flagged"].map({True: "yes", False: ""})
    else:
        first = found.suspects(len(found.rows.y))[["label", "P(label)"]]
    first.insert(0, DECISION, [decided.get(row, "") for row in first.index])
    own = frame.drop(columns=label)
    names = {name for name in own if name in first or name in values or name == "row"}
    own = own.rename(columns={name: f"{name} (own)" for name in names})
    return first.join(values).join(own)


def _lines(found):
    """The ten most suspicious rows, one in a line."""
    if not found.out_of_sample:
        return ["No verdict on labels, and no page: they need the method oob."]
    top = found.issues().head(10)
    return ["The most suspicious rows:"] + [
        f"  row {row}: labelled {given}, looks like {suggested}, "
        f"P(wrong) {percent(wrong)}{'' if flagged else ', not flagged'}"
        for row, flagged, wrong, given, suggested in top.iloc[:, :4].itertuples()
    ]


def _read_decisions(path, frame, label):
    """What the user decided, a dict of row → ok, remove or a label of the table."""
    table = read_file(path, label)
    missing = [name for name in ("row", DECISION) if name not in table]
    if missing:
        raise ValueError(
            f"{path} has no column {listed(missing)}: give the table that dvlib value wrote, with "
            f"its column {DECISION} filled in"
        )
    labels, decided = {str(each): each for each in frame[label]}, {}
    for row, word in zip(table["row"], table[DECISION], strict=True):
        if not word:
            continue
        known = word in labels or word.lower() in (OK, REMOVE)
        if not known or not str(row).isdecimal() or int(row) not in frame.index:
            raise ValueError(
                f"{path}, row {row}: the decision is {word!r}; give {OK}, {REMOVE} or one of the "
                f"labels {listed(labels)}"
            )
        own = str(frame.loc[int(row), label])
        decided[int(row)] = OK if word == own else labels.get(word, word.lower())
    return decided


def _changed(found, decided):
    """A sentence on what the decisions say of the flags."""
    before = replace(found, checked={}).verdict
    places = found.rows.index.get_indexer([*found.checked])
    flagged = before.flagged[places]
    wrong = np.array([*found.checked.values()], bool)
    said = f"{len(decided)} decisions: {wrong.sum()} labels are wrong, {(~wrong).sum()} are right."
    if flagged.any():
        share = wrong[flagged].mean()
        stated = before.wrong[places][flagged].mean()
        said += f" Of {flagged.sum()} flagged rows among them, {share:.0%} are wrong; {stated:.0%} "
        said += "was expected."
    return said


def _corrected(frame, label, decided):
    """The user's table with the decisions applied."""
    table = frame.copy()
    for row, decision in decided.items():
        if decision == REMOVE:
            table = table.drop(index=row)
        elif decision != OK:
            table.loc[row, label] = decision
    return table


def _page(found, title, csv, again, decided, changed):
    from dvlib.suite.table_page import table_page

    by_place = dict(zip(found.rows.index.get_indexer([*decided]), decided.values(), strict=True))
    return table_page(
        found, title=title, csv=csv, command=again, overrule=OVERRULE, decisions=by_place,
        decided=changed,
    )  # fmt: skip


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

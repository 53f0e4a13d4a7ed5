"""Reads a user's table: text of any common dialect to named columns of text.

A library guesses when a row has more fields than the first line: pandas shifts the columns. Here
nothing is guessed. The separator is the one with which the first line has the wanted names, and a
row of another length is a problem.
"""

import codecs
import csv
import gzip
import io
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")


class BadTable(ValueError):
    """A file that is not a table at all; the message says why and what to do."""


class Text(NamedTuple):
    """A table as text, with its separator: "," or ";" or a tab.

    `columns` is a dict of name → list of str, one per row; blank rows and nameless empty columns
    are left out. The lists are empty if rows differ in length: a cell may then be of any column.
    `problems` are sentences on the form of the table.
    """

    separator: str
    columns: dict
    problems: list


def find_file(name):
    """The Path of a file as the user wrote it: "-" is the standard input, pipes are read, too.

    A name that begins with ~ is a file of that name, if there is one, else in a home folder. A web
    address, a folder or what does not exist is a ValueError.
    """
    if re.match(r"\w+://", str(name)):
        raise ValueError(f"{name} is a web address: download it, and give the path of the file")
    path = Path("/dev/stdin" if str(name) == "-" else name)
    if not path.exists():
        with suppress(RuntimeError):  # no such user
            path = path.expanduser()
    if not path.exists() or path.is_dir():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise ValueError(f"{name} {what}: give the path of a table with a line of names")
    return path


def content_of(path):
    """The bytes of a text file; of a .gz file, those that it holds. No table is a BadTable."""
    if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise BadTable("is a workbook: save its sheet as CSV in UTF-8, and give that file")
    content = sys.stdin.buffer.read() if str(path) == "/dev/stdin" else path.read_bytes()
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise BadTable(f"cannot be unpacked: {error}") from None


def read_text_table(content, wanted):
    """The content of a file with a separator as a `Text`; a BadTable if it is no text.

    `content` are bytes in UTF-8, UTF-16 with a byte order mark, or Windows-1252. `wanted` are names
    that the first line should have; they decide which separator is meant.
    """
    text = _text(content)
    first, _, rest = text.partition("\n")
    declared = re.fullmatch(r'"?sep=(.)"?\s*', first)  # spreadsheets write and read such a line
    if declared and declared[1] in SEPARATORS:
        return _table(_rows(rest, declared[1]), declared[1], wanted)
    separator = max(SEPARATORS, key=lambda character: _fit(text, character, wanted))
    return _table(_rows(text, separator), separator, wanted)


def numbers_of(columns, separator):
    """Columns of text as dict of name → list of float, nan where a cell is no number; and problems.

    Commas are decimal if no cell has a point and they cannot be anything else: with tabs, 1,234 may
    be a thousand and more. Unclear ones are taken for decimal ones, and are told as a problem.
    """
    texts = [cell for cells in columns.values() for cell in cells]
    commas = [cell for cell in texts if _DECIMAL_COMMA.fullmatch(cell)]
    unclear = separator == "," or any("." in cell and number_of(cell) is not None for cell in texts)
    unclear |= separator == "\t" and all(map(_THOUSANDS.fullmatch, commas))
    problems = []
    if commas and unclear:
        problems = [f"numbers such as {commas[0]!r}: give all decimals with a point, as in 1.5"]
    numbers = {name: map(number_of, cells) for name, cells in columns.items()}
    gap = float("nan")
    return {n: [gap if c is None else c for c in cells] for n, cells in numbers.items()}, problems


def number_of(cell):
    """A cell as a float, also with a decimal comma; None = no number."""
    if cell.lower() in ("true", "false"):
        return float(cell.lower() == "true")
    if _DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _text(content):
    utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = "\0"  # no table has this sign
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            break
    if "\0" in text:
        raise BadTable("cannot be read as CSV: it is not a text; save it as CSV in UTF-8")
    if not text.strip():
        raise BadTable("cannot be read as CSV: it is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rows(text, separator):
    """Rows of stripped cells, without blank rows.

    A quotation mark that is not closed would swallow the rows up to the next one, and every later
    row would have another number: the parser is strict, and a cell over several lines that look
    like rows is refused, too.
    """
    reader = csv.reader(
        io.StringIO(text), delimiter=separator, skipinitialspace=True, strict=True
    )  # fmt: skip
    rows, line = [], 1
    try:
        for row in reader:
            width = len(rows[0]) if rows else len(row)
            swallowed = [part for cell in row for part in cell.split("\n")[1:-1]]
            if any(part.count(separator) >= max(1, width - 1) for part in swallowed):
                raise csv.Error("lines that look like rows are in one cell")
            rows.append([cell.strip() for cell in row])
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadTable(
            f"cannot be read as CSV: {error}, in the row that begins in line {line}: close its "
            'quotation marks, and double those inside of a cell, as in "5"" pipe"'
        ) from None
    return [row for row in rows if any(row)]


def _fit(text, separator, wanted):
    """How well a separator fits: wanted names, then fields, of the first line with any."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    names = next(iter(csv.reader([first], delimiter=separator, skipinitialspace=True)), [])
    names = [name.strip() for name in names]
    return len(set(wanted) & set(names)), len(names)


def _table(rows, separator, wanted):
    names, *rows = rows or [[]]
    ragged = _ragged(names, rows, separator)
    problems = [ragged] if ragged else []
    twice = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    if twice:
        problems.append(f"column {', '.join(twice)} given twice: give each column its own name")
    columns = {}
    for k, name in enumerate(names):
        cells = [] if ragged else [row[k] for row in rows]
        if name or any(cells):
            columns.setdefault(name, cells)
    return Text(separator, columns, problems)


def _ragged(names, rows, separator):
    """What is wrong with the lengths of the rows; None = nothing."""
    wrong = [k for k, row in enumerate(rows) if len(row) != len(names)]
    if not wrong:
        return None
    fields = len(rows[wrong[0]])
    count = f" ({len(wrong)} such rows)" if len(wrong) > 1 else ""
    first_line = separator.join(names[:8]).replace("\t", "<tab>")
    sentence = (
        f"row {wrong[0] + 1} has {fields} fields, expected {len(names)} as in the first line "
        f"{first_line!r}{count}: give every row as many fields as the first line"
    )
    if len(wrong) == len(rows) and fields == len(names) + 1:
        sentence += (
            "; if each row begins with its name, as in a table of R, name that column, too: "
            f"{('id' + separator + first_line).replace(chr(9), '<tab>')!r}"
        )
    elif separator == "," and fields > len(names):
        sentence += "; if its decimals have commas, separate the columns by semicolons"
    return sentence + "; cells are checked once this is right"

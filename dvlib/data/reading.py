"""Reads a user's table: text of any common dialect to named columns of text.

A library guesses when a row has more fields than the first line: pandas shifts the columns. Here
nothing is guessed. The separator is the one with which the first line has the wanted names, and a
row of another length is refused.
"""

import codecs
import csv
import io
import re

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
SHOWN = 5  # rows or values that a message names
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")


class BadTable(ValueError):
    """A file that is not a table; the message says where and what to do."""


def read_text_table(path, wanted):
    """The columns of a file with a separator, as text.

    Parameters
    ----------
    path : Path of a file in UTF-8, UTF-16 with a byte order mark, or Windows-1252
    wanted : names that the first line should have; they decide which separator is meant

    Returns
    -------
    separator : "," or ";" or a tab
    columns : dict of name → list of str, one per row; blank rows and nameless empty columns are
        left out

    Raises
    ------
    BadTable : not a text, rows with another number of fields than the first line, or a name given
        twice
    """
    text = _text(path.read_bytes())
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r'"?sep=(.)"?\s*', first)  # spreadsheets write and read such a line
    if told and told[1] in SEPARATORS:
        return told[1], _columns(_rows(rest, told[1]), told[1], wanted)
    separator = max(SEPARATORS, key=lambda one: _fit(text, one, wanted))
    return separator, _columns(_rows(text, separator), separator, wanted)


def numbers_of(cells, separator):
    """Columns of text as float columns; nan = not a number.

    Commas are decimal if no cell has a point and they cannot be anything else: with tabs, 1,234
    may be a thousand and more.

    Parameters
    ----------
    cells : dict of name → list of str
    separator : of the file

    Raises
    ------
    BadTable : it is not clear what the commas mean
    """
    every = [cell for column in cells.values() for cell in column]
    commas = [cell for cell in every if _DECIMAL_COMMA.fullmatch(cell)]
    if commas:
        unclear = separator == "," or any(
            "." in cell and _number(cell) is not None for cell in every
        )
        unclear |= separator == "\t" and all(map(_THOUSANDS.fullmatch, commas))
        if unclear:
            raise BadTable(
                f"numbers such as {commas[0]!r}: give all decimals with a point, as in 1.5"
            )
        cells = {name: [c.replace(",", ".") for c in column] for name, column in cells.items()}
    return {name: [_or_nan(cell) for cell in column] for name, column in cells.items()}


def _number(cell):
    if cell.lower() in ("true", "false"):
        return float(cell.lower() == "true")
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _or_nan(cell):
    number = _number(cell)
    return float("nan") if number is None else number


def _text(content):
    utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadTable("cannot be read as CSV: it is not a text; save it as CSV in UTF-8")
    if "\0" in text:
        raise BadTable("cannot be read as CSV: it is not a text; save it as CSV in UTF-8")
    if not text.strip():
        raise BadTable("cannot be read as CSV: it is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rows(text, separator):
    """Rows of stripped cells, without blank rows."""
    reader = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    try:
        rows = [[cell.strip() for cell in row] for row in reader]
    except csv.Error as error:
        raise BadTable(f"cannot be read as CSV: {error}") from None
    return [row for row in rows if any(row)]


def _fit(text, separator, wanted):
    """How well a separator fits: wanted names, then fields, of the first line with any."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    names = next(iter(_rows(first, separator)), [])
    return len(set(wanted) & set(names)), len(names)


def _columns(rows, separator, wanted):
    names, *rows = rows or [[]]
    _refuse_ragged(names, rows, separator)
    twice = [name for name in wanted if names.count(name) > 1]
    if twice:
        raise BadTable(f"column {', '.join(twice)} given twice: give each once")
    columns = {}
    for k, name in enumerate(names):
        cells = [row[k] for row in rows]
        if name or any(cells):
            columns.setdefault(name, cells)
    return columns


def _refuse_ragged(names, rows, separator):
    wrong = [k for k, row in enumerate(rows) if len(row) != len(names)]
    if not wrong:
        return
    fields = len(rows[wrong[0]])
    more = f" ({len(wrong)} such rows)" if len(wrong) > 1 else ""
    shown = separator.join(names[:8]).replace("\t", "<tab>")
    said = (
        f"row {wrong[0] + 1} has {fields} fields, expected {len(names)} as in the first line "
        f"{shown!r}{more}: give every row as many fields as the first line"
    )
    if len(wrong) == len(rows) and fields == len(names) + 1:
        said += (
            "; if each row begins with its name, as in a table of R, name that column, too: "
            f"{('id' + separator + shown).replace(chr(9), '<tab>')!r}"
        )
    elif separator == "," and fields > len(names):
        said += "; if its decimals have commas, separate the columns by semicolons"
    raise BadTable(said)

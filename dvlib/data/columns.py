"""How the cells of a column are read: a column is judged as a whole, not each cell by itself.

What is done to a column beyond reading it is a `Liberty`, in a sentence. Nothing else is changed.
"""

import datetime
import re
import warnings
from collections import Counter
from dataclasses import dataclass, field
from numbers import Number
from typing import NamedTuple

import numpy as np
import pandas as pd

from dvlib.checks import LARGEST, listed

GAPS = ("", "na", "n/a", "n.a.", "#n/a", "nan", "nat", "null", "none", "-", "--", "?")
MISSING = "(missing)"  # the category of cells without text
MOSTLY = 0.9  # a column is of numbers, or of dates, if so many of its known cells are
FEW_WORDS = 2  # or if half are, and the others are no more different words than these
FEW_KINDS = 10  # categories that a column of text may have in a table of any size
SMALL = 1e-100  # squares of smaller numbers are zero
DATES = (
    "ISO8601", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d",
    "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y",
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y",
)  # fmt: skip
_POINT = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_COMMA = r"[+-]?\d*,\d+([eE][+-]?\d+)?"
_POINTS = r"[+-]?[1-9]\d{0,2}(\.\d{3})+,\d+"
_THOUSANDS = r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?"
_ID = re.compile(r"(?i:(^|[^a-z])(id|uuid|index|rownames|unnamed: \d+|\(no name\))$)|[a-z]I[dD]$")


class Liberty(NamedTuple):
    """What was done to a column beyond reading it, in a sentence, and the rows that it concerns."""

    column: str
    sentence: str

    def __str__(self):
        return f"{self.column}: {self.sentence}"


@dataclass(frozen=True)
class Column:
    """How a column is read, and a second table's column of the same name.

    `kind` is "numbers", "dates" or "categories". `form` is how its text is written: "." or "," of
    numbers with a decimal point or comma, "1,000" of numbers with commas between thousands, "true"
    of true and false, and a format of dates. Numbers are multiplied by `factor`. `spellings` is a
    dict of folded text → category; where they were `declared` as categories, text is not folded.
    """

    name: str
    kind: str
    form: str = "."
    factor: float = 1.0
    spellings: dict = field(default_factory=dict)
    declared: bool = False

    def read(self, cells):
        """The cells of a Series: floats, nan without a number, or categories, an array of str."""
        if self.kind == "categories":
            keys = [None if cell is None else self._key(cell) for cell in _plain(cells)]
            return np.array(
                [MISSING if k is None else self.spellings.get(k, k) for k in keys], object
            )
        if self.kind == "dates":
            return _days(cells, self.form)
        return _floats(cells, self.form) * self.factor

    def unknown(self, cells):
        """Categories that the table does not have, with their number of rows."""
        return Counter(cell for cell in self.read(cells) if cell not in {*self.spellings.values()})

    def _key(self, cell):
        text = str(_whole(cell))
        return text if self.declared else fold(text)


def counted(number, noun):
    """A number of things, such as "1 gap" or "2 gaps"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def fold(text):
    """Text without differences of case and blanks."""
    return " ".join(text.split()).casefold()


class Judged(NamedTuple):
    """A column, its values as `Column.read` gives them, and what was done to it.

    `column` and `values` are None where the column is left out; `why` says it.
    """

    column: Column | None
    values: np.ndarray | None
    liberties: list
    why: str = ""


def judge(name, cells, *, as_text=False, keep=False):
    """How to read a column: Judged.

    Parameters
    ----------
    name : of the column
    cells : Series, with the table's index, by which rows are named
    as_text : the cells are text, whatever they look like; words such as NA are text, too
    keep : True = use it, though it looks like row numbers or free text

    Raises
    ------
    ValueError : the column holds what is neither number nor text, or it is not clear how to read it

    Examples
    --------
    >>> judged = judge("age", pd.Series(["31", "?", *map(str, range(40))]))
    >>> print(*judged.liberties, sep="\\n")
    age: 1 cell is no number ('?' in row 1): a gap
    age: 1 gap: the median, 20
    """
    if not as_text and _is_numeric(cells):
        is_bool = pd.api.types.is_bool_dtype(cells.dtype)
        column, liberties = _numbers(name, cells, "true" if is_bool else ".")
    elif not as_text and cells.dtype.kind in "mM":
        column, liberties = _dates(name, cells, "")
    else:
        column, liberties = _of_objects(name, cells, as_text)
    values = column.read(cells)
    known = set(values[~pd.isna(values)])
    if known <= {MISSING}:
        return Judged(None, None, liberties, "no usable cell" if liberties else "empty")
    why = "" if keep else _why_left_out(name, values, column)
    if why:
        return Judged(None, None, [Liberty(name, f"left out: {why}")], why)
    n_gaps = (values == MISSING).sum() if column.kind == "categories" else np.isnan(values).sum()
    if len(known) == 1 and not n_gaps:
        return Judged(None, None, [], "the same in all rows")
    if n_gaps:
        middle = "a category of its own"
        if column.kind != "categories":
            days = np.nanmedian(values) / column.factor
            is_date = column.kind == "dates" and cells.dtype.kind != "m"
            middle = f"the median, {str(_date(days)) if is_date else f'{days:.6g}'}"
        liberties.append(Liberty(name, f"{counted(n_gaps, 'gap')}: {middle}"))
    return Judged(column, values, liberties)


def _date(days):
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=float(days))


def _why_left_out(name, values, column):
    """Why a column tells nothing of other rows: it names or counts the rows; "" = it may."""
    n, kinds = len(values), len(set(values))
    if column.kind == "categories" and not column.declared and kinds > max(FEW_KINDS, n / 2):
        return f"{kinds} different texts in {n} rows, as names are"
    known = values[~pd.isna(values)]
    if column.kind == "numbers" and not (known % 1).any() and len(known) > 2:
        if len(known) == n and (np.diff(values) == 1).all():
            return "numbers the rows"
        if _ID.search(name) and len(set(known)) > len(known) / 2:
            return "different in most rows, and named as ids are"
    return ""


def _of_objects(name, cells, as_text):
    plain = _plain(cells)
    known = [cell for cell in plain if cell is not None]
    if as_text or isinstance(cells.dtype, pd.CategoricalDtype) or not known:
        return _categories(name, plain, declared=True)
    allowed = (str, Number, datetime.date, datetime.timedelta)
    odd = next((c for c in known if not isinstance(c, allowed) or isinstance(c, complex)), None)
    if odd is not None:
        raise ValueError(f"column {name!r} holds {_kind(odd)}s: give numbers or text")
    if any(isinstance(cell, allowed[2:]) for cell in known):
        return _dates(name, cells, "")
    texts = [cell for cell in known if isinstance(cell, str)]
    if texts and {fold(text) for text in texts} <= {"true", "false", *GAPS}:
        return _numbers(name, cells, "true")
    form = _number_form(name, texts, len(known))
    if form is not None:
        return _numbers(name, cells, form)
    form = _date_form(texts)
    if form is not None:
        return _dates(name, cells, form)
    return _categories(name, plain, declared=False)


def _kind(cell):
    return "complex number" if isinstance(cell, complex) else type(cell).__name__


def _numbers(name, cells, form):
    values, liberties = _floats(cells, form), []
    top = np.nanmax(np.abs(values), initial=0)
    factor = 1 / top if 0 < top < SMALL else 1.0
    if form == "1,000":
        liberties.append(Liberty(name, "commas are read as separators of thousands"))
    liberties += _odd(name, cells, values, "number")
    return Column(name, "numbers", form, factor), liberties


def _dates(name, cells, form):
    values = _days(cells, form)
    said = "dates are read as days"
    if form.startswith(("%d/%m", "%m/%d", "%d-%m-", "%m-%d-")):
        swapped = form.replace("%d", "%X").replace("%m", "%d").replace("%X", "%m")
        first = "day" if form.startswith("%d") else "month"
        other = _days(cells, swapped)
        if (np.isfinite(other) == np.isfinite(values)).all() and (other != values)[
            np.isfinite(values)
        ].any():
            said += f", the {first} first (the other way would be possible, too)"
    liberties = [Liberty(name, said), *_odd(name, cells, values, "date")]
    return Column(name, "dates", form), liberties


def _categories(name, plain, *, declared):
    column = Column(name, "categories", declared=declared)
    by_key = {}
    spelled = Counter(str(_whole(cell)).strip() for cell in plain if cell is not None)
    for text, count in sorted(spelled.items(), key=lambda pair: (-pair[1], pair[0])):
        by_key.setdefault(column._key(text), []).append((text, count))
    merged = [texts for texts in by_key.values() if len(texts) > 1]
    liberties = []
    if merged:
        pairs = [" = ".join(repr(text) for text, _ in texts[:3]) for texts in merged]
        changed = sum(count for texts in merged for _, count in texts[1:])
        told = f"case and blanks do not count: {listed(pairs, 3)} ({changed} cells changed)"
        liberties.append(Liberty(name, told))
    spellings = {key: texts[0][0] for key, texts in by_key.items()}
    return Column(name, "categories", "", 1.0, spellings, declared), liberties


def _odd(name, cells, values, noun):
    """The liberty of cells that are known, but no number or date."""
    wrong = np.flatnonzero(np.isnan(values) & ~cells.isna().to_numpy())
    plain = _plain(cells.iloc[wrong])
    places = [
        f"{str(cell)[:20]!r} in row {row}"
        for row, cell in zip(cells.index[wrong], plain, strict=True)
        if cell is not None
    ]
    if not places:
        return []
    verb = "cell is" if len(places) == 1 else "cells are"
    return [Liberty(name, f"{len(places)} {verb} no {noun} ({listed(places, 3)}): a gap")]


def _number_form(name, texts, n_known):
    """How the numbers of a column are written, or None if it is no column of numbers."""
    codes = sum(cell[0] == "0" and cell.isdigit() and len(cell) > 1 for cell in texts)
    if codes > (1 - MOSTLY) * n_known:
        return None  # such as 01 and 007
    if np.isfinite(_written(texts, ".")).all():
        return "."
    cells = [text for text in texts if fold(text) not in GAPS]
    n_known -= len(texts) - len(cells)
    if not cells:
        return "." if n_known else None
    typed = n_known - len(cells)
    point, comma, thousands = (
        [cell for cell in cells if re.fullmatch(form, cell)]
        for form in (_POINT, f"{_COMMA}|{_POINTS}", _THOUSANDS)
    )
    form, numbers = ".", point
    with_comma = {*comma, *thousands}
    if sum(cell in with_comma for cell in cells) > (1 - MOSTLY) * n_known:
        whole = [cell for cell in point if "." not in cell]
        if len(comma) > len(thousands) and len(whole) == len(point):
            form, numbers = ",", [*comma, *whole]
        elif set(thousands) >= with_comma and not {*thousands} <= {*comma}:
            form, numbers = "1,000", [*thousands, *point]
        elif len(comma) + len(point) + len(thousands) >= MOSTLY * n_known:
            raise ValueError(
                f"column {name!r} holds numbers such as {min(with_comma)!r}, whose commas may "
                "be decimal signs or separate thousands: write them with a point, as in 1234.5, "
                "or take the column as text"
            )
    known = typed + len(numbers)
    others = {fold(cell) for cell in cells} - {fold(cell) for cell in numbers}
    few = len(others) <= FEW_WORDS and len({*numbers}) > FEW_KINDS
    return form if known >= MOSTLY * n_known or (few and 2 * known >= n_known) else None


def _date_form(texts):
    """The format in which most texts are dates, or None."""
    cells = pd.Series([text for text in texts if fold(text) not in GAPS], dtype=object)
    cells = cells.iloc[:: max(1, len(cells) // 500)]  # each form is tried: some are enough
    if not len(cells) or not cells.str.contains(r"\d").mean() >= MOSTLY:
        return None
    shares = {form: _parsed(cells, form).notna().mean() for form in DATES}
    best = max(shares, key=shares.get)
    return best if shares[best] >= MOSTLY else None


def _parsed(cells, form):
    with warnings.catch_warnings(action="ignore"):
        return pd.to_datetime(cells, format=form or None, errors="coerce", utc=True)


def _days(cells, form):
    """Cells as days, of dates since 1970, float, nan where a cell is no date."""
    plain = pd.Series(_plain(cells), dtype=object)
    if cells.dtype.kind == "m" or any(isinstance(c, datetime.timedelta) for c in plain):
        return (pd.to_timedelta(plain.map(_stamp)) / pd.Timedelta(days=1)).to_numpy(float)
    text = plain.map(lambda cell: isinstance(cell, str)) if form else pd.Series(False, plain.index)
    parsed = pd.to_datetime(plain.where(~text).map(_stamp), utc=True)
    if text.any():
        parsed[text] = _parsed(plain[text], form)
    return ((parsed - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)).to_numpy(float)


def _stamp(cell):
    """A date or duration as pandas has it; NaT if it is none, or out of its range."""
    try:
        return pd.Timedelta(cell) if isinstance(cell, datetime.timedelta) else pd.Timestamp(cell)
    except (ValueError, TypeError):
        return pd.NaT


def _is_numeric(cells):
    types = pd.api.types
    return types.is_numeric_dtype(cells.dtype) and not types.is_complex_dtype(cells.dtype)


def _floats(cells, form):
    """Cells as floats, nan where a cell is no number or too large to compute with."""
    if _is_numeric(cells):
        values = cells.to_numpy(float, na_value=np.nan)
    else:
        plain = _plain(cells)
        values = np.array([_float(cell) for cell in plain])
        text = [k for k, cell in enumerate(plain) if isinstance(cell, str)]
        values[text] = _written([plain[k] for k in text], form)
    return np.where(np.abs(values) <= LARGEST, values, np.nan)


def _float(cell):
    try:
        return float(cell) if isinstance(cell, Number) else np.nan
    except OverflowError:  # an int that is larger than any float
        return np.inf


def _written(texts, form):
    """Texts as floats, nan where one is no number of the form."""
    cells = pd.Series(texts, dtype=object)
    if form == "true":
        return cells.map(fold).map({"true": 1, "1": 1, "false": 0, "0": 0}).to_numpy(float)
    if form == ",":  # then points separate thousands, as in 1.234,5
        plain = cells.str.replace(".", "").str.replace(",", ".")
        cells = cells.where(~cells.str.fullmatch(f"{_COMMA}|{_POINTS}"), plain)
    if form == "1,000":
        cells = cells.where(~cells.str.fullmatch(_THOUSANDS), cells.str.replace(",", ""))
    return pd.to_numeric(cells, errors="coerce").to_numpy(float)


def _plain(cells):
    """The cells of a Series as objects of Python, None without one; text without outer blanks."""
    plain = []
    for cell, gap in zip(cells.to_numpy(object), cells.isna(), strict=True):
        if isinstance(cell, bytes):
            cell = cell.decode(errors="replace")
        if isinstance(cell, str):
            cell = cell.strip() or None
        plain.append(None if gap is True or gap is np.True_ else cell)
    return plain


def _whole(cell):
    """A number that is whole as an int, so that the categories 1 and 1.0 are the same."""
    if isinstance(cell, Number) and not isinstance(cell, (bool, np.bool_)) and cell == cell // 1:
        return int(cell)
    return cell

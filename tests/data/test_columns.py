"""How a column is read: as a whole, with every liberty told, and the same from file and frame."""

import datetime

import numpy as np
import pandas as pd
import pytest

from dvlib.data.columns import MISSING, judge

N = 60
TEXT = [str(k % 41 * 1.5 + 1) for k in range(N)]  # numbers as a file has them
DAYS = pd.date_range("2021-01-01", periods=N)


def told(judged):
    return "; ".join(map(str, judged.liberties))


@pytest.mark.parametrize(("odd", "count"), [
    (["?"], 1), (["44,734.74"], 1), (["1_000"], 1), (["inf"], 1), (["1e400"], 1), (["n/a", ""], 1),
    (["unknown"] * 20, 20), (["5 kg", "12%", "$3"], 3), ([None], 0), (["0x1F"], 1),
])  # fmt: skip
def test_odd_cells_in_a_column_of_numbers_are_gaps_and_are_named(odd, count):
    cells = pd.Series(odd + TEXT)
    judged = judge("c", cells)
    assert judged.column.kind == "numbers"
    assert np.isnan(judged.values[: len(odd)]).all()
    np.testing.assert_array_equal(judged.values[len(odd) :], np.array(TEXT, float))
    if count:
        assert f"{count} cell{'s are' if count > 1 else ' is'} no number" in told(judged)
        assert f"{odd[0]!r} in row 0" in told(judged)
    gaps = f"{len(odd)} gap{'s' * (len(odd) > 1)}: the median, {np.median(np.array(TEXT, float)):g}"
    assert gaps in told(judged)


def test_file_and_frame_are_read_alike():
    """Numbers and their text, dates and their text, truth and its text have the same values."""
    for typed, text in (
        (pd.Series(TEXT, dtype=float), TEXT), (DAYS.to_series(), DAYS.strftime("%Y-%m-%d")),
        (pd.Series([True, False, True] * 20), ["True", "false", "TRUE"] * 20),
        (pd.Series([datetime.date(2021, 1, 1 + k % 28) for k in range(N)]),
         [f"{1 + k % 28:02d}.01.2021" for k in range(N)]),
        (pd.Series([1.5, None] * 30), ["1.5", ""] * 30), (pd.Series([1, 2] * 30), ["1", "2"] * 30),
        (pd.Series(pd.array([1, None, 3] * 20, dtype="Int64")), ["1", "NA", "3"] * 20),
    ):  # fmt: skip
        first, second = judge("c", typed), judge("c", pd.Series(text))
        np.testing.assert_array_equal(first.values, second.values)
        assert first.column.kind == second.column.kind


@pytest.mark.parametrize(("cells", "values"), [
    ([f"{k},5" for k in range(N)], np.arange(N) + 0.5),
    ([f"{k + 1},000.5" for k in range(N)], 1000 * np.arange(1, N + 1) + 0.5),
    ([f"{k + 1}.000,5" for k in range(N)], 1000 * np.arange(1, N + 1) + 0.5),
    ([f"{k}e-3" for k in range(N)], np.arange(N) / 1000),
])  # fmt: skip
def test_a_form_of_numbers_is_that_of_the_whole_column(cells, values):
    np.testing.assert_allclose(judge("c", pd.Series(cells)).values, values)


def test_commas_that_may_be_anything_are_refused():
    for cells in (["76,586", "999"] * 30, ["1,234", "2,345"] * 30):
        with pytest.raises(ValueError, match=r"whose commas may.*write them with a point"):
            judge("c", pd.Series(cells))
        assert judge("c", pd.Series(cells), as_text=True).column.kind == "categories"


def test_codes_and_declared_categories_stay_text():
    codes = pd.Series(["01", "1", "007"] * 20)
    for column in (codes, codes.astype("category")):
        assert judge("c", column).values.tolist() == codes.tolist()
    kinds = judge("c", pd.Series([1, 2] * 30, dtype="category"))
    # Met as floats or as text, they are the same categories.
    for again in ([1.0, 2.0], ["1", "2"]):
        assert kinds.column.read(pd.Series(again)).tolist() == ["1", "2"]


@pytest.mark.parametrize("form", [
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%dT%H:%M:%S", "%d %b %Y",
])  # fmt: skip
def test_dates_become_days(form):
    judged = judge("c", pd.Series(DAYS.strftime(form)))
    np.testing.assert_allclose(np.diff(judged.values), 1)
    assert judged.values[0] == 18_628  # 1 January 2021, counted from 1970
    assert "dates are read as days" in told(judged)
    assert "the other way would be possible" not in told(judged)


def test_dates_that_may_be_read_two_ways_are_told():
    cells = pd.Series([f"{1 + k % 12:02d}/{1 + k % 11:02d}/2021" for k in range(N)] + ["soon"])
    assert "the day first (the other way would be possible" in told(judge("c", cells))
    assert "1 cell is no date ('soon' in row 60)" in told(judge("c", cells))


def test_case_and_blanks_of_categories_do_not_count():
    cells = pd.Series(["North", "north ", "NORTH", "South", None, "NA"] * 10)
    judged = judge("c", cells)
    assert judged.values[:6].tolist() == ["NORTH", "NORTH", "NORTH", "South", MISSING, "NA"]
    assert "'NORTH' = 'North' = 'north' (20 cells changed)" in told(judged)
    assert "10 gaps: a category of its own" in told(judged)


@pytest.mark.parametrize(("name", "cells", "why"), [
    ("name", [f"p{k}" for k in range(N)], "60 different texts"),
    ("Unnamed: 0", [*range(N)], "numbers the rows"),
    ("x", [str(k + 1) for k in range(N)], "numbers the rows"),
    ("customer_id", [k * 7919 % 1000 for k in range(N)], "named as ids are"),
    ("userId", [f"{k * 7919 % 1000}" for k in range(N)], "named as ids are"),
    ("rownames", [None, *range(5, N + 4)], "named as ids are"),
    ("(no name)", [k * 7919 % 1000 for k in range(N)], "named as ids are"),
    ("ID", [k * 7919 % 50 for k in range(N)], "named as ids are"),  # some patients come twice
])  # fmt: skip
def test_names_and_numbers_of_rows_are_left_out_unless_kept(name, cells, why):
    judged = judge(name, pd.Series(cells))
    assert judged.column is None and why in judged.why and "left out" in told(judged)
    assert judge(name, pd.Series(cells), keep=True).column is not None


def test_columns_without_information_are_left_out():
    assert judge("c", pd.Series([1] * N)).why == "the same in all rows"
    assert judge("c", pd.Series([None, ""] * 30)).why == "empty"
    assert judge("c", pd.Series([np.inf] * N)).why == "no usable cell"
    assert judge("c", pd.Series(["x", None] * 30)).column.kind == "categories"  # where, may tell


@pytest.mark.parametrize("size", [1e-170, 1e-310, 1e13])
def test_numbers_of_any_size_keep_their_differences(size):
    values = judge("c", pd.Series(np.arange(N)[::-1] * size)).values
    assert np.std(values) > 0 and np.isfinite(np.std(values))


def test_a_second_column_is_read_as_the_first():
    smoker = judge("smoker", pd.Series(["no", "Yes"] * 30)).column
    assert smoker.read(pd.Series(["YES", "no", "unknown"])).tolist() == ["Yes", "no", "unknown"]
    strange = pd.Series(["unknown", "no", "unknown", None])
    assert smoker.unknown(strange) == {"unknown": 2, MISSING: 1}
    comma = judge("c", pd.Series([f"{k},5" for k in range(N)])).column
    np.testing.assert_array_equal(comma.read(pd.Series(["1,5", "2", "x"])), [1.5, 2, np.nan])
    day_first = judge("c", pd.Series(DAYS.strftime("%d/%m/%Y"))).column
    assert day_first.read(pd.Series(["02/01/2021"])) == [18_629]  # could be read as 1 February
    assert day_first.read(pd.Series([pd.Timestamp("2021-01-02")])) == [18_629]
    typed = judge("c", DAYS.to_series()).column
    assert typed.read(pd.Series(["2021-01-02"])) == [18_629]
    truth = judge("c", pd.Series([True, False] * 30)).column
    np.testing.assert_array_equal(truth.read(pd.Series(["true", "FALSE", "1", 0, "?"])),
                                  [1, 0, 1, 0, np.nan])  # fmt: skip


@pytest.mark.parametrize(("cells", "says"), [
    ([[1]] * N, "holds lists"), ([1j] * N, "holds complex numbers"), ([{}] * N, "holds dicts"),
], ids=str)  # fmt: skip
def test_what_is_neither_number_nor_text_is_refused(cells, says):
    with pytest.raises(ValueError, match=f"column 'c' {says}"):
        judge("c", pd.Series(cells))

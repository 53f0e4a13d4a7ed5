"""Tables of all kinds: what becomes numbers, and what is refused with all reasons at once."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from dvlib.tables.frames import read_rows

N = 12
AGES = [31, 28, 45, 52, 19, 64, 37, 41, 23, 58, 33, 49]
LABELS = ["no", "yes", "no"] * 4


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "age": AGES, "weight": pd.array(np.arange(N) % 5, dtype="Int64"),
            "price": [Decimal(k) / 4 for k in range(N)], "smoker": [True, False] * 6,
            "city": ["Ulm", "Bonn", "Jena"] * 4, "size": pd.Categorical(["s", "m"] * 6),
            "country": "DE", "name": [f"person {k}" for k in range(N)], "ill": LABELS,
        },
        index=[f"r{k}" for k in range(N)],
    )  # fmt: skip


def test_columns_of_all_kinds_become_numbers(frame):
    before = frame.copy(deep=True)
    rows = read_rows(frame, label="ill")
    numbers = ("age", "weight", "price", "smoker")
    assert rows.names == (*numbers, "city_Bonn", "city_Jena", "city_Ulm", "size_m", "size_s")
    np.testing.assert_allclose(rows.X[:, :4].mean(0), 0, atol=1e-15)
    np.testing.assert_allclose(rows.X[:, :4].std(0), 1)
    np.testing.assert_array_equal(rows.X[:3, 4:7], [[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    assert rows.classes.tolist() == ["no", "yes"] and rows.y.tolist() == [0, 1, 0] * 4
    assert set(rows.unused) == {"country", "name"} and rows.index[3] == "r3"
    pd.testing.assert_frame_equal(frame, before)


def test_further_rows_get_the_same_columns(frame):
    rows = read_rows(frame, label="ill")
    np.testing.assert_array_equal(rows.like(frame.iloc[:3]), rows.X[:3])
    new = frame.iloc[:1].assign(city="Rome")[frame.columns[::-1]]
    np.testing.assert_array_equal(rows.like(new)[0, 4:7], 0)  # a kind that was not there
    assert rows.classes_of(["yes", "no"]).tolist() == [1, 0]
    for change, says in (
        (frame.drop(columns="age"), "columns age are missing"),
        (frame.assign(age="old"), "column 'age' holds numbers in the table, but 'old' here"),
    ):
        with pytest.raises(ValueError, match=says):
            rows.like(change)
    with pytest.raises(ValueError, match="label 'maybe' in row 1: the table's labels are no"):
        rows.classes_of(["no", "maybe"])


@pytest.mark.parametrize(("labels", "classes"), [
    (LABELS, ["no", "yes"]), ([True, False, False] * 4, [False, True]),
    ([2.0, 1.0, 3.0] * 4, [1, 2, 3]), (pd.Series(LABELS, dtype="string"), ["no", "yes"]),
    ([1, "a", 1] * 4, ["1", "a"]), (np.array([[1], [5], [1]] * 4), [1, 5]),
    (pd.array([3, 4, 3] * 4, dtype="Int64"), [3, 4]),
])  # fmt: skip
def test_labels_of_any_kind(labels, classes):
    rows = read_rows(np.random.default_rng(0).normal(size=(N, 2)), labels)
    assert rows.classes.tolist() == classes and rows.y.max() == len(classes) - 1


def test_arrays_lists_sparse_and_big_endian_tables_are_the_same():
    X = np.random.default_rng(0).normal(size=(N, 3))
    expected = read_rows(X, LABELS).X
    for other in (X.tolist(), csr_matrix(X), X.astype(">f8"), np.asfortranarray(X), X[::-1][::-1]):
        np.testing.assert_array_equal(read_rows(other, LABELS).X, expected)


def test_frames_of_polars(frame):
    polars = pytest.importorskip("polars")
    given = polars.DataFrame({"a": AGES, "b": ["u", "v", "w"] * 4, "ill": LABELS})
    rows = read_rows(given, label="ill")
    assert rows.names == ("a", "b_u", "b_v", "b_w") and rows.y.tolist() == [0, 1, 0] * 4
    series = read_rows(given.drop("ill"), given["ill"])
    np.testing.assert_array_equal(series.X, rows.X)


def bad(**columns):
    return pd.DataFrame({"age": AGES, "ill": LABELS} | columns)


X = np.random.default_rng(0).normal(size=(N, 2))
GAP = [*AGES[1:], None]


@pytest.mark.parametrize(("table", "labels", "says"), [
    (bad(age=np.inf), "ill", ["no usable column: age (no usable cell)"]),
    (bad(age=[[1]] * N), "ill", ["column 'age' holds lists"]),
    (bad(d=[b"x", ()] * 6, c=1j, ill="no"), "ill",
     ["holds tuples", "complex", "all labels are no"]),  # all reasons at once
    (bad(age=1), "ill", ["no usable column", "age (the same in all rows)"]),
    (bad(), "il", ["no column 'il'", "did you mean 'ill'"]),
    (bad(), None, ["no labels: give y, or label="]), (X[:, 0], LABELS, ["table of shape (12,)"]),
    (bad(ill="no"), "ill", ["all labels are no", "two classes"]),
    (bad(ill=["no"] * (N - 1) + ["yes"]), "ill", ["all labels are no"]),
    (bad(ill=np.linspace(0, 1, N)), "ill", ["12 different labels", "a number to predict"]),
    (bad(ill=[f"c{k}" for k in range(N)]), "ill", ["12 different labels", "several rows each"]),
    (bad(ill=None), "ill", ["no row has a label"]),
    (bad().iloc[:6], "ill", ["6 rows: give 8 or more"]), (np.empty((0, 2)), [], ["no row has"]),
    (pd.DataFrame(X, columns=["a", "a"]), LABELS, ["columns named twice: a"]),
    (X, LABELS[:-1], ["11 labels for 12 rows"]), ([[1, 2], [3]], LABELS, ["of several lengths"]),
    (np.ma.masked_less(X, -9e9), LABELS, None),
    (X, np.zeros((N, 2)), ["labels of shape (12, 2)"]), (X, [[0], [1, 2]] * 6, ["labels are list"]),
    (csr_matrix((10_000, 10_000)), LABELS, ["a sparse matrix", "TruncatedSVD"]),
    (bad(c=["1,500", "2,500"] * 6), "ill", ["column 'c' holds numbers such as '1,500'"]),
    (bad()[["ill"]], "ill", ["no column besides the labels"]),
    (pd.DataFrame(), "ill", ["no column 'ill': the table has no columns"]),
    (pd.concat({"a": bad()}, axis=1), LABELS, ["columns of 2 levels", "'_'.join"]),
    ("table.csv", "ill", ["a path", "pandas.read_csv('table.csv')"]),
    ({"a": range(N)}, LABELS, ["pandas.DataFrame(X)"]),
], ids=str)  # fmt: skip
def test_what_cannot_be_used_is_refused(table, labels, says):
    given = dict(label=labels) if labels is None or isinstance(labels, str) else dict(y=labels)
    if says is None:
        assert read_rows(table, **given).X.shape == (N, 2)
        return
    with pytest.raises(ValueError) as refused:
        read_rows(table, **given)
    for part in says:
        assert part in str(refused.value)
    assert len(str(refused.value)) < 400


def test_text_of_many_kinds_is_bounded():
    table = pd.DataFrame({"code": [f"c{k % 90}" for k in range(400)], "v": np.arange(400) % 7})
    rows = read_rows(table, np.arange(400) % 2)
    assert rows.X.shape == (400, 51)  # 49 kinds, all others together, and v


def test_columns_may_have_names_of_any_kind():
    table = pd.DataFrame({"a": ["u", "v", "w"] * 4, "b": AGES, "c": X[:, 0], "d": LABELS})
    table.columns = pd.Index([1, 0, None, 7], dtype=object)
    rows = read_rows(table, label=7)  # numbers are names of columns here, not their positions
    assert rows.names == ("0", "None", "1_u", "1_v", "1_w")
    np.testing.assert_array_equal(rows.like(table.iloc[:2]), rows.X[:2])


def test_labels_given_twice_or_by_a_name_are_refused():
    with pytest.raises(ValueError, match="y and the column 'ill' both give labels"):
        read_rows(bad(), LABELS, "ill")
    assert read_rows(bad()[["age"]], LABELS, "ill").label == "ill"  # here it is only a name
    with pytest.raises(ValueError, match="label='ill'"):
        read_rows(bad(), "ill")


def test_labels_whose_index_has_another_order_are_refused():
    table = bad()
    with pytest.raises(ValueError, match=r"another order.*y.loc\[X.index\]"):
        read_rows(table[["age"]], table["ill"][::-1])
    foreign = table["ill"].set_axis([f"r{k}" for k in range(N)])
    for X_, y in ((table[["age"]], foreign), (table[["age"]].to_numpy(), table["ill"][::-1])):
        assert read_rows(X_, y).y.shape == (N,)  # nothing says that these belong together otherwise

"""Tables as people have them: other dialects, rows of other lengths, and all reasons at once."""

from pathlib import Path

import numpy as np
import pytest

import dvlib
from dvlib.data.tables import read_table

ROWS = [(1.5, -2.25, 0), (0.125, 3.0, 1), (2.0, 1e-3, 0), (7.75, 4.5, 1)] * 2
POINTS, LABELS = np.array([row[:2] for row in ROWS]), np.array([row[2] for row in ROWS])


def table(separator=",", decimal=".", header="x1,x2,label", end="\n", labels="01"):
    """Text of a table with the points of ROWS."""
    lines = [header.replace(",", separator)]
    for x1, x2, label in ROWS:
        cells = [repr(x1).replace(".", decimal), repr(x2).replace(".", decimal), labels[label]]
        lines.append(separator.join(cells))
    return end.join(lines) + end


def rows(*lines):
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "content",
    [
        table(),
        table(";", ","),  # what a spreadsheet with semicolons saves
        table(";", ",", end="\r\n").encode("utf-8-sig"),
        "sep=;\n" + table(";", ","),
        table(";"),
        table("\t"),
        table("\t", ","),
        table("\t").encode("utf-16"),
        table(header=" x1 , x2,label "),
        table(", "),
        table(header='"x1","x2","label"'),
        table(end="\r"),
        table() + ",,\n,,\n",  # blank rows at the end
        table().replace("\n", ",\n"),  # a nameless empty column
        ("\N{LATIN SMALL LETTER O WITH DIAERESIS};" + table(";").replace("\n", "\n9;", 8)).encode(
            "cp1252"
        ),
    ],
)
def test_tables_of_other_dialects_have_the_same_points(tmp_path, content):
    path = tmp_path / "points.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for name in (path, str(path)):
        found = read_table(name)
        np.testing.assert_array_equal(found.points, POINTS)
        np.testing.assert_array_equal(found.labels, LABELS)


def test_a_path_makes_the_same_data_set_as_its_text(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(table(), encoding="utf-8")
    one, other = dvlib.make_dataset(path, test_share=0), dvlib.make_dataset(str(path), test_share=0)
    np.testing.assert_array_equal(one.X, other.X)
    assert one.name == str(path)
    settings = dvlib.resolve("fig05", {"dataset": Path(path)})
    assert settings.dataset == str(path)


@pytest.mark.parametrize("labels", [("False", "True"), ("false", "true"), ("0.0", "1.0")])
def test_labels_of_other_spellings(tmp_path, labels):
    path = tmp_path / "points.csv"
    path.write_text(table(labels=labels), encoding="utf-8")
    np.testing.assert_array_equal(read_table(path).labels, LABELS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # pandas takes the first field for the row's name, and the others move by one column
        (rows("x1,x2,label", *["0,0,0,1", "1,2,3,0"] * 4),
         "row 1 has 4 fields, expected 3 .*name that column, too: 'id,x1,x2,label'"),
        (rows("x1;x2;label", *["0;0;0;1"] * 4), "name that column, too: 'id;x1;x2;label'"),
        (rows("x1,x2,label", "1,2,0", "1,2,0,1"), r"row 2 has 4 fields, .*; if its decimals"),
        (rows("x1,x2,label", "1,2,0", "1,2"), "row 2 has 2 fields, expected 3 as in"),
        (rows("x1,x2,label", "1,5,2,5,0"), "row 1 has 5 fields"),  # decimal commas
        (rows("x1,x1,x2,label", "1,2,3,0"), "column x1 given twice"),
        (rows("x1\tx2\tlabel", *["1,234\t2,345\t0", "2,234\t3,345\t1"] * 4), "'1,234': give all"),
        (rows("x1;x2;label", *["1,5;2.5;0", "2,5;3.5;1"] * 4), "'1,5': give all decimals"),
        (rows("x1,x2,label", *['"1,5","2,5",0', '"2,5","3,5",1'] * 4), "give all decimals"),
        (rows("x1 x2 label", "1 2 0"), "no comma, semicolon, tab separates its first line"),
        (rows("X1,X2,Label", "1,2,0"), "rename 'X1' to 'x1', 'X2' to 'x2', 'Label' to 'label'"),
    ],
)  # fmt: skip
def test_tables_that_could_mean_two_things_are_refused(tmp_path, text, said):
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        dvlib.make_dataset(path)


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    path = tmp_path / "penguins.csv"
    path.write_text(
        rows("species,x1,island,label", "A,1,T,yes", "A,,T,no", "C,3,T,maybe", "C,NA,B,"),
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="cannot be used:") as error:
        read_table(path)
    said = str(error.value)
    for part in (
        "columns species, x1, island, label: x2 missing; comma taken for the separator",
        "row 2: x1 is empty, row 4: x1 is 'NA', row 4: label is empty: give finite numbers",
        "labels are 'yes' (1 rows), 'no' (1 rows), 'maybe' (1 rows); 3 classes, not two: keep the",
    ):
        assert f"\n  - {part}" in said, part
    assert said.count("\n") == 3


@pytest.mark.parametrize(
    ("labels", "said"),
    [("ny", r"labels are 'n' \(4 rows\), 'y' \(4 rows\): give 0 or 1"),
     ("12", "labels are '1' .*, '2' .*: give 0 or 1"), (("0", "0.5"), "'0.5' .*: give 0 or 1")],
)  # fmt: skip
def test_two_labels_other_than_0_and_1_are_named(tmp_path, labels, said):
    path = tmp_path / "points.csv"
    path.write_text(table(labels=labels), encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_table(path)


def test_columns_that_are_not_read_are_named(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(table().replace("\n", ",3\n").replace("label,3", "label,height"), "utf-8")
    assert read_table(path).unused == ["height"]
    assert "Columns of the file that are not used: height." in str(
        dvlib.resolve("fig05", {"dataset": path})
    )

"""Tables as people have them: other dialects, rows of other lengths, and all reasons at once."""

import re

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


@pytest.mark.parametrize("content", [
    table(), table(";", ","),  # what a spreadsheet with semicolons saves
    table(";", ",", end="\r\n").encode("utf-8-sig"), "sep=;\n" + table(";", ","), table(";"),
    table("\t"), table("\t", ","), table("\t").encode("utf-16"), table(header=" x1 , x2,label "),
    table(", "), table(header='"x1","x2","label"'), table(end="\r"),
    table() + ",,\n,,\n",  # blank rows at the end
    table().replace("\n", ",\n"),  # a nameless empty column
    b"\xf6;" + table(";").replace("\n", "\n9;", 8).encode(),  # ö in Windows-1252
    *(table(labels=pair) for pair in (("False", "True"), ("false", "true"), ("0.0", "1.0"))),
])  # fmt: skip
def test_tables_of_other_dialects_have_the_same_points(tmp_path, content):
    path = tmp_path / "points.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for name in (path, str(path)):
        found = read_table(name)
        np.testing.assert_array_equal(found.points, POINTS)
        np.testing.assert_array_equal(found.labels, LABELS)


@pytest.mark.parametrize(("text", "said"), [
    # pandas takes the first field for the row's name, and the others move by one column
    (rows("x1,x2,label", *["0,0,0,1", "1,2,3,0"] * 4),
     "row 1 has 4 fields, expected 3 .*name that column, too: 'id,x1,x2,label'"),
    (rows("x1,x2,label", "1,2,0", "1,2,0,1"), r"row 2 has 4 fields, .*; if its decimals"),
    (rows("x1,x2,label", "1,2,0", "1,2"), "row 2 has 2 fields, expected 3 as in"),
    (rows("x1,x1,x2,label", "1,2,3,0"), "column x1 given twice"),
    (rows("x1\tx2\tlabel", *["1,234\t2,345\t0", "2,234\t3,345\t1"] * 4), "'1,234': give all"),
    (rows("x1,x2,label", *['"1,5","2,5",0', '"2,5","3,5",1'] * 4), "give all decimals"),
    (rows("x1 x2 label", "1 2 0"), "no comma, semicolon, tab separates its first line"),
    (rows("X1,X2,Label", "1,2,0"), "rename 'X1' to 'x1', 'X2' to 'x2', 'Label' to 'label'"),
    (table(labels="ny"), r"labels are 'n' \(4 rows\), 'y' \(4 rows\): give 0 or 1"),
    (table(labels=("0", "0.5")), "'0.5' .*: give 0 or 1"),
])  # fmt: skip
def test_tables_that_could_mean_two_things_are_refused(tmp_path, text, said):
    assert re.search(said, "; ".join(refusal(tmp_path, text)))


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    text = rows("species,x1,island,label", "A,1,T,yes", "A,,T,no", "C,3,T,maybe", "C,NA,B,")
    columns, numbers, labels = refusal(tmp_path, text)
    assert columns.startswith("columns species, x1, island, label: x2 missing; comma taken for the")
    assert numbers.startswith("row 2: x1 is empty, row 4: x1 is 'NA', row 4: label is empty: give")
    assert labels.startswith("labels are 'yes' (1 rows), 'no' (1 rows), 'maybe' (1 rows); 3 clas")


# Species of three, gaps, and text for numbers and labels, as in a table of penguins.
PENGUINS = rows(
    "species,island,bill_length_mm,bill_depth_mm,sex",
    *["Adelie,Torgersen,39.1,18.7,MALE", "Adelie,Biscoe,40.3,18,FEMALE"] * 3, "Adelie,Torgersen,,,",
    *["Gentoo,Biscoe,50,16.3,MALE", "Chinstrap,Dream,46.5,17.9,FEMALE"] * 3,
    "Gentoo,Biscoe,NA,15.2,NA",
)  # fmt: skip


def refusal(tmp_path, text):
    """The message on a table that cannot be used, as a list of reasons."""
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="data set .*table.csv") as error:
        dvlib.make_dataset(path)
    first, *reasons = str(error.value).split("\n  - ")
    return reasons or [first]


@pytest.mark.parametrize(("text", "told", "not_told"), [
    (PENGUINS, ["bill_length_mm (39.1 to 50, gaps in rows 7, 14), bill", "7): rename two to x1, x2",
     "species ('Adelie' (7 rows), 'Gentoo' (4 rows), 'Chinstrap' (3 rows))", "'FEMALE' (6 rows))",
     "rename one to label, keep the rows of two classes, and give 0 or 1"], ()),
    (table(header="x1,ash,target"), ["target (0 to 1): rename one to x2", "target ('0' (4 r"], ()),
    (table(header="x1,x2,target"), ["rename one to label"], ["columns of numbers"]),
    (table(header="1,2,0"), ["has numbers, put a line of names above it"], ["columns of"]),
    (table(header="id,x2,label"), ["id, x2, label: x1 missing"], ["columns of numbers: id"]),
])  # fmt: skip
def test_only_what_is_missing_is_sought_among_the_others(tmp_path, text, told, not_told):
    said = "; ".join(refusal(tmp_path, text))
    assert [part for part in told if part not in said] == []
    assert [part for part in not_told if part in said] == []


@pytest.mark.parametrize(("text", "reasons"), [
    # rows of another length: columns can be told, cells cannot
    (rows("x1,x2,kind", "1,2,a", "1,2"),
     ["row 2 has 2 fields, expected 3 .*; cells are checked once this", "label missing"]),
    (rows("x1;x2;label", *["1,5;2.5;no", "2,5;;yes"] * 4),
     ["numbers such as '1,5'", "row 2: x2 is empty", "labels are 'no' .* 0 for 'no' and"]),
    (rows("x1,x2,label,split", *["1,2,0,train", "1,3,1,rest"] * 4),
     ["x1 is 1.0 in every row", "row 2: split is 'rest'"]),
    (rows("x1;x2;label", *["1.234,5;2;0", "1,5;2;1"] * 4),
     ["row 1: x1 is '1.234,5'.*give finite numbers, as in 1234.5", "x2 is 2.0 in every row"]),
])  # fmt: skip
def test_faults_of_form_and_of_cells_are_told_together(tmp_path, text, reasons):
    said = refusal(tmp_path, text)
    assert len(said) == len(reasons), said
    for reason, expected in zip(said, reasons, strict=True):
        assert re.search(expected, reason), reason


def test_further_coordinates_are_not_dropped_in_silence(tmp_path, recwarn):
    path = tmp_path / "points.csv"
    for header, warned in (("x1,x2,label,x3,x4", True), ("x1,x2,label,height,x", False)):
        text = table(header=header).replace("0\n", "0,3,4\n").replace("1\n", "1,3,4\n")
        path.write_text(text, "utf-8")
        dvlib.make_dataset(path, test_share=0)
        said = [str(one.message) for one in recwarn.list]
        assert any("two coordinates, x3, x4 are not read" in one for one in said) == warned
        recwarn.clear()

"""Tables as people have them: other dialects, rows of other lengths, and all reasons at once."""

import re
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
    settings = dvlib.resolve("fig05", dataset=Path(path))
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
        dvlib.resolve("fig05", dataset=path)
    )


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


def test_missing_columns_are_told_with_what_is_there_instead(tmp_path):
    first, of_numbers, of_classes = refusal(tmp_path, PENGUINS)
    assert first.startswith(
        "columns species, island, bill_length_mm, bill_depth_mm, sex: x1, x2, label missing; comma"
    )
    assert of_numbers == (
        "columns of numbers: bill_length_mm (39.1 to 50, gaps in rows 7, 14), bill_depth_mm (15.2 "
        "to 18.7, gaps in rows 7): rename two to x1, x2"
    )
    assert "species ('Adelie' (7 rows), 'Gentoo' (4 rows), 'Chinstrap' (3 rows))" in of_classes
    assert "sex ('MALE' (6 rows), 'FEMALE' (6 rows))" in of_classes
    assert of_classes.endswith("rename one to label, keep the rows of two classes, and give 0 or 1")


def test_penguins_need_two_runs_not_five(tmp_path):
    """The first message says which columns to rename; the second says all that is left."""
    renamed = PENGUINS.replace("species,island,bill_length_mm,bill_depth_mm", "label,island,x1,x2")
    gaps, classes, unused = refusal(tmp_path, renamed)
    assert gaps.startswith("row 7: x1 is empty, row 7: x2 is empty, row 14: x1 is 'NA': give")
    assert "'Chinstrap' (3 rows); 3 classes, not two: keep the rows of two" in classes
    assert unused == "not used: island, sex; only x1, x2, label are read"


@pytest.mark.parametrize(
    ("header", "told", "not_told"),
    [
        ("alcohol,ash,target", ["numbers: alcohol (", "few values: target"], ()),
        ("x1,ash,target", ["target (0 to 1): rename one to x2", "target ('0' (4 rows)"], ()),
        ("x1,x2,target", ["rename one to label"], ["columns of numbers"]),
        ("X1,x2,target", ["rename 'X1' to 'x1'", "rename one to label"], ["columns of numbers"]),
        ("x1,x2,LABEL", ["rename 'LABEL' to 'label'"], ["columns of"]),
        ("1,2,0", ["its first line has numbers, put a line of names above it"], ["columns of"]),
        ("id,x2,label", ["columns id, x2, label: x1 missing"], ["columns of numbers: id"]),
    ],
)  # fmt: skip
def test_only_what_is_missing_is_sought_among_the_others(tmp_path, header, told, not_told):
    said = "; ".join(refusal(tmp_path, table(header=header)))
    for part in told:
        assert part in said
    for part in not_told:
        assert part not in said


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        # rows of another length: columns can be told, cells cannot
        (rows("x1,x2,kind", "1,2,a", "1,2"),
         ["row 2 has 2 fields, expected 3 .*; cells are checked once this", "label missing"]),
        (rows("x1,x1,label", *["1,,0", "2,3,5"] * 4),
         ["column x1 given twice", "columns x1, label: x2 missing", "labels are '0' .*, '5'"]),
        (rows("x1;x2;label", *["1,5;2.5;no", "2,5;;yes"] * 4),
         ["numbers such as '1,5'", "row 2: x2 is empty", "labels are 'no' .* 0 for 'no' and"]),
        (rows("x1,x2,label,split", *["1,2,0,train", "1,3,1,rest"] * 4),
         ["x1 is 1.0 in every row", "row 2: split is 'rest'"]),
        (rows("x1,x2,label,split", *["1,2,0,train", "3,one,1,train"] * 4),
         ["row 2: x2 is 'one', row 4", "column split has 0 test points of label 0 and 0"]),
        (rows("x1;x2;label", *["1.234,5;2;0", "1,5;2;1"] * 4),
         ["row 1: x1 is '1.234,5'.*give finite numbers, as in 1234.5", "x2 is 2.0 in every row"]),
    ],
)  # fmt: skip
def test_faults_of_form_and_of_cells_are_told_together(tmp_path, text, reasons):
    said = refusal(tmp_path, text)
    assert len(said) == len(reasons), said
    for reason, expected in zip(said, reasons, strict=True):
        assert re.search(expected, reason), reason


def test_further_coordinates_are_not_dropped_in_silence(tmp_path, recwarn):
    path = tmp_path / "points.csv"
    for header, warned in (("x1,x2,label,x3,x4", True), ("x1,x2,label,height,x", False)):
        path.write_text(
            table(header=header).replace("0\n", "0,3,4\n").replace("1\n", "1,3,4\n"), "utf-8"
        )
        dvlib.make_dataset(path, test_share=0)
        said = [str(one.message) for one in recwarn.list]
        assert any("two coordinates, x3, x4 are not read" in one for one in said) == warned
        recwarn.clear()

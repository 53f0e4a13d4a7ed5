"""`python -m dvlib value`: files written, three sentences, and one line for whatever is wrong."""

import gzip
import io
import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from dvlib.suite.command import main

pytestmark = pytest.mark.slow

FEW = ("--n-fits", "10")


@pytest.fixture(scope="module")
def flowers():
    table = load_iris(as_frame=True).frame.sample(48, random_state=0)
    return table.assign(kind=np.array(["setosa", "versicolor", "virginica"])[table.pop("target")])


@pytest.fixture
def table(flowers, tmp_path):
    path = tmp_path / "flowers.csv"
    flowers.to_csv(path, index=False)
    return path


def test_a_table_a_picture_and_what_to_do_next(table, flowers, capsys):
    assert main(["value", str(table), "--label", "kind", *FEW]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("48 rows × 4 columns: 20 fits to random halves, 5 watched runs")
    for part in ("the table has 48 rows and 100 are needed", "most suspicious rows", "  row ",
                 "wrote", "Next: look at", "--decisions"):  # fmt: skip
        assert part in said.out
    written = pd.read_csv(table.with_name("flowers-values.csv"), index_col="row")
    assert (np.diff(written["P(wrong)"]) <= 0).all(), "the most suspicious rows come first"
    written = written.sort_index()
    assert written.index.tolist() == list(range(1, 49))
    assert written["label"].tolist() == flowers["kind"].tolist()
    own = flowers.drop(columns="kind")
    np.testing.assert_allclose(written[own.columns], own)  # the user's columns come with them
    assert {"p_label value", "oob value", "oob standard_error", "decision"} <= set(written)
    assert table.with_name("flowers-values.png").read_bytes().startswith(b"\x89PNG")
    page = table.with_name("flowers-values.html").read_text()
    assert "nearest neighbours" in page and "http" not in page.replace("http-equiv", "")


def test_decisions_are_read_by_the_next_call(tmp_path, capsys):
    """60 rows of two clear classes, three labels wrong: two are corrected, one row is removed."""
    rng, path = np.random.default_rng(0), tmp_path / "t.csv"
    y = np.arange(120) % 2
    labels = np.array(["low", "high"])[np.where(np.arange(120) < 3, 1 - y, y)]
    frame = pd.DataFrame({"a": rng.normal(4 * y), "b": rng.normal(4 * y), "kind": labels})
    frame.to_csv(path, index=False)
    asked = ["value", str(path), "--label", "kind", "--methods", "oob"]
    assert main([*asked, "--json"]) == 3  # for a script: labels are flagged
    found = json.loads(capsys.readouterr().out)
    assert {1, 2, 3} <= {one["row"] for one in found["flagged"]} and found["refused"] is None
    values = tmp_path / "t-values.csv"
    table = pd.read_csv(values, index_col="row", dtype={"decision": object})
    for row, decision in ((1, "low"), (2, "high"), (3, "remove"), (4, "ok")):
        table.loc[row, "decision"] = decision
    table.to_csv(values)
    written = values.read_bytes()
    assert main(asked) == 2  # the user's words are not written over
    assert "holds decisions: give --decisions" in capsys.readouterr().err
    assert values.read_bytes() == written
    assert main([*asked, "--decisions", str(values)]) == 0
    assert "4 decisions: 3 labels are wrong, 1 are right" in capsys.readouterr().out
    corrected = pd.read_csv(tmp_path / "t-corrected.csv")
    expected = frame.drop(index=2).assign(kind=np.array(["low", "high"])[np.delete(y, 2)])
    pd.testing.assert_frame_equal(corrected, expected.reset_index(drop=True))
    again = pd.read_csv(values, index_col="row")
    assert again.loc[[1, 2, 3], "P(wrong)"].tolist() == [1, 1, 1] and again.loc[4, "P(wrong)"] == 0
    table.loc[5, "decision"] = "medium"
    table.to_csv(values)
    assert main([*asked, "--decisions", str(values)]) == 2
    assert "row 5: the decision is 'medium'; give ok, remove or one of" in capsys.readouterr().err


def test_methods_a_target_and_a_place(flowers, table, tmp_path, capsys):
    out = tmp_path / "found.csv"
    further = tmp_path / "further.csv"
    flowers.assign(**{flowers.columns[0]: flowers.iloc[:, 0] + 0.01}).to_csv(further, index=False)
    asked = ["--methods", "knn_shapley", "--target", str(further), "--out", str(out)]
    assert main(["value", str(table), "--label", "kind", *asked]) == 0
    assert {"label", "value", "standard_error"} <= {*pd.read_csv(out)}
    assert "no fits" in capsys.readouterr().err and out.with_suffix(".png").exists()


def test_without_fits_out_of_sample_the_hardest_rows_come_first(table, capsys):
    assert main(["value", str(table), "--label", "kind", "--methods", "el2n", *FEW]) == 0
    assert "No verdict on labels, and no page" in capsys.readouterr().out
    assert (np.diff(pd.read_csv(table.with_name("flowers-values.csv"))["value"]) <= 0).all()
    assert not table.with_name("flowers-values.html").exists()


def test_a_messy_table_is_taken_and_every_liberty_is_told(tmp_path, capsys):
    """Gaps, odd cells, dates, spellings, ids and a label that is missing."""
    rng = np.random.default_rng(0)
    ages, kinds = rng.integers(18, 80, 60), rng.integers(0, 2, 60)
    lines = [
        f"c{k:04d},{ages[k] + 10 * kinds[k]},2021-0{1 + k % 9}-11,"
        f"{('north', 'North', 'south')[k % 3]},{('no', 'yes')[kinds[k]]}"
        for k in range(60)
    ]
    lines[4] = "c0004,,2021-01-11,north,no"
    lines[7] = 'c0007,"44,734.74",2021-01-11,,yes'
    lines[9] = "c0009,31,2021-01-11,north,"
    path = tmp_path / "customers.csv"
    path.write_text("id,age,since,region,outcome\n" + "\n".join(lines) + "\n")
    assert main(["value", str(path), "--label", "outcome", "--methods", "oob", *FEW]) == 0
    said = capsys.readouterr().err
    for part in (
        "outcome: rows without a label left out: 10", "id: left out: 59 different texts",
        "age: 1 cell is no number ('44,734.74' in row 8): a gap", "age: 2 gaps: the median",
        "since: dates are read as days", "region: case and blanks do not count: 'north' = 'North'",
        "region: 1 gap: a category of its own",
    ):  # fmt: skip
        assert part in said
    written = pd.read_csv(tmp_path / "customers-values.csv")
    assert sorted(written["row"]) == [row for row in range(1, 61) if row != 10]


def test_pipes_and_packed_files_are_read(flowers, table, tmp_path, capsys, monkeypatch):
    packed, text = tmp_path / "other.csv.gz", table.read_bytes()
    packed.write_bytes(gzip.compress(text))
    stream = SimpleNamespace(buffer=io.BytesIO(text))
    monkeypatch.setattr("sys.stdin", stream)
    monkeypatch.chdir(tmp_path)
    for path in (str(table), str(packed), "-"):
        assert main(["value", path, "--label", "kind", "--methods", "oob", *FEW]) == 0
    names = ("flowers-values.csv", "other-values.csv", "table-values.csv")
    first, *others = [(tmp_path / name).read_bytes() for name in names]
    assert others == [first, first]


@pytest.mark.parametrize(("name", "says"), [
    ("https://example.org/a.csv", "is a web address"), ("a.xlsx", "is a workbook: save its sheet"),
    ("~nobody.csv", "~nobody.csv does not exist"), ("a.csv.gz", "cannot be unpacked"),
    ("a.parquet", "Parquet"),
])  # fmt: skip
def test_what_is_no_text_file_is_refused_by_name(name, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for file, content in (("a.xlsx", b"PK"), ("a.csv.gz", b"\x1f\x8bno"), ("a.parquet", b"PAR1")):
        (tmp_path / file).write_bytes(content)
    assert main(["value", name, "--label", "kind"]) == 2
    assert says in capsys.readouterr().err


def test_a_file_whose_name_begins_with_a_tilde_is_a_file(table, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    table.rename(tmp_path / "~flowers.csv")
    assert main(["value", "~flowers.csv", "--label", "kind", "--methods", "oob", *FEW]) == 0


def test_what_the_user_has_written_is_not_written_over(table, capsys, monkeypatch):
    out, picture = table.with_name("found.csv"), table.with_name("found.png")
    asked = ["value", str(table), "--label", "kind", "--methods", "oob", *FEW, "--out", str(out)]
    for place in (out, picture):
        place.write_text("mine")
        assert main(asked) == 2 and "dvlib has not written it" in capsys.readouterr().err
        assert place.read_text() == "mine"
        place.unlink()
    picture.write_text("mine")
    assert main([*asked, "--overwrite"]) == 0
    assert main(asked) == 0  # its own files


@pytest.mark.parametrize("dialect", [dict(sep=";", decimal=","), dict(encoding="utf-16")], ids=str)
def test_dialects_give_the_same_values(flowers, table, tmp_path, dialect, capsys):
    other = tmp_path / "other.csv"
    flowers.to_csv(other, index=False, **dialect)
    for path in (table, other):
        assert main(["value", str(path), "--label", "kind", *FEW]) == 0
    same = [pd.read_csv(path.with_name(f"{path.stem}-values.csv")) for path in (table, other)]
    kept = [name for name in same[0] if name not in flowers]  # own cells stay as they are written
    pd.testing.assert_frame_equal(same[0][kept], same[1][kept])


USUAL = "a,kind\n1,x\n"
# A table, options besides --label kind, and what is said; None if it can be used.
BAD = {
    "not a number": ("a,b,kind\n" + "1,2,x\n?,3,y\n" * 8, (), None),  # "?" is a category
    "no such label": (USUAL, ("--label", "knd"), "no column 'knd'"),
    "unclosed": (
        "a,b,kind\n" + "1,2,x\n" * 4 + '1,"2,x\n' + "1,2,y\n" * 3 + '1,"3,y\n' + "1,2,y\n" * 4, (),
        "in the row that begins in line 6",
    ),
    "closed later": (
        "a,b,kind\n" + '1,"2,x\n' + "1,2,y\n" * 3 + '1,2",y\n' + "1,2,y\n" * 4, (),
        "lines that look like rows are in one cell, in the row that begins in line 2",
    ),
    "twice": ("a,a,kind\n1,2,x\n", (), "column a given twice"),
    "strict": ("a,kind\n" + "1,x\n,y\n3,y\n2,x\n" * 4, ("--strict",), "a: 4 gaps: the median, 2"),
    "ragged": ("a,kind\n1,x\n1,2,3\n", (), "row 2 has 3 fields"), "empty": ("", (), "it is empty"),
    "names only": ("a,kind\n", (), "has no rows"),
    "method": (USUAL, ("--methods", "lou"), "did you mean 'loo'"),
    "target": (USUAL, ("--target", "no.csv"), "no.csv does not exist"),
    "out": (USUAL, ("--out", "no/such/values.csv"), "does not exist"),
    "suffix": (USUAL, ("--out", "values.xlsx"), "ends in .csv"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said_in_one_line(name, tmp_path, capsys, monkeypatch):
    content, options, says = BAD[name]
    path = tmp_path / "table.csv"
    path.write_text(content)
    asked = ["value", str(path), "--label", "kind", *options]
    if says is None:
        assert main([*asked, "--methods", "oob", *FEW]) == 0
        return
    monkeypatch.setattr("dvlib.engine.observe.train_model", None)
    assert main(asked) == 2
    said = capsys.readouterr()
    assert says in said.err and said.err.count("\n") == 1 and said.out == ""
    assert [one.name for one in tmp_path.iterdir()] == ["table.csv"]


def test_whole_labels_are_told_of_as_whole(tmp_path, capsys):
    path = tmp_path / "table.csv"
    path.write_text("a,b,kind\n" + "".join(f"{k * 7 % 20},{k % 3}.5,{k % 2}\n" for k in range(20)))
    assert main(["value", str(path), "--label", "kind", "--methods", "oob", *FEW]) == 0
    assert re.search("labelled [01], looks like [01],", capsys.readouterr().out)


def test_a_file_that_is_none_and_no_label(tmp_path, table, capsys):
    for path, says in (("none.csv", "does not exist"), (".", "is a folder")):
        assert main(["value", str(tmp_path / path), "--label", "kind"]) == 2
        assert says in capsys.readouterr().err
    assert main(["value", str(table)]) == 2
    assert "no --label: give the column that holds the labels, one of" in capsys.readouterr().err


def test_the_table_itself_is_never_written_over(table, capsys):
    target = table.with_name("target.csv")
    target.write_bytes(table.read_bytes())
    before = table.read_bytes()
    asked = ["value", str(table), "--label", "kind", "--target", str(target), "--out"]
    for out, says in ((table, "is what is read"), (target, "is what is read")):
        assert main([*asked, str(out)]) == 2
        assert says in capsys.readouterr().err and out.read_bytes() == before


def test_a_place_that_cannot_be_written_costs_no_fit(table, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("dvlib.engine.observe.train_model", None)
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "other.png").mkdir()
    for out, says in (("folder.csv", "is a folder"), ("other.csv", "other.png is a folder")):
        assert main(["value", str(table), "--label", "kind", "--out", str(tmp_path / out)]) == 2
        assert says in capsys.readouterr().err

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refused)  # root may write everywhere
    assert main(["value", str(table), "--label", "kind"]) == 2
    assert "cannot be written: Permission denied; give --out" in capsys.readouterr().err


def test_a_column_that_counts_the_rows_is_no_feature(flowers, table, tmp_path, capsys):
    numbered = tmp_path / "numbered.csv"
    flowers.reset_index(drop=True).to_csv(numbered)  # pandas writes its index by default
    for path in (table, numbered):
        assert main(["value", str(path), "--label", "kind", "--methods", "oob", *FEW]) == 0
    assert "(no name): left out: numbers the rows" in capsys.readouterr().err
    same = [pd.read_csv(path.with_name(f"{path.stem}-values.csv")) for path in (table, numbered)]
    pd.testing.assert_frame_equal(same[0], same[1].drop(columns="(no name)"))

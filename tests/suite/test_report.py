"""The report holds every claim, its numbers are those of the files, and the files decide its bytes.

The text of a PDF is hard to read back. The template marks claims, numbers and pages with labels,
and Typst answers queries for them.
"""

import csv
import json
import shutil
import sys

import pytest

from dvlib.root import project_root
from dvlib.suite import report
from dvlib.suite.command import main
from dvlib.suite.report import Report, ReportError, write_report

pytestmark = pytest.mark.slow
FIGURES = project_root() / "figures"
PAGES = 12  # before the appendix


@pytest.fixture(scope="module")
def committed():
    return Report(project_root())


@pytest.fixture
def clone(tmp_path):
    """A folder with the files that the report reads."""
    for name in report.sources():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project_root() / name, tmp_path / name)
    return tmp_path


def record(name, folder=FIGURES):
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def change(clone, name, edit):
    """Let `edit` change the contents of a JSON file of the clone."""
    path = clone / "figures" / f"{name}.json"
    contents = record(name, path.parent)
    edit(contents)
    path.write_text(json.dumps(contents), encoding="utf-8")


def numbers(made):
    """Numbers of the text by name, as they are printed."""
    return {one["name"]: one["shown"] for one in made.query("number")}


def test_committed_files_give_a_paper_of_at_most_twelve_pages(committed):
    assert committed.compile().startswith(b"%PDF-")
    (pages,) = committed.query("pages")
    assert 1 < pages <= PAGES


def test_every_claim_has_one_row(committed):
    stems = ["claims", *(path.stem for path in FIGURES.glob("ext*.json"))]
    claims = {name for stem in stems for name in record(stem)["claims"]}
    assert len(claims) > 38
    assert sorted(committed.query("claim")) == sorted(claims)


def test_numbers_in_the_text_are_those_of_the_files(committed):
    shown = numbers(committed)
    assert shown["fits of claims"] == f"{record('claims')['fits']:,}"
    assert shown["fits of unstated"] == f"{record('unstated')['fits']:,}"
    with open(FIGURES / "unstated.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["statement"] == "all"]
    settings = [row for row in rows if row["cluster_std"] not in ("library", "any")]
    assert shown["settings"] == str(sum(row["batch_size"] != "any" for row in settings))
    (library,) = (row for row in rows if row["cluster_std"] == "library")
    assert float(shown["score of library"]) == pytest.approx(float(library["share"]), abs=0.005)


def test_verdicts_are_counted_by_regime(clone):
    def two_regimes(contents):
        for claim in contents["claims"].values():
            claim["verdict"] = claim["beside"]["verdict"] = "partly"
        contents["claims"]["C01"]["verdict"] = "reproduced"
        contents["claims"]["C02"]["beside"]["verdict"] = "not reproduced"
        contents["claims"]["C03"]["beside"]["verdict"] = "undecided"
        contents["claims"]["C04"]["verdict"] = "mostly"

    change(clone, "claims", two_regimes)
    count = sum(int(name[1:3]) <= 38 for name in record("claims")["claims"])
    shown = numbers(Report(clone))
    assert shown["library, reproduced"] == "1"
    assert shown["library, mostly"] == "1"
    assert shown["library, partly"] == str(count - 2)
    assert shown["wide, partly"] == str(count - 2)
    assert shown["wide, not reproduced"] == shown["wide, undecided"] == "1"
    assert shown["differ"] == "3"  # C01, C02 and C04, but not C03


def test_a_new_claim_and_long_words_stay_within_the_pages(clone):
    def full(contents):
        for name in ("C22b", "C29b", "C99"):
            contents["claims"].setdefault(name, dict(contents["claims"]["C22"]))
        for claim in contents["claims"].values():
            claim["beside"] = claim | {"regime": "wide"}

    change(clone, "claims", full)
    made = Report(clone)
    assert {"C22b", "C29b", "C99"} <= {*made.query("claim")}
    (pages,) = made.query("pages")
    assert pages <= PAGES


def test_the_confirmation_and_the_register_are_shown_once_they_exist(clone):
    assert "confirmed" not in numbers(Report(clone))
    contents = record("claims")
    for name in ("C01", "C05"):
        contents["claims"][name]["verdict"] = "not measured"  # as no claim is
    (clone / "figures" / "confirm").mkdir()
    (clone / "figures" / "confirm" / "claims.json").write_text(json.dumps(contents))
    table = "| claim | measure |\n|---|:-:|\n| C01 | [AUC](a.md) of `value` \\| mean |\n"
    (clone / report.REGISTER).write_text(f"# Register\n\n{table}", encoding="utf-8")
    made = Report(clone)
    assert numbers(made)["confirmed"] == str(len(contents["claims"]) - 2)
    assert made.query("measure") == ["AUC of value | mean"]
    (pages,) = made.query("pages")
    assert pages <= PAGES


def test_the_files_decide_the_bytes_and_the_date(clone, monkeypatch):
    # the next day in Tokyo
    change(clone, "claims", lambda contents: contents.update(time="2031-01-01T23:00:00+00:00"))
    first = write_report(clone).read_bytes()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert write_report(clone).read_bytes() == first
    made = {path.relative_to(clone).as_posix() for path in (clone / "figures").iterdir()}
    read = {name for name in report.sources() if name.startswith("figures/")}
    assert made == read | {"figures/report.pdf"}
    change(clone, "claims", lambda contents: contents.update(time="2031-02-03T04:05:06+00:00"))
    assert b"20310203040506" in Report(clone).compile()
    assert b"20310203040506" not in first


def test_a_missing_or_damaged_file_is_named_with_the_command_that_makes_it(clone):
    for name in ("fig01_leave_one_out.png", "unstated.csv", "claims.json"):
        path, figure = clone / "figures" / name, name.split("_")[0].split(".")[0]
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(ReportError, match=f"figures/{name} is missing.*run make {figure}$"):
            write_report(clone)
        path.write_bytes(content)
    (clone / "docs" / "references.bib").unlink()
    with pytest.raises(ReportError, match=r"docs/references.bib is missing.*restore it"):
        write_report(clone)
    shutil.copy(project_root() / "docs" / "references.bib", clone / "docs")
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"claims\.json is damaged.*make it anew"):
        Report(clone)
    assert not (clone / "figures" / "report.pdf").exists()


def test_the_command_says_what_it_wrote_or_why_not(monkeypatch, clone, capsys):
    monkeypatch.setattr(report, "project_root", lambda: clone)
    assert main(["report"]) == 0
    assert "report.pdf" in capsys.readouterr().out
    monkeypatch.setitem(sys.modules, "typst", None)  # as if it was not installed
    assert main(["report"]) == 1
    assert "pip install dvlib[report]" in capsys.readouterr().err

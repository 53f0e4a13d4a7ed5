"""Results and findings: their numbers are filled in from the committed files."""

import csv
import re
import shutil

import pytest

from dvlib.root import project_root
from dvlib.suite import page
from dvlib.suite.findings import all_findings


def test_committed_documents_have_the_committed_numbers():
    for path, text in page.render_texts().items():
        assert (project_root() / path).read_text(encoding="utf-8") == text, "python -m dvlib page"


def test_ten_findings_of_every_sort_in_900_words():
    text = page.render_texts()["docs/learned.md"]
    sorts = re.findall(r"^\d+\. \*\*.*?\*\* \*\((.*?)\)\*", text, re.MULTILINE)
    assert len(sorts) == 10 and {*sorts} == {*page.SORTS.values()}
    assert len(text.split()) <= 900


def test_results_have_every_claim_in_a_table():
    text = page.render_texts()["docs/results.md"]
    anew, rows = (
        re.findall(r"^\| \*\*(C\d\db?)\*\*.*\|$", part, re.MULTILINE)
        for part in text.split("## All claims")
    )
    assert rows == [*all_findings()]
    assert anew == [
        name for name, claim in all_findings().items() if claim.confirmed not in ("", claim.verdict)
    ]
    assert page._cell("a | b\n<c>") == r"a \| b \<c>"


def test_numbers_follow_the_files_and_an_unknown_part_is_named(tmp_path):
    for name in ("claims.csv", "claims.json", "robustness.csv", "unstated.csv"):
        shutil.copy(project_root() / "figures" / name, tmp_path)
    shutil.copytree(project_root() / "figures" / "confirm", tmp_path / "confirm")
    table = tmp_path / "claims.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    (k,) = (k for k, line in enumerate(lines) if ",C36,library," in line)
    (row,) = csv.DictReader([lines[0], lines[k]])
    lines[k] = lines[k].replace(row["mean"], "0.987")
    table.write_text("\n".join(lines), encoding="utf-8")
    assert "moves the boundary 0.99 [" in page.render_texts(tmp_path)["docs/learned.md"]
    with pytest.raises(LookupError, match="C36 has no number 'nothing' in library: it has"):
        page._facts(tmp_path)["mean"]("C36", "nothing")

"""The page of changed measures has every claim, with its verdict before and now."""

import re
import tomllib

from dvlib.paper.figures import claims
from dvlib.root import project_root
from dvlib.suite import changes
from dvlib.suite.findings import read_record

BEFORE = tomllib.loads((project_root() / changes.BEFORE).read_text(encoding="utf-8"))


def rows():
    """The cells of the row of each claim."""
    lines = re.findall(r"^\| (C\d\db?): (.*) \|$", changes.changes_page(), re.MULTILINE)
    return {name: cells.split(" | ") for name, cells in lines}


def test_every_claim_has_a_row_with_the_old_and_both_new_verdicts():
    now = read_record("claims")["claims"]
    found = rows()
    assert found.keys() == now.keys() and BEFORE.keys() <= now.keys() <= claims().keys()
    for name, cells in found.items():
        if "b" not in name and name > "C38":
            assert cells[1:3] == ["–", "–"]  # of an extension: there was no verdict before
        else:
            assert cells[2].startswith(BEFORE[name.rstrip("b")]["verdict"]), name
        known = name in now and changes._of_this_rule(name, now[name])
        re_aimed = "why" in BEFORE.get(name.rstrip("b"), {})
        wide, library = cells[4:6] if re_aimed else cells[3:5]
        assert library.startswith(now[name]["verdict"] if known else "–"), name
        assert wide.startswith(now[name]["beside"]["verdict"] if known else "–"), name


def test_each_regime_has_its_own_column():
    record = {"verdict": "partly", "samples": 10, "measured": "a: 1 ≥ 2", "regime": "library"}
    other = {"verdict": "reproduced", "samples": 3, "measured": "a: 3 ≥ 2", "regime": "wide"}
    both = ["reproduced (3 samples): a: 3 ≥ 2", "partly (10 samples): a: 1 ≥ 2"]
    assert changes._in_regimes(record | {"beside": other}) == both
    assert changes._in_regimes(other | {"beside": record}) == both
    assert changes._in_regimes(record) == ["–", both[1]]
    assert changes._in_regimes(None) == ["–", "–"]


def test_a_verdict_by_another_measure_or_rule_is_not_shown_as_todays():
    record = {"threshold": claims()["C15"].threshold, "parts": {"a": {"status": "holds"}}}
    assert changes._of_this_rule("C15", record)
    assert not changes._of_this_rule("C15", record | {"threshold": "another"})
    assert not changes._of_this_rule("C15", record | {"parts": {"a": {}}})
    assert not changes._of_this_rule("C99", record)


def test_a_changed_measure_says_what_it_was_and_why():
    for name, old in BEFORE.items():
        assert ("why" in old) == ("measure" in old), name
    assert sum("why" in old for old in BEFORE.values()) >= 20
    assert rows()["C27"][3] == claims()["C27"].threshold


def test_the_committed_page_is_that_of_the_data():
    stored = (project_root() / changes.PAGE).read_text(encoding="utf-8")
    assert stored == changes.changes_page(), "run `make page`"


def test_a_bar_in_a_text_does_not_end_the_cell():
    assert changes._row(("a | b", "c\n d")) == "| a \\| b | c d |\n"

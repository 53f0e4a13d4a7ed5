"""The Markdown of the notebooks quotes the committed results: numbers and verdicts of claims."""

import json
import re
from collections import Counter

import pandas as pd
import pytest
from support.quoted import VERDICTS, claims_of, decimals, not_among, numbers_of, text_of

from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root

STEMS = [entry.stem for entry in FIGURES.values()]
ALL = claims_of("claims")  # over the samples of all claims
NAMED = re.compile(r"\bC\d\db?\b")
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
VERDICT = re.compile(rf"`({VERDICTS})`([^`.]*?) (?:at `(quick|paper)`|(?:over|in)\b)")


def cells_of(stem, kind):
    cells = json.loads(text_of(f"notebooks/{stem}.ipynb"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == kind]


def pieces(markdown):
    """Paragraphs, list items and rows of tables, each as one text."""
    return re.split(r"\n\s*\n|\n(?=\s*(?:[-*] |\d+\. |\|))", markdown)


def pieces_about_claims(stem):
    """(claims named, text) of each piece that names a claim."""
    for cell in cells_of(stem, "markdown"):
        for piece in pieces("".join(cell["source"])):
            if named := sorted(set(NAMED.findall(piece))):
                yield named, piece


def unknown_numbers(named, text, own):
    """Decimals of a text that are no number of the claims named; `own` are the figure's claims."""
    records = [record[claim] for claim in named for record in (ALL, own) if claim in record]
    known = [value for record in records for value in numbers_of(record, samples=True)]
    return not_among(decimals(text), known)


def stored_verdicts(stem):
    """Claim → verdict that the stored cells of a notebook print; they run at `quick`."""
    outputs = [output for cell in cells_of(stem, "code") for output in cell["outputs"]]
    printed = "".join("".join(output.get("text", ())) for output in outputs)
    return dict(re.findall(rf"^(C\d\db?)  ({VERDICTS}): ", printed, re.MULTILINE))


def quoted_verdicts(text):
    """(claim named last before, verdict, where: quick, paper or all) for each quoted verdict."""
    for found in VERDICT.finditer(text):
        before = NAMED.findall(text[: found.start()])
        if before:
            yield before[-1], found[1], found[3] or "all"


@pytest.mark.parametrize("stem", STEMS)
def test_decimals_about_a_claim_are_numbers_of_that_claim(stem):
    own = claims_of(stem)
    wrong = [
        (named, number)
        for named, text in pieces_about_claims(stem)
        for number in unknown_numbers(named, text, own)
    ]
    assert not wrong


@pytest.mark.parametrize("stem", STEMS)
def test_quoted_verdicts_are_those_of_the_preset(stem):
    records = {"paper": claims_of(stem), "all": ALL}
    verdicts = {
        where: {claim: record["verdict"] for claim, record in of.items()}
        for where, of in records.items()
    }
    verdicts["quick"] = stored_verdicts(stem)
    wrong = [
        (claim, verdict, where, verdicts[where].get(claim))
        for _, text in pieces_about_claims(stem)
        for claim, verdict, where in quoted_verdicts(text)
        if verdicts[where].get(claim) != verdict
    ]
    assert not wrong


def test_notebook_of_all_claims_counts_the_committed_verdicts():
    """`claims.ipynb` says how many verdicts of each kind there are, and how the regimes compare."""
    text = "".join("".join(cell["source"]) for cell in cells_of("claims", "markdown"))
    paper = {claim: record["verdict"] for claim, record in ALL.items()}
    counts = Counter(paper.values())
    assert (
        f"of {len(paper)} claims {counts['reproduced']} are `reproduced`, {counts['partly']} "
        f"`partly`, {counts['undecided']} `undecided` and {counts['not reproduced']} "
        "`not reproduced`"
    ) in text
    quick = stored_verdicts("claims")
    differ = sum(quick[claim] != verdict for claim, verdict in paper.items())
    stored = f"Of the {len(paper)} verdicts stored here, {differ} differ from those of `paper`."
    assert stored in text
    for words, count in Counter(one["beside"]["compared"] for one in ALL.values()).items():
        assert f"`{words}` {count}" in text


def test_notebook_on_robustness_counts_the_committed_combinations():
    text = "".join("".join(cell["source"]) for cell in cells_of("robustness", "markdown"))
    table = pd.read_csv(project_root() / "figures" / "robustness.csv")
    home = table.query("deviation == 1 and points_a_label == 500 and units == 1000")
    home = home.query("low == -10 and high == 25").set_index("claim").verdict

    def count(claim, verdict="reproduced", among=table):
        return int(((among.claim == claim) & (among.verdict == verdict)).sum())

    corners = len(table) // table.claim.nunique()
    others = table[(table.claim == "C01") & (table.verdict != "reproduced")]
    narrow = (others.units == 10).sum()
    assert f"`reproduced` in {count('C01')} of the {corners} combinations" in text
    assert f"Of the other {len(others)}, {narrow} have 10 units." in text
    assert {*others[others.units >= 100].verdict} <= {"partly"}
    assert f"C04 is `reproduced` in {count('C04')} combinations and C35 in {count('C35')}." in text
    assert count("C37", "partly") == corners and "C37 is `partly` in all." in text
    wide = table[table.units == 1000]
    steady = [name for name in home.index if count(name, among=wide) == corners // 3]
    assert (
        f"With 1,000 units, {', '.join(steady[:-1])} and {steady[-1]} are `reproduced` in" in text
    )
    weak = [count(name) for name in ("C03", "C10", "C27")]
    assert "C03 is `reproduced` in {} combinations, C10 in {} and C27 in {}.".format(*weak) in text
    assert {*home[["C03", "C10", "C27"]]} == {"reproduced"}
    undecided = [count(name, "undecided") for name in ("C05", "C10")]
    assert "C05 in {} combinations and C10 in {}.".format(*undecided) in text
    assert {*table.samples} <= {*range(6)} and table.samples.max() == 5


def test_a_wrong_number_and_the_number_of_another_claim_are_found():
    text = "- **C03.** The correlation (section 3.1) is −0.58, not 0.58, nor 0.993."
    assert unknown_numbers(["C03"], text, {}) == ["0.58", "0.993"]
    assert unknown_numbers(["C01"], "the AUC is 0.993, and 0.9933 with more digits", {}) == []
    assert unknown_numbers(["C01"], "the AUC is 0.876", {}) == ["0.876"]


def test_verdicts_are_found_with_their_claim_and_preset():
    text = (
        "C05 is `not reproduced` at `quick`, where few points lie, and `partly` at `paper`. "
        "C06 is `undecided` over three sets of seeds."
    )
    assert list(quoted_verdicts(text)) == [
        ("C05", "not reproduced", "quick"), ("C05", "partly", "paper"), ("C06", "undecided", "all"),
    ]  # fmt: skip
    assert pieces("one\n- two\n- three\n\nfour\n| five |") == [
        "one", "- two", "- three", "four", "| five |",
    ]  # fmt: skip

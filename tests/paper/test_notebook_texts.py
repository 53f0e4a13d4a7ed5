"""Numbers and verdicts that notebooks and README quote of a claim are the committed ones."""

import json
import re
from collections import Counter

import numpy as np
import pytest

from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root
from dvlib.suite.findings import MARKS, read_record

ALL = read_record("claims")["claims"]  # over the samples of all claims
README = (project_root() / "README.md").read_text(encoding="utf-8")
VERDICTS = "|".join([*MARKS, "not measured"])
NAMED = re.compile(r"\bC\d\db?\b")
VERDICT = re.compile(rf"`({VERDICTS})`([^`.]*?) (?:at `(quick|paper)`|(?:over|in)\b)")
# Not numbers of a claim: sections of the paper, targets of links, A.1.1 and x1.5.
OTHERS = re.compile(r"\bsections? [A\d][.\d]*((,| and|, and) [A\d][.\d]*)*|\]\([^)]*\)", re.I)
DECIMAL = re.compile(r"(?<![\w.])-?\d+\.\d+")


def cells_of(stem, kind):
    text = (project_root() / "notebooks" / f"{stem}.ipynb").read_text(encoding="utf-8")
    return [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == kind]


def pieces_about_claims(texts):
    """(claims named, text) of each paragraph, list item and row of a table that names a claim."""
    for text in texts:
        for piece in re.split(r"\n\s*\n|\n(?=\s*(?:[-*] |\d+\. |\|))", text):
            if named := sorted(set(NAMED.findall(piece))):
                yield named, piece


def texts_of(stem):
    return ["".join(cell["source"]) for cell in cells_of(stem, "markdown")]


def numbers_of(record):
    """Numbers of a claim's record: measured in either regime, means, thresholds and samples."""
    yield from record["numbers"].values()
    yield from record.get("beside", {}).get("numbers", {}).values()
    for part in record["parts"].values():
        yield from (part["threshold"], np.mean(np.array(part["values"], float)), *part["values"])


def unknown_numbers(named, text, own=()):
    """Decimals of a text that are no number of the claims named; `own` are the figure's claims."""
    records = [record[claim] for claim in named for record in (ALL, own) if claim in record]
    known = [value for record in records for value in numbers_of(record) if value is not None]
    written = DECIMAL.findall(OTHERS.sub("]", text.replace("−", "-")))

    def is_known(number):
        digits = len(number.split(".")[1])
        return any(f"{value:.{digits}f}" == number for value in known)

    return [number for number in written if not is_known(number)]


def quoted_verdicts(text):
    """(claim named last before, verdict, where: quick, paper or all) for each quoted verdict."""
    for found in VERDICT.finditer(text):
        before = NAMED.findall(text[: found.start()])
        if before:
            yield before[-1], found[1], found[3] or "all"


@pytest.mark.parametrize("stem", [entry.stem for entry in FIGURES.values()])
def test_a_notebook_quotes_the_numbers_and_verdicts_of_its_claims(stem):
    own = read_record(stem).get("claims", {})
    outputs = [output for cell in cells_of(stem, "code") for output in cell["outputs"]]
    printed = "".join("".join(output.get("text", ())) for output in outputs)
    stored = dict(re.findall(rf"^(C\d\db?)  ({VERDICTS}): ", printed, re.MULTILINE))  # at quick
    verdicts = {"quick": stored}
    verdicts["paper"] = {claim: record["verdict"] for claim, record in own.items()}
    verdicts["all"] = {claim: record["verdict"] for claim, record in ALL.items()}
    for named, text in pieces_about_claims(texts_of(stem)):
        assert not unknown_numbers(named, text, own), named
        for claim, verdict, where in quoted_verdicts(text):
            assert verdicts[where].get(claim) == verdict, (claim, where)


def test_the_readme_quotes_numbers_verdicts_and_counts():
    papers = {name: record["verdict"] for name, record in ALL.items() if name[:3] <= "C38"}
    for named, text in pieces_about_claims([README]):
        assert not unknown_numbers(named, text), named
    quoted = re.findall(rf"\((C\d\db?), ({VERDICTS})\)", README)
    assert len(quoted) >= 7 and all(papers[claim] == verdict for claim, verdict in quoted)
    count = Counter(papers.values())
    assert (
        f"Of {len(papers)} claims of the paper, {count['reproduced']} are reproduced, "
        f"{count['mostly']} hold mostly, {count['partly']} hold partly, "
        f"{count['undecided']} are undecided"
    ) in README
    assert f"and {count['not reproduced']} are not reproduced" in README
    confirmed = read_record("confirm/claims")["claims"]
    same = sum(confirmed[name]["verdict"] == verdict for name, verdict in papers.items())
    assert f"{same} of the {len(papers)} verdicts are the same" in README


def test_wrong_numbers_are_found_and_verdicts_with_their_claim_and_preset():
    text = "- **C03.** The correlation (section 3.1) is −0.58, not 0.58, nor 0.993."
    assert unknown_numbers(["C03"], text) == ["0.58", "0.993"]
    text = (
        "C05 is `not reproduced` at `quick`, where few points lie, and `partly` at `paper`. "
        "C06 is `undecided` over three sets of seeds."
    )
    assert list(quoted_verdicts(text)) == [
        ("C05", "not reproduced", "quick"), ("C05", "partly", "paper"), ("C06", "undecided", "all"),
    ]  # fmt: skip

"""README and docs quote the committed verdicts and numbers; their links and examples work."""

import csv
import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from support.quoted import ROOT, claims_of, decimals, not_among, numbers_of, text_of

# The book checks the links of its first page, some of which lead to pages that Sphinx makes.
PAGES = [
    ROOT / "README.md",
    *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name != "index.md"),
]
LARGEST = 9_216  # bytes of the README: what a newcomer reads in a few minutes

README, RESULTS = text_of("README.md"), text_of("docs/results.md")
# The paper's 38 claims. A claim that is added is ours, and stands on the page of figures only.
CLAIMS = {name: record for name, record in claims_of("claims").items() if name <= "C38"}
PARTS = {}  # claim → part → row of the CSV, in the figures' own regime
for _row in csv.DictReader(text_of("figures/claims.csv").splitlines()):
    if _row["regime"] != "library":
        continue
    PARTS.setdefault(_row["claim"], {})[_row["part"]] = _row


def number(claim, name, column="mean"):
    """A number of a claim: that of a part in the CSV, or else one measured beside the parts."""
    row = PARTS[claim].get(name)
    return CLAIMS[claim]["numbers"][name] if row is None else float(row[column])


def per_sample(claim, part):
    return np.array(CLAIMS[claim]["parts"][part]["values"], float)


def quote(template, *numbers):
    """The sentence expected in the documents, with a typographic minus."""
    text = template.format(*numbers)
    return re.sub(r"-(?=\d)", "−", text)


def robustness():
    """Combinations reproduced by claim, number of combinations, and whether each is reproduced."""
    rows = {}
    for row in csv.DictReader(text_of("figures/robustness.csv").splitlines()):
        corner = tuple(row[n] for n in ("deviation", "points_a_label", "units", "low", "high"))
        rows[row["claim"], corner] = row["verdict"] == "reproduced"
    counts = Counter(claim for (claim, _), holds in rows.items() if holds)
    return counts, len({corner for _, corner in rows}), rows


def counts():
    return Counter(claim["verdict"] for claim in CLAIMS.values())


def quotes():
    """(page, sentence expected there), each made from the committed numbers."""
    found, loo = counts(), "AUC against {}, {}"
    sets = ("four_clusters", "noisy", "zero_centered")
    against = {of: [number("C29", loo.format(of, name)) for name in sets] for of in ("g", "f_X")}
    full = per_sample("C11", "AUC, full")
    words = {3: "three", 7: "seven"}
    ranges = [
        extreme(per_sample("C12", f"rank correlation, {baseline}"))
        for baseline in ("full", "moving average", "shared")
        for extreme in (np.min, np.max)
    ]
    dv = {
        method: [number("C19", f"dv, {method}, {kind} clusters") for kind in ("two", "four")]
        for method in ("leave-one-out", "Shapley", "random", "last learned", "DVRL")
    }
    batches = ["500, batches of 150", "500"]
    scatter = [number("C16", f"dv {w}, {b}") for b in batches for w in ("without", "with")]
    reproduced, corners, by_corner = robustness()
    few_units = sum(
        not holds and corner[2] != "10" for (claim, corner), holds in by_corner.items()
        if claim == "C01"
    )  # fmt: skip
    yield from [
        ("README", quote(
            "Of {} claims, {} are reproduced, {} hold partly, {} are unstable (a part of them "
            "holds on some samples of the data and not on others), and {} are not reproduced.",
            len(CLAIMS), found["reproduced"], found["partly"], found["unstable"],
            found["not reproduced"])),
        ("results", quote(
            "Of {} claims, {} are reproduced, {} hold partly, {} are unstable and {} are not "
            "reproduced.", len(CLAIMS), found["reproduced"], found["partly"], found["unstable"],
            found["not reproduced"])),
        ("README", quote(
            "an AUC of {:.3f} when the reference is the ground truth, and {:.3f} when it is the "
            "learned boundary (C01", number("C01", "AUC against g"),
            number("C01", "AUC against f_X"))),
        ("README", quote("the AUC is {:.2f} on four clusters, {:.2f} on noisy data and {:.2f} on "
                         "centred data", *against["f_X"])),
        ("README", quote("to the truth, the AUC is {:.2f}, {:.2f} and {:.2f}.", *against["g"])),
        ("README", quote(
            "against the learned boundary (AUC {:.2f}), and hardly against the ground truth "
            "({:.2f}) (C22", number("C22", "AUC, leave-one-out, f_X"),
            number("C22", "AUC, leave-one-out, g"))),
        ("results", quote(
            "for the regions is {:.3f} against the ground truth $g$ and {:.3f} against the learned "
            "boundary $f_X$", number("C01", "AUC against g"), number("C01", "AUC against f_X"))),
        ("results", quote("the AUC for the regions is above 0.9 in {} and below 0.1 in {} (C11)",
                          words[int((full > 0.9).sum())], words[int((full < 0.1).sum())])),
        ("results", quote(
            "between {:.2f} and {:.2f} with $f_X$ as the baseline, between {:.2f} and {:.2f} with "
            "a moving average, and between {:.2f} and {:.2f} with the baseline of", *ranges)),
        ("results", quote("it goes from {:.4f} to {:.4f} with minibatches of 150, and from {:.4f} "
                          "to {:.4f} with minibatches of 200", *scatter)),
        *(("results", quote("| {} | {:.2f} | {:.2f} |", name, with_f, with_g))
          for name, with_f, with_g in zip(
              ("four clusters", "noisy", "centred"), against["f_X"], against["g"], strict=True)),
        *(("results", quote("| {} | {:.2f} | {:.2f} |",
                            "random order" if name == "random" else name, *pair))
          for name, pair in dv.items()),
        ("results", quote("(C01) in {} of the {} combinations", reproduced["C01"], corners)),
        ("results", f"All but {['none', 'one', 'two', 'three', 'four'][few_units]} of the others "
                    "have networks of 10 units"),
        ("results", quote("(C02) in {} combinations", reproduced["C02"])),
        ("results", quote("(C04) in {}.", reproduced["C04"])),
        ("results", quote("(C03) in only {} combinations", reproduced["C03"])),
    ]  # fmt: skip


def test_readme_is_short():
    assert (ROOT / "README.md").stat().st_size <= LARGEST


@pytest.mark.parametrize("page, sentence", list(quotes()))
def test_quoted_numbers_are_the_committed_ones(page, sentence):
    assert sentence in {"README": README, "results": RESULTS}[page]


def test_readme_names_verdicts_as_committed():
    named = dict(re.findall(r"\((C\d\db?), (reproduced|partly|undecided|not reproduced)\)", README))
    assert len(named) >= 7
    assert named == {claim: CLAIMS[claim]["verdict"] for claim in named}


def paragraphs():
    """Claim → (verdict, text) of its paragraph on the page of results."""
    found = re.findall(r"^\*\*(C\d\db?), ([a-z ]+)\.\*\* (.+)$", RESULTS, re.MULTILINE)
    assert len(found) == len({claim for claim, *_ in found})
    return {claim: (verdict, text) for claim, verdict, text in found}


def test_results_have_every_claim_with_its_verdict():
    assert {claim: verdict for claim, (verdict, _) in paragraphs().items()} == {
        claim: record["verdict"] for claim, record in CLAIMS.items()
    }


@pytest.mark.parametrize("claim", CLAIMS)
def test_decimals_of_a_claims_paragraph_are_numbers_of_that_claim(claim):
    known = [*numbers_of(CLAIMS[claim], samples=False), *derived(claim)]
    assert not not_among(decimals(paragraphs()[claim][1]), known)


def derived(claim):
    """Numbers in a claim's text that are computed from its record or stand in another."""
    if claim == "C16":
        return [100 * number("C16", "predictions changed, 100")]  # percent
    if claim == "C33":
        single, two, five = (number("C33", f"Shapley, {size}") for size in (1, 2, 5))
        return [two / single, five / single]
    if claim == "C34":
        return [number("C09", f"last learned {region}") for region in ("upper", "lower")]
    if claim == "C38":
        changes = per_sample("C38", "change of dv to g, two clusters")
        return [changes.min(), changes.max()]
    return []


def slug(heading):
    """The anchor that GitHub and MyST give to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_are_not_broken(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    links = re.findall(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"", text)
    for link in map("".join, links):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(slug, headings), link


@pytest.mark.parametrize("page", ["README.md", "docs/own-data.md"])
def test_python_examples_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path / "cache"))
    x1 = np.linspace(-3, 3, 24)
    table = pd.DataFrame({"x1": x1, "x2": np.sin(5 * x1), "label": (x1 > 0).astype(int)})
    table.to_csv("points.csv", index=False)
    blocks = re.findall(r"^```python\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL)
    assert blocks
    for code in blocks:
        names = {}
        exec(compile(code, page, "exec"), names)
        if "again" in names:  # a data set that was saved and read
            for part in ("X", "y", "X_test", "y_test"):
                assert np.array_equal(getattr(names["again"], part), getattr(names["data"], part))
            continue
        values = names["values"]
        # The comment in the last line of the example names the columns.
        assert list(values.columns) == code.rsplit("# ", 1)[1].strip().split(", ")
        assert np.isfinite(values["value"]).all() and (values["value"] != 0).any()

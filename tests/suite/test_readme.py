"""The README quotes the committed verdicts and numbers; links and examples of the docs work."""

import csv
import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from support.quoted import ROOT, claims_of, text_of

# The book checks the links of its first page, some of which lead to pages that Sphinx makes.
PAGES = [
    ROOT / "README.md",
    *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name != "index.md"),
]
LARGEST = 9_216  # bytes of the README: what a newcomer reads in a few minutes

README = text_of("README.md")
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


def quote(template, *numbers):
    """The sentence expected in the documents, with a typographic minus."""
    text = template.format(*numbers)
    return re.sub(r"-(?=\d)", "−", text)


def counts():
    return Counter(claim["verdict"] for claim in CLAIMS.values())


def quotes():
    """Sentences expected in the README, each made from the committed numbers."""
    found, loo = counts(), "AUC against {}, {}"
    beside = Counter(claim["beside"]["verdict"] for claim in CLAIMS.values())
    sets = ("four_clusters", "noisy", "zero_centered")
    yield from [
        quote("Of {} claims of the paper, {} are reproduced, {} hold partly, {} are undecided (the "
              "samples are too few or too noisy to say), and {} are not reproduced.",
              len(CLAIMS), found["reproduced"], found["partly"], found["undecided"],
              found["not reproduced"]),
        quote("with this suite's earlier settings, {} are reproduced", beside["reproduced"]),
        quote("an AUC of {:.3f} when the reference is the ground truth, and {:.3f} when it is the "
              "learned boundary (C01", number("C01", "AUC against g"),
              number("C01", "AUC against f_X")),
        quote("the AUC is {:.2f} on four clusters, {:.2f} on noisy data and {:.2f} on centred data",
              *(number("C29b", loo.format("f_X", name)) for name in sets)),
        quote("to the truth, the AUC is {:.2f}, {:.2f} and {:.2f} (C29",
              *(number("C29", loo.format("g", name)) for name in sets)),
    ]  # fmt: skip


def test_readme_is_short():
    assert (ROOT / "README.md").stat().st_size <= LARGEST


@pytest.mark.parametrize("sentence", list(quotes()))
def test_quoted_numbers_are_the_committed_ones(sentence):
    assert sentence in README


def test_readme_names_verdicts_as_committed():
    named = dict(re.findall(r"\((C\d\db?), (reproduced|partly|undecided|not reproduced)\)", README))
    assert len(named) >= 7
    assert named == {claim: CLAIMS[claim]["verdict"] for claim in named}


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

"""The README is short; links of the documents and their examples in Python work."""

import re

import numpy as np
import pandas as pd
import pytest

from dvlib.root import project_root

ROOT = project_root()
# The book checks the links of its first page, some of which lead to pages that Sphinx makes.
PAGES = [
    ROOT / "README.md",
    ROOT / "benchmarks" / "cluster.md",
    *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name != "index.md"),
]


def test_readme_is_short():
    assert (ROOT / "README.md").stat().st_size <= 9_216  # what a newcomer reads in minutes


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


@pytest.mark.parametrize("page", ["README.md", "docs/plane.md"])
def test_python_examples_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path / "cache"))
    x1 = np.linspace(-3, 3, 24)
    table = pd.DataFrame({"x1": x1, "x2": np.sin(5 * x1), "label": (x1 > 0).astype(int)})
    table.to_csv("points.csv", index=False)
    blocks = re.findall(
        r"^```python\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
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

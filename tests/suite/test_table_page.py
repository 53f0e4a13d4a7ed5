"""The page beside a user's table, in Chromium: wide, on a phone, in the dark, by keyboard."""

import html
import re

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from dvlib.suite.table_page import table_page
from dvlib.tables.value import value

pytestmark = pytest.mark.slow
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
EVIL = '<script>document.title = "gone"</script>'


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A page on 150 rows with planted errors, copies, a far row, and cells that look like HTML."""
    rng = np.random.default_rng(0)
    kinds = np.arange(150) % 2
    table = pd.DataFrame(
        {
            "id": [f"R{k:03d}" for k in rng.permutation(150)],
            "size": rng.normal(3 * kinds), "weight": rng.normal(3 * kinds),
            "note": np.where(rng.random(150) < 0.5, EVIL, "a rather long remark on this one row"),
        }
    )  # fmt: skip
    table.loc[149, ["size", "weight"]] = 60
    table.loc[10, ["size", "weight", "note"]] = table.loc[11, ["size", "weight", "note"]].to_numpy()
    labels = np.array(["small & light", "large"])[kinds]
    labels[:6] = labels[1:7]
    found = value(table, labels, label="kind", quiet=True)
    text = table_page(
        found, title="rows.csv", csv="rows-values.csv", command="dvlib value rows.csv",
        overrule="To overrule: --text.",
    )  # fmt: skip
    path = tmp_path_factory.mktemp("page") / "rows.html"
    path.write_text(text, encoding="utf-8")
    return found, path


def test_the_page_holds_the_verdict_the_rows_and_what_to_do(written):
    found, path = written
    text = re.sub(r"\s+", " ", html.unescape(path.read_text(encoding="utf-8")))
    for part in (found.says(), "R0", "id: left out", "small & light", "nearly the same",
                 "far from all others", "<code>dvlib value rows.csv</code>"):  # fmt: skip
        assert part in text
    assert path.stat().st_size < 300_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(open_page, written, scheme):
    page = open_page(written[1].as_uri(), PHONE, scheme)
    assert page.complaints == [] and page.title().startswith("rows.csv")
    for viewport in (PHONE, WIDE):
        page.set_viewport_size(viewport)
        assert page.overflow() <= 0
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_rows_open_by_keyboard(open_page, written):
    page = open_page(written[1].as_uri(), WIDE)
    row = page.locator("details").nth(4)
    assert not row.evaluate("element => element.open")
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    assert row.evaluate("element => element.open")
    page.keyboard.press("Tab")  # the table of the row can be scrolled by the arrows
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"

"""The pages of figures follow manifest and bundles; their links, words and marks are complete.

`test_page_in_browser.py` tests the HTML in a browser.
"""

import json
import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl

import pytest

from dvlib.paper.figures import claims
from dvlib.paper.manifest import FIGURES
from dvlib.play import page as playground
from dvlib.root import project_root
from dvlib.suite.findings import MARKS, all_findings, findings
from dvlib.suite.page import MEANINGS, render, write_page

FOLDER = project_root() / "figures"
VOID = {"meta", "link", "img", "br"}


class Reader(HTMLParser):
    """Ids, links, pictures and text of a page; unmatched tags are an error."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.images, self.text, self.open = [], [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [named["id"]] if "id" in named else []
        self.links += [named["href"]] if tag == "a" else []
        self.images += [named] if tag == "img" else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data):
        self.text.append(data)

    @property
    def words(self):
        return " ".join("".join(self.text).split())


@pytest.fixture(scope="module")
def pages():
    return render()


@pytest.fixture(scope="module")
def html(pages):
    return Reader(pages["index.html"])


@pytest.fixture
def made(tmp_path):
    """Function that writes records of figures' own claims and of all claims; returns the folder."""

    def make(own, over_more):
        for name, verdicts in own.items():
            record = {
                "parameters": {"seed": 0}, "fits": 1_234, "seconds": 1.0,
                "claims": {
                    claim: {"verdict": verdict, "threshold": "made up", "numbers": {"a, b": -0.25}}
                    for claim, verdict in verdicts.items()
                },
            }  # fmt: skip
            (tmp_path / f"{FIGURES[name].stem}.json").write_text(json.dumps(record))
        record = {
            claim: {
                "figure": claims()[claim].figure, "statement": "a <b> | c & f_X",
                "threshold": "< 1", "verdict": verdict, "measured": "AUC 0.97 [0.95, 0.99]",
                "samples": 20, "comment": "said & done",
            }
            for claim, verdict in over_more.items()
        }  # fmt: skip
        if over_more:
            text = json.dumps({"parameters": {}, "fits": 5, "seconds": 1.0, "claims": record})
            (tmp_path / "claims.json").write_text(text)
        return tmp_path

    return make


def test_the_committed_contact_sheet_and_playground_are_of_these_sources(pages):
    sheet = pages["README.md"]
    assert sheet == (FOLDER / "README.md").read_text("utf-8"), "run `make page`"
    assert playground.render() == (FOLDER / playground.PAGE).read_text(), "run `make page`"
    assert len(sheet.encode()) <= 15_000 and sheet.encode().index(b"<img") < 2_000
    links = {link or picture for link, picture in re.findall(r"\]\(([^)#]+)|src=\"([^\"]+)", sheet)}
    assert all((FOLDER / link).is_file() for link in links)
    files = [f"{entry.stem}.{kind}" for entry in FIGURES.values() for kind in ("png", "csv")]
    assert links >= {*files}
    assert all(f"{name} {claim.mark}" in sheet for name, claim in all_findings().items())


def test_page_shows_every_figure_with_its_words_and_files(html):
    for entry in FIGURES.values():
        assert entry.id in html.ids and f"#{entry.id}" in html.links
        assert entry.extension or entry.name in entry.paper, entry.id
        for words in (entry.title, entry.caption, entry.paper):
            assert words.replace("f_X", "fX") in html.words, entry.id
        assert entry.alt in [image["alt"] for image in html.images]
        stems = f"../notebooks/{entry.stem}.ipynb", f"{entry.stem}.csv", f"{entry.stem}.json"
        assert {*stems} <= {*html.links}


def test_page_shows_every_claim_with_its_verdict(html):
    found = all_findings()
    assert found.keys() == claims().keys()
    for claim in found.values():
        assert f"{claim.mark} {claim.verdict}" in html.words
        assert html.words.count(claim.statement.replace("f_X", "fX")) >= 2  # figure and table
    assert MARKS.keys() < MEANINGS.keys() and len({*MARKS.values(), "–"}) == len(MEANINGS)


def test_links_lead_to_files_and_anchors(html):
    assert len(html.ids) == len(set(html.ids))
    for href in html.links:
        path, _, anchor = href.partition("#")
        assert (FOLDER / path).is_file() if path else anchor in html.ids, href


def test_figures_open_in_the_playground_at_their_own_data_set(html):
    known = playground.config()
    found = [href.partition("#")[2] for href in html.links if href.startswith("playground.html#")]
    assert len(found) == sum(map(len, playground.MAPS.values()))
    for fields in map(dict, map(parse_qsl, found)):
        assert fields["dataset"] in known["sets"] and fields["method"] in playground.METHODS
    assert "dataset=noisy&seed=0&batch=32&method=forgotten&lesson=0" in found  # Figure 12


def test_page_is_one_file_that_fetches_nothing_and_begins_with_small_pictures(pages, html):
    assert all(image["src"].startswith("data:image/") for image in html.images)
    assert not [link for link in html.links if "://" in link]
    assert all(len(image["src"]) < 50_000 for image in html.images[: len(FIGURES)])
    assert len(pages["index.html"]) < 6_000_000


def test_claims_json_overrides_the_figures_own_verdict(made):
    folder = made({"fig01": {"C01": "partly", "C02": "reproduced"}}, {"C01": "reproduced"})
    found = findings(FIGURES["fig01"], folder)
    assert (found["C01"].verdict, found["C01"].samples) == ("reproduced", 20)
    assert found["C01"].also == "of this figure's own samples: partly"
    assert (found["C02"].verdict, found["C02"].samples) == ("reproduced", None)
    assert found["C02"].measured == "a, b −0.25" and found["C02"].threshold == "made up"
    assert found["C03"].verdict == "not measured"  # in neither record


def test_page_shows_the_verdict_of_the_other_regime_and_what_differs(made):
    folder = made({}, {"C01": "reproduced", "C02": "partly"})
    assert "regimes" not in render(folder)["index.html"]
    path = folder / "claims.json"
    record = json.loads(path.read_text())
    record["claims"]["C01"] |= {"regime": "library", "beside": {
        "regime": "wide", "verdict": "not reproduced", "measured": "AUC 0.1", "samples": 3,
        "compared": "holds in library only",
    }}  # fmt: skip
    path.write_text(json.dumps(record))
    one, two = (findings(FIGURES["fig01"], folder)[name] for name in ("C01", "C02"))
    assert one.in_other_regime == "✗ not reproduced"
    assert (one.counterpart.measured, one.counterpart.samples) == ("AUC 0.1", 3)
    assert one.verdict == "reproduced" and one.statement == one.counterpart.statement
    assert two.counterpart is None and two.in_other_regime == two.compared == ""
    html = Reader(render(folder)["index.html"]).words
    assert "1 claims: 1 hold in library only" in html
    assert "wide: ✗ not reproduced (holds in library only)" in html  # in the table of all claims
    assert "In wide ✗ not reproduced (holds in library only)" in html  # at the figure
    assert "AUC 0.1; 3 samples" in html and "deviation 1.5" in html


def test_the_confirmation_stands_beside_the_first_verdict(made):
    folder = made({}, {"C01": "reproduced", "C02": "partly"})
    (folder / "confirm").mkdir()
    record = {"claims": {"C01": {"verdict": "mostly"}}}
    (folder / "confirm" / "claims.json").write_text(json.dumps(record))
    found = findings(FIGURES["fig01"], folder)
    assert (found["C01"].verdict, found["C01"].confirmed) == ("reproduced", "mostly")
    assert found["C02"].confirmed == found["C03"].confirmed == ""


def test_figure_that_repeats_a_claim_on_other_data_keeps_its_own_verdict(made):
    folder = made({"fig18": {"C26": "reproduced"}}, {"C26": "undecided"})
    assert findings(FIGURES["fig16"], folder)["C26"].verdict == "undecided"
    other = findings(FIGURES["fig18"], folder)["C26"]
    assert other.verdict == "reproduced" and other.samples is None
    assert other.also == "of Figure 16, over more samples: undecided"
    assert all_findings(folder)["C26"].verdict == "undecided"


def test_page_of_a_folder_with_few_figures(made):
    folder = made({"fig01": {"C01": "partly"}}, {"C01": "reproduced"})
    picture = (FOLDER / f"{FIGURES['fig01'].stem}.png").read_bytes()
    (folder / "claims.png").write_bytes(picture)
    assert {path.name for path in write_page(folder)} == {"index.html", "README.md"}
    html = Reader((folder / "index.html").read_text(encoding="utf-8"))
    assert "a <b> | c & fX" in html.words and "said & done" in html.words
    assert "AUC 0.97 [0.95, 0.99]; 20 samples" in html.words and "1,234 fits" in html.words
    assert html.words.count("Not made yet.") == len(FIGURES) - 1
    assert len(html.images) == 2  # thumbnail and picture


def test_the_page_of_other_settings_shows_its_figures_and_says_what_they_are(tmp_path):
    """It lies elsewhere, and its links lead back to the clone."""
    folder = tmp_path / "quick"
    folder.mkdir()
    for path in FOLDER.glob("fig05*"):
        (folder / path.name).write_bytes(path.read_bytes())
    assert [path.name for path in write_page(folder, "quick")] == ["index.html"]
    page = Reader((folder / "index.html").read_text(encoding="utf-8"))
    assert page.words.count("Data values: trial runs, quick") == 2  # title and heading
    assert "Verdicts of trial runs do not count." in page.words
    assert len(page.images) == 2 and "fig05" in page.ids and "fig01" not in page.ids
    anchors = {link[1:] for link in page.links if link.startswith("#")}
    assert anchors <= {*page.ids}  # claims do not lead to figures that the page lacks
    assert "overviews" not in page.ids and "extensions" not in page.ids
    files = [link for link in page.links if not link.startswith("#")]
    assert files and all((folder / link).exists() for link in files)

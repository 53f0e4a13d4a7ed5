"""The page of figures follows manifest and bundles; its links, words and marks are complete.

`test_page_in_browser.py` tests it in a browser.
"""

import json
import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl

import pytest

from dvlib.paper.entry import WORDS
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
def html():
    return Reader(render()["index.html"])


@pytest.fixture(scope="module")
def markdown():
    return (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def made(tmp_path):
    """Function that writes records of figures' own claims and of all claims; returns the folder."""

    def make(own, over_more):
        for name, verdicts in own.items():
            claims = {
                claim: {"verdict": verdict, "threshold": "made up", "numbers": {"a, b": -0.25}}
                for claim, verdict in verdicts.items()
            }
            record = {"parameters": {"seed": 0}, "fits": 1_234, "seconds": 1.0, "claims": claims}
            (tmp_path / f"{FIGURES[name].stem}.json").write_text(json.dumps(record))
        if over_more:
            claims = {
                claim: {
                    "figure": claims()[claim].figure, "statement": "a <b> | c & f_X",
                    "threshold": "< 1", "verdict": verdict, "measured": "AUC 0.97 [0.95, 0.99]",
                    "samples": 20, "comment": "said & done",
                }
                for claim, verdict in over_more.items()
            }  # fmt: skip
            record = {"parameters": {}, "fits": 5, "seconds": 1.0, "claims": claims}
            (tmp_path / "claims.json").write_text(json.dumps(record))
        return tmp_path

    return make


def test_every_figure_has_all_its_words():
    assert WORDS.keys() == FIGURES.keys()
    for name, words in WORDS.items():
        assert words.keys() == {"title", "caption", "alt", "paper"}, name
        assert re.search(r"[Ss]ection", words["paper"]), name
        assert FIGURES[name].extension or FIGURES[name].name in words["paper"], name


def test_committed_page_follows_manifest_and_bundles(markdown):
    assert render()["README.md"] == markdown, "run `make page`"


def test_page_shows_every_figure_with_its_words_and_files(html, markdown):
    for entry in FIGURES.values():
        assert entry.id in html.ids
        for words in (entry.title, entry.caption, entry.paper):
            assert words.replace("f_X", "fX") in html.words and words in markdown, entry.id
        assert entry.alt in [image["alt"] for image in html.images] and entry.alt in markdown
        for link in (f"../notebooks/{entry.stem}.ipynb", f"{entry.stem}.csv", f"{entry.stem}.json"):
            assert link in html.links and f"]({link})" in markdown


def test_page_shows_every_claim_with_its_verdict(html, markdown):
    found = all_findings()
    assert found.keys() == claims().keys()
    for one in found.values():
        assert f"{one.mark} {one.verdict}" in html.words
        for gap in (" | ", ": "):  # in the table of all, and in the figure's
            assert f"| {one.id}{gap}{one.statement} | {one.mark} {one.verdict}" in markdown
        assert one.statement.replace("f_X", "fX") in html.words
    for verdict in MEANINGS.keys() & {one.verdict for one in found.values()}:
        assert f"**{sum(one.verdict == verdict for one in found.values())} {verdict}**" in markdown


def test_every_verdict_has_its_own_mark_and_meaning():
    assert len(set(MARKS.values()) | {"–"}) == len(MEANINGS)
    assert MARKS.keys() < MEANINGS.keys()


def test_links_lead_to_files_and_anchors(html, markdown):
    anchors = re.findall(r'<a id="(\w+)"', markdown)
    links = re.findall(r"\]\(([^)\s]+)\)", markdown)
    for ids, hrefs in ((html.ids, html.links), (anchors, links)):
        assert len(ids) == len(set(ids)) and len(hrefs) > 100
        for href in hrefs:
            path, _, anchor = href.partition("#")
            assert (FOLDER / path).is_file() if path else anchor in ids, href


def test_figures_open_in_the_playground_at_their_own_data_set(html):
    known = playground.config()
    found = [href.partition("#")[2] for href in html.links if href.startswith("playground.html#")]
    assert len(found) == sum(map(len, playground.PLAYS.values()))
    for fields in map(dict, map(parse_qsl, found)):
        assert fields["dataset"] in known["sets"] and fields["method"] in playground.METHODS
    assert "dataset=noisy&seed=0&batch=32&method=forgotten&lesson=0" in found  # Figure 12


def test_the_playground_is_that_of_these_sources():
    assert playground.render() == (FOLDER / playground.PAGE).read_text(), "run `make page`"


def test_page_is_one_small_file_that_fetches_nothing(html):
    assert all(image["src"].startswith("data:image/png;base64,") for image in html.images)
    assert not [link for link in html.links if "://" in link]
    assert len(render()["index.html"]) < 6_000_000


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
    path = folder / "claims.json"
    record = json.loads(path.read_text())
    record["claims"]["C01"] |= {"regime": "library", "beside": {
        "regime": "wide", "verdict": "not reproduced", "measured": "AUC 0.1", "samples": 3,
        "compared": "holds in library only",
    }}  # fmt: skip
    path.write_text(json.dumps(record))
    one, two = (findings(FIGURES["fig01"], folder)[name] for name in ("C01", "C02"))
    assert one.in_other_regime == "✗ not reproduced, few samples (3)"
    assert (one.beside.measured, one.beside.samples) == ("AUC 0.1", 3)
    assert one.verdict == "reproduced" and one.statement == one.beside.statement
    assert two.beside is None and two.in_other_regime == two.compared == ""
    write_page(folder)
    html = Reader((folder / "index.html").read_text(encoding="utf-8")).words
    assert "1 holds in library only" in html
    assert html.count("✗ not reproduced, few samples (3)") == 2  # of all claims, and its figure's
    assert "AUC 0.1; 3 samples" in html and "deviation 1.5" in html
    markdown = (folder / "README.md").read_text(encoding="utf-8")
    assert "| ✗ not reproduced, few samples (3) | holds in library only |" in markdown
    assert "1 holds in library only." in markdown


def test_page_without_another_regime_does_not_speak_of_regimes(made):
    write_page(folder := made({}, {"C01": "reproduced"}))
    assert (
        "regime" not in (folder / "README.md").read_text(encoding="utf-8").split("## Figure 1")[0]
    )


def test_figure_that_repeats_a_claim_on_other_data_keeps_its_own_verdict(made):
    folder = made({"fig18": {"C26": "reproduced"}}, {"C26": "undecided"})
    assert findings(FIGURES["fig16"], folder)["C26"].verdict == "undecided"
    other = findings(FIGURES["fig18"], folder)["C26"]
    assert other.verdict == "reproduced" and other.samples is None
    assert other.also == "of Figure 16, over more samples: undecided"
    assert all_findings(folder)["C26"].verdict == "undecided"


def test_page_of_a_folder_with_few_figures(made):
    folder = made({"fig01": {"C01": "partly"}}, {"C01": "reproduced"})
    for stem in ("claims", "robustness"):
        source = FOLDER / f"{FIGURES['fig01'].stem}.png"
        (folder / f"{stem}.png").write_bytes(source.read_bytes())
    write_page(folder)
    html = Reader((folder / "index.html").read_text(encoding="utf-8"))
    assert "a <b> | c & fX" in html.words and "said & done" in html.words
    assert "AUC 0.97 [0.95, 0.99]; 20 samples" in html.words and "1,234 fits" in html.words
    assert html.words.count("Not made yet.") == len(FIGURES) - 2  # two PNGs are there
    assert {"claims", "robustness"} <= set(html.ids) and len(html.images) == 2
    markdown = (folder / "README.md").read_text(encoding="utf-8")
    assert r"a \<b> \| c & f_X" in markdown and "![" in markdown
    assert {path.suffix for path in folder.iterdir()} == {".html", ".md", ".json", ".png"}


def test_the_page_of_other_settings_shows_its_figures_and_says_what_they_are(tmp_path):
    """It lies elsewhere, and its links lead back to the clone."""
    folder = tmp_path / "quick"
    folder.mkdir()
    for path in FOLDER.glob("fig05*"):
        (folder / path.name).write_bytes(path.read_bytes())
    assert [path.name for path in write_page(folder, "quick")] == ["index.html"]
    page = Reader((folder / "index.html").read_text(encoding="utf-8"))
    assert "trial runs with the settings quick" in page.words and "do not count" in page.words
    assert page.words.count("Data values: trial runs, quick") == 2  # title and heading
    assert "Verdicts of trial runs do not count." in page.words
    assert len(page.images) == 1 and "fig05" in page.ids and "fig01" not in page.ids
    anchors = {link[1:] for link in page.links if link.startswith("#")}
    assert anchors <= {*page.ids}  # claims do not lead to figures that the page lacks
    assert "overviews" not in page.ids and "extensions" not in page.ids
    files = [link for link in page.links if not link.startswith("#")]
    assert files and all((folder / link).exists() for link in files)

"""The book builds without a warning, has no broken links, and needs no network.

Skipped where Sphinx is not installed: `make book` installs it.
"""

import re
import subprocess
import sys
from collections import defaultdict
from html.parser import HTMLParser
from importlib.util import find_spec
from itertools import product
from urllib.parse import unquote, urlsplit

import pytest

from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root

ROOT = project_root()
IN_STYLES = re.compile(r"""(?:url\(\s*|@import\s+)['"]?([^'")\s]+)""")
FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec("sphinx") is None or find_spec("myst_nb") is None,
        reason="Sphinx is not installed: make book",
    ),
]


class Page(HTMLParser):
    """Links, fetched addresses and anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.fetched, self.anchors = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors |= {attributes[name] for name in ("id", "name") if attributes.get(name)}
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag in FETCHED and attributes.get(FETCHED[tag]):
            self.fetched.append(attributes[FETCHED[tag]])


def problems(folder):
    """Broken links of a site, and addresses that its pages fetch from elsewhere or cannot find."""
    paths = sorted(folder.rglob("*.html"))
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in paths}
    found = defaultdict(set)
    for path, page in pages.items():
        name = path.relative_to(folder).as_posix()
        for address in page.links + page.fetched:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                if address in page.fetched and parts.scheme != "data":
                    found[name].add(f"fetches {address}")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file() or folder.resolve() not in target.parents:
                found[name].add(f"no file {address}")
            elif target in pages and unquote(parts.fragment) not in pages[target].anchors | {""}:
                found[name].add(f"no anchor {address}")
    for path in folder.rglob("*.css"):
        for address in IN_STYLES.findall(path.read_text(encoding="utf-8")):
            if urlsplit(address).scheme not in ("", "data"):
                found[path.name].add(f"fetches {address}")
    return dict(found)


@pytest.fixture(scope="module")
def book():
    """The folder of the site, built as `make book` does; unchanged pages are not built again."""
    folder = ROOT / "build" / "book"
    command = [
        sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-c", "docs",
        "-d", ".cache/book", ".", "build/book",
    ]  # fmt: skip
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return folder.resolve()


def test_make_builds_the_book_in_the_same_way():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "-m sphinx -W --keep-going -q -c docs -d $(CACHE)/book . build/book" in text


def test_every_notebook_and_document_is_a_page(book):
    kinds = ("notebooks/*.ipynb", "docs/*.md", "benchmarks/*.md")
    sources = [source for kind in kinds for source in ROOT.glob(kind)]
    sources += [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    assert len(sources) > len(FIGURES)
    for source in sources:
        page = book / source.relative_to(ROOT).with_suffix(".html")
        assert page.is_file(), source.name


def test_every_public_name_has_a_line_and_every_package_a_page(book):
    import dvlib

    text = (book / "docs/api/index.html").read_text(encoding="utf-8")
    assert len(dvlib.__all__) > 50
    assert [name for name in dvlib.__all__ if f">{name}</span>" not in text] == []
    packages = [path.parent.name for path in (ROOT / "dvlib").glob("*/__init__.py")]
    for package in packages:
        assert (book / f"docs/api/dvlib.{package}.html").is_file()


def test_no_link_is_broken_and_nothing_is_fetched_from_elsewhere(book):
    assert problems(book) == {}


def test_harness_finds_broken_links_and_fetches(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html#here">good</a><a href="b.html#there">bad</a><a href="c.html">bad</a>'
        '<a href="https://example.org">good</a><img src="https://example.org/x.png">'
        '<a href="../outside.html">bad</a>'
    )
    (tmp_path / "b.html").write_text('<p id="here"></p>')
    (tmp_path / "c.css").write_text('@import "https://example.org/x.css"; a { src: url(data:x) }')
    (tmp_path.parent / "outside.html").touch()
    assert problems(tmp_path) == {
        "a.html": {
            "no anchor b.html#there",
            "no file c.html",
            "no file ../outside.html",
            "fetches https://example.org/x.png",
        },
        "c.css": {"fetches https://example.org/x.css"},
    }


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("index.html", "Data values"),  # which leads to docs/index.html
        ("notebooks/fig01_leave_one_out.html", "Figure 1: leave-one-out values"),
        ("docs/api/index.html", "The names of dvlib"),
    ],
)
def test_pages_open_without_complaint(book, open_page, name, heading):
    page = open_page((book / name).as_uri(), {"width": 1280, "height": 800})
    page.locator("h1").wait_for()
    assert page.locator("h1").inner_text().startswith(heading)
    for scheme, width in product(("light", "dark"), (1280, 390)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        assert page.overflow() == 0
    shown = "all => all.map(image => image.naturalWidth > 0)"
    assert all(page.eval_on_selector_all("article img", shown))
    assert page.complaints == []
    assert all(url.startswith((book.as_uri(), "data:")) for url in page.requests)


def test_mathematics_is_typeset(book, open_page):
    page = open_page(_with_mathematics(book).as_uri(), {"width": 1280, "height": 800})
    formula = page.locator("math:has(msub)").first
    assert formula.bounding_box()["height"] > 8
    letter, index = (formula.locator(f"msub > :nth-child({n})").first for n in (1, 2))
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    assert index.evaluate(size) < letter.evaluate(size)  # drawn as MathML, not as text
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px \"STIX Two Math\"')")


def _with_mathematics(book):
    pages = sorted(book.rglob("*.html"))
    return next(page for page in pages if "<msub>" in page.read_text(encoding="utf-8"))


def test_tables_of_notebooks_show_their_whole_text_and_scroll(book, open_page):
    name = "notebooks/fig01_leave_one_out.html"
    page = open_page((book / name).as_uri(), {"width": 390, "height": 800})
    cells = page.locator("table.dataframe td")
    assert cells.count() > 0
    styles = "all => all.map(cell => getComputedStyle(cell).whiteSpace)"
    assert set(cells.evaluate_all(styles)) == {"normal"}
    holder = page.locator("div.text_html").first
    assert holder.evaluate("element => getComputedStyle(element).overflowX") == "auto"

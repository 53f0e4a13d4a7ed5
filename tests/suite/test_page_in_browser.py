"""The page of figures in Chromium, without a network, on a wide screen and on a phone.

Skipped where the system has no Chromium, unless DVLIB_NEED_BROWSER is set, as CI does.
"""

import re
from collections import Counter
from itertools import pairwise

import pytest

from dvlib.paper.figures import claims
from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root
from dvlib.suite.page import render

pytestmark = pytest.mark.slow

FOLDER = project_root() / "figures"  # where the page's links work; git ignores index.html
PAGE = (FOLDER / "index.html").as_uri()
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
# Colour of each text, and the nearest colour behind it that is not transparent.
COLOURS = """all => all.map(element => {
  const clear = colour => colour === 'rgba(0, 0, 0, 0)'
  let behind = element
  while (behind.parentElement && clear(getComputedStyle(behind).backgroundColor))
    behind = behind.parentElement
  return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor]
})"""


@pytest.fixture(scope="module", autouse=True)
def written():
    (FOLDER / "index.html").write_text(render()["index.html"], encoding="utf-8")


@pytest.fixture
def page(open_page):
    """The page as it was opened."""
    return open_page(PAGE, WIDE)


@pytest.fixture(scope="module")
def looked_at(browser, written):
    """The page for tests that only look at it, at any width."""
    with browser.new_context(viewport=WIDE, offline=True) as context:
        page = context.new_page()
        page.goto(PAGE)
        yield page


def contrast(colours):
    """Contrast of two CSS colours, by WCAG 2: from 1 (none) to 21."""
    luminances = []
    for colour in colours:
        channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        luminances.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    low, high = sorted(luminances)
    return (high + 0.05) / (low + 0.05)


def test_page_opens_without_complaint_without_a_network_and_with_pictures(page):
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith("data:")] == [PAGE]
    for viewport in (WIDE, PHONE):
        page.set_viewport_size(viewport)
        pictures = page.locator("nav img")
        boxes = [pictures.nth(k).bounding_box() for k in range(2)]
        assert all(box["y"] + box["height"] < viewport["height"] for box in boxes)


def test_harness_notices_complaints_and_overflow(page):
    page.set_viewport_size(PHONE)
    page.evaluate("console.error('heard'); document.querySelector('main').style.width = '500px'")
    assert "heard" in page.complaints and page.overflow() > 100


def test_every_picture_is_drawn_and_described(looked_at):
    looked_at.set_viewport_size(WIDE)
    images = looked_at.eval_on_selector_all(
        "img", "all => all.map(one => [one.alt, one.naturalWidth, one.width])"
    )
    assert len(images) == 2 * len(FIGURES)
    for alt, natural, shown in images[: len(FIGURES)]:  # thumbnails, which the link beside names
        assert alt == "" and natural > 200 and shown > 120
    for alt, natural, shown in images[len(FIGURES) :]:
        assert len(alt) > 30 and natural > 300 and shown > 300, alt


def test_page_never_scrolls_sideways(page):
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 780})
        assert page.overflow() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_text_has_contrast(looked_at, scheme, viewport):
    looked_at.set_viewport_size(viewport)
    looked_at.emulate_media(color_scheme=scheme)
    seen = Counter()
    for selector in (".verdict", "a:not(.skip):not(.picture)", ".small", ".meaning", "dt", "p"):
        for colours in looked_at.eval_on_selector_all(selector, COLOURS):
            assert contrast(colours) >= 4.5, (selector, colours)
            seen[selector] += 1
    assert len(seen) == 6 and seen[".verdict"] >= 34


def test_keyboard_reaches_the_skip_link_then_the_content(page):
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "Skip to the content" and focused.bounding_box()["y"] >= 0
    assert focused.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main a')")


def test_every_stop_of_the_keyboard_is_outlined(page):
    page.set_viewport_size({"width": 1280, "height": 200})  # there is less to draw at each stop
    stops = page.locator("a[href]:visible, summary:visible").count()
    for _ in range(stops):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outline")
        assert "solid" in style and "3px" in style
    # The keyboard stops at links and summaries only, and the last stop is in the footer.
    assert page.evaluate("document.activeElement.closest('footer') !== null")


def test_a_screen_reader_finds_landmarks_headings_in_order_and_a_table(looked_at):
    for role in ("banner", "navigation", "main", "contentinfo", "table"):
        assert looked_at.get_by_role(role).count() == 1, role
    levels = looked_at.eval_on_selector_all("h1,h2,h3", "all => all.map(e => +e.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    looked_at.set_viewport_size(PHONE)  # where the table is drawn as a list
    assert looked_at.get_by_role("columnheader").count() == 3
    assert looked_at.get_by_role("rowheader").count() == len(claims())


def test_contents_lead_to_the_figures(page):
    page.set_viewport_size(PHONE)
    page.get_by_role("navigation").get_by_text("Repeated runs of DVRL").click()
    assert page.url.endswith("#fig20")
    assert abs(page.locator("#fig20").bounding_box()["y"]) < 1  # nothing of what is above it

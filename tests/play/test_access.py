"""The playground for everybody: axe-core's rules, names, and a way through by Tab."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from support.hands import PHONE, SMALL, TOUCH, WIDE, Keys, settle, wait_for_map, wait_until

pytestmark = pytest.mark.slow

START = f"#{SMALL}&lesson=0"
# Controls that Tab has to reach: of radio buttons, the one that is chosen.
NAME = "const name = one => one.name || one.dataset.do || one.className || one.tagName;"
CONTROLS = f"""() => {{ {NAME} const query = 'a[href], button, input, select, [tabindex="0"]';
  return [...document.querySelectorAll(query)]
    .filter(one => !one.disabled && one.checkVisibility() && (one.type !== "radio" || one.checked))
    .map(name); }}"""
FOCUSED = f"() => {{ {NAME} return name(document.activeElement); }}"
OUTLINE = "getComputedStyle(document.activeElement).outline"
TARGETS = "button, select, input:not([type=radio]), label:has([type=radio])"
SMALLEST = 24  # CSS pixels of a target's sides (WCAG 2.2, target size)


def violations(page):
    """What axe-core finds, a line each."""
    found = Axe().run(page).response
    assert len(found["passes"]) > 20  # the rules were tried
    nodes = [(one["id"], node) for one in found["violations"] for node in one["nodes"]]
    return [f"{rule}: {node['target']} {node['failureSummary']}" for rule, node in nodes]


def test_axe_finds_nothing(play):
    page = play(f"#{SMALL}&lesson=6&probe=10,7,0&method=last&colour=red")
    wait_for_map(page)
    page.locator(".answer").wait_for()
    assert page.locator(".problem").is_visible() and page.locator(".values li").count() > 50
    for viewport, scheme in product((WIDE, PHONE), ("light", "dark")):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], (viewport, scheme)


def test_axe_would_notice(play):
    page = play(START)
    page.evaluate("document.querySelector('.said').style.color = '#ddd'")
    page.evaluate("document.querySelector('[name=seed]').closest('label').firstChild.remove()")
    found = " ".join(violations(page))
    assert "color-contrast" in found and "label" in found


def test_the_keys_of_the_plane_are_described(play):
    page = play(f"#{SMALL}&lesson=1&method=last")
    plane = page.locator("canvas").get_attribute("aria-describedby").split()
    keys, said = (page.locator(f"#{name}").inner_text() for name in plane)
    assert "arrows" in keys and said == page.inner_text(".said")


def test_tab_goes_through_every_control_and_out_at_the_end(play):
    page = play(START)
    expected, stops = page.evaluate(CONTROLS), []
    while len(stops) < 3 * len(expected):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop == "BODY" or (stops and stop == stops[0]):
            break  # out of the page, or around, as there is nothing else in the window
        assert "none" not in page.evaluate(OUTLINE), stop
        stops.append(stop)
    assert stops == expected and len(stops) > 15


def test_shift_tab_goes_back(play):
    page = play(START)
    Keys(page).tab_to('[name="dataset"]')
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if "CANVAS" in page.evaluate("document.activeElement.tagName"):
            break
    else:
        raise AssertionError("Shift and Tab never reach the plane")
    page.keyboard.press("Shift+Tab")  # nothing of the page comes before the plane
    assert page.evaluate("document.activeElement.tagName") != "CANVAS"


def test_a_screen_reader_hears_the_measure_once_it_rests(play):
    page = play(START)
    Keys(page).move(12, -7)
    said = settle(page)
    heard = page.locator('[aria-live="polite"]')
    wait_until(page, "document.querySelector('[aria-live=polite]').textContent.includes('minus 7')")
    assert heard.inner_text().replace("minus ", "−") in said


def test_it_never_scrolls_sideways(play):
    page = play(f"#{SMALL}&lesson=1")
    wait_for_map(page)
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.overflow() <= 0, width


def test_targets_are_large_enough_for_a_finger(play):
    page = play(f"#{SMALL}&lesson=1", **TOUCH)
    targets = page.locator(TARGETS).filter(visible=True).all()
    for one in targets:
        box = one.bounding_box()
        assert min(box["width"], box["height"]) >= SMALLEST, one.inner_text()
    assert len(targets) > 15

"""The address of the playground holds all of its state, and a broken one is not the end."""

import pytest
from support.hands import SMALL, Keys, settle, wait_until

from dvlib.play.page import config

pytestmark = pytest.mark.slow

STATE = "({ ...playground.state })"
KNOWN = config()
USUAL = {name: KNOWN[name] for name in ("dataset", "seed", "hidden", "batch", "method", "probe")}
USUAL |= {"n": KNOWN["nPerLabel"], "std": None, "step": 1, "added": [], "removed": []}


def problem(page):
    """What the page says of the address; empty if it shows nothing."""
    return page.inner_text(".problem") if page.locator(".problem").is_visible() else ""


def test_all_that_a_hand_can_change_survives_the_address(play):
    page = play()
    usual, keys = page.evaluate(STATE), Keys(page)
    keys.choose("lesson", 2)
    keys.choose("dataset", "four_clusters")
    for name, text in (("n", "70"), ("std", "1.25"), ("seed", "4294967295"), ("batch", "32")):
        keys.write(name, text)
    keys.choose("hidden", 100)
    keys.choose("method", "last")
    keys.choose("step", 4)
    settle(page)
    keys.move(3, 4)
    keys.label("1")
    keys.press("Enter")  # keeps the point in X
    settle(page)
    keys.tab_to("canvas")
    keys.press("PageUp")  # the least valuable: the point just kept is the most valuable
    keys.press("Delete")
    settle(page)
    keys.move(0, -2.5)
    keys.tab_to('[name="click"]')
    keys.press("ArrowRight")
    said, state = settle(page), page.evaluate(STATE)
    assert [name for name in usual if state[name] == usual[name]] == []  # no field is left out
    assert len(state["removed"]) == 1 and state["added"] == [[3, 4, 1]]
    again = play("#" + page.url.partition("#")[2])
    assert again.evaluate(STATE) == state
    assert again.inner_text(".said") == said and problem(again) == ""
    assert again.input_value('[name="seed"]') == "4294967295"
    assert again.evaluate("playground.points") == page.evaluate("playground.points")


def test_the_usual_state_needs_no_hash(play):
    page = play("#seed=1")
    Keys(page).write("seed", "0")
    settle(page)
    assert "#" not in page.url


POINTS = ";".join(["1,2,1"] * 2000)
BROKEN = {
    "colour=red": ("“colour” is unknown",),
    "constructor=1&__proto__=2": ("“constructor” is unknown", "“__proto__” is unknown"),
    "n=5000": ("n “5000”", "whole number from 4 to 1,000"), "n=": ("n “”", "whole number"),
    "seed=-1": ("seed “-1”", "0 to 4,294,967,295"),
    "seed=1.5": ("seed “1.5”", "whole number"), "std=0": ("std “0”", "0.05 to 6"),
    "dataset=iris": ("dataset “iris”", "two_clusters", "moons"),
    "dataset=toString": ("dataset “toString”", "two_clusters"),
    "method=shapley": ("method “shapley”", "forgotten"), "step=3": ("step “3”", "1, 2, 4"),
    "lesson=99": ("lesson “99”", "0 to 8"), "probe=1,2": ("probe “1,2”", "x,y,label"),
    "probe=1,2,3": ("probe “1,2,3”", "x,y,label"),
    "added=one,2,1": ("added “one,2,1”", "x,y,label"), "added=,,1": ("added “,,1”", "x,y,label"),
    "added=1e999,0,1": ("added “1e999,0,1”", "x,y,label"),
    f"added={POINTS}": ("2,000 points are too many", "at most 1,000"),
    "removed=1,x": ("removed “1,x”", "whole number"),
    "seed=%E0%A4%A": ("seed “%E0%A4%A”", "whole number"), "%FF=%FE": ("“%FF” is unknown",),
    "<img src=x onerror=alert(1)>=1": ("is unknown",),
}  # fmt: skip


def test_what_an_address_cannot_be_used_for_is_said_and_the_rest_is_kept(play):
    page = play(f"#{SMALL}&lesson=0")
    for number, (broken, parts) in enumerate(BROKEN.items()):
        field = broken.partition("=")[0]
        good = dict(one.split("=") for one in f"{SMALL}&lesson=0&probe=2,{number},0".split("&"))
        good.pop(field, None)
        turn = page.evaluate("playground.turn")
        address = "&".join([broken, *(f"{name}={text}" for name, text in good.items())])
        page.evaluate("hash => { location.hash = hash }", address)
        wait_until(page, "turn => playground.turn > turn", arg=turn)
        assert settle(page).startswith("Adding"), broken
        said = problem(page)
        for part in ("The address has something that cannot be used", *parts):
            assert part in said, broken
        assert len(said) < 300, broken  # however long the address
        state = page.evaluate("({ ...playground.state, probe: playground.probe })")
        assert {name: str(state[name]).strip("[]").replace(" ", "") for name in good} == good
        if field in USUAL:
            assert state[field] == USUAL[field], broken

"""The playground's lessons: their numbers are dvlib's, and both hands can do them."""

import re

import pytest
from support.generic import in_generic, values_added
from support.hands import SMALL, TOUCH, WAIT, Finger, Keys, settle, wait_until

from dvlib.play.page import LESSONS

pytestmark = pytest.mark.slow

SHOWN = [(lesson, *entry) for lesson in LESSONS for entry in lesson["shown"]]
# Some lessons begin with a look at the map, once a few percent of it are there.
FIRST_DONE = "() => document.querySelector('.lesson li').classList.contains('did')"


def point_below(hand):
    hand.move(12, -7)


def best_place(hand):
    wait_until(hand.page, FIRST_DONE)
    hand.move(-5, 21)


def against_g(hand):
    wait_until(hand.page, FIRST_DONE)
    hand.choose("method", "nearer")


def both_corners(hand):
    hand.move(25, 20)
    settle(hand.page)
    hand.move(25, -10)


def gap(hand):
    hand.move(4, 4)
    settle(hand.page)
    hand.choose("method", "last")


def wrong_label(hand):
    hand.label("0")


def centred(hand):
    hand.choose("dataset", "zero_centered")


def small_batches(hand):
    hand.write("batch", "32")


WAYS = (
    point_below, best_place, against_g, both_corners, gap, wrong_label, centred, small_batches,
)  # fmt: skip


@pytest.mark.parametrize(("hands", "options"), [(Keys, {}), (Finger, TOUCH)])
def test_every_lesson_is_done(play, hands, options):
    page = play(**options)
    hand, answer = hands(page), page.locator(".answer")
    for number, (lesson, way) in enumerate(zip(LESSONS, WAYS, strict=True), 1):
        settle(page)
        assert page.inner_text(".task h2") == lesson["title"]
        assert not answer.is_visible(), number
        way(hand)
        answer.wait_for(timeout=WAIT)
        assert answer.inner_text() == lesson["answer"]
        assert page.locator(".lesson li.did").count() == len(lesson["do"]) == 2
        if number < len(LESSONS):
            hand.push("next")
    assert not page.locator('[data-do="next"]').is_visible()


def test_a_lesson_is_chosen_from_the_list(play):
    page = play(f"#{SMALL}&lesson=0")
    assert not page.locator(".task").is_visible()
    Keys(page).choose("lesson", 6)
    settle(page)
    assert page.inner_text(".task h2") == LESSONS[5]["title"]
    assert page.evaluate("playground.probe") == [10, 7, 1]


@pytest.fixture(scope="module")
def measured():
    """dvlib's measures of the points of all lessons, by settings and point."""
    keys = list(dict.fromkeys(_key(*rest) for _, _, _, *rest in SHOWN))
    requests = [
        dict(dataset="two_clusters", points=[point[:2]], labels=[point[2]]) | dict(settings)
        for point, settings in keys
    ]
    return dict(zip(keys, in_generic(values_added, requests), strict=True))


def _key(*rest):
    """Point and settings of an entry; entries of f_X have no point, and any will do."""
    settings = rest[-1] if rest and isinstance(rest[-1], dict) else {}
    return tuple(rest[:3]) if len(rest) >= 3 else (12, 9, 1), tuple(settings.items())


@pytest.mark.parametrize(
    ("lesson", "text", "measure", "rest"),
    [(lesson, text, measure, rest) for lesson, text, measure, *rest in SHOWN],
    ids=[f"{one['title']}: {text}, {measure}" for one, text, measure, *_ in SHOWN],
)
def test_a_number_of_a_lesson_is_measured(measured, lesson, text, measure, rest):
    values = measured[_key(*rest)]
    if measure == "toG":
        value = values["wrong"]
    elif measure == "epochs" and len(rest) < 3:
        value = values["epochs_of_base"]
    else:
        value = values[measure.removeprefix("-")][0] * (-1 if measure.startswith("-") else 1)
    assert text == (f"{100 * value:.1f} %" if text.endswith("%") else f"{value:.0f}")
    number = re.escape(text)
    assert re.search(rf"(?<![\d.,−]){number}(?![.,]?\d)", lesson["answer"])


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson["title"])
def test_no_share_of_a_lesson_goes_unmeasured(lesson):
    shares = set(re.findall(r"[\d.]+ %", lesson["answer"]))
    assert shares == {text for text, *_ in lesson["shown"] if text.endswith("%")}

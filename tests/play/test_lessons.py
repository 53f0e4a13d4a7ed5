"""The playground's lessons: their numbers are dvlib's, and both hands can do them."""

import re

import pytest
from support.engine import in_engine, values_added
from support.hands import SMALL, TOUCH, WAIT, Finger, Keys, settle, wait_until

from dvlib.play.page import LESSONS

pytestmark = pytest.mark.slow

SHOWN = [(lesson, *entry) for lesson in LESSONS for entry in lesson["shown"]]
FIRST_DONE = "() => document.querySelector('.lesson li').classList.contains('did')"


def act(hand, what, *given):
    if what == "look":
        wait_until(hand.page, FIRST_DONE)
    elif what == "settle":
        settle(hand.page)
    else:
        getattr(hand, what)(*given)


# What a hand does in each lesson. Some begin with a look at the map, once a few percent are there.
WAYS = (
    [("move", 12, -7)], [("look",), ("move", -5, 21)], [("look",), ("choose", "method", "nearer")],
    [("move", 25, 20), ("settle",), ("move", 25, -10)],
    [("move", 4, 4), ("settle",), ("choose", "method", "last")], [("label", "0")],
    [("choose", "dataset", "zero_centered")], [("write", "batch", "32")],
)  # fmt: skip


@pytest.mark.parametrize(("hands", "options"), [(Keys, {}), (Finger, TOUCH)])
def test_every_lesson_is_done(play, hands, options):
    page = play("#step=4", **options)  # a map of few points
    hand, answer = hands(page), page.locator(".answer")
    for number, (lesson, way) in enumerate(zip(LESSONS, WAYS, strict=True), 1):
        settle(page)
        assert page.inner_text(".task h2") == lesson["title"]
        assert not answer.is_visible(), number
        for step in way:
            act(hand, *step)
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
    return dict(zip(keys, in_engine(values_added, requests), strict=True))


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

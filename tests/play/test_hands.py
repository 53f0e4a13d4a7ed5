"""Every change of X by a finger and by keys, and the way back."""

import pytest
from support.hands import SMALL, TOUCH, Finger, Keys, settle

pytestmark = pytest.mark.slow

POINTS = "playground.points"
# The first of two places is done last, as it may be where two train side by side.
OVERTAKEN = """async () => {
  const { engine } = playground, add = engine.add.bind(engine);
  const [slow, fast] = [[1, 2, 0], [12, -7, 1]];
  const found = [await add(slow), await add(fast)], done = [];
  engine.add = () => new Promise(answer => done.push(answer));
  playground.move(...slow);
  playground.move(...fast);
  for (const k of [1, 0]) { done[k](found[k]); await null; await null; }
  engine.add = add;
  return playground.measured;
}"""


def test_a_finger_adds_moves_and_removes(play):
    page = play(f"#{SMALL}&lesson=0", **TOUCH)
    finger, before = Finger(page), page.evaluate(POINTS)
    finger.tap(20, 20)
    settle(page)
    assert page.evaluate("playground.probe") == pytest.approx([20, 20, 1], abs=0.2)
    page.locator('[name="click"][value="add"]').tap()
    finger.label("0")
    finger.tap(22, -5)
    settle(page)
    *others, added = page.evaluate(POINTS)
    assert others == before and added == pytest.approx([22, -5, 0], abs=0.2)
    for _ in range(5):  # on a busy machine, two taps may be too far apart to be a double tap
        page.wait_for_timeout(400)  # or they would be three with the tap before
        finger.tap(22, -5)
        finger.tap(22, -5)
        settle(page)
        if page.evaluate(POINTS) == before:
            break
    assert page.evaluate(POINTS) == before
    finger.push("undo")
    settle(page)
    assert page.evaluate(POINTS) == [*before, added]


def test_a_drag_leaves_X_as_it_is_and_the_page_where_it_is(play):
    page = play(f"#{SMALL}&lesson=0", **TOUCH)
    finger, before = Finger(page), page.evaluate(POINTS)
    finger.place(0, 0)  # brings the plane into view
    top = page.evaluate("scrollY")
    finger.move(12, -7)
    finger.move(-8, 22)
    settle(page)
    assert page.evaluate("scrollY") == top and page.evaluate(POINTS) == before


def test_keys_keep_choose_remove_and_undo(play):
    page = play(f"#{SMALL}&lesson=0")
    keys, before = Keys(page), page.evaluate(POINTS)
    keys.move(20, 12)
    keys.press("Enter")
    settle(page)
    assert page.evaluate(POINTS) == [*before, [20, 12, 1]]
    keys.press("PageUp")  # the last of X
    assert page.evaluate("playground.list.chosen") == len(before)
    page.wait_for_timeout(600)  # what was to be said of the measure does not replace it
    assert "(20.00, 12.00) with label 1" in page.inner_text('[aria-live="polite"]')
    keys.press("PageDown")  # and around
    assert page.evaluate("playground.list.chosen") == 0
    keys.press("Delete")
    settle(page)
    assert page.evaluate(POINTS) == [*before[1:], [20, 12, 1]]
    keys.press("Control+z", 2)
    settle(page)
    assert page.evaluate(POINTS) == before
    keys.press("PageDown")
    keys.press("Escape")
    assert page.evaluate("playground.list.chosen") is None


def test_keys_stay_in_the_plane(play):
    page = play(f"#{SMALL}&lesson=0")
    keys = Keys(page)
    keys.tab_to("canvas")
    keys.press("Shift+ArrowRight", 10)
    keys.press("Shift+ArrowUp", 10)
    assert page.evaluate("playground.probe") == [25, 25, 1]


def test_the_list_of_points_is_walked_by_arrows(play):
    page = play(f"#{SMALL}&lesson=0&method=last")
    keys = Keys(page)
    keys.tab_to('[role="listbox"]')
    keys.press("ArrowDown", 3)
    chosen = page.locator('[role="option"][aria-selected="true"]')
    assert chosen.count() == 1
    place = page.evaluate("""[...document.querySelectorAll('[role="option"]')]
      .findIndex(one => one.getAttribute("aria-selected"))""")
    assert place == 2  # the third of the most valuable
    active = page.locator('[role="listbox"]').get_attribute("aria-activedescendant")
    assert chosen.get_attribute("id") == active


def test_the_slider_shows_the_boundary_after_each_epoch(play):
    page = play(f"#{SMALL}&lesson=0")
    keys, epochs = Keys(page), page.evaluate("playground.values.epochs")
    final = page.evaluate("[...playground.now]")
    keys.tab_to('[name="epoch"]')
    keys.press("Home")
    page.get_by_text("Before training: the initial weights.").wait_for()
    assert page.evaluate("[...playground.now]") != final
    keys.press("End")
    page.get_by_text(f"After epoch {epochs} of {epochs}").wait_for()
    assert page.evaluate("[...playground.now]") == final


def test_a_place_that_is_done_late_does_not_hide_the_newest(play):
    page = play(f"#{SMALL}&lesson=0")
    assert page.evaluate(OVERTAKEN) == [12, -7, 1]
    assert settle(page).startswith("Adding (12, −7) with label 1")

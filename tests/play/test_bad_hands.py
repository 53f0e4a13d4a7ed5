"""Hands that do what the playground cannot train on: told what to do, and nothing is lost."""

import pytest
from support.hands import SMALL, WIDE, Keys, settle, wait_for_map

pytestmark = pytest.mark.slow

OF_X = "({ ...playground.state, probe: 0 })"
TOLD = "document.querySelector('.said').textContent"  # where there is no measure to wait for
REFUSED = (
    ("seed", "Seed", ("-1", "4294967296", "1.5", ""), "whole number from 0 to 4,294,967,295"),
    ("n", "Points per label", ("3", "5000"), "whole number from 4 to 1,000"),
    ("std", "Spread of the clusters", ("0", "7"), "number from 0.05 to 6"),
    ("batch", "Points per batch", ("0", "5001"), "whole number from 1 to 5,000"),
)
# A worker that a host's rules forbid is made, and fails a moment later.
FORBIDDEN = """window.Worker = class {
  constructor() { setTimeout(() => this.onerror({ message: "forbidden" })); }
  postMessage() {}
}"""


def told(page, *parts):
    """Wait for a sentence with these parts, at either of its places."""
    for part in parts:
        page.get_by_text(part).locator("visible=true").first.wait_for(timeout=10_000)


def test_a_field_out_of_range_changes_nothing(play):
    page = play(f"#{SMALL}&colour=red&lesson=0")
    told(page, "“colour” is unknown")  # until something is changed
    keys, state, said = Keys(page), page.evaluate(OF_X), page.inner_text(".said")
    for name, label, texts, allowed in REFUSED:
        before = page.input_value(f'[name="{name}"]')
        for text in texts:
            keys.write(name, text)
            told(page, f"{label} “{text}”: give a {allowed}. Nothing was changed.")
            assert page.input_value(f'[name="{name}"]') == before
    assert page.evaluate(OF_X) == state and page.inner_text(".said") == said
    keys.write("seed", "7")
    assert settle(page) != said
    assert not page.locator(".problem").is_visible()


def test_points_of_ones_own_from_none_to_two_at_one_place(play):
    page = play("#dataset=empty&hidden=100&step=4&probe=1,2,1&colour=red&lesson=0", until=TOLD)
    keys = Keys(page)
    told(page, "X has no points yet. Click in the plane", "“colour” is unknown")
    assert page.locator('[data-do="leave"]').is_disabled()
    keys.label("1")
    keys.press("Enter")
    told(page, "All points of X have label 1", "Add a point of label 0")
    assert page.locator('[data-do="leave"]').is_disabled()
    keys.label("0")
    keys.press("Enter")
    said = settle(page)
    assert said.startswith("Adding (1, 2) with label 0")
    assert "g by" not in said and "plane wrong" not in said  # nobody knows g
    assert page.evaluate("playground.points") == [[1, 2, 1], [1, 2, 0]]
    wait_for_map(page)
    keys.push("undo")
    told(page, "All points of X have label 1")
    assert page.evaluate("playground.points") == [[1, 2, 1]]
    keys.push("undo")
    told(page, "X has no points yet")


def test_clicks_give_the_labels_that_the_sentence_says(play):
    page = play("#dataset=empty&hidden=100&step=4&lesson=0", until=TOLD)
    box = page.locator("canvas").bounding_box()
    page.mouse.click(box["x"] + 100, box["y"] + 100)
    told(page, "All points of X have label 1")
    page.keyboard.down("Shift")
    page.mouse.click(box["x"] + 300, box["y"] + 300)
    page.keyboard.up("Shift")
    settle(page)
    assert [point[2] for point in page.evaluate("playground.points")] == [1, 0]


def test_nothing_is_computed_from_points_of_one_label(play):
    page = play(f"#{SMALL}&lesson=0")
    keys, count = Keys(page), page.evaluate("playground.points.length")
    ones = page.evaluate("playground.points.flatMap((point, k) => point[2] ? [k] : [])")
    page.evaluate(f"location.hash = '#{SMALL}&lesson=0&probe=3,3,1&removed={str(ones)[1:-1]}'")
    told(page, "All points of X have label 0", "Add a point of label 1")
    for what in ("csv", "python", "link", "png"):
        keys.push(what)
    keys.tab_to('[name="epoch"]')
    keys.press("Home")
    keys.tab_to("canvas")
    keys.press("Enter")  # the point has label 1
    assert settle(page).startswith("Adding (3, 3) with label 1")
    assert page.evaluate("playground.points.length") == count - len(ones) + 1


def test_the_only_point_of_its_label_is_not_left_out(play):
    page = play("#dataset=empty&hidden=100&step=4&added=1,2,1;3,4,0;4,4,0&lesson=0")
    Keys(page).push("leave")
    told(page, "the only point of label 1", "Give each label two")
    assert page.locator(".values li").count() == 0


def test_points_on_each_other_are_trained(play):
    pile = ";".join(["1,1,0"] * 20 + ["1,1,1"] * 20)
    page = play(f"#dataset=empty&hidden=100&step=4&probe=1,1,1&added={pile}&lesson=0")
    wait_for_map(page)
    finite = "playground.cells.values.every(one => Number.isFinite(one.moved))"
    assert page.inner_text(".said").startswith("Adding (1, 1)") and page.evaluate(finite)


def test_points_far_outside_the_plane_are_trained(play):
    page = play(f"#{SMALL}&added=1000000,-1000000,0&probe=-1000000,3,1&lesson=0")
    said = page.inner_text(".said")
    assert said.startswith("Adding (−1000000, 3)") and "NaN" not in said


def test_a_sample_that_cannot_be_split_says_what_to_give(play):
    page = play("#n=4&std=6&seed=0&hidden=100&step=4&lesson=0", until=TOLD)
    told(page, "With 4 points per label and a spread of 6", "Give more points or less spread")
    Keys(page).write("n", "40")
    assert settle(page).startswith("Adding")
    assert not page.locator(".problem").is_visible()


@pytest.mark.parametrize(("name", "value"), [("dataset", "noisy"), ("seed", "3"), ("n", "30")])
def test_points_that_a_choice_drops_come_back_by_undo(play, name, value):
    page = play(f"#{SMALL}&lesson=0&added=1,2,0;3,4,1&removed=5,6")
    keys, state, said = Keys(page), page.evaluate(OF_X), page.inner_text(".said")
    if name == "dataset":
        page.select_option(f'[name="{name}"]', value)  # by arrows, each option would be a change
    else:
        keys.write(name, value)
    assert settle(page) != said
    assert page.evaluate(OF_X)["removed"] == []
    keys.push("undo")
    assert settle(page) == said and page.evaluate(OF_X) == state
    assert page.input_value(f'[name="{name}"]') == str(state[name])


def test_workers_that_are_forbidden_are_done_without(play):
    page = play(f"#{SMALL}&lesson=0", WIDE, script=FORBIDDEN)
    wait_for_map(page)
    assert page.inner_text(".said") == play(f"#{SMALL}&lesson=0").inner_text(".said")

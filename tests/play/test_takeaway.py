"""What a reader takes away from the playground gives dvlib the very same points and networks."""

import re

import numpy as np
import pytest
from support.engine import in_engine, printed
from support.hands import SMALL, Keys, settle

from dvlib.data.datasets import make_dataset

pytestmark = pytest.mark.slow

EDITED = (
    "#dataset=noisy&n=80&std=1.5&seed=3&hidden=100&batch=32&step=4&lesson=0&method=forgotten"
    "&probe=3.25,-1.5,1&added=1.1,2.2,0;-3.3,4,1&removed=0,5,106"
)
OWN = "#dataset=empty&hidden=100&step=4&lesson=0&probe=1,2,1&added=0,0,0;1,1.5,0;3,3,1;4,2.5,1"
OWN += ";0.5,-1,0;-1,0.25,0;5,3.5,1;3,5,1"
STATES = {"usual": "#step=4", "edited": EDITED, "own": OWN}
TEST = """() => { const { x, y, labels } = playground.test;
  return x.map((_, i) => [x[i], y[i], labels[i]]); }"""
CLIPBOARD = "navigator.clipboard.readText()"


def part(page, code):
    """Points (n, 2) and labels (n,) of the page."""
    rows = np.array(page.evaluate(code), float).reshape(-1, 3)
    return rows[:, :2], rows[:, 2].astype(int)


@pytest.mark.parametrize("hash", STATES.values(), ids=STATES)
def test_dvlib_reads_the_table_as_it_is(play, tmp_path, hash):
    page = play(hash)
    with page.expect_download() as download:
        Keys(page).push("csv")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name in page.inner_text(".done") and "make fig01" in page.inner_text(".done")
    own = hash == OWN  # without test points; dvlib would split them
    data = make_dataset(path, standardize=False, test_share=0 if own else None)
    X, y = part(page, "playground.points")
    np.testing.assert_array_equal(data.X, X)
    np.testing.assert_array_equal(data.y, y)
    if not own:
        X_test, y_test = part(page, TEST)
        np.testing.assert_array_equal(data.X_test, X_test)
        np.testing.assert_array_equal(data.y_test, y_test)
        assert len(X_test) > 40


def test_the_python_lines_print_the_share_of_the_sentence(play):
    shown, lines = [], []
    for hash in STATES.values():
        page = play(hash, permissions=["clipboard-read", "clipboard-write"])
        Keys(page).push("python")
        page.get_by_text("The lines are copied").wait_for()
        lines.append(dict(lines=page.evaluate(CLIPBOARD)))
        shown.append((page.evaluate("playground.values.moved"), page.inner_text(".said")))
    for (moved, said), share in zip(shown, in_engine(printed, lines), strict=True):
        assert share == f"{moved:.2%}\n"
        sentence = re.search(r"moves the boundary by ([\d.]+) %", said)
        assert float(sentence[1]) == pytest.approx(float(share[:-2]), abs=0.0501)


def test_the_link_holds_all_of_it(play):
    page = play(EDITED, permissions=["clipboard-read", "clipboard-write"])
    Keys(page).push("link")
    page.get_by_text("The link is copied").wait_for()
    again = play("#" + page.evaluate(CLIPBOARD).partition("#")[2])
    assert again.evaluate("({ ...playground.state })") == page.evaluate("({ ...playground.state })")
    assert again.inner_text(".said") == page.inner_text(".said")


def test_what_may_not_be_copied_is_shown(play):
    forbidden = "navigator.clipboard.writeText = () => Promise.reject()"
    page = play(f"#{SMALL}&lesson=0", script=forbidden)
    Keys(page).push("python")
    page.get_by_text("import dvlib").wait_for()


def test_the_picture_is_the_plane_with_its_sentence(play, tmp_path):
    from PIL import Image

    page = play(f"#{SMALL}&lesson=0")
    settle(page)
    with page.expect_download() as download:
        Keys(page).push("png")
    download.value.save_as(tmp_path / "plane.png")
    image = Image.open(tmp_path / "plane.png").convert("RGB")
    side = page.evaluate("document.querySelector('canvas').width")
    assert image.width == side and image.height > side + 40
    below = np.asarray(image)[side:]
    assert (below.sum(-1) < 200).any() and (below == 255).mean() > 0.8  # black text on white
    assert len(np.unique(np.asarray(image)[:side].reshape(-1, 3), axis=0)) > 50

"""The playground in Chromium, from a file: nothing from outside, and dvlib's values exactly."""

import platform

import numpy as np
import pytest
from support.engine import in_engine, map_points, values_added, values_left_out
from support.hands import SMALL, wait_for_map

pytestmark = pytest.mark.slow

EXACT = platform.machine() in ("x86_64", "AMD64")  # elsewhere a compiler may fuse operations
MAPS = {
    "#step=4": dict(dataset="two_clusters"),
    "#dataset=noisy&batch=32&hidden=100&step=4": dict(dataset="noisy", batch=32, hidden=100),
}
COLUMNS = """names => Object.fromEntries(names.map(name =>
  [name, playground.cells.values.map(one => one[name])]))"""
NAMES = ("moved", "nearer", "forgotten", "last", "memorized", "epochs")
LEFT_OUT = (0, 1, 333, 668, 669)  # the first, the last and others
# Counts what a page could be busy with. A chain of time-outs grows the count as it goes.
COUNT = """window.begun = 0;
for (const name of ["requestAnimationFrame", "requestIdleCallback", "setTimeout", "setInterval"]) {
  const own = window[name].bind(window);
  window[name] = (...all) => { window.begun++; return own(...all); };
}
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (...all) { window.begun++; post.apply(this, all); };"""


@pytest.fixture(scope="module")
def of_dvlib():
    """dvlib's values of the points of each of MAPS."""
    requests = [dict(points=map_points(4), **given) for given in MAPS.values()]
    return dict(zip(MAPS, in_engine(values_added, requests), strict=True))


def same(ours, theirs):
    """Equal, or nearly so where the processor's networks differ in their last bits."""
    if EXACT:
        np.testing.assert_array_equal(ours, theirs)
    else:
        assert np.mean(np.abs(np.subtract(ours, theirs)) > 1e-3) < 0.05


def test_it_opens_from_a_file_without_complaint_and_asks_for_nothing(play, page_file):
    page = play(f"#{SMALL}")
    wait_for_map(page)
    assert page.complaints == []
    outside = [url for url in page.requests if not url.startswith("blob:")]
    assert outside == [f"{page_file.as_uri()}#{SMALL}".partition("#")[0]]
    assert page_file.stat().st_size <= 300_000


@pytest.mark.parametrize("hash", MAPS)
def test_its_map_and_f_X_are_those_of_dvlib(play, of_dvlib, hash):
    page = play(hash)
    wait_for_map(page)
    theirs, ours = of_dvlib[hash], page.evaluate(COLUMNS, list(NAMES))
    blocks = [[i, j, 4] for i in range(0, 36, 4) for j in range(0, 36, 4)]
    assert page.evaluate("playground.cells.blocks") == blocks
    for name in NAMES:
        assert len(ours[name]) == 81
        same(ours[name], theirs[name])
    epochs, wrong = page.evaluate("[playground.base.epochs, playground.base.toG]")
    same([epochs, wrong], [theirs["epochs_of_base"], theirs["wrong"]])
    # A map of one value would say little: these differ from cell to cell.
    assert all(len(set(theirs[name])) > 2 for name in ("moved", "nearer", "last"))


def test_leaving_points_out_gives_dvlibs_values(play):
    page = play("#step=4")
    ours = [page.evaluate("i => new Promise(done => playground.engine.each('leave', [i],"
                          " (_, values) => done(values)))", i) for i in LEFT_OUT]  # fmt: skip
    (theirs,) = in_engine(values_left_out, [dict(dataset="two_clusters", at=LEFT_OUT)])
    for name in theirs:
        same([values[name] for values in ours], theirs[name])


def test_batches_longer_than_the_data_are_one_batch(play):
    alike = [play(f"#{SMALL}&batch={batch}") for batch in (81, 5000)]  # 80 points and the new one
    values = [page.evaluate("({ ...playground.values, f: 0 })") for page in alike]
    assert values[0] == values[1] and values[0]["epochs"] > 1


def test_it_rests_once_the_map_is_full(play):
    page = play(f"#{SMALL}", script=COUNT)
    wait_for_map(page)
    page.wait_for_timeout(700)  # a screen reader is told after half a second
    before = page.evaluate("begun")
    page.wait_for_timeout(1000)
    assert page.evaluate("begun") == before > 81  # 81 refits and what draws them


def test_without_workers_it_trains_in_the_pages_own_thread(play):
    alone, other = play(f"#{SMALL}", script="delete window.Worker"), play(f"#{SMALL}")
    assert alone.evaluate("typeof Worker") == "undefined"
    for page in (alone, other):
        wait_for_map(page)
    assert alone.evaluate(COLUMNS, list(NAMES)) == other.evaluate(COLUMNS, list(NAMES))
    assert alone.inner_text(".said") == other.inner_text(".said")


@pytest.mark.parametrize(("script", "named"), [
    ("WebAssembly.validate = () => false", "vectors (SIMD)"),
    ("delete window.WebAssembly", "switched off"),
])  # fmt: skip
def test_a_browser_that_cannot_train_is_told_what_can(play, script, named):
    page = play(script=script, until="document.getElementById('play').textContent !== ''")
    said = page.inner_text("main")
    assert named in said and "Firefox" in said and "dvlib.playground()" in said
    assert page.evaluate("typeof playground") == "undefined"

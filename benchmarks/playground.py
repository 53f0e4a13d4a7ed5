"""Speed of the playground in Chromium and in JupyterLab, beside the engine, in one run.

`python -m benchmarks.playground` prints and writes benchmarks/playground.json.

browser          name and version
native           a fit of 671 points with 1,000 units by the engine: median `fit_seconds`
page             from a file, with as many workers as cores: `first_seconds` from opening to the
                 first boundary with the point, `fit_seconds` of one fit with its mesh and values,
                 `map_seconds` of 81, 324 and 1,296 cells, `boundaries_per_second` while dragging
lab              the widget in JupyterLab: the same, dragged while the map fills and after it
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.timing import bench, processor
from dvlib.data.datasets import make_dataset
from dvlib.engine.mlp import MLPConfig, draw_stream
from dvlib.play.page import write
from dvlib.refits.single import fit

CHROMIUM, PORT = "/usr/bin/chromium", 8978
DRAG = 4.0  # seconds
READY = "window.playground?.values"
DONE = "playground.cells?.done === playground.cells?.blocks.length"


@contextmanager
def browser_page():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.version, browser.new_page(viewport={"width": 1300, "height": 1000})
        browser.close()


def native_seconds(rounds):
    data = make_dataset("two_clusters")
    X, y = np.concatenate([data.X, [[12.0, -7.0]]]), np.append(data.y, 1)
    stream = draw_stream(len(X), MLPConfig(), 0)
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        fit(X, y, stream=stream)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def maps(page):
    page.wait_for_function(DONE, timeout=300_000)
    found = page.evaluate("[81, 324, 1296].map(n => playground.cells[`at${n}`] / 1000)")
    return dict(zip(("81", "324", "1296"), found, strict=True))


def dragged(page):
    """Boundaries a second while a hand moves the point in circles."""
    canvas = page.locator(".dvplay canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.evaluate("playground.fits = 0")
    middle = [box[side] + box[size] / 2 for side, size in (("x", "width"), ("y", "height"))]
    page.mouse.move(*middle)
    page.mouse.down()
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < DRAG:
        turn = 2 * np.pi * passed / DRAG
        page.mouse.move(middle[0] + 150 * np.cos(turn), middle[1] + 150 * np.sin(turn))
    page.mouse.up()
    return page.evaluate("playground.fits") / passed


def in_the_page(folder):
    path = write(Path(folder))
    with browser_page() as (version, page):
        page.goto(path.as_uri())
        page.wait_for_function(READY)
        first = page.evaluate("playground.firstAt / 1000")
        cells = maps(page)
        one = page.evaluate(
            """async () => {
              const times = []
              for (let k = 0; k < 31; k++) {
                const began = performance.now()
                await playground.engine.add([12, -7, 1])
                times.push(performance.now() - began)
              }
              return times.sort((a, b) => a - b)[15] / 1000
            }"""
        )
        return version, {
            "first_seconds": first, "fit_seconds": one, "map_seconds": cells,
            "boundaries_per_second": dragged(page),
        }  # fmt: skip


def in_the_lab(folder):
    import nbformat

    cell = nbformat.v4.new_code_cell("import dvlib\ndvlib.playground()")
    book = nbformat.v4.new_notebook(cells=[cell])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, Path(folder) / "play.ipynb")
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--port={PORT}", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    with (Path(folder) / "lab.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ)
    try:
        _wait_for(f"http://127.0.0.1:{PORT}/api")
        with browser_page() as (_, page):
            page.goto(f"http://127.0.0.1:{PORT}/lab/tree/play.ipynb?reset")
            page.wait_for_selector(".jp-Notebook", timeout=60_000)
            page.wait_for_timeout(4000)
            page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
            page.keyboard.press("Shift+Enter")
            page.wait_for_function(READY, timeout=120_000)
            filling = dragged(page)
            page.wait_for_function(DONE, timeout=300_000)
            page.evaluate("playground.map.fill()")
            cells = maps(page)
            return {
                "map_seconds": cells, "boundaries_per_second_map_filling": filling,
                "boundaries_per_second": dragged(page),
            }  # fmt: skip
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(address):
    for _ in range(240):
        try:
            urllib.request.urlopen(address)
            return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(f"{address} does not answer")


def main():
    run = bench("playground", __doc__)
    rounds = run.size(31, 3)
    with tempfile.TemporaryDirectory() as folder:
        before = native_seconds(rounds)
        version, page = in_the_page(folder)
        lab = in_the_lab(folder)
        native = statistics.median([before, native_seconds(rounds)])
    run.write(
        {
            "processor": processor(), "browser": f"Chromium {version}",
            "native": {"fit_seconds": native}, "page": page, "lab": lab,
        }
    )  # fmt: skip


if __name__ == "__main__":
    main()

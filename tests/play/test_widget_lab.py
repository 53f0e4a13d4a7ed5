"""The playground in JupyterLab, in Chromium: it draws, a drag retrains, and arrays come back."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import numpy as np
import pytest
from support.hands import WAIT, wait_until

import dvlib
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.leave_one_out import against_base
from dvlib.methods.one_point import refits_without_point
from dvlib.refits.batch import RefitSettings
from dvlib.root import project_root

pytestmark = pytest.mark.slow

MEASURED = "window.playground?.values && playground.values.moved !== undefined"
SAID = "document.querySelector('.said').textContent"
BACK = """import json, pathlib
told = {name: getattr(widget, name).to_dict("list") for name in ("values", "map")}
told |= {"X": widget.X.tolist(), "y": widget.y.tolist(), "opened": len(widget.data[0])}
pathlib.Path("told.part").write_text(json.dumps(told))
_ = pathlib.Path("told.part").replace("told.json")"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address and folder of a JupyterLab that keeps all of its files in that folder."""
    folder = tmp_path_factory.mktemp("lab")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PYTHONPATH": str(project_root())}
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        environment[name] = str(folder / name)
    environment["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--port={port}", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        ended = time.monotonic() + WAIT / 1000
        while True:
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < ended, (folder / "lab.log").read_text()
                time.sleep(0.25)
        yield address, folder
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def context(browser):
    """One for all pages, so that the second takes JupyterLab's own files from the cache."""
    with browser.new_context(viewport={"width": 1400, "height": 1000}) as context:
        yield context


@pytest.fixture
def run(context, lab):
    """Function that runs the first cell of a new notebook, and waits for the playground."""
    (address, folder), pages = lab, []

    def run(name, source):
        cells = [nbformat.v4.new_code_cell(text) for text in (source, BACK)]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, folder / f"{name}.ipynb")
        page = context.new_page()
        pages.append(page)
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"{address}/lab/tree/{name}.ipynb?reset")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell .cm-content", timeout=WAIT)
        page.wait_for_selector("text=Python 3 (ipykernel) | Idle", timeout=WAIT)
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        wait_until(page, MEASURED)
        return page

    yield run
    for page in pages:
        page.close()  # or its map would be computed further


def told(page, folder):
    """What the second cell writes, as a dict."""
    (folder / "told.json").unlink(missing_ok=True)
    page.locator(".jp-CodeCell .cm-content").nth(1).click()
    page.keyboard.press("Shift+Enter")
    ended = time.monotonic() + WAIT / 1000
    while not (folder / "told.json").exists():
        assert time.monotonic() < ended, "the cell has not run"
        time.sleep(0.1)
    return json.loads((folder / "told.json").read_text())


def test_a_drag_changes_the_sentence_and_arrays_come_back(run, lab):
    page = run("sampled", "import dvlib\nwidget = dvlib.playground()\nwidget")
    assert page.evaluate(SAID).startswith("Adding (12, 9) with label 1 moves the boundary by 0.2 %")
    assert page.is_hidden("[data-do=link]"), "a notebook has no address to share"
    canvas = page.locator(".dvplay canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()

    def place(x, y):
        return box["x"] + box["width"] * (x + 10) / 35, box["y"] + box["height"] * (25 - y) / 35

    page.mouse.move(*place(12, 9))
    page.mouse.down()
    for y in range(8, -8, -1):
        page.mouse.move(*place(12, y))
    page.mouse.up()
    wait_until(page, "playground.measured[1] === playground.probe[1]")
    assert page.evaluate(SAID).startswith(f"Adding ({page.evaluate('playground.probe[0]')}, −7")
    assert page.evaluate("playground.values.moved") > 0.1
    # The point is kept, and the epochs of its training are shown.
    page.click("[data-do=keep]")
    wait_until(page, "playground.points.length === 671 && playground.values")
    page.locator("[name=epoch]").fill("0")
    wait_until(page, "document.querySelector('.epoch').textContent.startsWith('Before')")
    wait_until(page, "playground.map.cells?.done > 81")
    back, data = told(page, lab[1]), dvlib.make_dataset("two_clusters")
    x, y, label = page.evaluate("playground.points.at(-1)")
    np.testing.assert_array_equal(back["X"], np.concatenate([data.X, [[x, y]]]))
    assert back["y"] == [*data.y, label] and back["opened"] == len(data.X)
    assert len(back["map"]["moved"]) >= 81 and max(back["map"]["moved"]) > 0.1
    assert page.is_hidden(".problem") and page.complaints == []


def test_points_of_ones_own_are_valued_on_a_mesh_of_their_own(run, lab):
    rng = np.random.default_rng(1)
    X = np.concatenate([rng.normal(0, 1, (12, 2)), rng.normal(2, 1, (12, 2))]) / 1000
    y = np.repeat([0, 1], 12)
    page = run(
        "own", f"import dvlib\nX, y = {X.tolist()}, {y.tolist()}\n"
        "widget = dvlib.playground(X=X, y=y, hidden=100, method='memorization')\nwidget",
    )  # fmt: skip
    page.click("[data-do=leave]")
    wait_until(page, "playground.list.left.every(one => 'moved' in one)")
    # A pixel is a millionth of a unit here: coordinates keep enough digits to tell them apart.
    page.locator(".dvplay canvas").press("ArrowRight")
    for key in "dd":  # in JupyterLab's own hands, d d deletes the cell
        page.locator(".dvplay canvas").press(key)
    assert page.locator(".jp-CodeCell").count() == 2 and page.is_visible(".dvplay canvas")
    low, high = page.evaluate("playground.range")
    assert high - low < 0.02 and 0 < page.evaluate("playground.probe[0]") - (low + high) / 2 < 0.001
    back = told(page, lab[1])
    np.testing.assert_array_equal(back["X"], X)
    settings = RefitSettings(config=MLPConfig((100,)), mesh=MeshGrid(low, high, 500), cache=False)
    refits = refits_without_point(X, y, None, settings)
    np.testing.assert_array_equal(back["values"]["moved"], against_base(refits).values)
    assert np.isnan(back["values"]["nearer"]).all()
    # Another seed trains other networks on the same points, so a point that was removed stays so.
    page.evaluate("playground.remove(5)")
    page.locator("[name=seed]").select_text()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    wait_until(page, "playground.values && playground.state.seed === 3")
    np.testing.assert_array_equal(told(page, lab[1])["X"], np.delete(X, 5, 0))
    assert page.is_hidden(".problem") and page.complaints == []

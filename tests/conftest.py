"""Shared fixtures: a separate cache for every test, a small problem to refit, and a browser.

Pages are opened in the system's Chromium, without a network.
"""

import os
import shutil

import pytest
import support.small
from hypothesis.configuration import set_hypothesis_home_dir

from dvlib.data.datasets import make_dataset
from dvlib.root import project_root

set_hypothesis_home_dir(project_root() / ".cache" / "hypothesis")  # for tables of characters
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(autouse=True)
def cache_dir(tmp_path, monkeypatch):
    """Folder of this test's cache. Tests use neither the cluster nor the folders of the user."""
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path / "cache"))
    for name in ("CLUSTER", "BUILD", "FORMAT", "FROM"):
        monkeypatch.delenv(f"DVLIB_{name}", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def pool():
    """24 points of two overlapping clusters, and their labels."""
    return support.small.pool()


@pytest.fixture
def small():
    """Function that makes RefitSettings whose fits take a millisecond."""
    return support.small.settings


@pytest.fixture
def own_root(tmp_path, monkeypatch):
    """Folder in place of the clone, where figures, builds and reports of a test go."""
    for name in ("dvlib.paper.places", "dvlib.suite.bundle", "dvlib.suite.verify"):
        monkeypatch.setattr(f"{name}.project_root", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def fits(monkeypatch):
    """List that grows by one with every refit of a batch."""
    import dvlib.engine.classifiers

    calls, real = [], dvlib.engine.classifiers.train

    def counted(*args, **kwargs):
        calls.append(1)
        return real(*args, **kwargs)

    monkeypatch.setattr(dvlib.engine.classifiers, "train", counted)
    return calls


@pytest.fixture
def dataset():
    """The paper's two clusters."""
    return make_dataset("two_clusters")


@pytest.fixture(scope="session")
def browser():
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("DVLIB_NEED_BROWSER"):
            pytest.fail("DVLIB_NEED_BROWSER is set and there is no chromium")
        pytest.skip("there is no chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Function that opens an address without a network; the page keeps complaints and requests.

    `script` runs before the page's own, and `options` are a context's of Playwright.
    """
    contexts = []

    def open_page(address, viewport, scheme="light", script="", **options):
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, offline=True, **options
        )
        contexts.append(context)
        context.add_init_script(script or ";")
        page = context.new_page()
        page.complaints, page.requests = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfailed", lambda request: page.complaints.append(request.url))
        page.on("request", lambda request: page.requests.append(request.url))
        page.overflow = lambda: page.evaluate(OVERFLOW)  # pixels beyond the viewport's width
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()

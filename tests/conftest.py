"""Shared fixtures: a separate cache for every test, and a small problem to refit."""

import pytest
import support.small
from hypothesis.configuration import set_hypothesis_home_dir

from dvlib.data.datasets import make_dataset
from dvlib.root import project_root

set_hypothesis_home_dir(project_root() / ".cache" / "hypothesis")  # for tables of characters


@pytest.fixture(autouse=True)
def cache_dir(tmp_path, monkeypatch):
    """Folder of this test's cache. Tests do not use the cluster of the user."""
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("DVLIB_CLUSTER", raising=False)
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
    import dvlib.engine.observe

    calls, real = [], dvlib.engine.observe.train

    def counted(*args, **kwargs):
        calls.append(1)
        return real(*args, **kwargs)

    monkeypatch.setattr(dvlib.engine.observe, "train", counted)
    return calls


@pytest.fixture
def dataset():
    """The paper's two clusters."""
    return make_dataset("two_clusters")

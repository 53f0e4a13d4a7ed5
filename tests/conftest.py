"""Shared fixtures: a cache of its own for every test, and a small problem to refit."""

import numpy as np
import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from dvlib.data.datasets import make_dataset
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.refits.batch import RefitSettings
from dvlib.root import project_root

set_hypothesis_home_dir(project_root() / ".cache" / "hypothesis")  # its tables of characters


@pytest.fixture(autouse=True)
def cache_dir(tmp_path, monkeypatch):
    """The folder of this test's cache; a cluster of the user's is not for tests."""
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("DVLIB_CLUSTER", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def pool():
    """24 points of two overlapping clusters, 12 of each class, so that fits differ by subset."""
    rng = np.random.default_rng(7)
    X = np.concatenate([rng.normal(0, 1.5, (12, 2)), rng.normal(2, 1.5, (12, 2))])
    return X, np.repeat([0, 1], 12)


@pytest.fixture
def small():
    """Makes RefitSettings with which a fit takes a millisecond."""

    def make(**changes):
        config = MLPConfig(hidden_layer_sizes=(16,), max_iter=30, learning_rate_init=0.02)
        settings = {"seeds": (0, 3), "config": config, "mesh": MeshGrid(-4, 6, 20), "n_jobs": 1}
        return RefitSettings(**(settings | changes))

    return make


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

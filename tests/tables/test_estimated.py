"""dv of added points as influence functions predict it, without a refit."""

import numpy as np
import pytest
from support.small import LABELS, POINTS, g, line, pool

from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, train
from dvlib.tables.gradients import unlikely
from dvlib.tables.influence_functions import Influence, _Clock, estimated_dv

MESH = MeshGrid(-3, 3, 15)


def test_estimated_dv_counts_the_labels_that_the_predicted_change_turns():
    X, y = pool()
    network = train(X, y, MLPConfig((8,), max_iter=40), seed=0, engine="sklearn").network
    at, g_at = MESH.points, g(MESH.points)
    _, found = estimated_dv(network, X, y, POINTS, LABELS, at=at, g_at=g_at, dampings=(2, 0.1))
    change = Influence.from_network(network, X, y, damping=0.1).added(POINTS, LABELS, at)[..., 0]
    before = network.decision(at)
    for k in range(len(POINTS)):
        after = before + change[k] > 0
        assert found.to_base[k] == np.mean(after != (before > 0))
        assert found.to_g[k] == np.mean(after != g_at)
    assert found.base_to_g == np.mean(boundary(network, MESH) != boundary(g, MESH))
    assert found.to_base.max() > 0


def test_parts_of_the_sample_add_up(monkeypatch):
    X, y = pool()
    network = train(X, y, MLPConfig((8,), max_iter=40), seed=0, engine="sklearn").network
    given = (network, X, y, POINTS, LABELS)
    kept = {"at": MESH.points, "g_at": g(MESH.points), "dampings": [0.1]}
    (whole,) = estimated_dv(*given, **kept)
    monkeypatch.setattr("dvlib.tables.influence_functions.AT_ONCE", 50)
    (parts,) = estimated_dv(*given, **kept)
    np.testing.assert_array_equal(parts.to_base, whole.to_base)
    np.testing.assert_array_equal(parts.to_g, whole.to_g)


def test_more_damping_moves_less():
    X, y = pool()
    network = train(X, y, MLPConfig((8,), max_iter=40), seed=0, engine="sklearn").network
    kept = {"at": MESH.points, "g_at": g(MESH.points)}
    found = estimated_dv(network, X, y, POINTS, LABELS, dampings=(0.0, 0.1, 1e6), **kept)
    dvs = [one.to_base.sum() for one in found]
    assert dvs[0] > dvs[1] > dvs[2] == 0


def test_seconds_count_shared_work_for_each_damping_and_own_work_once(monkeypatch):
    ticks = iter([0.0, 10.0, 11.0, 13.0])
    monkeypatch.setattr("dvlib.tables.influence_functions.time.perf_counter", lambda: next(ticks))
    clock = _Clock(2)
    clock.shared()
    clock.single(0)
    clock.single(1)
    np.testing.assert_array_equal(clock.seconds, [11, 12])


def test_unlikely_by_hand():
    network = line(1, 0, 0)  # P(1) = 1 / (1 + exp(−x))
    found = unlikely(network, np.array([[np.log(3), 0], [np.log(3), 5]]), np.array([1, 0]))
    np.testing.assert_allclose(found, [0.25, 0.75])


def test_labels_of_another_number_are_refused():
    X, y = pool()
    network = train(X, y, MLPConfig((8,), max_iter=5), seed=0, engine="sklearn").network
    with pytest.raises(ValueError, match="labels of the points where models are compared"):
        estimated_dv(network, X, y, POINTS, LABELS, at=X, g_at=y[:-1], dampings=[0.1])

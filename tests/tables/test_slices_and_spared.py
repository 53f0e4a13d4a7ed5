"""Networks on planes through rows, and dv of added points without a refit."""

from itertools import pairwise

import numpy as np
import pytest
from support.small import LABELS, POINTS, g, line, pool

from dvlib.engine.boundaries import boundary, decision_on
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, Network, train
from dvlib.tables.influence_functions import Influence
from dvlib.tables.slices import Slice, random_triple
from dvlib.tables.spared import _Clock, estimated_dv, unlikely

MESH = MeshGrid(-3, 3, 15)


@pytest.fixture
def rows():
    return np.random.default_rng(3).normal(size=(3, 5))


@pytest.mark.parametrize(("hidden", "outputs"), [((7,), 1), ((7,), 3), ((7, 4), 1), ((), 1)])
def test_a_restricted_network_is_the_network_at_the_planes_points(rows, hidden, outputs):
    rng = np.random.default_rng(0)
    sizes = (5, *hidden, outputs)
    coefs = [rng.normal(size=pair) for pair in pairwise(sizes)]
    network = Network.of_layers(coefs, [rng.normal(size=size) for size in sizes[1:]])
    plane = Slice.through(rows)
    flat = plane.restricted(network)
    assert flat.inputs == 2 and flat.outputs == outputs
    np.testing.assert_allclose(
        flat.probabilities(MESH.points), network.probabilities(plane.points(MESH.points)),
        rtol=0, atol=1e-12,
    )  # fmt: skip  # the same sums in another order


def test_the_sweep_draws_the_restricted_network(rows):
    rng = np.random.default_rng(1)
    network = Network.of_layers(
        [rng.normal(size=(5, 30)), rng.normal(size=(30, 1))], [rng.normal(size=30), np.zeros(1)]
    )
    plane = Slice.through(rows)
    swept, flat = decision_on(plane.restricted(network), MESH), MESH.points
    np.testing.assert_allclose(
        swept, MESH.as_image(network.decision(plane.points(flat))), atol=1e-5
    )  # the sweep has float32 places of kinks
    assert plane.restricted(network).is_one_layer_of_relu


def test_the_plane_holds_its_rows_and_keeps_distances(rows):
    plane = Slice.through(rows)
    np.testing.assert_allclose(plane.points(plane.corners), rows, atol=1e-12)
    reach = np.linalg.norm(rows - rows.mean(0), axis=1).max()
    np.testing.assert_allclose(plane.axes @ plane.axes.T, reach**2 * np.eye(2), atol=1e-12)
    assert np.linalg.norm(plane.corners, axis=1).max() == pytest.approx(1)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[0, 0], [1, 1]], "give three rows"),
        ([[0, 0], [1, 1], [2, 2]], "lie on a line"),
        ([[0, 0], [0, 0], [2, 1]], "lie on a line"),
    ],
)
def test_rows_without_a_plane_are_refused(rows, said):
    with pytest.raises(ValueError, match=said):
        Slice.through(rows)
    with pytest.raises(ValueError, match="a network of 2 inputs: the plane's rows have 5"):
        Slice.through(np.eye(5)[:3]).restricted(line(1, 0, 0))


def test_random_triples_have_two_labels():
    y = np.array([0, 0, 0, 1])
    rng = np.random.default_rng(0)
    for _ in range(50):
        triple = random_triple(y, rng)
        assert len(set(triple)) == 3 and y[triple[0]] != y[triple[1]]


def test_estimated_dv_counts_the_labels_that_the_predicted_change_turns():
    X, y = pool()
    network = train(X, y, MLPConfig((8,), max_iter=40), seed=0, engine="sklearn").network
    at, g_at = MESH.points, g(MESH.points)
    _, found = estimated_dv(network, X, y, POINTS, LABELS, at=at, g_at=g_at, dampings=(2, 0.1))
    change = Influence.of(network, X, y, damping=0.1).added(POINTS, LABELS, at)[..., 0]
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
    monkeypatch.setattr("dvlib.tables.spared.AT_ONCE", 50)
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
    monkeypatch.setattr("dvlib.tables.spared.time.perf_counter", lambda: next(ticks))
    clock = _Clock(2)
    clock.shared()
    clock.own(0)
    clock.own(1)
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

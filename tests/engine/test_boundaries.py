"""Boundaries on a mesh against brute force, and dv against hand-worked values."""

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.engine.mlp import Network


def network(wx, wy, b, v, c):
    """One hidden layer from lists over its units."""
    wx, wy, b, v, c = (np.asarray(a, float) for a in (wx, wy, b, v, [c]))
    return Network.of_layers((np.stack([wx, wy]), v[:, None]), (b, c))


def random_network(rng, hidden):
    return network(*rng.normal(0, 1, (4, hidden)), rng.normal())


def values(model, mesh):
    """f at every mesh point by brute force; rows have constant y."""
    return mesh.as_image(model.decision(mesh.points))


def assert_equal_away_from_zero(model, mesh):
    # Both sum in float64. Sums over at most 1,000 units with z up to about 100 round by 1e-11. The
    # bound 1e-6 is far above that, and far below the change of f between neighbouring points.
    f = values(model, mesh)
    clear = np.abs(f) >= 1e-6
    assert clear.mean() > 0.99  # nearly all points are compared
    np.testing.assert_array_equal(boundary(model, mesh)[clear], (f > 0)[clear])


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        ([[0, 0, 1], [1, 1, 0]], [[0, 1, 1], [1, 0, 0]], 2 / 6),
        # 0 - 1 in uint8 would wrap to 255; the differences are 1 and 1 of 4 cells.
        (np.array([[0, 1], [1, 1]], np.uint8), np.array([[1, 0], [1, 1]], np.uint8), 0.5),
    ],
)
def test_dv_is_the_share_of_cells_that_differ(a, b, share):
    assert dv(a, b) == share


def test_dv_of_two_shapes_is_refused():
    with pytest.raises(ValueError, match=r"\(2, 2\) and \(3, 3\).*one mesh"):
        dv(np.zeros((2, 2)), np.zeros((3, 3)))


@pytest.mark.parametrize(
    ("layer", "mesh", "labels"),
    [
        # relu(x) - 1.5 is positive for x = 2 and 3, whatever y is; 0.5 - relu(y) for y = 0 only.
        (([1], [0], [0], [1], -1.5), MeshGrid(0, 3, 4), [[0, 0, 1, 1]] * 4),
        (([0], [1], [0], [-1], 0.5), MeshGrid(0, 3, 4), [[1] * 4] + [[0] * 4] * 3),
        # relu(x) + relu(2 - x) - 2.5 on x = -1 … 3 is 0.5, -0.5, -0.5, -0.5, 0.5.
        (([1, -1], [0, 0], [0, 2], [1, 1], -2.5), MeshGrid(-1, 3, 5), [[1, 0, 0, 0, 1]] * 5),
        # relu(x - 1) is 0, 0, 1; scikit-learn's p > 0.5 is false at p = 0.5.
        (([1], [0], [-1], [1], 0), MeshGrid(0, 2, 3), [[0, 0, 1]] * 3),
        # relu(2) - 1 and relu(-2) - 1 everywhere
        (([0], [0], [2], [1], -1), MeshGrid(-2, 2, 3), [[1] * 3] * 3),
        (([0], [0], [-2], [1], -1), MeshGrid(-2, 2, 3), [[0] * 3] * 3),
    ],
)
def test_boundaries_by_hand(layer, mesh, labels):
    """Rows are those of constant y."""
    found = boundary(network(*layer), mesh)
    assert found.tolist() == labels and found.dtype == np.uint8


@pytest.mark.parametrize("hidden", [1, 3, 50, 1000])
@pytest.mark.parametrize("mesh", [MeshGrid(-10, 20, 120), MeshGrid(-3.7, 1.9, 61)])
def test_sweep_equals_brute_force(hidden, mesh):
    rng = np.random.default_rng(hidden)
    for _ in range(5):
        assert_equal_away_from_zero(random_network(rng, hidden), mesh)


def test_sweep_equals_brute_force_on_the_mesh_of_the_paper():
    assert_equal_away_from_zero(random_network(np.random.default_rng(0), 20), X_M)


@pytest.mark.parametrize("mesh", [MeshGrid(0, 1, 2), MeshGrid(-10, 20, 2), MeshGrid(-1, 1, 3)])
def test_sweep_of_tiny_meshes(mesh):
    rng = np.random.default_rng(2)
    seen = set()
    for _ in range(200):
        model = random_network(rng, 4)
        assert_equal_away_from_zero(model, mesh)
        seen.add(boundary(model, mesh).tobytes())
    assert len(seen) > 5  # the networks differ


def test_sweep_of_units_without_slope_in_x():
    rng = np.random.default_rng(3)
    for zero in (0.0, -0.0):
        for hidden in (1, 6):
            wx, wy, b, v = rng.normal(0, 1, (4, hidden))
            wx[: (hidden + 1) // 2] = zero
            assert_equal_away_from_zero(network(wx, wy, b, v, 0.3), MeshGrid(-5, 5, 41))


def test_sweep_is_exact_where_kinks_lie_on_mesh_columns():
    # Weights are whole numbers and slopes powers of two. Every kink lies on a column of the mesh of
    # step 1 or half-way between two, every sum is exact, and the bias of 0.5 keeps f from being 0.
    rng = np.random.default_rng(4)
    mesh = MeshGrid(-8, 8, 17)
    shares = []
    for _ in range(200):
        wx = rng.choice([-2, -1, 0, 1, 2], 8)
        wy, b, v = rng.integers(-3, 4, (3, 8))
        model = network(wx, wy, b, v, 0.5)
        labels = boundary(model, mesh)
        np.testing.assert_array_equal(labels, values(model, mesh) > 0)
        shares.append(labels.mean())
    assert 0.2 < np.mean(shares) < 0.8


def test_functions_and_classifiers_have_the_boundary_of_their_labels():
    model, mesh = random_network(np.random.default_rng(5), 10), MeshGrid(-6, 6, 30)
    np.testing.assert_array_equal(boundary(model.predict, mesh), boundary(model, mesh))
    theirs = MLPClassifier((5,), solver="lbfgs", random_state=0).fit([[0, 0], [1, 1]], [0, 1])
    np.testing.assert_array_equal(boundary(theirs, mesh), boundary(theirs.predict, mesh))


def test_two_hidden_layers_and_tanh_are_evaluated_point_by_point():
    rng, mesh = np.random.default_rng(6), MeshGrid(-3, 3, 15)
    for activation in ("relu", "tanh"):
        weights = tuple(rng.normal(0, 1, shape) for shape in ((2, 5), (5, 4), (4, 1)))
        deep = Network.of_layers(weights, tuple(rng.normal(0, 1, k) for k in (5, 4, 1)), activation)
        np.testing.assert_array_equal(boundary(deep, mesh), values(deep, mesh) > 0)
    # tanh(1) - 0.8 < 0 < relu(1) - 0.8: the activation is not ignored.
    flat = ((np.array([[0.0], [0.0]]), np.array([[1.0]])), (np.array([1.0]), np.array([-0.8])))
    assert not boundary(Network.of_layers(*flat, "tanh"), mesh).any()
    assert boundary(Network.of_layers(*flat, "relu"), mesh).all()

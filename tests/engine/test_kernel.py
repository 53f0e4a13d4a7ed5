"""Parts of the kernels against their definitions: random stream, memory, labels of a mesh."""

import numpy as np
import pytest
from numba import njit

from dvlib.data.datasets import make_dataset
from dvlib.engine.boundaries import boundary, decision_on
from dvlib.engine.kernel.labels import label_mesh
from dvlib.engine.kernel.memory import FLUSHED, on_lines, swap_control
from dvlib.engine.kernel.stream import DRAWN, STATE, below, next_word, seed_state, shuffle, uniform
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.engine.mlp import MLPConfig, draw_stream, train

SEEDS = (0, 1, 7, 12345, 2**32 - 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_words_are_those_of_randomstate(seed):
    state, rng = np.empty(STATE, np.uint32), np.random.RandomState(seed)
    seed_state(state, seed)
    words = rng.randint(0, 2**32, 1500, np.uint32)
    np.testing.assert_array_equal([next_word(state) for _ in range(1500)], words)
    assert [uniform(state) for _ in range(9)] == rng.random_sample(9).tolist()
    ours, theirs = np.arange(1000), np.arange(1000)
    shuffle(state, ours)
    rng.shuffle(theirs)
    np.testing.assert_array_equal(ours, theirs)
    assert all(below(state, 5) <= 5 for _ in range(100))


@pytest.mark.parametrize(
    "n, inputs, hidden, outputs", [(1, 2, 1, 1), (2, 2, 7, 1), (671, 5, 40, 3)]
)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_stream_is_what_scikit_learn_draws(n, inputs, hidden, outputs, seed):
    stream = draw_stream(n, MLPConfig((hidden,), max_iter=20), seed, inputs, outputs)
    rng, weights = np.random.RandomState(seed), []
    for fan_in, fan_out in ((inputs, hidden), (hidden, outputs)):
        bound = np.sqrt(6.0 / (fan_in + fan_out))
        weights += [rng.uniform(-bound, bound, size) for size in (fan_in * fan_out, fan_out)]
    np.testing.assert_array_equal(stream.initial, np.concatenate(weights).astype(np.float32))
    current = np.arange(n)
    for row in stream.order:
        shuffled = np.arange(n)
        rng.shuffle(shuffled)
        current = current[shuffled]
        np.testing.assert_array_equal(row, current)


@pytest.mark.parametrize("inputs", [2, 4])
def test_a_fit_draws_only_the_epochs_that_it_runs(inputs):
    rng, config = np.random.default_rng(0), MLPConfig((20,), tol=1.0, n_iter_no_change=3)
    X, y = rng.normal(size=(30, inputs)), np.arange(30) % 2
    fitted = train(X, y, config, seed=1, engine="fast")
    stream = draw_stream(30, config, 1, inputs)
    assert stream.state[DRAWN] == fitted.n_iter < config.max_iter
    assert (np.sort(stream.order, axis=1) == np.arange(30)).all()
    assert stream.state[DRAWN] == config.max_iter
    again = train(X, y, config, seed=1, engine="fast")  # with all of it drawn
    np.testing.assert_array_equal(again.network.packed, fitted.network.packed)


@njit
def _product(control, small):
    before = swap_control(control)
    product = small[0] * small[1]
    swap_control(before)
    return before, product, small[0] * small[1]


def test_subnormal_numbers_are_zero_only_between_two_swaps():
    small = np.float32([1e-20, 1e-20])  # product 1e-40, below the least normal number of 1.2e-38
    before, flushed, product = _product(FLUSHED, small)
    if before == FLUSHED:
        pytest.skip("this processor keeps subnormal numbers in any case")
    assert flushed == 0 < product


def test_a_fit_leaves_the_treatment_of_subnormal_numbers_as_it_was():
    for inputs in (2, 3):
        train(np.eye(4, inputs), np.arange(4) % 2, MLPConfig((5,)), seed=0, engine="fast")
        assert np.float32(1e-20) * np.float32(1e-20) > 0


@pytest.mark.parametrize("count", [1, 15, 16, 1000])
def test_arrays_start_on_a_line_of_the_cache(count):
    array = on_lines(count)
    assert array.ctypes.data % 64 == 0 and array.shape == (count,) and not array.any()


@pytest.mark.parametrize("name", ["two_clusters", "spirals", "noisy"])
@pytest.mark.parametrize("n", [6, 60])
def test_labels_by_boxes_are_the_signs_of_the_sweep(name, n):
    data = make_dataset(name, n_per_class=n)
    network = train(data.X, data.y, MLPConfig((200,)), seed=n, engine="fast").network
    for mesh in (X_M, MeshGrid(-3, 3, 2), MeshGrid(-10, 25, 37), MeshGrid(-1e4, 1e4, 130)):
        np.testing.assert_array_equal(boundary(network, mesh), decision_on(network, mesh) > 0)


def test_labels_of_a_mesh_that_is_not_square():
    packed = np.array([1.0, 0, 0, 0.5, -3, -2, 1, -1, 0.25])  # relu(x − 3) − relu(y / 2 − 2) + 1/4
    labels = np.empty((21, 11), np.uint8)
    label_mesh(packed, 0.0, 1.0, 0.0, 1.0, labels)
    x, y = np.meshgrid(np.arange(11), np.arange(21))
    f = np.maximum(x - 3, 0) - np.maximum(y / 2 - 2, 0) + 0.25
    np.testing.assert_array_equal(labels, f > 0)

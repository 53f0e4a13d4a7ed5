"""The fast engine against arithmetic spelled out in NumPy and against scikit-learn."""

import dataclasses
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from dvlib.data.datasets import make_dataset
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import X_M
from dvlib.engine.mlp import MLPConfig, Network, Stream, draw_stream
from dvlib.refits.single import fit

SMALL = MLPConfig(hidden_layer_sizes=(20,), max_iter=25, n_iter_no_change=25, alpha=0.1)


@pytest.fixture(scope="module")
def clusters():
    """40 points of two overlapping clusters."""
    rng = np.random.default_rng(3)
    X = np.concatenate([rng.normal(0, 2, (20, 2)), rng.normal(2, 2, (20, 2))])
    return X, np.repeat([0, 1], 20)


def assert_close(one, other, atol):
    np.testing.assert_allclose(one.network.packed, other.network.packed, atol=atol, rtol=0)


def spelled_out_training(X, y, w, packed, config, epochs):
    """Weights and last loss of full-batch Adam on the log loss plus L2 term, in float64.

    f = Σ_h v_h relu(z_h) + c with z = x wx + y wy + b, p = 1 / (1 + e^-f); with N = Σ w the loss
    is Σ w [log(1 + e^f) - y f] / N + α / 2 Σ (wx² + wy² + v²) / N, so with δ = w (p - y) / N
    ∂c = Σ δ, ∂v = Σ δ relu(z) + α v / N, ∂b = Σ δ v [z > 0], ∂wx = Σ δ v [z > 0] x + α wx / N.
    """
    theta = packed.astype(float)
    hidden = (len(theta) - 1) // 4
    first, second, total = np.zeros_like(theta), np.zeros_like(theta), w.sum()
    for t in range(1, epochs + 1):
        wx, wy, b, v = theta[:-1].reshape(4, hidden)
        z = np.outer(X[:, 0], wx) + np.outer(X[:, 1], wy) + b
        f = np.maximum(z, 0) @ v + theta[-1]
        squares = np.sum(wx**2) + np.sum(wy**2) + np.sum(v**2)
        loss = (w @ (np.log1p(np.exp(f)) - y * f) + config.alpha / 2 * squares) / total
        delta = w * (1 / (1 + np.exp(-f)) - y) / total
        back = delta[:, None] * v * (z > 0)
        gradient = np.concatenate([
            X[:, 0] @ back + config.alpha * wx / total,
            X[:, 1] @ back + config.alpha * wy / total,
            back.sum(0),
            delta @ np.maximum(z, 0) + config.alpha * v / total,
            [delta.sum()],
        ])  # fmt: skip
        first = config.beta_1 * first + (1 - config.beta_1) * gradient
        second = config.beta_2 * second + (1 - config.beta_2) * gradient**2
        rate = config.learning_rate_init * np.sqrt(1 - config.beta_2**t) / (1 - config.beta_1**t)
        theta = theta - rate * first / (np.sqrt(second) + config.epsilon)
    return theta, loss


@pytest.mark.parametrize("weights", [None, [1, 0, 1, 1, 0]])
@pytest.mark.parametrize("engine", ["fast", "sklearn"])
@pytest.mark.parametrize("epochs", [1, 5])
@pytest.mark.parametrize("hidden", [1, 3, 40])
def test_training_equals_the_arithmetic_spelled_out(hidden, epochs, engine, weights):
    # alpha and epsilon are large. Otherwise the L2 term would be too small to see, and the size of
    # Adam's first step would not depend on the gradient. With one batch the order has no effect.
    config = MLPConfig(
        (hidden,), alpha=0.3, epsilon=0.03, learning_rate_init=0.1, max_iter=epochs, beta_1=0.8,
        beta_2=0.95,
    )  # fmt: skip
    X = np.array([[0.3, -1.2], [1.5, 0.4], [-0.7, 2.1], [2.2, 1.9], [-1.1, -0.6]])
    y = np.array([0, 1, 0, 1, 1])
    w = np.ones(5) if weights is None else np.array(weights, float)
    result = fit(X, y, config, seed=1, engine=engine, sample_weight=weights, snapshot_epochs=(0,))
    start = result.snapshots[0].packed
    theta, loss = spelled_out_training(X, y, w, start, config, epochs)
    # Weights of about 1 after five steps of float32 round by some 1e-7 each; the steps are 0.1.
    np.testing.assert_allclose(result.network.packed, theta, atol=3e-6, rtol=0)
    assert result.loss == pytest.approx(loss, abs=1e-6)  # the same rounding
    assert result.n_iter == epochs


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("n", [50, 671])
@pytest.mark.parametrize("hidden", [3, 50, 1000])
def test_fast_equals_scikit_learn(hidden, n, seed):
    data = make_dataset("two_clusters", seed=seed, n_per_class=n)
    X, y, config = data.X[:n], data.y[:n], MLPConfig((hidden,))
    fast = fit(X, y, config, seed=seed)
    # Not engine="sklearn", so that a mistake in passing settings on cannot cancel out.
    model = MLPClassifier((hidden,), random_state=seed).fit(X, y)
    network = Network.of_layers(model.coefs_, model.intercepts_)
    # The stopping rule compares losses with a threshold: rounding may tip it in either engine.
    assert abs(fast.n_iter - model.n_iter_) <= 1
    # benchmarks/agreement.csv: in 180 cases at most 4.4e-5 of the cells differ, and losses by at
    # most 3e-6, as much as between scikit-learn's own fits in float32 and float64. If rounding
    # leads to one epoch more or less, this changes the loss by at most tol.
    cells = dv(boundary(fast.network, X_M), boundary(network, X_M))
    if fast.n_iter == model.n_iter_:
        assert cells <= 1e-4
        assert fast.loss == pytest.approx(model.loss_, abs=1e-5)
    else:
        assert fast.loss == pytest.approx(model.loss_, abs=config.tol)


CHANGES = [
    {"batch_size": 7}, {"batch_size": 16}, {"batch_size": 33}, {"alpha": 0.0}, {"alpha": 2.0},
    {"learning_rate_init": 0.03}, {"beta_1": 0.5}, {"beta_2": 0.9}, {"epsilon": 1e-2},
    {"hidden_layer_sizes": (33,)}, {"max_iter": 3},
]  # fmt: skip
# Minibatches of one point: scikit-learn divides by zero where the only weight is 0.


SIX_LEFT_OUT = np.isin(np.arange(40), [0, 3, 11, 19, 22, 36], invert=True).astype(int)


@pytest.mark.parametrize(
    "change, weight",
    [(change, None) for change in [*CHANGES, {"batch_size": 1}, {"batch_size": 39}]]
    + [(change, SIX_LEFT_OUT) for change in CHANGES],
)
def test_settings_and_weights_mean_what_they_mean_to_scikit_learn(clusters, change, weight):
    config = dataclasses.replace(SMALL, **change)
    fast, sklearn = (
        fit(*clusters, config, seed=2, engine=e, sample_weight=weight) for e in ("fast", "sklearn")
    )
    assert fast.n_iter == sklearn.n_iter == config.max_iter
    # Weights of about 1 after up to 1,000 steps of float32 were seen to differ by 7e-7; other
    # processors may fuse other products. The loss is a mean of losses with such errors.
    assert_close(fast, sklearn, atol=1e-5)
    assert fast.loss == pytest.approx(sklearn.loss, abs=1e-6)
    # The setting changes the weights by far more. Otherwise both engines could ignore it.
    default, changed = fit(*clusters, SMALL, seed=2, sample_weight=weight).network, fast.network
    same_size = default.packed.size == changed.packed.size
    assert not same_size or np.abs(default.packed - changed.packed).max() > 1e-3


@pytest.mark.parametrize("batch_size", [40, 200])
def test_minibatch_of_all_points_or_more_is_all_points(clusters, batch_size):
    config = dataclasses.replace(SMALL, batch_size=batch_size)
    for engine in ("fast", "sklearn"):
        one, other = (fit(*clusters, c, engine=engine) for c in (config, SMALL))
        np.testing.assert_array_equal(one.network.packed, other.network.packed)


def test_minibatch_of_thousands_of_points_has_the_loss_of_scikit_learn():
    # The kernel takes one logarithm of a product over points. A product over all points would
    # overflow here: the factors 1 + e^-|f| are near 2 at the start, and 2^2000 is 10^602.
    rng = np.random.default_rng(5)
    X, y = rng.normal(0, 0.1, (2000, 2)), rng.integers(0, 2, 2000)
    config = MLPConfig((3,), batch_size=2000, max_iter=3)
    fast, sklearn = (fit(X, y, config, engine=e) for e in ("fast", "sklearn"))
    assert fast.loss == pytest.approx(sklearn.loss, abs=1e-6)  # as above
    assert_close(fast, sklearn, atol=1e-5)


def test_minibatch_of_dropped_points_is_skipped():
    # Batches of one point: dropping a point must equal a fit whose order never visits it.
    X, y = np.array([[0.5, 1], [1, -1], [2, 0.3]]), np.array([0, 1, 1])
    config = MLPConfig((8,), batch_size=1, max_iter=4, n_iter_no_change=4)
    three = draw_stream(3, config, 0)
    two = three.order[three.order != 1].reshape(4, 2)
    dropped = fit(X, y, config, sample_weight=[1, 0, 1], stream=three)
    without = fit(
        X[[0, 2]], y[[0, 2]], config, stream=Stream(three.initial, np.ascontiguousarray(two // 2))
    )
    np.testing.assert_array_equal(dropped.network.packed, without.network.packed)
    assert dropped.loss == pytest.approx(without.loss * 2 / 3)  # scikit-learn's mean over n points


@pytest.mark.parametrize("batch_size", [9, 40])
def test_hits_and_snapshots_equal_those_of_scikit_learn(clusters, batch_size):
    rng = np.random.default_rng(8)
    probes, labels = rng.normal(1, 3, (301, 2)), rng.integers(0, 2, 301)
    config = dataclasses.replace(SMALL, batch_size=batch_size, learning_rate_init=0.01)
    epochs = tuple(range(26))
    fast, sklearn = (
        fit(*clusters, config, seed=4, engine=e, probes=probes, probe_labels=labels,
            snapshot_epochs=epochs) for e in ("fast", "sklearn")
    )  # fmt: skip
    assert fast.hits.shape == sklearn.hits.shape == (25, 301)
    for ours, theirs in zip(fast.snapshots, sklearn.snapshots, strict=True):
        # As in the test of settings: weights of about 1, at most 125 steps of float32.
        np.testing.assert_allclose(ours.packed, theirs.packed, atol=1e-5, rtol=0)
    for epoch in range(25):
        f = sklearn.snapshots[epoch + 1].decision(probes)
        clear = np.abs(f) > 1e-3  # 20 units, |x| < 12, errors of weights of 1e-5 that mostly cancel
        assert clear.mean() > 0.99
        np.testing.assert_array_equal(fast.hits[epoch, clear], sklearn.hits[epoch, clear])
        np.testing.assert_array_equal(sklearn.hits[epoch], (f > 0) == labels)
        # The engine's own weights give its own hits, up to float32 sums of 20 units.
        own = fast.snapshots[epoch + 1].decision(probes)
        clear = np.abs(own) > 1e-5
        np.testing.assert_array_equal(fast.hits[epoch, clear], ((own > 0) == labels)[clear])
    assert np.any(fast.hits[0] != fast.hits[-1])  # training changes what is hit
    np.testing.assert_array_equal(fast.snapshots[-1].packed, fast.network.packed)


@pytest.mark.parametrize("engine", ["fast", "sklearn"])
def test_snapshot_after_the_last_epoch_is_the_final_network(clusters, engine):
    config = dataclasses.replace(SMALL, tol=1e6, n_iter_no_change=2)
    result = fit(*clusters, config, engine=engine, snapshot_epochs=(3, 4, 5, 300))
    assert result.n_iter == 4
    third, *later = (network.packed for network in result.snapshots)
    for packed in later:
        np.testing.assert_array_equal(packed, result.network.packed)
    assert np.any(third != result.network.packed)


@pytest.mark.parametrize("engine", ["fast", "sklearn"])
@pytest.mark.parametrize("patience", [1, 2, 10])
def test_training_stops_once_patience_is_exceeded(clusters, engine, patience):
    # The first epoch improves on infinity, and no later epoch improves by tol = 10⁶. So epochs 2 to
    # patience + 2 count 1 to patience + 1, and the last of these exceeds the patience.
    config = dataclasses.replace(SMALL, tol=1e6, n_iter_no_change=patience)
    assert fit(*clusters, config, engine=engine).n_iter == patience + 2


def test_stopping_compares_with_the_best_loss_so_far(clusters):
    # The rate is so high that the loss rises and falls: a comparison with the last epoch's loss
    # would stop elsewhere. With these seeds every decision has a margin above 1e-3, so that
    # rounding changes none.
    stops = []
    for seed in range(5):
        config = MLPConfig((10,), learning_rate_init=0.3, n_iter_no_change=3, tol=1e-2)
        fast, sklearn = (fit(*clusters, config, seed=seed, engine=e) for e in ("fast", "sklearn"))
        stops.append(fast.n_iter)
        assert fast.n_iter == sklearn.n_iter
    assert len(set(stops)) > 2


def test_a_seed_or_its_stream_decides_the_bits_and_watching_does_not(clusters):
    watched = {"probes": clusters[0], "probe_labels": clusters[1]}
    one, same, other = (fit(*clusters, SMALL, seed=s, **watched) for s in (5, 5, 6))
    np.testing.assert_array_equal(one.hits, same.hits)
    assert one.loss == same.loss and np.any(one.network.packed != other.network.packed)
    more = {"probes": np.zeros((300, 2)), "probe_labels": np.zeros(300), "snapshot_epochs": (0, 9)}
    stream = draw_stream(40, SMALL, 5)
    alone, seen = fit(*clusters, SMALL, stream=stream), fit(*clusters, SMALL, seed=5, **more)
    ones = fit(*clusters, SMALL, seed=5, sample_weight=np.ones(40))  # are no weights
    for result in (same, alone, seen, ones):  # 300 probes are more than a minibatch
        np.testing.assert_array_equal(result.network.packed, one.network.packed)


def test_inputs_are_left_as_they_were(clusters):
    X, y = clusters[0].copy(), clusters[1].copy()
    stream = draw_stream(40, SMALL, 0)
    before = stream.initial.copy(), stream.order.copy()
    fit(X, y, SMALL, stream=stream)
    for now, then in zip((X, y, stream.initial, stream.order), (*clusters, *before), strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("kind", [list, np.float32, np.int8, bool, np.asfortranarray])
def test_points_and_labels_of_any_kind_give_the_same_fit(kind):
    X, y = np.array([[0, 1], [1, 0], [1, 1], [0, 0]]), np.array([0, 1, 1, 0])
    if kind in (list, np.asfortranarray):
        given = (kind(map(list, X)), kind(y)) if kind is list else (kind(X), y)
    else:
        given = X.astype(kind), y.astype(kind)
    one, other = fit(*given, SMALL), fit(X.astype(float), y, SMALL)
    np.testing.assert_array_equal(one.network.packed, other.network.packed)


def test_decision_and_prediction_by_hand():
    # z = (1·2 - 1·1 + 0.5, 2·2 + 0·1 - 5) = (1.5, -1); f = 3·1.5 + 7·0 - 4 = 0.5 at (2, 1), and
    # at (0, 0): z = (0.5, -5), f = 1.5 - 4 = -2.5.
    model = Network.of_layers(
        (np.array([[1.0, 2], [-1, 0]]), np.array([[3.0], [7]])),
        (np.array([0.5, -5]), np.array([-4.0])),
    )
    assert model.decision([[2, 1], [0, 0]]).tolist() == [0.5, -2.5]
    assert model.predict([[2, 1], [0, 0]]).tolist() == [1, 0]
    assert model.packed.tolist() == [1, 2, -1, 0, 0.5, -5, 3, 7, -4]
    for part in (part for layer in model.layers for part in layer):
        part += 1  # layers are views
    assert model.packed.tolist() == [2, 3, 0, 1, 1.5, -4, 4, 8, -3]


GOOD = {"X": [[0, 0], [1, 1], [0, 1]], "y": [0, 1, 1], "config": SMALL}


@pytest.mark.parametrize("engine", ["fast", "sklearn"])
@pytest.mark.parametrize("change, message", [
    ({"X": [[0, 0, 0]] * 3}, r"X of shape \(3, 3\): give an array of shape \(n, 2\)"),
    ({"X": np.empty((0, 2)), "y": []}, r"X of shape \(0, 2\): .*n ≥ 1"),
    ({"X": [[0, 0], [1, 1], [0, np.nan]]}, r"X\[2\] is \[ 0\. nan\]: .*finite"),
    ({"y": [0, 1]}, r"labels of shape \(2,\): give one for each of 3 points"),
    ({"y": [1, 1, 1]}, r"all labels are 1: a fit needs points of both classes"),
    ({"y": [0, 1, 2]}, r"labels \[0 1 2\]: every label must be 0 or 1"),
    ({"y": ["a", "b", "b"]}, r"every label must be 0 or 1"),
    ({"sample_weight": [1, 1]}, r"of shape \(2,\): give one for each of 3"),
    ({"sample_weight": [1, 1, 0.5]}, r"must be 0 or 1"),
    ({"sample_weight": [0, 0, 0]}, "sample_weight"),
    ({"probes": [[0, 0]]}, r"labels of shape \(\): give one for each of 1"),
    ({"probes": [[0, 0]], "probe_labels": [3]}, r"labels \[3\]"),
    ({"probes": [[0, np.nan]], "probe_labels": [1]}, r"probes\[0\] is"),
    ({"seed": -1}, r"seed -1: give a whole number of 0 or more"),
    ({"seed": 2**32}, r"seed 4294967296: give a whole number below"),
    ({"snapshot_epochs": (1, 1)}, r"snapshot epochs \(1, 1\): give them in rising order"),
    ({"engine": "fats"}, r"engine 'fats': give one of fast, sklearn; did you mean 'fast'"),
    ({"snapshot_epochs": (-1,)}, r"snapshot epoch -1: give a whole number of 0 or more"),
])  # fmt: skip
def test_bad_input_is_named_by_both_engines_before_any_fit(engine, change, message, monkeypatch):
    def reached(*args, **options):
        raise AssertionError("fitted")

    monkeypatch.setattr("dvlib.refits.single.train", reached)
    with pytest.raises(ValueError, match=message):
        fit(**(GOOD | {"engine": engine} | change))


@pytest.mark.parametrize("config, message", [
    (MLPConfig((5, 5)), r"hidden_layer_sizes \(5, 5\) \(fast: one hidden layer\)"),
    (MLPConfig(activation="tanh"), r"activation 'tanh' \(fast: 'relu'\): .*\"sklearn\""),
])  # fmt: skip
def test_settings_the_kernel_lacks_are_named(config, message):
    with pytest.raises(ValueError, match='engine "fast" cannot fit ' + message):
        fit(**(GOOD | {"config": config}))


@pytest.mark.parametrize(
    "name, value",
    [
        ("hidden_layer_sizes", (0,)), ("hidden_layer_sizes", (2.5,)), ("hidden_layer_sizes", 1000),
        ("batch_size", 0), ("batch_size", "auto"), ("max_iter", 0), ("n_iter_no_change", -1),
        ("alpha", -1.0), ("alpha", np.nan), ("learning_rate_init", 0.0), ("beta_1", 1.0),
        ("beta_2", -0.1), ("epsilon", 0.0), ("tol", np.nan), ("activation", "rleu"),
    ],
)  # fmt: skip
def test_bad_numbers_of_a_config_are_named(name, value):
    with pytest.raises(
        ValueError, match="hidden.layer.size" if name.startswith("hidden") else name
    ):
        MLPConfig(**{name: value})


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_fit_that_diverges_is_an_error_as_in_scikit_learn():
    for rate in (1e20, 1e38):
        with pytest.raises(ValueError, match="diverged"):
            fit(**GOOD | {"config": dataclasses.replace(SMALL, learning_rate_init=rate)})


def test_coordinates_too_large_for_float32_are_named():
    with pytest.raises(ValueError, match=r"beyond ±1e\+15: scale"):
        fit(np.array(GOOD["X"]) * 1e300, GOOD["y"], SMALL)
    fit(np.array(GOOD["X"]) * 1e14, GOOD["y"], SMALL)


def test_boundary_of_weights_that_are_not_numbers_does_not_kill_the_process():
    code = """
import numpy as np
from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, Network
nan = Network(np.full(4001, np.nan, np.float32), MLPConfig())
try:
    boundary(nan, MeshGrid(0, 1, 4))
except ValueError:
    pass
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0


@pytest.mark.parametrize("size", [1, 1e-6])
def test_idle_unit_of_output_weight_zero_stays_idle(size):
    # Unit 0 has v = 0 and z < 0 at every point. Its gradient is that of the L2 term, 0 for v.
    # The kernel multiplies z by 1e-30, and a product below 1e-38 would lose its sign.
    X, y = np.array([[1.0, 2], [2, 1], [3, 1]]), np.array([0, 1, 1])
    config = MLPConfig((2,), max_iter=2)
    start = np.float32([-5 * size, 0.5, 0.1 * size, 0.5, -size, 0.3, 0, 0.7, 0.1])
    result = fit(X, y, config, stream=Stream(start, draw_stream(3, config, 0).order))
    theta, _ = spelled_out_training(X, y, np.ones(3), start, config, 2)
    assert theta[6] == 0
    np.testing.assert_allclose(result.network.packed, theta, atol=3e-6, rtol=0)  # float32


@pytest.mark.parametrize("config", [
    MLPConfig((4, 3), activation="tanh", max_iter=3),
    MLPConfig((6, 5), max_iter=30, learning_rate_init=0.02),
])  # fmt: skip
def test_deeper_networks_are_those_of_scikit_learn(clusters, config):
    settings = {field.name: getattr(config, field.name) for field in dataclasses.fields(config)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MLPClassifier(random_state=0, **settings).fit(*clusters)
    network = fit(*clusters, config, engine="sklearn").network
    for (coef, intercept), *theirs in zip(
        network.layers, model.coefs_, model.intercepts_, strict=True
    ):
        np.testing.assert_array_equal(coef, theirs[0])
        np.testing.assert_array_equal(intercept, theirs[1])
    np.testing.assert_array_equal(network.predict(clusters[0]), model.predict(clusters[0]))


def test_unit_that_acts_on_no_point_moves_as_in_scikit_learn():
    # Adam divides a gradient by its size: noise of 1e-10 in place of a zero would move such a unit
    # by the learning rate in every step. The weights agree up to the rounding of float32.
    data = make_dataset("two_clusters", seed=1)
    config = MLPConfig((1000,), max_iter=3)
    fast, reference = (
        fit(data.X, data.y, config, seed=3, engine=engine).network for engine in ("fast", "sklearn")
    )
    (coef, intercept), _ = reference.layers
    idle = (data.X @ coef + intercept <= 0).all(0)
    assert idle.sum() > 5
    for layer, index in ((0, (slice(None), idle)), (1, (idle, slice(None)))):
        coef, reference_coef = (network.layers[layer][0] for network in (fast, reference))
        moved = np.abs(coef[index] - reference_coef[index]).max()
        assert moved < 1e-5  # a hundredth of one step


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("slope", [0.0, 1e-20, *np.geomspace(1e-10, 1e-6, 13), 1e-3])
def test_loss_by_hand_with_a_unit_of_nearly_no_slope(slope, sign):
    # The kernel decides units in groups of 16, by a box around wx, wy and b over |wx| + |wy|. A
    # unit of tiny slope makes this box huge. Its rounding must not lose the other units of the
    # group, which here have the same direction.
    rng = np.random.default_rng(0)
    data = make_dataset("two_clusters", seed=0)
    X, y, config = data.X[:200], data.y[:200], MLPConfig((16,), max_iter=1)
    wx, wy, b, v = np.full(16, 0.1), np.full(16, 0.06), rng.uniform(-1.6, 0.2, 16), np.ones(16)
    wx[0], wy[0], b[0] = wx[0] * slope, wy[0] * slope, sign * 0.07
    packed = np.concatenate([wx, wy, b, v, [0.0]]).astype(np.float32)
    stream = Stream(packed, draw_stream(200, config, 0).order)
    network = Network(packed, config)
    f = network.decision(X.astype(np.float32))
    squares = sum((coef.astype(float) ** 2).sum() for coef, _ in network.layers)
    loss = np.mean(np.logaddexp(0, f) - y * f) + 0.5 * config.alpha * squares / 200
    # float32 sums of 16 terms of up to 2: 32 · 2⁻²⁴ = 2e-6 a point at most, less in the mean
    assert fit(X, y, config, stream=stream).loss == pytest.approx(loss, abs=2e-6)

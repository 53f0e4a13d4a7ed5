"""The parts that use TensorFlow: Adam, the predictor compared with the kernel, the estimator."""

import subprocess
import sys

import numpy as np
import pytest

from dvlib.engine.mlp import MLPConfig, draw_stream
from dvlib.methods.dvrl.estimator import (
    INPUTS,
    LATE,
    WIDTHS,
    Estimator,
    _sizes,
    probabilities,
    shown,
)
from dvlib.methods.dvrl.predictor import fit_tensorflow
from dvlib.methods.dvrl.tensors import adam, adam_start, tensorflow
from dvlib.refits.single import fit

pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]

SMALL = MLPConfig(hidden_layer_sizes=(16,), batch_size=16, max_iter=8, n_iter_no_change=8)


@pytest.fixture
def points(pool):
    X, y = pool
    prediction = np.random.default_rng(0).random(len(X))
    return X, y, prediction


def test_importing_tensorflow_prints_nothing_and_keeps_standard_error():
    code = (
        "import sys, threading, time; from dvlib.methods.dvrl.tensors import tensorflow\n"
        "threads = [threading.Thread(target=tensorflow) for _ in range(2)]\n"
        "threads[0].start(); time.sleep(0.05); threads[1].start(); [t.join() for t in threads]\n"
        "t = tensorflow(); t.function(lambda: t.ones(2))(); print('heard', file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "" and ran.stderr == "heard\n"


def test_adam_equals_that_of_keras():
    tf = tensorflow()
    rng = np.random.default_rng(1)
    theta = tf.Variable(rng.normal(size=5), dtype=tf.float32)
    ours, state = tf.constant(theta), adam_start(theta)
    keras = tf.keras.optimizers.Adam(0.01, epsilon=1e-8)
    for _ in range(20):
        gradient = tf.constant(rng.normal(size=5), tf.float32)
        keras.apply([gradient], [theta])
        ours, state = adam(ours, gradient, state, 0.01)
    # Keras computes 1 − βᵗ in float32, with a relative error of 6e-8 / (1 − 0.999) that each step
    # of 0.01 inherits.
    np.testing.assert_allclose(ours, theta, atol=20 * 0.01 * 6e-5)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("share", [1, 0.5])
def test_predictor_gets_the_kernels_weights_from_the_same_minibatches(pool, compiled, share):
    X, y = pool
    weight = (np.random.default_rng(2).random(len(X)) < share).astype(int)
    stream = draw_stream(len(X), SMALL, 3)
    ours = fit(X, y, SMALL, seed=3, stream=stream, sample_weight=weight).network
    theirs = fit_tensorflow(X, y, SMALL, stream, weight, compiled=compiled)
    # 16 steps of at most 0.001 each, in float32 sums of other orders
    np.testing.assert_allclose(theirs.packed, ours.packed, atol=1e-5)
    untrained = np.abs(stream.initial - ours.packed).max()
    assert untrained > 1e-3  # training moves weights a hundred times as far


def test_predictor_skips_minibatches_of_weight_zero(pool):
    X, y = pool
    one_a_batch = MLPConfig(hidden_layer_sizes=(4,), batch_size=1, max_iter=2, n_iter_no_change=2)
    stream = draw_stream(len(X), one_a_batch, 0)
    weight = (np.arange(len(X)) % 2).astype(int)
    ours = fit(X, y, one_a_batch, stream=stream, sample_weight=weight).network
    theirs = fit_tensorflow(X, y, one_a_batch, stream, weight)
    np.testing.assert_allclose(theirs.packed, ours.packed, atol=1e-5)
    idle = fit_tensorflow(X, y, one_a_batch, stream, 0 * weight)
    np.testing.assert_array_equal(idle.packed, stream.initial)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden_layer_sizes": (3, 3)}, "TensorFlow predictor cannot fit hidden_layer_sizes"),
        ({"n_iter_no_change": 5}, "n_iter_no_change 5"),
    ],
)
def test_predictor_refuses_settings_it_lacks(pool, change, message):
    config = MLPConfig(**({"max_iter": 8, "n_iter_no_change": 8} | change))
    with pytest.raises(ValueError, match=message):
        fit_tensorflow(*pool, config, None)


def test_the_papers_three_inputs(points):
    X, y, prediction = points
    early, late = shown("labels_and_residuals", *points)
    np.testing.assert_allclose(early, np.column_stack([X, y == 0, y == 1]), rtol=1e-6)
    np.testing.assert_allclose(late[:, 0], y - prediction, rtol=1e-6)
    early, late = shown("predictions", *points)
    assert early.shape == (24, 2)
    np.testing.assert_allclose(late[:, 0], prediction, rtol=1e-6)
    early, late = shown("features", *points)
    assert early.shape == (24, 2) and late.shape == (24, 0)
    with pytest.raises(ValueError, match="unknown inputs 'feature'.*did you mean 'features'"):
        shown("feature", *points)


@pytest.mark.parametrize("inputs", INPUTS)
def test_estimator_is_the_released_network(points, inputs):
    """The same weights in Keras layers give the same probabilities."""
    keras = tensorflow().keras
    early, late = shown(inputs, *points)
    first, second = (keras.Input((part.shape[1],)) for part in (early, late))
    values = first
    for width in WIDTHS:
        values = keras.layers.Dense(width, activation="relu")(values)
    values = keras.layers.Concatenate()([values, second])
    values = keras.layers.Dense(LATE, activation="relu")(values)
    model = keras.Model([first, second], keras.layers.Dense(1, activation="sigmoid")(values))
    estimator = Estimator(early, late, learning_rate=0.01, seed=4)
    assert estimator.weights.size == model.count_params()
    parts, at = [], 0
    for variable in model.get_weights():
        parts.append(estimator.weights[at : at + variable.size].reshape(variable.shape))
        at += variable.size
        if variable.ndim == 2:  # Glorot's bounds, nearly reached
            bound = np.sqrt(6 / sum(variable.shape))
            assert 0.7 * bound < np.abs(parts[-1]).max() <= bound
        else:
            assert not parts[-1].any()
    model.set_weights(parts)
    theirs = model([early, late]).numpy()[:, 0]
    np.testing.assert_allclose(estimator.probabilities(), theirs, atol=1e-6)


def log_likelihood(weights, early, late, selected):
    p = probabilities(weights, early, late).astype(float)
    return np.log(np.where(selected, p, 1 - p)).sum()


def exact_log_likelihood(weights, early, late, selected):
    """The same in float64, layer by layer."""
    values, at = early.astype(float), 0
    sizes = _sizes(early.shape[1], late.shape[1])
    for layer, (fan_in, fan_out) in enumerate(sizes):
        if layer == len(WIDTHS):
            values = np.column_stack([values, late])
        middle, end = at + fan_in * fan_out, at + (fan_in + 1) * fan_out
        values = values @ weights[at:middle].reshape(fan_in, fan_out) + weights[middle:end]
        values, at = np.maximum(values, 0) if layer + 1 < len(sizes) else values, end
    logits = np.where(selected, values[:, 0], -values[:, 0])
    return -np.log1p(np.exp(-logits)).sum()


def test_gradient_is_that_of_reinforce(points):
    """Adam's first moment after one step is a tenth of the gradient; compare with differences."""
    early, late = shown("labels_and_residuals", *points)
    selected, reward = np.arange(24) % 3 == 0, 0.7
    estimator = Estimator(early, late, learning_rate=0.01, seed=5)
    start = estimator.weights.astype(float)
    assert 0.1 < estimator.probabilities().mean() < 0.9  # no penalty
    estimator.step(selected, reward)
    gradient = np.array(estimator._state[0]) * 10.0
    rng, width = np.random.default_rng(6), 1e-6
    for _ in range(10):  # along random directions, in which all weights move
        direction = rng.normal(size=start.size) / np.sqrt(start.size)
        up, down = (
            exact_log_likelihood(start + sign * width * direction, early, late, selected)
            for sign in (1, -1)
        )
        slope = -reward * (up - down) / (2 * width)
        # float32 sums of 24 points in the gradient; the slopes themselves are a few hundredths
        assert gradient @ direction == pytest.approx(slope, rel=1e-3, abs=1e-5)


def test_rewarded_selections_become_likelier_and_punished_ones_less_likely(points):
    early, late = shown("features", *points)
    selected = points[0][:, 0] > 0
    for reward, sign in ((0.5, 1), (-0.5, -1)):
        estimator = Estimator(early, late, learning_rate=1e-3, seed=7)
        before = log_likelihood(estimator.weights, early, late, selected)
        for _ in range(20):
            p = estimator.step(selected, reward)
        np.testing.assert_allclose(p, estimator.probabilities(), atol=1e-6)
        after = log_likelihood(estimator.weights, early, late, selected)
        assert sign * (after - before) > 0.1


def test_without_reward_only_the_bounds_of_the_mean_move_the_estimator(points):
    early, late = shown("features", *points)
    estimator = Estimator(early, late, learning_rate=0.01, seed=8)
    start = estimator.weights
    estimator.step(np.ones(24), 0.0)
    np.testing.assert_array_equal(estimator.weights, start)

    def with_bias(value):
        weights = start.copy()
        weights[-1] = value  # of the logit
        estimator._theta = tensorflow().constant(weights)
        return estimator.probabilities().mean()

    for bias, sign in ((5.0, -1), (-5.0, 1)):
        before = with_bias(bias)
        assert not 0.1 < before < 0.9
        assert sign * (estimator.step(np.ones(24), 0.0).mean() - before) > 0


def test_probabilities_of_0_and_1_do_not_break_the_estimator(points):
    early, late = shown("features", *points)
    estimator = Estimator(early, late, learning_rate=0.01, seed=9)
    for scale in (1e3, -1e3):
        weights = estimator.weights
        weights[-11:-1] = scale
        estimator._theta = tensorflow().constant(weights)
        p = estimator.probabilities()
        assert ((p == 0) | (p == 1)).any()
        assert np.isfinite(estimator.step(p < 0.5, 1.0)).all()  # the least likely selection
        assert np.isfinite(estimator.weights).all()


def test_two_runs_that_start_together_do_not_crash_tensorflow():
    """A separate process, because without the lock most such processes crash."""
    code = (
        "from dataclasses import replace\n"
        "from dvlib.data.datasets import make_dataset\n"
        "from dvlib.methods.dvrl.runs import Task, run_dvrl\n"
        "from dvlib.methods.dvrl.settings import PREDICTOR, DVRLSettings\n"
        "from dvlib.engine.mesh import MeshGrid\n"
        "from dvlib.methods.dvrl.target import Target\n"
        "config = replace(PREDICTOR, hidden_layer_sizes=(8,), max_iter=2, n_iter_no_change=2)\n"
        "how = DVRLSettings(config=config, baseline='shared', n_iterations=2)\n"
        "data = make_dataset('two_clusters', n_per_class=12)\n"
        "target = Target.of_mesh(MeshGrid(-10, 20, 20), data.g)\n"
        "tasks = [Task(data.X, data.y, target, how, k) for k in range(2)]\n"
        "run_dvrl(tasks, cache=False, n_jobs=2)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr

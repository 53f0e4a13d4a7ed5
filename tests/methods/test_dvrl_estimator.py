"""DVRL's estimator: its inputs, its network, its gradient, and what a step changes."""

from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from dvlib.data.datasets import make_dataset
from dvlib.engine.mesh import MeshGrid
from dvlib.methods.dvrl.estimator import (
    BOUND,
    INPUTS,
    LATE,
    PENALTY,
    WIDTHS,
    Estimator,
    estimator_inputs,
    probabilities,
)
from dvlib.methods.dvrl.runs import Task, run_dvrl
from dvlib.methods.dvrl.settings import PREDICTOR, DVRLSettings
from dvlib.methods.dvrl.target import Target
from dvlib.methods.tensors import tensorflow


@pytest.fixture
def points(pool):
    X, y = pool
    prediction = np.random.default_rng(0).random(len(X))
    return X, y, prediction


def test_the_papers_three_inputs(points):
    X, y, prediction = points
    early, late = estimator_inputs("labels_and_residuals", *points)
    np.testing.assert_allclose(early, np.column_stack([X, y == 0, y == 1]), rtol=1e-6)
    np.testing.assert_allclose(late[:, 0], y - prediction, rtol=1e-6)
    early, late = estimator_inputs("predictions", *points)
    assert early.shape == (24, 2)
    np.testing.assert_allclose(late[:, 0], prediction, rtol=1e-6)
    early, late = estimator_inputs("features", *points)
    assert early.shape == (24, 2) and late.shape == (24, 0)
    with pytest.raises(ValueError, match="unknown inputs 'feature'.*did you mean 'features'"):
        estimator_inputs("feature", *points)


def released(inputs, early, late):
    """The released network in Keras, with the shapes of these inputs, without the sigmoid."""
    keras = tensorflow().keras
    first, second = (keras.Input((part.shape[1],)) for part in (early, late))
    values = first
    for width in WIDTHS:
        values = keras.layers.Dense(width, activation="relu")(values)
    values = keras.layers.Concatenate()([values, second])
    values = keras.layers.Dense(LATE, activation="relu")(values)
    return keras.Model([first, second], keras.layers.Dense(1)(values))


def split(weights, model):
    """Packed weights as the arrays of a Keras model."""
    ends = np.cumsum([array.size for array in model.get_weights()])
    parts = np.split(weights, ends[:-1])
    return [part.reshape(a.shape) for part, a in zip(parts, model.get_weights(), strict=True)]


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("inputs", INPUTS)
def test_estimator_is_the_released_network(points, inputs):
    """The same weights in Keras layers give the same probabilities."""
    early, late = estimator_inputs(inputs, *points)
    model = released(inputs, early, late)
    estimator = Estimator(early, late, learning_rate=0.01, seed=4)
    assert estimator.weights.size == model.count_params()
    for part in split(estimator.weights, model):
        if part.ndim == 2:  # Glorot's bounds, nearly reached
            bound = np.sqrt(6 / sum(part.shape))
            assert 0.7 * bound < np.abs(part).max() <= bound
        else:
            assert not part.any()
    model.set_weights(split(estimator.weights, model))
    theirs = tensorflow().sigmoid(model([early, late])).numpy()[:, 0]
    np.testing.assert_allclose(estimator.probabilities, theirs, atol=1e-6)


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.parametrize("bias", [0.0, 5.0, -5.0])  # ±5 brings the mean beyond its bounds
@pytest.mark.parametrize("inputs", INPUTS)
def test_gradient_is_that_of_automatic_differentiation(points, inputs, bias):
    """Adam's first moment after one step is a tenth of the gradient."""
    tf = tensorflow()
    early, late = estimator_inputs(inputs, *points)
    selected, reward = points[1] == 1, -0.3
    estimator = Estimator(early, late, learning_rate=0.01, seed=10)
    set_weights(estimator, bias)
    model = released(inputs, early, late)
    model.set_weights(split(estimator.weights, model))
    with tf.GradientTape() as tape:
        logits = model([early, late])[:, 0]
        losses = tf.nn.sigmoid_cross_entropy_with_logits(selected.astype(np.float32), logits)
        mean = tf.reduce_mean(tf.sigmoid(logits))
        beyond = tf.maximum(mean - BOUND, 0) + tf.maximum(1 - BOUND - mean, 0)
        loss = reward * tf.reduce_sum(losses) + PENALTY * beyond
    theirs = tape.gradient(loss, model.trainable_variables)
    estimator.step(selected, reward)
    for ours, expected in zip(split(estimator._first * 10, model), theirs, strict=True):
        # float32 sums over 24 points, in another order
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4)
    assert (beyond > 0) == (bias != 0)


def set_weights(estimator, bias, last=None):
    """Set the bias of the logit, and the weights into it if `last` is given."""
    weights = estimator.weights.copy()
    weights[-1] = bias
    if last is not None:
        weights[-1 - LATE : -1] = last
    estimator._move(weights)


@pytest.mark.slow
@pytest.mark.tensorflow
def test_adam_equals_that_of_keras():
    tf, rng = tensorflow(), np.random.default_rng(1)
    estimator = Estimator(np.zeros((2, 2), "f"), np.zeros((2, 0), "f"), learning_rate=0.01, seed=0)
    theirs, ours = tf.Variable(rng.normal(size=5), dtype=tf.float32), 0
    start = theirs.numpy()
    keras = tf.keras.optimizers.Adam(0.01, epsilon=1e-8)
    for _ in range(20):
        gradient = rng.normal(size=5).astype(np.float32)
        keras.apply([tf.constant(gradient)], [theirs])
        ours = ours + estimator._adam(gradient)
    # Keras computes 1 − βᵗ in float32, with a relative error of 6e-8 / (1 − 0.999) that each step
    # of 0.01 inherits.
    np.testing.assert_allclose(start + ours, theirs, atol=20 * 0.01 * 6e-5)


def log_likelihood(weights, early, late, selected):
    p = probabilities(weights, early, late).astype(float)
    return np.log(np.where(selected, p, 1 - p)).sum()


def test_rewarded_selections_become_likelier_and_punished_ones_less_likely(points):
    early, late = estimator_inputs("features", *points)
    selected = points[0][:, 0] > 0
    for reward, sign in ((0.5, 1), (-0.5, -1)):
        estimator = Estimator(early, late, learning_rate=1e-3, seed=7)
        before = log_likelihood(estimator.weights, early, late, selected)
        for _ in range(20):
            estimator.step(selected, reward)
        again = probabilities(estimator.weights, early, late)
        np.testing.assert_allclose(estimator.probabilities, again, atol=1e-6)
        some = probabilities(estimator.weights, early[::3], late[::3])
        np.testing.assert_array_equal(some, again[::3])
        after = log_likelihood(estimator.weights, early, late, selected)
        assert sign * (after - before) > 0.1


def test_without_reward_only_the_bounds_of_the_mean_move_the_estimator(points):
    early, late = estimator_inputs("features", *points)
    estimator = Estimator(early, late, learning_rate=0.01, seed=8)
    start = estimator.weights
    estimator.step(np.ones(24), 0.0)
    np.testing.assert_array_equal(estimator.weights, start)

    for bias, sign in ((5.0, -1), (-5.0, 1)):
        set_weights(estimator, bias)
        before = estimator.probabilities.mean()
        assert not 0.1 < before < 0.9
        estimator.step(np.ones(24), 0.0)
        assert sign * (estimator.probabilities.mean() - before) > 0


def test_probabilities_of_0_and_1_do_not_break_the_estimator(points):
    early, late = estimator_inputs("features", *points)
    estimator = Estimator(early, late, learning_rate=0.01, seed=9)
    for scale in (1e3, -1e3):
        set_weights(estimator, 0, last=scale)
        p = estimator.probabilities
        assert ((p == 0) | (p == 1)).any()
        estimator.step(p < 0.5, 1.0)  # the least likely selection
        assert np.isfinite(estimator.probabilities).all()
        assert np.isfinite(estimator.weights).all()


@pytest.mark.slow
def test_threads_of_blas_change_no_bit():
    """With two threads, BLAS adds in another order: a run limits it to one."""
    config = replace(PREDICTOR, hidden_layer_sizes=(16,), max_iter=2, n_iter_no_change=2)
    data = make_dataset("two_clusters")
    target = Target.of_mesh(MeshGrid(-10, 20, 20), data.g)
    task = Task(data.X, data.y, target, DVRLSettings(config=config, n_iterations=40), 0)
    found = set()
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            (run,) = run_dvrl([task], cache=False)
            found.add(run.weights.tobytes() + run.probabilities(data.X, data.y).tobytes())
    assert len(found) == 1

"""The parts that use TensorFlow: its import, Adam, and the predictor compared with the kernel."""

import os
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

from benchmarks.tensorflow_predictor import adam, adam_start, fit_tensorflow
from dvlib import monte_carlo_dropout
from dvlib.engine.mlp import MLPConfig, draw_stream
from dvlib.methods.tensors import ENVIRONMENT, import_keras, tensorflow
from dvlib.refits.single import fit

pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]

SMALL = MLPConfig(hidden_layer_sizes=(16,), batch_size=16, max_iter=8, n_iter_no_change=8)


def test_importing_tensorflow_prints_nothing_and_keeps_standard_error():
    code = (
        "import sys, threading, time; from dvlib.methods.tensors import tensorflow\n"
        "threads = [threading.Thread(target=tensorflow) for _ in range(2)]\n"
        "threads[0].start(); time.sleep(0.05); threads[1].start(); [t.join() for t in threads]\n"
        "t = tensorflow(); t.function(lambda: t.ones(2))(); print('heard', file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "" and ran.stderr == "heard\n"


DROPOUT = """
import numpy as np
from dvlib import monte_carlo_dropout
X = np.random.default_rng(0).normal(size=(300, 2))
y = (X[:, 0] > 0).astype(int)
scores = monte_carlo_dropout(X, y, X, seed=1, n_passes=9, epochs=9, cache=False)
print(scores.values.tobytes().hex())
"""


def test_the_users_settings_of_keras_and_tensorflow_change_no_score(tmp_path, capsys):
    # A shell sets these for other programs. oneDNN alone changes the last digits.
    (tmp_path / "keras.json").write_text('{"backend": "torch", "floatx": "float16"}')
    users = {
        "KERAS_BACKEND": "jax", "KERAS_HOME": str(tmp_path), "TF_USE_LEGACY_KERAS": "1",
        "TF_ENABLE_ONEDNN_OPTS": "1", "TF_NUM_INTRAOP_THREADS": "2",
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", DROPOUT], env=os.environ | users, capture_output=True, text=True
    )
    exec(DROPOUT, {})
    assert ran.stdout == capsys.readouterr().out, ran.stderr


def test_scores_with_other_settings_of_tensorflow_have_a_place_of_their_own(pool, monkeypatch):
    tensorflow()
    scores = partial(monte_carlo_dropout, *pool, pool[0], n_passes=2, epochs=1)
    computed = []
    monkeypatch.setattr("dvlib.methods.out_of_distribution._dropout", counting(computed))
    for settings in ({}, {"TF_ENABLE_ONEDNN_OPTS": "1"}, {}):
        with monkeypatch.context() as context:
            for name, value in (ENVIRONMENT | settings).items():
                context.setenv(name, value)
            scores()
    assert len(computed) == 2  # the third call reads what the first one has kept


def counting(calls):
    def stand_in(X, y, points, *settings):
        calls.append(1)
        return np.ones(len(points))

    return stand_in


def test_keras_with_another_backend_is_refused_in_one_line(monkeypatch):
    import_keras()
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    with pytest.raises(ImportError, match="with jax before, and .*: set KERAS_BACKEND=tensorflow"):
        import_keras()


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

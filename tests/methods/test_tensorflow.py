"""The parts that use TensorFlow: its import, and Monte-Carlo dropout."""

import os
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

from dvlib import monte_carlo_dropout
from dvlib.methods.tensors import ENVIRONMENT, import_keras, tensorflow

pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]


# Two threads import it at once.
IMPORT = """
import sys, threading, time
from dvlib.methods.tensors import tensorflow
threads = [threading.Thread(target=tensorflow) for _ in range(2)]
threads[0].start(); time.sleep(0.05); threads[1].start(); [t.join() for t in threads]
t = tensorflow(); t.function(lambda: t.ones(2))(); print("heard", file=sys.stderr)
"""
DROPOUT = """
import numpy as np
from dvlib import monte_carlo_dropout
X = np.random.default_rng(0).normal(size=(300, 2))
y = (X[:, 0] > 0).astype(int)
scores = monte_carlo_dropout(X, y, X, seed=1, n_passes=9, epochs=9, cache=False)
print(scores.values.tobytes().hex())
"""


def test_importing_it_prints_nothing_and_the_users_settings_change_no_score(tmp_path, capsys):
    # A shell sets these for other programs. oneDNN alone changes the last digits.
    (tmp_path / "keras.json").write_text('{"backend": "torch", "floatx": "float16"}')
    users = {
        "KERAS_BACKEND": "jax", "KERAS_HOME": str(tmp_path), "TF_USE_LEGACY_KERAS": "1",
        "TF_ENABLE_ONEDNN_OPTS": "1", "TF_NUM_INTRAOP_THREADS": "2",
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT + DROPOUT], env=os.environ | users, capture_output=True,
        text=True,
    )  # fmt: skip
    exec(DROPOUT, {})
    assert (ran.stdout, ran.stderr) == (capsys.readouterr().out, "heard\n")


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

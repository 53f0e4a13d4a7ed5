"""TensorFlow: imported when first asked for, without its messages, and one step of Adam."""

import functools
import math
import os
import threading
from contextlib import contextmanager
from importlib.util import find_spec

# Read by TensorFlow when it is imported. One thread an operation: runs are what is spread over
# the cores, and sums then have one order.
ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


_LOCK = threading.Lock()


class MissingTensorFlow(ImportError):
    """TensorFlow is not installed, and something asked for needs it."""


def has_tensorflow():
    """Whether TensorFlow is installed; it is not imported."""
    return find_spec("tensorflow") is not None


def require_tensorflow(what):
    """Raise MissingTensorFlow, which says that `what` needs it, where it is not installed."""
    if not has_tensorflow():
        raise MissingTensorFlow(f"{what} needs TensorFlow: make setup, or pip install dvlib[dvrl]")


def tensorflow():
    """The module, imported on the first call (some 4 s), so that who does not use it need not wait.

    Where TensorFlow was imported before, its threads and messages are as they were set then.
    """
    with _LOCK:  # of two threads that redirect standard error, the second would keep it so
        return _imported()


@functools.cache
def _imported():
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    with _no_messages():
        import tensorflow
    return tensorflow


@contextmanager
def _no_messages():
    """Nothing reaches standard error: TensorFlow speaks of missing GPUs before it has a level."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def adam_start(theta):
    """State of Adam before its first step: both moments, and the steps made."""
    tf = tensorflow()
    return tf.zeros_like(theta), tf.zeros_like(theta), tf.zeros((), tf.float32)


def adam(theta, gradient, state, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    """Parameters and state after one step (Kingma & Ba 2015, in the order of scikit-learn).

    Keras has the same as an object with variables, which cannot go through a compiled loop.
    """
    tf = tensorflow()
    first, second, steps = state
    steps += 1
    first = beta_1 * first + (1 - beta_1) * gradient
    second = beta_2 * second + (1 - beta_2) * gradient * gradient
    # 1 − βᵗ without the cancellation of float32
    rest_1, rest_2 = (-tf.math.expm1(steps * math.log(beta)) for beta in (beta_1, beta_2))
    theta -= rate * tf.sqrt(rest_2) / rest_1 * first / (tf.sqrt(second) + epsilon)
    return theta, (first, second, steps)

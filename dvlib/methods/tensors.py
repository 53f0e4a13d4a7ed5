"""TensorFlow and Keras, imported on first use and without messages."""

import functools
import os
import sys
import threading
from contextlib import contextmanager
from importlib.util import find_spec

# TensorFlow reads these when it is imported. An operation has one thread, because runs already use
# all cores, and because a sum then always has the same order. oneDNN's sums have another order.
ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}
BACKEND = "KERAS_BACKEND"  # this variable goes before the user's keras.json

_LOCK = threading.Lock()


class MissingTensorFlow(ImportError):
    """TensorFlow is needed but not installed."""


def has_tensorflow():
    """Whether TensorFlow is installed, without importing it."""
    return find_spec("tensorflow") is not None


def require_tensorflow(what):
    """Raise MissingTensorFlow, with a message that names `what`, unless it is installed."""
    if not has_tensorflow():
        raise MissingTensorFlow(
            f"{what} needs TensorFlow: make setup, or pip install dvlib[tensorflow]"
        )


def has_usual_settings():
    """Whether TensorFlow has the settings of `ENVIRONMENT`, or will have them when it is imported.

    Results of other settings may differ in their last digits, so the store keeps them apart.
    """
    return "tensorflow" not in sys.modules or all(
        os.environ.get(name) == value for name, value in ENVIRONMENT.items()
    )


def tensorflow():
    """The module `tensorflow`, imported on the first call, which takes about 4 s.

    If TensorFlow was imported before, its settings of threads and messages stay as they are.
    """
    with _LOCK:  # two threads that redirect standard error at once could leave it redirected
        return _imported()


def import_keras():
    """The module `keras` with TensorFlow as its backend, imported on the first call.

    Raises
    ------
    ImportError : Keras was imported before, with another backend
    """
    tensorflow()
    import keras

    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise ImportError(
            f"Keras was imported with {backend} before, and dvlib needs it with TensorFlow: set "
            f"{BACKEND}=tensorflow, and start again"
        )
    return keras


@functools.cache
def _imported():
    if "tensorflow" not in sys.modules:
        os.environ.update(ENVIRONMENT)
    before = os.environ.get(BACKEND)
    os.environ[BACKEND] = "tensorflow"
    try:
        with _no_messages():
            import keras  # noqa: F401 (it reads the variable now)
            import tensorflow
    finally:
        if before is None:
            del os.environ[BACKEND]
        else:
            os.environ[BACKEND] = before
    return tensorflow


@contextmanager
def _no_messages():
    """Silence standard error: TensorFlow reports missing GPUs before its log level is in force."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)

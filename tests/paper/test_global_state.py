"""Global settings of libraries change neither a value nor the bytes of a picture."""

import random

import matplotlib.style
import numpy as np
import pandas as pd
import pytest
import sklearn
import support.small
from matplotlib import pyplot as plt

import dvlib
from dvlib import MeshGrid
from dvlib.data import plane
from dvlib.methods.tensors import tensorflow
from dvlib.paper.figures.datasets import dataset_panels
from dvlib.paper.table import Table

pytestmark = pytest.mark.slow

X, Y, g = support.small.POINTS, support.small.LABELS, support.small.g
FAR = [[1e15, 1e15], [-1e15, 0], [0, 0], [1e14, 0]]  # exp underflows between them
OPTIONS = {
    "display.precision": 2, "display.float_format": "{:.1f}".format, "display.max_rows": 1,
    "display.max_colwidth": 5, "display.colheader_justify": "left", "mode.copy_on_write": True,
    "display.html.use_mathjax": False, "future.infer_string": True,
}  # fmt: skip


def style(**changes):
    return lambda: plt.rcParams.update({name.replace("__", "."): v for name, v in changes.items()})


# Each library's settings, changed together.
CHANGES = {
    "numpy": (
        lambda: np.random.seed(5), lambda: random.seed(5), lambda: np.seterr(all="raise"),
        lambda: np.set_printoptions(precision=1, threshold=2),
    ),
    "scikit-learn": (lambda: sklearn.set_config(transform_output="pandas", assume_finite=True),),
    "matplotlib": (
        lambda: matplotlib.style.use("dark_background"), style(savefig__dpi=33, figure__dpi=20),
        style(font__size=20, axes__grid=True, savefig__bbox="tight", image__cmap="gray"),
    ),
    "pandas": (lambda: [pd.set_option(name, value) for name, value in OPTIONS.items()],),
}  # fmt: skip


@pytest.fixture
def restored():
    """Global settings as they were, after the test."""
    numpy_state, state = np.random.get_state(), random.getstate()
    options = {name: pd.get_option(name) for name in OPTIONS}
    with np.errstate(), np.printoptions(), sklearn.config_context(), matplotlib.rc_context():
        yield
    for name, value in options.items():
        pd.set_option(name, value)
    np.random.set_state(numpy_state)
    random.setstate(state)


def picture():
    data = dvlib.make_dataset("two_clusters", n_per_class=20)
    return dataset_panels({"a": data}, MeshGrid(-10, 20, 20)).png()


def value_picture():
    mesh = MeshGrid(-4, 6, 5)
    values = support.small.valued(np.linspace(0, 1e-3, 25), mesh.points, np.zeros(25, int))
    return dvlib.draw_values(values, mesh=mesh).figure.png()


def results():
    """Values, pictures and tables as bytes."""
    plane.components.cache_clear()
    fast = support.small.settings(cache=False)
    exact = support.small.settings(cache=False, engine="sklearn")
    one_less = dvlib.refits_without_point(X, Y, g, fast)
    arrays = {
        "leave-one-out": dvlib.against_g(one_less).values,
        "forgetting": dvlib.forgetting_values(one_less, never_learned="inf").values,
        "scikit-learn": dvlib.refits_without_point(X, Y, g, exact).dv_g,
        "Shapley": dvlib.svarm_shapley(X, Y, g, fast, n_fits=40).values,
        "Gaussian process": dvlib.gaussian_process(FAR, [0, 0, 1, 1], X, cache=False).values,
        "clusters": dvlib.clusters_of(np.abs(np.subtract.outer(X[:, 0], X[:, 0])), 2),
        "real data": dvlib.make_dataset("breast_cancer").X,
    }
    frame = pd.DataFrame({"a": [0.1234567891, 1e-9], "b": ["x" * 90, None]})
    texts = {
        "table": Table(frame)._repr_html_(),
        "CSV": dvlib.against_g(one_less).to_frame().to_csv(
            float_format="%.9g"
        ),
    }  # fmt: skip
    bytes_of = {name: np.asarray(array).tobytes() for name, array in arrays.items()}
    bytes_of |= {name: text.encode() for name, text in texts.items()}
    return bytes_of | {"picture": picture(), "map": value_picture()}


@pytest.fixture(scope="module")
def usual():
    return results()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("library", CHANGES)
def test_global_settings_change_no_value_and_no_picture(library, usual, restored):
    for change in CHANGES[library]:
        change()
    changed = results()
    assert [name for name in usual if usual[name] != changed[name]] == []


@pytest.mark.tensorflow
def test_global_settings_change_no_score_with_dropout():
    keras, tf = tensorflow().keras, tensorflow()

    def scores():
        found = dvlib.monte_carlo_dropout(X, Y, X, seed=2, n_passes=3, epochs=2, cache=False)
        return found.values.tolist()

    usual, floats = scores(), keras.backend.floatx()
    policy = keras.mixed_precision.global_policy()
    try:
        for change in (
            lambda: keras.backend.set_floatx("float64"),
            lambda: keras.backend.set_floatx("float16"),
            lambda: keras.mixed_precision.set_global_policy("mixed_float16"),
            lambda: tf.random.set_seed(42),
        ):
            change()
            assert scores() == usual
    finally:
        keras.backend.set_floatx(floats)
        keras.mixed_precision.set_global_policy(policy)
        tf.random.set_seed(None)

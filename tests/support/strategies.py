"""Strategies of the property tests: data sets, meshes and settings, valid and invalid."""

import traceback
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.refits.batch import RefitSettings
from dvlib.root import PACKAGE


def outcome(call, *arguments, **named):
    """Result of a call, or None if dvlib itself refuses it with an error of one line."""
    try:
        return call(*arguments, **named)
    except (ValueError, TypeError, PermissionError) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        assert Path(last.filename).is_relative_to(PACKAGE), f"{error!r} from {last.filename}"
        assert last.line.startswith("raise "), f"{error!r} by accident: {last.line}"
        assert str(error).strip() and "\n" not in str(error)
        return None


def drawing(count):
    """Settings of Hypothesis: the same draws each time, nothing kept on disk, no time limit."""
    return settings(
        max_examples=count, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def g(points):
    """A ground truth: label 1 above the line x + 2 y = 1."""
    return (points @ [1.0, 2.0] > 1).astype(int)


@st.composite
def small_settings(draw, seeds=(1, 2)):
    """RefitSettings of fits that take a fraction of a millisecond.

    `seeds` are the smallest and the largest number of seeds. At some of the learning rates a fit
    of a few epochs changes its labels.
    """
    count = draw(st.integers(*seeds))
    config = MLPConfig(
        hidden_layer_sizes=(draw(st.integers(3, 8)),),
        max_iter=draw(st.integers(1, 12)),
        batch_size=draw(st.integers(1, 8)),
        learning_rate_init=draw(st.sampled_from([1e-3, 0.05, 0.5])),
    )
    mesh = MeshGrid(-4, draw(st.integers(-3, 6)), draw(st.integers(5, 20)))
    seeds = draw(st.lists(st.integers(0, 50), min_size=count, max_size=count, unique=True))
    return RefitSettings(seeds=seeds, config=config, mesh=mesh, cache=False, n_jobs=1)


# Zeros, denormal numbers, numbers that float32 rounds to 0, and the largest allowed.
EXTREMES = [0.0, -0.0, 5e-324, -1e-310, 1e-30, 1e14, 1e15, -1e15]
coordinates = st.one_of(
    st.integers(-3, 3).map(float), st.floats(-20, 20, width=32), st.sampled_from(EXTREMES)
)
anywhere = st.lists(st.tuples(coordinates, coordinates), min_size=12, max_size=12)
ordinary = st.lists(
    st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=12, max_size=12
)  # many points occur twice
on_a_line = st.lists(coordinates.map(lambda t: (t / 2, -t / 2)), min_size=12, max_size=12)
at_one_place = st.tuples(coordinates, coordinates).map(lambda point: [point] * 12)


@st.composite
def problems(draw, least=2, most=8, each=1):
    """Training points and labels that a fit can take, with at least `each` points per label."""
    n = draw(st.integers(least, most))
    points = draw(st.one_of(ordinary, anywhere, on_a_line, at_one_place))[:n]
    free = draw(st.lists(st.integers(0, 1), min_size=n - 2 * each, max_size=n - 2 * each))
    labels = draw(st.permutations([0] * each + [1] * each + free))
    return np.array(points, float), np.array(labels)


numbers = st.one_of(
    st.integers(-3, 50),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([10**30, -(10**30), 10**400, 2**31, 2**32 - 1, 2**32, 2**63]),
    st.sampled_from([np.int64(3), np.uint8(200), np.float32(0.5), np.float64(1), np.bool_(True)]),
)
words = st.one_of(
    st.sampled_from(["", " ", "3", "nan", "relu", "fast", "noisy", "paper", "Quick", "a\nb"]),
    st.text(max_size=8),
)
odd = st.one_of(
    st.none(), st.booleans(), st.complex_numbers(max_magnitude=3), st.binary(max_size=3),
    st.lists(st.integers(0, 3), max_size=3), st.just({}), st.just(np.arange(3)), st.just(object),
    st.just(np.array(2)),
)  # fmt: skip
anything = st.one_of(numbers, words, odd)

# Draws in place of an array. A third of the draws of `arrays` are lists that a fit might take.
_entries = st.one_of(numbers, st.sampled_from([np.nan, np.inf, None, "1", "x", 1j, pd.NA, []]))
_rows = st.lists(st.lists(_entries, min_size=1, max_size=3), max_size=5)
_kinds = st.sampled_from(
    [bool, int, float, object, str, complex, np.float16, np.longdouble, "M8[D]"]
)


@st.composite
def _typed(draw):
    """An array of some shape and type, with a few integers in it."""
    shape = draw(st.sampled_from([(), (0,), (0, 2), (3,), (4, 1), (4, 2), (4, 3), (2, 2, 2)]))
    values = draw(st.lists(st.integers(0, 2), min_size=12, max_size=12))
    return np.array(values)[: np.prod(shape, dtype=int)].reshape(shape).astype(draw(_kinds))


masked = st.just(np.ma.masked_equal([[0.0, 1.0], [2.0, 3.0], [1.0, 5.0], [2.0, 2.0]], 3.0))
tables = st.sampled_from([
    pd.DataFrame({"x": [0.0, 1, 2, 3], "y": [1, 2, 3, 5]}),
    pd.DataFrame({"x": [0.0, None, 2, 3], "y": [1, 2, 3, 5]}),
    pd.DataFrame({"x": ["a", "b", "c", "d"], "y": [1, 2, 3, 5]}),
    pd.DataFrame({"x": pd.array([1, None, 3, 4], dtype="Int64"), "y": [1, 2, 3, 5]}),
    pd.Series([0, 1, 1, 0], index=[3, 1, 2, 0]),
    pd.Series(["0", "1", "1", "0"]),
    pd.Series([0, 1, None, 0]),
])  # fmt: skip
good_points = st.lists(st.tuples(coordinates, coordinates), min_size=4, max_size=4)
good_labels = st.permutations([0, 0, 1, 1])
arrays = st.one_of(_rows, _typed(), masked, tables, anything, good_points)
label_arrays = st.one_of(st.lists(_entries, max_size=5), _typed(), tables, anything, good_labels)

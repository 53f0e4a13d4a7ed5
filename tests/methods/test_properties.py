"""Any input gives an answer, or an error of dvlib in one line.

It never gives NaN, a hang, or an error from inside a library. `test_invariants.py` tests what the
answers must satisfy.
"""

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.strategies import (
    anything,
    arrays,
    coordinates,
    drawing,
    g,
    good_labels,
    good_points,
    label_arrays,
    numbers,
    outcome,
    words,
)

import dvlib
from dvlib import MeshGrid, MLPConfig, RefitSettings
from dvlib.methods.dvrl.runs import _checked
from dvlib.paper.manifest import FIGURES
from dvlib.paper.settings import MAX_POINTS, parameter_names, resolve
from dvlib.root import project_root
from dvlib.suite.command import parse_parameters

pytestmark = pytest.mark.slow

SMALL = RefitSettings(
    config=MLPConfig((3,), max_iter=3), mesh=MeshGrid(-4, 6, 5), cache=False, n_jobs=1
)
TARGET = dvlib.Target([0, 1], points=[[0, 0], [1, 1]])
POINTS, LABELS = [[0.0, 0], [1, 1], [2, 2], [4, 1]], [0, 0, 1, 1]
AROUND = MeshGrid(-10, 25, 36)

# Everything public that takes training points and labels.
METHODS = {
    "fit": lambda X, y: dvlib.fit(X, y, SMALL.config).network.decision(POINTS),
    "fit, scikit-learn": lambda X, y: dvlib.fit(
        X, y, SMALL.config, engine="sklearn"
    ).network.decision(POINTS),
    "added": lambda X, y: dvlib.refits_with_point(X, y, POINTS, LABELS, g, SMALL).dv_g,
    "points to add": lambda X, y: dvlib.refits_with_point(POINTS, LABELS, X, y, g, SMALL).dv_g,
    "left out": lambda X, y: dvlib.refits_without_point(X, y, g, SMALL).dv_g,
    "runs": lambda X, y: dvlib.train_runs([(X, y)], SMALL)[0].boundaries(),
    "SVARM": lambda X, y: dvlib.svarm_shapley(X, y, g, SMALL, n_fits=30).values,
    "stratified": lambda X, y: dvlib.stratified_shapley(X, y, g, SMALL, n_fits=120).values.values,
    "added, Shapley": lambda X, y: dvlib.added_point_shapley(
        X, y, POINTS, LABELS, g, SMALL, n_sets=2
    )[0].values,
    "pairwise": lambda X, y: dvlib.pairwise_values(X, y, SMALL, n_sets=2).joint,
    "removal": lambda X, y: dvlib.removal_curves(
        X, y, POINTS, LABELS, g, {"as they are": range(4)}, SMALL, shares=(0, 0.5)
    ).dv["as they are"],
    "test points": lambda X, y: dvlib.removal_curves(
        POINTS, LABELS, X, y, g, {"as they are": range(4)}, SMALL, shares=(0, 0.5)
    ).accuracy["as they are"],
    "Gaussian process": lambda X, y: dvlib.gaussian_process(X, y, POINTS, cache=False).values,
    "scored": lambda X, y: dvlib.gaussian_process(POINTS, LABELS, X, cache=False).values,
    "ensemble": lambda X, y: dvlib.ensemble(
        X, y, POINTS, dataclasses.replace(SMALL, seeds=(0, 1))
    ).values,
    "target": lambda X, y: dvlib.Target(y, points=X).labels,
    "DVRL": lambda X, y: _checked(X, y, TARGET, dvlib.DVRLSettings(), 0).X,
}  # fmt: skip


@pytest.mark.filterwarnings(
    "ignore::RuntimeWarning", "ignore::sklearn.exceptions.ConvergenceWarning"
)
@pytest.mark.parametrize("method", METHODS)
@drawing(15)
@given(X=arrays, y=label_arrays)
@example(X=POINTS, y=LABELS)
@example(X=POINTS, y=[0, 1, 1, 1])
@example(X=[[1, 1]] * 4, y=LABELS)
@example(X=[[1e15, -1e15]] * 4, y=LABELS)
@example(X=[[5e-324, 0]] * 4, y=LABELS)
def test_any_arrays_give_numbers_or_a_clear_error(method, X, y):
    answer = outcome(METHODS[method], X, y)
    assert answer is None or np.isfinite(answer).all()


@pytest.mark.parametrize("method", METHODS)
@drawing(4)
@given(X=good_points, y=good_labels)
def test_good_arrays_are_never_refused(method, X, y):
    assert np.isfinite(METHODS[method](np.array(X), np.array(y))).all()
    assert np.isfinite(METHODS[method]([list(point) for point in X], tuple(y))).all()


@drawing(40)
@given(
    low=st.one_of(coordinates, anything), high=st.one_of(coordinates, anything),
    side=st.one_of(st.integers(2, 30), anything), step=st.one_of(coordinates, anything),
)  # fmt: skip
@example(0, 1, 10**30, 1e-12)
@example(-1e308, 1e308, 5, 1e308)
@example(0, 5e-324, 5, 5e-324)
@example(1e15 - 1, 1e15, 5000, 0.001)
def test_a_mesh_has_distinct_points_that_fit_memory_or_is_refused(low, high, side, step):
    for make in (MeshGrid, MeshGrid.from_step):
        mesh = outcome(make, low, high, side if make is MeshGrid else step)
        if mesh is not None:
            assert 2 <= mesh.side <= 5_000 and mesh.low == low and mesh.high <= high
            assert np.isfinite(mesh.axis).all() and (np.diff(mesh.axis) > 0).all()


small_networks = st.lists(st.integers(1, 9), min_size=1, max_size=1)
CONFIG = {
    "hidden_layer_sizes": st.one_of(small_networks, st.lists(anything, max_size=2), anything),
    "max_iter": st.one_of(st.integers(1, 9), anything),
    "activation": st.one_of(st.sampled_from(["relu", "tanh"]), anything),
}
for field in dataclasses.fields(MLPConfig):
    CONFIG.setdefault(field.name, st.one_of(st.just(field.default), anything))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@drawing(40)
@given(st.fixed_dictionaries({"max_iter": CONFIG.pop("max_iter")}, optional=CONFIG))
@example({"max_iter": 3, "hidden_layer_sizes": (3,), "epsilon": 5e-324})
@example({"max_iter": 10**6, "hidden_layer_sizes": (10**9,)})
@example({"max_iter": 2**31 - 1, "hidden_layer_sizes": (3,)})
def test_a_fit_with_any_config_is_finite_or_refused(values):
    config = outcome(MLPConfig, **values)
    if config is None:
        return
    if sum(config.hidden_layer_sizes) > 100 or 100 < config.max_iter <= 10**8:
        return  # allowed, but slow
    result = outcome(dvlib.fit, POINTS, LABELS, config)
    if result is not None:
        assert np.isfinite(result.network.packed).all() and math.isfinite(result.loss)


SETTINGS = {
    "seeds": st.one_of(st.lists(anything, max_size=3), st.just(range(10**30)), anything),
    "config": anything, "mesh": anything, "engine": st.one_of(st.just("sklearn"), anything),
    "n_jobs": anything,
}  # fmt: skip


@drawing(40)
@given(st.fixed_dictionaries({}, optional=SETTINGS))
@example({"seeds": range(10**30)})
@example({"n_jobs": 10**9})
def test_settings_of_refits_are_valid_or_refused(values):
    made = outcome(RefitSettings, **values)
    if made is not None:
        assert all(type(seed) is int and 0 <= seed < 2**32 for seed in made.seeds)
        assert made.engine in ("fast", "sklearn") and -(2**31) < made.n_jobs <= 1024


DVRL = {field.name: anything for field in dataclasses.fields(dvlib.DVRLSettings)}


@drawing(40)
@given(st.fixed_dictionaries({}, optional=DVRL))
def test_settings_of_dvrl_can_be_run_or_are_refused(values):
    made = outcome(dvlib.DVRLSettings, **values)
    if made is not None:
        assert made.checkpoints[-1] == made.n_iterations


def parameters_of(figure_id):
    names = dict.fromkeys(parameter_names(figure_id), anything)
    names |= {"grid_step": st.one_of(st.floats(0.4, 35), anything)}
    return st.tuples(st.just(figure_id), st.fixed_dictionaries({}, optional=names))


@pytest.mark.tensorflow
@drawing(100)
@given(st.sampled_from([*FIGURES]).flatmap(parameters_of))
@example(("fig01", {"n_seeds": 10**30}))
@example(("fig07", {"n_data_seeds": 10**9}))
@example(("fig12", {"shapley_every": 10**400}))
def test_parameters_are_resolved_to_finite_values_or_refused(given_parameters):
    figure_id, parameters = given_parameters
    made = outcome(lambda: resolve(figure_id, **parameters))
    if made is None:
        return
    text = json.dumps(made.values, allow_nan=False)  # refuses nan and types that JSON lacks
    assert resolve(figure_id, **json.loads(text)).values == made.values
    assert made.folder.is_relative_to(project_root()) and figure_id == made.figure_id
    if made.values["grid_step"] is not None:
        assert made.grid.side**2 <= MAX_POINTS


@drawing(40)
@given(
    st.sampled_from(["fig01", "fig09", "fig16"]),
    st.lists(
        st.tuples(
            st.sampled_from(["seed", "new_x", "n_seeds", "dataset", "x"]),
            st.one_of(words, numbers.map(str)),
        ),
        max_size=3,
    ),
)
@example("fig01", [("seed", "{[]: 1}")])
@example("fig01", [("seed", "(" * 5000)])
@example("fig01", [("seed", "0x")])
@pytest.mark.filterwarnings("error")
def test_assignments_of_any_text_are_parsed_or_refused(figure_id, assignments):
    text = ["=".join(pair) for pair in assignments]
    parsed = outcome(parse_parameters, figure_id, text)
    assert parsed is None or parsed.keys() <= set(parameter_names(figure_id))

"""NumPy scalars as arguments: results hold plain Python values and can be written as JSON."""

import json
from dataclasses import asdict

import numpy as np
import pytest
import support.small

import dvlib
from dvlib import DataValues, DVRLSettings, MeshGrid, MLPConfig, RefitSettings
from dvlib.paper.settings import resolve

X, Y, g = support.small.POINTS, support.small.LABELS, support.small.g


def settings(to, **changes):
    """RefitSettings whose every number, switch and word went through `to`."""
    config = MLPConfig((to(3),), to("relu"), to(1e-4), batch_size=to(200), max_iter=to(3),
                       tol=to(1e-4), n_iter_no_change=to(10))  # fmt: skip
    fields = {"seeds": (to(0), to(3)), "mesh": MeshGrid(to(-4.0), to(6.0), to(20)),
              "engine": to("fast"), "cache": to(False), "n_jobs": to(1)}  # fmt: skip
    return RefitSettings(config=config, **(fields | changes))


def values(found):
    """The part of values that must not depend on the types of the arguments."""
    return {"parameters": found.parameters, "values": found.values.tolist(), "kind": found.kind}


def refits(to):
    return dvlib.refits_without_point(X, Y, g, settings(to))


def pairs(to):
    found = dvlib.pairwise_values(X, Y, settings(to), n_sets=to(2), output=to("label"))
    clusters = dvlib.clusters_of(found.joint, to(2), to(0))
    return {"n_sets": found.n_sets, "joint": found.joint.tolist(), "clusters": clusters.tolist()}


def data(to):
    made = dvlib.make_dataset(
        to("noisy"), seed=to(1), n_per_class=to(9), cluster_std=to(2.0), test_share=to(0.5)
    )
    return {"std": made.cluster_std, "seed": made.seed, "name": made.name, "X": made.X.tolist()}


def dvrl(to):
    config = MLPConfig((3,), max_iter=2, n_iter_no_change=2)
    settings = DVRLSettings(
        inputs=to("features"), n_iterations=to(3), learning_rate=to(0.01), window=to(2),
        scaled=to(True), n_checkpoints=to(1), config=config,
    )  # fmt: skip
    task = dvlib.Task(X, Y, dvlib.Target(Y, points=X), settings, to(1))
    runs = dvlib.run_dvrl([task], cache=to(False), n_jobs=to(1))
    found = dvlib.dvrl_values(runs, X, Y)
    return values(found) | {"task": asdict(runs[0].task.settings), "seed": runs[0].task.seed}


CASES = {
    "settings": lambda to: asdict(settings(to)),
    "leave one out": lambda to: values(dvlib.against_g(refits(to))),
    "forgetting": lambda to: values(
        dvlib.forgetting_values(refits(to), to("forgetting"), never_learned=to("epochs"))
    ),
    "stratified": lambda to: values(
        dvlib.stratified_shapley(X, Y, g, settings(to), n_fits=to(400), target=to(0.5)).values
    ),
    "SVARM": lambda to: values(
        dvlib.svarm_shapley(X, Y, g, settings(to), n_fits=to(60), target=to(0.5))
    ),
    "added points": lambda to: values(
        dvlib.added_point_shapley(
            X, Y, X[:2], Y[:2], g, settings(to), n_sets=to(3), target=to(0.5)
        )[0]
    ),
    "pairs": pairs,
    "ensemble": lambda to: values(dvlib.ensemble(X, Y, X, settings(to))),
    "Gaussian process": lambda to: values(dvlib.gaussian_process(X, Y, X, cache=to(False))),
    "removal": lambda to: dvlib.removal_curves(
        X, Y, X, Y, g, {"x": np.arange(6)}, settings(to), shares=(to(0.0), to(0.5))
    ).to_frame().to_dict("list"),
    "data set": data,
    "DVRL": dvrl,
    "notebook": lambda to: resolve(
        "fig01", preset=to("quick"), seed=to(3), n_seeds=to(2), grid_step=to(5.0)
    ).values,
    "a notebook's switch": lambda to: resolve("fig16", single_run=to(False)).values,
    "own parameters": lambda to: values(
        DataValues(X, Y, X[:, 0], X[:, 0], "own", "epochs", {"k": to(3), "share": to(0.5)})
    ),
}  # fmt: skip
SCALARS = {
    "scalars of numpy": lambda value: np.asarray(value)[()],
    "arrays without dimensions": np.asarray,
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", SCALARS)
def test_numpy_scalars_are_plain_in_results(case, kind):
    given, plain = (json.dumps(CASES[case](to)) for to in (SCALARS[kind], lambda value: value))
    assert given == plain


@pytest.mark.tensorflow
@pytest.mark.slow
def test_numpy_scalars_are_plain_in_scores_with_dropout():
    def scores(to):
        found = dvlib.monte_carlo_dropout(
            X, Y, X, seed=to(2), n_passes=to(2), epochs=to(1), cache=to(False)
        )
        return json.dumps(found.parameters | {"values": found.values.tolist()})

    assert {scores(to) for to in SCALARS.values()} == {scores(lambda value: value)}


def test_a_parameter_that_json_cannot_hold_is_named():
    with pytest.raises(TypeError, match="is no parameter of values: give numbers"):
        DataValues(X, Y, X[:, 0], X[:, 0], "own", "epochs", {"k": object()})


def test_a_bool_is_no_number_in_any_of_numpys_forms():
    for to in (*SCALARS.values(), bool):
        with pytest.raises(ValueError, match="n_jobs"):
            RefitSettings(n_jobs=to(True))
        with pytest.raises(ValueError, match="alpha"):
            MLPConfig(alpha=to(True))

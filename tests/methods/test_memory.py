"""Calls that would need too much memory are refused before they ask for it, and before any fit."""

import re
import tracemalloc

import numpy as np
import pytest
import support.small

import dvlib
from dvlib import DVRLSettings, MeshGrid, MLPConfig, RefitSettings, Target
from dvlib.checks import LARGEST_MEMORY, check_memory
from dvlib.engine.observe import Hits, Outputs, Weights
from dvlib.methods.dvrl.estimator import Estimator
from dvlib.methods.dvrl.settings import ESTIMATOR_BYTES
from dvlib.methods.runs import Runs

X, Y, g = support.small.POINTS, support.small.LABELS, support.small.g
MANY = np.random.default_rng(0).normal(size=(67_000, 2))
LABELS = np.arange(len(MANY)) % 2
TINY = RefitSettings(config=MLPConfig((3,), max_iter=3), mesh=MeshGrid(-4, 6, 20), cache=False)
FINE = RefitSettings(seeds=range(100), config=TINY.config, mesh=MeshGrid(-4, 6, 5_000), cache=False)
LONG = MLPConfig((3,), max_iter=100, n_iter_no_change=100)


def refit(subsets, observer):
    return dvlib.refit(X, Y, [np.arange(6)] * subsets, TINY, [observer], description="test")


CASES = {
    "points to leave out": lambda: dvlib.refits_without_point(MANY, LABELS, g, TINY),
    "points to add": lambda: dvlib.refits_with_point(MANY, LABELS, MANY, LABELS, g, TINY),
    "points to add to sets": lambda: dvlib.added_point_shapley(MANY, LABELS, MANY, LABELS, g, TINY),
    "seeds": lambda: dvlib.refits_with_point(X, Y, X, Y, g, FINE),
    "seeds of sets": lambda: dvlib.added_point_shapley(X, Y, X, Y, g, FINE, n_sets=100),
    "probes": lambda: refit(10_000, Hits(np.broadcast_to(np.uint8(0), (10_000, 140_000)))),
    "pairs": lambda: dvlib.pairwise_values(MANY[:2_000], LABELS[:2_000], TINY),
    "strata": lambda: dvlib.stratified_shapley(MANY, LABELS, g, TINY, n_fits=10**8),
    "sets": lambda: dvlib.svarm_shapley(MANY, LABELS, g, TINY, n_fits=10**8),
    "kernel": lambda: dvlib.gaussian_process(MANY, LABELS, X, cache=False),
    "scores": lambda: dvlib.gaussian_process(MANY[:5_000], LABELS[:5_000], MANY, cache=False),
    "outputs": lambda: refit(10_000, Outputs(MANY)),
    "snapshots": lambda: refit(10_000, Weights(range(10_000))),
    "boundaries": lambda: Runs(
        FINE, X, Y, (), np.empty((200, 0, 13)), None, np.ones(200)
    ).boundaries(),
    "checkpoints": lambda: DVRLSettings(n_iterations=10**6, n_checkpoints=10**6),
}
ORDERS = {
    "targets": lambda: dvlib.run_dvrl(
        [
            dvlib.Task(
                X, Y, Target.of_mesh(MeshGrid(-4, 6, 2_500), g),
                DVRLSettings(config=LONG, baseline="shared"), 0,
            )
        ]
    ),
    "order": lambda: dvlib.refit(
        MANY, LABELS, [np.arange(len(MANY))],
        RefitSettings(config=MLPConfig((3,), max_iter=10_000), cache=False), description="test",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", [*CASES, *ORDERS])
def test_too_much_memory_is_refused_before_it_is_asked_for(case, fits):
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="give at most [0-9]+") as refused:
            (CASES | ORDERS)[case]()
        assert tracemalloc.get_traced_memory()[1] < 300_000_000
    finally:
        tracemalloc.stop()
    assert not fits and len(str(refused.value)) < 200
    if case in CASES:
        assert re.match(r"[0-9]+ .*: they would take [0-9.e+]+ GB of memory", str(refused.value))


@pytest.mark.parametrize("each", [1, 7, 1_000, LARGEST_MEMORY])
def test_the_number_told_is_the_largest_that_fits(each):
    most = LARGEST_MEMORY // each
    check_memory(most, "points", lambda n: n * each)
    with pytest.raises(ValueError, match=f"{most + 1} points: .* give at most {most}$"):
        check_memory(most + 1, "points", lambda n: n * each)


def test_bytes_of_an_estimator_are_those_of_its_weights():
    early, late = np.zeros((2, 4), np.float32), np.zeros((2, 1), np.float32)
    estimator = Estimator(early, late, learning_rate=0.01, seed=0)
    assert estimator.weights.nbytes == ESTIMATOR_BYTES

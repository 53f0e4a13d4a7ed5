"""Bad arguments of functions that would hang, take all memory or raise inside a library."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

import dvlib
from dvlib import DVRLSettings, MeshGrid, MLPConfig, RefitSettings, Target, make_dataset
from dvlib.data.regions import Boundaries
from dvlib.engine.observe import Hits

MESH = MeshGrid(-4, 6, 20)
SMALL = RefitSettings(config=MLPConfig((3,), max_iter=3), mesh=MESH, cache=False, n_jobs=1)
X, Y = [[0.0, 0], [1, 1], [2, 2], [4, 1]], [0, 0, 1, 1]
HUGE = 10**30


def g(points):
    return (points[:, 0] > 1).astype(int)


def fit(points=X, labels=Y, config=SMALL.config, **options):
    return dvlib.fit(points, labels, config, **options)


def removal(orders):
    return dvlib.removal_curves(X, Y, X, Y, g, orders, SMALL)


def refit(probes, config=SMALL.config):
    settings = RefitSettings(config=config, mesh=MESH, cache=False)
    return dvlib.refit(X, Y, [np.arange(4)], settings, [Hits(probes)], description="test")


def regions(points):
    labels = np.zeros((20, 20))
    return dvlib.find_regions(make_dataset("noisy"), Boundaries(MESH, labels, labels), points)


GAP = pd.DataFrame({"x": pd.array([1, None, 3, 4], dtype="Int64"), "y": [1, 2, 3, 5]})
MASKED = np.ma.masked_equal(X, 4)

CASES = [
    # Arrays of another kind
    (lambda: fit("points"), "X 'points': give numbers, of shape .n, 2., no text and no gaps"),
    (lambda: fit([[date(2020, 1, 1), 0]] * 4), "X .*: give numbers"),
    (lambda: fit(GAP), "X .*: give numbers"),
    (lambda: fit(MASKED), "X .*no gaps"),
    (lambda: fit([[None, 0]] * 4), r"X\[0\] is \[nan  0.\]: every coordinate must be finite"),
    (lambda: fit(labels=["0", "0", "1", "1"]), "labels .*: every label must be 0 or 1, a number"),
    (lambda: fit(labels=pd.Series([None, 0, 1, 1], dtype="Int64")), "every label must be 0 or 1"),
    (lambda: refit([[0.5]]), "probes of shape .1, 1.: give a row of indices"),
    (lambda: removal({"x": [0.0, 1, 2, 3]}), "order 'x': give each of the 4 points once"),
    (lambda: removal({"x": "abcd"}), "order 'x': give each of the 4 points once"),
    (lambda: removal({}), "no orders: give one or more"),
    (lambda: dvlib.lowest_first([1, np.nan], np.random.default_rng(0)), "nan have no order"),
    (lambda: dvlib.clusters_of(np.ones((3, 4)), 2), r"matrix of shape \(3, 4\): give a finite"),
    (lambda: dvlib.clusters_of(np.full((4, 4), np.nan), 2), "give a finite, symmetric one"),
    (lambda: dvlib.clusters_of(np.arange(16).reshape(4, 4), 2), "give a finite, symmetric one"),
    (lambda: dvlib.clusters_of(np.ones((4, 4)), 4), "number of clusters 4: .* 2 or more, at mos"),
    (lambda: dvlib.train_runs([], SMALL), "no training sets: give one or more"),
    (lambda: dvlib.dvrl_values([], X, Y), "no runs: give one or more"),
    # Boundaries
    (lambda: dvlib.dv([], []), r"boundaries of shape \(0,\): give labels to compare"),
    (lambda: dvlib.mean_pairwise_dv(np.zeros((2, 0, 0))), r"boundaries of shape \(2, 0, 0\)"),
    (lambda: dvlib.boundary(3, MESH), "3 has no boundary: give a Network or a function"),
    (lambda: dvlib.boundary(lambda at: 2 * g(at) - 1, MESH), "mesh points .* must be 0 or 1"),
    (lambda: dvlib.boundary(lambda at: g(at)[:3], MESH), r"mesh points of shape \(3,\)"),
    (lambda: regions([[0, -5]]), "points beyond the boundaries' mesh"),
    (lambda: regions([[7, 0]]), "points beyond the boundaries' mesh, from -4.0 to 6.0"),
    # Too much for memory or time
    (lambda: MLPConfig((10**9,)), r"hidden_layer_sizes \(1000000000,\): .* at most 10000000"),
    (lambda: MLPConfig((10_000, 10_000)), "100050001 weights, give at most 10000000"),
    (lambda: MLPConfig(max_iter=HUGE), "max_iter 10*: give a whole number of 1 or more, at most"),
    (lambda: fit(config=MLPConfig((3,), max_iter=2**31 - 1)), "with 4 points give at most 125000"),
    (lambda: refit(np.zeros((1, 10**6), int), MLPConfig((3,), max_iter=5000)), "1 subsets: .* GB"),
    (lambda: RefitSettings(seeds=range(HUGE)), "seeds range.*no two alike, at most 10000"),
    (lambda: RefitSettings(n_jobs=10**9), "n_jobs 1000000000: .*at most 1024"),
    (lambda: make_dataset("noisy", n_per_class=10**9), "n_per_class 10*: .* at most 100000"),
    (lambda: DVRLSettings(n_iterations=HUGE), "n_iterations 10*: .* at most 10000000"),
    # Of the wrong kind
    (lambda: RefitSettings(seeds=5), r"seeds 5: give a tuple, such as \(0, 1\)"),
    (lambda: RefitSettings(n_jobs=0), "n_jobs 0: give a number of workers, or -1"),
    (lambda: RefitSettings(config=None), "config None: give a dvlib.MLPConfig"),
    (lambda: RefitSettings(mesh=500), "mesh 500: give a dvlib.MeshGrid"),
    (lambda: Target(np.zeros((5, 5)), mesh=5), "mesh 5: give a dvlib.MeshGrid"),
    (lambda: fit(config="paper"), "config 'paper': give a dvlib.MLPConfig"),
    (lambda: MLPConfig(alpha="0.1"), "alpha '0.1': give a number"),
    (lambda: RefitSettings(engine=["fast"]), r"unknown engine \['fast'\]: give .*mean 'fast'"),
    (lambda: make_dataset({}), r"unknown data set \{\}: give one of two_clusters"),
    (lambda: make_dataset("noisy", cluster_std="wide"), "cluster_std 'wide': give a number above"),
    (lambda: make_dataset("noisy", cluster_std=1e9), r"cluster_std 1000000000\.0: give at most 1e"),
    # What scikit-learn would not split
    (lambda: make_dataset("noisy", test_share=1e-9), "1e-09 of 1000 points, .* too few to split"),
    (lambda: make_dataset("two_clusters", n_per_class=4, cluster_std=1e5, seed=16), "1 of one"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), CASES)
def test_bad_arguments_are_named_before_any_fit(call, message, fits):
    with pytest.raises((ValueError, TypeError), match=message) as refused:
        call()
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 300
    assert not fits


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_scikit_learns_error_on_a_fit_that_diverges_is_passed_on():
    config = MLPConfig((3,), max_iter=3, learning_rate_init=1e300)
    with pytest.raises(ValueError, match="scikit-learn cannot fit this: .*non-finite"):
        fit(config=config, engine="sklearn")


def test_shapley_of_sets_that_need_no_network_ends():
    # g and all networks are 1 everywhere. Only sets of one point differ, and they need no fit.
    values = dvlib.svarm_shapley(X, [0, 1, 1, 1], lambda at: np.ones(len(at)), SMALL, n_fits=30)
    assert np.isfinite(values.values).all() and values.n_fits < 30


def test_scores_of_coinciding_and_of_far_points_are_finite():
    for points in ([[1, 1]] * 4, [[1e15, 1e15], [-1e15, 0], [0, 0], [1e14, 0]]):
        scores = dvlib.gaussian_process(points, Y, [[0, 0], [1e15, -1e15]], cache=False)
        assert np.isfinite(scores.values).all()

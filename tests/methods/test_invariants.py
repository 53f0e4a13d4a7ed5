"""Values of any small problem are finite, repeatable, and within their bounds.

Points may coincide, lie on a line, or have the largest and smallest coordinates allowed.
"""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from support.exact_shapley import exact_shapley_values
from support.strategies import drawing, g, problems, small_settings

import dvlib
from dvlib import boundary, dv, fit
from dvlib.methods.forgetting import NEVER_LEARNED, VARIANTS

pytestmark = pytest.mark.slow

CLOSE = 1e-12  # sums of a few numbers below 1, in another order


@pytest.fixture(autouse=True)
def no_warnings():
    """Warnings are errors, so that no NaN arises on the way to an answer either."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def same(first, second):
    """Assert that the arrays of two results have the same bits."""
    for name, array in vars(first).items():
        if isinstance(array, np.ndarray):
            np.testing.assert_array_equal(array, getattr(second, name), err_msg=name)


def terms(network, points):
    """Sum of the absolute terms of f at each point, to which the rounding of f is proportional.

    The kernel adds z and |z| also for a unit that is 0, so such units count as well.
    """
    (inner, b), (outer, c) = (map(np.abs, layer) for layer in network.layers)
    return ((np.abs(points) @ inner + b) @ outer + c)[:, 0]


def check_values(values, X, y, how, low=-1.0, high=1.0):
    """Assert that DataValues are finite, within bounds, and have an error if sampled."""
    np.testing.assert_array_equal(values.points, X)
    np.testing.assert_array_equal(values.labels, y)
    assert values.values.shape == values.standard_errors.shape == y.shape
    assert np.isfinite(values.values).all()
    assert (low - CLOSE <= values.values).all() and (values.values <= high + CLOSE).all()
    one = len(how.seeds) == 1
    assert (np.isnan(values.standard_errors) if one else values.standard_errors >= 0).all()


def check_one_point(refits, how):
    """Assert what holds for all one-point refits and for every value computed from them."""
    X, y, epochs = refits.points, refits.labels, how.config.max_iter
    for one in (refits.dv_g, refits.dv_base, refits.base_dv_g):
        assert (one >= 0).all() and (one <= 1).all()
    # dv is a metric: |dv(f, g) − dv(f', g)| ≤ dv(f, f') ≤ dv(f, g) + dv(f', g).
    assert (np.abs(refits.dv_g - refits.base_dv_g) <= refits.dv_base + CLOSE).all()
    assert (refits.dv_base <= refits.dv_g + refits.base_dv_g + CLOSE).all()
    check_values(dvlib.against_g(refits), X, y, how)
    check_values(dvlib.against_base(refits), X, y, how, low=0)
    check_values(dvlib.memorization_values(refits), X, y, how)
    _, n_iter = refits.learning
    ran = n_iter.mean(1)
    assert (ran >= 1).all() and (ran <= epochs).all()
    counts = {name: dvlib.forgetting_values(refits, name) for name in VARIANTS}
    for name, values in counts.items():
        check_values(values, X, y, how, low=0, high=1 if name == "algorithm_1" else ran)
    counts = {name: of.values for name, of in counts.items()}
    assert (counts["forgetting"] <= ran / 2).all()  # a point is learned again between two losses
    assert (counts["forgetting"] <= counts["frequent"] + CLOSE).all()
    assert (counts["frequent"] <= counts["simple"] + CLOSE).all()
    assert (counts["last_learned"] >= 1).all()
    zero, all_of_them, inf = (
        dvlib.forgetting_values(refits, never_learned=what) for what in NEVER_LEARNED
    )
    assert (zero.values <= all_of_them.values).all() and (all_of_them.values <= ran).all()
    np.testing.assert_array_equal(np.isinf(inf.values), zero.never_learned > 0)


@drawing(15)
@given(problems(), problems(most=5), small_settings())
def test_points_added(problem, added, how):
    (X, y), (points, labels) = problem, added
    refits = dvlib.refits_with_point(X, y, points, labels, g, how)
    check_one_point(refits, how)
    same(refits, dvlib.refits_with_point(X.tolist(), y.astype(bool), points, labels, g, how))
    # A refit does not depend on the others: the order of points and seeds does not matter.
    other = replace(how, seeds=how.seeds[::-1])
    turned = dvlib.refits_with_point(X, y, points[::-1], labels[::-1], g, other)
    np.testing.assert_array_equal(turned.dv_base[::-1, ::-1], refits.dv_base)
    np.testing.assert_array_equal(turned.hits[::-1, ::-1], refits.hits)


@drawing(15)
@given(problems(least=4, each=2), small_settings())
def test_points_left_out(problem, how):
    X, y = problem
    refits = dvlib.refits_without_point(X, y, g, how)
    check_one_point(refits, how)
    same(refits, dvlib.refits_without_point(X, y, g, how))


@drawing(15)
@given(problems(most=6), small_settings())
def test_boundaries_are_a_metric_space(problem, how):
    X, y = problem
    networks = [fit(X, y, how.config, seed=seed).network for seed in (1, 2)]
    a, b, c = (boundary(model, how.mesh) for model in (*networks, g))
    for one in (a, b, c):
        assert one.dtype == np.uint8 and one.shape == (how.mesh.side,) * 2 and one.max() <= 1
        assert dv(one, one) == 0 and dv(one, 1 - one) == 1
    assert dv(a, b) == dv(b, a) == dv(1 - a, 1 - b) and 0 <= dv(a, b) <= 1
    assert dv(a, c) <= dv(a, b) + dv(b, c) + CLOSE
    for network in networks:  # the sweep, and f at each point
        points = how.mesh.points
        f = network.decision(points)
        clear = np.abs(f) > 1e-12 * terms(network, points)  # float64
        np.testing.assert_array_equal(boundary(network, how.mesh).T.ravel()[clear], (f > 0)[clear])
    runs = np.stack([a, b, c])
    apart = dvlib.mean_pairwise_dv(runs)
    assert apart == pytest.approx((dv(a, b) + dv(a, c) + dv(b, c)) / 3, abs=CLOSE)
    assert dvlib.mean_pairwise_dv(1 - runs[::-1]) == pytest.approx(apart, abs=CLOSE)
    assert dvlib.deviations(runs).mean() == pytest.approx(apart, abs=CLOSE)


@drawing(10)
@given(problems(most=5), small_settings())
def test_shapley_values_sum_to_the_utility_of_all_points(problem, how):
    X, y = problem
    truth = boundary(g, how.mesh)
    worth = [
        0.5 - dv(boundary(fit(X, y, how.config, seed=seed).network, how.mesh), truth)
        for seed in how.seeds
    ]  # 1 − dv of all points, less the ½ of none
    exact = exact_shapley_values(X, y, g, how)
    check_values(exact, X, y, how)
    assert exact.values.sum() == pytest.approx(np.mean(worth), abs=CLOSE)
    same(exact, exact_shapley_values(X, y, g, how))


@drawing(3)
@given(problems(least=4, most=6), small_settings())
def test_sampled_shapley_values(problem, how):
    (X, y), n = problem, len(problem[0])
    sampled = replace(how, seeds=(0, 1))  # errors are those of samples, whatever the seeds
    first, again = (dvlib.svarm_shapley(X, y, g, how, n_fits=30) for _ in range(2))
    check_values(first, X, y, sampled, low=-n, high=n)
    same(first, again)
    by_size = [dvlib.stratified_shapley(X, y, g, how, n_fits=280).values for _ in range(2)]
    check_values(by_size[0], X, y, sampled)
    same(*by_size)
    for values in dvlib.added_point_shapley(X, y, X, y, g, how, n_sets=3):
        check_values(values, X, y, sampled)

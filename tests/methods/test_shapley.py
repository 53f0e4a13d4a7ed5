"""Shapley values: axioms, exact enumeration, and sampling that agrees with it."""

import math
from itertools import permutations

import numpy as np
import pytest
from support.exact_shapley import exact_shapley, exact_shapley_values
from support.small import LABELS, POINTS, g

import dvlib.refits.batch
from dvlib.engine.boundaries import boundary, dv
from dvlib.methods.shapley.added import added_point_shapley
from dvlib.methods.shapley.coalitions import Utility, coalitions
from dvlib.methods.shapley.stratified import _marginals_of_sets, strata_of, stratified_shapley
from dvlib.refits.single import fit

pytestmark = pytest.mark.slow

ADDED = (POINTS[:5], LABELS[:5], POINTS[3:], LABELS[3:], g)  # points added to five


def test_exact_values_are_means_over_all_permutations():
    utilities, n = np.random.default_rng(0).normal(size=2**4), 4
    sums = np.zeros(n)
    for order in permutations(range(n)):
        members = 0
        for i in order:
            sums[i] += utilities[members | 1 << i] - utilities[members]
            members |= 1 << i
    np.testing.assert_allclose(exact_shapley(utilities), sums / math.factorial(n), atol=1e-12)


def test_degenerate_subsets_need_no_network(small, fits):
    settings = small(seeds=(3,))
    truth = boundary(g, settings.mesh)
    seen = coalitions(
        POINTS, LABELS, [[], [1], [3, 5], [5, 0]], settings, 3, references=[truth],
        outputs_at=POINTS, description="test",
    )  # fmt: skip
    assert len(fits) == seen.n_fits == 1
    ones = truth.mean()
    assert seen.dv[:3, 0].tolist() == pytest.approx([0.5, ones, 1 - ones])
    assert seen.outputs[:3].tolist() == [[0.5] * 6, [0.0] * 6, [1.0] * 6]
    alone = fit(POINTS[[0, 5]], LABELS[[0, 5]], settings.config, seed=3).network
    assert seen.dv[3, 0] == dv(boundary(alone, settings.mesh), truth)
    f = alone.decision(POINTS)
    np.testing.assert_allclose(seen.outputs[3], 1 / (1 + np.exp(-f)))


def test_a_model_depends_on_a_set_not_on_its_order(small):
    settings = small(seeds=(0,))
    truth = boundary(g, settings.mesh)[None]
    seen = coalitions(POINTS, LABELS, [[5, 0, 3], [3, 5, 0], [0, 3, 5]], settings, 0,
                      references=truth, description="test")  # fmt: skip
    assert len(set(seen.dv[:, 0])) == 1


def within(sampled, exact, sigmas=4):
    """Whether all values lie within four standard errors; six points fail once in 2,600 runs."""
    gap = np.abs(sampled.values - exact.values)
    return (gap <= sigmas * sampled.standard_errors + 1e-12).all()


def test_strata_agree_with_enumeration(small):
    settings = small(seeds=(0,))
    exact = exact_shapley_values(POINTS, LABELS, g, settings)
    sampled = stratified_shapley(POINTS, LABELS, g, settings, n_fits=3000)
    assert within(sampled.values, exact)
    assert sampled.values.standard_errors.max() < np.ptp(exact.values) / 4
    some, others = LABELS == 0, LABELS == 1
    mean, error = sampled.difference(some, others)
    assert abs(mean - (exact.values[some].mean() - exact.values[others].mean())) <= 4 * error


def test_strata_cover_every_size_once():
    for n in (4, 5, 6, 7, 24, 144, 671):
        assert [m for sizes in strata_of(n) for m in sizes] == list(range(n))


def test_a_set_gives_marginals_of_the_sizes_of_its_stratum_only(small):
    utility = Utility(POINTS, LABELS, g, small(seeds=(0,)))
    for size in (0, 2, 5):
        (row,) = _marginals_of_sets(utility, range(size, size + 1), [np.random.default_rng(1)], [0])
        assert np.isfinite(row).sum() == 6 - size
    rng = np.random.default_rng(0)
    rows = _marginals_of_sets(utility, range(1, 3), [rng] * 30, [0] * 30)
    found = [np.isfinite(row).sum() for row in rows]
    assert set(found) == {5, 6, 3}  # |T| = 1: five outside; 2: all; 3: three inside


def test_added_points_agree_with_enumeration(small):
    settings = small(seeds=(0,))
    X, y, x = POINTS[:5], LABELS[:5], POINTS[5:]
    against_g, against_base = added_point_shapley(X, y, x, LABELS[5:], g, settings, n_sets=300)
    exact = exact_shapley_values(POINTS, LABELS, g, settings)
    error = against_g.standard_errors[0]
    assert abs(against_g.values[0] - exact.values[5]) <= 4 * error
    assert error < 0.02
    # Against f_X: the same game with f_X in place of g, and with the opposite sign.
    base = boundary(fit(X, y, settings.config, seed=0).network, settings.mesh)
    mesh = settings.mesh

    def f_X(points):
        x, y = np.rint((np.transpose(points) - mesh.low) / mesh.step).astype(int)
        return base[y, x]

    other = exact_shapley_values(POINTS, LABELS, f_X, settings)
    error = against_base.standard_errors[0]
    assert abs(against_base.values[0] + other.values[5]) <= 4 * error


def test_target_or_budget_stops_sampling(small, fits):
    settings = small(seeds=(0, 3), n_jobs=1, cache=False)
    loose, _ = added_point_shapley(*ADDED, settings, n_sets=50, target=10.0)
    assert loose.parameters["n_sets"] == 10  # the fewest
    assert loose.n_fits == len(fits) + 2  # f_X of each seed is trained apart
    whole, _ = added_point_shapley(*ADDED, settings, n_sets=14, target=1e-9)
    assert whole.parameters["n_sets"] == 14


@pytest.mark.parametrize("target", [None, 0.6])
def test_sets_begun_ahead_change_neither_values_nor_counts(small, monkeypatch, target):
    monkeypatch.setattr(dvlib.refits.batch, "CHUNK", 1)  # so that several sets are in flight
    one, several = (
        added_point_shapley(*ADDED, small(n_jobs=n_jobs, cache=False), n_sets=60, target=target)
        for n_jobs in (1, 3)
    )
    for values, again in zip(one, several, strict=True):
        np.testing.assert_array_equal(values.values, again.values)
        np.testing.assert_array_equal(values.standard_errors, again.standard_errors)
        assert values.n_fits == again.n_fits
        assert values.parameters["n_sets"] == again.parameters["n_sets"]
    n_sets = one[0].parameters["n_sets"]
    assert n_sets == 60 if target is None else 10 <= n_sets < 60  # it did stop before the end


def test_stratified_sets_of_a_round_give_the_bits_of_one_thread(small, monkeypatch):
    monkeypatch.setattr(dvlib.refits.batch, "CHUNK", 1)
    one, several = (
        stratified_shapley(POINTS, LABELS, g, small(n_jobs=n_jobs, cache=False), n_fits=600)
        for n_jobs in (1, 3)
    )
    assert one.values.n_fits == several.values.n_fits
    for rows, again in zip(one.marginals, several.marginals, strict=True):
        np.testing.assert_array_equal(rows, again)


def test_interrupted_sampling_resumes(small, fits):
    settings = small(seeds=(0,))
    added_point_shapley(*ADDED, settings, n_sets=5)
    before = len(fits)
    more, _ = added_point_shapley(*ADDED, settings, n_sets=8)
    again = len(fits)
    assert again > before
    added_point_shapley(*ADDED, settings, n_sets=8)
    assert len(fits) == again  # all from the cache
    fresh, _ = added_point_shapley(*ADDED, small(seeds=(0,), cache=False), n_sets=8)
    np.testing.assert_array_equal(more.values, fresh.values)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: stratified_shapley(POINTS, LABELS, g, s, target=0), "target 0"),
        (
            lambda s: stratified_shapley(POINTS, LABELS, g, s, n_fits=20),
            "n_fits 20: 6 points need 280 for a first look",
        ),
        (lambda s: stratified_shapley(POINTS[2:5], LABELS[2:5], g, s), "3 points: give 4 or more"),
        (
            lambda s: added_point_shapley(POINTS, LABELS, POINTS, LABELS, g, s, n_sets=1),
            "n_sets 1: give a whole number of 2",
        ),
    ],
)
def test_bad_input_is_refused_before_any_fit(small, fits, call, message):
    with pytest.raises(ValueError, match=message):
        call(small())
    assert not fits


def test_all_points_are_sampled_until_the_end(small):
    sampled = stratified_shapley(POINTS, LABELS, g, small(seeds=(0,)), n_fits=3000, target=0.5)
    for rows in sampled.marginals[1:]:
        found = np.isfinite(rows).sum(0)
        assert found.min() > 0 and len(rows) % 8 == 0
    assert sampled.values.parameters["seeds"] == [0]
    reached = sampled.values.standard_errors.max() / np.ptp(sampled.values.values)
    assert reached <= 0.5 and sampled.values.n_fits < 3000

"""Values from subsets beside all subsets of a tiny table, and cases worked by hand."""

from itertools import product
from math import comb

import numpy as np
import pytest
from scipy.stats import binom

from dvlib.tables.halves import banzhaf, memorization, out_of_sample, share_error
from dvlib.tables.passes import random_halves
from dvlib.tables.shapley import Sets, sets_of_all_sizes, shapley

N = 6


@pytest.fixture(scope="module")
def game():
    """All subsets of six rows, a utility with interactions, and the exact values."""
    inside = np.array(list(product([False, True], repeat=N)))
    rng = np.random.default_rng(4)
    worth, pairs = rng.normal(size=N), rng.normal(size=(N, N))
    utility = inside @ worth + np.einsum("si,ij,sj->s", inside, pairs, inside) / 4
    utility = np.tanh(utility)
    by_set = dict(zip(map(tuple, inside), utility, strict=True))
    exact = {"banzhaf": np.zeros(N), "shapley": np.zeros(N)}
    for rows in inside:
        for i in np.flatnonzero(~rows):
            more = rows.copy()
            more[i] = True
            gain = by_set[tuple(more)] - by_set[tuple(rows)]
            exact["banzhaf"][i] += gain / 2 ** (N - 1)
            exact["shapley"][i] += gain / (N * comb(N - 1, rows.sum()))
    return inside, utility, by_set, exact


def test_banzhaf_of_all_subsets_is_exact_and_of_random_halves_within_its_errors(game):
    inside, utility, by_set, exact = game
    np.testing.assert_allclose(banzhaf(inside, utility)[0], exact["banzhaf"], atol=1e-12)
    inside = random_halves(N, 4_000, seed=2)
    values, errors = banzhaf(inside, [by_set[tuple(rows)] for rows in inside])
    assert (np.abs(values - exact["banzhaf"]) < 3.5 * errors).all()  # once in 400 draws for six
    assert errors.max() < np.abs(exact["banzhaf"].mean()) / 3  # values that add up to 0 are far off


def test_shapley_of_all_subsets_is_exact(game):
    """With a range for each size, and all sets of the size, the formula has no error."""
    inside, utility, _, exact = game
    sizes = inside.sum(1)
    order = np.concatenate([[0, len(inside) - 1], np.flatnonzero((sizes > 0) & (sizes < N))])
    sets = Sets(inside[order], tuple(range(a, a + 1) for a in range(1, N)), sizes[order] - 1)
    with np.errstate(invalid="ignore"):  # one set holds all but one row: no error of its mean
        values, _ = shapley(sets, utility[order])
    np.testing.assert_allclose(values, exact["shapley"], atol=1e-12)
    assert values.sum() == pytest.approx(utility[-1] - utility[0])


@pytest.mark.parametrize("n_sets", [40, 400, 4_000])
def test_sampled_shapley_is_within_its_errors(game, n_sets):
    *_, by_set, exact = game
    sets = sets_of_all_sizes(N, n_sets, seed=1)
    assert len(sets.inside) == n_sets or len(sets.strata) == 1
    values, errors = shapley(sets, [by_set[tuple(rows)] for rows in sets.inside])
    # Six rows: one in 3,000 draws is beyond 3.5 errors. With few sets, errors are uncertain, too.
    assert (np.abs(values - exact["shapley"]) < 3.5 * errors + 1e-9).all()
    if n_sets == 4_000:
        np.testing.assert_allclose(values, exact["shapley"], atol=0.05)


@pytest.mark.parametrize(("n", "n_sets"), [(4, 20), (50, 100), (300, 300), (1_000, 600)])
def test_every_row_is_in_and_out_in_every_range(n, n_sets):
    sets = sets_of_all_sizes(n, n_sets, seed=0)
    assert sets.inside.shape == (n_sets, n)
    assert not sets.inside[0].any() and sets.inside[1].all()
    for number, sizes in enumerate(sets.strata):
        of_range = sets.inside[sets.stratum == number]
        assert set(of_range.sum(1)) <= set(sizes)
        assert (of_range.sum(0) >= 2).all() and ((~of_range).sum(0) >= 2).all()
    assert [a for sizes in sets.strata for a in sizes] == list(range(1, n))


def test_halves_worked_by_hand():
    inside = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], bool)
    right = np.array([[1, 0], [1, 1], [0, 1], [1, 1]], bool)
    values, errors = out_of_sample(inside, right)
    np.testing.assert_array_equal(values, [0.5, 0.5])
    np.testing.assert_allclose(errors, np.sqrt(0.125))  # p = (1 + 1) / (2 + 2), √(p (1 − p) / 2)
    np.testing.assert_array_equal(memorization(inside, right)[0], [0.5, 0.5])
    inside, ones = np.array([[True, False], [True, True]]), np.ones((2, 2))  # one row in no set
    values, errors = out_of_sample(inside, ones)
    assert np.isnan(values[0]) and np.isnan(errors[0])
    assert values[1] == 1 and errors[1] == pytest.approx(np.sqrt(2 / 9))  # p = 2 / 3, one fit
    assert np.isnan(memorization(inside, ones)[0][0])


@pytest.mark.parametrize("n", [5, 20, 50, 100])
def test_two_errors_of_a_share_hold_the_true_share_in_95_percent_also_near_0_and_1(n):
    """Exact, by the binomial distribution; the usual errors hold 58 and 85 % near 0 and 1."""
    shares, hits = np.linspace(0.001, 0.999, 999), np.arange(n + 1)
    inside = np.abs(hits[:, None] / n - shares) <= 2 * share_error(hits, n)[:, None]
    held = (binom.pmf(hits[:, None], n, shares) * inside).sum(0)
    assert 0.945 < held.mean() < 0.955 and held.min() > 0.8
    assert held[(shares < 0.1) | (shares > 0.9)].mean() > 0.945
    np.testing.assert_allclose(share_error(hits, n), share_error(n - hits, n))
    assert np.isnan(share_error(0, 0))


@pytest.mark.parametrize("value", [0, 1])
def test_where_all_fits_agree_the_error_keeps_its_width(value):
    inside = random_halves(10, 40, seed=0)
    for method in (out_of_sample, memorization):
        _, errors = method(inside, np.full((40, 10), value))
        assert (errors > 0.04).all() and (errors < 0.1).all()
    few = out_of_sample(inside[:10], np.full((10, 10), value))[1]
    assert (few > out_of_sample(inside, np.full((40, 10), value))[1]).all()


@pytest.mark.parametrize("noise", [0, 3])
def test_errors_are_those_of_repeated_passes(noise):
    """The deviation of values over 400 passes is the mean of their standard errors."""
    rng, found = np.random.default_rng(3), []
    for seed in range(400):
        inside = random_halves(20, 60, seed)
        utility = inside @ np.linspace(0, 2, 20) + noise * rng.normal(size=60)
        found.append(banzhaf(inside, utility))
    values, errors = np.array(found).transpose(1, 0, 2)
    # 400 passes give a deviation to within 1/√800 = 4 %, four times that for the worst of 20. Sets
    # in blocks of ten raise the deviation by √(10 / 9) at most.
    ratio = values.std(0, ddof=1) / errors.mean(0)
    assert 0.85 < ratio.min() < ratio.max() < 1.22
    assert values.mean() == pytest.approx(1, abs=0.1)


def test_too_few_rows_or_sets_are_refused():
    with pytest.raises(ValueError, match="number of rows 3"):
        sets_of_all_sizes(3, 100, seed=0)
    with pytest.raises(ValueError, match="number of sets 19"):
        sets_of_all_sizes(10, 19, seed=0)

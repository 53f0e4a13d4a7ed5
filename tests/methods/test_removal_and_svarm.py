"""Removal curves on sets small enough to check, and Shapley values by SVARM."""

import numpy as np
import pytest
from support.exact_shapley import exact_shapley_values
from support.small import LABELS, POINTS, g

from dvlib.engine.boundaries import boundary, dv
from dvlib.methods.removal import RemovalCurves, lowest_first, removal_curves
from dvlib.methods.shapley.svarm import Stratum, strata_of_sizes, svarm_shapley, values_of
from dvlib.refits.single import fit

TEST = np.array([[-3.0, 0], [5, 1], [0.5, 0]]), np.array([0, 1, 0])


def curves(settings, orders, shares=(0, 1 / 3, 5 / 6)):
    return removal_curves(POINTS, LABELS, *TEST, g, orders, settings, shares=shares)


def test_height_of_a_curve_by_hand():
    # Trapezoids 0 to 1: (0 + 1) / 2 · 1 = 0.5; 1 to 3: (1 + 1) / 2 · 2 = 2. 2.5 over 3.
    curve = {"one": np.array([[0.0], [1], [1]])}
    found = RemovalCurves(np.array([0, 1, 3]), curve, {})
    assert found.area("accuracy", "one") == pytest.approx(2.5 / 3)


def test_lowest_first_breaks_ties_by_chance():
    values = np.array([2.0, 1, 1, 1, 0])
    orders = np.array([lowest_first(values, np.random.default_rng(k)) for k in range(20)])
    assert set(orders[:, 0]) == {4} and set(orders[:, -1]) == {0}
    assert set(orders[:, 1]) == {1, 2, 3}
    again = lowest_first(values, np.random.default_rng(0))
    assert np.array_equal(again, orders[0])


def test_curves_are_those_of_the_remaining_sets(small, fits):
    settings = small()
    order = np.array([5, 0, 4, 1, 3, 2])
    found = curves(settings, {"one": order, "reversed": order[::-1]})
    assert found.accuracy["one"].shape == found.dv["one"].shape == (3, 2)
    truth = boundary(g, settings.mesh)
    left = np.array([1, 2, 3, 4])  # order `one` removes 5 and 0 first
    for k, seed in enumerate(settings.seeds):
        network = fit(POINTS[left], LABELS[left], settings.config, seed=seed).network
        assert found.dv["one"][1, k] == dv(boundary(network, settings.mesh), truth)
        right = network.predict(TEST[0]) == TEST[1]
        assert found.accuracy["one"][1, k] == right.mean()
    # A single point is left at the end: point 2 of label 0, or point 5 of label 1 if reversed.
    assert found.dv["one"][2].tolist() == pytest.approx([truth.mean()] * 2)
    assert found.accuracy["one"][2].tolist() == pytest.approx([2 / 3] * 2)
    assert found.accuracy["reversed"][2].tolist() == pytest.approx([1 / 3] * 2)
    # Each seed fits all points once, though both orders begin with them, and two sets of four.
    assert len(fits) == 2 * 3
    assert np.array_equal(found.dv["one"][0], found.dv["reversed"][0])


def test_tables_and_areas_use_means_over_seeds(small):
    found = curves(small(), {"one": np.arange(6), ("two", 1): np.arange(6)[::-1]})
    frame = found.to_frame()
    assert frame.order.unique().tolist() == ["one", "two, 1"]
    frame = frame[frame.order == "one"]
    assert frame.columns.tolist() == ["order", "removed", "accuracy", "dv"]
    assert frame.dv.to_numpy() == pytest.approx(found.dv["one"].mean(1))
    # Steps of 1/3 and 1/2.
    a, b, c = found.dv["one"].mean(1)
    assert found.area("dv", "one") == pytest.approx(((a + b) / 6 + (b + c) / 4) / (5 / 6))


@pytest.mark.parametrize(("changes", "message"), [
    ({"orders": {"x": [0, 1, 2, 3, 4, 4]}}, "order 'x': give each of the 6 points once"),
    ({"shares": (0, 1)}, "shares .* rising, from 0 to below 1"),
    ({"shares": (0, 0.5, 0.2)}, "rising"), ({"shares": (-0.1, 0.2)}, "from 0 to below 1"),
    ({"shares": (0,)}, "shares .* give two or more"),
])  # fmt: skip
def test_bad_orders_and_shares_are_refused_before_any_fit(small, fits, changes, message):
    with pytest.raises(ValueError, match=message):
        curves(small(), **({"orders": {"x": np.arange(6)}} | changes))
    assert not fits


def test_svarm_agrees_with_enumeration(small):
    settings = small(seeds=(0,))
    exact = exact_shapley_values(POINTS, LABELS, g, settings)
    sampled = svarm_shapley(POINTS, LABELS, g, settings, n_fits=3000)
    gap = np.abs(sampled.values - exact.values)
    # Four standard errors: six points miss that once in 2,600 runs.
    assert (gap <= 4 * sampled.standard_errors + 1e-12).all()
    assert sampled.standard_errors.max() < np.ptp(exact.values) / 4  # or anything would agree
    # Sizes within a stratum are drawn, so that the sum is exact only up to the errors.
    error = np.sqrt(np.square(sampled.standard_errors).sum())
    assert abs(sampled.values.sum() - exact.values.sum()) <= 4 * error


def test_an_additive_game_gives_each_player_its_worth():
    n = 12
    worth = np.random.default_rng(3).normal(size=n)
    strata = [Stratum(sizes, n, [0, sizes[0]]) for sizes in (range(1, 3), range(3, 8), range(8, n))]
    for one in strata:
        for _ in range(1_000):
            subset = one.deal()
            one.add(subset, worth[subset].sum())
    values, errors = values_of(worth.sum(), strata, n)
    # One of twelve points lies beyond four standard errors once in 1,300 runs.
    assert (np.abs(values - worth) <= 4 * errors).all()
    assert errors.max() < worth.std() / 4


def test_drawn_sets_have_the_right_sizes_and_hold_all_points_evenly():
    for sizes in (range(2, 3), range(5, 8), range(8, 10)):
        one = Stratum(sizes, 10, [0])
        sets = [one.deal() for _ in range(240)]
        assert {len(subset) for subset in sets} == set(sizes)
        assert all(len(set(subset)) == len(subset) for subset in sets)
        counts = np.bincount(np.concatenate(sets), minlength=10)
        # Independent draws of 240 sets would spread by several times as much.
        assert np.ptp(counts) <= 0.25 * counts.mean()


def test_a_first_look_has_two_sets_with_and_without_every_point():
    for sizes in (range(1, 2), range(3, 6), range(9, 10)):
        one = Stratum(sizes, 10, [0])
        sets = one.first_look()
        counts = np.bincount(np.concatenate(sets), minlength=10)
        assert counts.min() >= 2 and len(sets) - counts.max() >= 2
    assert [list(sizes) for sizes in strata_of_sizes(6)] == [[1], [2, 3], [4, 5]]
    for n in (4, 5, 24, 670):
        assert [size for sizes in strata_of_sizes(n) for size in sizes] == list(range(1, n))


def test_svarm_stops_at_its_target_or_budget(small):
    settings = small(seeds=(0, 1))
    rough = svarm_shapley(POINTS, LABELS, g, settings, n_fits=1)
    fine = svarm_shapley(POINTS, LABELS, g, settings, n_fits=2_000)
    stopped = svarm_shapley(POINTS, LABELS, g, settings, n_fits=2_000, target=0.9)
    assert rough.n_fits == stopped.n_fits < 2_000 <= fine.n_fits
    assert fine.standard_errors.max() < rough.standard_errors.max()


@pytest.mark.parametrize(("changes", "message"), [
    ({"X": POINTS[2:5], "y": LABELS[2:5]}, "3 points: give 4 or more"), ({"y": [0] * 6}, "both"),
    ({"n_fits": 0}, "n_fits"), ({"target": -1}, "target"),
])  # fmt: skip
def test_svarm_refuses_bad_input_before_any_fit(small, fits, changes, message):
    with pytest.raises(ValueError, match=message):
        svarm_shapley(**({"X": POINTS, "y": LABELS, "g": g, "settings": small()} | changes))
    assert not fits

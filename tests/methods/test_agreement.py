"""Agreement of methods on values whose agreement can be counted."""

from itertools import permutations

import numpy as np
import pytest

from dvlib.methods.agreement import agreement, rank_correlation, top_overlap


def test_overlap_by_hand():
    # Top three of ten: {7, 8, 9} and {0, 8, 9}.
    a = np.arange(10)
    b = np.array([20, 1, 2, 3, 4, 5, 6, 0, 8, 9])
    assert top_overlap(a, a, 0.3) == 1
    assert top_overlap(a, b, 0.3) == pytest.approx(2 / 3)
    assert top_overlap(a, -a, 0.3) == 0


def test_overlap_is_the_mean_over_all_ways_to_break_ties():
    a, b = np.array([3, 2, 2, 1, 1]), np.array([0, 5, 0, 0, 0])
    means = []
    for breaks in permutations(range(5)):
        for others in permutations(range(5)):
            tops = [set(np.lexsort([order, values])[-2:]) for order, values in
                    ((breaks, a), (others, b))]  # fmt: skip
            means.append(len(tops[0] & tops[1]) / 2)
    assert top_overlap(a, b, 0.4) == pytest.approx(np.mean(means))


def test_constant_values_rank_nothing_and_overlap_by_chance():
    assert np.isnan(rank_correlation(np.ones(4), np.arange(4)))
    assert rank_correlation([1, 2, 3], [10, 100, 1000]) == pytest.approx(1)
    assert top_overlap(np.ones(50), np.arange(50)) == pytest.approx(0.1)


def test_tables_compare_two_halves_of_the_seeds():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=400)
    noisy = [truth + rng.normal(size=400) for _ in range(2)]
    other = list(rng.normal(size=(2, 400)))
    found = agreement({"exact": [truth, truth], "noisy": noisy, "other": other})
    table = found.correlation
    assert table.loc["exact", "exact"] == pytest.approx(1)
    assert table.loc["noisy", "noisy"] == pytest.approx(rank_correlation(*noisy))
    # Half of a noisy value's variance is noise, so two noisy halves agree less with each other than
    # with the exact values.
    assert table.loc["noisy", "noisy"] < table.loc["noisy", "exact"] < 1
    assert np.abs(table.loc["other"]).max() < 0.2  # four times 1/√400
    for one in (found.correlation, found.overlap):
        np.testing.assert_allclose(one, one.T)
    frame = found.to_frame()
    assert len(frame) == 9
    assert frame.columns.tolist() == ["method", "other", "correlation", "overlap"]
    row = frame[(frame.method == "noisy") & (frame.other == "exact")]
    assert row.overlap.item() == found.overlap.loc["noisy", "exact"]


@pytest.mark.parametrize(
    "halves", [{"a": [np.ones(3)]}, {"a": [np.ones(3), np.ones(4)]},
               {"a": [np.ones(3)] * 2, "b": [np.ones(4)] * 2}],
)  # fmt: skip
def test_values_of_different_lengths_are_refused(halves):
    with pytest.raises(ValueError, match="give two arrays of one length each"):
        agreement(halves)

"""Parts and verdicts on numbers made by hand: intervals, statuses, and the rule that joins them."""

from itertools import product

import numpy as np
import pytest

from dvlib.paper.figures import claims
from dvlib.paper.judging import verdicts
from dvlib.paper.judging.parts import Part, bootstrap_interval, wilson_interval

HOLD, FAIL, BETWEEN = [0.9, 0.8, 1.0], [0.1, 0.3, 0.2], [0.1, 0.9, 0.4]


def judged(*parts, **options):
    """The verdict on parts with these values, each of which has to reach 0.5."""
    named = {f"part {k}": Part(values, "≥", 0.5, **options) for k, values in enumerate(parts)}
    return verdicts.judge(claims()["C15"], named, {"x": 1})


def test_wilson_interval_is_that_of_the_formula():
    # (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n) with p = 0.8, n = 10, z = 1.95996
    low, high = wilson_interval(np.arange(10) < 8)
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson_interval(np.ones(10, bool)) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert np.isnan(wilson_interval(np.array([], bool))).all()


def test_bootstrap_interval_of_many_samples_is_that_of_the_normal_law():
    values = np.random.default_rng(3).normal(2, 1, 400)
    half = 1.96 * values.std() / 20
    expected = values.mean() - half, values.mean() + half
    assert bootstrap_interval(values) == pytest.approx(expected, abs=0.15 * half)


@pytest.mark.parametrize("values", [[0.2, 0.9], [0.9, 1.0, 1.0], [0.1] * 10, [-1] + [1] * 9])
def test_intervals_stay_within_the_range_of_the_samples(values):
    low, high = bootstrap_interval(np.array(values, float))
    assert min(values) <= low <= np.mean(values) + 1e-12 and np.mean(values) <= high <= max(values)
    assert bootstrap_interval(np.array(values, float)) == (low, high)  # the seed is fixed
    assert np.isnan(bootstrap_interval(np.array([3.0]))).all()


def test_a_part_leaves_out_what_was_not_measured():
    part = Part([0.2, np.nan, 0.4, 0.9], "≥", 0.5)
    assert part.share == pytest.approx(1 / 3) and part.mean == pytest.approx(0.5)
    assert part.interval == pytest.approx((0.2, 0.9))
    assert part.margins == pytest.approx([-0.3, -0.1, 0.4])
    assert Part([np.nan], "≥", 0.5).status is None
    with pytest.raises(ValueError, match="≥"):
        Part([1], ">=", 3)


@pytest.mark.parametrize(
    ("values", "side", "status"),
    [
        (HOLD, "≥", "holds"), (FAIL, "≥", "fails"), (BETWEEN, "≥", "undecided"),
        (HOLD, "<", "fails"), (FAIL, "<", "holds"), (BETWEEN, "<", "undecided"),
        ([0.5] * 5, "≥", "holds"), ([0.5] * 5, ">", "fails"),
        ([0.7], "≥", "holds"), ([0.3], "≥", "fails"),
    ],
)  # fmt: skip
def test_status_of_a_part(values, side, status):
    assert Part(values, side, 0.5).status == status


def test_noise_at_the_threshold_makes_a_part_undecided_and_not_failed():
    values = 0.49 + 0.2 * np.random.default_rng(0).standard_normal(10)
    assert Part(values, "≥", 0.5).status == "undecided"
    assert Part(values + 0.4, "≥", 0.5).status == "holds"


def test_a_part_whose_true_mean_is_the_threshold_seldom_fails():
    """On 300 times ten samples; the simulated rate is 0.04, and a t-interval's would be 0.025."""
    rng = np.random.default_rng(7)
    found = [Part(rng.standard_normal(10), ">", 0).status for _ in range(300)]
    assert found.count("fails") < 0.09 * 300 and found.count("holds") < 0.09 * 300
    clear = [Part(1.5 + rng.standard_normal(10), ">", 0).status for _ in range(50)]
    assert clear.count("holds") >= 47


def test_most_samples_object_to_a_mean_that_few_make():
    # Two of fifty samples lift the mean of all above 0; 48 lie below it.
    values = np.full(50, -0.01)
    values[:5] = 100.0
    part = Part(values, ">", 0)
    assert part.interval[0] > 0 and part.share_interval[1] < 0.5
    assert part.status == "undecided"


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ([HOLD, HOLD], "reproduced"), ([FAIL, FAIL], "not reproduced"), ([HOLD, FAIL], "partly"),
        ([BETWEEN], "undecided"), ([HOLD, BETWEEN], "undecided"),
        ([FAIL, BETWEEN], "not reproduced"), ([FAIL, BETWEEN, BETWEEN], "not reproduced"),
        ([HOLD, FAIL, BETWEEN, BETWEEN, BETWEEN], "partly"), ([HOLD, HOLD, BETWEEN], "mostly"),
        ([HOLD] * 9 + [FAIL], "partly"), ([HOLD, [0.9, np.nan, np.nan]], "undecided"),
    ],
)  # fmt: skip
def test_verdict_follows_from_the_statuses(parts, verdict):
    assert judged(*parts).verdict == verdict


def test_adding_parts_never_makes_a_claim_reproduced_and_a_failure_spoils_it():
    order = ["reproduced", "mostly", "partly", "undecided", "not reproduced"]
    for given in product(("holds", "fails", "undecided"), repeat=3):
        before = verdicts.verdict_on([*given])
        for added in ("holds", "fails", "undecided"):
            if verdicts.verdict_on([*given, added]) == "reproduced":
                assert before == "reproduced"
        if before in ("reproduced", "mostly"):
            after = verdicts.verdict_on([*given, "fails"])
            assert order.index(after) > order.index(before)
        assert (before == "reproduced") == (set(given) == {"holds"})


def test_many_parts_of_which_some_are_noisy_hold_mostly():
    """Twelve parts that hold clearly on average; those that are undecided are named."""
    rng = np.random.default_rng(1)
    parts = 0.5 + np.linspace(0.1, 1.0, 12)[:, None] + 0.3 * rng.standard_normal((12, 10))
    found = judged(*parts)
    unclear = {name for name, part in found.parts.items() if part.status == "undecided"}
    assert 1 <= len(unclear) < 6 and found.verdict == "mostly"
    assert {*found.deciding} <= unclear and all(name in found.measured for name in unclear)


def test_a_part_that_only_one_of_several_samples_has_is_undecided():
    """It has no interval, so that even far from the threshold it neither holds nor fails."""
    for value in (9.0, -9.0):
        lone = [np.nan, value, np.nan]
        assert Part(lone, "≥", 0.5).status == "undecided"
        assert judged(HOLD, HOLD, lone).verdict == "mostly"
        assert judged(FAIL, lone).verdict == "not reproduced"
    assert judged(HOLD, HOLD, [np.nan, 0.9, 0.9]).verdict == "reproduced"


def test_a_part_without_a_number_leaves_the_claim_unmeasured():
    assert judged(HOLD, [np.nan]).verdict == "not measured"
    assert judged().verdict == "not measured"


def test_looser_thresholds_make_partly():
    assert judged([0.45] * 3, [0.4] * 3, loose=0.3).verdict == "partly"
    assert judged([0.45] * 3, [0.2] * 3, loose=0.3).verdict == "not reproduced"
    assert judged([0.45, 0.55, 0.5], loose=0.3).verdict == "partly"  # undecided by the strict one
    assert judged([0.6] * 3, loose=0.3).verdict == "reproduced"


def test_the_deciding_part_says_most_against_the_claim():
    assert judged(HOLD, BETWEEN, FAIL).deciding == ("part 2",)
    assert judged(HOLD, BETWEEN).deciding == ("part 1",)
    assert judged(HOLD, BETWEEN, FAIL).measured.endswith("undecided: part 1")
    assert judged(HOLD, HOLD, BETWEEN).measured.endswith("≥ 0.5 (undecided)")
    # Means 1 and 10 above the threshold; standard deviations √½ and √128.
    far, close = Part([1.0, 2.0], "≥", 0.5), Part([2.5, 18.5], "≥", 0.5)
    assert far.margin == pytest.approx(2**0.5) and close.margin == pytest.approx(10 / 128**0.5)
    assert judged(far.values, close.values, [3, 3]).deciding == ("part 1",)


def test_from_one_sample_all_measured_parts_decide():
    found = judged([3], [0.6], [np.nan])
    assert found.deciding == ("part 0", "part 1")
    assert found.measured == "part 0: 3 ≥ 0.5; part 1: 0.6 ≥ 0.5"
    assert judged([np.nan]).deciding == ()


def test_the_number_of_samples_is_named():
    assert "1 sample" in str(judged([3])) and "3 samples" in str(judged(HOLD))
    assert judged([0.9] * 10, [0.1] * 2 + [np.nan] * 8).measured.endswith("(on 2 of 10 samples)")
    table = verdicts.verdict_table([judged(HOLD)])
    assert list(table.frame["samples"]) == [3]


def test_record_has_the_status_of_each_part():
    record = judged(HOLD, BETWEEN).record
    assert record["verdict"] == "undecided" and record["samples"] == 3
    assert [part["status"] for part in record["parts"].values()] == ["holds", "undecided"]
    assert record["numbers"]["part 0, holds in"] == 1 and record["numbers"]["x"] == 1

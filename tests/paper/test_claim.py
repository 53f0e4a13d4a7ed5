"""The decorator of claims: words and thresholds are given once, and calls take any samples."""

from types import SimpleNamespace

import numpy as np
import pytest

from dvlib.paper.judging import claim, verdicts


@pytest.fixture
def claimed(monkeypatch):
    """Function that decorates a measure as claim C99, registered only during the test."""
    monkeypatch.setattr(claim, "CLAIMS", {})

    def decorate(measure, threshold="AUC: {AUC}", **options):
        options = {"AUC": "≥ 0.9 (≥ 0.75)"} | options
        about = {"figure": "fig01", "study": "grid", "says": "made up"}
        return claim.claim("C99", threshold=threshold, **about, **options)(measure)

    return decorate


def auc(sample):
    """The number of a made-up sample."""
    return {"AUC against g": sample.number}


def samples(*numbers):
    return [SimpleNamespace(number=number) for number in numbers]


def test_words_hold_the_threshold_that_decides(claimed):
    made = claimed(auc)
    assert made.threshold == "AUC: ≥ 0.9 (≥ 0.75)" and made.__name__ == "auc"
    assert made.__doc__ == auc.__doc__ and list(claim.CLAIMS.values()) == [made]
    (part,) = made(samples(0.8)).parts.values()
    assert (part.side, part.threshold, part.loose_side, part.loose) == ("≥", 0.9, "≥", 0.75)


@pytest.mark.parametrize(
    ("number", "verdict"),
    [(-0.5, verdicts.REPRODUCED), (-0.1, verdicts.PARTLY), (0.0, verdicts.NOT)],
)
def test_a_loose_threshold_has_a_side_of_its_own(claimed, number, verdict):
    assert claimed(auc, AUC="≤ −0.5 (< 0)")(samples(number)).verdict == verdict


def test_a_third_is_a_number(claimed):
    made = claimed(auc, AUC="≤ 1/3")
    assert made.limits == {"AUC": ("≤", 1 / 3, None, None)} and made.threshold == "AUC: ≤ 1/3"


def test_one_sample_is_a_list_of_one(claimed):
    made = claimed(auc)
    (sample,) = samples(0.95)
    assert made(sample).numbers == made([sample]).numbers == {"AUC against g": 0.95}
    with pytest.raises(ValueError, match="C99: no sample"):
        made([])


def test_samples_are_pooled(claimed):
    def measure(sample):
        return auc(sample), {"beside": sample.number / 2}

    whole = claimed(measure)(samples(1, 1, 1, 1, 0.95))
    assert whole.verdict == verdicts.REPRODUCED and whole.n_samples == 5
    assert whole.numbers == pytest.approx(
        {"AUC against g": 0.99, "beside": 0.495, "AUC against g, holds in": 1}
    )
    assert claimed(measure)(samples(1, 0)).verdict == verdicts.UNDECIDED


def test_parts_on_each_data_set_count_separately(claimed):
    def measure(sample):
        return auc(sample), {"beside": 2 * sample.number}

    found = claimed(measure)({"noisy": samples(1, 1), "own": samples(0)[0]})
    assert found.verdict == verdicts.PARTLY
    assert found.numbers["AUC against g, noisy"] == 1 and found.numbers["beside, own"] == 0
    assert list(found.parts) == ["AUC against g, noisy", "AUC against g, own"]


def test_a_part_that_a_sample_lacks_was_not_measured_there(claimed):
    def measure(sample):
        return {"AUC": 1.0} | ({"AUC, second": 0.5} if sample.number else {})

    found = claimed(measure)(samples(0, 1))
    np.testing.assert_array_equal(found.parts["AUC, second"].values, [np.nan, 0.5])
    assert list(claimed(measure)(samples(0)).parts) == ["AUC"]


def test_a_measure_of_all_samples_at_once_gets_the_list(claimed):
    def spread(of):
        return {"AUC": np.ptp([one.number for one in of])}

    made = claimed(spread, together=True)
    assert made(samples(0.1, 1.0)).numbers == {"AUC": 0.9}
    assert made({"a": samples(1, 2), "b": samples(3)}).numbers["AUC, b"] == 0


@pytest.mark.parametrize("name", ["rank correlation", "AUCs", "AUC and overlap"])
def test_a_part_has_to_name_exactly_one_threshold(claimed, name):
    made = claimed(lambda sample: {name: 1.0}, "{AUC}, {overlap}", overlap="≥ 0.1")
    with pytest.raises(ValueError, match=f"C99: part '{name}' names"):
        made(samples(1))


def test_keys_are_found_word_by_word(claimed):
    def measure(sample):
        return {"spread / standard error, leave-one-out": 1.0, "AUC of f_X": 1.0}

    found = claimed(measure, "{leave_one_out}, {AUC}", leave_one_out="< 2")([None])
    assert [part.threshold for part in found.parts.values()] == [2, 0.9]


@pytest.mark.parametrize("text", ["0.9", ">= 0.9", "≥ much", "≥ 0.9 (0.75)", "≥ 1/0"])
def test_a_threshold_that_cannot_be_read_is_an_error(claimed, text):
    with pytest.raises(ValueError, match="C99: threshold"):
        claimed(auc, AUC=text)


def test_words_and_thresholds_have_the_same_keys(claimed):
    for words in ("at least nine tenths", "{AUC} and {overlap}"):
        with pytest.raises(ValueError, match="C99: the words name the thresholds"):
            claimed(auc, words)


def test_an_id_is_used_once(claimed):
    claimed(auc)
    with pytest.raises(ValueError, match="C99 is auc: give another id"):
        claimed(lambda sample: {})
    claimed(auc)  # the same measure is allowed, as when a module is imported again

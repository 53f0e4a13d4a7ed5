"""The verdict on labels, on simulated tables whose wrong labels are known."""

import numpy as np
import pytest

from dvlib.tables import verdict
from dvlib.tables.verdict import label_verdict


def posterior_of(logits):
    P = np.exp(logits - logits.max(1, keepdims=True))
    return P / P.sum(1, keepdims=True)


def simulated(seed, n=300, K=2, apart=5.0, rate=0.1, noise=0.5):
    """Probabilities (n, K), labels, and true classes of K Gaussian clusters, so many σ apart.

    The probabilities are the Bayes posterior of the labels, blunted and with noise, as those of
    fits are. `rate` of the labels are wrong, or T with the rates of all pairs.
    """
    rng = np.random.default_rng(seed)
    T = rate
    if np.ndim(rate) == 0:
        T = np.where(np.eye(K) > 0, 1 - rate, rate / (K - 1))
    true = rng.integers(K, size=n)
    means = np.eye(K) * apart / np.sqrt(2)
    posterior = posterior_of((means[true] + rng.normal(size=(n, K))) @ means)
    y = (rng.random((n, 1)) > T[true].cumsum(1)).sum(1)
    logits = 0.8 * np.log(np.maximum(posterior @ T, 1e-6)) + noise * rng.normal(size=(n, K))
    return posterior_of(logits), y, true


@pytest.fixture(scope="module")
def tables():
    """Verdicts on 40 tables of two clear classes, with wrong labels and their number."""
    found = []
    for seed in range(40):
        M, y, true = simulated(seed, rate=(0.03, 0.1, 0.2)[seed % 3])
        found.append((label_verdict(M, y, seed=seed, n_draws=40), y != true))
    return found


def test_rates_and_bayes_rule_by_hand():
    """Of class 0, 4 of 100 certain rows have the other label; of class 1, none of 50."""
    y = np.repeat([0, 1], 100)
    P = np.where(y[:, None] == [0, 1], [0.95], [0.05])
    P[150:] = [0.2, 0.8]  # not among the certain half
    y[:4], y[150:170] = 1, 0
    X = verdict._certain_labels(P, y)
    np.testing.assert_array_equal(X, [[96, 4], [0, 50]])
    np.testing.assert_allclose(verdict._rates(X), [[96.5 / 101, 4.5 / 101], [0.5 / 51, 50.5 / 51]])
    # 0.1 · 0.9 for a right label 1, 0.9 · 0.1 for a wrong one
    T = np.array([[0.9, 0.1], [0.1, 0.9]])
    wrong = verdict._wrong(np.array([[0.9, 0.1], [0.9, 0.1]]), np.array([1, 0]), T)
    np.testing.assert_allclose(wrong, [0.5, 0.01 / 0.82])


def test_sharpness_and_shift_are_found_again():
    """Labels drawn from P ∝ M² exp(h) and T: τ = 2 and the difference of h within 4 errors."""
    rng, T = np.random.default_rng(0), np.array([[0.9, 0.1], [0.2, 0.8]])
    L = rng.normal(size=(20_000, 2))
    P = verdict._softmax(L, np.array([np.log(2), 0.5, -0.5]))
    y = (rng.random(20_000) > (P @ T)[:, 0]).astype(int)
    log_tau, *h = verdict._fit(L, y, T)
    assert np.exp(log_tau) == pytest.approx(2, abs=0.16)  # error 0.04 over twenty seeds
    assert h[0] - h[1] == pytest.approx(1, abs=0.24)  # error 0.06


def test_probabilities_are_calibrated(tables):
    """Of labels said to be wrong with probability q, a share q is wrong (12,000 labels)."""
    wrong = np.concatenate([found.wrong for found, _ in tables])
    bad = np.concatenate([bad for _, bad in tables])
    place = np.digitize(wrong, [0.1, 0.4, 0.6, 0.9])
    said, true = (np.bincount(place, of) / np.bincount(place) for of in (wrong, bad))
    # The middle groups have some 150 labels, 0.04 of error, and q is an estimate itself.
    np.testing.assert_allclose(said, true, atol=0.15)
    assert np.mean((wrong - bad) ** 2) < 0.02  # 0.09 for the share of wrong labels in all rows


def test_the_interval_holds_the_number_and_the_flags_are_as_stated(tables):
    numbers = np.array([bad.sum() for _, bad in tables])
    low, high, said, precision, recall = (
        np.array([getattr(found, name) for found, _ in tables])
        for name in ("low", "high", "number", "precision", "recall")
    )
    # Meant for 90 %; of 240 other tables like these, it held 81 %. Of 40, fewer than 27 are one
    # case in 50 then.
    assert ((low <= numbers) & (numbers <= high)).sum() >= 27
    assert (high - low).mean() < 0.1 * 300
    assert np.abs(said - numbers).mean() < 0.02 * 300
    right = np.array([bad[found.flagged].mean() for found, bad in tables])
    there = np.array([found.flagged[bad].mean() for found, bad in tables])
    assert precision.mean() == pytest.approx(right.mean(), abs=0.05)
    assert recall.mean() == pytest.approx(there.mean(), abs=0.05)
    assert not any(found.refused or found.bound for found, _ in tables[::3])


def test_errors_of_one_class_alone_are_told_from_those_of_all():
    M, y, true = simulated(0, n=600, K=3, rate=np.array([[0.75, 0.25, 0], [0, 1, 0], [0, 0, 1.0]]))
    found = label_verdict(M, y)
    bad = y != true
    assert found.low <= bad.sum() <= found.high
    assert (found.suggested[found.flagged & bad] == 0).all()
    assert (found.suggested != y).all()
    assert found.flagged[bad].mean() > 0.9 and bad[found.flagged].mean() > 0.9


def test_rows_and_classes_may_come_in_any_order():
    M, y, _ = simulated(5, K=3)
    found = label_verdict(M, y, checked={7: False})
    order = np.random.default_rng(0).permutation(len(y))
    shuffled = label_verdict(M[order], y[order], checked={int(np.argmax(order == 7)): False})
    np.testing.assert_allclose(shuffled.wrong, found.wrong[order], atol=1e-3)
    for name in ("number", "low", "high", "precision", "recall", "overlap"):
        assert getattr(shuffled, name) == pytest.approx(getattr(found, name), rel=0.02, abs=1)
    names = np.array([2, 0, 1])  # of the old classes 0, 1 and 2
    renamed = label_verdict(M[:, np.argsort(names)], names[y], checked={7: False})
    np.testing.assert_allclose(renamed.wrong, found.wrong, atol=1e-3)
    np.testing.assert_array_equal(renamed.suggested, names[found.suggested])
    assert renamed.high == pytest.approx(found.high, abs=6)  # other draws for the classes


def test_the_same_seed_gives_the_same_and_nothing_given_is_changed():
    M, y, _ = simulated(6)
    kept = M.copy(), y.copy()
    first, again, other = (label_verdict(M, y, seed=seed) for seed in (1, 1, 2))
    assert (first.low, first.high) == (again.low, again.high)
    np.testing.assert_array_equal(first.wrong, other.wrong)
    np.testing.assert_array_equal(M, kept[0])
    np.testing.assert_array_equal(y, kept[1])


def test_overlap_bounds_the_number_and_checked_rows_settle_it():
    """Classes 2.5 σ apart: 11 % of the right labels contradict their columns."""
    errors = {"unchecked": [], "checked": []}
    held = 0
    for seed in range(12):
        M, y, true = simulated(seed, n=400, apart=2.5, rate=0.05)
        bad = y != true
        found = label_verdict(M, y, n_draws=1)
        assert found.bound or found.refused
        checked = {int(row): bool(bad[row]) for row in found.to_check(seed=seed)}
        settled = label_verdict(M, y, checked=checked, n_draws=50)
        assert len(checked) == min(20, found.flagged.sum())
        assert not settled.bound and not settled.refused
        held += settled.low <= bad.sum() <= settled.high
        rest = found.flagged.copy()
        rest[list(checked)] = False
        if rest.any() and not found.refused:
            errors["unchecked"].append(found.precision - bad[rest].mean())
            errors["checked"].append(settled.precision - bad[rest].mean())
    assert held >= 8  # of twelve; it held 88 % of 40 tables, 55 % without checked rows
    assert np.abs(errors["checked"]).mean() < np.abs(errors["unchecked"]).mean()
    assert "At most" in found.says() or found.refused


def test_checked_rows_are_known_in_the_end():
    M, y, true = simulated(1, rate=0.2)
    bad, found = y != true, label_verdict(M, y)
    checked = {int(row): bool(bad[row]) for row in found.to_check(10)}
    quiet = int(np.flatnonzero(bad & ~found.flagged)[0])  # a wrong label that has no flag
    looked = label_verdict(M, y, checked=checked | {quiet: True})
    for row, answer in looked.checked.items():
        assert looked.wrong[row] == answer == looked.flagged[row]
        assert not looked.also[row]
    assert not set(looked.to_check()) & set(looked.checked)
    # A row without a flag corrects no other: one wrong label more, the rest as before.
    only = label_verdict(M, y, checked={quiet: True})
    others = np.arange(len(y)) != quiet
    np.testing.assert_array_equal(only.wrong[others], found.wrong[others])
    every = label_verdict(M, y, checked=dict(enumerate(bad.tolist())))
    assert every.number == every.low == every.high == bad.sum()
    np.testing.assert_array_equal(every.flagged, bad)
    none = label_verdict(M, y, checked=dict.fromkeys(found.to_check(20).tolist(), False))
    assert none.number < 0.1 * found.number and none.precision < 0.1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (dict(n=99), "the table has 99 rows"),
        (dict(K=3, rate=np.array([[1, 0, 0], [0, 1, 0], [0.5, 0.45, 0.05]])), "label c has"),
        (dict(apart=1.5), "overlap too much"),
    ],
)
def test_no_number_where_there_is_too_little_to_tell(change, reason):
    M, y, _ = simulated(0, **change)
    found = label_verdict(M, y, classes="abc")
    assert reason in found.refused and found.refused in found.says()
    assert np.isnan([found.number, found.low, found.high, found.precision, found.recall]).all()
    assert np.isfinite(found.wrong).all() and "nan" not in found.says()


def test_no_number_for_a_class_that_is_not_predicted_or_mostly_contradicted():
    M, y, _ = simulated(0)
    never = np.tile([0.6, 0.4], (300, 1))
    assert "predicted for too few" in label_verdict(never, y).refused
    y = np.where(M[:, 0] > 0.5, np.arange(300) % 2, 1)
    M = np.where(M > 0.5, 0.99, 0.01)
    assert "half of the rows" in label_verdict(M, y, checked={}).refused


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("n", "K"), [(1, 2), (2, 2), (60, 30), (300, 2)])
def test_edges_give_finite_probabilities(n, K):
    """Probabilities of exactly 0 and 1, a single row, more classes than rows have."""
    y = np.arange(n) % K
    M = np.eye(K)[np.where(np.arange(n) % 9 == 8, 0, y)]
    found = label_verdict(M, y, n_draws=3)
    assert ((found.wrong >= 0) & (found.wrong <= 1)).all()
    assert (found.suggested != y).all() and found.says()
    assert found.refused or found.low <= found.number <= found.high


def test_a_table_without_a_wrong_label_has_no_flags():
    y = np.arange(300) % 3
    found = label_verdict(np.where(y[:, None] == np.arange(3), 0.98, 0.01), y)
    assert not found.flagged.any() and not found.also.any() and found.low == 0
    assert found.number < 1 and np.isnan(found.precision)
    assert "0 rows are flagged." in found.says() and "nan" not in found.says()


def test_what_it_says():
    M, y, _ = simulated(2)
    said = label_verdict(M, y).says()
    assert "of 300 labels" in said and "interval" in said and "Look at 20" in said
    assert "% rightly; they hold about" in said
    M, y, _ = simulated(2, apart=2.5)
    found = label_verdict(M, y)
    assert found.bound and f"At most {found.high:.0f} of 300 labels" in found.says()
    assert "would be predicted wrongly even if all labels were right" in found.says()


def test_large_tables_are_judged_from_draws_on_some_of_their_rows():
    M, y, true = simulated(0, n=20_000, noise=0)
    found = label_verdict(M, y, n_draws=20)
    assert found.low <= found.number <= found.high
    assert found.number == pytest.approx((y != true).sum(), rel=0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(probabilities=[0.5, 0.5]), "of shape (2,)"),
        (dict(probabilities=[[1.0], [1.0]]), "K ≥ 2"),
        (dict(probabilities=[[0.5, 0.5], [np.nan, np.nan]]), "1 rows, the first 1"),
        (dict(probabilities=[[0.5, 0.5], [0.9, 0.9]]), "add up to 1"),
        (dict(probabilities=[[0.5, 0.5], [-0.5, 1.5]]), "numbers from 0"),
        (dict(y=[0, 2]), "give 2 whole numbers from 0 to 1"),
        (dict(y=[0, -1]), "whole numbers"),
        (dict(y=[0.0, 1.0]), "whole numbers"),
        (dict(y=[0]), "whole numbers"),
        (dict(checked=[1]), "give a dict"),
        (dict(checked={2: True}), "checked row 2"),
        (dict(checked={-1: True}), "checked row -1"),
        (dict(checked={0: "wrong"}), "give True if its label is wrong"),
        (dict(n_draws=0), "n_draws 0"),
        (dict(seed=-1), "seed -1"),
    ],
)
def test_refused_before_any_computing(change, message):
    given = dict(probabilities=[[0.5, 0.5], [0.4, 0.6]], y=[0, 1]) | change
    with pytest.raises(ValueError) as error:
        label_verdict(given.pop("probabilities"), given.pop("y"), **given)
    assert message in str(error.value)

"""Data sets of many columns: formulas worked by hand, and extracts as they were taken."""

import hashlib

import numpy as np
import pytest

from dvlib.data import wide
from dvlib.data.wide import TABLES, WIDE, flip_labels, fried_mean, make_wide, planes_mean


def test_the_formulas_worked_by_hand():
    x = np.zeros((2, 10))
    x[0, :5] = 0.5, 1, 1, 0.5, 0.2  # 10 sin(π/2) + 20/4 + 5 + 1
    np.testing.assert_allclose(fried_mean(x), [21, 5])
    x = np.array([[1, 1, -1, 1, 9, 9, 9, 0, 0, 0], [-1, 9, 9, 9, 1, 0, -1, 0, 0, 0]], float)
    np.testing.assert_array_equal(planes_mean(x), [3 + 3 - 2 + 1, -3 + 3 - 1])


@pytest.mark.parametrize("name", wide.FORMULAS)
def test_labels_are_those_of_the_formula_with_noise(name):
    data = make_wide(name, n=4_000, seed=1)
    assert data.X.shape == (4_000, 10) and data.U.shape == (2_000, 10)
    np.testing.assert_allclose(data.X.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(data.X.std(0), 1)
    # Noise of deviation 1 changes the labels near the cut only, and the halves are about equal.
    assert 0.03 < np.mean(data.y != data.g) < 0.25 and 0.3 < data.g.mean() < 0.7
    assert not data.flipped.any()


@pytest.mark.parametrize("name", WIDE)
def test_rows_follow_from_the_seed_and_no_row_is_in_both_parts(name):
    one, again, other = (make_wide(name, n=300, m=200, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.X, again.X)
    assert one.X.shape[1] == again.U.shape[1] and (one.X[:5] != other.X[:5]).any()
    assert (one.g is None) == (name in TABLES) and one.y.max() < one.n_classes
    if name not in ("2dplanes", "spambase"):  # these have equal rows
        together = np.concatenate([one.X, one.U])
        assert len(np.unique(together, axis=0)) > 490


def test_flipped_labels_differ_and_the_others_stay():
    y = np.repeat([0, 1, 2], 40)
    labels, flipped = flip_labels(y, 0.2, np.random.default_rng(0))
    assert flipped.sum() == 24 and (labels[flipped] != y[flipped]).all()
    assert (labels[~flipped] == y[~flipped]).all() and set(labels) == {0, 1, 2}
    noisy, clean = (make_wide("fried", n=200, m=10, noise=noise) for noise in (0.1, 0))
    np.testing.assert_array_equal(noisy.y != clean.y, noisy.flipped)
    assert noisy.flipped.sum() == 20 and (noisy.X == clean.X).all()


@pytest.mark.parametrize(("given", "says"), [
    (dict(name="friedman"), "did you mean 'fried'"), (dict(name="fried", n=1), "n 1"),
    (dict(name="magic", n=3_000, m=2_000), "magic has 4000"),
    (dict(name="fried", noise=0.7), "from 0 to 0.5"), (dict(name="fried", seed=-1), "seed -1"),
])  # fmt: skip
def test_bad_requests_are_refused(given, says):
    with pytest.raises(ValueError, match=says):
        make_wide(**given)


@pytest.mark.parametrize(
    ("name", "columns", "ones", "digest"),
    [("magic", 10, 1445, "413e30235624d329"), ("spambase", 57, 1573, "7fc3bc7b868cadee")],
)
def test_the_extracts_are_as_they_were_taken(name, columns, ones, digest):
    rows, labels = wide._table(name)
    assert rows.shape == (4_000, columns) and labels.sum() == ones
    assert hashlib.sha256(rows.tobytes()).hexdigest()[:16] == digest

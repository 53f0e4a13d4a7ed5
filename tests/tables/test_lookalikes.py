"""Near duplicates, far rows and nearest rows, beside all distances of small tables."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dvlib.tables import lookalikes as module
from dvlib.tables.lookalikes import lookalikes, neighbours_of


def rows_of(n, d, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


@pytest.mark.parametrize("d", [2, 5, 30])
def test_planted_copies_are_found_and_no_others(d):
    X = rows_of(400, d)
    X[10], X[20] = X[11], X[21] + 1e-4
    X[[31, 32]] = X[30]  # three of a kind
    pairs = lookalikes(X).pairs
    assert pairs.tolist() == [[10, 11], [20, 21], [30, 31], [30, 32]]


def test_pairs_are_those_of_all_distances():
    X = rows_of(150, 9)
    X[135:] = X[:15] + 0.05 * rows_of(15, 9, seed=1)
    apart = cdist(X, X)
    nearest = np.sort(apart, axis=1)[:, 1]
    linked = np.triu(apart <= module._near_limit(nearest, len(X)), 1)
    assert 3 < linked.sum() < 15  # some are near enough
    np.testing.assert_array_equal(lookalikes(X).pairs, np.argwhere(linked))


@pytest.mark.parametrize("d", [1, 2, 10])
@pytest.mark.parametrize("draw", ["normal", "random", "standard_exponential"])
def test_few_rows_are_near_by_chance(d, draw):
    """Half a row is expected in each of ten tables; more than five pairs in all are rare."""
    tables = (getattr(np.random.default_rng(seed), draw)(size=(300, d)) for seed in range(10))
    assert sum(len(lookalikes(X).pairs) for X in tables) <= 5


def test_far_rows_also_if_they_were_entered_twice():
    X = rows_of(300, 4)
    X[5], X[[7, 8]] = 30, -20
    found = lookalikes(X)
    assert found.far.tolist() == [5, 7, 8]  # the farthest first
    assert found.pairs.tolist() == [[7, 8]]


def test_far_rows_are_those_beyond_the_fence_of_all_distances():
    X = rows_of(300, 5)
    X[:40] *= np.linspace(1, 30, 40)[:, None]
    fifth = np.sort(cdist(X, X), axis=1)[:, 5]
    low, high = np.quantile(np.log(fifth), [0.25, 0.75])
    beyond = np.flatnonzero(np.log(fifth) > high + 3 * (high - low))
    assert len(beyond) > 1
    assert lookalikes(X).far.tolist() == beyond[np.argsort(-fifth[beyond])].tolist()


def test_rows_may_come_in_any_order_and_columns_be_turned():
    X = rows_of(200, 4)
    X[3], X[9] = X[4], 15
    order = np.random.default_rng(0).permutation(200)
    shuffled, turned = lookalikes(X[order]), lookalikes(X @ np.linalg.qr(rows_of(4, 4))[0])
    assert set(order[shuffled.pairs].ravel()) == {3, 4} == set(turned.pairs.ravel())
    assert order[shuffled.far].tolist() == [9] == turned.far.tolist()


def test_large_tables_are_measured_to_some_rows_and_searched_among_all(monkeypatch):
    X = rows_of(600, 20)
    X[:10], X[20] = X[10:20] + 1e-5, 30
    monkeypatch.setattr(module, "REFERENCE", 100)
    found = lookalikes(X)
    assert found.pairs.tolist() == [[i, i + 10] for i in range(10)]
    assert found.far.tolist() == [20]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "X",
    [np.zeros((1, 1)), np.zeros((30, 3)), np.zeros((5, 0)), np.arange(6.0)[:, None],
     np.repeat([[0.0], [1.0]], 20, axis=0), np.r_[np.zeros((3, 1)), -np.zeros((3, 1))]],
)  # fmt: skip
def test_edges(X):
    found = lookalikes(X)
    assert len(found.pairs) == len(X) - len(np.unique(X, axis=0)) and found.pairs.shape[1] == 2
    assert not len(found.far)


def test_neighbours_are_the_nearest_of_all_pairs():
    X, y = rows_of(60, 3), np.array(["a", "b", "c"])[np.arange(60) % 3]
    rows = [0, 7, 59, 7]
    own, other = neighbours_of(X, y, rows, count=3)
    for place, row in enumerate(rows):
        order = cdist(X[[row]], X)[0].argsort()[1:]
        assert own[place].tolist() == [i for i in order if y[i] == y[row]][:3]
        assert other[place].tolist() == [i for i in order if y[i] != y[row]][:3]


def test_neighbours_of_copies_and_of_rare_labels():
    X, y = np.zeros((6, 2)), np.array([0, 0, 0, 0, 1, 1])
    own, other = neighbours_of(X, y, range(6))
    assert [len(found) for found in own] == [2, 2, 2, 2, 1, 1]
    for row in range(6):
        assert row not in own[row] and (y[own[row]] == y[row]).all()
        assert len(other[row]) == 2 and (y[other[row]] != y[row]).all()
    assert [found[0].tolist() for found in neighbours_of([[1.0]], [0], [0])] == [[], []]
    assert neighbours_of(X, y, []) == ([], [])
    with pytest.raises(ValueError, match="count 0"):
        neighbours_of(X, y, [0], count=0)

"""Scores without subsets: runs worked by hand, and KNN-Shapley beside all subsets."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from dvlib.engine.mlp import Network
from dvlib.tables.gradients import gradient_norms
from dvlib.tables.learning import el2n, forgetting, grand, last_learned, mean_probability
from dvlib.tables.neighbours import knn_shapley
from dvlib.tables.passes import Trajectories
from dvlib.tables.utilities import accuracy, label_probability, log_likelihood

Y = np.array([1, 0])
# Probability of class 1 of two rows after each of four epochs, in two runs; the second stops early.
ROW_0 = [[0.4, 0.6, 0.3, 0.9], [0.2, 0.4, 0.4, 0.4]]
ROW_1 = [[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1]]


def watched():
    p = np.array([ROW_0, ROW_1], np.float32).transpose(1, 2, 0)
    return Trajectories(np.stack([1 - p, p], -1), ((), ()), (), np.array([4, 2]))


@pytest.fixture
def runs():
    return watched()


def test_scores_worked_by_hand(runs):
    values, errors = mean_probability(runs, Y)
    np.testing.assert_allclose(values, [(0.55 + 0.3) / 2, (0.75 + 0.6) / 2], rtol=1e-6)
    np.testing.assert_allclose(errors, [0.125, 0.075], rtol=1e-5)  # half of the difference
    single = runs._replace(probabilities=runs.probabilities[:1], n_iter=runs.n_iter[:1])
    assert np.isnan(mean_probability(single, Y)[1]).all()
    # Row 0: one event in the first run; never right in the two epochs of the second.
    np.testing.assert_array_equal(forgetting(runs, Y)[0], [(1 + 2) / 2, 0])
    np.testing.assert_array_equal(forgetting(runs, Y, "zero")[0], [0.5, 0])
    np.testing.assert_array_equal(last_learned(runs, Y)[0], [(2 + 2) / 2, (1 + 2) / 2])
    values, _ = el2n(runs, Y, epoch=3)
    np.testing.assert_allclose(values, np.sqrt(2) * np.array([0.65, 0.2]), rtol=1e-6)
    np.testing.assert_array_equal(el2n(runs, Y), el2n(runs, Y, epoch=4))  # there is no epoch 20


def test_grand_is_the_mean_norm_over_epochs_and_runs(runs):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2, 3))
    networks = [Network.of_layers([rng.normal(size=(3, 1))], [np.zeros(1)]) for _ in range(4)]
    kept = runs._replace(networks=(tuple(networks[:2]), tuple(networks[2:])), epochs=(1, 2))
    expected = np.mean([gradient_norms(one, X, Y) for one in networks], axis=0)
    np.testing.assert_allclose(grand(kept, X, Y)[0], expected)
    with pytest.raises(ValueError, match="without networks"):
        grand(runs, X, Y)


def knn_utility(distances, right, rows, k):
    nearest = sorted(rows, key=lambda i: (distances[i], i))[:k]
    return sum(right[i] for i in nearest) / k


@pytest.mark.parametrize("k", [1, 2, 3, 9])
def test_knn_shapley_is_that_of_all_subsets(k):
    rng = np.random.default_rng(k)
    X, y = rng.integers(0, 3, (6, 2)).astype(float), rng.integers(0, 3, 6)  # some at equal distance
    target, labels = rng.integers(0, 3, (4, 2)).astype(float), rng.integers(0, 3, 4)
    expected = np.zeros((4, 6))
    for t in range(4):
        distances = np.square(X - target[t]).sum(1)
        right = y == labels[t]
        for i in range(6):
            others = [j for j in range(6) if j != i]
            for size in range(6):
                for rows in combinations(others, size):
                    gain = knn_utility(distances, right, [*rows, i], k)
                    gain -= knn_utility(distances, right, rows, k)
                    expected[t, i] += gain / (6 * comb(5, size))
    values, errors = knn_shapley(X, y, target, labels, k)
    np.testing.assert_allclose(values, expected.mean(0), atol=1e-12)
    np.testing.assert_allclose(errors, expected.std(0, ddof=1) / 2, atol=1e-8)


def test_knn_shapley_in_chunks_is_the_same(monkeypatch):
    rng = np.random.default_rng(0)
    case = rng.normal(size=(30, 2)), rng.integers(0, 2, 30)
    case += rng.normal(size=(50, 2)), rng.integers(0, 2, 50)
    whole = knn_shapley(*case)
    monkeypatch.setattr("dvlib.tables.neighbours.CHUNK", 100)
    np.testing.assert_allclose(knn_shapley(*case), whole, atol=1e-12)  # sums in another order
    assert np.isnan(knn_shapley(*case[:2], case[2][:1], case[3][:1])[1]).all()


def test_utilities_are_scikit_learns():
    rng = np.random.default_rng(1)
    P, labels = rng.dirichlet(np.ones(3), (4, 20)), rng.integers(0, 3, 20)
    P[0, 0] = np.eye(3)[(labels[0] + 1) % 3]  # a sure error
    for k in range(4):
        assert accuracy(P, labels)[k] == accuracy_score(labels, P[k].argmax(1))
        theirs = -log_loss(labels, P[k].astype(np.float32), labels=[0, 1, 2])
        # They normalize after clipping, which changes a probability by its smallest part.
        np.testing.assert_allclose(log_likelihood(P, labels)[k], theirs, rtol=1e-5)
    assert label_probability(P, labels).shape == (4, 20)

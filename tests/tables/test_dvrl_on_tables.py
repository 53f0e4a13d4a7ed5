"""DVRL on tables: its gradient beside all selections, its parts alone, and that it learns."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from dvlib.methods.dvrl.estimator import Estimator, as_shares, estimator_inputs, probabilities
from dvlib.methods.dvrl.settings import DVRLSettings
from dvlib.refits.batch import RefitSettings
from dvlib.tables import dvrl as module
from dvlib.tables.dvrl import ARTICLE, dvrl, learn_selections

LINEAR = RefitSettings((3,), LogisticRegression())
SHORT = replace(ARTICLE, n_iterations=8)


@pytest.fixture
def three():
    """Rows and a target of three classes around three corners, in four columns."""
    rng = np.random.default_rng(0)
    y = np.arange(45) % 3
    X = rng.normal(size=(45, 4)) + 2 * np.eye(4)[y]
    return X[:30], y[:30], X[30:], y[30:]


def test_the_step_is_the_gradient_of_the_expected_score():
    """REINFORCE, averaged over all selections of five rows, with any baseline."""
    rng = np.random.default_rng(1)
    places, y = rng.normal(size=(5, 3)), np.array([0, 1, 2, 1, 0])
    inputs = estimator_inputs("labels_and_residuals", places, y, rng.dirichlet(np.ones(3), 5))
    selections = np.array(list(product([False, True], repeat=5)))
    scores = rng.normal(size=len(selections))

    def chances(weights):
        p = probabilities(weights, *inputs).astype(float)
        return np.where(selections, p, 1 - p).prod(1)

    start = Estimator(*inputs, learning_rate=0.01, seed=2)
    assert 0.1 < start.probabilities.mean() < 0.9  # beyond, a penalty is added
    gradient = np.zeros(start.weights.size)
    for chance, selected, score in zip(chances(start.weights), selections, scores, strict=True):
        one = Estimator(*inputs, learning_rate=0.01, seed=2)
        one.step(selected, score - 0.4)
        gradient -= chance * 10.0 * one._first  # the first moment is a tenth of the loss's gradient
    for _ in range(5):
        direction = rng.normal(size=gradient.size) / np.sqrt(gradient.size)
        up, down = (chances(start.weights + step * direction) @ scores for step in (1e-2, -1e-2))
        # probabilities are rounded to float32: 1e-7 / 2e-2, and the curvature of 1e-2 squared
        assert gradient @ direction == pytest.approx((up - down) / 2e-2, rel=1e-2, abs=2e-5)


def test_the_first_selection_is_scored_as_scikit_learn_scores_it(three):
    X, y, X_target, y_target = three
    choices = replace(SHORT, baseline="full")
    seen = learn_selections(*three, LINEAR, n_runs=1, n_classes=3, choices=choices)
    guide = LogisticRegression().fit(X_target, y_target).predict_proba(X)
    places = as_shares(X, X, X_target)
    inputs = estimator_inputs("labels_and_residuals", places, y, guide)
    p = Estimator(*inputs, learning_rate=0.01, seed=[3, 2]).probabilities
    selected = np.random.default_rng([3, 1]).random(30) < p

    def score(X, y):
        return -log_loss(y_target, LogisticRegression().fit(X, y).predict_proba(X_target))

    assert seen.performance[0, 0] == pytest.approx(score(X[selected], y[selected]))
    np.testing.assert_allclose(seen.baseline, score(X, y))
    assert seen.probabilities.shape == (1, 30)


def test_what_the_estimator_sees_of_three_classes_worked_by_hand():
    p = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    early, late = estimator_inputs(
        "labels_and_residuals", np.array([[7.0], [9.0]]), np.array([0, 2]), p
    )
    np.testing.assert_allclose(early, [[7, 1, 0, 0], [9, 0, 0, 1]])
    np.testing.assert_allclose(late, [[0.5, -0.3, -0.2], [-0.1, -0.1, 0.2]], rtol=1e-6)
    early, late = estimator_inputs("predictions", np.array([[7.0], [9.0]]), np.array([0, 2]), p)
    assert early.shape == (2, 1) and np.allclose(late, p)
    shares = as_shares(np.array([[1.0, 5.0]]), np.array([[0.0, 5.0]]), np.array([[4.0, 5.0]]))
    np.testing.assert_array_equal(shares, [[0.25, 0]])  # a constant column is 0


def test_values_are_means_over_seeds_that_alone_decide(three, monkeypatch):
    both = learn_selections(*three, LINEAR, n_runs=2, n_classes=3, choices=SHORT)
    values, errors = dvrl(both)
    np.testing.assert_allclose(values, both.probabilities.mean(0))
    np.testing.assert_allclose(errors, np.abs(np.diff(both.probabilities, axis=0)[0]) / 2)
    fresh = replace(LINEAR, cache=False, n_jobs=1, seeds=(4,))
    second = learn_selections(*three, fresh, n_runs=1, n_classes=3, choices=SHORT)
    np.testing.assert_array_equal(second.probabilities[0], both.probabilities[1])
    assert not np.array_equal(both.probabilities[0], both.probabilities[1])
    assert np.isnan(dvrl(second)[1]).all()
    monkeypatch.setattr(module, "fit_model", None)  # all is in the store
    again = learn_selections(*three, LINEAR, n_runs=2, n_classes=3, choices=SHORT)
    np.testing.assert_array_equal(again.probabilities, both.probabilities)


@pytest.mark.slow
def test_rows_with_wrong_labels_get_lower_values(three):
    """The mean over three runs; the labels of every third row are another class's."""
    X, y, X_target, y_target = (np.repeat(part, 2, axis=0) for part in three)
    X = X + np.random.default_rng(1).normal(size=X.shape) / 2
    wrong = np.arange(60) % 3 == 0
    y = np.where(wrong, (y + 1) % 3, y)
    choices = replace(ARTICLE, n_iterations=150)
    seen = learn_selections(
        X, y, X_target, y_target, LINEAR, n_runs=3, n_classes=3, choices=choices
    )
    assert roc_auc_score(~wrong, dvrl(seen)[0]) > 0.8


@pytest.mark.parametrize(("changes", "message"), [
    ({"choices": DVRLSettings(predictor="sklearn")}, "settings.config is the predictor"),
    ({"n_runs": 0}, "n_runs 0"), ({"y": 0}, "y has labels of one class"),
    ({"y_target": 0}, "the target has labels of one class"),
])  # fmt: skip
def test_bad_arguments_are_refused_before_any_fit(three, monkeypatch, changes, message):
    monkeypatch.setattr(module, "fit_model", None)
    X, y, X_target, y_target = three
    given = {"X": X, "y": y, "X_target": X_target, "y_target": y_target, "n_runs": 1}
    given |= {k: given[k] * 0 if k.startswith("y") else v for k, v in changes.items()}
    with pytest.raises(ValueError, match=message):
        learn_selections(**given, settings=LINEAR, n_classes=3)

"""A user's own classifier sees the user's labels and columns, and its output is checked."""

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import dvlib
from dvlib.tables.passes import random_halves
from dvlib.tables.value import value

FITS = dict(n_fits=20, quiet=True)
X, Y = make_classification(120, 5, weights=[0.8], flip_y=0.1, random_state=2)


def halves_by_hand(model, X, y, classes):
    """Mean out-of-sample probabilities of the classes, by scikit-learn alone."""
    codes = np.searchsorted(classes, y)
    inside = random_halves(len(y), FITS["n_fits"], 0, classes=codes)
    P = np.zeros((len(inside), len(y), len(classes)))
    for k, rows in enumerate(inside):
        fitted = model.fit(X[rows], y[rows])
        P[k][:, np.searchsorted(classes, fitted.classes_)] = fitted.predict_proba(X)
    return (~inside[..., None] * P).sum(0) / (~inside).sum(0)[:, None]


@pytest.mark.parametrize("labels", [[1, 2], [2, 1], ["no", "yes"], [True, False], [0.0, 1.0]])
def test_weights_of_classes_go_to_the_users_own_labels(labels):
    y = np.array(labels)[Y]
    rare = {labels[0]: 1, labels[1]: 10}
    model = LogisticRegression(class_weight=rare)
    found = value(X, y, "oob", model=model, **FITS)
    expected = halves_by_hand(model, found.rows.X, y, np.unique(y))
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-6)
    plain = value(X, y, "oob", model=LogisticRegression(), **FITS)
    assert (found.predicted == labels[1]).sum() > (plain.predicted == labels[1]).sum() + 5


def test_probabilities_are_in_the_order_of_the_classes_whatever_that_of_the_model():
    class Told(BaseEstimator, ClassifierMixin):
        """Columns from the last class to the first, and classes_ says so."""

        def fit(self, X, y):
            self.inner_ = LogisticRegression().fit(X, y)
            self.classes_ = self.inner_.classes_[::-1]
            return self

        def predict_proba(self, X):
            return self.inner_.predict_proba(X)[:, ::-1]

    y = np.where(Y == 1, "b", "a")
    plain, told = (value(X, y, "oob", model=m, **FITS) for m in (LogisticRegression(), Told()))
    np.testing.assert_array_equal(told.probabilities, plain.probabilities)


class Columns(BaseEstimator, ClassifierMixin):
    """Remembers what it was fitted to."""

    seen: ClassVar[list] = []

    def fit(self, X, y):
        Columns.seen.append((X, y))
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        Columns.seen.append((X, None))
        return np.full(len(X), self.classes_[0])


@pytest.fixture
def people():
    """A frame of numbers and text, with labels "no" and "yes" that follow both columns."""
    rng = np.random.default_rng(5)
    age, smoker = rng.uniform(20, 80, 80).round(), rng.choice(["often", "never"], 80)
    frame = pd.DataFrame({"age": age, "smoker": smoker}, index=np.arange(80) + 1000)
    return frame.assign(ill=np.where((age > 50) ^ (smoker == "often"), "yes", "no"))


def test_a_classifier_sees_named_columns_of_numbers(people):
    Columns.seen.clear()
    value(people, label="ill", methods="oob", model=Columns(), cache=False, **FITS)
    fitted, y = Columns.seen[0]
    assert list(fitted) == ["age", "smoker_never", "smoker_often"] and set(y) == {"no", "yes"}
    assert abs(fitted["age"].mean()) < 1 and set(fitted["smoker_often"]) == {0, 1}


PREPARES = make_pipeline(
    make_column_transformer(
        (StandardScaler(), ["age"]), (OneHotEncoder(handle_unknown="ignore"), ["smoker"])
    ),
    DecisionTreeClassifier(),
)


@pytest.mark.parametrize("model", [PREPARES, GridSearchCV(PREPARES, {}, cv=2)])
def test_a_column_transformer_prepares_the_users_own_columns(people, model):
    target = people.assign(age=people.age + 0.5).sample(30, random_state=0)
    target = target.reset_index(drop=True)
    pair = target.drop(columns="ill"), target["ill"]
    found = value(
        people, label="ill", methods=["oob", "banzhaf", "loo"], target=pair, model=model, **FITS
    )
    assert (found.predicted == people["ill"]).mean() > 0.9
    assert np.isfinite(found.values["banzhaf"].values).all()
    new = dvlib.value_new(
        people, None, *pair, at=people[:9], label="ill", model=PREPARES, n_runs=1, quiet=True
    )
    assert new.refits.base.shape == (1, 9, 2) and np.isfinite(new.values.values).all()
    labels = people["ill"].to_numpy()
    assert (np.array(["no", "yes"])[new.refits.base[0].argmax(1)] == labels[:9]).all()


def test_columns_that_the_model_prepares_must_be_there(people):
    target = people.assign(smoker="never", age=people.age + 0.5)
    with pytest.raises(ValueError, match="'dvrl' gives the model rows of numbers"):
        pair = target.drop(columns="ill"), target["ill"]
        value(people, label="ill", methods="dvrl", target=pair, model=PREPARES, **FITS)
    people["same"] = 1  # of no use to us, but a column of the user's
    with pytest.raises(ValueError, match="columns same are missing: the model prepares columns"):
        value(people, label="ill", methods="banzhaf", target=pair, model=PREPARES, **FITS)


def test_classifiers_without_probabilities_predict_the_users_labels():
    y = np.where(Y == 1, "b", "a")
    found = value(X, y, "oob", model=LinearSVC(), **FITS)
    assert (found.predicted == y).mean() > 0.8


def test_a_lambda_in_the_model_is_no_trouble():
    plain = value(X, Y, "oob", model=LogisticRegression(), **FITS)
    model = make_pipeline(FunctionTransformer(lambda X: X), LogisticRegression())
    found = value(X, Y, "oob", model=model, **FITS)
    np.testing.assert_array_equal(found.values["oob"].values, plain.values["oob"].values)


class Odd(DummyClassifier):
    """Its probabilities are changed by a function of them."""

    def __init__(self, change=None):
        super().__init__(strategy="prior")
        self.change = change

    def predict_proba(self, X):
        return self.change(super().predict_proba(X))


@pytest.mark.parametrize(("change", "says"), [
    (lambda P: P * np.nan, "nan or inf, first in row 0"),
    (lambda P: P - np.array([1, -1]), "numbers below 0"),
    (lambda P: P * 2, "rows that do not add up to 1"),
    (lambda P: np.where(np.arange(len(P))[:, None] == 7, np.inf, P), "nan or inf, first in row 7"),
    (lambda P: P[:, :1], r"float64 of shape \(120, 1\), for 120 rows of 2 classes"),
    (lambda P: P[:, 1], r".*of shape \(120,\)"), (lambda P: P[1:], r".*of shape \(119, 2\)"),
    (lambda P: np.dstack([P, P]), ".*of shape"), (lambda P: P.astype(str), "<U.* of shape"),
])  # fmt: skip
def test_bad_probabilities_are_refused_at_the_first_fit(change, says, monkeypatch):
    monkeypatch.setattr("dvlib.engine.observe.train_model", None)  # no pass begins
    with pytest.raises(ValueError, match=f"model Odd: predict_proba gives {says}"):
        value(X, Y, "oob", model=Odd(change), **FITS)


def test_other_labels_than_those_of_the_rows_are_refused():
    class Wrong(Columns):
        def predict(self, X):
            return np.full(len(X), "neither")

    with pytest.raises(ValueError, match="model Wrong: its predict has other labels than its rows"):
        value(X, Y, "oob", model=Wrong(), **FITS)


def test_several_models_share_their_halves_and_their_probabilities_are_averaged():
    models = [LogisticRegression(), DecisionTreeClassifier(max_depth=3)]
    both = value(X, Y, "oob", models=models, **FITS)
    alone = [value(X, Y, "oob", model=model, **FITS) for model in models]
    mean = np.mean([found.probabilities for found in alone], axis=0)
    np.testing.assert_allclose(both.probabilities, mean, atol=1e-6)
    votes = np.mean([found.values["oob"].values for found in alone], axis=0)
    np.testing.assert_allclose(both.values["oob"].values, votes)
    with pytest.raises(ValueError, match="model and models: give one"):
        value(X, Y, "oob", model=models[0], models=models)


def test_rows_of_a_group_are_predicted_without_it():
    """Copies of a row tell its label to the fits; as a group, they do not."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(np.repeat(rng.normal(size=(40, 3)), 2, 0), columns=["a", "b", "c"])
    frame["y"], frame["patient"] = np.repeat(rng.integers(0, 2, 40), 2), np.arange(80) // 2
    tree = dict(model=DecisionTreeClassifier(), label="y", methods="oob", **FITS)
    told = value(frame, **tree, drop="patient").values["oob"].values.mean()
    asked = value(frame, groups="patient", **tree).values["oob"].values.mean()
    assert told > asked + 0.15 and abs(asked - 0.5) < 0.15
    again = value(frame.drop(columns="patient"), groups=frame["patient"], **tree)
    assert again.values["oob"].values.mean() == asked
    with pytest.raises(ValueError, match=r"groups of shape \(79,\): give one for each of the 80"):
        value(frame, groups=np.arange(79), **tree)


def test_given_probabilities_need_no_fit(monkeypatch):
    monkeypatch.setattr("dvlib.engine.observe.train_model", None)
    y = np.where(Y == 1, "b", "a")
    P = np.random.default_rng(0).dirichlet([1, 1], len(y))
    found = value(X, y, probabilities=P, quiet=True)
    np.testing.assert_array_equal(found.probabilities, P)
    np.testing.assert_array_equal(found.p_label, P[np.arange(len(y)), (y == "b").astype(int)])
    assert found.n_fits == 0 and len(found.issues()) == len(y)
    named = value(X, y, probabilities=pd.DataFrame(P, columns=["a", "b"])[["b", "a"]], quiet=True)
    np.testing.assert_array_equal(named.probabilities, P)
    for bad, says in (
        (P[1:], r"shape \(119, 2\): give \(120, 2\)"), (P * 2, "of row 0 are"),
        (pd.DataFrame(P, columns=["a", "c"]), "without columns b"),
        (np.where(np.arange(120)[:, None] == 7, np.nan, P), "of row 7 are"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=says):
            value(X, y, probabilities=bad, quiet=True)


def test_a_budget_means_fewer_halves_and_is_told(monkeypatch, capsys):
    costs = {"halves": 1.0, "runs": 5.0}
    monkeypatch.setattr("dvlib.tables.value.costs_of", lambda *_: costs)
    found = value(X, Y, seconds=15, n_jobs=1)
    assert found.plan.fits == {"halves": 32} and [*found.values] == ["oob"]  # of two models
    said = capsys.readouterr().err
    for part in ("16 halves in place of 100", "Without p_label", "about 32 s", "than the 15 s"):
        assert part in said
    assert value(X, Y, seconds=400, n_jobs=1, quiet=True).n_fits == 205


def test_removing_planted_errors_helps_and_removing_at_random_does_not():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(300, 4))
    y = (points[:, 0] + points[:, 1] > 0).astype(int)
    wrong = rng.choice(300, 45, replace=False)
    y[wrong] = 1 - y[wrong]
    found = value(points, y, "oob", **FITS)
    checked = found.check(DecisionTreeClassifier(), n_runs=2)
    gain = checked["gain"]
    assert gain["as given"] == 0 and 20 < checked["rows"].iloc[1] < 50
    for remedy in ("flagged removed", "flagged relabelled"):
        assert gain[remedy] > gain["as many removed at random"] + 0.05

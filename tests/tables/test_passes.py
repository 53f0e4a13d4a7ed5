"""Passes of fits over a table: each fit is scikit-learn's, and none is computed twice."""

import warnings

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris, make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.classifiers import fit_model
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.refits.batch import RefitSettings
from dvlib.refits.single import fit
from dvlib.tables.passes import (
    OneRow,
    fits_of,
    one_row_added,
    one_row_left_out,
    random_halves,
    trajectories_of,
)
from dvlib.tables.utilities import hard_dv, soft_dv

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

NETWORK = MLPConfig((8,), max_iter=12)
REFERENCE = RefitSettings(config=NETWORK, engine="sklearn")


@pytest.fixture(scope="module")
def flowers():
    X, y = load_iris(return_X_y=True)
    return (X - X.mean(0)) / X.std(0), y


@pytest.fixture(scope="module")
def two():
    return make_classification(40, 5, random_state=3)


def test_a_fit_is_scikit_learns(flowers):
    X, y = flowers
    ours = fit_model(X, y, 3, NETWORK, 7, "sklearn")(X)
    theirs = MLPClassifier((8,), max_iter=12, batch_size=150, random_state=7).fit(X, y)
    np.testing.assert_allclose(ours, theirs.predict_proba(X), rtol=0, atol=1e-12)  # same products


def test_any_classifier_can_be_the_model_and_steps_of_a_pipeline_are_seeded(flowers):
    X, y = flowers
    sure = fit_model(X, y, 3, LinearSVC(), 0, "sklearn")(X)  # has no probabilities
    np.testing.assert_array_equal(sure, np.eye(3)[LinearSVC(random_state=0).fit(X, y).predict(X)])
    soft = fit_model(X, y, 3, LogisticRegression(), 0, "sklearn")(X)
    np.testing.assert_array_equal(soft, LogisticRegression().fit(X, y).predict_proba(X))
    model = make_pipeline(StandardScaler(), RandomForestClassifier(3))
    first, again, other = (fit_model(X, y, 3, model, seed, "sklearn")(X) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_model_that_needs_more_rows_says_which_fit_it_was(flowers):
    X, y = (part[49:51] for part in flowers)
    for model in (KNeighborsClassifier(5), CalibratedClassifierCV(LogisticRegression(), cv=3)):
        with pytest.raises(ValueError, match=f"{type(model).__name__} cannot .* 2 rows of 2 class"):
            fit_model(X, y, 3, model, 0, "sklearn")(X)


def test_no_thread_lets_a_warning_through(two):
    X, y = two
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # all fits run to their last epoch
        settings = RefitSettings(config=NETWORK, engine="sklearn", cache=False, n_jobs=3)
        fits_of(X, y, random_halves(40, 48, seed=1), settings, at=X, n_classes=2)


def test_classes_without_rows_have_no_probability(flowers):
    X, y = flowers
    two = fit_model(X[y != 1], y[y != 1], 3, NETWORK, 0, "sklearn")(X)
    assert (two[:, 1] == 0).all() and np.allclose(two.sum(1), 1)
    assert (fit_model(X[y == 2], y[y == 2], 3, NETWORK, 0, "sklearn")(X) == [0, 0, 1]).all()
    assert (fit_model(X[:0], y[:0], 3, NETWORK, 0, "sklearn")(X) == 1 / 3).all()


@pytest.mark.parametrize("n_sets", [2, 3, 9, 10, 11, 40])
def test_halves_leave_every_row_in_and_out(n_sets):
    halves = random_halves(500, n_sets, seed=4)
    assert halves.shape == (n_sets, 500) and halves.dtype == bool
    count = halves.sum(0)
    assert count.min() >= n_sets // 10 * 5 and count.max() <= n_sets - n_sets // 10 * 5
    assert count.min() >= 1 and count.max() <= n_sets - 1


def test_rows_of_halves_are_drawn_apart_from_each_other():
    halves = random_halves(30, 4_000, seed=4)
    assert (halves.sum(0) == 2_000).all()
    # Sizes as of 30 coins; 4,000 sizes give the variance to within √(2 / 4,000) = 2 %.
    assert halves.sum(1).var() == pytest.approx(30 / 4, rel=0.1)
    together = np.cov(halves.T.astype(float))
    assert np.abs(together - np.diag(np.diag(together))).max() < 5 / 4 / np.sqrt(4_000)


def test_the_seed_decides_halves_and_more_sets_begin_with_the_same():
    halves = random_halves(11, 40, seed=4)
    np.testing.assert_array_equal(random_halves(11, 25, seed=4), halves[:25])
    assert (random_halves(11, 40, seed=5) != halves).any()
    assert 0 < random_halves(11, 1, seed=4).sum() < 11


def test_a_pass_is_its_fits_one_by_one_and_is_computed_once(two, monkeypatch):
    X, y = two
    inside = random_halves(len(X), 10, seed=0)
    seen = fits_of(X, y, inside, REFERENCE, at=X[:7], n_classes=2)
    for k, rows in enumerate(inside):
        alone = fit_model(X[rows], y[rows], 2, NETWORK, k, "sklearn")(X[:7])
        np.testing.assert_array_equal(seen.probabilities[k], alone.astype(np.float32))
    assert (seen.inside == inside).all()
    monkeypatch.setattr("dvlib.engine.observe.train_model", None)  # all is in the store
    again = fits_of(X, y, inside, REFERENCE, at=X[:7], n_classes=2)
    np.testing.assert_array_equal(again.probabilities, seen.probabilities)


def test_a_run_is_watched_after_each_epoch(two):
    X, y = two
    runs = trajectories_of(X, y, REFERENCE, n_runs=2, n_classes=2, epochs=(0, 3))
    assert runs.probabilities.shape == (2, 12, 40, 2)
    shorter = fit_model(X, y, 2, MLPConfig((8,), max_iter=3), 1, "sklearn")(X)
    np.testing.assert_array_equal(runs.probabilities[1, 2], shorter.astype(np.float32))
    np.testing.assert_array_equal(runs.networks[1][1].probabilities(X), shorter)
    stopping = RefitSettings(config=MLPConfig((8,), max_iter=12, tol=10, n_iter_no_change=2))
    short = trajectories_of(X, y, stopping, n_runs=1, n_classes=2)
    assert short.n_iter[0] < 12
    assert (short.probabilities[0, short.n_iter[0] :] == short.probabilities[0, -1]).all()
    with pytest.raises(ValueError, match="only a network"):
        trajectories_of(X, y, RefitSettings(config=LogisticRegression()), n_runs=1, n_classes=2)


def test_dv_on_a_sample_worked_by_hand():
    P = np.array([[[0.9, 0.1], [0.4, 0.6]], [[0.2, 0.8], [0.4, 0.6]]])
    Q = np.array([[0.6, 0.4], [0.6, 0.4]])
    np.testing.assert_allclose(soft_dv(P, Q), [(0.3 + 0.2) / 2, (0.4 + 0.2) / 2])
    np.testing.assert_array_equal(hard_dv(P, Q), [0.5, 1])
    three = np.eye(3)[[0, 1]]  # surely class 0, surely class 1
    assert soft_dv(three, three[::-1]) == hard_dv(three, three[::-1]) == 1


@pytest.mark.parametrize("m", [400, 6_400])
def test_a_sample_of_the_plane_agrees_with_the_mesh(m, dataset):
    config, mesh = MLPConfig((50,), max_iter=40), MeshGrid(-10, 25, 250)
    networks = [fit(dataset.X, dataset.y, config, seed=seed).network for seed in (0, 1)]
    exact = dv(*(boundary(network, mesh) for network in networks))
    U = np.random.default_rng(0).uniform(-10, 25, (m, 2))
    sampled = hard_dv(*(network.probabilities(U) for network in networks))
    assert exact > 0.002  # otherwise nothing is compared
    assert abs(sampled - exact) < 1 / np.sqrt(m)


def test_one_row_less_and_one_row_more_are_the_same_refits(two):
    X, y = two
    U = np.random.default_rng(1).normal(size=(30, 5))
    less = one_row_left_out(X, y, REFERENCE, n_runs=2, at=U, n_classes=2)
    # The last row left out: what is left is the table of one row less, in its order.
    rows = X[:-1], y[:-1], X[-1:], y[-1:]
    more = one_row_added(*rows, REFERENCE, n_runs=2, at=U, n_classes=2)
    np.testing.assert_array_equal(less.refits[-1], more.base)
    np.testing.assert_array_equal(less.base, more.refits[0])
    np.testing.assert_array_equal(less.soft[-1], more.soft[0])
    np.testing.assert_array_equal(less.base_p[-1], more.refit_p[0])
    assert less.soft.shape == less.hard.shape == (40, 2)


def test_what_all_refits_share_is_taken_off():
    base = np.full((1, 4, 2), 0.5)
    moved = np.array([[[0.1, -0.1]], [[0.3, -0.3]]])[:, None]  # two rows, one seed
    rows = OneRow(base, base + moved, None, None)
    np.testing.assert_allclose(rows.soft, [[0.1], [0.3]])
    np.testing.assert_allclose(rows.centred, [[0.1], [0.1]])  # the shift is 0.2


def test_halves_of_classes_have_half_of_each():
    classes = np.repeat([0, 1, 2], [41, 8, 3])
    halves = random_halves(52, 40, seed=4, classes=classes)
    for k, count in enumerate((41, 8, 3)):
        inside = halves[:, classes == k].sum(1)
        assert (np.abs(inside - count / 2) <= 0.5).all()
    assert (halves.reshape(4, 10, 52).sum(1) == 5).all(), "each row is in five of every ten"
    assert len(np.unique(halves, axis=0)) == 40
    # Partners are drawn anew for every ten sets.
    together = (halves[:, :41, None] == halves[:, None, :41]).mean(0)[np.triu_indices(41, 1)]
    assert together.min() > 0.1 and abs(together.mean() - 0.5) < 0.02


@pytest.mark.parametrize("classes", [None, np.arange(60) % 2])
def test_groups_are_in_a_half_together(classes):
    groups = np.repeat([f"patient {k}" for k in range(20)], 3)
    halves = random_halves(60, 20, seed=0, classes=classes, groups=groups)
    assert (halves.reshape(20, 20, 3).min(2) == halves.reshape(20, 20, 3).max(2)).all()
    assert (halves[:10].sum(0) == 5).all()
    with pytest.raises(ValueError, match="all rows are in one group"):
        random_halves(60, 20, seed=0, groups=np.zeros(60))

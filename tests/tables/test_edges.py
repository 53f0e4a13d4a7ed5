"""Methods on tables at the edges: few rows, a class of one row, equal rows, inputs left alone."""

from dataclasses import replace

import numpy as np
import pytest

from dvlib.engine.mlp import MLPConfig
from dvlib.refits.batch import RefitSettings
from dvlib.tables.dvrl import ARTICLE, learn_selections
from dvlib.tables.gradients import gradient_norms
from dvlib.tables.halves import banzhaf, memorization, out_of_sample
from dvlib.tables.influence_functions import Influence
from dvlib.tables.learning import el2n, forgetting, grand, last_learned, mean_probability
from dvlib.tables.neighbours import knn_shapley
from dvlib.tables.passes import (
    fits_of,
    one_row_added,
    one_row_left_out,
    random_halves,
    trajectories_of,
)
from dvlib.tables.shapley import sets_of_all_sizes, shapley
from dvlib.tables.utilities import accuracy, hard_dv, log_likelihood, soft_dv

SETTINGS = RefitSettings(config=MLPConfig((4,), max_iter=6), cache=False)
K = 3


def locked(*arrays):
    """The arrays, read-only: writing to one raises a ValueError."""
    for array in arrays:
        array.setflags(write=False)
    return arrays


def table(n, classes=K):
    rng = np.random.default_rng(n)
    return locked(
        rng.normal(size=(n, 4)), np.arange(n) % classes,
        rng.normal(size=(9, 4)), np.arange(9) % classes,
    )  # fmt: skip


def test_no_method_writes_to_its_inputs():
    X, y, U, y_U = table(20)
    (inside,) = locked(random_halves(20, 20, seed=0))
    seen = [fits_of(X, y, inside, SETTINGS, at=at, n_classes=K).probabilities for at in (U, X)]
    P, at_rows = locked(*seen)
    runs = trajectories_of(X, y, SETTINGS, n_runs=2, n_classes=K, epochs=(2,))
    locked(runs.probabilities, runs.n_iter, runs.networks[0][0].packed)
    (right,) = locked(at_rows.argmax(-1) == y)
    (utility,) = locked(log_likelihood(P, y_U))
    for method in (out_of_sample, memorization):
        method(inside, right)
    banzhaf(inside, utility), banzhaf(inside, accuracy(P, y_U))
    soft_dv(P, P[0]), hard_dv(P, P[0])
    for score in (mean_probability, forgetting, last_learned, el2n):
        score(runs, y)
    grand(runs, X, y)
    sets = sets_of_all_sizes(20, 60, seed=0)
    locked(sets.inside, sets.stratum)
    shapley(sets, locked(np.zeros(60))[0])
    knn_shapley(X, y, U, y_U)
    choices = replace(ARTICLE, n_iterations=2)
    learn_selections(X, y, U, y_U, SETTINGS, n_runs=1, n_classes=K, choices=choices)
    one_row_added(X, y, U, y_U, SETTINGS, n_runs=1, at=U, n_classes=K)
    influence = Influence.from_network(runs.networks[0][0], X, y, damping=0.1)
    influence.moved(U, locked(influence.left_out(U))[0])
    influence.added(U, y_U, U)


def test_ranks_do_not_depend_on_the_order_of_the_sets():
    rng = np.random.default_rng(0)
    sets = sets_of_all_sizes(12, 200, seed=0)
    utility = sets.inside @ rng.normal(size=12) + rng.normal(size=200)
    order = np.concatenate([[0, 1], 2 + rng.permutation(198)])  # none and all stay in front
    mixed = sets._replace(inside=sets.inside[order], stratum=sets.stratum[order])
    for one, other in zip(shapley(sets, utility), shapley(mixed, utility[order]), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)
    halves, order = random_halves(12, 40, seed=0), rng.permutation(40)
    mixed = banzhaf(halves[order], utility[:40][order])
    np.testing.assert_allclose(mixed, banzhaf(halves, utility[:40]), atol=1e-12)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_few_rows_have_values(n):
    X, y, U, _ = table(n, classes=2)
    halves = random_halves(n, 10, seed=0)
    seen = fits_of(X, y, halves, SETTINGS, at=X, n_classes=2).probabilities
    values, errors = out_of_sample(halves, seen[:, np.arange(n), y])
    assert np.isfinite(values).all() and np.isfinite(errors).all()
    left = one_row_left_out(X, y, SETTINGS, n_runs=1, at=U, n_classes=2)
    assert left.soft.shape == (n, 1) and ((left.soft >= 0) & (left.soft <= 1)).all()
    if n == 2:  # what is left has one class, whose probability is 1
        np.testing.assert_array_equal(left.refits[0, 0, :, 1], 1)


def test_fits_without_a_class_of_one_row_never_predict_it():
    X, _, _, _ = table(20)
    y = np.where(np.arange(20) == 7, 2, np.arange(20) % 2)
    halves = random_halves(20, 20, seed=0)
    seen = fits_of(X, y, halves, SETTINGS, at=X, n_classes=K).probabilities
    values, errors = out_of_sample(halves, seen[:, np.arange(20), y])
    assert values[7] == 0 < errors[7]  # ten fits, all alike, and another might not be
    assert (np.delete(values, 7) > 0).all()


def test_equal_rows_of_a_label_have_equal_scores():
    X, y, U, y_U = np.ones((12, 4)), np.arange(12) % K, np.ones((6, 4)), np.arange(6) % K
    runs = trajectories_of(X, y, SETTINGS, n_runs=2, n_classes=K, epochs=(2,))
    network = runs.networks[0][0]
    changes = Influence.from_network(network, X, y, damping=0.1).left_out(U)
    scores = [score(runs, y)[0] for score in (mean_probability, last_learned, el2n)]
    scores += [gradient_norms(network, X, y), changes[:, 0, 0]]
    for score in scores:
        np.testing.assert_allclose(score, np.tile(score[:K], 4), rtol=1e-9)
    # Rows at equal distance count in their order: the nearest five of each target are the first.
    values, _ = knn_shapley(X, y, U, y_U)
    assert values.sum() == pytest.approx(np.mean([(y[:5] == label).mean() for label in y_U]))

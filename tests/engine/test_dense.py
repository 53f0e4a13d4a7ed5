"""The compiled fit of rows of any width beside scikit-learn's float64 fit."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn.neural_network import MLPClassifier

from dvlib.engine.mlp import MLPConfig, Network, draw_stream, train

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

# (rows, inputs, classes, units, minibatch): nothing is a multiple of 8 or 16, or all is
SHAPES = [
    (60, 1, 2, 20, 200), (61, 3, 2, 17, 7), (64, 16, 2, 16, 32), (101, 10, 2, 100, 40),
    (90, 30, 2, 33, 200), (75, 3, 3, 16, 20), (83, 11, 10, 45, 200), (50, 2, 4, 1, 13),
]  # fmt: skip


def table(n, d, n_classes, seed=0):
    """Rows, and labels that follow from them but for noise; each class has rows."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    scores = X @ rng.normal(size=(d, n_classes)) + rng.normal(size=(n, n_classes))
    y = scores.argmax(1)
    y[:n_classes] = np.arange(n_classes)
    return X, y


def both(X, y, config, n_classes, **given):
    return [
        train(X, y, config, seed=3, engine=engine, n_classes=n_classes, **given)
        for engine in ("fast", "sklearn")
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_it_trains_as_scikit_learn_does(shape):
    n, d, n_classes, hidden, batch = shape
    X, y = table(n, d, n_classes)
    config = MLPConfig((hidden,), batch_size=batch, max_iter=25)
    ours, theirs = both(X, y, config, n_classes, snapshot_epochs=(0, 1, 4))
    assert ours.n_iter == theirs.n_iter == 25
    for fast, exact in zip(ours.snapshots, theirs.snapshots, strict=True):
        # float32 rounding, 6e-8 of a weight of size 1, in a few steps; Adam's are 1e-3 long
        np.testing.assert_allclose(fast.packed, exact.packed, atol=2e-6)
    # Where a gradient is all rounding, Adam may step the other way: 1e-3 a step for one weight.
    fast, exact = (one.network.probabilities(X) for one in (ours, theirs))
    assert np.abs(fast - exact).max() < 2e-3 and np.abs(fast - exact).mean() < 1e-4
    assert ours.loss == pytest.approx(theirs.loss, abs=1e-4)


@pytest.mark.parametrize("n_classes", range(5, 21, 3))
def test_it_counts_classes_as_scikit_learn_does(n_classes):
    X, y = table(60 + n_classes, 5, n_classes)
    config = MLPConfig((20,), batch_size=31, max_iter=4)
    ours, theirs = both(X, y, config, n_classes)
    np.testing.assert_allclose(ours.network.packed, theirs.network.packed, atol=2e-6)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_minibatches_of_one_row_and_of_one_class(n_classes):
    X, y = table(30, 4, n_classes)
    config = MLPConfig((12,), batch_size=1, max_iter=1)
    ours, theirs = both(X, y, config, n_classes)
    np.testing.assert_allclose(ours.network.packed, theirs.network.packed, atol=2e-6)


@pytest.mark.parametrize("scale", [1e-30, 1e-10, 1e4, 1e18])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_tiny_and_huge_numbers(n_classes, scale):
    """Some are so small, or make residuals so small, that float32 cannot hold them fully."""
    X, y = table(80, 5, n_classes)
    ours, theirs = both(X * scale, y, MLPConfig((20,), max_iter=30), n_classes)
    fast, exact = (one.network.probabilities(X * scale) for one in (ours, theirs))
    assert np.abs(fast - exact).max() < 2e-3


def test_the_loss_of_a_row_has_no_cap_as_in_scikit_learn():
    """scikit-learn clips p at 2e-16, so a row's loss at 36.04."""
    X, y = table(80, 5, 3)
    ours, theirs = both(X * 1e4, y, MLPConfig((20,), alpha=0, max_iter=1, tol=0), 3)
    start = draw_stream(80, MLPConfig((20,)), 3, 5, 3).initial
    p = Network(start, MLPConfig((20,)), 5, 3)._raw(X * 1e4)
    losses = logsumexp(p, axis=1) - p[np.arange(80), y]
    assert ours.loss == pytest.approx(losses.mean(), rel=1e-5)
    cap = -np.log(np.finfo(float).eps)
    assert losses.max() > cap
    assert theirs.loss == pytest.approx(np.minimum(losses, cap).mean(), rel=1e-5)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_it_stops_where_scikit_learn_stops(n_classes):
    X, y = table(120, 5, n_classes)
    config = MLPConfig((24,), learning_rate_init=0.02, max_iter=400, tol=1e-3, batch_size=50)
    ours, theirs = both(X, y, config, n_classes, snapshot_epochs=(2, 10_000))
    assert ours.n_iter == theirs.n_iter < 400
    np.testing.assert_array_equal(ours.snapshots[1].packed, ours.network.packed)


def test_one_step_worked_by_hand():
    """A first step of Adam moves each weight by the rate, against its gradient's sign."""
    X, y = np.array([[1.0, -2, 0.5]]).repeat(2, 0), np.array([1, 0])
    config = MLPConfig((16,), max_iter=1, alpha=0, batch_size=1)
    start = draw_stream(2, config, 3, 3, 1).initial
    one = replace(config, batch_size=2)  # residuals of the two cancel: no gradient but ½ off
    fitted = train(X, y, one, seed=3, engine="fast")
    coef, intercept = fitted.network.layers[0]
    before = start[: 3 * 16].reshape(3, 16)
    asleep = X[0] @ before + start[48:64] <= 0
    assert asleep.any() and not asleep.all()
    # A unit that no row activates has gradients of exactly zero, and stays.
    np.testing.assert_array_equal(coef[:, asleep], before[:, asleep])
    np.testing.assert_array_equal(intercept[asleep], start[48:64][asleep])
    moved = np.abs(coef[:, ~asleep] - before[:, ~asleep])
    np.testing.assert_allclose(moved, 1e-3, rtol=2e-3)


def test_the_same_bits_alone_again_and_in_company():
    X, y = table(70, 6, 3)
    config = MLPConfig((40,), max_iter=15, batch_size=32)

    def packed(seed):
        return train(X, y, config, seed=seed, engine="fast", n_classes=3).network.packed

    alone = [packed(seed) for seed in range(6)]
    with ThreadPoolExecutor(3) as pool:
        for one, other in zip(alone, pool.map(packed, range(6)), strict=True):
            np.testing.assert_array_equal(one, other)


def test_columns_without_news_change_nothing():
    """A column of zeros has no gradient but the L2 term's, and no part in the outputs."""
    X, y = table(60, 4, 2)
    config = MLPConfig((20,), max_iter=10, alpha=0)
    wide = np.column_stack([X, np.zeros(60)])
    stream = draw_stream(60, config, 3, 5, 1).initial
    fitted = train(wide, y, config, seed=3, engine="fast").network
    np.testing.assert_array_equal(fitted.packed[80:100], stream[80:100])


def test_bits_do_not_depend_on_rows_after_the_minibatch():
    """The last minibatch is shorter: what the one before left in its place has no effect."""
    X, y = table(45, 3, 2)
    config = MLPConfig((16,), max_iter=1, batch_size=40, alpha=0.5)
    ours, theirs = both(X, y, config, 2)
    np.testing.assert_allclose(ours.network.packed, theirs.network.packed, atol=2e-6)


def test_classes_are_scikit_learns():
    X, y = table(80, 4, 5)
    config = MLPConfig((30,), max_iter=30)
    ours = train(X, y, config, seed=1, engine="fast", n_classes=5).network
    theirs = MLPClassifier((30,), max_iter=30, batch_size=80, random_state=1).fit(X, y)
    assert ours.probabilities(X).shape == (80, 5)
    np.testing.assert_allclose(ours.probabilities(X).sum(1), 1)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_numbers_too_large_for_float32_are_told():
    X, y = table(60, 3, 2)
    with pytest.raises(ValueError, match="the fit diverged"):
        train(X * 2e38, y, MLPConfig((8,), max_iter=3), seed=0, engine="fast")

"""Refits with one point more or less equal plain loops of fits."""

import numpy as np
import pytest

from dvlib.engine.boundaries import boundary, dv
from dvlib.methods.one_point import refits_with_point, refits_without_point
from dvlib.refits.single import fit


def g(points):
    return (points.sum(1) > 2).astype(int)


POINTS, LABELS = np.array([[0.5, 0.5], [5.0, -3.0], [-3.0, 5.5]]), np.array([1, 0, 1])


def expected(X, y, point, label, base, settings, seed):
    """dv to g and to the base model, hits of the point in all epochs, and number of epochs run."""
    fitted = fit(X, y, settings.config, seed=seed, probes=point[None], probe_labels=[label])
    labels = boundary(fitted.network, settings.mesh)
    hits = np.full(settings.config.max_iter, fitted.hits[-1, 0])
    hits[: fitted.n_iter] = fitted.hits[:, 0]
    return dv(labels, boundary(g, settings.mesh)), dv(labels, base), hits, fitted.n_iter


def check_points(result, X, y, settings, sets):
    """Compare refits of the points with a loop of fits to sets (X, y)."""
    check_base(result, X, y, settings)
    for i, pair in enumerate(sets):
        for k, seed in enumerate(settings.seeds):
            base = boundary(result.base_networks[k], settings.mesh)
            point, label = result.points[i], result.labels[i]
            to_g, to_base, hits, n_iter = expected(*pair, point, label, base, settings, seed)
            assert (result.dv_g[i, k], result.dv_base[i, k]) == (to_g, to_base)
            assert result.n_iter[i, k] == n_iter
            np.testing.assert_array_equal(result.hits[i, k], hits)
    assert result.n_fits == (len(sets) + 1) * len(settings.seeds)


def check_base(result, X, y, settings):
    for k, seed in enumerate(settings.seeds):
        base = fit(
            X, y, settings.config, seed=seed, probes=result.points, probe_labels=result.labels
        )
        labels = boundary(base.network, settings.mesh)
        drawn = boundary(result.base_networks[k], settings.mesh)
        np.testing.assert_array_equal(drawn, labels)
        assert result.base_dv_g[k] == dv(labels, boundary(g, settings.mesh))
        assert result.base_n_iter[k] == base.n_iter
        np.testing.assert_array_equal(result.base_hits[:, k, : base.n_iter], base.hits.T)


def test_adding_points_equals_a_loop_of_fits(pool, small):
    X, y = pool
    result = refits_with_point(X, y, POINTS, LABELS, g, small())
    pairs = zip(POINTS, LABELS, strict=True)
    sets = [(np.concatenate([X, [point]]), np.append(y, label)) for point, label in pairs]
    check_points(result, X, y, small(), sets)
    assert result.added and result.dv_base.max() > 0  # an added point moves the boundary


def test_leaving_points_out_equals_a_loop_of_fits(pool, small):
    X, y = pool
    settings = small(seeds=(3,))
    result = refits_without_point(X, y, g, settings)
    np.testing.assert_array_equal(result.points, X)
    np.testing.assert_array_equal(result.labels, y)
    sets = [(np.delete(X, i, axis=0), np.delete(y, i)) for i in range(len(X))]
    check_points(result, X, y, settings, sets)
    assert not result.added


def test_some_points_left_out_are_those_of_all_points_left_out(pool, small):
    X, y = pool
    settings, some = small(seeds=(3, 4)), np.array([2, 7, len(X) - 1])  # the last is special
    every, few = (refits_without_point(X, y, g, settings, at) for at in (None, some))
    for name in ("points", "labels", "dv_g", "dv_base", "hits", "base_hits", "n_iter"):
        np.testing.assert_array_equal(getattr(few, name), getattr(every, name)[some])
    np.testing.assert_array_equal(few.base_dv_g, every.base_dv_g)
    assert few.n_fits == 3 * 2 + 2


def test_learning_known_and_unknown_are_of_the_right_models(pool, small):
    X, y = pool
    more = refits_with_point(X, y, POINTS, LABELS, g, small())
    np.testing.assert_array_equal(more.learning[0], more.hits)
    np.testing.assert_array_equal(more.learning[1], more.n_iter)
    np.testing.assert_array_equal(more.right_with_point, more.hits[:, :, -1])
    np.testing.assert_array_equal(more.right_without_point, more.base_hits[:, :, -1])
    less = refits_without_point(X, y, g, small())
    np.testing.assert_array_equal(less.learning[0], less.base_hits)
    assert less.learning[1].tolist() == [less.base_n_iter.tolist()] * len(X)
    np.testing.assert_array_equal(less.right_with_point, less.base_hits[:, :, -1])
    np.testing.assert_array_equal(less.right_without_point, less.hits[:, :, -1])
    # Where clusters overlap, some points are classified correctly only if they are trained on.
    assert (less.right_with_point != less.right_without_point).any()


@pytest.mark.parametrize(("change", "message"), [
    ({"X": np.zeros((24, 3))}, r"X of shape \(24, 3\): give an array of shape \(n, 2\)"),
    ({"y": np.zeros(24, int)}, r"all labels are 0: a fit needs points of both classes"),
    ({"points": [[0, np.inf]] * 3}, r"points\[0\] is .*finite"),
    ({"labels": [0, 1]}, r"labels of shape \(2,\): give one for each of 3")
])  # fmt: skip
def test_bad_input_is_named_before_any_fit(pool, small, fits, change, message):
    given = {"X": pool[0], "y": pool[1], "points": POINTS, "labels": LABELS} | change
    with pytest.raises(ValueError, match=message):
        refits_with_point(**given, g=g, settings=small())
    for X, y, words in (
        (np.zeros((1, 2)), [1], "all labels are 1"),
        ([[0, 0], [1, 1], [2, 2]], [0, 1, 1], "one class"),
    ):
        with pytest.raises(ValueError, match=words):
            refits_without_point(X, y, g, small())
    assert not fits

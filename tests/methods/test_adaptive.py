"""Adaptive maps: which points are fitted, and how well the others are interpolated."""

import numpy as np
import pytest

import dvlib
from dvlib.methods.adaptive import EVERY, SHARE, Places, fitted_points
from dvlib.methods.registry import method

NAMES = ("leave-one-out, g", "forgetting", "memorization")


def fitted_of(*maps):
    """`Places` for maps (side, side), and how many points each level asks for."""
    side, asked = len(maps[0]), []

    def values_at(rows):
        asked.append(rows)
        return np.column_stack([np.ravel(values)[rows] for values in maps])

    places = Places(side, fitted_points(side, values_at))
    every = np.concatenate(asked)
    assert len(every) == len(set(every))  # no point is fitted twice
    np.testing.assert_array_equal(np.sort(every), places.fitted)
    return places, [len(rows) for rows in asked]


def axes(side):
    return np.meshgrid(np.arange(side), np.arange(side), indexing="ij")


def test_a_constant_map_takes_every_fourth_point_and_the_centres_between():
    places, levels = fitted_of(np.full((13, 13), 0.5))
    x, y = np.divmod(places.fitted, 13)
    on_corners, on_centres = (
        {(i, j) for i in range(start, 13, 4) for j in range(start, 13, 4)} for start in (0, 2)
    )
    assert {*zip(x.tolist(), y.tolist(), strict=True)} == on_corners | on_centres
    assert levels == [16 + 9]
    np.testing.assert_array_equal(places.whole(np.full(25, 0.5)), 0.5)


def test_a_smooth_map_is_reproduced_from_fewer_points():
    x, y = axes(33)
    bump = np.exp(-((x - 20.5) ** 2 + (y - 9.5) ** 2) / 72)  # a deviation of six points
    places, _ = fitted_of(bump)
    whole = places.whole(bump.ravel()[places.fitted])
    assert np.abs(whole - bump.ravel()).max() <= SHARE * np.ptp(bump)
    assert places.share < 0.75
    np.testing.assert_array_equal(whole[places.fitted], bump.ravel()[places.fitted])


@pytest.mark.parametrize("slope", [0, 0.5, 1])
def test_a_step_is_fitted_at_every_point_along_its_edge(slope):
    x, y = axes(29)
    step = (x - slope * y > 10.3).astype(float)
    places, levels = fitted_of(step)
    fitted = np.zeros(step.size, bool)
    fitted[places.fitted] = True
    fitted = fitted.reshape(step.shape)
    for values, known in ((step, fitted), (step.T, fitted.T)):
        edge = values[:-1] != values[1:]  # between these neighbours
        assert known[:-1][edge].all() and known[1:][edge].all()
    np.testing.assert_array_equal(places.whole(step.ravel()[places.fitted]), step.ravel())
    assert len(levels) == 3 and places.share < 0.6


@pytest.mark.parametrize("side", range(2, 15))
def test_meshes_of_any_side_are_covered_to_their_corners(side):
    x, y = axes(side)
    plane = 2.0 * x - y
    flat, _ = fitted_of(np.zeros((side, side)))
    assert {0, side - 1, side * (side - 1), side**2 - 1} <= {*flat.fitted.tolist()}
    # A plane is interpolated without error from any of its points.
    np.testing.assert_allclose(
        flat.whole(plane.ravel()[flat.fitted]), plane.ravel(), rtol=0, atol=1e-12 * side
    )
    noise = np.random.default_rng(side).random((side, side))
    places, _ = fitted_of(noise)
    assert places.share > 0.9  # noise varies everywhere by more than a twentieth of its range
    gaps = np.diff(np.unique(flat.fitted % side))
    assert gaps.max(initial=1) <= EVERY


def test_maps_of_one_pass_share_the_points_of_each():
    x, y = axes(25)
    left, below = (x > 6.5) * 1.0, (y > 10.5) * 9.0
    both, first, second = fitted_of(left, below)[0], fitted_of(left)[0], fitted_of(below)[0]
    assert {*first.fitted} | {*second.fitted} <= {*both.fitted}
    unknown = np.full((25, 25), np.nan)  # against g, where g is unknown
    np.testing.assert_array_equal(fitted_of(left, unknown)[0].fitted, first.fitted)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """An adaptive sample, and one of which every point is fitted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DVLIB_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings = dvlib.resolve("fig03", grid_step=3.5, mesh_side=40, n_seeds=2)
        methods = {name: method(name) for name in NAMES}
        sample = settings.sample(methods=methods, adaptive=True).compute()
        assert settings.ledger.n_fits == 2 * (len(sample.refits.points) + 1)  # each once
        return sample, settings.sample(methods=methods).compute()


def test_fitted_points_equal_those_of_the_full_map(pair):
    sample, full = pair
    fitted = sample.values["forgetting"].fitted
    assert 0.3 < fitted.mean() < 1 and fitted.sum() == len(sample.refits.points)
    for name in ("dv_g", "dv_base", "hits", "base_hits", "n_iter"):
        np.testing.assert_array_equal(
            getattr(sample.refits, name), getattr(full.refits, name)[fitted]
        )
    for name in NAMES:
        ours, theirs = sample.values[name], full.values[name]
        np.testing.assert_array_equal(ours.points, theirs.points)
        np.testing.assert_array_equal(ours.labels, theirs.labels)
        for array in ("values", "standard_errors", "never_learned"):
            if getattr(theirs, array) is not None:
                np.testing.assert_array_equal(
                    getattr(ours, array)[fitted], getattr(theirs, array)[fitted]
                )
                assert np.isfinite(getattr(ours, array)).all()
        assert theirs.fitted is None and "fitted" not in theirs.to_frame()
    np.testing.assert_array_equal(ours.to_frame()["fitted"], fitted)


def test_parts_and_halves_of_an_adaptive_sample_have_its_maps(pair):
    sample, full = pair
    where = np.flatnonzero(sample.regions.to_g < 4)
    part = sample.at(where)
    for name in NAMES:
        whole = sample.values[name]
        np.testing.assert_array_equal(part.values[name].values, whole.values[where])
        np.testing.assert_array_equal(part.values[name].fitted, whole.fitted[where])
    halves = [half.values["leave-one-out, g"].values for half in sample.halves]
    np.testing.assert_allclose(np.mean(halves, axis=0), sample.values["leave-one-out, g"].values)
    first = full.halves[0].values["leave-one-out, g"].values
    fitted = sample.values["forgetting"].fitted
    np.testing.assert_array_equal(halves[0][fitted], first[fitted])


def test_an_adaptive_sample_needs_a_map_of_refits():
    settings = dvlib.resolve("fig01", grid_step=5.0)
    with pytest.raises(ValueError, match="give its methods"):
        settings.sample(adaptive=True)
    with pytest.raises(ValueError, match="give its methods"):
        settings.sample(methods={"DVRL": method("DVRL")}, adaptive=True)

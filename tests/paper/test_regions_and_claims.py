"""Regions between two known boundaries, and verdicts on values made to deserve them."""

import re

import numpy as np
import pytest

from dvlib.data.regions import Boundaries, find_regions
from dvlib.engine.mesh import MeshGrid
from dvlib.methods.values import DataValues
from dvlib.paper.claims import values, verdicts
from dvlib.paper.claims.verdicts import CLAIMS, Part
from dvlib.paper.manifest import FIGURES

MESH = MeshGrid(-10, 25, 351)
GRID = MeshGrid(-10, 25, 36)


@pytest.fixture
def regions(dataset):
    """g of two clusters against a learned boundary drawn by hand, wrong in three places."""
    x, y = np.meshgrid(MESH.axis, MESH.axis)
    g = dataset.g(np.stack([x, y], axis=-1))
    learned = g.astype(float)
    learned[(g == 1) & (y > 12) & (x < 8)] = 0  # upper: above the clusters
    learned[(g == 0) & (np.hypot(x - 4, y - 4) < 1.5)] = 1  # between
    learned[(g == 1) & (y < -4) & (x > 9)] = 0  # lower
    return find_regions(dataset, Boundaries(MESH, g, learned), GRID.points)


def test_regions_get_the_names_of_their_places(regions):
    def named(x, y):
        return regions.name[np.flatnonzero((GRID.points == [x, y]).all(1))[0]]

    assert [named(5, 20), named(4, 4), named(15, -8)] == ["upper", "between", "lower"]
    assert named(0, 1) == named(10, 7) == ""
    assert np.array_equal(regions.misclassified, regions.name != "")


def test_distance_to_g_is_that_to_the_bisector(regions):
    # g of two means is their bisector: through (5, 4), normal (10, 6)/√136.
    exact = np.abs((GRID.points - [5, 4]) @ [10, 6]) / np.sqrt(136)
    # The mesh knows it to a cell; its corners cut distances near the mesh's edge.
    inside = (np.abs(GRID.points - 7.5) < 9).all(1)
    assert np.abs(regions.to_g - exact)[inside].max() < 1.5 * MESH.step


def test_mean_of_an_absent_region_is_nan(regions, dataset):
    x, y = np.meshgrid(MESH.axis, MESH.axis)
    g = dataset.g(np.stack([x, y], axis=-1))
    none = find_regions(dataset, Boundaries(MESH, g, g.astype(float)), GRID.points)
    assert np.isnan(none.mean(np.ones(len(GRID.points)), "upper"))
    verdict = values.misclassified_are_important(_values(g), _values(g), none)
    assert verdict.verdict == verdicts.NOT_MEASURED


def _values(values, method="made up"):
    values = np.resize(np.asarray(values, float), len(GRID.points))
    return DataValues(GRID.points, np.zeros(len(values), int), values, values * 0, method)


def test_c01_follows_whether_values_point_at_the_regions(regions):
    good, bad = _values(regions.misclassified), _values(~regions.misclassified)
    judge = values.misclassified_are_important
    assert judge(good, good, regions).verdict == verdicts.REPRODUCED
    assert judge(good, bad, regions).verdict == verdicts.PARTLY  # by one reference of two
    assert judge(bad, bad, regions).verdict == verdicts.NOT
    assert judge(good, good, regions).numbers == {"AUC against g": 1.0, "AUC against f_X": 1.0}


def test_c02_compares_the_top_tenths(regions):
    rising = _values(np.arange(len(GRID.points)))
    assert values.g_is_not_needed(rising, rising).verdict == verdicts.REPRODUCED
    assert values.g_is_not_needed(rising, _values(-rising.values)).verdict == verdicts.NOT


def test_c03_and_c04_follow_the_values(regions):
    near = _values(np.where(regions.misclassified, -regions.to_g, 0))
    assert values.nearer_to_g_is_higher(near, regions).verdict == verdicts.REPRODUCED
    assert values.nearer_to_g_is_higher(_values(regions.to_g), regions).verdict == verdicts.NOT
    outer = _values(np.isin(regions.name, ("upper", "lower")))
    assert values.between_is_unimportant(outer, regions).verdict == verdicts.REPRODUCED
    inner = _values(regions.name == "between")
    assert values.between_is_unimportant(inner, regions).verdict == verdicts.NOT


def test_c03_holds_loosely_below_zero_and_not_at_zero(regions):
    def verdict(correlation):
        part = Part(correlation, "≤", -0.5, 0.0, "<")
        return verdicts.judge("C03", {"rank correlation": part}).verdict

    assert verdict(-0.1) == verdicts.PARTLY and verdict(0.0) == verdicts.NOT
    even = _values(np.where(regions.misclassified, regions.points[:, 0] % 2, 0))
    (part,) = values.nearer_to_g_is_higher(even, regions).parts.values()
    assert (part.loose_side, part.loose) == ("<", 0) and "(< 0)" in CLAIMS["C03"].threshold


def test_c05_needs_negative_values_near_the_boundary_only(regions):
    rng = np.random.default_rng(0)
    noise = rng.uniform(-1, 1, len(GRID.points))  # bounded: none is 3 deviations out
    near = ~regions.misclassified & (regions.to_learned <= 1)
    judge = values.near_points_push_away
    assert judge(_values(noise - 50 * near), regions).verdict == verdicts.REPRODUCED
    everywhere = _values(np.where(np.arange(len(noise)) % 20, 0.01 * noise, -50))
    assert judge(everywhere, regions).verdict == verdicts.NOT
    assert judge(_values(noise), regions).verdict == verdicts.PARTLY  # none beyond, none within


def test_c09_c10_c25_c27_follow_the_regions(regions):
    upper, between = regions.name == "upper", regions.name == "between"
    as_said = _values(1 + 2 * upper + 3 * between)
    verdict = values.forgetting_rates_regions(as_said, as_said, regions).verdict
    assert verdict == verdicts.REPRODUCED
    lower = _values(regions.name == "lower")
    assert values.forgetting_rates_regions(lower, lower, regions).verdict == verdicts.NOT
    zero = _values(np.zeros(len(GRID.points)))  # nothing was ever forgotten
    assert values.forgetting_rates_regions(zero, zero, regions).verdict != verdicts.REPRODUCED
    exact = _values(regions.misclassified)
    assert values.memorization_finds_regions(exact, regions).verdict == verdicts.REPRODUCED
    flat = _values(np.arange(len(GRID.points)) % 2)
    assert values.memorization_finds_regions(flat, regions).verdict == verdicts.NOT
    near = _values(regions.to_g <= 2)
    assert values.mesh_alone_rates_nearness(near, near, regions).verdict == verdicts.REPRODUCED
    assert values.mesh_alone_rates_nearness(flat, flat, regions).verdict == verdicts.NOT
    variants = [_values(upper, name) for name in "abc"]
    assert values.upper_is_hardest(variants, regions).verdict == verdicts.REPRODUCED
    variants[0] = _values(between, "a")
    assert values.upper_is_hardest(variants, regions).verdict == verdicts.PARTLY


def test_every_claim_belongs_to_a_figure_of_the_manifest():
    assert {claim.figure for claim in CLAIMS.values()} <= FIGURES.keys()
    assert all(re.fullmatch(r"C\d\d", name) for name in CLAIMS)


def test_regions_of_opposite_errors_that_touch_stay_apart(dataset):
    # Vertical g at x = 0; the learned boundary crosses it on the diagonal: two wedges, one corner.
    x, y = np.meshgrid(MESH.axis, MESH.axis)
    g, learned = (x > 0).astype(int), (x > y).astype(float)
    regions = find_regions(dataset, Boundaries(MESH, g, learned), GRID.points)
    high, low = (GRID.points == [5, 20]).all(1), (GRID.points == [-2, -9]).all(1)
    assert regions.misclassified[high].all() and regions.misclassified[low].all()
    assert regions.name[high] == "upper" and regions.name[low] != "upper"


def test_c06_sees_a_few_points_that_stand_out(regions):
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(len(GRID.points), 3))
    bump = 30 * (regions.to_g <= 1)[:, None]

    class Refits:
        base_dv_g = np.zeros(3)

    alike, standing_out = Refits(), Refits()
    alike.dv_g, standing_out.dv_g = noise, noise + bump * np.abs(noise)
    assert values.mesh_values_are_alike(alike, regions).verdict == verdicts.REPRODUCED
    assert values.mesh_values_are_alike(standing_out, regions).verdict == verdicts.NOT

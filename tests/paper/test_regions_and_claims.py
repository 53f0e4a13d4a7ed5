"""Regions between two known boundaries, and verdicts on made-up values."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from support.small import valued

from dvlib.data.regions import Boundaries, find_regions
from dvlib.engine.mesh import MeshGrid
from dvlib.paper.claims import CLAIMS, learning, values, verdicts
from dvlib.paper.claims.verdicts import Part
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


def test_distance_to_g_is_the_distance_to_the_bisector(regions):
    # g of two means is their bisector: through (5, 4), normal (10, 6)/√136.
    exact = np.abs((GRID.points - [5, 4]) @ [10, 6]) / np.sqrt(136)
    # Distances on the mesh are exact to a cell, except near its edge, where the corners cut them.
    inside = (np.abs(GRID.points - 7.5) < 9).all(1)
    assert np.abs(regions.to_g - exact)[inside].max() < 1.5 * MESH.step


def test_mean_of_an_absent_region_is_nan(regions, dataset):
    x, y = np.meshgrid(MESH.axis, MESH.axis)
    g = dataset.g(np.stack([x, y], axis=-1))
    none = find_regions(dataset, Boundaries(MESH, g, g.astype(float)), GRID.points)
    assert np.isnan(none.mean(np.ones(len(GRID.points)), "upper"))
    verdict = values.misclassified_are_important(by_references(none, g, g))
    assert verdict.verdict == verdicts.NOT_MEASURED


def sample(regions, **values):
    """A sample with values by method; "_" stands for a space in the name of a method."""
    return SimpleNamespace(
        regions=regions, values={name.replace("_", " "): _values(of) for name, of in values.items()}
    )


def by_references(regions, against_g, against_base):
    """A sample with leave-one-out values against both references."""
    both = {"leave-one-out, g": against_g, "leave-one-out, f_X": against_base}
    return SimpleNamespace(regions=regions, values={name: _values(of) for name, of in both.items()})


def _values(values):
    return valued(np.resize(np.asarray(values, float), len(GRID.points)), GRID.points)


def test_c01_follows_whether_values_find_the_regions(regions):
    def verdict(*values_by_reference):
        sampled = by_references(regions, *values_by_reference)
        return values.misclassified_are_important(sampled)

    good, bad = regions.misclassified, ~regions.misclassified
    assert verdict(good, good).verdict == verdicts.REPRODUCED
    assert verdict(good, bad).verdict == verdicts.PARTLY  # by one reference of two
    assert verdict(bad, bad).verdict == verdicts.NOT
    assert verdict(good, good).numbers == {"AUC against g": 1.0, "AUC against f_X": 1.0}


def test_c02_compares_the_top_tenths(regions):
    rising = np.arange(len(GRID.points))
    same, turned = by_references(regions, rising, rising), by_references(regions, rising, -rising)
    assert values.g_is_not_needed(same).verdict == verdicts.REPRODUCED
    assert values.g_is_not_needed(turned).verdict == verdicts.NOT


def test_c03_and_c04_follow_the_values(regions):
    def verdict(claim, against_g):
        return claim(by_references(regions, against_g, 0)).verdict

    near = np.where(regions.misclassified, -regions.to_g, 0)
    assert verdict(values.nearer_to_g_is_higher, near) == verdicts.REPRODUCED
    assert verdict(values.nearer_to_g_is_higher, regions.to_g) == verdicts.NOT
    outer = np.isin(regions.name, ("upper", "lower"))
    assert verdict(values.between_is_unimportant, outer) == verdicts.REPRODUCED
    inner = regions.name == "between"
    assert verdict(values.between_is_unimportant, inner) == verdicts.NOT


def test_c03_holds_loosely_below_zero_and_not_at_zero(regions):
    def verdict(correlation):
        part = Part(correlation, "≤", -0.5, 0.0, "<")
        return verdicts.judge(CLAIMS["C03"], {"rank correlation": part}).verdict

    assert verdict(-0.1) == verdicts.PARTLY and verdict(0.0) == verdicts.NOT
    even = by_references(regions, np.where(regions.misclassified, regions.points[:, 0] % 2, 0), 0)
    (part,) = values.nearer_to_g_is_higher(even).parts.values()
    assert (part.loose_side, part.loose) == ("<", 0) and "(< 0)" in CLAIMS["C03"].threshold


def test_c05_needs_negative_values_near_the_boundary_only(regions):
    rng = np.random.default_rng(0)
    noise = rng.uniform(-1, 1, len(GRID.points))  # bounded: none is 3 deviations out
    near = ~regions.misclassified & (regions.to_learned <= 1)

    def verdict(against_g):
        return values.near_points_push_away(by_references(regions, against_g, 0)).verdict

    assert verdict(noise - 50 * near) == verdicts.REPRODUCED
    assert verdict(np.where(np.arange(len(noise)) % 20, 0.01 * noise, -50)) == verdicts.NOT
    assert verdict(noise) == verdicts.PARTLY  # no outliers beyond the boundary or near it


def test_c09_c10_c25_c27_follow_the_regions(regions):
    upper, between = regions.name == "upper", regions.name == "between"

    def c09(counts):
        sampled = sample(regions, forgetting=counts, last_learned=counts)
        return learning.forgetting_rates_regions(sampled).verdict

    assert c09(1 + 2 * upper + 3 * between) == verdicts.REPRODUCED
    assert c09(regions.name == "lower") == verdicts.NOT
    assert c09(0) != verdicts.REPRODUCED  # nothing was ever forgotten
    exact, flat = regions.misclassified, np.arange(len(GRID.points)) % 2

    def c10(memorization):
        sampled = sample(regions, memorization=memorization)
        return learning.memorization_finds_regions(sampled).verdict

    assert c10(exact) == verdicts.REPRODUCED and c10(flat) == verdicts.NOT

    def c25(both):
        sampled = sample(regions, forgetting=both, memorization=both)
        return learning.mesh_alone_rates_nearness(sampled).verdict

    assert c25(regions.to_g <= 2) == verdicts.REPRODUCED and c25(flat) == verdicts.NOT
    as_said = sample(regions, last_learned=upper, frequent=upper, simple=upper)
    assert learning.upper_is_hardest(as_said).verdict == verdicts.REPRODUCED
    not_all = sample(regions, last_learned=between, frequent=upper, simple=upper)
    assert learning.upper_is_hardest(not_all).verdict == verdicts.PARTLY


def test_every_claim_belongs_to_a_figure_of_the_manifest():
    assert {claim.figure for claim in CLAIMS.values()} <= FIGURES.keys()
    assert all(re.fullmatch(r"C\d\d", name) for name in CLAIMS)


def test_regions_of_opposite_errors_that_touch_stay_apart(dataset):
    # g is vertical at x = 0, the learned boundary the diagonal: two wedges that share a corner.
    x, y = np.meshgrid(MESH.axis, MESH.axis)
    g, learned = (x > 0).astype(int), (x > y).astype(float)
    regions = find_regions(dataset, Boundaries(MESH, g, learned), GRID.points)
    high, low = (GRID.points == [5, 20]).all(1), (GRID.points == [-2, -9]).all(1)
    assert regions.misclassified[high].all() and regions.misclassified[low].all()
    assert regions.name[high] == "upper" and regions.name[low] != "upper"


def test_c06_notices_a_few_outliers(regions):
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(len(GRID.points), 3))
    bump = 30 * (regions.to_g <= 1)[:, None]

    def verdict(dv_g):
        refits = SimpleNamespace(base_dv_g=np.zeros(3), dv_g=dv_g)
        return values.mesh_values_are_alike(SimpleNamespace(refits=refits, regions=regions)).verdict

    assert verdict(noise) == verdicts.REPRODUCED
    assert verdict(noise + bump * np.abs(noise)) == verdicts.NOT

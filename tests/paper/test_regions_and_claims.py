"""Regions between two known boundaries, and verdicts on made-up values."""

from types import SimpleNamespace

import numpy as np
import pytest
from support.small import valued

from dvlib.data.regions import Boundaries, find_regions
from dvlib.engine.mesh import MeshGrid
from dvlib.paper.figures import learning, leave_one_out, shapley
from dvlib.paper.judging import verdicts

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
    verdict = leave_one_out.misclassified_are_important(by_references(none, g, g))
    assert verdict.verdict == verdicts.NOT_MEASURED


def sample(regions, **values):
    """A sample with values by method; "_" stands for a space in the name of a method."""
    names = {name: name.replace("_", " ").replace("f X", "f_X") for name in values}
    by_method = {names[name]: _values(of) for name, of in values.items()}
    return SimpleNamespace(regions=regions, values=by_method, weights=None)


def by_references(regions, against_g, against_base):
    """A sample with leave-one-out values against both references."""
    both = {"leave-one-out, g": against_g, "leave-one-out, f_X": against_base}
    return sample(regions, **both)


def _values(values):
    return valued(np.resize(np.asarray(values, float), len(GRID.points)), GRID.points)


def test_c01_follows_whether_values_find_the_regions(regions):
    def verdict(*values_by_reference):
        sampled = by_references(regions, *values_by_reference)
        return leave_one_out.misclassified_are_important(sampled)

    good, bad = regions.misclassified, ~regions.misclassified
    assert verdict(good, good).verdict == verdicts.REPRODUCED
    assert verdict(good, bad).verdict == verdicts.PARTLY  # by one reference of two
    assert verdict(bad, bad).verdict == verdicts.NOT


def test_c02_compares_the_top_tenths(regions):
    rising = np.arange(len(GRID.points))
    same, turned = by_references(regions, rising, rising), by_references(regions, rising, -rising)
    assert leave_one_out.g_is_not_needed(same).verdict == verdicts.REPRODUCED
    assert leave_one_out.g_is_not_needed(turned).verdict == verdicts.NOT


def test_c03_and_c04_follow_the_values(regions):
    def verdict(claim, against_g):
        return claim(by_references(regions, against_g, 0)).verdict

    near = np.where(regions.misclassified, -regions.to_g, 0)
    assert verdict(leave_one_out.nearer_to_g_is_higher, near) == verdicts.REPRODUCED
    assert verdict(leave_one_out.nearer_to_g_is_higher, regions.to_g) == verdicts.NOT
    outer = np.isin(regions.name, ("upper", "lower"))
    assert verdict(leave_one_out.between_is_unimportant, outer) == verdicts.REPRODUCED
    inner = regions.name == "between"
    assert verdict(leave_one_out.between_is_unimportant, inner) == verdicts.NOT


def test_c02_weighs_points_that_stand_for_many():
    """The top tenth of 20 points is points 0 and 1 by one map, 0 and 2 by the other."""
    first, second = np.zeros(20), np.zeros(20)
    first[[0, 1]] = second[[0, 2]] = 2, 1
    sampled = by_references(None, np.zeros(1), np.zeros(1))
    for name, of in (("g", first), ("f_X", second)):
        sampled.values[f"leave-one-out, {name}"] = valued(of)
    assert leave_one_out.g_is_not_needed(sampled).numbers["overlap"] == 0.5
    # Point 0 stands for as many points as half of the top tenth of all 60.
    sampled.weights = np.array([3, 21, 21] + [15 / 17] * 17)
    assert leave_one_out.g_is_not_needed(sampled).numbers["overlap"] == pytest.approx(0.5)
    sampled.weights = np.array([6, 20, 20] + [14 / 17] * 17)
    assert leave_one_out.g_is_not_needed(sampled).numbers["overlap"] == pytest.approx(1)


def test_c05_asks_where_the_correct_points_lie_that_push_visibly(regions):
    noise = np.random.default_rng(0).uniform(-1, 1, len(GRID.points))
    correct = ~regions.misclassified
    near, far = correct & (regions.to_learned <= 1), correct & (regions.to_learned > 2)

    def verdict(against_g):
        return leave_one_out.near_points_push_away(by_references(regions, against_g, 0)).verdict

    few = near & (np.arange(len(near)) % 2 == 0)  # some near points, not all
    assert verdict(noise - 50 * few) == verdicts.REPRODUCED
    assert verdict(noise - 50 * far) == verdicts.NOT
    assert verdict(noise) == verdicts.PARTLY  # points everywhere push
    assert verdict(np.nan * noise) == verdicts.NOT_MEASURED
    # A twentieth of the range is visible: of 20, a value of −1 is, of 20.2 it is not.
    top = np.where(regions.misclassified, 1, 0)
    assert verdict(19 * top - few) == verdicts.REPRODUCED
    assert verdict(19.2 * top - few) == verdicts.NOT  # no point pushes


def test_c36_leaves_out_the_very_close_points(regions):
    def verdict(against_base):
        both = by_references(regions, 0, against_base)
        return leave_one_out.near_points_matter_if_misclassified(both)

    wrong, close = regions.misclassified, regions.to_learned <= 1
    assert verdict(wrong + 0.1).verdict == verdicts.REPRODUCED
    assert verdict(wrong + 9 * (close & ~wrong)).verdict == verdicts.REPRODUCED
    less_close = ~close & (regions.to_learned <= 2)
    assert verdict(wrong + 9 * (less_close & ~wrong)).verdict == verdicts.NOT
    assert verdict(np.ones(len(wrong))).numbers["near points, correct / mis-classified"] == 1
    assert verdict(np.ones(len(wrong))).verdict == verdicts.NOT


def test_c09_c10_c25_c27_follow_the_regions(regions):
    upper, between = regions.name == "upper", regions.name == "between"

    def c09(counts):
        sampled = sample(regions, forgetting=counts, last_learned=counts)
        return learning.forgetting_rates_regions(sampled).verdict

    assert c09(1 + 2 * upper + 3 * between) == verdicts.REPRODUCED
    assert c09(regions.name == "lower") == verdicts.NOT
    assert c09(0) != verdicts.REPRODUCED  # nothing was ever forgotten
    # All that the paper says of the order, but the lower region is rated, too.
    lower = regions.name == "lower"
    assert c09(1 + 4 * upper + 5 * between + 3 * lower) == verdicts.PARTLY
    exact, flat = regions.misclassified, np.arange(len(GRID.points)) % 2

    def c10(memorization):
        sampled = sample(regions, memorization=memorization)
        return learning.memorization_finds_regions(sampled).verdict

    assert c10(exact) == verdicts.REPRODUCED and c10(flat) == verdicts.NOT

    def c25(both):
        sampled = sample(regions, forgetting=both, memorization=both)
        return learning.mesh_alone_rates_nearness(sampled).verdict

    assert c25(regions.to_g <= 2) == verdicts.REPRODUCED and c25(flat) == verdicts.NOT
    # A tenth of the sum may lie far from g: one point beside four others, 9 and 8 times as high.
    rated = np.zeros(len(GRID.points))
    rated[np.flatnonzero(regions.to_g > 5)[0]] = 1
    for high, verdict in ((9 / 4, verdicts.REPRODUCED), (8 / 4, verdicts.NOT)):
        rated[np.flatnonzero(regions.to_g <= 1)[:4]] = high
        assert c25(rated) == verdict

    def c27(**values):
        usual = dict.fromkeys(("last_learned", "frequent", "simple"), upper)
        return learning.upper_is_harder(sample(regions, **usual | values)).verdict

    assert c27() == verdicts.REPRODUCED
    assert c27(last_learned=lower) == c27(simple=upper + 9 * between) == verdicts.PARTLY
    assert c27(last_learned=lower, frequent=lower, simple=lower) == verdicts.NOT


def test_c35_compares_what_maps_show_as_high(regions):
    exact = regions.misclassified.astype(float)
    part = (regions.name == "upper").astype(float)
    others = {"leave-one-out, g": part, "leave-one-out, f_X": part, "forgetting": part}

    def verdict(memorization, last_learned):
        both = {"memorization": memorization, "last learned": last_learned} | others
        return learning.memorization_is_most_reliable(sample(regions, **both))

    found = verdict(exact, part)
    assert found.verdict == verdicts.REPRODUCED and found.numbers["overlap, memorization"] == 1
    assert found.numbers["overlap, forgetting"] == pytest.approx(part.sum() / exact.sum())
    assert verdict(part, exact).verdict == verdicts.NOT
    # Values below half of the highest do not count: an AUC would, and be as good.
    assert verdict(exact, exact - 0.6 * (regions.name == "lower")).verdict == verdicts.REPRODUCED


def test_regions_of_opposite_errors_that_touch_stay_apart(dataset):
    # g is vertical at x = 0, the learned boundary the diagonal: two wedges that share a corner.
    x, y = np.meshgrid(MESH.axis, MESH.axis)
    g, learned = (x > 0).astype(int), (x > y).astype(float)
    regions = find_regions(dataset, Boundaries(MESH, g, learned), GRID.points)
    high, low = (GRID.points == [5, 20]).all(1), (GRID.points == [-2, -9]).all(1)
    assert regions.misclassified[high].all() and regions.misclassified[low].all()
    assert regions.name[high] == "upper" and regions.name[low] != "upper"


def test_c06_compares_with_the_scale_of_the_map_beside():
    """Of 100 points some differ from the median by over a twentieth of the other map's range."""
    beside = SimpleNamespace(values={"leave-one-out, g": valued([0.0, 1.0])})
    regions = SimpleNamespace(to_g=np.arange(100.0))

    def found(outliers, size):
        dv_g = np.full((100, 2), 0.3) + np.array([0.0, 0.1])  # each seed has an offset
        dv_g[:outliers] += size
        refits = SimpleNamespace(base_dv_g=np.array([0.2, 0.5]), dv_g=dv_g)
        alone = SimpleNamespace(refits=refits, regions=regions)
        return leave_one_out.mesh_values_are_alike(leave_one_out.MeshAndMap(alone, beside))

    assert found(9, 0.06).numbers["share alike"] == pytest.approx(0.91)
    assert found(9, 0.06).verdict == verdicts.REPRODUCED
    assert found(20, 0.06).verdict == verdicts.NOT
    assert found(20, 0.04).verdict == verdicts.REPRODUCED
    # Two fits differ by √2 times the standard deviation of one: 0.3 / √2 · √2.
    assert found(9, 0.06).numbers["noise of one unpaired refit"] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("apart", "verdict"), [(0.1, "reproduced"), (-0.1, "partly"), (0.6, "partly")]
)
def test_c08_asks_for_a_difference_above_0_and_little(apart, verdict):
    one = SimpleNamespace(
        values=SimpleNamespace(labels=np.array([0, 1]), values=np.array([0.0, 2.0])),
        difference=lambda some, others: (2 * apart, 0.01),
    )
    assert shapley.left_is_valued_higher([one] * 3).verdict == verdict

"""Methods side by side: points, halves, and verdicts on made-up values."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import spearmanr
from support.small import valued

import dvlib
from dvlib.data.regions import Regions
from dvlib.engine.mesh import MeshGrid
from dvlib.methods.agreement import rank_correlation
from dvlib.methods.leave_one_out import against_g
from dvlib.methods.one_point import refits_with_point
from dvlib.methods.values import DataValues
from dvlib.paper.figures import agreement, comparison, training_points
from dvlib.paper.judging import verdicts

pytestmark = pytest.mark.slow

NAMES = np.array(["upper"] * 10 + ["between"] * 10 + ["lower"] * 10 + [""] * 30)


def regions(names=NAMES):
    wrong = names != ""
    far = np.where(np.arange(len(names)) < 45, 0.5, 3.0)  # of the correct points half are near
    return Regions(np.zeros((len(names), 2)), wrong, names, far, far)


def test_coarse_points_are_those_of_the_coarse_mesh():
    grid = MeshGrid(0, 6, 7)
    chosen = grid.points[comparison.coarse_points(grid, 3)]
    assert np.array_equal(chosen, MeshGrid(0, 6, 3).points)


def test_some_points_of_every_region_and_near_the_regions_are_chosen(monkeypatch):
    every = regions(np.repeat(NAMES, 10))

    def chosen(regions):
        # Of a grid of 600 points, as if its coarse one had the first and the last.
        sample = SimpleNamespace(
            grid=None, regions=regions, at=lambda where, weights: (where, weights)
        )
        return comparison.at_chosen(sample)

    coarse = np.zeros(600, bool)
    coarse[[0, 599]] = True
    monkeypatch.setattr(comparison, "coarse_points", lambda grid, every: coarse)
    some, weights = chosen(every)
    assert {0, 599} <= set(some) and len(set(some)) == len(some)
    counts = [np.sum(every.name[some] == name) for name in ("upper", "between", "lower", "")]
    assert counts == [15, 15, 15, 1]  # 0 is among the first; no correct point is near here
    near = replace(every, to_g=np.full(600, 0.5))
    some, weights = chosen(near)
    assert np.sum(near.name[some] == "") == 15  # 599 among them
    # The weights count every point of the fine grid once, within its kind of region.
    for name in ("upper", "between", "lower", ""):
        assert weights[near.name[some] == name].sum() == pytest.approx(np.sum(near.name == name))


def test_weighted_ranks_are_those_of_repeated_points():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 5, (2, 30)).astype(float)
    counts = rng.integers(1, 4, 30)
    whole = spearmanr(np.repeat(a, counts), np.repeat(b, counts)).statistic
    assert rank_correlation(a, b, counts) == pytest.approx(whole)
    assert np.isnan(rank_correlation(a, np.ones(30), counts))


def test_refits_of_some_seeds_and_points_equal_refits_made_for_them(pool, small):
    X, y = pool
    points, g = X[:5] + 0.3, lambda points: (np.asarray(points)[..., 0] > 1).astype(int)

    def made(points, **changes):
        return refits_with_point(X, y, points, g(points), g, small(**changes))

    whole = made(points)
    for part, seed in ((slice(0, 1), 0), (slice(1, 2), 3)):
        one, alone = whole.of_seeds(part), made(points, seeds=(seed,))
        for name in ("dv_g", "dv_base", "base_dv_g", "hits", "base_hits", "n_iter", "base_n_iter"):
            assert np.array_equal(getattr(one, name), getattr(alone, name)), name
        assert one.n_fits == alone.n_fits
        packed = [refits.base_networks[0].packed for refits in (one, alone)]
        np.testing.assert_array_equal(*packed)
    some = whole.at([3, 1])
    np.testing.assert_array_equal(some.dv_g, made(points[[3, 1]]).dv_g)
    np.testing.assert_array_equal(against_g(some).values, against_g(whole).at([3, 1]).values)


def test_pooled_values_are_the_mean_of_independent_ones():
    both = DataValues.pooled([valued([1, 2], errors=0.3), valued([3, 6], errors=0.4)])
    assert both.values.tolist() == [2, 4]
    assert both.standard_errors.tolist() == pytest.approx([0.25, 0.25])  # √(0.09 + 0.16) / 2


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Figure 12 on a coarse mesh, with two iterations of DVRL."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DVLIB_CACHE", str(tmp_path_factory.mktemp("cache")))
        changes = {"grid_step": 5.0, "n_data_seeds": 2, "shapley_every": 2, "n_sets": 4,
                   "n_iterations": 2, "mesh_side": 20}  # fmt: skip
        settings = dvlib.resolve("fig12", **changes)
        samples = comparison.compared_samples(settings, comparison.recipe(settings))
        yield settings, *samples


def test_samples_of_figure_12_are_valued_by_every_method(study):
    settings, drawn, (one, other) = study
    assert len(drawn.values["DVRL"].values) == len(settings.grid.points)
    panel = comparison.coarse_panel(settings, one)
    np.testing.assert_allclose(panel.values.points, settings.mesh_of_step(10).points)
    np.testing.assert_allclose(panel.mesh.points, panel.values.points)
    assert one.data.seed == 0 and other.data.seed == 1
    for sample in (one, other):
        assert sample.n_iterations == 2
        assert {len(values.values) for values in sample.values.values()} == {
            len(sample.regions.points)
        }
        halves = [half.settings.seeds for half in sample.halves]
        assert [*halves[0], *halves[1]] == [*sample.settings.seeds]
        pair = [half.values["Shapley, g"].values for half in sample.halves]
        np.testing.assert_allclose(sample.values["Shapley, g"].values, np.mean(pair, axis=0))


def compared(leave_one_out, forgetting, dvrl, n_samples=3, n_iterations=500):
    """Equal samples with these values."""
    values = {
        f"{name}, {of}": valued(leave_one_out)
        for name in ("leave-one-out", "Shapley") for of in ("g", "f_X")
    }  # fmt: skip
    halves = [SimpleNamespace(values=values), SimpleNamespace(values=values)]
    values = values | {"forgetting": valued(forgetting), "DVRL": valued(dvrl)}
    one = SimpleNamespace(
        regions=regions(), values=values, weights=np.ones(60), n_iterations=n_iterations,
        halves=halves,
    )  # fmt: skip
    return [one] * n_samples


WRONG = (NAMES != "").astype(float)
NOISE = np.tile([0.1, 0.2], 30)
NOT_BETWEEN = WRONG - 0.8 * (NAMES == "between")


def test_c21_needs_each_part():
    part = 5.0 * (NAMES == "between") + 5.0 * ((NAMES == "upper") & (np.arange(60) < 5)) + 0.1
    as_paper = compared(WRONG + NOISE / 10, part, NOISE)
    assert comparison.noisy_regions_are_found(as_paper).verdict == verdicts.REPRODUCED
    # Finding all of the upper region is no less than the paper says.
    all_upper = compared(WRONG + NOISE / 10, 5 * WRONG + 0.1, NOISE)
    found = comparison.noisy_regions_are_found(all_upper)
    assert found.verdict == verdicts.REPRODUCED
    assert found.numbers["forgetting, share of upper rated"] == 1
    for dvrl in (WRONG, -WRONG):
        too = comparison.noisy_regions_are_found(compared(WRONG + NOISE / 10, part, dvrl))
        assert too.verdict == verdicts.PARTLY and too.numbers["AUC from ½, DVRL, holds in"] == 0


def test_c21_compares_agreement_with_what_noise_allows():
    """Two methods that show the same under noise agree as well as each with itself."""
    rng = np.random.default_rng(5)
    what, noise = rng.normal(size=60), rng.normal(size=(4, 60))
    (one, *_) = compared(WRONG, WRONG, NOISE)
    one.halves[:] = [SimpleNamespace(values={}) for _ in range(2)]

    def found(sign):
        for of in ("g", "f_X"):
            for k, half in enumerate(one.halves):
                half.values[f"leave-one-out, {of}"] = valued(what + noise[k])
                half.values[f"Shapley, {of}"] = valued(sign * what + noise[2 + k])
        numbers = comparison.noisy_regions_are_found(one).numbers
        return numbers["agreement, g"], numbers["ceiling, g"]

    agreement, ceiling = found(1)
    assert agreement < 0.7 and ceiling < 0.7 and agreement == pytest.approx(ceiling, abs=0.15)
    agreement, again = found(-1)
    assert agreement < 0 and again < 0.7
    del one.halves[0]  # one seed has no halves
    assert comparison.noisy_regions_are_found(one).verdict == verdicts.NOT_MEASURED


def test_runs_of_dvrl_that_are_short_or_rank_no_point_are_not_measured():
    judge = comparison.noisy_regions_are_found
    short = compared(WRONG, WRONG, NOISE, n_iterations=499)
    for samples in (short, {"a": short, "b": short}):
        assert judge(samples).verdict == verdicts.NOT_MEASURED
    assert judge(short).numbers["AUC, leave-one-out, g"] == 1  # which needs no run
    flat = judge(compared(WRONG, WRONG, 0.5 + 0 * WRONG))
    assert flat.verdict == verdicts.NOT_MEASURED and flat.numbers["runs of DVRL that rank"] == 0


def test_c22_needs_the_small_region_found_by_forgetting_only():
    as_paper = compared(NOT_BETWEEN + NOISE / 100, 5 * WRONG + 0.1, NOISE)
    found = comparison.four_clusters_regions_are_found(as_paper)
    assert found.verdict == verdicts.REPRODUCED
    assert found.numbers["leave-one-out, g, between"] == pytest.approx(0.2, abs=0.01)
    everywhere = compared(WRONG + NOISE / 100, NOISE, NOISE)
    found = comparison.four_clusters_regions_are_found(everywhere)
    part = "leave-one-out, g, between less half of other regions"
    assert found.numbers[f"{part}, holds in"] == 0
    assert found.numbers["forgetting, between less 2 × correct, holds in"] == 0
    negative = compared(-NOT_BETWEEN, 5 * WRONG + 0.1, NOISE)
    found = comparison.four_clusters_regions_are_found(negative)
    assert found.numbers[f"{part}, holds in"] == 0  # between above regions that are worth less


def test_claims_without_a_named_reference_are_two_claims():
    """The values against g are as the paper says, those against f_X the other way round."""
    samples = compared(NOT_BETWEEN + NOISE / 100, 5 * WRONG + 0.1, NOISE)
    for name in ("leave-one-out", "Shapley"):
        samples[0].values[f"{name}, f_X"] = valued(-WRONG)
    assert comparison.four_clusters_regions_are_found(samples).verdict == verdicts.REPRODUCED
    other = comparison.four_clusters_regions_are_found_to_f_X(samples)
    assert other.verdict == verdicts.PARTLY and other.numbers["AUC, leave-one-out, f_X"] == 0
    data_sets = {"a": samples, "b": samples}
    assert agreement.important_on_every_data_set(data_sets).verdict == verdicts.REPRODUCED
    assert agreement.important_on_every_data_set_to_f_X(data_sets).verdict == verdicts.NOT
    pairs = [comparison.CentredSample(sample, None) for sample in samples]
    near = comparison.wrong_and_near_points_count(pairs).numbers
    assert near["AUC, leave-one-out, g, mis-classified"] > 0.9
    near = comparison.wrong_and_near_points_count_to_f_X(pairs).numbers
    assert near["AUC, leave-one-out, f_X, mis-classified"] == 0


def test_c24_compares_with_points_far_from_both_boundaries():
    near = (np.arange(60) < 45).astype(float)  # all wrong points, and the correct ones near

    def verdict(*values):
        pairs = [comparison.CentredSample(sample, None) for sample in compared(*values)]
        return comparison.wrong_and_near_points_count(pairs)

    assert verdict(near, near, NOISE).verdict == verdicts.REPRODUCED
    found = verdict(WRONG, near, NOISE)
    assert found.verdict == verdicts.PARTLY
    assert found.numbers["AUC, leave-one-out, g, near"] == 0.5


def trained(**values):
    """Samples of 40 training points in four clusters, with the same noise over refits."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(40, 4))
    data = SimpleNamespace(
        clusters=np.repeat(range(4), 10),
        means=np.array([[0, 0], [0, 9], [9, 0], [9, 9.0]]),
        mean_labels=np.array([0, 0, 1, 1]),
    )
    # All points share an offset per seed, which must not count as noise of a point.
    dv_g = noise + np.array([0, 50, 0, 9])
    refits = SimpleNamespace(
        points=np.zeros((40, 2)), labels=np.zeros(40, int), settings={}, dv_g=dv_g
    )
    return [SimpleNamespace(data=data, refits=refits, values=values, n_iterations=500)] * 3


def test_c18_counts_points_of_about_the_same_value():
    """Forty points; dv of random subsets is 0.5 on average, so Shapley values of 0.01 are small."""
    points = np.arange(40)
    curves = SimpleNamespace(dv=[("random", 0), ("random", 1)], area=lambda measure, name: 0.5)

    def found(dv=0.2, shapley=0.01, last=4.0, dvrl=0.8, forgotten=0.0):
        one = SimpleNamespace(
            refits=SimpleNamespace(dv_g=np.tile(0.2 + (dv - 0.2) * (points % 2), (2, 1)).T),
            values={
                "forgetting": valued(forgotten * (points < 8)),
                "Shapley": valued(shapley * (points % 2)),
                "last learned": valued(1 + last * (points % 4)),
                "DVRL": valued(0.1 + dvrl * (points % 4)),
            },
            curves=curves, n_iterations=500,
        )  # fmt: skip
        return training_points.which_methods_tell_points_apart([one] * 3)

    assert found().verdict == verdicts.REPRODUCED
    assert found().numbers["variation, Shapley"] == pytest.approx(0.005 / 0.495)
    assert found(dv=0.21).verdict == verdicts.REPRODUCED  # within a tenth
    alike = "share alike, {}, holds in"
    for method, changes in (
        ("leave-one-out", {"dv": 0.3}), ("Shapley", {"shapley": 0.2}), ("DVRL", {"dvrl": 0.001}),
        ("last learned", {"last": 0.0}), ("forgetting", {"forgotten": 0.1}),
    ):  # fmt: skip
        other = found(**changes)
        assert other.verdict == verdicts.PARTLY
        assert other.numbers[alike.format(method)] == 0, method


def test_c19_compares_areas_of_the_curves_from_both_ends():
    def verdict(dvrl=(0.2, 0.8), reference="g", highest=0.0, **height):
        def area(measure, order):
            name, end = order
            if name == "random":
                return (0.3, 0.5)[end]
            return height[name] + (highest if end == "highest" and name != "Shapley" else 0.0)

        curves = SimpleNamespace(
            reference=reference, area=area,
            dv=[*((name, end) for name in height for end in ("lowest", "highest")),
                ("random", 0), ("random", 1)],
        )  # fmt: skip
        one = SimpleNamespace(curves=curves, values={"DVRL": valued(dvrl)}, n_iterations=500)
        return training_points.low_values_can_go([one] * 3)

    height = {"leave-one-out": 0.4, "Shapley": 0.45, "last learned": 0.3, "DVRL": 0.35}
    found = verdict(**height)
    assert found.verdict == verdicts.REPRODUCED
    assert found.numbers["dv, random"] == pytest.approx(0.4)
    assert found.numbers["dv, DVRL, highest first"] == pytest.approx(0.35)
    assert verdict(**height | {"DVRL": 0.41}).verdict == verdicts.PARTLY
    assert verdict(highest=0.2, **height).verdict == verdicts.PARTLY  # from one end only
    assert verdict(**height | {"Shapley": 0.1}).verdict == verdicts.NOT
    assert verdict(dvrl=(0.5, 0.5), **height).verdict == verdicts.NOT_MEASURED  # it orders nothing
    assert verdict(reference="f_X", **height).verdict == verdicts.NOT_MEASURED  # g is unknown


def test_c20_compares_clusters():
    rng = np.random.default_rng(2)

    def values(*means):
        return valued(np.repeat(means, 10) + rng.normal(0, 0.01, 40))

    verdict = training_points.clusters_differ
    shapley, low = values(1, 1.1, 2, 2.2), values(1, 5, 6, 7)
    found = verdict(trained(Shapley=shapley, **{"last learned": low}, DVRL=low))
    assert found.verdict == verdicts.REPRODUCED
    assert found.numbers["DVRL, (9, 9)"] == pytest.approx(7, abs=0.02)
    even = verdict(trained(Shapley=values(1, 1.1, 2, 2), **{"last learned": low}, DVRL=shapley))
    assert even.numbers["lowest cluster / next, DVRL, holds in"] == 0
    # The clusters of the third sample are as far apart, but in another order.
    swapped = values(2, 2.2, 1, 1.1), values(5, 1, 6, 7)
    samples = trained(Shapley=shapley, **{"last learned": low}, DVRL=low)
    another = {"Shapley": swapped[0], "last learned": swapped[1], "DVRL": low}
    found = verdict([*samples[:2], SimpleNamespace(data=samples[0].data, values=another)])
    assert found.numbers["lowest cluster / next, last learned, holds in"] == pytest.approx(2 / 3)
    assert found.numbers["lowest cluster / next, DVRL, holds in"] == 1


def test_c38_counts_opposite_changes_of_two_orders():
    def verdict(*changes, reference="g"):
        flat = np.full((2, 1), 0.9)
        dv = {("random", k): np.array([[0.1], [0.1 + by]]) for k, by in enumerate(changes)}
        curves = SimpleNamespace(
            shares=np.array([0.0, 0.5]), reference=reference, dv=dv,
            accuracy=dict.fromkeys(dv, flat),
        )  # fmt: skip
        return training_points.half_can_go(SimpleNamespace(curves=curves))

    assert verdict(0.005, -0.01).verdict == verdicts.REPRODUCED
    found = verdict(0.05, -0.05)
    assert found.verdict == verdicts.PARTLY  # accuracy stays
    assert found.numbers["change of dv to g"] == pytest.approx(0.05)
    assert verdict(0.0, 0.0, reference="f_X").verdict == verdicts.NOT_MEASURED

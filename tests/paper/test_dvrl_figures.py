"""Figures 4, 20 and 21: their runs, what is read from them, and their claims."""

from types import SimpleNamespace

import numpy as np
import pytest

import dvlib
from dvlib.methods.dvrl.settings import BASELINES, DVRLSettings
from dvlib.paper.figures import dvrl

TWO = ("labels_and_residuals", "features")


@pytest.fixture
def begun(monkeypatch):
    """The samples whose runs were begun; no run is made."""
    samples = []
    monkeypatch.setattr(dvrl, "begin_dvrl", samples.extend)
    return samples


def of_inputs(*names, n_iterations=2):
    return {name: dvlib.method("DVRL", inputs=name, n_iterations=n_iterations) for name in names}


def tasks(samples):
    return [
        sample.dvrl_task(**recipe.arguments)
        for sample in samples
        for recipe in sample.methods.values()
    ]


# The runs


@pytest.mark.slow
def test_runs_of_figure_4_share_the_refits_of_their_data_set(tmp_path, monkeypatch):
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path))
    changes = {"n_data_seeds": 2, "n_seeds": 2, "grid_step": 10.0, "mesh_side": 20}
    settings = dvlib.resolve("fig04", n_iterations=2, **changes)
    samples = dvrl.three_inputs(settings, of_inputs(*TWO))
    assert list(samples) == ["raw", "scaled"]
    for name, runs in samples.items():
        assert [(run.data.seed, run.run_seed) for run in runs] == [(0, 0), (0, 1), (1, 2), (1, 3)]
        assert {task.settings.scaled for task in tasks(runs)} == {name == "scaled"}
        shared = [run.refits is samples["raw"][0].refits for run in runs]
        assert shared == [True, True, False, False]
    drawn = dvrl.drawn(samples)
    assert list(drawn) == [f"{inputs}, {name}" for name in ("raw", "scaled") for inputs in TWO]
    first, run = samples["raw"][0], drawn["features, raw"]
    assert run.task.settings == DVRLSettings(inputs="features", scaled=False, n_iterations=2)
    np.testing.assert_array_equal(
        dvrl.panels(settings, drawn)[1].values.values, first.values["features"].values
    )
    table = dvrl.table(drawn)
    assert list(table.index) == list(drawn)
    assert table.loc["features, raw", "mean reward, last tenth"] == run.reward[-1]


def test_repeated_runs_differ_by_their_seed_alone(begun):
    settings = dvlib.resolve("fig20", mesh_side=20, seed=3, n_seeds=2)
    methods = {"moving_average": dvlib.method("DVRL", baseline="moving_average")}
    samples = dvrl.repeated_runs(settings, methods)
    ((runs,), (others,)) = samples.values()
    assert [task.seed for task in tasks(runs)] == [task.seed for task in tasks(others)] == [3, 4]
    assert len(begun) == 4
    for scaled, of in ((False, runs), (True, others)):
        usual = DVRLSettings(baseline="moving_average", scaled=scaled)
        assert {task.settings for task in tasks(of)} == {usual}
        for task in tasks(of):
            np.testing.assert_array_equal(task.X, settings.data.X)


def test_training_sets_take_turns_with_the_baselines_and_share_no_seed(begun):
    group = next(group for group in dvrl.GROUPS if group.figure == "fig20")
    (samples,) = group.make(dvlib.resolve("fig20", n_seeds=4), 4)
    for sets in samples.values():
        baselines = [[*run.methods] for runs in sets for run in runs]
        assert baselines[::4] == [[name] for name in (*BASELINES, BASELINES[0])]
        assert [run.run_seed for runs in sets for run in runs] == list(range(16))
        assert [[run.data.seed for run in runs] for runs in sets] == [[4 * k] * 4 for k in range(4)]


def test_rare_point_is_the_last_one_and_has_its_label_by_g(begun):
    settings = dvlib.resolve("fig21", mesh_side=20, seed=3)
    places = ((15, -3), (15, 5))
    (first,) = dvrl.rare_point(settings, of_inputs("features"), places=places)["raw"]
    assert list(first) == ["(15, -3)", "(15, 5)"]
    data = first["(15, -3)"].data
    np.testing.assert_array_equal(data.X[:-1], settings.data.X)
    np.testing.assert_array_equal(data.X[-1], [15, -3])
    assert len(data.y) == len(data.X)
    # nearer to the mean (10, 7) of label 1 than to (0, 1), the mean of label 0
    assert data.y[-1] == settings.data.label(np.array([15.0, -3])) == 1
    (task,) = tasks([first["(15, -3)"]])
    assert task.X is data.X and task.seed == 3 and task.target.labels.shape == (20, 20)
    assert dvrl.misclassified(first) == {"(15, 5)": False, "(15, -3)": True}


@pytest.mark.slow
def test_rare_points_take_turns(tmp_path, monkeypatch):
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path))
    settings = dvlib.resolve("fig21", n_data_seeds=2, n_iterations=2, mesh_side=20)
    methods, two = of_inputs(*TWO), {"places": dvrl.WRONG_PLACES[:2]}
    alone = dvrl.rare_point(settings, methods, {"raw": False}, in_turn=True, **two)
    assert [[*places] for places in alone["raw"]] == [["(15, -3)"], ["(15, -5)"]]
    both = dvrl.rare_point(settings, methods, {"raw": False}, **two)
    titles = list(dvrl.drawn(both))
    assert titles[1:3] == ["features, raw, (15, -3)", "labels_and_residuals, raw, (15, -5)"]
    # The same run, alone or in company.
    one, other = (dvrl.runs_of(samples["raw"][0]["(15, -3)"]) for samples in (alone, both))
    np.testing.assert_array_equal(one["features"].weights, other["features"].weights)


# What is read from runs


def run_with(*values):
    """A run of one checkpoint or several, at each of which the points have given values."""
    settings = SimpleNamespace(checkpoints=[5, 10][: len(values)])
    return SimpleNamespace(
        task=SimpleNamespace(X=None, y=None, settings=settings),
        probabilities=lambda X, y, c=-1: np.array(values[c], np.float32),
    )


def test_correlations_are_means_over_the_pairs_of_runs_that_rank_the_points(monkeypatch):
    up, down, flat = [1.0, 2, 3], [3.0, 2, 1], [2.0, 2, 2]
    runs = [
        {"full": run_with(up, up), "shared": run_with(up, flat)},
        {"full": run_with(up, down), "shared": run_with(down, up)},
        {"full": run_with(up, up), "shared": run_with(flat, flat)},
    ]
    monkeypatch.setattr(dvrl, "runs_of", lambda sample: runs[sample.k])
    samples = [SimpleNamespace(k=k, points=None, labels=None) for k in range(3)]
    means = dvrl.correlations(samples)
    # Two of three pairs end up opposite. A pair with a run that ranks nothing is left out.
    np.testing.assert_allclose(means.loc["full"], [1, -1 / 3])
    np.testing.assert_allclose(means.loc["shared"], [-1, np.nan])
    assert list(means.columns) == [5, 10] and means.columns.name == "iteration"
    matrices = dvrl.correlation_matrices(samples)
    np.testing.assert_allclose(matrices["full"][10], [[1, -1, 1], [-1, 1, -1], [1, -1, 1]])
    assert matrices["shared"][10].shape == (1, 1)


def test_percentile_counts_ties_as_half():
    assert dvrl.percentile(run_with([0.1, 0.2, 0.3, 0.4, 0.9])) == 1
    assert dvrl.percentile(run_with([0.1, 0.2, 0.3, 0.4, 0.25])) == 0.5
    assert dvrl.percentile(run_with([0.5] * 5)) == 0.5  # values all alike
    # Values this close select points alike: one is below, two are equal, one is above.
    assert dvrl.percentile(run_with([0.1, 0.9, 0.9005, 0.95, 0.9002])) == (1 + 2 / 2) / 4


# The claims


def test_c11_leaves_out_runs_that_rank_nothing():
    """Three samples of ten points; the first three points are the mis-classified region."""
    inside, leave_one_out = np.arange(10) < 3, np.linspace(1, 0, 10)
    regions = SimpleNamespace(misclassified=inside)
    same, other, flat = leave_one_out, -leave_one_out, np.full(10, 0.3)

    def verdict(full, predictions, alone, n_iterations=dvrl.LEAST):
        names = ("full", "predictions", "x alone", "leave-one-out, g")
        return dvrl.other_methods_differ([
            SimpleNamespace(
                values={name: SimpleNamespace(values=values)
                        for name, values in zip(names, of, strict=True)},
                regions=regions,
                n_iterations=n_iterations,
            )
            for of in zip(full, predictions, alone, [leave_one_out] * 3, strict=True)
        ])  # fmt: skip

    inside_and_out = np.array([5, 0, 9, 1, 8, 2, 7, 3, 6, 4.0])  # AUC 14 / 21, correlation 0.1
    middle = inside_and_out
    assert verdict([middle] * 3, [middle] * 3, [middle, middle, flat]).verdict == "reproduced"
    # Where a single run of several ranks, its two parts have no interval: four others hold.
    assert verdict([middle] * 3, [middle] * 3, [middle, flat, flat]).verdict == "mostly"
    # The opposite map shows the same regions, so it matches.
    assert verdict([other] * 3, [middle] * 3, [middle] * 3).verdict == "partly"
    found = verdict([same, same, flat], [middle] * 3, [middle, flat, flat])
    assert found.verdict == "partly" and found.numbers["AUC from ½, full"] == 0.5
    assert found.numbers["AUC, full"] == 1
    assert found.numbers["share of runs that rank, full"] == pytest.approx(2 / 3)
    assert len(found.parts["AUC from ½, full"].measured) == 2
    # The same rule as for C19, C21 and C22: an input whose runs rank nothing is not measured.
    nothing = verdict([same] * 3, [middle] * 3, [flat] * 3)
    assert nothing.verdict == "not measured" and np.isnan(nothing.numbers["AUC, x alone"])
    assert verdict([flat] * 3, [flat] * 3, [flat] * 3).verdict == "not measured"
    short = verdict([middle] * 3, [middle] * 3, [middle] * 3, dvrl.LEAST - 1)
    assert short.verdict == "not measured"


def agreeing(*groups):
    """Rank correlations of runs: 1 within a group of so many runs, 0 between groups."""
    of = np.repeat(range(len(groups)), groups)
    return (of[:, None] == of).astype(float)


def test_c12_counts_the_triples_that_differ(monkeypatch):
    def found(*later, n_iterations=dvrl.LEAST):
        matrices = dict(enumerate([agreeing(1)] * len(later) + [*later]))  # the last half counts
        monkeypatch.setattr(dvrl, "correlation_matrices", lambda runs: {"full": matrices})
        return dvrl.repeated_runs_differ((SimpleNamespace(n_iterations=n_iterations),))

    # Of 4 runs that agree and 4 others, 2 · (4 choose 3) = 8 of 56 triples agree. One run of 8
    # differs: (7 choose 2) = 21 of 56 triples have it. The third case is a mean over checkpoints.
    for groups, share in (
        ([(4, 4)], 48 / 56), ([(7, 1)], 21 / 56), ([(8,), (1, 1, 1)], 0.5), ([(8,), (1,)], 0),
    ):  # fmt: skip
        numbers = found(*(agreeing(*group) for group in groups)).numbers
        assert numbers["triples that differ"] == pytest.approx(share)
    half = found(agreeing(4, 4))
    assert half.verdict == "reproduced"
    assert half.numbers["rank correlation, full"] == pytest.approx(12 / 28)
    assert found(agreeing(8)).verdict == "not reproduced"
    assert found(agreeing(2)).verdict == "not measured"  # two runs are no triple
    assert found(agreeing(4, 4), n_iterations=dvrl.LEAST - 1).verdict == "not measured"


def test_rare_point_is_judged_where_it_is_misclassified(monkeypatch):
    def samples(full, predictions, alone, wrong=True):
        shares = {"full": full, "predictions": predictions, "x alone": alone}
        sample = {
            "(15, 5)": SimpleNamespace(n_iterations=dvrl.LEAST, runs=dict.fromkeys(shares, 0.5)),
            "(15, -3)": SimpleNamespace(n_iterations=dvrl.LEAST, runs=shares, wrong=wrong),
        }
        return [sample] * 3

    monkeypatch.setattr(dvrl, "runs_of", lambda sample: sample.runs)
    monkeypatch.setattr(dvrl, "percentile", lambda run: run)
    monkeypatch.setattr(dvrl, "misclassified", lambda places: {
        place: getattr(sample, "wrong", False) for place, sample in places.items()
    })  # fmt: skip
    judge = dvrl.rare_point_is_important
    assert judge(samples(0.95, 0.5, 0.95)).verdict == "reproduced"
    assert judge(samples(0.95, 0.5, 0.95)).numbers["percentile, full, (15, 5)"] == 0.5
    assert judge(samples(0.95, 0.5, 0.5)).verdict == "partly"
    assert judge(samples(0.95, 0.95, 0.95)).verdict == "partly"  # predictions find it as well
    assert judge(samples(0.5, 0.5, 0.5)).verdict == "not reproduced"  # nothing was learned
    assert judge(samples(0.95, 0.5, 0.95, wrong=False)).verdict == "not measured"
    assert judge({"raw": samples(0.95, 0.5, 0.95), "scaled": samples(0.5, 0.9, 0.5)}).verdict == (
        "partly"
    )

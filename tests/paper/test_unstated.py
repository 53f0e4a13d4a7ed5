"""The search for unstated settings: the measures, the settings, support, the rule, resuming."""

from dataclasses import replace
from inspect import signature

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs

import dvlib
from dvlib.data.regions import Regions
from dvlib.paper.regimes import LIBRARY, WIDE
from dvlib.paper.unstated import study
from dvlib.paper.unstated.evidence import CENTRED, FOUR, MESH, NOISY, TWO, Evidence, stratified
from dvlib.paper.unstated.settings_space import BATCHES, Setting, setting_of, settings_tried
from dvlib.paper.unstated.statements import BY_FIGURE, HALVES, STATEMENTS
from dvlib.paper.unstated.study import UnstatedStudy, setting_panel
from dvlib.refits import batch
from dvlib.root import project_root

# Twelve points: two in each region, three correct ones near the learned boundary, three beyond 2.
NAME = ["upper", "upper", "between", "between", "lower", "lower", *[""] * 6]
TO_G = [1.0, 2.0, 0.5, 0.6, 1.0, 2.0, *[3.0] * 6]
TO_LEARNED = [1.0, 1.0, 0.2, 0.2, 1.0, 1.0, 0.5, 0.8, 1.0, 3.0, 4.0, 5.0]
# Ten training points in four runs: one of them, next to the boundary, is forgotten in three runs.
NONE, ONE = np.zeros((10, 4), int), np.zeros((10, 4), int)
ONE[3, :3] = 2
DISTANCE = np.full((10, 4), 5.0)
DISTANCE[3] = 1.0


def values_of(upper, between, lower, near=0.0, far=0.0):
    """Values of the twelve points by the means of their kinds."""
    return np.array([*np.repeat([upper, between, lower], 2), *[near] * 3, *[far] * 3], float)


def seen(dataset=TWO, **changes):
    """Hand-made evidence in which every statement holds on the data set, but one in two of those
    that contradict each other; `values` are added to the others."""
    regions = Regions(
        np.zeros((12, 2)), np.array([*[True] * 6, *[False] * 6]), np.array(NAME),
        np.array(TO_G), np.array(TO_LEARNED),
    )  # fmt: skip
    loo = np.array([9.0, 6.0, 1.0, 2.0, 8.0, 5.0, -3.0, -2.0, -1.0, 0.0, 0.0, 0.0])
    values = {
        # The region between comes first by distance to g, but its values are low.
        "leave-one-out, g": loo,
        "leave-one-out, f_X": np.abs(loo) + 4 * (loo > 0),
        "memorization": values_of(1, 1, 1),
        "forgetting": values_of(1, 4, 0.25),
        "last learned": values_of(4, 21, 2),
        "frequent": values_of(9, 3, 1),
        "simple": values_of(9, 3, 1),
    }
    forgotten, learned = NONE, np.array([1.0] * 5 + [3.0] * 5)
    if dataset != TWO:
        forgotten = ONE
    if dataset in (NOISY, FOUR):
        values["forgetting"] = values_of(5, 6, 4, near=1, far=1)
        values["leave-one-out, f_X"] = values["leave-one-out, g"]
    if dataset == CENTRED:
        values |= dict.fromkeys(values, values_of(3, 3, 3, near=2))
    scatter = {"3 units": 0.3, "50 units": 0.1, "setting": 0.05}
    scatter |= {("without", size): 0.05 for size in (50, 500)}
    scatter |= {(name, 50): 0.06 for name in ("mis-labelled", "correct")}
    scatter |= {(name, 500): 0.08 for name in ("mis-labelled", "correct")}
    values |= changes.pop("values", {})
    whole = Evidence(
        forgotten, DISTANCE, learned, np.repeat([0, 1], 5), 0.1, regions, np.ones(12), values,
        scatter, 0.0,
    )  # fmt: skip
    return replace(whole, **changes)


def with_means(method, *means):
    return {"values": {method: values_of(*means)}}


# figure and beginning of the statement: its number in `seen()` of its data set, evidence against
# it, and its number there
LOO, BASE = "leave-one-out, g", "leave-one-out, f_X"
ORACLES = {
    # AUC: the six mis-classified points have the six highest values; all alike is a half
    (1, "values against g"): (1.0, with_means(LOO, 0, 0, 0), 0.5),
    (1, "values against f_X"): (1.0, with_means(BASE, 0, 0, 0), 0.5),
    # mean between 1.5, of the others' means 7.5 and 6.5: 7
    (1, "the region between"): (1.5 / 7, with_means(LOO, 1, 1, 1), 1.0),
    # three lowest near: mean -2; beyond: 0
    (1, "some correct points"): (-2.0, {"values": {LOO: np.arange(12.0)[::-1]}}, 4.0 - 1.0),
    (3, "forgetting rates the region"): (3.0, with_means("forgetting", 5, 4, 0), -1.0),
    (3, "last learned rates"): (17.0, with_means("last learned", 5, 9, 30), -21.0),
    (3, "forgetting rates the upper"): (0.5, with_means("forgetting", 1, 4, 1), -1.0),
    (3, "forgetting does not"): (0.0625, with_means("forgetting", 1, 4, 2), 0.5),
    (3, "last learned does not"): (0.05, with_means("last learned", 4, 21, 11), 0.5),
    (3, "memorization finds all"): (1.0, with_means("memorization", 1, 0, 1), 0.0),
    (3, "memorization finds the"): (1.0, with_means("memorization", 1, 0, 1), 4 / 6),
    (7, "50 units"): (-0.2, {"scatter": {"50 units": 0.4, "3 units": 0.3}}, 0.1),
    (7, "1,000 units"): (-0.05, {"scatter": {"setting": 0.2, "50 units": 0.1}}, 0.1),
    (8, "it leaves"): (0.0, {"changed": 0.02}, 0.02),
    (10, "forgetting"): (1.0, {"forgotten": ONE}, 37 / 40),
    # epochs 1 and 3: mean 2, deviation 1
    (10, "last learned"): (0.5, {"last_learned": np.full(10, 2.0)}, 0.0),
    (11, "last learned gives"): (0.5, {"last_learned": np.full(10, 2.0)}, 0.0),
    # the clusters' means are 1 and 3
    (11, "last learned values"): (1 / 3, {"last_learned": np.full(10, 2.0)}, 1.0),
    (12, "leave-one-out, against g"): (1.0, with_means(LOO, 0, 0, 0), 0.5),
    (12, "leave-one-out, against f_X"): (1.0, with_means(BASE, 0, 0, 0), 0.5),
    # twice the mean of the correct points is 2
    (12, "forgetting finds points"): (4.0, with_means("forgetting", 5, 2, 4, 1, 1), 0.0),
    (12, "forgetting finds part"): (1.0, with_means("forgetting", 2, 6, 4, 1, 1), 0.0),
    (13, "leave-one-out, against g"): (1.0, with_means(LOO, 0, 0, 0), 0.5),
    (13, "leave-one-out, against f_X"): (1.0, with_means(BASE, 0, 0, 0), 0.5),
    # mean between 1.5, of the others 7
    (13, "against g"): (-2.0, with_means(LOO, 2, 2, 2), 1.0),
    (13, "against f_X"): (-2.0, with_means(BASE, 2, 2, 2), 1.0),
    (13, "forgetting finds the"): (4.0, with_means("forgetting", 5, 1, 4, 1, 1), -1.0),
    (13, "forgetting finds both"): (2.0, with_means("forgetting", 5, 6, 1, 1, 1), -1.0),
    (14, "the learned boundary"): (0.1, {"bend": 0.6}, 0.6),
    # far points have the value 0: all others are above, or none
    (14, f"mis-classified points count more by {LOO}"): (1.0, with_means(LOO, 0, 0, 0, 2), 0.5),
    (14, f"mis-classified points count more by {BASE}"): (1.0, with_means(BASE, 0, 0, 0, 2), 0.5),
    (14, "mis-classified points count more by f"): (1.0, with_means("forgetting", 0, 0, 0), 0.5),
    (14, f"points near a boundary count more by {LOO}"): (1.0, with_means(LOO, 3, 3, 3), 0.5),
    (14, f"points near a boundary count more by {BASE}"): (1.0, with_means(BASE, 3, 3, 3), 0.5),
    (14, "points near a boundary count more by f"): (1.0, with_means("forgetting", 3, 3, 3), 0.5),
    (15, "on the mesh alone"): (1.0, {"distance": np.full((10, 4), 5.0)}, 0.0),
    (16, "no training point"): (1.0, {"forgotten": ONE}, 0.25),
    (17, "some"): (0.75, {"forgotten": NONE}, 0.0),
    # one of the 37 others is as near
    (17, "those"): (36.5 / 37, {"distance": np.full((10, 4), 5.0)}, 0.5),
    (18, "some"): (0.75, {"forgotten": NONE}, 0.0),
    (18, "those"): (36.5 / 37, {"distance": np.full((10, 4), 5.0)}, 0.5),
    (19, "last learned: the upper region is harder"):
        (2.0, with_means("last learned", 2, 9, 4), -2.0),
    (19, "frequent: the upper region is harder"): (8.0, with_means("frequent", 1, 9, 1), 0.0),
    (19, "simple: the upper region is harder"): (8.0, with_means("simple", 1, 9, 3), -2.0),
    (19, "frequent: the upper region is the"): (6.0, with_means("frequent", 9, 9, 1), 0.0),
    (19, "simple: the upper region is the"): (6.0, with_means("simple", 8, 9, 3), -1.0),
}  # fmt: skip


def statement(figure, beginning):
    (one,) = (s for s in STATEMENTS.values()
              if s.figure == figure and s.says.startswith(beginning))  # fmt: skip
    return one


@pytest.mark.parametrize("place", ORACLES, ids=str)
def test_a_measure_gives_the_number_of_a_hand_made_case(place):
    one, (number, against, other) = statement(*place), ORACLES[place]
    usual, changed = seen(one.dataset), seen(one.dataset, **against)
    assert one.measure(usual) == pytest.approx(number) and one.holds(number)
    assert one.measure(changed) == pytest.approx(other) and not one.holds(other)


def test_nearness_to_g_is_a_rank_correlation_in_the_regions():
    one = statement(1, "the nearer")
    for sign in (-1, 1):
        assert one.measure(seen(values={LOO: sign * np.array(TO_G)})) == pytest.approx(sign)
    assert one.holds(-0.5) and not one.holds(-0.4)


@pytest.mark.parametrize(
    ("figure", "beginning", "point"),
    [(8, "a mis-labelled", "mis-labelled"), (9, "a new correct", "correct")],
)
def test_scatter_grows_by_a_new_point_more_with_more_points(figure, beginning, point):
    one, usual = statement(figure, beginning), seen()
    # growth 0.03 with 500 points, 0.01 with 50
    assert one.measure(usual) == pytest.approx(0.02) and one.holds(0.02)
    less = replace(usual, scatter=usual.scatter | {(point, 500): 0.05})
    assert one.measure(less) == pytest.approx(-0.01) and not one.holds(-0.01)


def test_two_statements_about_last_learned_contradict_each_other():
    in_figure_3, in_19 = (
        statement(3, "last learned rates"),
        statement(19, "last learned: the upper region is the"),
    )
    for means in ((4, 21, 2), (21, 4, 2)):
        made = seen(**with_means("last learned", *means))
        assert in_figure_3.holds(in_figure_3.measure(made)) != in_19.holds(in_19.measure(made))


def test_every_statement_is_tried_by_hand():
    tried = {id(statement(*place)) for place in ORACLES}
    others = [one.says for one in STATEMENTS.values() if id(one) not in tried]
    assert len(others) == 4 and len(STATEMENTS) == 50


def test_a_statement_about_what_a_sample_lacks_fails_there():
    regions = replace(seen().regions, name=np.array([n.replace("between", "") for n in NAME]))
    for figure, beginning in (
        (1, "the region between"), (3, "forgetting rates the region"), (3, "forgetting does not"),
        (3, "memorization finds all"), (12, "forgetting finds points"), (13, "against g"),
    ):  # fmt: skip
        one = statement(figure, beginning)
        number = one.measure(seen(one.dataset, regions=regions))
        assert np.isnan(number) and not one.holds(number)
    for figure, beginning in ((15, "on the mesh"), (17, "those")):
        one = statement(figure, beginning)
        number = one.measure(seen(one.dataset, forgotten=NONE))
        assert np.isnan(number) and not one.holds(number)


def test_halves_are_whole_figures_alternately():
    assert HALVES == {"A": (1, 7, 9, 11, 13, 15, 17, 19), "B": (3, 8, 10, 12, 14, 16, 18)}
    assert sum(BY_FIGURE.values(), ()) == tuple(STATEMENTS)
    assert {one.dataset for one in STATEMENTS.values()} == {TWO, FOUR, NOISY, CENTRED, MESH}


def test_the_settings_have_both_regimes_and_the_library_defaults():
    tried = settings_tried()
    assert len(tried) == len({*tried}) == 24 and sum(one.epochs is None for one in tried) == 20
    assert signature(make_blobs).parameters["cluster_std"].default == LIBRARY.cluster_std
    used = {setting_of(regime, figure) for regime in (LIBRARY, WIDE) for figure in BY_FIGURE}
    assert used <= {*tried} and used <= {*settings_tried(whole=False)}
    for figure in BY_FIGURE:
        settings, one = dvlib.resolve(f"fig{figure:02d}"), setting_of(LIBRARY, figure)
        assert settings.config == one.config()
        assert settings.data.cluster_std == (one.on(settings.dataset).cluster_std or 4.0)
    assert setting_of(LIBRARY, 1) == Setting(1.0, 200) and setting_of(WIDE, 3) == Setting(1.5, 200)


def test_fixed_epochs_are_run_to_the_end():
    data = dvlib.make_dataset("two_clusters", n_per_class=20)
    config = Setting(1.0, 200, epochs=20).config(width=100)
    how = dvlib.RefitSettings(config=config, cache=False)
    (runs,) = dvlib.train_runs([(data.X, data.y)], how)
    assert runs.n_iter.tolist() == [20]


def test_noisy_data_and_the_mesh_alone_have_no_deviation_to_vary():
    one = Setting(2.0, 64)
    assert one.on(FOUR) == one and one.on(NOISY) == one.on(MESH) == Setting(None, 64)


def test_strata_stand_for_all_points():
    regions = seen().regions
    chosen, weights = stratified(regions, 1, np.random.default_rng(0))
    assert len(chosen) == 5  # no correct point lies between 1 and 2
    assert weights.tolist() == [2, 2, 2, 3, 3] and weights.sum() == 12
    chosen, weights = stratified(regions, 50, np.random.default_rng(0))
    assert sorted(chosen) == [*range(12)] and (weights == 1).all()


def small_study(held, count=10):
    """A study of the corners in which a statement holds if `held(setting, statement, sample)`."""
    return UnstatedStudy({
        (one, k): {
            name: of.limit + (-1 if of.side in "<≤" else 1) * (1 if held(one, of, k) else -1)
            for name, of in STATEMENTS.items()
        }
        for one in settings_tried(whole=False) for k in range(count)
    })  # fmt: skip


BEST = Setting(1.0, 32)


def test_each_figure_counts_the_same():
    made = small_study(lambda one, of, k: one == BEST and of.figure == 9)
    shares = made.table["score"]  # one statement of 51, but one figure of 15
    assert shares[str(BEST)] == pytest.approx(1 / 15) and shares[str(Setting(1.5, 32))] == 0
    assert made.table.loc[str(BEST), "half A"] == pytest.approx(1 / 8)
    # Figure 9 watches no training: its batches are 200 in regime library
    assert shares["regime library"] == 0


def test_a_setting_that_is_better_on_every_figure_has_all_support_and_the_default():
    made = small_study(lambda one, of, k: one == Setting(1.5, 200) or (of.figure + k) % 2)
    first = made.table.iloc[0]
    assert (first.name, first["support"]) == ("deviation 1.5, batches of 200", 1.0)
    assert made.better == [first.name] and f"the default goes to {first.name}" in made.answer
    factors = made.factors["support"]
    assert factors["deviation", "1.5"] == factors["batch", "200"] == factors["epochs", "rule"] == 1


def test_a_setting_that_is_better_on_one_figure_does_not_replace_the_default():
    made = small_study(lambda one, of, k: of.figure > 1 or one == Setting(1.5, 200))
    first = made.table.iloc[0]
    assert first.name == "deviation 1.5, batches of 200" and first["low"] == 0
    assert first["difference"] == pytest.approx(1 / 15)
    assert made.better == [] and "the default stays at library" in made.answer
    # Figure 1 is missing from (14/15)^15 = 0.355 of the resamples: there all eight tie
    chance = 4 * np.sqrt(0.355 * 0.645 / 2000)
    assert first["support"] == pytest.approx(1 - 0.355 * 7 / 8, abs=chance)
    assert made.table["support"].sum() == pytest.approx(1)


def test_library_has_the_batches_of_each_figure():
    made = small_study(
        lambda one, of, k: one.batch_size == (200 if of.figure in (1, 7, 8, 9) else 32)
    )
    assert made.table.loc["regime library", "score"] == 1 and made.better == []
    shown = made.statement_table
    assert (shown["regime library"] == 1).all() and (shown["moved by batch"] == 1).all()
    assert (shown["moved by deviation"] == 0).all()


def test_halves_agree_if_the_same_settings_are_best_in_both():
    order = {one: k for k, one in enumerate(settings_tried(whole=False))}
    assert small_study(lambda one, of, k: order[one] > k).agreement == pytest.approx(1)
    opposed = small_study(lambda one, of, k: (order[one] > k) == (of.figure in HALVES["A"]))
    assert opposed.agreement == pytest.approx(-1)


def test_the_table_of_a_study_has_settings_library_and_factors():
    made = small_study(lambda one, of, k: one == BEST and k, count=2)
    frame = made.to_frame()
    assert len(frame) == 9 * 51 + 6
    axes = frame[["cluster_std", "batch_size", "epochs"]]
    rows = frame[axes.eq([1.0, 32, "rule"]).all(axis=1)]
    assert (rows["share"] == 0.5).all() and (rows["statement"] == "all").sum() == 1
    assert frame["support"].sum() == pytest.approx(1 + 3)
    assert setting_panel(made).png().startswith(b"\x89PNG")


def test_a_second_search_computes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path))

    class Small(Setting):
        def config(self, width=10):
            return super().config(min(width, 10))

    monkeypatch.setattr(
        study, "settings_tried", lambda whole: [Small(1.0, 200, 20), Small(2.0, 64, 20)]
    )
    settings, again = (
        dvlib.resolve("unstated", mesh_side=20, n_valued=1, grid_step=2.5) for _ in range(2)
    )
    fits, original = [], batch.observe_chunk

    def counted(*arguments):
        fits.append(len(arguments[3]))
        return original(*arguments)

    monkeypatch.setattr(batch, "observe_chunk", counted)
    first = study.search_settings(settings)
    assert sum(fits) > 0 and len(first.numbers) == 2
    before = sum(fits)
    second = study.search_settings(again)
    assert sum(fits) == before and again.ledger.n_fits == settings.ledger.n_fits
    np.testing.assert_equal([*second.numbers.values()], [*first.numbers.values()])


def test_the_texts_quote_the_committed_numbers():
    axes = ["cluster_std", "batch_size", "epochs"]
    table = pd.read_csv(project_root() / "figures/unstated.csv", dtype=dict.fromkeys(axes, str))
    every = table[table["statement"] == "all"].set_index(axes).sort_index()
    levels = every[every["difference"].isna()]
    tried = every.drop(levels.index).drop("library")

    def percent(number):
        return f"{100 * number:.0f} %"

    def of_level(*axes):
        return percent(levels.loc[axes, "support"])

    of_batch = [levels.loc[("any", str(size), "any"), "support"] for size in BATCHES]
    library, wide = every.loc[("library",) * 3], tried.loc[("1.5", "200", "rule")]
    of_epochs = levels.loc[("any", "any")]
    interval = f"−{-wide['low']:.3f} to {wide['high']:+.3f}"
    best = tried.loc[("0.75", "200", "rule"), "share"]
    assert best == tried["share"].max() < library["share"] and tried["low"].max() <= 0
    assert (tried["high"] < 0).sum() == 2
    notebook, deviations = (
        (project_root() / path).read_text(encoding="utf-8")
        for path in ("notebooks/unstated.ipynb", "docs/deviations.md")
    )
    for words in (
        f"no setting has more than {percent(tried['support'].max())}",
        f"have {of_level('0.75', 'any', 'any')}, {of_level('1.0', 'any', 'any')} and "
        f"{of_level('2.0', 'any', 'any')} of it",
        f"{percent(min(of_batch))} to {percent(max(of_batch))}",
        f"50 epochs have {percent(of_epochs.loc['50', 'support'])} of the support, with scores "
        f"that differ little ({of_epochs.loc['50', 'share']:.3f} and "
        f"{of_epochs.loc['rule', 'share']:.3f})",
        f"Its score is {library['share']:.3f}",
        f"deviation 0.75 with batches of 200, has {best:.3f}",
        f"(score {wide['share']:.3f}; difference −{-wide['difference']:.3f}, interval {interval})",
    ):
        assert words in notebook
    for words in (
        f"in more than {percent(tried['support'].max())} of the resamples",
        f"{library['share']:.3f} in regime `library` and {wide['share']:.3f} in regime `wide`",
        f"({interval})", f"{len(tried)} settings by {len(STATEMENTS)} statements on "
        f"{len(BY_FIGURE)} figures",
    ):  # fmt: skip
        assert words in deviations

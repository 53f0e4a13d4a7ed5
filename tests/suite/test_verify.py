"""The comparison allows what another processor may change, and notices every other change."""

import copy
import functools
import json
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from dvlib.data.datasets import make_dataset
from dvlib.methods.values import KINDS
from dvlib.paper.figures.datasets import dataset_panels
from dvlib.paper.manifest import FIGURES
from dvlib.paper.places import FOLDER_VARIABLE
from dvlib.paper.settings import resolve
from dvlib.refits.store import processor
from dvlib.root import project_root
from dvlib.suite import bundle, verify
from dvlib.suite.command import main
from dvlib.suite.differences import VALUES, compare, curve_distance
from dvlib.suite.tolerances import TOLERANCES, rule_of

pytestmark = pytest.mark.slow

FIGURES_FOLDER = project_root() / "figures"
MADE = "build/verify"


@functools.cache
def read(figure_id):
    stem = FIGURES_FOLDER / FIGURES[figure_id].stem
    return pd.read_csv(stem.with_suffix(".csv")), json.loads(stem.with_suffix(".json").read_text())


def committed(figure_id):
    """Table and record of a committed figure, as copies that a test may change."""
    return copy.deepcopy(read(figure_id))


@functools.cache
def compared_with_itself(figure_id, same_processor=False):
    """Findings of the comparison of a committed figure with itself."""
    table, record = committed(figure_id)
    return compare(table, table.copy(), record["parameters"], record["kinds"], same_processor)


def unlike(figure_id, change, same_processor=False):
    """Findings that do not pass after `change` is applied to a copy of the committed table."""
    table, record = committed(figure_id)
    changed = change(table.copy())
    found = compare(table, changed, record["parameters"], record["kinds"], same_processor)
    return [one for one in found if one["status"] != "passes"]


def moved(panel, column, by, rows=1):
    """A change of the first rows of a panel."""

    def change(table):
        where = table.index[(table["panel"] == panel) & table[column].notna()][:rows]
        table.loc[where, column] += by
        return table

    return change


@pytest.mark.parametrize("figure_id", FIGURES)
@pytest.mark.parametrize("same_processor", [False, True])
def test_equal_tables_pass(figure_id, same_processor):
    found = compared_with_itself(figure_id, same_processor)
    assert found and {one["status"] for one in found} == {"passes"}


def test_one_value_far_off_fails_and_is_named():
    (one,) = unlike("fig01", moved("against f_X", "value", 0.02))
    assert one["status"] == "differs" and one["panel"] == "against f_X"
    assert one["column"] == "value" and one["off"] == 1 and one["at"] == "x -10, y -10, label 0"
    assert one["largest"] == pytest.approx(0.02)


def test_shares_of_the_mesh_may_be_near_and_few_rows_farther_off():
    # With 10 seeds 2 · 10 · 0.001 of 1,296 rows, that is 26, may differ by up to 0.02 / 10.
    assert unlike("fig01", moved("against g", "value", 1.9e-4, rows=1296)) == []
    assert unlike("fig01", moved("against g", "value", 1.9e-3, rows=26)) == []
    assert len(unlike("fig01", moved("against g", "value", 1.9e-3, rows=27))) == 1
    assert len(unlike("fig01", moved("against g", "value", 2.1e-3))) == 1


def test_few_counts_may_differ():
    assert unlike("fig03", moved("forgetting", "value", 0.1, rows=26)) == []
    (one,) = unlike("fig03", moved("forgetting", "value", 0.1, rows=27))
    assert one["rule"] == "epochs" and one["allowed"] == 26
    assert len(unlike("fig03", moved("forgetting", "value", 5.0))) == 1  # beyond the panel's range
    assert unlike("fig12", moved("forgetting", "never_learned", 0.5)) == []  # all 0; two seeds


def test_adaptive_samplers_may_be_off_by_a_standard_error():
    table, _ = committed("fig02")
    change = moved("against g", "value", 0)(table)
    change["value"] += 0.9 * table["standard_error"]
    assert unlike("fig02", lambda _: change) == []
    change["value"] += 0.9 * table["standard_error"]
    assert len(unlike("fig02", lambda _: change)) == 5


def test_given_points_may_not_move():
    (one,) = unlike("fig05", moved("noisy", "x", 1e-3))
    assert one["column"] == "rows" and one["off"] == 1 and one["status"] == "differs"
    assert unlike("fig05", moved("noisy", "x", 1e-9)) == []


def test_missing_added_and_swapped_rows_fail():
    (one,) = unlike("fig01", lambda table: table.drop(index=7))
    assert one["column"] == "rows" and one["off"] == 1
    assert one["at"] == "without x -10, y -3, label 0, with none"
    (one,) = unlike("fig01", lambda table: pd.concat([table, table[-1:].assign(x=99)]))
    assert "with x 99, y 25" in one["at"]
    (one,) = unlike("fig01", lambda table: table.iloc[[1, 0, *range(2, len(table))]])
    assert "another order" in one["at"]


def test_missing_and_added_panels_and_columns_fail():
    (one,) = unlike("fig01", lambda table: table[table["panel"] != "against g"])
    assert (one["panel"], one["column"], one["at"]) == ("against g", "panel", "not made again")
    found = unlike("fig01", lambda table: table.replace({"panel": {"against g": "against G"}}))
    assert {one["panel"] for one in found} == {"against g", "against G"}
    (one,) = unlike("fig01", lambda table: table.drop(columns="standard_error"))
    assert one["column"] == "columns" and one["at"] == "not made again"
    assert len(unlike("fig01", lambda table: table.assign(more=1.0))) == 1


@pytest.mark.parametrize("figure_id", ["fig01", "fig03", "fig04"])
@pytest.mark.parametrize("same_processor", [False, True])
def test_a_nan_that_appears_fails_everywhere(figure_id, same_processor):
    panel = committed(figure_id)[0]["panel"][0]
    (one,) = unlike(figure_id, moved(panel, "value", np.nan), same_processor)
    assert one["status"] == "differs" and one["off"] == 1


def test_every_column_of_the_figures_is_compared():
    for figure_id in FIGURES:
        table, _ = committed(figure_id)
        columns = [name for name in VALUES if name in table and table[name].notna().any()]
        found = compared_with_itself(figure_id)
        assert {one["column"] for one in found} >= set(columns)
        for column in columns:
            rows = sum(one["rows"] for one in found if one["column"] == column)
            assert rows >= table[column].notna().sum(), (figure_id, column)


def resampled(table):
    """Curves with another corner in the middle of each piece."""
    parts = []
    for _, curve in table.groupby(["panel", "run", "curve"], sort=False):
        middle = curve.copy()
        middle[["x", "y"]] = curve[["x", "y"]].rolling(2).mean()
        both = pd.concat([curve, middle.iloc[1:]])
        both["order"] = [*np.arange(len(curve)), *(np.arange(1, len(curve)) - 0.5)]
        parts.append(both.sort_values("order").drop(columns="order"))
    return pd.concat(parts, ignore_index=True)


def test_curves_with_other_corners_pass_and_shifted_ones_fail():
    table, _ = committed("fig08")
    assert len(resampled(table)) > 1.8 * len(table)
    assert unlike("fig08", resampled) == []
    assert unlike("fig08", lambda table: table.assign(y=table["y"] + 0.04)) == []
    panels = table["panel"].nunique()
    found = unlike("fig08", lambda table: resampled(table).assign(y=lambda of: of["y"] + 0.5))
    assert len(found) == panels and all(one["column"] == "x, y" for one in found)
    assert found[0]["off"] == found[0]["rows"] == 15 and found[0]["at"].startswith("run ")


def test_one_run_may_stop_elsewhere_but_none_may_be_missing():
    first, run = committed("fig08")[0]["panel"][0], 3

    def shift(by, runs):
        def change(table):
            table.loc[(table["panel"] == first) & table["run"].isin(runs), "y"] += by
            return table

        return change

    # One in ten of 15 runs may stop elsewhere: two runs.
    assert unlike("fig08", shift(0.5, [run, 4])) == []
    assert len(unlike("fig08", shift(0.5, [run, 4, 5]))) == 1
    assert len(unlike("fig08", shift(3.0, [run]))) == 1
    (one,) = unlike("fig08", lambda t: t[(t["panel"] != first) | (t["run"] != run)])
    assert one["at"] == "run 3" and np.isinf(one["largest"])


def test_curve_distance_by_hand():
    line = np.array([[0.0, 0], [10, 0]])
    corner = np.array([[0.0, 1], [10, 1]])
    assert curve_distance([line], [corner]) == pytest.approx(1)
    # (10, 3) is 3 away from the line, though all points of the line are within 1 of the curves.
    assert curve_distance([line], [corner, np.array([[10.0, 3], [10, 1]])]) == pytest.approx(3)
    assert curve_distance([line], [line[::-1]]) == 0
    assert curve_distance([], []) == 0 and curve_distance([line], []) == np.inf


DVRL_ROWS = [
    ("fig04", "x, prediction, raw", "value"),
    ("fig20", "shared, scaled, run 2", "value"),
    ("fig21", "x alone, raw, (15, 5)", "value"),
    ("fig12", "DVRL", "value"),
]


@pytest.mark.parametrize(("figure_id", "panel", "column"), DVRL_ROWS)
def test_runs_of_dvrl_are_reported_on_another_processor_and_fail_on_the_same(
    figure_id, panel, column
):
    change = moved(panel, column, 0.1, rows=500)
    (one,) = unlike(figure_id, change)
    assert (
        one["status"] == "reported" and one["off"] == 500 and one["rule"] == "selection probability"
    )
    (one,) = unlike(figure_id, change, same_processor=True)
    assert one["status"] == "differs"


def test_rules_of_mixed_panels_depend_on_the_row():
    def change(table):
        return table.assign(dv=table["dv"] + 0.1, accuracy=table["accuracy"] - 0.1)

    found = unlike("fig10", change)
    of = {(one["rule"], one["status"]) for one in found}
    judged = {("share of the mesh", "differs"), ("test accuracy", "differs")}
    assert of == judged | {("removal by value", "reported")}
    found = unlike("ext03", moved("noisy", "overlap", 0.1, rows=1000))
    assert {one["rule"]: one["status"] for one in found} == {
        "agreement": "differs", "selection probability": "reported",
        "variance over passes": "reported",
    }  # fmt: skip


def test_a_column_of_errors_has_a_tolerance_of_its_own_where_there_is_one():
    assert rule_of("share of the mesh", "standard_error") == "share of the mesh, error"
    assert rule_of("epochs", "standard_error") == "epochs"
    assert rule_of("share of the mesh", "accuracy") == "test accuracy"


def test_the_kind_of_numbers_decides_and_not_their_name():
    """A difference of 1e-4 is allowed for shares of the mesh, and not for epochs."""
    table = pd.DataFrame({"panel": "effort", "x": np.arange(2000.0), "y": 0.0, "value": 0.0})
    changed = table.assign(value=np.where(table["x"] < 10, 1e-4, 0.0))

    def found(kind):
        findings = compare(table, changed, {"n_seeds": 1}, {"effort": kind}, False)
        return [(one["rule"], one["status"], one["off"]) for one in findings if one["limit"]][1:]

    assert found("share of the mesh") == [("share of the mesh", "passes", 0)]
    assert found("epochs") == [("epochs", "differs", 10)]  # 4 of 2,000 may be
    assert found("given") == [("given", "differs", 10)]
    assert found("verdicts") == [("verdicts", "reported", 10)]


def test_every_tolerance_has_a_reason_and_a_figure():
    used = {one["rule"] for name in FIGURES for one in compared_with_itself(name)}
    assert used == TOLERANCES.keys() and all(of.why for of in TOLERANCES.values())


def test_every_kind_of_values_has_a_tolerance():
    assert {*KINDS} <= TOLERANCES.keys()
    for figure_id in FIGURES:
        table, record = committed(figure_id)
        assert record["kinds"].keys() == {*table["panel"]}, figure_id


# The command around the comparison, with a runner that writes bundles and computes nothing.


@pytest.fixture
def clone(own_root, tmp_path, monkeypatch):
    """A clone of two figures without git, and a function that changes what the runner makes."""
    (tmp_path / "figures").mkdir()
    for figure_id in ("fig03", "fig12"):
        for path in FIGURES_FOLDER.glob(f"{figure_id}*"):
            shutil.copy(path, tmp_path / "figures")

    def runner(changes=None, record=None, fails=()):
        def run(runs, then):
            for figure_id, parameters in runs:
                settings = resolve(figure_id, **parameters)
                assert settings.folder == tmp_path / MADE
                if figure_id not in fails:
                    table, made = committed(figure_id)
                    table = (changes or {}).get(figure_id, lambda table: table)(table)
                    made = made | {"processor": processor()} | (record or {})
                    stem = settings.folder / settings.entry.stem
                    stem.parent.mkdir(parents=True, exist_ok=True)
                    table.to_csv(stem.with_suffix(".csv"), index=False, float_format="%.9g")
                    stem.with_suffix(".json").write_text(json.dumps(made))
                then(figure_id)

        monkeypatch.setattr(verify, "run_all", run)

    runner()
    return runner


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_equal_figures_pass_and_nothing_in_figures_is_touched(clone, tmp_path, capsys):
    before = contents(tmp_path / "figures")
    assert main(["verify", "fig03", "fig12"]) == 0
    assert contents(tmp_path / "figures") == before
    said = capsys.readouterr().out
    assert f"kernels are compiled for {processor()}" in said and "where it holds them" in said
    assert "tolerances" in said and "fig12" in said
    report = json.loads((tmp_path / MADE / "report.json").read_text())
    assert report["passes"] and report["processor"] == processor()
    assert [one["status"] for one in report["figures"].values()] == ["passes", "passes"]
    assert report["figures"]["fig03"]["reference"] == "figures/"


def test_a_real_bundle_goes_where_it_is_compared(own_root, tmp_path, monkeypatch):
    samples = {"noisy": make_dataset("noisy", seed=0)}

    def save():
        settings = resolve("fig05", preset="paper")
        figure = dataset_panels(samples, settings.drawing_mesh)
        return bundle.save_bundle(settings, figure, samples)

    assert save() == "wrote figures/fig05_datasets.png, .csv and .json"
    before, folder = contents(tmp_path / "figures"), tmp_path / MADE
    monkeypatch.setattr(verify, "run_all", lambda runs, then: (save(), then("fig05")))
    assert verify.verify(["fig05"])["passes"]
    assert contents(tmp_path / "figures") == before
    assert before.keys() == {path.name for path in folder.glob("fig05*")}
    assert before["fig05_datasets.csv"] == (folder / "fig05_datasets.csv").read_bytes()
    assert json.loads(before["fig05_datasets.json"])["processor"] == processor()


def test_a_figure_that_differs_fails_and_is_named(clone, tmp_path, capsys):
    clone({"fig03": moved("memorization", "value", 0.5, rows=100)})
    assert main(["verify", "fig03", "fig12"]) == 1
    said = capsys.readouterr().out
    assert "fig03  differs: 'memorization', value: 100 of 1296 rows off by more than 1e-06" in said
    assert "most 0.5 at x -10, y -10" in said
    report = json.loads((tmp_path / MADE / "report.json").read_text())
    assert [one["status"] for one in report["figures"].values()] == ["differs", "passes"]


def test_another_verdict_fails_unless_it_reads_what_cannot_be_repeated(clone, capsys):
    before = {name: committed(name)[1]["claims"] for name in ("fig03", "fig12")}
    claims = before["fig03"] | {"C09": {"verdict": "made up"}}
    clone(record={"claims": claims})
    assert main(["verify", "fig03"]) == 1
    was = before["fig03"]["C09"]["verdict"]
    assert f"fig03  differs: C09 made up, committed {was}" in capsys.readouterr().out
    clone(record={"claims": {"C21": {"verdict": "made up"}}, "machine": "another"})
    assert main(["verify", "fig12"]) == 0
    was = before["fig12"]["C21"]["verdict"]
    assert f"fig12  reported: C21 made up, committed {was}" in capsys.readouterr().out


def test_the_processor_of_the_figure_decides_about_dvrl(clone, tmp_path, capsys):
    clone({"fig12": moved("DVRL", "value", 0.1, rows=500)})
    path = tmp_path / "figures" / f"{FIGURES['fig12'].stem}.json"
    record = json.loads(path.read_text())
    for made_on, code, said in (
        (None, 0, "fig12  reported: 'DVRL', value: 500 of 1296"),
        ("another", 0, "fig12  reported: 'DVRL', value: 500 of 1296"),
        (processor(), 1, "fig12  differs: 'DVRL', value: 500 of 1296"),
    ):
        path.write_text(json.dumps(record | {"processor": made_on}))
        assert main(["verify", "fig12"]) == code
        assert said in capsys.readouterr().out


def test_other_settings_and_a_figure_that_stops_fail(clone, capsys):
    assert main(["verify", "fig03"]) == 0
    clone(fails=["fig03"])  # its bundle of the run before is not compared again
    assert main(["verify", "fig03", "fig12"]) == 1
    said = capsys.readouterr().out
    assert "fig03  could not be made" in said and "fig12  passes" in said
    clone(record={"parameters": {"n_seeds": 1}})
    assert main(["verify", "fig03"]) == 1
    assert "settings {'n_seeds': 1}, committed" in capsys.readouterr().out


def test_without_a_committed_figure_there_is_nothing_to_pass(clone, capsys):
    assert main(["verify", "fig01"]) == 1
    assert "fig01  no committed figure to compare with" in capsys.readouterr().out


def test_figures_are_compared_with_the_last_commit_and_not_with_the_folder(clone, tmp_path):
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@t.invalid"]
    for command in (["init", "-q"], ["add", "figures"], ["commit", "-qm", "figures"]):
        subprocess.run([*git, *command], check=True)
    path = tmp_path / "figures" / f"{FIGURES['fig03'].stem}.csv"
    path.write_text(path.read_text().replace("memorization", "something else"))
    result = verify.verify(["fig03"])["figures"]["fig03"]
    assert (result["status"], result["reference"]) == ("passes", "HEAD")


def test_an_unknown_figure_is_refused_before_anything_runs(clone, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(verify, "run_all", lambda *_: pytest.fail("ran"))
    assert main(["verify", "fig03", "fig99"]) == 2
    assert "unknown figure 'fig99'" in capsys.readouterr().err
    assert not (tmp_path / "build").exists()


def test_fresh_has_a_cache_of_its_own_that_a_stopped_run_resumes(
    clone, tmp_path, monkeypatch, capsys
):
    own, ordinary = tmp_path / MADE / "cache", verify.cache_folder()
    seen = []

    def run(runs, then):
        seen.append((verify.cache_folder(), own.exists()))
        own.mkdir(parents=True, exist_ok=True)
        if len(seen) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(verify, "run_all", run)
    assert main(["verify", "fig03", "--fresh"]) == 130
    assert "computed anew, in build/verify/cache\n" in capsys.readouterr().out
    main(["verify", "fig03", "--fresh"])
    assert "from where a run was stopped" in capsys.readouterr().out
    assert seen == [(own, False), (own, True)] and not own.exists()
    assert verify.cache_folder() == ordinary and FOLDER_VARIABLE not in verify.os.environ

"""The comparison allows what another processor may change, and notices every other change."""

import copy
import functools
import json
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from dvlib.methods.values import KINDS
from dvlib.paper.manifest import FIGURES
from dvlib.paper.places import FOLDER_VARIABLE
from dvlib.paper.settings import resolve
from dvlib.refits.store import processor
from dvlib.root import project_root
from dvlib.suite import verify
from dvlib.suite.command import main
from dvlib.suite.differences import TOLERANCES, VALUES, compare, curve_distance

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
    return compare(table, table.copy(), record["kinds"], same_processor)


def unlike(figure_id, change, same_processor=False):
    """Findings that do not pass after `change` is applied to a copy of the committed table."""
    table, record = committed(figure_id)
    found = compare(table, change(table.copy()), record["kinds"], same_processor)
    return [one for one in found if one["status"] != "passes"]


def moved(panel, column, by, rows=1):
    """A change of the first rows of a panel."""

    def change(table):
        where = table.index[(table["panel"] == panel) & table[column].notna()][:rows]
        table.loc[where, column] += by
        return table

    return change


@pytest.mark.parametrize("figure_id", FIGURES)
def test_equal_tables_pass_and_every_column_is_compared(figure_id):
    table, record = committed(figure_id)
    assert record["kinds"].keys() == {*table["panel"]}
    for same_processor in (False, True):
        found = compared_with_itself(figure_id, same_processor)
        assert {one["status"] for one in found} == {"passes"}
    for column in [name for name in VALUES if name in table]:
        rows = sum(one["rows"] for one in found if one["column"] == column)
        assert rows >= table[column].notna().sum(), column


def test_every_kind_has_a_tolerance_and_every_tolerance_a_figure():
    used = {one["kind"] for name in FIGURES for one in compared_with_itself(name)}
    assert used == TOLERANCES.keys() >= {*KINDS}


def test_the_same_processor_makes_equal_numbers():
    for figure_id, panel in (("fig01", "against g"), ("fig03", "forgetting"), ("fig04", "scaled")):
        panel = next(name for name in committed(figure_id)[0]["panel"] if panel in name)
        assert unlike(figure_id, moved(panel, "value", 1e-9), same_processor=True) == []
        (one,) = unlike(figure_id, moved(panel, "value", 1e-5), same_processor=True)
        assert (one["status"], one["off"]) == ("differs", 1)


def test_one_value_far_off_fails_and_is_named():
    (one,) = unlike("fig01", moved("against f_X", "value", 0.02))
    assert one["status"] == "differs" and one["panel"] == "against f_X"
    assert one["column"] == "value" and one["off"] == 1 and one["at"] == "x -10, y -10, label 0"
    assert one["largest"] == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("figure_id", "panel", "column", "by", "rows", "passes"),
    [
        # Nine shares of the mesh in ten within 5e-4, all within 1e-2: 130 of 1,296 may be farther.
        ("fig01", "against g", "value", 4e-4, 1296, True),
        ("fig01", "against g", "value", 9e-3, 130, True),
        ("fig01", "against g", "value", 9e-3, 131, False),
        ("fig03", "forgetting", "value", 0.1, 130, True),
        ("fig03", "forgetting", "value", 0.1, 131, False),
        ("fig03", "forgetting", "value", 30.0, 1, False),
        ("fig05", "noisy", "x", 1e-9, 1, True),
        ("fig05", "noisy", "x", 1e-3, 1, False),
        # Dropout between an AMD and an Intel processor: 6e-8 of variances, 3e-5 of an AUC.
        ("fig06", "Monte-Carlo dropout", "value", 6e-8, 1296, True),
        ("fig06", "Monte-Carlo dropout", "value", 1e-3, 1, False),
        ("fig06", "ensemble", "value", 1e-2, 1, False),
    ],
)  # fmt: skip
def test_tolerances_of_another_processor(figure_id, panel, column, by, rows, passes):
    assert (unlike(figure_id, moved(panel, column, by, rows)) == []) == passes


@pytest.mark.parametrize(("by", "passes"), [(3e-5, True), (-0.05, False)])
def test_rounding_of_dropout_passes_and_wrong_numbers_of_dropout_fail(by, passes):
    def change(table):
        dropout = (table["panel"] == "four_clusters") & (table["method"] == "dropout")
        table.loc[dropout, "auc"] += by
        return table

    assert [one["status"] for one in unlike("ext03", change)] == ([] if passes else ["differs"])


def test_adaptive_samplers_may_be_off_by_a_standard_error():
    for errors, count in ((0.9, 0), (1.8, 5)):
        moves = {"value": lambda t, n=errors: t["value"] + n * t["standard_error"]}
        assert len(unlike("fig02", lambda t, moves=moves: t.assign(**moves))) == count


def test_missing_added_swapped_rows_panels_and_columns_fail():
    for change, column, at in (
        (lambda t: t.drop(index=7), "rows", "without x -10, y -3, label 0, with none"),
        (lambda t: pd.concat([t, t[-1:].assign(x=99)]), "rows", "with x 99, y 25"),
        (lambda t: t.iloc[[1, 0, *range(2, len(t))]], "rows", "another order"),
        (lambda t: t[t["panel"] != "against g"], "panels", "without against g"),
        (lambda t: t.replace({"panel": {"against g": "G"}}), "panels", "with G"),
        (lambda t: t.drop(columns="standard_error"), "columns", "without standard_error"),
        (lambda t: t.assign(more=1.0), "columns", "with more"),
    ):
        (one,) = unlike("fig01", change)
        assert one["column"] == column and one["off"] >= 1 and at in one["at"]


@pytest.mark.parametrize("figure_id", ["fig01", "fig03", "fig04"])
def test_a_nan_that_appears_fails_everywhere(figure_id):
    panel = committed(figure_id)[0]["panel"][0]
    for same_processor in (False, True):
        (one,) = unlike(figure_id, moved(panel, "value", np.nan), same_processor)
        assert one["status"] == "differs" and one["off"] == 1


def test_shifted_and_missing_curves_fail():
    def shifted(by, runs):
        return lambda t: t.assign(y=t["y"] + by * ((t["panel"] == first) & t["run"].isin(runs)))

    first = committed("fig08")[0]["panel"][0]
    assert unlike("fig08", lambda table: table.assign(y=table["y"] + 0.04)) == []
    assert unlike("fig08", shifted(0.5, [3, 4])) == []  # two of 15 runs may stop elsewhere
    assert len(unlike("fig08", shifted(0.5, [3, 4, 5]))) == 1
    assert len(unlike("fig08", shifted(3.0, [3]))) == 1
    (one,) = unlike("fig08", lambda t: t[(t["panel"] != first) | (t["run"] != 3)])
    assert one["at"] == "run 3" and np.isinf(one["largest"]) and one["column"] == "x, y"


def test_curve_distance_by_hand():
    line = np.array([[0.0, 0], [10, 0]])
    corner = np.array([[0.0, 1], [10, 1]])
    assert curve_distance([line], [corner]) == pytest.approx(1)
    # (10, 3) is 3 away from the line, though all points of the line are within 1 of the curves.
    assert curve_distance([line], [corner, np.array([[10.0, 3], [10, 1]])]) == pytest.approx(3)
    assert curve_distance([line], [np.array([[10.0, 0], [4, 0], [0, 0]])]) < 0.01  # other corners
    assert curve_distance([], []) == 0 and curve_distance([line], []) == np.inf


def test_rules_of_mixed_panels_depend_on_the_row():
    def change(table):
        return table.assign(dv=table["dv"] + 0.1, accuracy=table["accuracy"] - 0.1)

    assert {(one["kind"], one["status"]) for one in unlike("fig10", change)} == {
        ("share of the mesh", "differs"), ("test accuracy", "differs"),
        ("removal by value", "reported"),
    }  # fmt: skip


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
    report = json.loads((tmp_path / MADE / "report.json").read_text())
    assert report["passes"] and report["processor"] == processor()
    assert [one["status"] for one in report["figures"].values()] == ["passes", "passes"]
    assert report["figures"]["fig03"]["reference"] == "figures/"


def test_a_figure_that_differs_or_stops_fails_and_is_named(clone, tmp_path, capsys):
    clone({"fig03": moved("memorization", "value", 0.5, rows=200)})
    assert main(["verify", "fig03", "fig12"]) == 1
    said = capsys.readouterr().out
    assert "fig03  differs: 'memorization', value: 200 of 1296 rows off by more than 1e-06" in said
    assert "most 0.5 at x -10, y -10" in said and "fig12  passes" in said
    clone(fails=["fig03"])  # its bundle of the run before is not compared again
    assert main(["verify", "fig03"]) == 1
    assert "fig03  could not be made" in capsys.readouterr().out
    clone(record={"parameters": {"n_seeds": 1}})
    assert main(["verify", "fig03"]) == 1
    assert "settings {'n_seeds': 1}, committed" in capsys.readouterr().out
    assert main(["verify", "fig01"]) == 1
    assert "fig01  no committed figure to compare with" in capsys.readouterr().out


def test_another_verdict_fails_unless_it_reads_what_cannot_be_repeated(clone, capsys):
    before = {name: committed(name)[1]["claims"] for name in ("fig03", "fig12")}
    clone(record={"claims": before["fig03"] | {"C09": {"verdict": "made up"}}})
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
    for made_on, code, status in (("another", 0, "reported"), (processor(), 1, "differs")):
        path.write_text(json.dumps(record | {"processor": made_on}))
        assert main(["verify", "fig12"]) == code
        assert f"fig12  {status}: 'DVRL', value: 500 of 1296" in capsys.readouterr().out


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

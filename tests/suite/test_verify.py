"""The comparison allows what another processor may change, and notices every other change."""

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
from dvlib.suite.verify import TOLERANCES, VALUES, compare, curve_distance

pytestmark = pytest.mark.slow

FIGURES_FOLDER = project_root() / "figures"


@functools.cache
def committed(figure_id):
    """Table and record of a committed figure."""
    stem = FIGURES_FOLDER / FIGURES[figure_id].stem
    return pd.read_csv(stem.with_suffix(".csv")), json.loads(stem.with_suffix(".json").read_text())


def compared(figure_id, change=pd.DataFrame.copy, same_processor=False):
    """Findings of the comparison of a committed figure with a changed copy."""
    table, record = committed(figure_id)
    return compare(table, change(table.copy()), record["kinds"], same_processor)


def unlike(*arguments, **options):
    """Those that do not pass."""
    return [one for one in compared(*arguments, **options) if one["status"] != "passes"]


def moved(panel, column, by, rows=1):
    """A change of the first rows of a panel."""

    def change(table):
        where = table.index[(table["panel"] == panel) & table[column].notna()][:rows]
        table.loc[where, column] += by
        return table

    return change


def test_equal_tables_pass_every_column_is_compared_and_every_kind_has_a_tolerance():
    used = set()
    for figure_id in FIGURES:
        (table, record), found = committed(figure_id), compared(figure_id)
        assert record["kinds"].keys() == {*table["panel"]}
        assert {one["status"] for one in found} == {"passes"}
        for column in [name for name in VALUES if name in table]:
            rows = sum(one["rows"] for one in found if one["column"] == column)
            assert rows >= table[column].notna().sum(), (figure_id, column)
        used |= {one["kind"] for one in found}
    assert used == TOLERANCES.keys() >= {*KINDS}


@pytest.mark.parametrize("figure_id", ["fig01", "fig03", "fig04"])
def test_the_same_processor_makes_equal_numbers_and_a_nan_fails_everywhere(figure_id):
    panel = committed(figure_id)[0]["panel"][0]
    assert unlike(figure_id, moved(panel, "value", 1e-9), same_processor=True) == []
    (one,) = unlike(figure_id, moved(panel, "value", 1e-5), same_processor=True)
    assert (one["status"], one["off"]) == ("differs", 1)
    for same_processor in (False, True):
        (one,) = unlike(figure_id, moved(panel, "value", np.nan), same_processor=same_processor)
        assert (one["status"], one["off"]) == ("differs", 1)


@pytest.mark.parametrize(("figure_id", "panel", "column", "by", "rows", "passes"), [
    # Nine shares of the mesh in ten within 5e-4, all within 1e-2: 130 of 1,296 may be farther.
    ("fig01", "against g", "value", 4e-4, 1296, True),
    ("fig01", "against g", "value", 9e-3, 130, True),
    ("fig01", "against g", "value", 9e-3, 131, False),
    ("fig03", "forgetting", "value", 0.1, 131, False),
    ("fig03", "forgetting", "value", 30.0, 1, False), ("fig05", "noisy", "x", 1e-9, 1, True),
    ("fig05", "noisy", "x", 1e-3, 1, False),
    # Dropout between an AMD and an Intel processor: 6e-8 of variances, 3e-5 of an AUC.
    ("fig06", "Monte-Carlo dropout", "value", 6e-8, 1296, True),
    ("fig06", "Monte-Carlo dropout", "value", 1e-3, 1, False),
])  # fmt: skip
def test_tolerances_of_another_processor(figure_id, panel, column, by, rows, passes):
    assert (unlike(figure_id, moved(panel, column, by, rows)) == []) == passes


def test_rounding_of_dropout_passes_and_wrong_numbers_of_dropout_fail():
    def change(by):
        rows = "(panel == 'four_clusters') & (method == 'dropout')"
        return lambda table: table.assign(auc=table["auc"] + by * table.eval(rows))

    assert unlike("ext03", change(3e-5)) == []
    assert [one["status"] for one in unlike("ext03", change(-0.05))] == ["differs"]


@pytest.mark.parametrize(("errors", "count"), [(0.9, 0), (1.8, 5)])
def test_adaptive_samplers_may_be_off_by_a_standard_error(errors, count):
    value = {"value": lambda table: table["value"] + errors * table["standard_error"]}
    assert len(unlike("fig02", lambda table: table.assign(**value))) == count


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


def test_shifted_and_missing_curves_fail():
    def shifted(by, runs):
        return lambda t: t.assign(y=t["y"] + by * ((t["panel"] == first) & t["run"].isin(runs)))

    first = committed("fig08")[0]["panel"][0]
    assert unlike("fig08", lambda table: table.assign(y=table["y"] + 0.04)) == []
    assert unlike("fig08", shifted(0.5, [3, 4])) == []  # two of 15 runs may stop elsewhere
    for wrong in (shifted(0.5, [3, 4, 5]), shifted(3.0, [3])):
        assert len(unlike("fig08", wrong)) == 1
    (one,) = unlike("fig08", lambda t: t[(t["panel"] != first) | (t["run"] != 3)])
    assert one["at"] == "run 3" and np.isinf(one["largest"])


def test_curve_distance_by_hand():
    line = np.array([[0.0, 0], [10, 0]])
    corner = np.array([[0.0, 1], [10, 1]])
    assert curve_distance([line], [corner]) == pytest.approx(1)
    # (10, 3) is 3 away from the line, though all points of the line are within 1 of the curves.
    assert curve_distance([line], [corner, np.array([[10.0, 3], [10, 1]])]) == pytest.approx(3)
    assert curve_distance([line], [np.array([[10.0, 0], [4, 0], [0, 0]])]) < 0.01  # other corners
    assert curve_distance([], []) == 0 and curve_distance([line], []) == np.inf


# The command around the comparison, with a runner that writes bundles and computes nothing.


@pytest.fixture
def clone(own_root, tmp_path, monkeypatch):
    """A clone of two figures without git, and a function that changes what the runner makes."""
    (tmp_path / "figures").mkdir()
    for path in [path for name in ("fig03", "fig12") for path in FIGURES_FOLDER.glob(f"{name}*")]:
        shutil.copy(path, tmp_path / "figures")

    def runner(change=pd.DataFrame.copy, fails=(), **record):
        def run(runs, then):
            for figure_id, parameters in runs:
                settings = resolve(figure_id, **parameters)
                stem = tmp_path / "build" / "verify" / settings.entry.stem
                assert settings.folder == stem.parent
                if figure_id not in fails:
                    table, made = committed(figure_id)
                    stem.parent.mkdir(parents=True, exist_ok=True)
                    change(table.copy()).to_csv(stem.with_suffix(".csv"), index=False)
                    made = made | {"processor": processor()} | record
                    stem.with_suffix(".json").write_text(json.dumps(made))
                then(figure_id)

        monkeypatch.setattr(verify, "run_all", run)

    runner()
    return runner


@pytest.fixture
def verified(capsys):
    """Function: exit status and text of the command for some figures."""
    return lambda *figures: (main(["verify", *figures]), capsys.readouterr().out)


def test_equal_figures_pass_and_nothing_in_figures_is_touched(clone, tmp_path, verified):
    before = {path: path.read_bytes() for path in (tmp_path / "figures").iterdir()}
    status, said = verified("fig03", "fig12")
    assert {path: path.read_bytes() for path in (tmp_path / "figures").iterdir()} == before
    assert f"kernels are compiled for {processor()}" in said and "where it holds them" in said
    report = json.loads((tmp_path / "build" / "verify" / "report.json").read_text())
    assert status == 0 and report["passes"] and report["processor"] == processor()
    assert [one["status"] for one in report["figures"].values()] == ["passes", "passes"]


def test_a_figure_that_differs_or_stops_fails_and_is_named(clone, verified):
    clone(moved("memorization", "value", 0.5, rows=200))
    status, said = verified("fig03", "fig12")
    assert status == 1 and "fig12  passes" in said
    assert "fig03  differs: 'memorization', value: 200 of 1296 rows off by more than 1e-06" in said
    clone(fails=["fig03"])  # its bundle of the run before is not compared again
    assert "fig03  could not be made" in verified("fig03")[1]
    clone(parameters={"n_seeds": 1})
    status, said = verified("fig03")
    assert status == 1 and "settings {'n_seeds': 1}, committed" in said
    status, said = verified("fig01")
    assert status == 1 and "fig01  no committed figure to compare with" in said


@pytest.mark.parametrize(("on", "code", "status"), [("x", 0, "reported"), (None, 1, "differs")])
def test_only_the_same_processor_repeats_dvrl(clone, tmp_path, verified, on, code, status):
    path = tmp_path / "figures" / f"{FIGURES['fig12'].stem}.json"
    record = committed("fig12")[1] | {"processor": on or processor()}
    path.write_text(json.dumps(record))
    clone(moved("DVRL", "value", 0.1, rows=500), claims={"C21": {"verdict": "made up"}})
    found, said = verified("fig12")
    assert found == code and f"fig12  {status}: 'DVRL', value: 500 of 1296" in said
    was = record["claims"]["C21"]["verdict"]
    assert f"fig12  {status}: C21 made up, committed {was}" in said
    clone(claims={"C09": {"verdict": "made up"}}, machine="another")
    assert "fig03  differs: C09 made up, committed" in verified("fig03")[1]


def test_figures_are_compared_with_the_last_commit_and_not_with_the_folder(clone, tmp_path):
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@t.invalid"]
    for command in (["init", "-q"], ["add", "figures"], ["commit", "-qm", "figures"]):
        subprocess.run([*git, *command], check=True)
    path = tmp_path / "figures" / f"{FIGURES['fig03'].stem}.csv"
    path.write_text(path.read_text().replace("memorization", "something else"))
    result = verify.verify(["fig03"])["figures"]["fig03"]
    assert (result["status"], result["reference"]) == ("passes", "HEAD")


def test_fresh_has_a_cache_of_its_own_that_a_stopped_run_resumes(clone, tmp_path, monkeypatch):
    own, ordinary, seen = tmp_path / "build" / "verify" / "cache", verify.cache_folder(), []

    def run(runs, then):
        seen.append((verify.cache_folder(), own.exists()))
        own.mkdir(parents=True, exist_ok=True)
        if len(seen) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(verify, "run_all", run)
    assert main(["verify", "fig03", "--fresh"]) == 130
    main(["verify", "fig03", "--fresh"])
    assert seen == [(own, False), (own, True)] and not own.exists()
    assert verify.cache_folder() == ordinary and FOLDER_VARIABLE not in verify.os.environ

"""Bad input at three levels: a function's argument, papermill's -p, and the runner behind make.

Each is refused in one line that says what was given and what is allowed, before anything is
computed or written. `test_make.py` tests what make does with values; errors of a single method are
tested with the method.
"""

import re
import subprocess
import sys

import pytest
from papermill.cli import _resolve_type
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from dvlib.paper.manifest import FIGURES, figure_entry
from dvlib.paper.places import FOLDER_VARIABLE
from dvlib.paper.settings import resolve
from dvlib.refits.store import cache_folder
from dvlib.root import project_root
from dvlib.suite.command import _parsed, main
from dvlib.suite.kernels import FOLDER
from dvlib.suite.notebooks import CHECKED

pytestmark = pytest.mark.slow

WHOLE = "give a whole number of "
# (figure, text of each parameter as typed, what the message says)
CASES = [
    ("fig01", {"dataset": "two_cluster"}, "unknown data set 'two_cluster': give one of two_cl.*"
     "did you mean 'two_clusters'"),
    ("ext02", {"dataset": "four_clusters"}, "data set 'four_clusters': Extension 2 needs two "
     "clusters, .*: give one of two_clusters, noisy, zero_centered"),
    ("fig01", {"preset": "papr"}, "unknown preset 'papr': give one of quick, paper; .*'paper'"),
    ("fig01", {"preset": "confirm"}, "unknown preset 'confirm': give one of quick, paper"),
    ("fig01", {"regime": "libary"}, "unknown regime 'libary': give one of library, wide; .*'libr"),
    ("fig05", {"n_seeds": "3"}, "n_seeds 3: fig05 does not use it, give None"),
    ("fig01", {"grid_step": "0"}, "grid_step 0: give a finite number above 0"),
    ("fig01", {"grid_step": "nan"}, "grid_step '?nan'?: give a (finite )?number above 0"),
    ("fig01", {"grid_step": "1" + 400 * "0"}, "grid_step 1000.*…: give a finite number above 0"),
    ("fig01", {"grid_step": "36"}, "grid step 36.*at most the range, 35"),
    ("fig01", {"grid_step": "0.1"}, "grid_step 0.1: 123201 points to value, at most 10000 .*larg"),
    ("fig01", {"grid_step": "1e-9"}, "grid step 1e-09: a mesh side 35000000001.*at most 5000"),
    ("fig02", {"fine_step": "-1"}, "fine_step -1: give a finite number above 0"),
    ("fig01", {"grid_step": "35", "dataset": "zero_centered"}, "grid_step 35: Figure 1 trains "
     "on the grid, .*; 2 or more of each are needed, give a smaller step"),
    ("fig01", {"seed": "one"}, f"seed 'one': {WHOLE}0 or more"),
    ("fig01", {"seed": "4294967296"}, r"seed 4294967296: give a whole number below 2\*\*32"),
    ("fig08", {"seed": "4294967293", "n_data_seeds": "4"}, "seed 4294967296"),
    ("fig01", {"n_seeds": "0"}, f"n_seeds 0: {WHOLE}1 or more, at most 1000"),
    ("fig01", {"n_seeds_mesh": "-1"}, f"n_seeds_mesh -1: {WHOLE}1 or more"),
    ("fig01", {"mesh_side": "1"}, f"mesh_side 1: {WHOLE}2 or more"),
    ("fig02", {"n_sets": "1"}, f"n_sets 1: {WHOLE}2 or more"),
    ("fig02", {"n_fits_mesh": "100"}, "n_fits_mesh 100: 36 points need .* for a first look"),
    ("fig04", {"n_iterations": "0"}, f"n_iterations 0: {WHOLE}1 or more, at most 1000000"),
    ("fig10", {"scaled": "maybe"}, "unknown scaled 'maybe': give one of True, False"),
    ("fig06", {"n_networks": "1"}, f"n_networks 1: {WHOLE}2 or more"),
    ("fig06", {"n_passes": "1"}, f"n_passes 1: {WHOLE}2 or more"),
    ("fig07", {"n_deep": "1.5"}, f"n_deep 1.5: {WHOLE}1 or more"),
    ("fig07", {"n_data_seeds": "0"}, f"n_data_seeds 0: {WHOLE}1 or more"),
    ("fig09", {"new_x": "left"}, "new_x 'left': give a number"),
    ("fig09", {"new_y": "-1e999"}, "new_y -inf: give a finite number"),
    ("fig10", {"n_fits": "0"}, f"n_fits 0: {WHOLE}1 or more"),
    ("fig12", {"shapley_every": "0"}, f"shapley_every 0: {WHOLE}1 or more"),
    ("fig12", {"grid_step": "12"}, r"shapley_every 3: one point in 3 of step 12\.0 leaves"),
    ("fig16", {"single_run": "2"}, "unknown single_run 2: give one of True, False"),
    ("ext01", {"n_per_label": "3"}, f"n_per_label 3: {WHOLE}4 or more, at most 200"),
    ("ext04", {"n_labels": "0"}, f"n_labels 0: {WHOLE}1 or more, at most 100"),
    ("ext02", {"n_points": "1001"}, f"n_points 1001: {WHOLE}1 or more, at most 1000"),
    ("ext09", {"n_places": "2"}, f"n_places 2: {WHOLE}3 or more, at most 100"),
    ("ext03", {"n_epochs": "0"}, f"n_epochs 0: {WHOLE}1 or more"),
    ("unstated", {"n_valued": "0"}, f"n_valued 0: {WHOLE}1 or more"),
    ("unstated", {"whole_grid": "2"}, "unknown whole_grid 2: give one of True, False"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_is_written_or_fitted(monkeypatch, fits, own_root):
    # Folders of this test, because other tests write to the clone's at the same time.
    def written():
        folders = own_root / "figures", own_root / "build", cache_folder()
        return [path for one in folders for path in one.rglob("*")]

    def started(*_):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr("dvlib.suite.run.start_kernel", started)
    yield
    assert not written() and not fits


def one_line(message):
    assert message.strip() and "\n" not in message
    return message


def as_papermill_runs(figure_id, given):
    """Run a notebook's cells, with the cell that papermill adds, down to the call of `resolve`."""
    path = project_root() / FOLDER / f"{figure_entry(figure_id).stem}.ipynb"
    parameters = {name: _resolve_type(text) for name, text in given.items()}
    kernel = dict(kernel_name="python3", language="python")
    notebook = parameterize_notebook(load_notebook_node(str(path)), parameters, **kernel)
    namespace = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, namespace)
            if CHECKED in cell.metadata.get("tags", ()):
                return


@pytest.mark.parametrize(("figure", "given", "message"), CASES)
def test_bad_parameters_are_refused_alike_at_all_levels(figure, given, message, capsys):
    with pytest.raises(ValueError, match=message) as by_function:
        resolve(figure, **{name: _parsed(text) for name, text in given.items()})
    with pytest.raises(ValueError, match=message) as by_papermill:
        as_papermill_runs(figure, given)
    for refused in (by_function, by_papermill):
        one_line(str(refused.value))
    assert main(["run", figure, *("=".join(pair) for pair in given.items())]) == 2
    said = capsys.readouterr().err
    assert said == f"error: {by_function.value}\n"


def test_every_parameter_has_a_bad_case():
    bad = {name for _, given, _ in CASES for name in given}
    assert {name for entry in FIGURES.values() for name in entry.presets["paper"]} <= bad


@pytest.mark.parametrize(("words", "message"), [
    (["fig05", "colour=3"], "unknown parameter of fig05 'colour': give one of dataset, preset"),
    (["fig01", "grid_stpe=3"], "unknown parameter of fig01 .*did you mean 'grid_step'"),
    (["fig05", "seed=1", "seed=2"], "seed is given twice: give it once"),
    (["fig05", "fig5"], "unknown figure 'fig5': give one of fig01.*did you mean 'fig"),
    (["fig05", "seed={[]: 1}"], r"seed '\{\[\]: 1\}': give a whole number"),
    (["fig05", "seed=0xg"], "seed '0xg': give a whole number"),  # Python warns of this one
    (["fig05", "seed=" + 5000 * "("], r"seed '\(\(\(.*…: give a whole number"),
    (["fig05", "seed=" + 5000 * "9"], "seed '9999.*…: give a whole number"),
    (["fig05", "dataset=a\nb"], r"unknown data set 'a\\nb'"),
])  # fmt: skip
def test_runner_refuses_bad_assignments(words, message, capsys):
    assert main(["run", *words]) == 2
    said = one_line(capsys.readouterr().err.removesuffix("\n"))
    assert re.match(f"error: {message}", said)


def test_module_behind_make_prints_one_line_and_no_traceback():
    done = subprocess.run(
        [sys.executable, "-m", "dvlib", "run", "fig01", "dataset=$(ls)"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2 and done.stdout == ""
    assert one_line(done.stderr.removesuffix("\n")).startswith("error: unknown data set '$(ls)'")


def test_a_file_in_place_of_a_folder_is_named(own_root, monkeypatch, capsys):
    (own_root / "README.md").write_text("")
    monkeypatch.setenv(FOLDER_VARIABLE, "README.md")
    with pytest.raises(NotADirectoryError, match="README.md is a file, and the figure would go"):
        resolve("fig01", preset="paper")
    assert main(["run", "fig01"]) == 2
    assert one_line(capsys.readouterr().err.removesuffix("\n")).startswith("error: ")

"""The stored notebooks keep the rules of the suite, and the harness notices when one does not."""

import ast
import re
import subprocess
import sys

import nbformat
import papermill
import pytest

from dvlib.cache import project_root
from dvlib.figures import FIGURES
from dvlib.run import FOLDER, main, run_all, run_figure
from dvlib.settings import COMMON, parameter_names

NOTEBOOKS = {
    entry.id: project_root() / FOLDER / f"{entry.stem}.ipynb" for entry in FIGURES.values()
}
CHECKED = "nbval-check-output"
FORBIDDEN = (
    ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.While, ast.comprehension, ast.If,
)  # fmt: skip
MACHINE_PATH = re.compile(r"(/home/|/root/|/tmp/|/work/|/Users/|[A-Z]:\\\\)")


def problems(path, figure_id):
    """What is wrong with a stored notebook, a list of sentences."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    if len(code) > 6:
        found.append(f"{len(code)} code cells, six are allowed")
    if path.stat().st_size > 400_000:
        found.append("larger than 400 KB")
    for cell in code:
        if re.search(r"^\s*[%!]", cell.source, re.MULTILINE):
            found.append(f"magic in {cell.source!r}")
            continue
        if any(isinstance(node, FORBIDDEN) for node in ast.walk(ast.parse(cell.source))):
            found.append(f"logic in {cell.source!r}")
    found += _parameter_problems(code[0], figure_id)

    checked = [cell for cell in code if CHECKED in cell.metadata.get("tags", ())]
    for what, sign in (("resolve", "dvlib.resolve"), ("claims", "_claims.")):
        for cell in code:
            if sign in cell.source and "save_bundle" not in cell.source and cell not in checked:
                found.append(f"the {what} cell is not compared")
    if not checked:
        found.append("no cell is compared")
    for cell in checked:
        if cell.execution_count is None or not cell.outputs:
            found.append(f"no stored output to compare with: {cell.source!r}")
    for cell in code:
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                found.append(f"stored error or stderr: {cell.source!r}")
            if MACHINE_PATH.search(str(output.get("text", "")) + str(output.get("data", {}))):
                found.append(f"stored output with a path of a machine: {cell.source!r}")
    if set(notebook.metadata) != {"kernelspec", "language_info"}:
        found.append(f"metadata {sorted(notebook.metadata)}: run `make notebooks`")
    if "What differs" not in notebook.cells[-1].source:
        found.append("the last cell does not say what differs from the paper")
    return found


def _parameter_problems(cell, figure_id):
    if cell.metadata.get("tags") != ["parameters"]:
        return ["the first code cell has not the one tag `parameters`"]
    statements = ast.parse(cell.source).body
    if not all(isinstance(s, ast.Assign) and isinstance(s.value, ast.Constant) for s in statements):
        return ["the parameters are not all literals"]
    names = tuple(s.targets[0].id for s in statements)
    if names[: len(COMMON)] != COMMON or names != parameter_names(figure_id):
        return [f"parameters {names}, the manifest says {parameter_names(figure_id)}"]
    return []


@pytest.mark.parametrize("figure_id", NOTEBOOKS)
def test_stored_notebook_keeps_the_rules(figure_id):
    assert problems(NOTEBOOKS[figure_id], figure_id) == []


def test_manifest_and_folder_hold_the_same_notebooks():
    assert sorted(NOTEBOOKS.values()) == sorted((project_root() / FOLDER).glob("*.ipynb"))


# Canaries: the harness has to notice. Figure 5 is the quickest notebook.


@pytest.fixture
def copy(tmp_path):
    """A changed copy of Figure 5's notebook: call with a function that changes it."""

    def change_and_write(change):
        notebook = nbformat.read(NOTEBOOKS["fig05"], as_version=4)
        change(notebook)
        path = tmp_path / NOTEBOOKS["fig05"].name
        nbformat.write(notebook, path)
        return path

    return change_and_write


def resolve_cell(notebook):
    return next(cell for cell in notebook.cells if CHECKED in cell.metadata.get("tags", ()))


def nbval(path):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax"]
    return subprocess.run(
        [*command, "--rootdir", path.parent, path], capture_output=True, text=True, timeout=120
    )


def test_nbval_passes_the_stored_notebook_and_fails_a_corrupted_output(copy):
    assert nbval(copy(lambda notebook: None)).returncode == 0

    def corrupt(notebook):
        output = resolve_cell(notebook).outputs[0]
        output.text = output.text.replace("seed", "sead", 1)

    result = nbval(copy(corrupt))
    assert result.returncode == 1 and "sead" in result.stdout


def test_stripped_notebook_is_a_problem(copy):
    def strip(notebook):
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None

    assert any("no stored output" in problem for problem in problems(copy(strip), "fig05"))


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("for i in range(3):\n    print(i)", "logic"),
        ("def f():\n    return 1", "logic"),
        ("%matplotlib inline", "magic"),
        ("!ls", "magic"),
    ],
)
def test_logic_and_magics_are_problems(copy, source, problem):
    def change(notebook):
        notebook.cells[-2].source = source

    assert any(problem in found for found in problems(copy(change), "fig05"))


def test_untagged_or_renamed_cells_are_problems(copy):
    def untag(notebook):
        resolve_cell(notebook).metadata.tags = []

    def rename(notebook):
        notebook.cells[1].source = notebook.cells[1].source.replace("grid_step", "step")

    assert any("not compared" in problem for problem in problems(copy(untag), "fig05"))
    assert any("manifest says" in problem for problem in problems(copy(rename), "fig05"))


def test_misspelt_parameter_fails_in_the_runner_and_in_bare_papermill(copy, tmp_path, capsys):
    with pytest.raises(ValueError, match="did you mean 'grid_step'"):
        run_figure("fig05", {"grid_stpe": 3})
    assert main(["fig05", "grid_stpe=3"]) == 2
    assert "did you mean 'grid_step'" in capsys.readouterr().err
    with pytest.raises(papermill.PapermillExecutionError, match="did you mean .dataset."):
        papermill.execute_notebook(
            copy(lambda notebook: None), tmp_path / "out.ipynb", parameters={"datset": "noisy"},
            progress_bar=False,
        )  # fmt: skip


def stored():
    """Bytes of the stored notebooks; JupyterLab may have left a folder beside them."""
    return {path: path.read_bytes() for path in (project_root() / FOLDER).glob("*.ipynb")}


def test_runner_keeps_other_settings_out_of_figures_and_notebooks(capsys):
    before = stored()
    assert main(["fig05", "dataset=zero_centered"]) == 0
    said = capsys.readouterr().out
    assert "wrote build/quick__dataset-zero_centered/fig05_datasets.png" in said
    folder = project_root() / "build" / "quick__dataset-zero_centered"
    assert {path.suffix for path in folder.glob("fig05*")} == {".png", ".csv", ".json"}
    assert before == stored()


@pytest.fixture
def kernels(monkeypatch):
    """Numbers of the kernels that run, in place of kernels."""
    running, started = [], []

    def start():
        started.append(len(started))
        running.append(started[-1])
        return started[-1]

    monkeypatch.setattr("dvlib.run.start_kernel", start)
    monkeypatch.setattr("dvlib.run.stop_kernel", running.remove)
    return running


def test_runner_takes_several_figures_and_checks_all_before_the_first(capsys, monkeypatch, kernels):
    ran = []
    monkeypatch.setattr("dvlib.run._run_and_report", lambda *run: ran.append(run) or 0)
    assert main(["fig05", "fig99"]) == 2 and not ran and not kernels
    assert "unknown figure 'fig99'" in capsys.readouterr().err
    assert main(["fig03", "fig01", "grid_step=3"]) == 0
    assert ran == [("fig03", {"grid_step": 3}, 0), ("fig01", {"grid_step": 3}, 1)]
    monkeypatch.setattr("dvlib.run._run_and_report", lambda *run: 1)
    assert main(["fig03"]) == 1
    with pytest.raises(SystemExit):
        main([])


def test_a_kernel_is_started_for_the_next_figure_and_none_is_left_behind(monkeypatch, kernels):
    seen = []

    def run(figure_id, parameters, kernel):
        seen.append([*kernels])
        if figure_id == "fig15":
            raise KeyboardInterrupt
        return 0

    monkeypatch.setattr("dvlib.run._run_and_report", run)
    assert main(["fig01", "fig03", "fig05"]) == 0
    assert seen == [[0, 1], [1, 2], [2]] and not kernels
    with pytest.raises(KeyboardInterrupt):
        main(["fig01", "fig15", "fig05"])
    assert not kernels


def test_what_is_to_follow_a_figure_follows_each(monkeypatch, kernels):
    order = []
    monkeypatch.setattr("dvlib.run._run_and_report", lambda *run: order.append(run[0]) or 1)
    assert run_all([("fig03", {}), ("fig05", {})], lambda one: order.append(f"then {one}")) == 2
    assert order == ["fig03", "then fig03", "fig05", "then fig05"]

"""The stored notebooks follow the rules of the suite, and broken rules are noticed."""

import nbformat
import pytest

from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root
from dvlib.suite import notebooks
from dvlib.suite.command import main
from dvlib.suite.kernels import FOLDER
from dvlib.suite.notebooks import CHECKED, WITHOUT_FIGURE, problems

pytestmark = pytest.mark.slow

NOTEBOOKS = {
    entry.id: project_root() / FOLDER / f"{entry.stem}.ipynb" for entry in FIGURES.values()
}
NO_FIGURE = [project_root() / FOLDER / f"{stem}.ipynb" for stem in WITHOUT_FIGURE]


@pytest.mark.parametrize("figure_id", NOTEBOOKS)
def test_stored_notebook_follows_the_rules(figure_id):
    assert problems(NOTEBOOKS[figure_id], figure_id) == []


@pytest.mark.parametrize("path", NO_FIGURE)
def test_stored_notebook_without_a_figure_follows_the_rules(path, tmp_path):
    assert problems(path, None) == []
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-2].source = "for i in range(3):\n    print(i)"
    nbformat.write(notebook, tmp_path / path.name)
    assert any("logic" in found for found in problems(tmp_path / path.name, None))


def test_manifest_and_folder_hold_the_same_notebooks():
    stored_in_folder = sorted((project_root() / FOLDER).glob("*.ipynb"))
    assert sorted([*NOTEBOOKS.values(), *NO_FIGURE]) == stored_in_folder


# The harness must notice broken rules. Figure 5 is the quickest notebook.


@pytest.fixture
def copy(tmp_path):
    """Function that writes a copy of Figure 5's notebook, changed by a function."""

    def change_and_write(change):
        notebook = nbformat.read(NOTEBOOKS["fig05"], as_version=4)
        change(notebook)
        path = tmp_path / NOTEBOOKS["fig05"].name
        nbformat.write(notebook, path)
        return path

    return change_and_write


def resolve_cell(notebook):
    return next(cell for cell in notebook.cells if CHECKED in cell.metadata.get("tags", ()))


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


def test_rules_are_checked_from_the_command_line(copy, tmp_path, capsys):
    assert main(["check", *map(str, (NOTEBOOKS["fig05"], *NO_FIGURE))]) == 0
    assert capsys.readouterr().out == ""

    def break_rules(notebook):
        notebook.cells[-2].source = "for i in range(3):\n    print(i)"

    broken = copy(break_rules)
    assert main(["check", str(NOTEBOOKS["ext02"]), str(broken)]) == 1
    assert capsys.readouterr().out.startswith(f"{broken}: logic in 'for i in")
    copy(lambda notebook: notebook.cells[-2].update(source="print("))
    assert main(["check", str(broken)]) == 1 and "not Python" in capsys.readouterr().out
    broken.write_text('{"cells": [')
    assert main(["check", str(broken)]) == 1 and "cannot be read" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "ext99_new.ipynb")]) == 1
    assert "no figure of the manifest" in capsys.readouterr().out
    assert main(["check"]) == 2


def test_notebooks_are_stored_by_name_or_all(monkeypatch, capsys):
    done, kept = [], []
    monkeypatch.setattr(notebooks, "store", done.append)
    monkeypatch.setattr(notebooks, "freeze", kept.extend)
    assert main(["store", "ext02", "fig05"]) == 0
    assert done == [NOTEBOOKS["ext02"], NOTEBOOKS["fig05"]]
    assert kept == [path.stem for path in done]
    every = [*NOTEBOOKS.values(), *NO_FIGURE]
    assert main(["store"]) == 0 and done[2:] == every
    assert main(["store", "playground"]) == 0 and done[-1:] == NO_FIGURE
    assert "playground" not in kept  # it makes no figure
    assert main(["store", "fig05", "fig99"]) == 2 and len(done) == 3 + len(every)
    assert "unknown figure 'fig99'" in capsys.readouterr().err

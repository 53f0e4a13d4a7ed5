"""The recipe that a notebook's cell states is the one on which all claims are measured."""

import ast
from functools import partial
from types import SimpleNamespace

import nbformat
import pytest

from dvlib.data.datasets import PAPERS
from dvlib.methods.labelling import STRATEGIES
from dvlib.methods.rules import FORMULAS
from dvlib.paper.figures import (
    boundaries,
    core_sets,
    labelling,
    pairwise,
    rules,
    shapley,
    trajectories,
)
from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root

EPOCHS = trajectories, {"epochs": trajectories.EPOCHS}
STANDARD = {
    "fig02": (shapley, {"target": shapley.TARGET}),
    # Numbers of runs, which are parameters, by architecture.
    "fig07": (boundaries, {"n_runs": dict.fromkeys(boundaries.ONE_LAYER + boundaries.DEEPER)}),
    "fig08": (boundaries, {"sizes": boundaries.SIZES}),
    "fig09": (boundaries, {"sizes": boundaries.SIZES}),
    "fig16": EPOCHS, "fig17": EPOCHS, "fig18": EPOCHS,
    "ext01": (pairwise, {"data_sets": pairwise.DATA_SETS}),
    "ext04": (labelling, {"strategies": STRATEGIES, "datasets": PAPERS}),
    "ext05": (core_sets, {"selections": core_sets.SELECTIONS, "sizes": core_sets.SIZES,
                          "datasets": core_sets.CLUSTERED}),
    "ext06": (rules, {"formulas": FORMULAS, "datasets": rules.DATASETS}),
}  # fmt: skip


def stated(figure_id, module, names):
    """Values of the names that the cells assign, a dict."""
    path = project_root() / f"notebooks/{FIGURES[figure_id].stem}.ipynb"
    parameters = SimpleNamespace(n_seeds=None, n_deep=None)
    values = {module.__name__.split(".")[-1]: module, "settings": parameters}
    for cell in nbformat.read(path, as_version=4).cells:
        for statement in ast.parse(cell.source if cell.cell_type == "code" else "").body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) in names:
                exec(ast.unparse(statement), values)
    return {name: values[name] for name in names}


def plain(value):
    """A recipe in a form that can be compared, with its order."""
    if isinstance(value, dict):
        return [(name, plain(entry)) for name, entry in value.items()]
    return (value.func, value.args) if isinstance(value, partial) else value


@pytest.mark.parametrize("figure_id", STANDARD)
def test_cells_state_the_recipe_of_all_claims(figure_id):
    module, standard = STANDARD[figure_id]
    assert plain(stated(figure_id, module, standard)) == plain(standard)

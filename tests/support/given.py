"""Data of many kinds, and notebooks that run on them in this process."""

import nbformat
import numpy as np
import pandas as pd

from dvlib.data.datasets import ZOO, unit_of
from dvlib.data.plane import GIVEN
from dvlib.paper.manifest import FIGURES
from dvlib.paper.settings import parameter_names, plot_range_of
from dvlib.root import project_root

# Few, small fits: these runs show whether a figure gives an answer, not which.
TINY = {
    "n_seeds": 2, "n_seeds_mesh": 2, "n_data_seeds": 1, "n_sets": 4, "n_fits_mesh": 1_000,
    "n_fits": 40, "n_iterations": 4, "shapley_every": 2, "n_deep": 1, "mesh_side": 40,
    "n_networks": 2, "n_passes": 2, "n_points": 1, "n_per_label": 8,
}  # fmt: skip
STEPS = {"grid_step": 5.0, "fine_step": 17.5}  # units of the paper's plane
STEP_OF_MESH = 35 / 3  # Figure 2: 16 points, whose Shapley values take 1,000 fits


def _blobs(n0, n1, std0=1.5, std1=1.5, seed=0):
    rng = np.random.default_rng(seed)
    parts = rng.normal([0, 1], std0, (n0, 2)), rng.normal([10, 7], std1, (n1, 2))
    return np.concatenate(parts), np.repeat([0, 1], [n0, n1])


def _files():
    """Points, labels and further columns of a user's files, by their kind."""
    X, y = _blobs(20, 20)
    few = [0, 1, 20, 21]
    return {
        "9 points": _blobs(5, 4), "32 points": _blobs(16, 16),
        "tight and wide": _blobs(30, 30, 0.05, 5.0),
        "120 to 180": (120 + 60 * (X - X.min(0)) / np.ptp(X, axis=0), y),
        "millimetres": (1e3 * X, y), "kilometres": (1e-6 * X, y),
        "noise": (X - X[::-1], np.random.default_rng(1).permutation(y)),
        "a rare label": _blobs(46, 4),
        "four places": (np.repeat(X[few], 10, axis=0), np.repeat(y[few], 10)),
        "few to train": (*_blobs(8, 8), (["train"] * 2 + ["test"] * 6) * 2),
        "tight inside wide": (np.concatenate([X[:20] / 1e3, 20 * X[20:] - [200, 140]]), y),
    }  # fmt: skip


FILES = _files()
KINDS = (*GIVEN, *ZOO, *FILES)


def dataset_of(kind, folder):
    """Name of the data set, or path of a file of that kind, written to a folder."""
    if kind not in FILES:
        return kind
    X, y, *split = FILES[kind]
    columns = {"id": [f"p{k}" for k in range(len(y))], "x1": X[:, 0], "x2": X[:, 1], "label": y}
    columns |= {"split": split[0]} if split else {}
    path = folder / f"{kind}.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    return str(path)


def run_cells(figure_id, given, begun=lambda: None):
    """The names of a figure's notebook after all its cells ran in this process.

    `given` are parameters in place of the notebook's own. `begun` is called when the parameters
    are checked, before anything is computed.
    """
    path = project_root() / "notebooks" / f"{FIGURES[figure_id].stem}.ipynb"
    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    names = {"display": print}
    exec(cells[0], names)
    names |= given
    exec(cells[1], names)
    begun()
    for cell in cells[2:]:
        exec(cell, names)
    return names


def run_notebook(figure_id, dataset, begun=lambda: None, **given):
    """`run_cells` on a data set with the parameters `TINY`, except those that are given."""
    used = [name for name in parameter_names(figure_id) if name not in FIGURES[figure_id].unused]
    tiny = {name: value for name, value in TINY.items() if name in used}
    unit = unit_of(plot_range_of(dataset))
    for name, step in STEPS.items():
        if name in used:
            tiny[name] = unit * (STEP_OF_MESH if "n_fits_mesh" in used else step)
    return run_cells(figure_id, tiny | {"dataset": dataset} | given, begun)

"""What a figure needs of its data, checked before anything is computed.

What only a fit shows, such as points that are mis-classified, is no requirement: claims that need
it are "not measured".
"""

import numpy as np

from dvlib.checks import check_count, shown
from dvlib.data.datasets import NAMES, check_dataset
from dvlib.data.tables import is_csv
from dvlib.methods.shapley.stratified import check_budget

STEPS = ("grid_step", "fine_step")  # of the grids of valued points
MAX_POINTS = 10_000  # of a grid; on the mesh alone, all subsets without one point take 400 MB


def allowed_dataset(entry, name, standardize=None):
    """`name` if a figure can use that data set; see `check_dataset`.

    Parameters
    ----------
    entry : FigureEntry
    name : name of a data set, path of a CSV file, or None
    standardize : whether given points are standardized; None = yes

    Raises
    ------
    ValueError : an unknown name, a bad file, or data that lack what the figure needs
    """
    known = is_csv(name) or (isinstance(name, str) and name in NAMES)
    takes_files = set(NAMES) <= set(entry.datasets)
    if known and not (name in entry.datasets or (is_csv(name) and takes_files)):
        names = ", ".join(one for one in entry.datasets if one is not None)
        advice = f": give one of {names}" if names else ""
        raise ValueError(f"data set {shown(str(name))}: {entry.name} needs {entry.needs}{advice}")
    return check_dataset(name, entry.datasets, standardize)


def check_requirements(settings):
    """Raise a ValueError, with what the figure needs, if its data or grid will not do."""
    for name in STEPS:
        step = getattr(settings, name)
        count = 0 if step is None else settings.mesh_of_step(step).side ** 2
        if count > MAX_POINTS:
            raise ValueError(
                f"{name} {step}: {count} points to value, at most {MAX_POINTS} are allowed: give a "
                "larger step"
            )
    if settings.shapley_every is not None:
        every, step = settings.shapley_every, settings.grid_step
        width = settings.plot_range[1] - settings.plot_range[0]
        if every * step > width:
            raise ValueError(
                f"shapley_every {every}: every {every}th point of step {step} leaves the plotted "
                f"range, {width:g}: give a smaller one"
            )
    if settings.n_fits_mesh is not None:
        check_budget(settings.grid.side**2, settings.n_fits_mesh, "n_fits_mesh")
    if settings.entry.points_of_a_label is not None:
        _check_labels_of_the_grid(settings, settings.entry.points_of_a_label)
    for name, least in settings.entry.least.items():
        check_count(name, getattr(settings, name), at_least=least)


def _check_labels_of_the_grid(settings, fewest):
    counts = np.bincount(settings.data.label(settings.grid.points), minlength=2)
    if counts.min() < fewest:
        raise ValueError(
            f"grid_step {settings.grid_step:g}: {settings.entry.name} trains on the grid, which "
            f"has {counts[0]} points of label 0 and {counts[1]} of label 1; {fewest} or more of "
            "each are needed, give a smaller step"
        )

"""The parameters of the notebooks: meaning, type and allowed values, and what a figure needs.

What only a fit shows, such as points that are misclassified, is no requirement: claims that need it
are "not measured".
"""

from dataclasses import dataclass, field, fields
from functools import partial

import numpy as np

from dvlib.checks import (
    check_coordinate,
    check_count,
    check_positive,
    check_seed,
    check_switch,
    short,
)
from dvlib.data.datasets import NAMES, check_dataset
from dvlib.data.tables import is_csv
from dvlib.methods.shapley.stratified import check_budget

# Upper limits of counts, so that a mistyped number is noticed at once. MANY seeds: 200 epochs of
# 10,000 points take 2 GB. LONG, for fits and iterations: the results that are kept take 1 GB.
MANY, LONG = 1_000, 1_000_000
MOST_PER_LABEL = 200  # 400 points: all subsets that leave out one pair take 256 MB
MOST_POINTS = 1_000  # a data set of the plane has 670 training points, a table as many rows

STEPS = ("grid_step", "fine_step")  # of the grids of valued points
MAX_POINTS = 10_000  # of a grid; on the mesh alone, all subsets without one point take 400 MB


def _parameter(says, check=None):
    """A field whose `check(name, given)` returns the given value as a plain one."""
    return field(default=None, metadata={"says": says, "check": check})


def _count(says, at_least=1, at_most=MANY):
    return _parameter(says, partial(check_count, at_least=at_least, at_most=at_most))


def _switch(says):
    return _parameter(says, check_switch)


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Values of a notebook's parameters; None = the figure does not use the parameter."""

    # The first six (COMMON) stand in every notebook, in this order.
    dataset: str | None = _parameter("name of a data set, or path of a CSV file")
    preset: str = _parameter("quick (seconds) or paper (the paper's resolution)")
    regime: str = _parameter("library (library defaults) or wide (wider clusters and batches)")
    grid_step: float | None = _parameter("step of the grid of valued points", check_positive)
    seed: int = _parameter("of the data and of the first fit", lambda _, given: check_seed(given))
    n_seeds: int | None = _count("fits per training set")
    n_seeds_mesh: int | None = _count("fits per training set, on the mesh alone")
    n_iterations: int | None = _count("iterations of a DVRL run", at_most=LONG)
    scaled: bool | None = _switch("DVRL's estimator sees coordinates scaled to [0, 1]")
    n_data_seeds: int | None = _count("samples of the data set")
    n_few: int | None = _count("samples of claims whose samples take long")
    shapley_every: int | None = _parameter("every k-th grid point gets Shapley values", check_count)
    n_sets: int | None = _count("random subsets for Shapley or pairwise values", 2)
    n_fits: int | None = _count(
        "fits for Shapley values of training points, or to subsets", at_most=LONG
    )
    n_fits_mesh: int | None = _count("fits for Shapley values of the mesh alone", at_most=LONG)
    fine_step: float | None = _parameter("step of the fine Shapley maps", check_positive)
    n_networks: int | None = _count("networks of an ensemble", 2)
    n_passes: int | None = _count("passes with dropout", 2)
    n_epochs: int | None = _count("epochs of the network with dropout")
    n_deep: int | None = _count("samples, and runs, of the deeper networks")
    n_points: int | None = _count(
        "points that get partners, candidates, or rows", at_most=MOST_POINTS
    )
    n_labels: int | None = _count("labels that are asked for, one after the other", at_most=100)
    n_per_label: int | None = _count("training points per label", 4, MOST_PER_LABEL)
    n_places: int | None = _count("places per side of a slice", 3, 100)
    n_valued: int | None = _count("grid points of each kind that are valued")
    n_random: int | None = _count("random settings of the space", 0)
    whole_grid: bool | None = _switch("the whole grid of settings is tried, not its corners")
    single_run: bool | None = _switch("one run is drawn alone")
    new_x: float | None = _parameter("first coordinate of the new point", check_coordinate)
    new_y: float | None = _parameter("second coordinate of the new point", check_coordinate)
    mesh_side: int | None = _parameter(
        "points per side of the mesh on which boundaries are compared",
        partial(check_count, at_least=2),
    )
    # Of figures that take given points; sampled points are never standardized.
    standardize: bool | None = _switch("points of a file are standardized; False = as they are")


PARAMETERS = {one.name: one.metadata for one in fields(Parameters)}
COMMON = tuple(PARAMETERS)[:6]
OF_GIVEN_POINTS = ("standardize",)  # parameters of every figure that takes given points


def checked(name, given):
    """The given value of a parameter, checked where the parameter has a check.

    Raises
    ------
    ValueError : the value is not allowed; the message says which values are
    """
    check = PARAMETERS[name]["check"]
    return check(name, given) if check else given


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
        raise ValueError(f"data set {short(str(name))}: {entry.name} needs {entry.needs}{advice}")
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

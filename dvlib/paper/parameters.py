"""The parameters of the notebooks: meaning, type and allowed values of each."""

from dataclasses import dataclass, field, fields
from functools import partial

from dvlib.checks import (
    check_coordinate,
    check_count,
    check_positive,
    check_seed,
    check_switch,
)

# Upper limits of counts, so that a mistyped number is noticed at once. MANY seeds: 200 epochs of
# 10,000 points take 2 GB. LONG, for fits and iterations: the results that are kept take 1 GB.
MANY, LONG = 1_000, 1_000_000
MOST_PER_LABEL = 200  # 400 points: all subsets that leave out one pair take 256 MB
MOST_POINTS = 1_000  # a data set of the plane has 670 training points, a table as many rows


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

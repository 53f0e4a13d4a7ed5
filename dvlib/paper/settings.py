"""A notebook's parameters: their meaning and allowed values, and the settings made of them.

What only a fit shows, such as points that are misclassified, is no requirement: claims that need it
are "not measured".
"""

import os
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from dvlib import checks
from dvlib.data.datasets import (
    GIVEN,
    NAMES,
    SAMPLED,
    check_dataset,
    make_dataset,
    plot_range_of,
    unit_of,
)
from dvlib.data.plane import is_given
from dvlib.data.tables import csv_digest, is_csv, read_table
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.methods.sample import Sample
from dvlib.methods.shapley.stratified import check_budget
from dvlib.methods.tensors import require_tensorflow
from dvlib.paper import places
from dvlib.paper.manifest import figure_entry
from dvlib.paper.regimes import REGIMES
from dvlib.refits.batch import RefitSettings
from dvlib.refits.cluster import open_client
from dvlib.refits.ledger import Ledger

PRESETS = ("quick", "paper", "confirm")  # the last of the notebook of all claims alone
# Upper limits of counts, so that a mistyped number is noticed at once. MANY seeds: 200 epochs of
# 10,000 points take 2 GB. LONG, for fits and iterations: the results that are kept take 1 GB.
MANY, LONG = 1_000, 1_000_000
MOST_PER_LABEL = 200  # 400 points: all subsets that leave out one pair take 256 MB
MOST_POINTS = 1_000  # a data set of the plane has 670 training points, a table as many rows

SEEDS_OF_A_SAMPLE = 10_000  # training seeds that no other sample has
STEPS = ("grid_step", "fine_step")  # of the grids of valued points
MAX_POINTS = 10_000  # of a grid; on the mesh alone, all subsets without one point take 400 MB


def _parameter(says, checked=None):
    """A field whose `checked(name, given)` returns the given value as a plain one."""
    return field(default=None, metadata={"says": says, "check": checked})


def _count(says, at_least=1, at_most=MANY):
    return _parameter(says, partial(checks.check_count, at_least=at_least, at_most=at_most))


def _switch(says):
    return _parameter(says, checks.check_switch)


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Values of a notebook's parameters; None = the figure does not use the parameter."""

    # The first six (COMMON) stand in every notebook, in this order.
    dataset: str | None = _parameter("name of a data set, or path of a CSV file")
    preset: str = _parameter("quick (seconds) or paper (the paper's resolution)")
    regime: str = _parameter("library (library defaults) or wide (wider clusters and batches)")
    grid_step: float | None = _parameter("step of the grid of valued points", checks.check_positive)
    seed: int = _parameter(
        "of the data and of the first fit", lambda _, given: checks.check_seed(given)
    )
    n_seeds: int | None = _count("fits per training set")
    n_seeds_mesh: int | None = _count("fits per training set, on the mesh alone")
    n_iterations: int | None = _count("iterations of a DVRL run", at_most=LONG)
    scaled: bool | None = _switch("DVRL's estimator sees coordinates scaled to [0, 1]")
    n_data_seeds: int | None = _count("samples of the data set")
    shapley_every: int | None = _parameter(
        "every k-th grid point gets Shapley values", checks.check_count
    )
    n_sets: int | None = _count("random subsets for Shapley or pairwise values", 2)
    n_fits: int | None = _count(
        "fits for Shapley values of training points, or to subsets", at_most=LONG
    )
    n_fits_mesh: int | None = _count("fits for Shapley values of the mesh alone", at_most=LONG)
    fine_step: float | None = _parameter("step of the fine Shapley maps", checks.check_positive)
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
    whole_grid: bool | None = _switch("the whole grid of settings is tried, not its corners")
    single_run: bool | None = _switch("one run is drawn alone")
    new_x: float | None = _parameter("first coordinate of the new point", checks.check_coordinate)
    new_y: float | None = _parameter("second coordinate of the new point", checks.check_coordinate)
    mesh_side: int | None = _parameter(
        "points per side of the mesh on which boundaries are compared",
        partial(checks.check_count, at_least=2),
    )
    # Of figures that take given points; sampled points are never standardized.
    standardize: bool | None = _switch("points of a file are standardized; False = as they are")


PARAMETERS = {parameter.name: parameter.metadata for parameter in fields(Parameters)}
COMMON = tuple(PARAMETERS)[:6]
OF_GIVEN_POINTS = ("standardize",)  # parameters of every figure that takes given points


@dataclass(frozen=True, kw_only=True)
class Settings(Parameters):
    """The parameters that one run of a figure's notebook uses, and the origin of each."""

    figure_id: str
    origins: dict  # parameter → its origin in words, in the order of the notebook's first cell
    ledger: Ledger = field(default_factory=Ledger, repr=False, compare=False)  # of this run

    def __str__(self):
        width = max(map(len, self.values))
        lines = [
            f"{name:<{width}} = {value!s:<13} ({self.origins[name]})"
            for name, value in self.values.items()
        ]
        written_for, dataset = self.entry.dataset, self.dataset
        if written_for not in (None, dataset):
            lines.append(
                f"Claims and text of this figure are of {written_for}, not of {Path(dataset).stem}."
            )
        if self.regime != "library":
            here, usual = (
                REGIMES[name].words_of(dataset, self.entry.watched)
                for name in (self.regime, "library")
            )
            lines.append(f"Regime {self.regime}: {here}. The text is of regime library: {usual}.")
        if dataset is not None and self.data.g is None:
            lines.append(
                f"The ground truth of {Path(dataset).stem} is unknown: dv is taken against f_X. "
                "Points to add get\nthe label of the nearest training point; a mesh alone has that "
                "for its ground truth."
            )
        if self._n_per_class and dataset in (None, *SAMPLED):
            lines.append(f"At quick, data have {self._n_per_class} points per label, not 500.")
        return "\n".join([*lines, *filter(None, [self.unread])])

    @property
    def unread(self):
        """A sentence on the columns of a user's file that are not read; None = there are none."""
        unused = read_table(self.dataset).unused if is_csv(self.dataset) else ()
        return f"Columns of the file that are not used: {', '.join(unused)}." if unused else None

    @property
    def values(self):
        """The figure's parameters as a dict, in the order of the notebook's first cell."""
        return {name: getattr(self, name) for name in self.origins}

    @property
    def entry(self):
        return figure_entry(self.figure_id)

    @property
    def own(self):
        """Whether these are settings with which `figures/` was made, but for the regime beside."""
        preset = {"preset": "paper" if self.preset == "quick" else self.preset}
        return self.values == _complete(self.figure_id, preset).values

    @property
    def folder(self):
        """The bundle's folder: `figures` for PNGs of the figure's own settings.

        That of the preset "confirm" lies in it. Other settings and formats have a folder in
        `build`, named after preset and given parameters; a table is named by its stem and a digest
        of its contents.
        """
        if self.own and places.picture_format() == places.FORMATS[0]:
            return places.figures_folder() / ("confirm" if self.preset == "confirm" else "")
        given = {name: value for name, value in self.values.items()
                 if self.origins[name] == "given" and name != "preset"}  # fmt: skip
        if is_csv(given.get("dataset")):
            given["dataset"] = f"{Path(self.dataset).stem}-{csv_digest(self.dataset)}"
        parts = [f"{name}-{value}" for name, value in given.items()]
        return places.build_folder() / "__".join([self.preset, *parts])

    @property
    def _n_per_class(self):
        """Points per label of drawn data; None = the usual number."""
        return self.entry.n_per_class if self.preset == "quick" else None

    @cached_property
    def data(self):
        """The data set."""
        return self.dataset_of(self.seed)

    def dataset_of(self, seed, name=None, **options):
        """A sample of a data set (None: the settings' own); `options` are of `make_dataset`."""
        how, name = (self.standardize, self.dataset) if name is None else (None, name)
        usual = {"cluster_std": REGIMES[self.regime].cluster_std_of(name)}
        if name in SAMPLED:
            usual["n_per_class"] = self._n_per_class
        options = usual | options
        return make_dataset(name, seed=seed, standardize=how, **options)

    @property
    def config(self):
        """MLPConfig of the figure's networks."""
        return REGIMES[self.regime].config(self.entry.watched)

    @property
    def plot_range(self):
        """(low, high) of the plotted and valued range, the same for both coordinates."""
        return plot_range_of(self.dataset, self.standardize)

    @property
    def grid(self):
        """X_P^M, the grid of valued points."""
        return self.mesh_of_step(self.grid_step)

    def mesh_of_step(self, step):
        """A mesh of the given step over the plotted range."""
        return MeshGrid.from_step(*self.plot_range, step)

    @property
    def drawing_mesh(self):
        """A fine mesh over the plotted range, for boundaries and regions."""
        return MeshGrid(*self.plot_range, 351)  # step 0.1: boundaries look smooth

    @property
    def curve_mesh(self):
        """The mesh from which the boundaries of many runs are interpolated as curves."""
        return MeshGrid(*self.plot_range, 71)  # step 0.5: f is almost linear along it

    def sample(self, k=0, name=None, kind=Sample, methods=None, **changes):
        """Sample k of a data set (None: the settings' own), with the points of the grid.

        `kind` is dvlib.methods.sample.Sample, TrainingPoints or MeshAlone, `methods` a dict of name
        → Recipe, and `changes` are of the sample's other attributes, such as its RefitSettings.
        """
        usual = {"seed": self.training_seed(k), "drawing_mesh": self.drawing_mesh}
        usual["grid"] = None if self.grid_step is None else self.grid
        if "data" not in changes:
            usual["data"] = self.dataset_of(self.seed + k, name)
        if "settings" not in changes:
            usual["settings"] = self.refits(k=k)
        return kind(methods=methods or {}, **usual | changes)

    def samples(self, name=None, **options):
        """`n_data_seeds` samples, with consecutive seeds; `options` are those of `sample`."""
        return [self.sample(k, name, **options) for k in range(self.n_data_seeds)]

    def on_each(self, figures):
        """The settings of several figures with this one's values: a dict.

        `figures` is a dict of data set in words → id of a figure that takes the same parameters.
        """
        given = {name: value for name, value in self.values.items() if name != "dataset"}
        return {name: resolve(figure_id, **given) for name, figure_id in figures.items()}

    def training_seed(self, k=0):
        """The first training seed of sample k.

        No two samples share one, so that an interval over samples holds the chance of training,
        too. The sample of data seed 0 has the training seeds from 0 on.
        """
        return (self.seed + k) * SEEDS_OF_A_SAMPLE % (2**32 - SEEDS_OF_A_SAMPLE)

    def refits(self, n_seeds="n_seeds", k=0):
        """RefitSettings of sample k, with as many seeds as the parameter named `n_seeds` says."""
        return self.refits_of(getattr(self, n_seeds), k)

    def refits_of(self, count, k=0):
        """RefitSettings of sample k with `count` training seeds."""
        ends = (X_M.low, X_M.high) if self.dataset is None else self.data.mesh_range
        first = self.training_seed(k)
        mesh = MeshGrid(*ends, self.mesh_side)
        return RefitSettings(range(first, first + count), self.config, mesh)


def parameter_names(figure_id):
    """Parameters of a figure's notebook, in the order of its first cell."""
    entry = figure_entry(figure_id)
    given_only = OF_GIVEN_POINTS if {*GIVEN} <= {*entry.datasets} else ()
    further = (name for name in entry.presets["paper"] if name not in COMMON)
    return (*COMMON, *further, "mesh_side", *given_only)


def resolve(figure_id, **parameters):
    """Check a notebook's parameters and fill in missing or None values from the preset.

    Parameters
    ----------
    figure_id : such as "fig01"
    parameters : values by name (`parameter_names`); None = from the preset

    Returns
    -------
    Settings, with a ledger of the fits from now on

    Raises
    ------
    ValueError : unknown figure, data set, preset or name, a number out of range, or data that lack
        what the figure needs
    NotADirectoryError : the path of the bundle's folder is a file
    PermissionError : the bundle's folder is not writable
    ClusterError : see `dvlib.use_cluster`
    MissingTensorFlow : the figure needs TensorFlow, which is not installed
    """
    entry = figure_entry(figure_id)
    for name in parameters:
        checks.check_choice(f"parameter of {figure_id}", name, parameter_names(figure_id))
    settings = _complete(figure_id, parameters)
    _fail_early(settings)
    if entry.needs_tensorflow:
        require_tensorflow(entry.name)
    return settings


def _complete(figure_id, parameters):
    """Settings from the given parameters, then the preset, then the defaults."""
    entry, names = figure_entry(figure_id), parameter_names(figure_id)
    given = {name: checks.unboxed(parameters[name]) for name in names
             if parameters.get(name) is not None}  # fmt: skip
    if is_csv(given.get("dataset")):
        given["dataset"] = str(given["dataset"])  # a pathlib.Path
    for name, value in given.items():
        if not checks.is_plain(value):
            raise ValueError(f"{name} {checks.short(value)}: give a number or a word")
    preset = checks.check_choice("preset", given.get("preset", "quick"), entry.presets)
    how = given.get("standardize")
    checks.check_choice("regime", given.get("regime", "library"), REGIMES)
    dataset = _allowed_dataset(entry, given.get("dataset", entry.dataset), how)
    unit = unit_of(plot_range_of(dataset, how))
    given_only = {"standardize": True} if is_given(dataset) else {}
    if not given_only:  # nothing says that a figure of sampled points is not standardized
        names = tuple(name for name in names if name not in OF_GIVEN_POINTS)
    from_preset = dict(entry.presets[preset])
    for name in STEPS:  # given for the paper's plane
        if from_preset.get(name) is not None:
            from_preset[name] *= unit
    values = {"dataset": entry.dataset, "preset": "quick", "regime": "library", "seed": 0}
    values |= {"mesh_side": X_M.side} | given_only | from_preset

    origins = {}
    for name in names:
        origins[name] = f"preset {preset}" if name in from_preset else "default"
        if name in entry.unused:
            if name in given:
                raise ValueError(f"{name} {given[name]!r}: {figure_id} does not use it, give None")
            values[name], origins[name] = None, "not used by this figure"
        elif name in given:
            checked = PARAMETERS[name]["check"]
            value = checked(name, given[name]) if checked else given[name]
            if value != values[name]:
                values[name], origins[name] = value, "given"
    return Settings(figure_id=figure_id, origins=origins, **values)


def _allowed_dataset(entry, name, standardize):
    """`name` if a figure can use that data set, else a ValueError; see `check_dataset`."""
    known = is_csv(name) or (isinstance(name, str) and name in NAMES)
    takes_files = set(NAMES) <= set(entry.datasets)
    if known and not (name in entry.datasets or (is_csv(name) and takes_files)):
        names = ", ".join(filter(None, entry.datasets))
        advice = f": give one of {names}" if names else ""
        raise ValueError(
            f"data set {checks.short(str(name))}: {entry.name} needs {entry.needs}{advice}"
        )
    return check_dataset(name, entry.datasets, standardize)


def _fail_early(settings):
    """Raise, before any fit, the errors that would otherwise come only after some."""
    for name in ("n_seeds", "n_seeds_mesh", "n_networks"):
        if getattr(settings, name) is not None:
            settings.refits(name)
    checks.check_seed(settings.seed + (settings.n_data_seeds or 1) - 1)
    _check_grids(settings)
    for name, least in settings.entry.least.items():
        checks.check_count(name, getattr(settings, name), at_least=least)
    folder = settings.folder
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not existing.is_dir():
        raise NotADirectoryError(f"{existing} is a file, and the figure would go into that folder")
    if not os.access(existing, os.W_OK):
        raise PermissionError(f"{existing} cannot be written, and the figure would go there")
    open_client()


def _check_grids(settings):
    """Raise a ValueError, with what the figure needs, if its grids will not do."""
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
                f"shapley_every {every}: one point in {every} of step {step} leaves the plotted "
                f"range, {width:g}: give a smaller one"
            )
    if settings.n_fits_mesh is not None:
        check_budget(settings.grid.side**2, settings.n_fits_mesh, "n_fits_mesh")
    fewest = settings.entry.points_of_a_label
    if fewest is not None:
        counts = np.bincount(settings.data.label(settings.grid.points), minlength=2)
        if counts.min() < fewest:
            raise ValueError(
                f"grid_step {settings.grid_step:g}: {settings.entry.name} trains on the grid, "
                f"which has {counts[0]} points of label 0 and {counts[1]} of label 1; {fewest} or "
                "more of each are needed, give a smaller step"
            )

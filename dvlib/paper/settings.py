"""Turns a notebook's parameters into settings: checks them and fills them in from the preset."""

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dvlib.checks import check_choice, check_seed, is_plain, short, unboxed
from dvlib.data.datasets import GIVEN, make_dataset, plot_range_of, unit_of
from dvlib.data.plane import is_given
from dvlib.data.tables import is_csv, read_table
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.methods.sample import Sample
from dvlib.methods.tensors import require_tensorflow
from dvlib.paper.manifest import figure_entry
from dvlib.paper.parameters import (
    COMMON,
    OF_GIVEN_POINTS,
    STEPS,
    Parameters,
    allowed_dataset,
    check_requirements,
    checked,
)
from dvlib.paper.places import bundle_folder
from dvlib.paper.regimes import REGIMES
from dvlib.refits.batch import RefitSettings
from dvlib.refits.cluster import open_client
from dvlib.refits.ledger import Ledger

PRESETS = ("quick", "paper")


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
        if self.unread:
            lines.append(self.unread)
        return "\n".join(lines)

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
        """Whether these are the figure's own settings, with which `figures/` was made."""
        return self.values == _complete(self.figure_id, {"preset": "paper"}).values

    @property
    def folder(self):
        """The bundle's folder: `figures` for the figure's own settings, else one in `build`."""
        return bundle_folder(self)

    @cached_property
    def data(self):
        """The data set."""
        return self.dataset_of(self.seed)

    def dataset_of(self, seed, name=None, **options):
        """A sample of a data set (None: the settings' own); `options` are of `make_dataset`."""
        how, name = (self.standardize, self.dataset) if name is None else (None, name)
        options = {"cluster_std": REGIMES[self.regime].cluster_std_of(name)} | options
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
    def unit(self):
        """Length of a unit of the paper's plane in this data set's plane; it scales distances."""
        return unit_of(self.plot_range)

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

        Parameters
        ----------
        kind : dvlib.methods.sample.Sample, TrainingPoints or MeshAlone
        methods : dict of name → Recipe
        changes : of the sample's other attributes, such as its RefitSettings
        """
        usual = {"seed": self.seed, "drawing_mesh": self.drawing_mesh}
        usual["grid"] = None if self.grid_step is None else self.grid
        if "data" not in changes:
            usual["data"] = self.dataset_of(self.seed + k, name)
        if "settings" not in changes:
            usual["settings"] = self.refits()
        return kind(methods=methods or {}, **usual | changes)

    def samples(self, name=None, **options):
        """`n_data_seeds` samples, with consecutive seeds; `options` are those of `sample`."""
        return [self.sample(k, name, **options) for k in range(self.n_data_seeds)]

    def on_each(self, figures):
        """The settings of several figures with this one's values: a dict.

        Parameters
        ----------
        figures : dict of data set in words → id of a figure that takes the same parameters
        """
        given = {name: value for name, value in self.values.items() if name != "dataset"}
        return {name: resolve(figure_id, **given) for name, figure_id in figures.items()}

    def refits(self, n_seeds="n_seeds"):
        """RefitSettings with as many seeds as the parameter named `n_seeds` says."""
        return self.refits_of(getattr(self, n_seeds))

    def refits_of(self, count):
        """RefitSettings with `count` seeds, starting at `seed`."""
        ends = (X_M.low, X_M.high) if self.dataset is None else self.data.mesh_range
        mesh = MeshGrid(*ends, self.mesh_side)
        return RefitSettings(range(self.seed, self.seed + count), self.config, mesh)


def parameter_names(figure_id):
    """Parameters of a figure's notebook, in the order of its first cell."""
    entry = figure_entry(figure_id)
    of_given = OF_GIVEN_POINTS if {*GIVEN} <= {*entry.datasets} else ()
    further = (name for name in entry.presets["paper"] if name not in COMMON)
    return (*COMMON, *further, "mesh_side", *of_given)


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
        what the figure needs (`dvlib.paper.parameters`)
    NotADirectoryError : the path of the bundle's folder is a file
    PermissionError : the bundle's folder is not writable
    ClusterError : see `dvlib.use_cluster`
    MissingTensorFlow : the figure needs TensorFlow, which is not installed
    """
    entry = figure_entry(figure_id)
    for name in parameters:
        check_choice(f"parameter of {figure_id}", name, parameter_names(figure_id))
    settings = _complete(figure_id, parameters)
    _fail_early(settings)
    if entry.needs_tensorflow:
        require_tensorflow(entry.name)
    return settings


def _complete(figure_id, parameters):
    """Settings from the given parameters, then the preset, then the defaults."""
    entry, names = figure_entry(figure_id), parameter_names(figure_id)
    given = {name: unboxed(parameters[name]) for name in names if parameters.get(name) is not None}
    if is_csv(given.get("dataset")):
        given["dataset"] = str(given["dataset"])  # a pathlib.Path
    for name, value in given.items():
        if not is_plain(value):
            raise ValueError(f"{name} {short(value)}: give a number or a word")
    preset = check_choice("preset", given.get("preset", "quick"), PRESETS)
    how = given.get("standardize")
    check_choice("regime", given.get("regime", "library"), REGIMES)
    dataset = allowed_dataset(entry, given.get("dataset", entry.dataset), how)
    unit = unit_of(plot_range_of(dataset, how))
    of_given = {"standardize": True} if is_given(dataset) else {}
    if not of_given:  # nothing says that a figure of sampled points is not standardized
        names = tuple(name for name in names if name not in OF_GIVEN_POINTS)
    from_preset = dict(entry.presets[preset])
    for name in STEPS:  # given for the paper's plane
        if from_preset.get(name) is not None:
            from_preset[name] *= unit
    values = {"dataset": entry.dataset, "preset": "quick", "regime": "library", "seed": 0}
    values |= {"mesh_side": X_M.side} | of_given | from_preset

    origins = {}
    for name in names:
        if name in entry.unused:
            if name in given:
                raise ValueError(f"{name} {given[name]!r}: {figure_id} does not use it, give None")
            values[name], origins[name] = None, "not used by this figure"
        elif name in given and (value := checked(name, given[name])) != values[name]:
            values[name], origins[name] = value, "given"
        else:
            origins[name] = f"preset {preset}" if name in from_preset else "default"
    return Settings(figure_id=figure_id, origins=origins, **values)


def _fail_early(settings):
    """Raise, before any fit, the errors that would otherwise come only after some."""
    for name in ("n_seeds", "n_seeds_mesh", "n_networks"):
        if getattr(settings, name) is not None:
            settings.refits(name)
    check_seed(settings.seed + (settings.n_data_seeds or 1) - 1)
    check_requirements(settings)
    existing = next(path for path in (settings.folder, *settings.folder.parents) if path.exists())
    if not existing.is_dir():
        raise NotADirectoryError(f"{existing} is a file, and the figure would go into that folder")
    if not os.access(existing, os.W_OK):
        raise PermissionError(f"{existing} cannot be written, and the figure would go there")
    open_client()

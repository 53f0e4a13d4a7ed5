"""From a notebook's parameters to settings: checked, completed from the preset, and printable."""

import difflib
from dataclasses import dataclass
from functools import cached_property

from dvlib.batches import RefitSettings
from dvlib.cache import project_root
from dvlib.checks import check_choice, check_count, check_positive, check_seed
from dvlib.datasets import make_dataset
from dvlib.figures import figure_entry
from dvlib.mesh import PLOT_RANGE, X_M, MeshGrid

COMMON = ("dataset", "preset", "grid_step", "seed", "n_seeds")  # first in every notebook
PRESETS = ("quick", "paper")
_CHECKS = {
    "grid_step": lambda value: check_positive("grid_step", value),
    "seed": check_seed,
    "n_seeds": lambda value: check_count("n_seeds", value),
    "n_seeds_mesh": lambda value: check_count("n_seeds_mesh", value),
    "mesh_side": lambda value: check_count("mesh_side", value, at_least=2),
}


@dataclass(frozen=True)
class Settings:
    """What one run of a figure's notebook uses. `values` and `origins` are by parameter name."""

    figure_id: str
    values: dict
    origins: dict

    def __str__(self):
        width = max(map(len, self.values))
        return "\n".join(
            f"{name:<{width}} = {value!s:<13} ({self.origins[name]})"
            for name, value in self.values.items()
        )

    @property
    def entry(self):
        return figure_entry(self.figure_id)

    @property
    def own(self):
        """Whether these are the figure's own settings, those of `figures/`."""
        own = resolve(self.figure_id, {"preset": "paper"})
        return self.values == own.values

    @property
    def folder(self):
        """Where the bundle goes: `figures` for the figure's own settings, else under `build`."""
        if self.own:
            return project_root() / "figures"
        given = [
            f"{name}-{value}"
            for name, value in self.values.items()
            if self.origins[name] == "given" and name != "preset"
        ]
        return project_root() / "build" / "__".join([self.values["preset"], *given])

    @cached_property
    def data(self):
        """The data set."""
        return make_dataset(self.values["dataset"], seed=self.values["seed"])

    @property
    def grid(self):
        """X_P^M, whose points are valued."""
        return MeshGrid.from_step(*PLOT_RANGE, self.values["grid_step"])

    @property
    def drawing_mesh(self):
        """A fine mesh over the plotted range, to draw boundaries and find regions on."""
        return MeshGrid(*PLOT_RANGE, 351)  # step 0.1: boundaries look smooth

    def refits(self, n_seeds="n_seeds"):
        """RefitSettings with as many seeds as the parameter of that name says."""
        seed, count = self.values["seed"], self.values[n_seeds]
        mesh = MeshGrid(X_M.low, X_M.high, self.values["mesh_side"])
        return RefitSettings(seeds=range(seed, seed + count), mesh=mesh)


def parameter_names(figure_id):
    """Names a figure's notebook takes, in the order of its first cell."""
    return (*COMMON, *figure_entry(figure_id).extra.get("paper", {}), "mesh_side")


def resolve(figure_id, parameters):
    """Check parameters and fill in what is None or missing from the preset.

    Parameters
    ----------
    figure_id : such as "fig01"
    parameters : dict that may hold more than parameters, such as a notebook's `globals()`; a name
        in it that looks like a misspelt parameter is an error

    Returns
    -------
    Settings

    Raises
    ------
    ValueError : unknown figure, data set, preset or name, or a number out of its range
    """
    entry, names = figure_entry(figure_id), parameter_names(figure_id)
    _refuse_misspelt(parameters, names)
    given = {name: parameters[name] for name in names if parameters.get(name) is not None}
    preset = check_choice("preset", given.get("preset", "quick"), PRESETS)
    from_preset = entry.presets[preset] | entry.extra.get(preset, {})
    default = {"dataset": entry.dataset, "preset": "quick", "seed": 0, "mesh_side": X_M.side}

    values, origins = {}, {}
    for name in names:
        if name in entry.unused:
            values[name], origins[name] = None, "not used by this figure"
        elif name in given and given[name] != default.get(name):
            check = _CHECKS.get(name, lambda value: value)
            values[name], origins[name] = check(given[name]), "given"
        elif name in from_preset:
            values[name], origins[name] = from_preset[name], f"preset {preset}"
        else:
            values[name], origins[name] = default[name], "default"
        if name in from_preset and values[name] == from_preset[name]:
            origins[name] = f"preset {preset}"
    check_choice("data set", values["dataset"], entry.datasets)
    settings = Settings(figure_id, values, origins)
    if values["grid_step"] is not None:
        settings.grid, settings.refits()  # their errors come now, not after the first fits
    return settings


def _refuse_misspelt(parameters, names):
    plain = (str, int, float, type(None))
    for name, value in parameters.items():
        if name in names or name.startswith("_") or not isinstance(value, plain):
            continue
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.75)
        if near:
            raise ValueError(
                f"unknown parameter {name!r}: give {', '.join(names)}; did you mean {near[0]!r}?"
            )

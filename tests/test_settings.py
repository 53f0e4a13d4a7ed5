"""Parameters of a notebook: completed, traced to their origin, and refused when wrong."""

import re

import pytest

from dvlib.cache import project_root
from dvlib.figures import FIGURES
from dvlib.run import parse_parameters
from dvlib.settings import _CHECKS, parameter_names, resolve


def test_none_and_missing_come_from_the_preset():
    quick, paper = resolve("fig01", {}), resolve("fig01", {"preset": "paper", "n_seeds": None})
    assert quick.values["grid_step"] == 2 and paper.values["grid_step"] == 1
    assert paper.values["n_seeds"] == 10 and paper.origins["n_seeds"] == "preset paper"
    assert quick.origins["seed"] == "default"


def test_given_values_win_and_say_so():
    settings = resolve("fig01", {"grid_step": 3, "dataset": "noisy"})
    assert settings.values["grid_step"] == 3 and settings.origins["grid_step"] == "given"
    assert "dataset      = noisy         (given)" in str(settings)
    assert "Claims and text of this figure are of two_clusters" in str(settings)
    assert settings.grid.side == 12  # -10, -7, …, 23


def test_only_the_figures_own_settings_go_to_figures():
    root = project_root()
    assert resolve("fig01", {"preset": "paper"}).folder == root / "figures"
    assert resolve("fig01", {"preset": "paper", "grid_step": 1}).folder == root / "figures"
    for other in ({}, {"preset": "paper", "seed": 1}, {"preset": "paper", "n_seeds": 2}):
        assert (root / "build") in resolve("fig01", other).folder.parents
    two = [resolve("fig01", {"seed": seed}).folder for seed in (1, 2)]
    assert two[0] != two[1]


def test_seeds_follow_the_seed():
    assert resolve("fig01", {"seed": 5, "n_seeds": 2}).refits().seeds == (5, 6)
    assert resolve("fig01", {"n_seeds_mesh": 4}).refits("n_seeds_mesh").seeds == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"dataset": "two_cluster"}, "unknown data set 'two_cluster'.*did you mean 'two_clusters'"),
        ({"preset": "papr"}, "unknown preset 'papr'.*quick, paper.*did you mean 'paper'"),
        ({"grid_step": 0}, "grid_step 0: give a finite number above 0"),
        ({"grid_step": -1.5}, "grid_step -1.5"),
        ({"grid_step": "1"}, "grid_step '1': give a number above 0"),
        ({"grid_step": 36}, "grid step 36.*at most the range, 35"),
        ({"grid_step": float("nan")}, "grid_step nan"),
        ({"seed": -1}, "seed -1: give a whole number of 0 or more"),
        ({"seed": 1.5}, "seed 1.5"),
        ({"seed": 2**32}, "below 2\\*\\*32"),
        ({"n_seeds": 0}, "n_seeds 0: give a whole number of 1 or more"),
        ({"n_seeds": True}, "n_seeds True"),
        ({"mesh_side": 1}, "mesh_side 1: give a whole number of 2 or more"),
        ({"mesh_side": 10**6}, "mesh side 1000000: give 2 to"),
        ({"grid_stepp": 3}, "unknown parameter 'grid_stepp'.*did you mean 'grid_step'"),
        ({"nseeds": 3}, "did you mean 'n_seeds'"),
    ],
)
def test_bad_parameters_are_refused_with_what_is_allowed(parameters, message):
    with pytest.raises(ValueError, match=message):
        resolve("fig01", parameters)


def test_unknown_figure_names_the_nearest():
    with pytest.raises(
        ValueError, match="unknown figure 'fig001': give one of fig01.*mean 'fig01'"
    ):
        resolve("fig001", {})


def test_a_notebooks_other_names_are_not_parameters():
    resolve("fig01", {"figure": object(), "In": ["x"], "study": 3, "_i1": "…", "dvlib": pytest})


def test_assignments_of_the_command_line():
    text = ["grid_step=3", "dataset=noisy", "seed=2", "n_seeds=None"]
    assert parse_parameters("fig01", text) == {
        "grid_step": 3, "dataset": "noisy", "seed": 2, "n_seeds": None,
    }  # fmt: skip
    with pytest.raises(ValueError, match="give name=value"):
        parse_parameters("fig01", ["grid_step"])
    with pytest.raises(ValueError, match="unknown parameter 'colour': fig01 takes dataset"):
        parse_parameters("fig01", ["colour=3"])
    with pytest.raises(ValueError, match="did you mean 'grid_step'"):
        parse_parameters("fig01", ["gridstep=3"])


def test_too_fine_a_grid_and_unused_parameters_are_refused_before_any_fit():
    with pytest.raises(ValueError, match="grid_step 0.1: 123201 points.*give a larger step"):
        resolve("fig01", {"grid_step": 0.1})
    with pytest.raises(ValueError, match="n_seeds 3: fig05 does not use it"):
        resolve("fig05", {"n_seeds": 3})
    with pytest.raises(ValueError, match="n_seeds_mesh is not a parameter of this figure"):
        resolve("fig03", {"n_seeds_mesh": 3})
    for name in ("GRID_STEP", "step", "gridstep"):
        with pytest.raises(ValueError, match="did you mean 'grid_step'"):
            resolve("fig01", {name: 3})


@pytest.mark.parametrize(
    ("figure", "parameters", "message"),
    [
        ("fig07", {"n_data_seeds": 0}, "n_data_seeds 0: give a whole number of 1 or more"),
        ("fig07", {"n_deep": 1.5}, "n_deep 1.5"),
        ("fig07", {"seed": 2**32 - 2}, "seed 4294967296: give a whole number below"),
        ("fig08", {"grid_step": 2}, "grid_step 2: fig08 does not use it"),
        ("fig09", {"new_x": "15"}, "new_x '15': give a number"),
        ("fig09", {"new_y": float("inf")}, "new_y inf: give a finite number"),
        ("fig16", {"single_run": "yes"}, "unknown single_run 'yes': give one of False, True"),
        ("fig16", {"single_runs": True}, "did you mean 'single_run'"),
    ],
)
def test_parameters_of_the_boundary_figures_are_checked(figure, parameters, message):
    with pytest.raises(ValueError, match=message):
        resolve(figure, parameters)


def test_a_figure_without_a_grid_has_its_seeds_checked_too():
    with pytest.raises(ValueError, match="seed 4294967296"):
        resolve("fig08", {"seed": 2**32 - 3, "n_seeds": 4, "n_data_seeds": 1})


@pytest.mark.parametrize(
    ("figure_id", "changes", "message"),
    [
        ("fig12", {"grid_step": 10}, "shapley_every 4: every 4th point of step 10.0 leaves"),
        ("ext03", {"n_seeds": 1}, "n_seeds"),
        ("ext03", {"n_networks": 3}, "n_networks"),
    ],
)
def test_what_only_a_comparison_cannot_do_is_refused_at_once(figure_id, changes, message):
    with pytest.raises(ValueError, match=message):
        resolve(figure_id, changes)


def test_every_parameter_of_the_manifest_is_checked_and_known_to_make():
    names = {name for figure_id in FIGURES for name in parameter_names(figure_id)}
    assert names - {"dataset", "preset"} <= _CHECKS.keys()  # these two are chosen from lists
    makefile = (project_root() / "Makefile").read_text().replace("\\\n", "")
    of_make = re.search(r"^PARAMETERS := (.*)", makefile, re.MULTILINE)[1].split()
    assert sorted(of_make) == sorted(name.upper() for name in names)

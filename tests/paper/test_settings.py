"""Parameters of a notebook: completed, traced to their origin, and refused when wrong."""

import pytest

from dvlib.paper.manifest import FIGURES
from dvlib.paper.settings import PARAMETERS, parameter_names, resolve
from dvlib.root import project_root
from dvlib.suite.command import parse_parameters


def test_none_and_missing_come_from_the_preset():
    quick, paper = resolve("fig01"), resolve("fig01", preset="paper", n_seeds=None, seed=5)
    assert quick.values["grid_step"] == 2.5 and paper.values["grid_step"] == 1
    assert paper.values["n_seeds"] == 10 and paper.origins["n_seeds"] == "preset paper"
    assert quick.origins["seed"] == "default"


def test_samples_share_no_training_seed_though_each_has_as_many_as_is_allowed():
    settings = resolve("fig01", n_seeds=1_000, seed=5)
    assert settings.refits_of(3).seeds == (50_000, 50_001, 50_002)
    assert settings.refits_of(2, 2).seeds == settings.sample(2).settings.seeds[:2]
    assert resolve("fig01").refits("n_seeds_mesh").seeds[:2] == (0, 1)
    seeds = [seed for k in range(20) for seed in settings.refits(k=k).seeds]
    assert len({*seeds}) == 20 * 1_000
    # Sample k of a figure is the one with its data seed, whichever seed the figure starts at.
    assert resolve("fig01", seed=7).training_seed() == settings.training_seed(2)
    assert max(resolve("fig01", n_seeds=1_000, seed=2**32 - 1).refits().seeds) < 2**32


def test_quick_draws_fewer_points_where_each_is_left_out():
    quick, paper = resolve("fig10"), resolve("fig10", preset="paper")
    assert len(quick.data.X) == 134 and len(paper.data.X) == 670  # two thirds of 200 and of 1,000
    assert "100 points per label, not 500" in str(quick) and "not 500" not in str(paper)
    assert len(quick.dataset_of(0, n_per_class=50).y) == 67  # a given number comes first
    assert "not 500" not in str(resolve("fig10", dataset="digits_3_5"))  # its points are given
    assert len(resolve("fig01").data.X) == 670


def test_given_values_override_the_preset_and_are_shown_as_given():
    settings = resolve("fig01", grid_step=3, dataset="noisy")
    assert settings.values["grid_step"] == 3 and settings.origins["grid_step"] == "given"
    assert "dataset      = noisy         (given)" in str(settings)
    assert "Claims and text of this figure are of two_clusters" in str(settings)
    assert settings.grid.side == 12  # -10, -7, …, 23


def test_only_the_paper_preset_without_changes_goes_to_figures():
    root = project_root()
    assert resolve("fig01", preset="paper").folder == root / "figures"
    assert resolve("fig01", preset="paper", grid_step=1).folder == root / "figures"
    for other in ({}, {"preset": "paper", "seed": 1}, {"preset": "paper", "n_seeds": 2}):
        assert (root / "build") in resolve("fig01", **other).folder.parents
    two = [resolve("fig01", seed=seed).folder for seed in (1, 2)]
    assert two[0] != two[1]


def test_assignments_of_the_command_line():
    text = ["grid_step=3", "dataset=noisy", "seed=2", "n_seeds=None"]
    assert parse_parameters("fig01", text) == {
        "grid_step": 3, "dataset": "noisy", "seed": 2, "n_seeds": None,
    }  # fmt: skip
    with pytest.raises(ValueError, match="give name=value"):
        parse_parameters("fig01", ["grid_step"])
    with pytest.raises(ValueError, match="did you mean 'grid_step'"):
        parse_parameters("fig01", ["gridstep=3"])


def test_every_parameter_of_the_manifest_is_checked():
    names = {name for figure_id in FIGURES for name in parameter_names(figure_id)}
    assert names == PARAMETERS.keys() and all(of["says"] for of in PARAMETERS.values())
    unchecked = {name for name, of in PARAMETERS.items() if of["check"] is None}
    assert unchecked == {"dataset", "preset", "regime"}  # these are chosen from lists

"""Samples of the groups: seeds and budgets that are divided, and data sets without noise."""

import numpy as np

import dvlib
from dvlib.methods.sample import MeshAlone
from dvlib.paper.figures import agreement, leave_one_out, shapley


def test_data_without_noise_are_all_but_one(monkeypatch):
    monkeypatch.setattr(agreement, "at_chosen", lambda sample: sample)
    settings = dvlib.resolve("fig01")
    every, clean = agreement._samples(settings, 2)
    assert every.keys() - clean.keys() == {"noisy"} and len(clean) == 3
    assert [sample.data.seed for sample in every["four_clusters"]] == [0, 1]
    assert {sample.data.name for sample in every["noisy"]} == {"noisy"}


def test_samples_of_the_mesh_value_other_points_and_have_other_seeds():
    settings = dvlib.resolve("fig15", preset="paper", n_seeds=2, seed=10)
    samples = leave_one_out.meshes_alone(settings, 3)
    firsts = [10 * 10_000, 11 * 10_000, 12 * 10_000]  # of the samples with data seeds 10 to 12
    assert [sample.settings.seeds for sample in samples] == [(k, k + 1) for k in firsts]
    for sample in samples:
        assert len(set(sample.where)) == leave_one_out.OF_THE_MESH and max(sample.where) < 36**2
        assert (np.diff(sample.where) > 0).all()
    assert len({tuple(sample.where) for sample in samples}) == 3
    # The other regime values the same points with the same seeds.
    wide = dvlib.resolve("fig15", preset="paper", n_seeds=2, seed=10, regime="wide")
    again = leave_one_out.meshes_alone(wide, 3)
    np.testing.assert_array_equal(again[1].where, samples[1].where)


def test_each_run_on_the_mesh_has_the_whole_budget_and_other_seeds(monkeypatch):
    seen = []
    monkeypatch.setattr(
        MeshAlone, "shapley",
        lambda mesh, n_fits, target: seen.append((mesh.settings.seeds, n_fits)) or len(seen),
    )  # fmt: skip
    settings = dvlib.resolve("fig02", n_seeds=2, n_fits_mesh=4_000)
    (runs,) = shapley._of_the_mesh(settings, 4)
    firsts = 10_000 * np.arange(4)
    assert seen == [((k, k + 1), 4_000) for k in firsts] and runs == [1, 2, 3, 4]

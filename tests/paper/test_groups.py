"""Samples of the groups: coordinates, places and baselines that take turns, and clean data sets."""

import re
from types import SimpleNamespace

import numpy as np

import dvlib
from dvlib.paper import groups
from dvlib.paper import samples as makers
from dvlib.root import project_root


def test_data_without_noise_are_all_but_one(monkeypatch):
    monkeypatch.setattr(makers, "sample", lambda settings, k, name: (name, k))
    monkeypatch.setattr(makers, "compared_other", lambda settings, data, shapley: data)
    (every, clean), passes = makers.every_data_set_samples(None, 2)
    assert every.keys() - clean.keys() == {"noisy"} and len(clean) == 3
    assert len(passes) == 8


def test_samples_of_the_mesh_value_other_points_and_have_other_seeds(monkeypatch):
    def mesh_alone(settings, n_seeds, at):
        return SimpleNamespace(seeds=list(settings.refits(n_seeds).seeds), at=at)

    monkeypatch.setattr(makers, "mesh_alone", mesh_alone)
    settings = dvlib.resolve("fig15", preset="paper", n_seeds=2, seed=10)
    (samples,), _ = makers.watched_mesh_samples(settings, 3)
    assert [one.seeds for one in samples] == [[10, 11], [12, 13], [14, 15]]
    for one in samples:
        assert len(set(one.at)) == makers.OF_THE_MESH and max(one.at) < 36**2
        assert (np.diff(one.at) > 0).all()
    assert len({tuple(one.at) for one in samples}) == 3
    # The other regime values the same points with the same seeds.
    wide = dvlib.resolve("fig15", preset="paper", n_seeds=2, seed=10, regime="wide")
    (again,), _ = makers.watched_mesh_samples(wide, 3)
    np.testing.assert_array_equal(again[1].at, samples[1].at)


def test_the_budget_of_the_mesh_is_divided_among_runs_of_other_seeds(monkeypatch):
    seen = []

    def sampler(points, labels, g, refits, *, n_fits, target):
        seen.append((tuple(refits.seeds), n_fits))
        return SimpleNamespace(values=len(seen))

    monkeypatch.setattr(makers, "stratified_shapley", sampler)
    settings = dvlib.resolve("fig02", n_seeds=2, n_fits_mesh=4_000)
    (runs,), values = makers.shapley_of_the_mesh(settings, 4)
    assert seen == [((2 * k, 2 * k + 1), 1_000) for k in range(4)]
    assert len(runs) == 4 and values == [1, 2, 3, 4]


def test_page_of_settings_names_the_claims_with_few_samples():
    text = (project_root() / "docs" / "deviations.md").read_text()
    order = sorted(claim.id for group in groups.GROUPS for claim in group.claims)

    def named(start):
        line = next(line for line in text.splitlines() if line.startswith(start))
        ends = re.findall(r"(C\d\d\w?)(?: to (C\d\d))?", line)
        return {
            name
            for first, last in ends
            for name in order[order.index(first) : order.index(last or first) + 1]
        }

    def of(kind):
        return {
            claim.id for group in groups.GROUPS if getattr(group, kind) for claim in group.claims
        }

    assert named("- in both regimes for ") == of("slow")
    assert named("- in `wide` alone for ") == of("few_beside")

"""Samples of the groups: coordinates, places and baselines that take turns, and clean data sets."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

import dvlib
from dvlib.paper import groups
from dvlib.paper.studies.dvrl import WRONG_PLACES, rare_point
from dvlib.root import project_root


def test_dvrl_is_measured_with_raw_and_with_scaled_coordinates():
    def samples_of(settings, count):
        passes = [f"{settings.scaled} {k}" for k in range(count)]
        return [SimpleNamespace(scaled=settings.scaled, n=one) for one in passes]

    make = groups.with_both_coordinates(samples_of)
    (samples,), passes = make(dvlib.resolve("fig04", {"seed": 3}), 2)
    assert list(samples) == ["raw", "scaled"] and len(passes) == 4
    assert [one.scaled for one in samples["raw"]] == [False, False]
    assert [one.scaled for one in samples["scaled"]] == [True, True]


@pytest.mark.slow
def test_rare_points_take_turns(tmp_path, monkeypatch):
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path))
    drawn = dvlib.resolve("fig21", {"n_data_seeds": 2, "n_iterations": 2, "mesh_side": 20})
    settings, _ = dvlib.raw_and_scaled(drawn)
    first, second = rare_point(settings, in_turn=WRONG_PLACES[:2])
    assert {place for place, _ in first.percentiles} == {"(15, -3)"}
    assert {place for place, _ in second.percentiles} == {"(15, -5)"}
    assert len(first.percentiles) == 3 and set(first.wrong) == {"(15, 5)", "(15, -3)"}
    assert first.wrong["(15, -3)"] and not first.wrong["(15, 5)"]
    (both, _) = rare_point(settings)
    assert [*both.percentiles][::3] == [("(15, -3)", "full"), ("(15, 5)", "full")]
    # The same run, alone or in company.
    assert both.percentiles["(15, -3)", "full"] == first.percentiles["(15, -3)", "full"]


def test_each_sample_of_repeated_runs_has_the_next_baseline_and_its_own_seeds(monkeypatch):
    seen = []

    def tasks(settings, *, baseline):
        seeds = settings.refits().seeds
        seen.append((baseline, tuple(seeds)))
        return dict.fromkeys(seeds)

    monkeypatch.setattr(groups, "dvrl_tasks", tasks)
    monkeypatch.setattr(groups, "run_dvrl", list)
    monkeypatch.setattr(groups, "repeated_sample", lambda settings, runs: runs)
    groups.repeated_samples(dvlib.resolve("fig20", {"n_seeds": 4}), 4)
    baselines, seeds = zip(*seen, strict=True)
    assert len(set(baselines[:3])) == 3 and baselines[3] == baselines[0]
    assert len(set(np.concatenate(seeds))) == 16


def test_data_without_noise_are_all_but_one(monkeypatch):
    monkeypatch.setattr(groups, "sample", lambda settings, k, name: (name, k))
    monkeypatch.setattr(groups, "compared_other", lambda settings, data, shapley: data)
    (every, clean), passes = groups.every_data_set_samples(None, 2)
    assert every.keys() - clean.keys() == {"noisy"} and len(clean) == 3
    assert len(passes) == 8


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

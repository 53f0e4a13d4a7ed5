"""Verdicts over samples, from made-up runs whose verdict is known."""

from types import SimpleNamespace

import numpy as np
import pytest
from support.small import line

from dvlib.engine.mesh import MeshGrid
from dvlib.methods.runs import Runs
from dvlib.paper.figures import boundaries, trajectories
from dvlib.paper.figures.boundaries import DEEPER, ONE_LAYER, SIZES
from dvlib.paper.judging import verdicts
from dvlib.paper.settings import resolve

MESH = MeshGrid(-10, 20, 31)
SETTINGS = SimpleNamespace(mesh=MESH)


class Lines(Runs):
    """Runs whose final boundaries are vertical lines, at 12 points (0, 0) … (11, 0)."""

    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __init__(self, *places, forgotten=()):
        x = np.arange(12.0)
        hits = np.ones((12, len(places), 5), bool)
        for point, run in forgotten:
            hits[point, run, 2] = False
        fields = {
            "settings": SETTINGS, "points": np.column_stack([x, 0 * x]), "labels": (x > 5) * 1,
            "hits": hits, "n_iter": np.full(len(places), 5), "places": places,
        }  # fmt: skip
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def networks(self, epoch=None):
        return [line(1, 0, -place) for place in self.places]

    def boundaries(self, mesh=None, epoch=None):
        return super().boundaries(mesh or MESH, epoch)

    def curves(self, mesh, epoch=None):
        return super().curves(mesh, epoch)


def architectures(places):
    """Two samples alike, with the boundaries of each architecture."""
    runs = {sizes: Lines(*at) for sizes, at in zip(ONE_LAYER + DEEPER, places, strict=True)}
    return [SimpleNamespace(runs=runs)] * 2


def test_c15_and_c30_follow_the_boundaries():
    wide, narrow, same = (2, 14), (4, 8), (5.5, 6.5)
    samples = architectures([wide, narrow, same, same, same])
    assert boundaries.larger_is_stabler(samples).verdict == verdicts.REPRODUCED
    backwards = architectures([same, narrow, wide, same, same])
    assert boundaries.larger_is_stabler(backwards).verdict == verdicts.NOT
    # Mesh columns are 1 apart on 30: from 5.5 and 6.5, 4 and 8 lie 1.5 to 2.5 away, 2 and 14 more.
    agreed = boundaries.architectures_agree(samples)
    assert agreed.verdict == verdicts.PARTLY
    assert agreed.numbers["dv to 1000, 3, holds in"] == 0
    elsewhere = architectures([same, same, (15, 15), same, same])
    assert boundaries.architectures_agree(elsewhere).verdict == verdicts.NOT


def test_c30_is_measured_where_the_deeper_networks_were_trained():
    (sample, _) = architectures([(5.5, 6.5)] * 5)
    fewer = SimpleNamespace(runs={sizes: sample.runs[sizes] for sizes in ONE_LAYER})
    found = boundaries.architectures_agree([sample, sample, fewer])
    assert found.verdict == verdicts.REPRODUCED and found.n_samples == 2
    assert boundaries.larger_is_stabler([sample, sample, fewer]).n_samples == 3


def new_point(without, added):
    """Two samples in which a new point moves the boundaries only with 500 points per label."""
    still, moved = (Lines(6, 6), Lines(6, 6)), (Lines(*without), Lines(*added))
    return [
        {200: {50: still, 100: still, 500: moved}, 150: {100: still, 500: still}} for _ in range(2)
    ]


def test_only_scikit_learns_batch_size_leaves_a_minibatch_of_one_point():
    usual, other = SIZES
    for count in SIZES[other]:
        assert (2 * count + 1) % usual == 1  # the effect that Figures 8 and 9 study
        assert (2 * count + 1) % other > 1


def test_c16_asks_for_growth_and_for_the_predictions():
    judge = boundaries.mislabelled_point_disturbs
    assert judge(new_point((5.5, 5.5), (5.2, 5.9))).verdict == verdicts.PARTLY  # no growth
    wide = judge(new_point((15, 15), (12, 18)))  # beyond all training points
    assert wide.verdict == verdicts.REPRODUCED and wide.numbers["predictions changed, 500"] == 0
    through = judge(new_point((5.5, 5.5), (2.5, 8.5)))
    assert through.verdict == verdicts.PARTLY and through.numbers["predictions changed, 500"] > 0


def test_c17_distinguishes_samples_and_runs():
    judge = boundaries.new_point_causes_variance
    samples = new_point((15, 15, 15, 15), (12, 15, 15.2, 18))
    outer, inner = Lines(12, 15, 15.2, 18), Lines(10, -9, 19, 11)
    judged = judge([(samples[0], outer), (samples[1], outer)])
    # Both samples hold the same runs: no spread between them, and the same runs deviate.
    assert judged.numbers["spread between samples"] == 0
    assert judged.numbers["correlation of runs apart"] == pytest.approx(1)
    assert judged.verdict == verdicts.PARTLY
    samples[1][200][500] = (samples[1][200][500][0], inner)
    apart = judge([(samples[0], outer), (samples[1], inner)])
    assert apart.numbers["spread between samples"] > 0
    # The outer runs stand apart on one sample, the inner ones on the other.
    assert apart.numbers["correlation of runs apart"] < -0.5
    # Every part has a value of each sample, so that each has an interval.
    assert {len(part.measured) for part in apart.parts.values()} == {2}


def test_c17_correlates_runs_that_share_their_training_seeds():
    """Samples have seeds of their own: run k of two of them shares nothing."""
    settings = resolve("fig09", preset="quick", n_seeds=2, n_data_seeds=2)
    samples = boundaries.new_point_samples(settings, (15, -3), 1, {200: (10, 20)})
    own = [pairs[200][20][1] for pairs in samples]
    shared = boundaries.shared_seed_runs(samples)
    assert own[0].settings.seeds != own[1].settings.seeds
    assert {runs.settings.seeds for runs in shared} == {own[0].settings.seeds}
    for runs, others in zip(shared, own, strict=True):
        assert np.array_equal(runs.points, others.points)
    assert np.array_equal(shared[0].boundaries(), own[0].boundaries())


def trajectory(name, runs):
    return SimpleNamespace(data=SimpleNamespace(name=name, unit=1.0), runs=runs)


def test_c26_measures_each_run_against_its_own_boundary():
    judge = trajectories.forgotten_are_near
    near = Lines(2.4, 9.4, forgotten=[(2, 0), (9, 1)])
    judged = judge(trajectory("noisy", near))
    assert judged.verdict == verdicts.REPRODUCED and judged.numbers["AUC of nearness"] == 1
    some_forgotten = judge(trajectory("two_clusters", near))
    assert some_forgotten.verdict == verdicts.NOT
    swapped = Lines(2.4, 9.4, forgotten=[(9, 0), (2, 1)])
    assert judge(trajectory("noisy", swapped)).verdict == verdicts.PARTLY
    none = judge(trajectory("two_clusters", Lines(2.4, 9.4)))
    assert none.verdict == verdicts.REPRODUCED and none.numbers["runs without any"] == 1


def test_c26_fails_where_the_paper_shows_forgotten_points_and_no_run_forgets_one():
    """The nearness of points that are not there cannot be measured, which is no gap."""
    none, near = Lines(2.4, 9.4), Lines(2.4, 9.4, forgotten=[(2, 0), (9, 1)])
    assert trajectories.forgotten_are_near(trajectory("noisy", none)).verdict == verdicts.NOT
    samples = {
        "two clusters": [trajectory("two_clusters", none)] * 2,
        "four clusters": [trajectory("four_clusters", none)] * 2,
        "noisy": [trajectory("noisy", near)] * 2,
    }
    found = trajectories.forgotten_are_near(samples)
    assert found.verdict == verdicts.PARTLY
    assert found.deciding == ("runs with some, four clusters",)
    samples["four clusters"] = samples["noisy"]
    assert trajectories.forgotten_are_near(samples).verdict == verdicts.REPRODUCED


def learning(late, wrong):
    """A sample of 10 points, the first five misclassified, and refits of each width."""
    regions, added = SimpleNamespace(misclassified=np.arange(10) < 5), {}
    for sizes in ONE_LAYER:
        hits = np.ones((10, 1, 8), bool)
        hits[:5, :, : late[sizes]] = False
        right = np.ones((10, 1), bool)
        right[: wrong[sizes]] = False
        refits = SimpleNamespace(learning=(hits, np.full((10, 1), 8)), right_with_point=right)
        added[sizes] = SimpleNamespace(refits=refits, regions=regions)
    return SimpleNamespace(added=added)


def test_c34_needs_every_width():
    judge = boundaries.misclassified_are_learned_last
    small, middle, large = ONE_LAYER
    as_said = learning({small: 3, middle: 2, large: 1}, {small: 4, middle: 2, large: 0})
    assert judge(as_said).verdict == verdicts.REPRODUCED
    early = learning({small: 3, middle: 2, large: 0}, {small: 4, middle: 2, large: 0})
    assert judge(early).verdict == verdicts.PARTLY
    nothing = learning(dict.fromkeys(ONE_LAYER, 0), dict.fromkeys(ONE_LAYER, 0))
    assert judge(nothing).verdict == verdicts.NOT


def test_a_single_run_measures_nothing():
    one = architectures([(6,), (6,), (6,), (6,), (6,)])
    for judge in (boundaries.larger_is_stabler, boundaries.architectures_agree):
        assert judge(one).verdict == verdicts.NOT_MEASURED
    point = new_point((6,), (6,))
    pairs = [(sample, Lines(6)) for sample in point]
    assert boundaries.mislabelled_point_disturbs(point).verdict == verdicts.NOT_MEASURED
    assert boundaries.new_point_causes_variance(pairs).verdict == verdicts.NOT_MEASURED

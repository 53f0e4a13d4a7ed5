"""Core-sets: each selection on points made by hand, and models of the points selected."""

from types import SimpleNamespace

import numpy as np
import pytest

from dvlib.data.datasets import make_dataset
from dvlib.engine.boundaries import boundary, dv
from dvlib.methods.core_sets import by_cluster, core_sets, herding, highest_first, k_centre
from dvlib.paper.figures import core_sets as extension
from dvlib.paper.figures.core_sets import SELECTIONS, TENTH
from dvlib.paper.judging import verdicts
from dvlib.paper.settings import resolve
from dvlib.refits.single import fit

RNG = np.random.default_rng


def test_clusters_take_turns_until_the_small_one_is_used_up():
    clusters = np.array([0] * 5 + [1] * 2 + [2] * 3)
    order = by_cluster(clusters, RNG(0))
    assert sorted(order) == [*range(10)]
    turns = clusters[order]
    assert {*turns[:3]} == {*turns[3:6]} == {0, 1, 2}
    assert {*turns[6:8]} == {0, 2} and (turns[8:] == 0).all()
    assert len({tuple(by_cluster(clusters, RNG(seed))) for seed in range(9)}) > 5


def test_k_centre_by_hand():
    # The mean is (2.6, 0). From (3, 0), the farthest is (6, 0); then (0, 0), as far from (3, 0) as
    # (6, 0) was; (1, 0) is 1 from its nearest, (3.1, 0) 0.1.
    X = np.array([[0.0, 0], [1, 0], [3, 0], [3.1, 0], [6, 0.1]])
    assert k_centre(X).tolist() == [2, 4, 0, 1, 3]


def test_herding_takes_labels_in_turn_and_keeps_mean_and_spread():
    rng = RNG(1)
    X, y = rng.standard_normal((400, 2)), np.arange(400) % 2
    order = herding(X * (1, 3) + (5, -2), y)  # neither place nor scale plays a part
    assert sorted(order) == [*range(400)] and (y[order[::2]] != y[order[1::2]]).all()
    for label in (0, 1):
        of = X[y == label]
        x = (of - of.mean(0)) / of.std(0)
        features = np.column_stack([x, x**2, x[:, 0] * x[:, 1]])
        chosen = [np.flatnonzero(np.flatnonzero(y == label) == k)[0] for k in order[:40]
                  if y[k] == label]  # fmt: skip
        drawn = [RNG(seed).permutation(200)[:20] for seed in range(100)]
        off = [np.linalg.norm((features[it] - features.mean(0)).mean(0)) for it in (chosen, *drawn)]
        assert off[0] < min(off[1:])


def test_highest_first_breaks_ties_by_chance():
    found = [tuple(highest_first([1.0, 3, 1, 2], RNG(seed))) for seed in range(20)]
    assert {order[:2] for order in found} == {(1, 3)} and len({*found}) == 2


def test_core_sets_are_the_models_of_their_first_points(small):
    data = make_dataset("two_clusters", n_per_class=20)
    settings, n = small(seeds=(0, 3)), len(data.X)
    orders = {"given": np.arange(n), "turned": np.arange(n)[::-1]}
    found = core_sets(data, orders, (5, n), settings)
    truth = boundary(data.g, settings.mesh)
    for k, seed in enumerate(settings.seeds):
        base = boundary(fit(data.X, data.y, settings.config, seed=seed).network, settings.mesh)
        assert found.base_to_g[k] == pytest.approx(dv(base, truth))
        for name, order in orders.items():
            some = np.sort(order[:5])
            own = fit(data.X[some], data.y[some], settings.config, seed=seed).network
            own = boundary(own, settings.mesh)
            assert found.to_base[name][0, k] == pytest.approx(dv(own, base))
            assert found.to_g[name][0, k] == pytest.approx(dv(own, truth))
            assert found.to_base[name][1, k] == 0  # all points are f_X
    assert found.at("given", 5) == found.to_base["given"][0].mean()
    for selection, size in (("herding", 5), ("given", 6)):
        with pytest.raises(ValueError, match="(selection 'herding'|size 6) was not measured"):
            found.at(selection, size)
    one, other = (
        boundary(fit(data.X, data.y, settings.config, seed=seed).network, settings.mesh)
        for seed in settings.seeds
    )
    assert found.other_seed == pytest.approx(dv(one, other))


def test_bad_arguments_are_refused_before_any_fit(small, fits):
    data = make_dataset("two_clusters", n_per_class=20)
    n, settings = len(data.X), small(seeds=(0, 1))
    orders = {"a": np.arange(n)}
    with pytest.raises(ValueError, match="order 'b': give each of the"):
        core_sets(data, {"b": np.zeros(n, int)}, (5,), settings)
    with pytest.raises(ValueError, match="sizes .*: give sizes from 1 to"):
        core_sets(data, orders, (0, 5), settings)
    with pytest.raises(ValueError, match="one seed: give two or more"):
        core_sets(data, orders, (5,), small(seeds=(0,)))
    assert not fits


def test_c58_to_c61_follow_the_numbers():
    def sample(other_seed=0.01, few=0.1, **tenths):
        said = {name.replace("_", " "): value for name, value in tenths.items()}
        at = {(name, TENTH): said.get(name.replace("-", " "), 0.02) for name in SELECTIONS}
        at |= {("each cluster in turn", 2): few}
        return SimpleNamespace(
            at=lambda name, size: at[name, size], orders=SELECTIONS, other_seed=other_seed,
            data=SimpleNamespace(means=np.zeros((2, 2))),
        )  # fmt: skip

    judge = extension.a_random_tenth_is_a_core_set
    found = {judge(sample(random=value)).verdict: value for value in (0.005, 0.015, 0.03)}
    assert found == {verdicts.REPRODUCED: 0.005, verdicts.PARTLY: 0.015, verdicts.NOT: 0.03}
    judge = extension.one_of_each_cluster_is_not_enough
    assert judge(sample()).verdict == verdicts.REPRODUCED
    assert judge(sample(few=0.005)).verdict == verdicts.NOT
    judge = extension.high_values_are_no_core_set
    assert judge(sample()).verdict == verdicts.REPRODUCED
    assert judge(sample(highest_leave_one_out=0.01)).verdict == verdicts.PARTLY
    judge = extension.covering_beats_chance
    assert judge(sample(random=0.03)).verdict == verdicts.REPRODUCED
    assert judge(sample(random=0.01)).verdict == verdicts.NOT
    # Another draw by chance, twice as near as often as twice as far, is neither better nor worse.
    twice = [sample(k_centre=value) for value in (0.01, 0.04)]
    part = judge(twice).parts["k-centre / random"]
    assert part.mean == pytest.approx(0, abs=1e-12) and part.status == "undecided"


def test_the_figure_has_the_orders_of_every_selection_that_it_is_given():
    settings = resolve("ext05", mesh_side=40)
    sample = settings.sample(name="four_clusters", kind=extension.TrainedPoints)
    orders = extension.selected(sample, SELECTIONS)
    moved = sample.refits.dv_base.mean(1)
    assert moved[orders["highest leave-one-out"][0]] == moved.max()
    assert moved[orders["lowest leave-one-out"][0]] == moved.min()
    logits = [network.decision(sample.data.X) for network in sample.learning.networks()]
    assert orders["nearest to f_X"][0] == np.abs(logits).mean(0).argmin()
    assert all(sorted(order) == [*range(len(moved))] for order in orders.values())
    with pytest.raises(ValueError, match="unknown method .*'last learnt': .*'last learned'"):
        extension.lowest("last learnt")

    few = {"random": extension.random, "k-centre": extension.k_centre}
    samples = extension.core_set_samples(settings, few, sizes=(4, 64))
    (curves,) = samples["four_clusters"]
    table = extension.tables(samples)["four_clusters"].frame
    assert len(table) == 2 * 2 * 2
    assert table["dv"][0] == pytest.approx(curves.to_base["random"][0].mean())
    with pytest.raises(ValueError, match="selection 'herding' was not measured, only random, k-ce"):
        extension.covering_beats_chance(samples)

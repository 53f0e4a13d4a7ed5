"""Which points to label next: each strategy on candidates made by hand, and what is fitted."""

from dataclasses import replace

import numpy as np
import pytest

from dvlib.data.datasets import make_dataset
from dvlib.engine.boundaries import boundary, dv
from dvlib.methods.labelling import STRATEGIES, WITH_ORACLE, View, choose, label_in_turn
from dvlib.paper.claims import proposals
from dvlib.paper.judging import verdicts
from dvlib.paper.settings import resolve
from dvlib.paper.studies.labelling import labelled_maps, labelled_next
from dvlib.refits.single import fit


def view(**changes):
    """Five candidates; networks predict 0 0 1 1 1, and candidates 1, 3 and 4 have another label."""
    arrays = {
        "outputs": np.array([[0.1, 0.4, 0.9, 0.8, 0.7], [0.1, 0.3, 0.9, 0.45, 0.9]]),
        "distance": np.array([9.0, 1.0, 2.0, 3.0, 8.0]),
        "by_mean": np.array([0, 1, 1, 0, 1]),
        "by_neighbour": np.array([1, 0, 1, 1, 0]),
        "labels": np.array([0, 1, 1, 0, 0]),
        "rng": np.random.default_rng(0),
    }
    return View(**arrays | changes)


@pytest.mark.parametrize(
    ("strategy", "first", "then"),
    [
        ("mis-classified and far", 4, 3),  # 1, 3 and 4 are wrong, at distances 1, 3 and 8
        ("far", 0, 4),
        # Of candidate 3 the networks disagree, and its mean output is 0.625; all others are split
        # by nobody, so next comes the farthest.
        ("networks disagree and far", 3, 0),
        ("nearest mean disagrees and far", 3, 1),  # of 1 and 3 it says the opposite
        ("nearest point disagrees and far", 0, 4),
        ("low confidence", 3, 1),  # 0.125 and 0.15 from one half
        ("networks disagree", 3, 4),  # deviations 0.175 and 0.1
    ],
)
def test_strategies_by_hand(strategy, first, then):
    assert choose(view(), strategy, []) == first
    assert choose(view(), strategy, [first]) == then


def test_what_is_left_to_chance_reaches_every_candidate_allowed():
    def found(strategy):
        rng = np.random.default_rng(1)
        return {choose(view(rng=rng), strategy, [0]) for _ in range(100)}

    assert found("random") == {1, 2, 3, 4} and found("mis-classified") == {1, 3, 4}
    rng, tied = np.random.default_rng(2), np.ones(5)
    assert {choose(view(rng=rng, distance=tied), "far", []) for _ in range(100)} == {*range(5)}


def test_without_a_mis_classified_candidate_any_is_allowed():
    right = view(labels=np.array([0, 0, 1, 1, 1]))
    assert choose(right, "mis-classified and far", []) == 0
    with pytest.raises(ValueError, match="all 5 candidates are labelled"):
        choose(right, "far", range(5))
    with pytest.raises(ValueError, match="unknown strategy 'near'"):
        choose(right, "near", [])


@pytest.mark.parametrize("strategy", [*STRATEGIES])
def test_only_strategies_with_an_oracle_read_the_labels(strategy):
    views = [view(labels=labels, rng=np.random.default_rng(3)) for labels in np.eye(5, dtype=int)]
    chosen = [choose(one, strategy, []) for one in views]
    assert (len(set(chosen)) == 1) == (strategy not in WITH_ORACLE)


CANDIDATES = np.array([[15.0, -3], [15, -5], [5, 15], [-5, 15], [2, 2], [20, 20]])


def test_curves_are_those_of_single_fits(small, fits):
    data = make_dataset("two_clusters", seed=1, n_per_class=20)  # chance begins elsewhere than far
    settings = small(seeds=(0, 3))
    (found,) = label_in_turn([data], CANDIDATES, settings, n_labels=2, strategies=("far", "random"))
    n_fits = len(fits)
    truth = boundary(data.g, settings.mesh)
    for strategy, chosen in found.chosen.items():
        assert len(set(chosen)) == 2
        for count in range(3):
            points = CANDIDATES[chosen[:count]]
            X = np.concatenate([data.X, points])
            y = np.concatenate([data.y, data.g(points)])
            for k, seed in enumerate(settings.seeds):
                network = fit(X, y, settings.config, seed=seed).network
                expected = dv(boundary(network, settings.mesh), truth)
                assert found.dv[strategy][count, k] == pytest.approx(expected, abs=1e-9)
    apart = np.linalg.norm(CANDIDATES[:, None] - data.X, axis=2).min(1)
    assert found.chosen["far"][0] == apart.argmax()
    assert n_fits == 2 * (1 + 2 + 2)  # the networks of X serve both strategies
    assert found.mean_dv("far") == pytest.approx(found.dv["far"][1:].mean())


def test_hits_say_whether_the_networks_were_wrong(small):
    data = make_dataset("two_clusters", n_per_class=20)
    settings = small()
    (found,) = label_in_turn([data], CANDIDATES, settings, n_labels=1, strategies=("far",))
    network = fit(data.X, data.y, settings.config).network
    chosen = CANDIDATES[found.chosen["far"]]
    assert found.hits["far"] == (network.predict(chosen) != data.g(chosen))


def test_each_data_set_has_the_curves_that_it_has_alone(small):
    data = [make_dataset("two_clusters", seed=seed, n_per_class=20) for seed in (0, 1)]
    both = label_in_turn(data, CANDIDATES, small(), n_labels=2)
    (alone,) = label_in_turn(data[1:], CANDIDATES, small(), n_labels=2)
    assert both[1].chosen.keys() == alone.chosen.keys() == STRATEGIES.keys()
    for name in STRATEGIES:
        np.testing.assert_array_equal(both[1].chosen[name], alone.chosen[name])
        np.testing.assert_array_equal(both[1].dv[name], alone.dv[name])


def test_bad_arguments_are_refused_before_any_fit(small, fits):
    data = make_dataset("two_clusters", n_per_class=20)
    unknown = replace(data, cluster_std=None)
    with pytest.raises(ValueError, match="nobody knows its g"):
        label_in_turn([unknown], CANDIDATES, small(), n_labels=1)
    with pytest.raises(ValueError, match="n_labels 7: give a whole number"):
        label_in_turn([data], CANDIDATES, small(), n_labels=7)
    with pytest.raises(ValueError, match="unknown strategy 'fra': .*did you mean 'far'"):
        label_in_turn([data], CANDIDATES, small(), n_labels=1, strategies=("fra",))
    assert not fits


def curves(**dv):
    """A sample with the mean dv of each strategy given, others at 0.1."""

    class Sample:
        def mean_dv(self, strategy):
            return dv.get(strategy.replace(" ", "_").replace("-", "_"), 0.1)

    return Sample()


def test_c51_to_c54_follow_the_numbers():
    best = curves(mis_classified_and_far=0.05)
    assert proposals.label_far_and_wrong(best).verdict == verdicts.REPRODUCED
    assert proposals.label_far_and_wrong(curves(far=0.2)).verdict == verdicts.PARTLY
    worst = curves(mis_classified_and_far=0.2)
    assert proposals.label_far_and_wrong(worst).verdict == verdicts.NOT
    judge = proposals.label_far_and_wrong_everywhere
    assert judge({"a": [best], "b": [best]}).verdict == verdicts.REPRODUCED
    assert judge({"a": [best], "b": [worst]}).verdict == verdicts.PARTLY
    judge = proposals.low_confidence_does_not_help
    assert judge(curves(low_confidence=0.11)).verdict == verdicts.REPRODUCED
    assert judge(curves(low_confidence=0.09)).verdict == verdicts.NOT
    judge, three = proposals.surrogates_get_half, {
        "networks_disagree_and_far": 0.07, "nearest_mean_disagrees_and_far": 0.07,
        "nearest_point_disagrees_and_far": 0.07,
    }  # fmt: skip
    bound = {"mis_classified_and_far": 0.05}  # the middle is 0.075
    assert judge(curves(**bound, **three)).verdict == verdicts.REPRODUCED
    assert judge(curves(**bound, **three | {"networks_disagree_and_far": 0.08})).verdict == (
        verdicts.PARTLY
    )
    assert judge(curves(**bound)).verdict == verdicts.NOT


def test_study_has_every_data_set_and_maps_of_what_was_chosen(fits):
    settings = resolve("ext04", grid_step=17.5, n_seeds=1, n_labels=2, mesh_side=50)
    study = labelled_next(settings, ("far", "random"))
    assert [len(of_one) for of_one in study.samples.values()] == [1, 1, 1, 1]
    assert [one.data.name for (one,) in study.samples.values()] == [*study.samples]
    table = study.datasets["noisy"].to_frame()
    assert len(table) == 2 * 3 and (table["low"] == table["high"]).all()  # one sample
    (noisy,) = study.samples["noisy"]
    np.testing.assert_allclose(table["mean"][:3], noisy.dv["far"][:, 0])
    assert study.scores.loc["far", "noisy"] == pytest.approx(noisy.mean_dv("far"), abs=1e-3)
    assert 4 * 3 <= len(fits) <= 4 * (1 + 2 + 2)
    (drawn,) = labelled_maps(settings, noisy, ("far",))
    np.testing.assert_array_equal(drawn.points, noisy.points[noisy.chosen["far"]])
    assert drawn.to_frame()["labels"].tolist() == [1, 2]
    assert drawn.before.learned.shape == drawn.after.learned.shape == (351, 351)

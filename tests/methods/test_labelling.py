"""Which points to label next: each strategy on candidates made by hand, and what is fitted."""

from dataclasses import replace

import numpy as np
import pytest

from dvlib.data.datasets import PAPERS, make_dataset
from dvlib.engine.boundaries import boundary, dv
from dvlib.methods.labelling import STRATEGIES, View, choose, label_in_turn
from dvlib.paper.figures import labelling
from dvlib.paper.judging import verdicts
from dvlib.paper.settings import resolve
from dvlib.refits.ledger import Ledger
from dvlib.refits.single import fit


def view(**changes):
    """Five candidates; networks predict 0 0 1 1 1, and candidates 1, 3 and 4 have another label."""
    arrays = {
        "outputs": np.array([[0.1, 0.4, 0.9, 0.8, 0.7], [0.1, 0.3, 0.9, 0.45, 0.9]]),
        "distance": np.array([9.0, 1.0, 2.0, 3.0, 8.0]), "by_mean": np.array([0, 1, 1, 0, 1]),
        "by_neighbour": np.array([1, 0, 1, 1, 0]), "labels": np.array([0, 1, 1, 0, 0]),
        "rng": np.random.default_rng(0),
    }  # fmt: skip
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
    assert choose(view(), STRATEGIES[strategy], []) == first
    assert choose(view(), STRATEGIES[strategy], [first]) == then


def test_what_is_left_to_chance_reaches_every_candidate_allowed():
    def found(strategy):
        rng = np.random.default_rng(1)
        return {choose(view(rng=rng), strategy, [0]) for _ in range(100)}

    assert found(("any", "random")) == {1, 2, 3, 4}
    assert found(("misclassified", "random")) == {1, 3, 4}
    rng, tied = np.random.default_rng(2), np.ones(5)
    views = [view(rng=rng, distance=tied) for _ in range(100)]
    assert {choose(each, ("any", "farthest"), []) for each in views} == {*range(5)}


def test_without_a_misclassified_candidate_any_is_allowed():
    right = view(labels=np.array([0, 0, 1, 1, 1]))
    assert choose(right, ("misclassified", "farthest"), []) == 0
    with pytest.raises(ValueError, match="all 5 candidates are labelled"):
        choose(right, ("any", "farthest"), range(5))


@pytest.mark.parametrize("strategy", STRATEGIES.values())
def test_only_misclassified_candidates_read_the_labels(strategy):
    views = [view(labels=labels, rng=np.random.default_rng(3)) for labels in np.eye(5, dtype=int)]
    chosen = [choose(one, strategy, []) for one in views]
    assert (len(set(chosen)) == 1) == ("misclassified" not in strategy)


CANDIDATES = np.array([[15.0, -3], [15, -5], [5, 15], [-5, 15], [2, 2], [20, 20]])


def some(*names):
    return {name: STRATEGIES[name] for name in names}


def test_curves_are_those_of_single_fits(small):
    data = make_dataset("two_clusters", seed=1, n_per_class=20)  # chance begins elsewhere than far
    settings = small(seeds=(0, 3))
    ledger, two = Ledger(), some("far", "random")
    (found,) = label_in_turn([data], CANDIDATES, settings, n_labels=2, strategies=two)
    assert ledger.n_fits == 2 * (1 + 2 + 2)  # the networks of X serve both strategies
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
    alone = fit(data.X, data.y, settings.config, seed=0).network.predict(CANDIDATES)
    (one,) = label_in_turn([data], CANDIDATES, small(seeds=(0,)), n_labels=1, strategies=two)
    chosen = one.chosen["far"]
    assert one.hits["far"] == (alone[chosen] != data.g(CANDIDATES[chosen]))
    apart = np.linalg.norm(CANDIDATES[:, None] - data.X, axis=2).min(1)
    assert found.chosen["far"][0] == apart.argmax()
    assert found.mean_dv("far") == pytest.approx(found.dv["far"][1:].mean())
    with pytest.raises(ValueError, match="strategy 'fra' was not measured, only far, random: add"):
        found.mean_dv("fra")


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
    for pair, message in (
        (("networks agree", "farthest"), "unknown candidates .* did you mean 'networks disagree'"),
        (("any", "fartest"), "unknown first candidate .* did you mean 'farthest'"),
    ):
        with pytest.raises(ValueError, match=message):
            label_in_turn([data], CANDIDATES, small(), n_labels=1, strategies={"mine": pair})
    assert not fits


def curves(**dv):
    """A sample with the mean dv of each strategy given, others at 0.1."""

    class Sample:
        def mean_dv(self, strategy):
            return dv.get(strategy.replace(" ", "_").replace("-", "_"), 0.1)

    return Sample()


def test_c51_to_c54_follow_the_numbers():
    best = curves(mis_classified_and_far=0.05)
    assert labelling.label_far_and_wrong(best).verdict == verdicts.REPRODUCED
    assert labelling.label_far_and_wrong(curves(far=0.2)).verdict == verdicts.PARTLY
    worst = curves(mis_classified_and_far=0.2)
    assert labelling.label_far_and_wrong(worst).verdict == verdicts.NOT
    judge = labelling.label_far_and_wrong_everywhere
    assert judge({"a": [best], "b": [best]}).verdict == verdicts.REPRODUCED
    assert judge({"a": [best], "b": [worst]}).verdict == verdicts.PARTLY
    judge = labelling.low_confidence_does_not_help
    assert judge(curves(low_confidence=0.11)).verdict == verdicts.REPRODUCED
    assert judge(curves(low_confidence=0.09)).verdict == verdicts.NOT
    judge, three = labelling.surrogates_get_half, {
        "networks_disagree_and_far": 0.07, "nearest_mean_disagrees_and_far": 0.07,
        "nearest_point_disagrees_and_far": 0.07,
    }  # fmt: skip
    bound = {"mis_classified_and_far": 0.05}  # the middle is 0.075
    assert judge(curves(**bound, **three)).verdict == verdicts.REPRODUCED
    assert judge(curves(**bound, **three | {"networks_disagree_and_far": 0.08})).verdict == (
        verdicts.PARTLY
    )
    assert judge(curves(**bound)).verdict == verdicts.NOT


def test_the_figure_has_every_data_set_and_maps_of_what_was_chosen():
    settings = resolve("ext04", grid_step=17.5, n_seeds=1, n_labels=2, mesh_side=50)
    mine = some("far") | {"unsure and wrong": ("misclassified", "least confident")}
    samples = labelling.labelled_samples(settings, mine)
    assert [curves.data.name for (curves,) in samples.values()] == [*samples] == [*PAPERS]
    (noisy,) = samples["noisy"]
    (drawn,) = labelling.labelled_maps(settings, noisy, ("far",))
    np.testing.assert_array_equal(drawn.points, noisy.points[noisy.chosen["far"]])
    table = labelling.tables(samples, [drawn])["noisy"].frame
    assert len(table) == 2 * 3 and (table["low"] == table["high"]).all()  # one sample
    np.testing.assert_allclose(table["mean"][:3], noisy.dv["far"][:, 0])
    scores = labelling.scores(samples).frame
    assert scores.loc["far", "noisy"] == pytest.approx(noisy.mean_dv("far"), abs=1e-3)
    with pytest.raises(ValueError, match="strategy 'random' was not measured, only far, unsure"):
        labelling.surrogates_get_half(samples)

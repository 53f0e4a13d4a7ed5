"""Extension 7: its numbers against fits made one by one, its claims and picture by hand."""

import numpy as np
import pytest

from dvlib.data.datasets import make_dataset
from dvlib.data.wide import make_wide
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import X_M
from dvlib.engine.mlp import MLPConfig, train
from dvlib.paper.figures import ten_dimensions
from dvlib.paper.figures.ten_dimensions import Candidates
from dvlib.paper.judging.verdicts import NOT, NOT_MEASURED, PARTLY, REPRODUCED
from dvlib.paper.settings import resolve
from dvlib.refits.single import fit

MODEL = MLPConfig((8,), max_iter=20, learning_rate_init=0.02)
SEEDS = 30_000, 30_001  # training seeds of data seed 3
KINDS = {
    "hard": ten_dimensions.hard_dv, "soft": ten_dimensions.soft_dv,
    "centred": ten_dimensions.centred_dv,
}  # fmt: skip
N, M, S = 30, 40, 6  # rows, points on which models are compared, candidates
FLOAT32 = 1e-6  # probabilities are stored with 24 bits; means of them are no worse


def settings(**changes):
    return resolve("ext07", **({"n_points": S, "n_seeds": 2, "seed": 3} | changes))


def study(names=("fried",), kinds=KINDS, kind="centred", **changes):
    return ten_dimensions.add_candidates(
        settings(**changes), names, MODEL, kinds, kind=kind, n=N, m=M
    )


def candidates(*ranks, wrong=(0, 0, 0, 1), unlikely=(1, 2, 3, 4), **changes):
    """Candidates whose values by each seed have the given ranks, whatever the kind of dv."""
    by_seed = np.array(ranks, float).T
    fields = {
        "dv": dict.fromkeys(KINDS, by_seed), "nearer": by_seed, "wrong": np.array(wrong, bool),
        "unlikely": np.tile(np.array(unlikely, float)[:, None], by_seed.shape[1]),
        "gains": {"value": 0.02, "1 − P": 0.01, "random": 0.0},
    }  # fmt: skip
    return Candidates(**(fields | changes))


def test_values_and_gains_are_those_of_fits_made_one_by_one():
    (sample,) = study()["fried"]
    data = make_wide("fried", n=N, m=M + S, seed=3)
    U, truth, points, labels = data.U[:M], np.eye(2)[data.g_U[:M]], data.U[M:], data.g_U[M:]

    def networks(X, y):
        fits = (train(X, y, MODEL, seed=seed, engine="sklearn", n_classes=2) for seed in SEEDS)
        return [result.network for result in fits]

    base = networks(data.X, data.y)
    refits = [
        networks(np.vstack([data.X, point]), np.append(data.y, label))
        for point, label in zip(points, labels, strict=True)
    ]
    P = np.array([network.probabilities(U) for network in base])  # (R, M, 2)
    Q = np.array([[network.probabilities(U) for network in pair] for pair in refits])
    soft = np.abs(Q - P)[..., 1].mean(-1)
    hard = (Q.argmax(-1) != P.argmax(-1)).mean(-1)
    centred = np.abs(Q - Q.mean(0))[..., 1].mean(-1)
    assert soft.min() > 0 and hard.max() > 0  # otherwise nothing is compared
    for kind, values in {"hard": hard, "soft": soft, "centred": centred}.items():
        np.testing.assert_allclose(sample.dv[kind], values, atol=FLOAT32)
    nearer = np.abs(P - truth)[..., 1].mean(-1) - np.abs(Q - truth)[..., 1].mean(-1)
    np.testing.assert_allclose(sample.nearer, nearer, atol=FLOAT32)
    own = np.array([network.probabilities(points)[np.arange(S), labels] for network in base]).T
    np.testing.assert_allclose(sample.unlikely, 1 - own, atol=FLOAT32)
    np.testing.assert_array_equal(sample.wrong, (own < 0.5).all(1))  # most of two seeds are both

    # A tenth of six candidates is one: the fit with it is one of the refits.
    right = (Q.argmax(-1) == data.g_U[:M]).mean(-1).mean(-1)
    before = (P.argmax(-1) == data.g_U[:M]).mean()
    assert sample.gains["value"] == pytest.approx(right[centred.mean(1).argmax()] - before)
    assert sample.gains["1 − P"] == pytest.approx(right[own.mean(1).argmin()] - before)
    assert any(sample.gains["random"] == pytest.approx(gain) for gain in right - before)


def test_samples_and_data_sets_differ_and_repeat():
    samples = study(("fried", "2dplanes"), n_data_seeds=2)
    assert {name: len(drawn) for name, drawn in samples.items()} == {"fried": 2, "2dplanes": 2}
    first, second = (sample.dv["soft"] for sample in samples["fried"])
    assert (first != second).any() and (first != samples["2dplanes"][0].dv["soft"]).any()
    np.testing.assert_array_equal(study()["fried"][0].dv["soft"], first)


def test_a_reader_may_choose_the_kinds_of_dv():
    def largest(refits, base):
        return np.abs(refits - base).max((-1, -2))

    kinds = {"soft": ten_dimensions.soft_dv, "largest": largest}
    samples = study(kinds=kinds, kind="largest")
    (sample,) = samples["fried"]
    assert (sample.dv["largest"] >= sample.dv["soft"]).all()
    assert {"AUC, largest dv to f_X", "between seeds, largest"} <= sample.measures.keys()
    # What reads a kind that is left out is not measured; the rest is.
    assert ten_dimensions.wrong_candidates_move_the_model(samples).verdict == NOT_MEASURED
    assert ten_dimensions.probabilities_repeat(samples).verdict == NOT_MEASURED
    assert ten_dimensions.the_top_tenth_helps(samples).verdict != NOT_MEASURED
    labels = [ax.get_ylabel() for ax in ten_dimensions.draw(samples).axes]
    assert labels == ["largest dv to $f_X$", "nearer to g, in soft dv"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"kind": "hrad"}, "kind 'hrad'.*hard"), ({"names": ("fired",)}, "data set 'fired'.*fried")],
)
def test_unknown_names_are_refused_before_any_fit(changes, words, monkeypatch):
    monkeypatch.setattr(ten_dimensions, "one_row_added", lambda *_, **__: pytest.fail("a fit"))
    with pytest.raises(ValueError, match=words):
        study(**changes)


def test_measures_worked_by_hand():
    # Of the three pairs of the wrong candidate and a right one, mean values order two correctly.
    sample = candidates((1, 2, 4, 3), (1, 2, 4, 3))
    for name in ("hard dv to f_X", "soft dv to f_X", "centred dv to f_X", "nearer to g"):
        assert sample.measure(f"AUC, {name}") == pytest.approx(2 / 3)
    assert sample.measure("AUC, 1 − P") == 1 and sample.measure("mis-classified") == 0.25
    assert sample.measure("between seeds, soft") == pytest.approx(1)
    # One swap of neighbours: 1 − 6 (1 + 1) / (4 · 15)
    assert sample.measure("correlation with 1 − P") == pytest.approx(0.8)
    opposite = candidates((1, 2, 3, 4), (4, 3, 2, 1))
    assert opposite.measure("between seeds, hard") == pytest.approx(-1)
    # Three seeds, of which the third is opposite: pairs of 1, −1 and −1
    three = candidates((1, 2, 3, 4), (1, 2, 3, 4), (4, 3, 2, 1))
    assert three.measure("between seeds, soft") == pytest.approx(-1 / 3)
    assert np.isnan(sample.measure("AUC, other dv to f_X"))


def test_what_values_say_beyond_one_fit_worked_by_hand():
    # The ranks 2 1 4 3 are 0.6 x + (0.4, −1.2, 1.2, −0.4) for the centred ranks x of 1 − P, and
    # the ranks 1 3 2 4 are 0.8 x − 0.75 times the same.
    def beyond(*ranks):
        return candidates(*ranks).measure("between seeds, beyond 1 − P")

    assert beyond((2, 1, 4, 3), (2, 1, 4, 3)) == pytest.approx(1)
    assert beyond((2, 1, 4, 3), (1, 3, 2, 4)) == pytest.approx(-1)
    assert candidates((2, 1, 4, 3), (1, 3, 2, 4)).measure("between seeds, soft") > -0.5
    assert np.isnan(beyond((2, 1, 4, 3)))  # a single seed


def test_c63_and_c64_follow_the_auc():
    wrong = np.arange(12) >= 10  # 2 candidates of 12: AUC of the 20 pairs with the others

    def verdict(judge, *ranks):
        values = np.arange(12.0)
        values[10:] = ranks
        values = np.column_stack([values, values])
        return judge(candidates(*values.T, wrong=wrong, unlikely=np.arange(12))).verdict

    # Between 9.5 and 5.5 lie four right ones: 10 + 6 = 16 pairs, an AUC of 0.8
    judge = ten_dimensions.wrong_candidates_move_the_model
    assert verdict(judge, 10, 11) == REPRODUCED
    assert verdict(judge, 9.5, 5.5) == PARTLY
    assert verdict(judge, 9.5, 3.5) == NOT  # 14 pairs, 0.7
    judge = ten_dimensions.wrong_candidates_bring_nearer
    assert verdict(judge, 9.5, 5.5) == REPRODUCED
    assert verdict(judge, 9.5, 3.5) == PARTLY
    assert verdict(judge, 4.5, 4.5) == NOT  # 10 pairs, 0.5
    none = candidates((1, 2, 3, 4), (1, 2, 3, 4), wrong=(0, 0, 0, 0))
    assert judge(none).verdict == NOT_MEASURED


def test_c65_and_c66_follow_the_agreement_of_seeds():
    def verdict(soft, hard):
        dv = {"centred": np.array([(1, 2, 3, 4), soft]).T, "hard": np.array([(1, 2, 3, 4), hard]).T}
        return ten_dimensions.probabilities_repeat(candidates((1, 2, 3, 4), soft, dv=dv)).verdict

    same, near, none = (1, 2, 3, 4), (1, 3, 4, 2), (3, 1, 4, 2)  # correlations 1, 0.4 and 0
    assert verdict(same, none) == REPRODUCED
    assert verdict(same, same) == PARTLY and verdict(none, none) == PARTLY
    assert verdict(none, same) == NOT
    assert verdict(same, near) == REPRODUCED  # 0.4 is still noise

    judge = ten_dimensions.dv_adds_to_one_fit
    assert judge(candidates((2, 1, 4, 3), (2, 1, 4, 3))).verdict == REPRODUCED
    assert judge(candidates((2, 1, 4, 3), (1, 3, 2, 4))).verdict == NOT
    assert judge(candidates((2, 1, 4, 3))).verdict == NOT_MEASURED


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [((0.02, 0.01, 0), REPRODUCED), ((0.02, 0.03, 0), PARTLY), ((0, 0, 0), NOT)],
)
def test_c67_compares_with_both_other_orders(gains, verdict):
    gains = dict(zip(("value", "1 − P", "random"), gains, strict=True))
    judged = ten_dimensions.the_top_tenth_helps(candidates((1, 2, 3, 4), gains=gains))
    assert judged.verdict == verdict  # as good as chance is not better


def test_c68_is_measured_in_units_of_the_bound():
    judge = ten_dimensions.a_sample_stands_for_the_mesh
    assert judge([0.3, 0.5, 1.0]).verdict == REPRODUCED
    assert judge([1.1, 1.5, 2.0]).verdict == NOT


def test_difference_of_sample_and_mesh_is_that_of_networks_made_one_by_one():
    (difference,) = ten_dimensions.compare_with_mesh(
        settings(n_data_seeds=1), MODEL, n_points=2, m=300
    )
    data, rng = make_dataset("two_clusters", seed=3), np.random.default_rng([3, 2])
    points, U = (rng.uniform(X_M.low, X_M.high, (count, 2)) for count in (2, 300))
    base = fit(data.X, data.y, MODEL, seed=SEEDS[0]).network
    apart = []
    for point, label in zip(points, data.g(points), strict=True):
        X, y = np.vstack([data.X, point]), np.append(data.y, label)
        refit = fit(X, y, MODEL, seed=SEEDS[0]).network
        exact = dv(boundary(refit, X_M), boundary(base, X_M))
        labels = [network.probabilities(U).argmax(1) for network in (refit, base)]
        apart.append(abs(exact - (labels[0] != labels[1]).mean()))
    assert max(apart) > 0  # otherwise nothing is compared
    assert difference == pytest.approx(max(apart) * np.sqrt(300))


def test_picture_has_a_column_for_each_data_set():
    crossing = candidates((1, 2, 3, 4), (1, 2, 3, 4))
    crossing = candidates((1, 2, 3, 4), (1, 2, 3, 4), nearer=crossing.nearer - 2.5)
    figure = ten_dimensions.draw({"fried": [crossing, None], "2dplanes": [crossing]})
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == ["fried: AUC 1.00", "2dplanes: AUC 1.00"] * 2
    for ax in figure.axes:
        right, wrong = (points.get_offsets() for points in ax.collections)
        assert right[:, 0].tolist() == [1, 2, 3] and wrong[:, 0].tolist() == [4]
    # A line at zero only where values lie on both sides of it
    assert [len(ax.lines) for ax in figure.axes] == [0, 0, 1, 1]

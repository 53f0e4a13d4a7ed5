"""Rules for the value of a point: recovered where they are known, and blind to what they test."""

from dataclasses import replace

import numpy as np
import pytest

from dvlib.methods.rules import (
    ANY,
    FORMULAS,
    TERMS,
    Rated,
    chosen_formula,
    columns_of,
    explained,
    fit_rule,
    out_of_set,
)
from dvlib.paper.figures import rules
from dvlib.paper.judging import verdicts
from dvlib.paper.settings import resolve

DEGREE = ("1 − P",)


def rated(seed, value, scale=1.0, noise=0.0):
    """200 points with features by chance, whose value is a function of them."""
    rng = np.random.default_rng(seed)
    to_g, to_learned, to_data = rng.random((3, 200)) * 20
    of = Rated(rng.random(200) < 0.4, rng.random(200), to_g, to_learned, to_data, {})
    values = scale * (value(of) + noise * rng.standard_normal((2, 200))).T
    return replace(of, values={"g": values, "f_X": -values})


def by_degree(of):
    return 3 * of.unlikely - 1


def test_columns_by_hand():
    of = Rated(
        np.array([True, False]), np.array([0.9, 0.2]), np.array([5.0, np.inf]),
        np.array([2.0, 0.0]), np.array([50.0, 1.0]), {},
    )  # fmt: skip
    for formula, expected in (
        ("mis-classified", [[1], [0]]),
        ("mis-classified, nearer to g", [[1, 0.2], [0, 0]]),
        ("mis-classified, or near f_X", [[1, 0], [0, 1]]),
        # Boundaries that are farther than 25 units, or nowhere, count as 25 units away.
        ("1 − P, by distance to g and f_X", [[0.9, 0.9 * 0.2, 0.9 * 0.08], [0.2, 0.2, 0]]),
    ):
        np.testing.assert_allclose(columns_of(of, FORMULAS[formula]), expected)
    assert np.isfinite(columns_of(of, ANY)).all()
    assert {term for terms in FORMULAS.values() for term in terms} == TERMS.keys()
    with pytest.raises(ValueError, match="unknown term '1 - P': .*did you mean '1 − P'"):
        columns_of(of, ("1 - P",))


def test_a_known_formula_is_recovered_on_another_data_set_of_another_scale():
    datasets = {"a": [rated(0, by_degree)], "b": [rated(1, by_degree, scale=0.01)]}
    assert out_of_set(datasets, DEGREE, "g") == pytest.approx({"a": 1, "b": 1})
    model = fit_rule(datasets["a"], DEGREE, "g")
    spread = by_degree(datasets["a"][0]).std()
    assert model.coef_ == pytest.approx([3 / spread])
    assert out_of_set(datasets, ("wrong",), "g")["b"] < 0.05  # it has no part in the value


def test_the_offset_of_a_sample_changes_no_rule():
    """Else the samples would be compared instead of the points in them."""
    high, low = rated(0, lambda of: 1000 - of.to_data * 0 + of.unlikely), rated(1, by_degree)
    high = replace(high, unlikely=high.unlikely * 0.1)  # the higher sample has the lower terms
    for terms in (DEGREE, FORMULAS["1 − P, by distance to X"]):
        model = fit_rule([high, low], terms, "g")
        assert explained(model, [low], terms, "g") > 0.95
    assert fit_rule([high, low], DEGREE, "g").coef_[0] > 0


def test_a_rule_that_is_reversed_elsewhere_explains_nothing():
    datasets = {"a": [rated(0, by_degree)], "b": [rated(1, lambda of: -of.unlikely)]}
    assert out_of_set(datasets, DEGREE, "g") == {"a": 0, "b": 0}
    flat = rated(2, lambda of: of.unlikely * 0)
    assert explained(fit_rule(datasets["a"], DEGREE, "g"), [flat], DEGREE, "g") == 0


def test_trees_find_what_no_formula_has():
    def odd(of):
        return np.sin(of.to_g) * (of.unlikely > 0.5)

    datasets = {name: [rated(seed, odd)] for seed, name in enumerate("abcd")}
    assert min(out_of_set(datasets, ANY, "g").values()) > 0.7
    assert max(out_of_set(datasets, FORMULAS["sum of all"], "g").values()) < 0.2


def test_the_formula_is_chosen_without_the_data_set_that_it_is_tested_on():
    datasets = {name: [rated(seed, by_degree)] for seed, name in enumerate("abc")}
    datasets["odd"] = [rated(9, lambda of: of.wrong * 1.0)]
    two = {"degree": DEGREE, "wrong": ("wrong",)}
    assert chosen_formula(datasets, "g", two) == "degree"
    tested = {sample.name: sample for sample in rules.rules_held_out(datasets)}
    assert tested["odd"].chosen["g"].startswith("1 − P")
    assert tested["odd"].shares["g"]["1 − P"] < 0.2  # though the other formula would explain all
    assert tested["a"].shares["g"].keys() == {*FORMULAS, ANY}


def test_ceiling_is_the_reliability_of_the_mean():
    assert rated(0, by_degree).ceiling("g") == pytest.approx(1)
    # The variance of by_degree is 0.75. With noise of variance 0.75, two seeds correlate by a half,
    # and 2 · ½ / (1 + ½) of the variance of their mean is not noise.
    noisy = [rated(seed, by_degree, noise=np.sqrt(0.75)).ceiling("g") for seed in range(50)]
    assert np.mean(noisy) == pytest.approx(2 / 3, abs=0.03)
    one = rated(0, by_degree)
    single = replace(one, values={"g": one.values["g"][:, :1], "f_X": one.values["f_X"][:, :1]})
    assert np.isnan(single.ceiling("g"))


def test_one_data_set_is_refused():
    with pytest.raises(ValueError, match="1 data set: .* give two"):
        out_of_set({"a": [rated(0, by_degree)]}, DEGREE, "g")
    with pytest.raises(ValueError, match="2 data sets: give three or more"):
        rules.rated_samples(resolve("ext06"), ("noisy", "xor"))


def test_c55_to_c57_follow_the_numbers():
    def sample(wrong, degree, trees, chosen="1 − P"):
        shares = dict.fromkeys(FORMULAS, 0.0) | {"mis-classified": wrong, "1 − P": degree}
        shares = dict.fromkeys(("g", "f_X"), shares | {ANY: trees})
        return rules.HeldOut("a", shares, dict.fromkeys(shares, chosen), dict.fromkeys(shares, 0.9))

    judge = rules.one_formula_explains_values
    assert judge(sample(0.1, 0.6, 0.7)).verdict == verdicts.REPRODUCED
    assert judge(sample(0.1, 0.3, 0.7)).verdict == verdicts.PARTLY
    assert judge(sample(0.6, 0.1, 0.7)).verdict == verdicts.NOT  # the chosen one counts
    judge = rules.wrong_is_most_of_the_value
    assert judge(sample(0.4, 0.1, 0.7)).verdict == verdicts.REPRODUCED
    assert judge(sample(0.4, 0.9, 0.7)).verdict == verdicts.NOT  # a formula above the trees
    judge = rules.degree_of_error_says_more
    assert judge(sample(0.4, 0.5, 0.7)).verdict == verdicts.REPRODUCED
    assert judge(sample(0.5, 0.5, 0.7)).verdict == verdicts.NOT


def test_points_are_rated_as_their_sample_says():
    settings = resolve("ext06", grid_step=17.5, mesh_side=50)
    sample = settings.sample(name="two_clusters")
    of, data = rules.rated_points(sample), sample.data
    (network,) = sample.refits.base_networks
    labels = data.g(settings.grid.points)
    np.testing.assert_array_equal(
        of.unlikely > 0.5, network.predict(settings.grid.points) != labels
    )
    np.testing.assert_array_equal(of.values["g"][:, 0], sample.values["leave-one-out, g"].values)
    np.testing.assert_array_equal(
        of.values["f_X"][:, 0], sample.values["leave-one-out, f_X"].values
    )
    apart = np.linalg.norm(settings.grid.points[:, None] - data.X, axis=2).min(1)
    np.testing.assert_allclose(of.to_data, apart)


def test_the_figure_has_the_formulas_that_it_is_given():
    settings = resolve("ext06", grid_step=17.5, mesh_side=50)
    datasets = rules.rated_samples(settings, ("two_clusters", "xor", "noisy"))
    formulas = {"1 − P": DEGREE, "mine": ("wrong", "distance to X")}
    samples = rules.rules_held_out(datasets, formulas)
    table = rules.shares(samples)["against g"]
    assert [*table] == ["two_clusters", "xor", "noisy", "mean"]
    assert [*table.index] == ["1 − P", "mine", ANY, "share that is not noise"]
    assert table.loc["1 − P", "xor"] == samples[1].share("1 − P", "g")
    coefficients = rules.coefficients(datasets, formulas, "g")
    assert [*coefficients.index] == [*formulas] and np.isnan(coefficients.loc["1 − P", "wrong"])
    # Of 3 × 3 points, the corners and the centre are fitted first.
    points = rules.tables(samples, datasets, formulas)["points fitted"].frame
    assert points.set_index("other")["share"].between(5 / 9, 1).all()
    with pytest.raises(ValueError, match="formula 'mis-classified' was not measured, only 1 − P, "):
        rules.degree_of_error_says_more(samples)

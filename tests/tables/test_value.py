"""`dvlib.value` and `dvlib.value_new`: values of shared passes, and bad input costs no fit."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris, make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

import dvlib
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.registry import known_methods
from dvlib.paper.drawing.maps import table_values
from dvlib.refits.batch import RefitSettings
from dvlib.tables import plan
from dvlib.tables.halves import out_of_sample
from dvlib.tables.passes import fits_of, random_halves
from dvlib.tables.sample import Counts, RowSample
from dvlib.tables.value import value

NETWORK = MLPConfig((16,), max_iter=60, learning_rate_init=0.01)
SMALL = dict(model=NETWORK, n_fits=40, n_runs=2, quiet=True)


@pytest.fixture(scope="module")
def flowers():
    """A frame of three classes, and labelled rows that are not in it."""
    frame = load_iris(as_frame=True).frame.sample(frac=1, random_state=0).reset_index(drop=True)
    frame["target"] = np.array(["setosa", "versicolor", "virginica"])[frame["target"]]
    return frame.iloc[:60], frame.iloc[60:120]


@pytest.fixture(scope="module")
def found(flowers):
    table, target = flowers
    rows = target.drop(columns="target"), target["target"]
    return value(table, None, [*known_methods("rows")], label="target", target=rows, **SMALL)


def test_every_method_gives_each_row_a_value(found):
    assert list(found.values) == [*known_methods("rows")] and len(found.rows.y) == 60
    for name, values in found.values.items():
        assert np.isfinite(values.values).all(), name
        assert np.ptp(values.values) > 0 or name == "forgetting", name
        method = known_methods("rows")[name]
        assert (values.kind, values.method) == (method.kind, method.title)
        assert values.points.shape == (60, 4)


def test_values_are_those_of_the_pass(found, flowers):
    settings = RefitSettings(config=SMALL["model"])
    inside = random_halves(60, 40, 0)
    X, y = found.rows.X, found.rows.y
    seen = fits_of(X, y, inside, settings, at=X, n_classes=3)
    expected = out_of_sample(inside, seen.probabilities.argmax(-1) == y)
    np.testing.assert_array_equal(found.values["oob"].values, expected[0])
    np.testing.assert_array_equal(found.values["oob"].standard_errors, expected[1])
    outside = ~inside
    P = (outside[..., None] * seen.probabilities).sum(0) / outside.sum(0)[:, None]
    np.testing.assert_allclose(found.probabilities, P, rtol=1e-6)
    assert found.out_of_sample


def test_passes_are_shared_and_counted_once(found):
    sets, loo = 40, 61 * 2
    dvrl = found.values["dvrl"].n_fits
    fits = {"halves": 40, "sets": sets, "runs": 2, "left_out": loo, "dvrl": dvrl}
    assert found.plan.fits == fits
    assert found.n_fits == 40 + sets + 2 + loo + dvrl


def test_a_wrong_label_is_found(flowers):
    table, _ = flowers
    wrong = table.copy()
    row = wrong.index[wrong["target"] == "setosa"][3]
    wrong.loc[row, "target"] = "virginica"
    found = value(wrong, label="target", **SMALL)
    assert found.suspects(1).index[0] == found.suspects(1, "oob").index[0] == row
    assert found.predicted[row] == "setosa" and found.p_label[row] < 0.3
    assert f"look first at rows {row} (virginica, predicted setosa" in found.values_say()
    assert found.values_say().count(". ") == 2, "three sentences"
    assert row in found.issues().index[:3] and found.issues().loc[row, "suggested"] == "setosa"
    assert found.issues({row: False}).loc[row, "P(wrong)"] == 0
    assert str(row) in found._repr_html_()


def test_hard_rows_come_first_whichever_end_of_the_values_they_are_at(flowers, found):
    table = flowers[0]
    methods = ["el2n", "influence_functions", "p_label"]
    alone = value(table, None, methods, label="target", **SMALL)
    for name, high in (("el2n", True), ("influence_functions", True), ("p_label", False)):
        values = alone.values[name].values
        first = table.index[values.argmax() if high else values.argmin()]
        assert alone.suspects(1, name).index[0] == first
    moved, p_label = (alone.values[name].values for name in methods[1:])
    expected = -pd.Series(moved).corr(pd.Series(p_label), "spearman")
    assert alone.agreement().loc["influence_functions", "p_label"] == pytest.approx(expected)
    assert not found.hard_is_high("influence_functions"), "with labels, high values help"


def test_the_frame_has_a_line_for_each_row(found, flowers):
    frame, wide, known = found.to_frame("oob"), found.to_frame(), known_methods("rows")
    names = ["label", "predicted", "P(label)", "value", "standard_error", "rank", "fits"]
    assert frame.columns.tolist() == names and frame["rank"].min() == 1
    assert frame.index.equals(flowers[0].index)
    assert frame["label"].tolist() == flowers[0]["target"].tolist()
    assert len(wide.columns) == 3 + 3 * len(known) and wide.attrs["fits"]["oob"] == 40
    agreement = found.agreement()
    assert [*agreement] == [*known] and agreement.loc["el2n", "p_label"] > 0.5
    assert table_values(found).png().startswith(b"\x89PNG")


def test_sentences_say_how_sure_values_are_and_which_fits_predicted(found):
    def says(of=found, **changed):
        return replace(of, values={"oob": replace(found.values["oob"], **changed)}).values_say()

    assert "standard error is 0.5, and values differ by" in says(standard_errors=np.full(60, 0.5))
    assert "is not known" in says(standard_errors=np.full(60, np.nan))
    assert says(values=np.ones(60)).endswith("finds no difference between the rows.")
    exact = np.eye(found.probabilities.shape[1])[found.rows.y]
    for outside, fits in ((True, "did not see them."), (False, "saw them, which may have learned")):
        right = says(replace(found, probabilities=exact, out_of_sample=outside))
        assert f"All 60 rows are predicted as they are labelled by fits that {fits}" in right


def test_any_classifier_and_arrays(flowers):
    X, y = make_classification(60, 6, random_state=0)
    found = value(X, y, model=LogisticRegression(), n_fits=20, quiet=True)
    assert list(found.values) == ["oob"] and found.n_fits == 20
    few = KNeighborsClassifier()  # needs more than two rows, also when its fits are timed
    assert value(X, y, n_fits=4, model=few, cache=False, quiet=True).n_fits == 4
    without = value(X, y, "loo", model=LogisticRegression(), quiet=True)
    assert not without.out_of_sample and (without.values["loo"].values >= 0).all()
    seen = value(X, y, ["loo", "influence_functions"], target=X[:5], **SMALL)
    assert (seen.values["influence_functions"].values >= 0).all(), "how far the model moves"


def test_new_rows_are_valued_as_the_paper_asks(flowers):
    table, further = flowers
    new = further.iloc[:24].copy()
    new.iloc[0, -1] = "virginica" if new.iloc[0, -1] == "setosa" else "setosa"

    def valued(new, n_runs):
        asked = dict(label="target", n_runs=n_runs, model=SMALL["model"], quiet=True)
        return dvlib.value_new(table, None, new.drop(columns="target"), new["target"], **asked)

    found, single = valued(new, 2), valued(new[:1], 1)
    frame = found.to_frame()
    assert found.centred and frame["rank"].iloc[0] <= 3 and frame.index.equals(new.index)
    assert frame["1 - P(label)"].iloc[0] == frame["1 - P(label)"].max()
    assert found.values.n_fits == 2 * 25
    assert not single.centred and np.isnan(single.values.standard_errors).all()
    np.testing.assert_array_equal(single.refits.soft[0], found.refits.soft[0][:1])


def test_a_plan_that_is_too_long_is_refused_unless_it_was_asked_for(flowers, monkeypatch, capsys):
    table, new = flowers[0], flowers[1].iloc[:2]
    before = table.copy(deep=True)
    asked = dict(label="target", model=SMALL["model"], quiet=True)
    rows = (table, None, new.drop(columns="target"), new["target"])
    monkeypatch.setattr(plan, "LONGEST", 1e-9)
    with monkeypatch.context() as patch:
        patch.setattr("dvlib.tables.sample.fits_of", None)  # no pass begins
        with pytest.raises(ValueError, match="200 fits to random halves.*give fewer rows or meth"):
            value(table, None, "oob", label="target", quiet=True)
        with pytest.raises(ValueError, match=r"9 fits with one row more.*\(n_runs\)"):
            dvlib.value_new(*rows, **asked)
    assert dvlib.value_new(*rows, n_runs=1, **asked).values.n_fits == 3
    assert value(table, label="target", **SMALL | {"quiet": False}).n_fits == 42
    said = capsys.readouterr().err
    assert said.startswith("60 rows × 4 columns: 40 fits to random halves, 2 watched runs on all")
    assert "about" in said
    pd.testing.assert_frame_equal(table, before)  # a table that was given is not changed


X, Y = make_classification(40, 4, random_state=1)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (dict(methods="obb"), "did you mean 'oob'"),
        (dict(methods=()), "no methods: give some of banzhaf"),
        (dict(methods=["shapley"]), r"target=\(X_valid, y_valid\)"),
        (dict(methods=["dvrl"], target=X), "'dvrl' says what helps on a target"),
        (dict(model=LogisticRegression(), methods="el2n"), "watches a network"),
        (dict(model="mlp"), "give a dvlib.MLPConfig"),
        (dict(n_fits=1), "n_fits 1"), (dict(seed=-1), "seed -1"),
        (dict(utility="auc"), "unknown utility 'auc'"),
        (dict(methods="banzhaf", target=(X, Y[:-1])), "39 labels for 40 rows"),
        (dict(methods="banzhaf", target=(X, Y + 5)), "target label '6' in row 0"),
        (dict(methods="banzhaf", target=(X[:, :2], Y)), "columns x3, x4 are missing"),
        (dict(methods="shapley", n_fits=5, target=(X[1:] + 1, Y[1:])), "number of sets 5"),
        (dict(n_jobs=0), "n_jobs 0"), (dict(methods=3), "unknown method 3"),
        (
            dict(methods="banzhaf", target=(X[::-1], Y[::-1])),
            "40 of the target's 40 rows are rows of the table",
        ),
        (dict(methods="banzhaf", target=(X, Y, Y)), "target of 3 parts"),
    ],
    ids=str,
)  # fmt: skip
def test_bad_input_costs_no_fit(given, says, monkeypatch):
    monkeypatch.setattr("dvlib.engine.observe.train_model", None)
    with pytest.raises((ValueError, TypeError), match=says):
        value(X, Y, **{"quiet": True} | given)


@pytest.mark.parametrize(("new", "labels", "says"), [
    (X[:2, :3], Y[:2], "columns x4 are missing"), (X[:2], Y[:3], "3 new labels for 2 rows"),
    (X[:2], [7, 0], "target label '7' in row 0"), (X[:0], Y[:0], "no rows: give one or more"),
])  # fmt: skip
def test_bad_new_rows_cost_no_fit(new, labels, says, monkeypatch):
    monkeypatch.setattr("dvlib.engine.observe.train_model", None)
    with pytest.raises(ValueError, match=says):
        dvlib.value_new(X, Y, new, labels, quiet=True)


def test_the_estimate_does_not_time_the_compiler(monkeypatch):
    """The first two rows of a permutation are often of one class, and then nothing is compiled."""
    fitted = []
    monkeypatch.setattr(plan, "fit_model", lambda X, y, *_: fitted.append(set(y)) or np.asarray)
    for seed in range(5):
        y = np.r_[np.zeros(38, int), 1, 1]
        plan.costs_of(X, y, 2, RefitSettings((seed,)))
        assert fitted[0] == {0, 1}
        fitted.clear()


@pytest.mark.parametrize(("methods", "says"), [
    ("oob", "fits to random halves"), ("loo", "fits without one row"),
    (["oob", "p_label"], "(fits to random halves|watched runs on all rows)"),
    ("influence_functions", "(watched runs|influence_functions)"),
])  # fmt: skip
def test_what_does_not_fit_into_memory_costs_no_fit(methods, says, monkeypatch):
    monkeypatch.setattr("dvlib.tables.plan.fit_model", None)
    monkeypatch.setattr("dvlib.engine.observe.train_model", None)
    monkeypatch.setattr("dvlib.checks.LARGEST_MEMORY", 10_000)
    with pytest.raises(ValueError, match=f"40 rows for {says}.*: they would take .* give at most"):
        value(X, Y, methods, quiet=True)
    with pytest.raises(ValueError, match="20 new rows: they would take"):
        dvlib.value_new(X[:20], Y[:20], X[20:], Y[20:], quiet=True)


def test_the_last_method_is_refused_before_the_first_is_computed(monkeypatch):
    """Influence functions take rows × rows, where all runs would fit."""
    counts = Counts(10, 10, 1, 1, 10)
    plan.check_room(["oob", "p_label"], counts, (20_000, 20), 2, None, RefitSettings())
    with pytest.raises(ValueError, match=r"20000 rows for influence_functions.*12.8 GB.*11180"):
        methods = ["oob", "influence_functions"]
        plan.check_room(methods, counts, (20_000, 20), 2, None, RefitSettings())


def test_without_a_target_rows_are_predicted_once():
    settings = RefitSettings(config=NETWORK, cache=False)
    shared = RowSample(X, Y, 2, settings, None, Counts(4, 4, 1, 1, 4), None)
    assert shared.halves.probabilities.shape == (4, len(X), 2)


def test_without_labels_new_rows_have_expectations_over_them():
    """By hand: the values with either label, by the probabilities of the model without the row."""
    asked = dict(n_runs=2, model=SMALL["model"], quiet=True)
    target = X[24:] + 0.01, Y[24:]
    table, new = (X[:20], Y[:20]), X[20:24]
    by_label = [dvlib.value_new(*table, new, [k] * 4, target=target, **asked) for k in (0, 1)]
    found = dvlib.value_new(*table, new, target=target, **asked)
    P = np.column_stack([each.refits.base_p.mean(1) for each in by_label])
    np.testing.assert_allclose(P.sum(1), 1, atol=1e-6)
    frames = [each.to_frame() for each in by_label]
    for name in ("value", "helps", "soft dv", "hard dv"):
        expected = (P * np.column_stack([frame[name] for frame in frames])).sum(1)
        np.testing.assert_allclose(found.to_frame()[name], expected, atol=1e-6)
    np.testing.assert_array_equal(found.to_frame()["label"], P.argmax(1))


def test_a_column_says_whether_a_new_row_helps_on_a_target():
    """The change of the mean log-likelihood, which a plain refit confirms."""
    asked = dict(n_runs=1, model=SMALL["model"], quiet=True)
    target = X[24:], Y[24:]
    found = dvlib.value_new(X[:20], Y[:20], X[20:24], Y[20:24], target=target, **asked)
    with_target = dvlib.value_new(X[:20], Y[:20], X[20:24], Y[20:24], at=X[24:], **asked).refits
    P, before = with_target.refits[:, 0], with_target.base[0]
    rows = np.arange(len(Y[24:]))
    gain = np.log(P[:, rows, Y[24:]]).mean(1) - np.log(before[rows, Y[24:]]).mean()
    np.testing.assert_allclose(found.to_frame()["helps"], gain, atol=1e-5)
    assert "helps" not in dvlib.value_new(X[:20], Y[:20], X[20:24], Y[20:24], **asked).to_frame()


@pytest.mark.parametrize(("name", "labels"), [
    ("value", ("$5_$10", "$x^{2")), ("label", ("猫", "犬")), ("flagged", (True, False)),
], ids=str)  # fmt: skip
def test_words_of_the_user_are_never_parsed(name, labels, recwarn):
    """Labels, names of columns and of the index may be anything; look-ups are by position."""
    y = np.where(X[:, 0] + X[:, 1] > 0, *labels)
    table = pd.DataFrame(X, columns=["value", "$a_{", "P(wrong)", ""])
    table.index = pd.Index(np.arange(len(X)) + 5, name=name)
    found = value(table, y, "oob", **SMALL)
    assert found.plot().png().startswith(b"\x89PNG")
    assert json.loads(found.to_json())["rows"] == len(X)
    assert repr(found) and found._repr_html_() and len(found.suspects()) == 20
    assert len(found.issues()) == len(found.to_frame()) == len(X)
    assert not [w for w in recwarn if "Glyph" in str(w.message)]


def test_an_index_with_copies_names_rows_all_the_same():
    table = pd.DataFrame(X, index=[1] * len(X))
    found = value(table, Y, "oob", **SMALL)
    assert len(found.issues()) == len(X) and found._repr_html_() and found.plot().png()
    with pytest.raises(ValueError, match="give each row its own"):
        found.issues({1: True})


def test_a_target_may_write_the_tables_labels_as_numbers():
    y = np.array(["1", "2", "other"])[np.arange(len(X)) % 3]
    target = X[:9] + 0.01, [1, 2, 1, 2, 1, 2, 1, 2, 1]
    assert value(X, y, "banzhaf", target=target, **SMALL).values

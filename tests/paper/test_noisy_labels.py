"""Extension 8: methods against fits made one by one, claims, tables and picture by hand."""

import numpy as np
import pytest
from sklearn.model_selection import KFold

from dvlib.data.wide import make_wide
from dvlib.engine.mlp import MLPConfig, train
from dvlib.paper.figures import noisy_labels
from dvlib.paper.figures.noisy_labels import NoisySample, Passes
from dvlib.paper.judging.verdicts import NOT, NOT_MEASURED, PARTLY, REPRODUCED
from dvlib.paper.settings import resolve
from dvlib.refits.batch import RefitSettings
from dvlib.tables.passes import random_halves

MODEL = MLPConfig((8,), max_iter=25, learning_rate_init=0.02)
N, SEED = 30, 3
FIRST = SEED * 10_000  # training seed of the sample
TARGETS = {"noisy": (range(10), 0.2), "clean": (range(10), 0.0), "more": (range(10, 40), 0.0)}
TEST = range(40, 80)
FLOAT32 = 1e-6  # probabilities are stored with 24 bits; means of them are no worse


def value_rows(methods, datasets=("fried",), ordered=(), shares=(), n_fits=40, **changes):
    settings = resolve("ext08", n_points=N, n_fits=n_fits, seed=SEED, **changes)
    return noisy_labels.value_rows(
        settings, datasets, MODEL, methods, noise=0.2, targets=TARGETS, test=TEST, ordered=ordered,
        shares=shares,
    )  # fmt: skip


def values_of(methods):
    (sample,) = value_rows(methods)["fried"]
    return sample.values


def data_of(noise=0.2, n=N):
    return make_wide("fried", n=n, m=TEST.stop, seed=SEED, noise=noise)


def passes_of(data, model=MODEL):
    return Passes(data, TARGETS, RefitSettings((SEED,), model), SEED)


def network(X, y, seed):
    return train(X, y, MODEL, seed=seed, engine="sklearn", n_classes=2).network


def sample_of(values, kept=(), n_flipped=2, n=10):
    """A sample of which the first rows are flipped."""
    return NoisySample(np.arange(n) < n_flipped, dict(values), {("", "", 0.0): 0.8} | dict(kept))


def ranked(pairs):
    """Values of ten rows from (method, fits) → how many of the 16 pairs are ordered correctly.

    The pairs are of two flipped rows and eight others. The first flipped row is below all others,
    and has eight pairs. The second one has the pairs that are left, 0 to 8.
    """
    return {key: np.array([-1, 15.5 - count, *range(8)]) for key, count in pairs.items()}


def test_methods_by_halves_are_those_of_fits_made_one_by_one():
    values = values_of({
        "out of sample": (noisy_labels.out_of_sample, (20,)),
        "memorization": (noisy_labels.memorization, (20,)),
        "Banzhaf": (noisy_labels.banzhaf, (20,), ("clean", "more"), ("accuracy", "log-likelihood")),
    })  # fmt: skip
    data, inside = data_of(), random_halves(N, 20, FIRST)
    networks = [network(data.X[rows], data.y[rows], FIRST + k) for k, rows in enumerate(inside)]
    right = np.array([one.probabilities(data.X).argmax(1) == data.y for one in networks])
    found = np.array([right[~inside[:, i], i].mean() for i in range(N)])
    np.testing.assert_allclose(values["out of sample", 20], found)
    known = np.array([right[inside[:, i], i].mean() for i in range(N)])
    np.testing.assert_allclose(values["memorization", 20], -(known - found))
    for target, (points, _) in {"clean": TARGETS["clean"], "more": TARGETS["more"]}.items():
        labels = data.y_U[points.start : points.stop]
        P = np.array([one.probabilities(data.U[points.start : points.stop]) for one in networks])
        own = P[:, np.arange(len(labels)), labels]
        utilities = {"accuracy": (own > 0.5).mean(1), "log-likelihood": np.log(own).mean(1)}
        for name, utility in utilities.items():
            banzhaf = [utility[row].mean() - utility[~row].mean() for row in inside.T]
            np.testing.assert_allclose(
                values[f"Banzhaf, {target}, {name}", 20], banzhaf, atol=FLOAT32
            )


def test_watched_runs_are_those_of_fits_watched_one_by_one():
    functions = {"mean P(label)": noisy_labels.mean_probability, "EL2N": noisy_labels.el2n}
    values = values_of({name: (function, (1, 2)) for name, function in functions.items()})
    data, rows = data_of(), np.arange(N)
    runs = [
        train(data.X, data.y, MODEL, seed=seed, n_classes=2, engine="sklearn",
              snapshot_epochs=tuple(range(1, 26)))
        for seed in (FIRST, FIRST + 1)
    ]  # fmt: skip
    assert all(run.n_iter == 25 for run in runs)
    P = np.array([[epoch.probabilities(data.X) for epoch in run.snapshots] for run in runs])
    means = P[:, :, rows, data.y].mean(1)
    np.testing.assert_allclose(values["mean P(label)", 1], means[0], atol=FLOAT32)
    np.testing.assert_allclose(values["mean P(label)", 2], means.mean(0), atol=FLOAT32)
    # Two classes: ‖p − onehot(y)‖ is √2 (1 − p), here after epoch 20.
    norms = np.sqrt(2) * (1 - P[:, 19, rows, data.y])
    np.testing.assert_allclose(values["EL2N", 1], -norms[0], atol=FLOAT32)
    np.testing.assert_allclose(values["EL2N", 2], -norms.mean(0), atol=FLOAT32)


def test_low_values_are_taken_for_noise():
    """On data that a network learns well, every method beats chance, so no sign is wrong."""
    methods = {
        "mean P(label)": (noisy_labels.mean_probability, (2,)), "EL2N": (noisy_labels.el2n, (2,)),
        "GraNd": (noisy_labels.grand, (2,)),
        "influence functions": (noisy_labels.influence, (2,), "more", "log-likelihood"),
        "out of sample": (noisy_labels.out_of_sample, (100,)),
        "memorization": (noisy_labels.memorization, (100,)),
        "KNN-Shapley": (noisy_labels.knn_shapley, (0,), "more"),
        "out-of-fold": (noisy_labels.out_of_fold, (5,)),
        "target alone": (noisy_labels.target_alone, (1,), "more"),
    }  # fmt: skip
    settings = resolve("ext08", n_points=200, n_fits=100, seed=SEED)
    samples = noisy_labels.value_rows(
        settings, ("2dplanes",), MODEL, methods, noise=0.2, targets={"more": (range(200), 0.0)},
        test=range(200, 210),
    )  # fmt: skip
    (sample,) = samples["2dplanes"]
    found = {method: sample.auc_of_most(method) for method in methods}
    # 40 × 160 pairs: an AUC of chance has a standard error of 0.05, so 0.6 is two of them.
    assert min(found.values()) > 0.6, found


def test_fewer_fits_are_the_first_of_the_same_pass():
    def methods(runs, halves):
        return {
            "mean P(label)": (noisy_labels.mean_probability, runs),
            "GraNd": (noisy_labels.grand, runs),
            "influence": (noisy_labels.influence, runs, "more", "accuracy"),
            "out of sample": (noisy_labels.out_of_sample, halves),
            "Banzhaf": (noisy_labels.banzhaf, halves, "noisy", "log-likelihood"),
        }

    few, more = values_of(methods((1,), (10,))), values_of(methods((1, 3), (10, 30)))
    assert more.keys() > few.keys()
    for key, values in few.items():
        np.testing.assert_array_equal(values, more[key])
        assert (values != more[key[0], 3 * key[1]]).any()


def test_shapley_values_have_sets_of_their_own_for_each_number_of_fits():
    values = values_of({"Shapley": (noisy_labels.shapley, (20, 40), ("clean", "more"), "accuracy")})
    assert [*values] == [(f"Shapley, {t}", k) for k in (20, 40) for t in ("clean", "more")]
    assert all(np.isfinite(one).all() and one.std() > 0 for one in values.values())
    assert (values["Shapley, clean", 20] != values["Shapley, clean", 40]).any()


def test_the_noisy_target_has_a_fifth_of_its_labels_changed():
    passes = passes_of(data_of())
    (points, noisy), (same, clean) = passes.targets["noisy"], passes.targets["clean"]
    assert points == same == slice(0, 10) and (noisy != clean).sum() == 2
    np.testing.assert_array_equal(clean, passes.data.y_U[:10])
    np.testing.assert_array_equal(passes_of(data_of()).targets["noisy"][1], noisy)
    right = np.eye(2)[clean][None]  # a fit that is sure of the clean labels
    assert passes.utility(right, "clean", "accuracy") == [1]
    assert passes.utility(right, "noisy", "accuracy") == [0.8]


def test_baselines_are_those_of_fits_made_one_by_one():
    methods = {"out-of-fold": (noisy_labels.out_of_fold, (5,)),
               "target alone": (noisy_labels.target_alone, (2,), "more")}  # fmt: skip
    values, data = values_of(methods), data_of()
    rows, points = np.arange(N), slice(10, 40)
    folds = [*KFold(5, shuffle=True, random_state=SEED).split(data.X)]
    for k, (others, fold) in enumerate(folds):
        P = network(data.X[others], data.y[others], FIRST + k).probabilities(data.X[fold])
        found = values["out-of-fold", 5][fold]
        np.testing.assert_allclose(found, P[range(len(fold)), data.y[fold]], atol=FLOAT32)
    fitted = [network(data.U[points], data.y_U[points], FIRST + k) for k in range(2)]
    means = np.mean([one.probabilities(data.X)[rows, data.y] for one in fitted], axis=0)
    np.testing.assert_allclose(values["target alone", 2], means, atol=FLOAT32)


def constant(passes, count, *chosen):
    """A method whose values say how it was called."""
    return np.full(len(passes.data.X), float(count))


def test_recipe_names_and_order():
    methods = {
        "none": (constant, (0,)), "each": (constant, (0,), ("noisy", "clean")),
        "run": (constant, (1, 10)), "one target": (constant, (1, 10), "more", "accuracy"),
        "all": (constant, (10, 600), ("noisy", "more"), ("accuracy", "log-likelihood")),
    }  # fmt: skip
    values = values_of(methods)
    full = [f"all, {target}, {name}" for target in ("noisy", "more")
            for name in ("accuracy", "log-likelihood")]  # fmt: skip
    assert [*values] == [
        ("none", 0), ("each, noisy", 0), ("each, clean", 0), ("run", 1), ("one target", 1),
        ("run", 10), ("one target", 10), *((name, 10) for name in full),
    ]  # fmt: skip  # 600 fits are more than n_fits, 40
    assert all((found == fits).all() for (_, fits), found in values.items())


@pytest.mark.parametrize(("method", "words"), [
    ((constant, (1,), "nosy"), "target 'nosy'.*noisy"),
    ((constant, (1,), ("noisy",), "acuracy"), "utility 'acuracy'.*accuracy"),
])  # fmt: skip
def test_bad_recipes_are_refused_before_any_fit(method, words, monkeypatch):
    for name in ("fits_of", "trajectories_of"):
        monkeypatch.setattr(noisy_labels, name, lambda *_, **__: pytest.fail("a fit"))
    with pytest.raises(ValueError, match=words):
        value_rows({"method": method})


def test_rows_to_leave_out_and_to_test_on_are_checked_before_any_fit(monkeypatch):
    monkeypatch.setattr(noisy_labels, "fits_of", lambda *_, **__: pytest.fail("a fit"))
    with pytest.raises(ValueError, match="left out 'each, more'.*each, noisy"):
        value_rows({"each": (constant, (0,), ("noisy",))}, ordered=("each, more",))
    monkeypatch.setattr(f"{__name__}.TEST", range(39, 80))
    with pytest.raises(ValueError, match="test range.39, 80.: give points after"):
        value_rows({"random": (constant, (0,))})


def test_rows_left_out_are_those_of_lowest_and_of_highest_value():
    def known(passes, count):
        return 1.0 - passes.data.flipped

    methods = {"known": (known, (0, 1)), "many": (constant, (41,))}  # more than n_fits
    shares = (0.2, 0.4)
    (sample,) = value_rows(methods, ordered=("known", "many"), shares=shares)["fried"]
    expected = [("known", end, share) for share in shares for end in ("lowest", "highest")]
    assert [*sample.kept] == [("", "", 0.0), *expected]

    data = data_of()

    def accuracy(rows):
        labels = data.y_U[TEST.start : TEST.stop]
        fitted = [network(data.X[rows], data.y[rows], seed) for seed in (FIRST, FIRST + 1)]
        P = [one.probabilities(data.U[TEST.start : TEST.stop]) for one in fitted]
        return np.mean([np.mean(p.argmax(1) == labels) for p in P])

    # The lowest fifth are the changed labels. Of equal values, earlier rows come first.
    clean, changed = np.flatnonzero(~data.flipped), np.flatnonzero(data.flipped)
    assert len(changed) == 6
    assert sample.kept["", "", 0.0] == accuracy(np.arange(N))
    assert sample.kept["known", "lowest", 0.2] == accuracy(clean)
    assert sample.kept["known", "highest", 0.2] == accuracy(np.sort([*changed, *clean[:-6]]))
    assert sample.kept["known", "lowest", 0.4] == accuracy(clean[6:])
    assert sample.gain("known", "lowest", 0.2) == accuracy(clean) - accuracy(np.arange(N))
    assert np.isnan(sample.gain("many", "lowest", 0.2))


def test_auc_and_f1_worked_by_hand():
    values = np.array([0.0, 5.0, 0.1, 5.1, 5.2, 5.3])  # flipped: the first two; low: 0 and 2
    sample = sample_of({("m", 1): values, ("m", 10): -values}, n=6)
    assert sample.auc("m", 1) == 7 / 8  # of 2 × 4 pairs, only 5.0 above 0.1 is wrong
    assert sample.auc_of_most("m") == sample.auc("m", 10) == 1 / 8
    assert sample.f1("m", 1) == pytest.approx(0.5)  # precision ½, recall ½
    assert np.isnan(sample.auc("m", 5)) and np.isnan(sample.auc_of_most("absent"))


NOISY, BEST = "100 noisy, accuracy", "2,000 clean, log-likelihood"


def test_c69_follows_the_lead_of_watched_fits():
    def verdict(best, banzhaf, shapley, fits=10):
        of_most = {(f"Banzhaf, {NOISY}", 10): 16, (f"Banzhaf, {NOISY}", 100): banzhaf}
        pairs = {("mean P(label)", fits): best, (f"Shapley, {NOISY}", 100): shapley} | of_most
        return noisy_labels.watched_fits_find_noise(sample_of(ranked(pairs))).verdict

    assert verdict(16, 9, 9) == REPRODUCED  # AUC 1, leads of 7/16
    assert verdict(13, 9, 9) == PARTLY  # AUC 0.81, above the looser threshold
    assert verdict(16, 9, 15) == PARTLY  # Shapley values are less than 0.1 behind
    assert verdict(9, 9, 9) == NOT
    assert verdict(16, 9, 9, fits=1) == NOT_MEASURED  # no values from ten runs


def test_c70_follows_protocol_and_removal():
    def verdict(good, poor, accuracy, share=0.2):
        pairs = {(f"Banzhaf, {BEST}", 10): 8, (f"Banzhaf, {BEST}", 600): good,
                 (f"Banzhaf, {NOISY}", 600): poor}  # fmt: skip
        kept = {("out of sample", "lowest", share): accuracy}  # 0.8 with all rows
        return noisy_labels.the_protocol_decides(sample_of(ranked(pairs), kept)).verdict

    assert verdict(14, 9, 0.82) == REPRODUCED
    assert verdict(10, 9, 0.82) == PARTLY  # 1/16 more is less than 0.1
    assert verdict(14, 9, 0.8) == PARTLY  # no gain
    assert verdict(9, 14, 0.7) == NOT
    assert verdict(14, 9, 0.82, share=0.1) == NOT_MEASURED
    both = {"fried": [sample_of({})], "2dplanes": [sample_of({})]}
    assert noisy_labels.the_protocol_decides(both).verdict == NOT_MEASURED


def two_samples(title="random"):
    """Two samples with AUCs of 1 and ½ and accuracies of 0.9 and 0.7 without the lowest tenth."""
    kept = [{("random", end, 0.1): value for end in ("lowest", "highest")} for value in (0.9, 0.7)]
    values = [ranked({(title, 0): 16, ("mean P(label)", 1): pairs}) for pairs in (16, 8)]
    return [sample_of(*pair) for pair in zip(values, kept, strict=True)]


def test_tables_have_means_over_samples():
    samples = {"fried": two_samples(), "2dplanes": two_samples()}
    scores = noisy_labels.scores(samples).set_index(["dataset", "method", "fits"])["AUC"]
    assert scores["fried", "random", 0] == 1 and scores["2dplanes", "mean P(label)", 1] == 0.75
    assert noisy_labels.removal(samples)["accuracy"].tolist() == pytest.approx([0.8] * 6)


def test_less_noise_has_a_row_for_each_share():
    found = noisy_labels.less_noise(
        resolve("ext08", n_points=N, n_fits=10, seed=SEED), datasets=("fried", "2dplanes"),
        model=MODEL, methods={"mean P(label)": (noisy_labels.mean_probability, (1,)),
                              "out of sample": (noisy_labels.out_of_sample, (20,))},
        noises=(0.0, 0.1), test=TEST,
    )  # fmt: skip
    assert found["dataset"].tolist() == ["fried", "fried", "2dplanes", "2dplanes"]
    auc = found["AUC, mean P(label)"].to_numpy()
    assert np.isnan(auc[::2]).all() and ((auc[1::2] >= 0) & (auc[1::2] <= 1)).all()
    assert found["gain without the lowest tenth, mean P(label)"].abs().max() < 0.5
    assert not any("out of sample" in name for name in found)  # takes more than n_fits


def test_picture_draws_the_methods_that_there_are():
    longer = {"fried": [sample_of(ranked({("random", 600): 16, ("random", 2_500): 8}))]}
    figure = noisy_labels.draw({name: two_samples() for name in ("fried", "2dplanes")}, longer)
    assert [ax.get_title().split(":")[0] for ax in figure.axes] == ["fried", "2dplanes"] * 2
    watched, chance, *_ = figure.axes[1].lines  # in the order of LOOKS
    assert watched.get_xdata().tolist() == [1] and watched.get_ydata().tolist() == [0.75]
    assert chance.get_xdata().tolist() == [0.3]  # without fits, left of 1 on the log scale
    # The first sample of one data set has a curve of its own, which begins at 600 fits.
    curves = [[[*line.get_xdata()] for line in ax.lines] for ax in figure.axes[:2]]
    assert [600, 2_500] in curves[0] and [600, 2_500] not in curves[1]
    rows = noisy_labels.numbers({"fried": two_samples()}, longer).frame
    (last,) = rows.query("fits == 2_500 and measure == 'AUC'").to_dict("records")
    assert (last["dataset"], last["value"]) == ("fried, first sample", 0.5)
    lowest, highest = figure.axes[2].lines  # the one method whose rows are left out
    assert lowest.get_markerfacecolor() != "white" == highest.get_markerfacecolor()
    assert lowest.get_ydata().tolist() == pytest.approx([0.8, 0.8])


def test_methods_of_the_picture_have_looks_of_their_own():
    looks = noisy_labels.LOOKS
    assert len({*looks.values()}) == len(looks) and {*noisy_labels.REMOVAL} <= {*looks}

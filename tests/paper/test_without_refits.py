"""Extension 10: values without refits beside those by refits, their measures, claims and charts."""

import numpy as np
import pytest
from support.small import line, valued

import dvlib
from dvlib.data.regions import Boundaries
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, train
from dvlib.methods.agreement import auc, rank_correlation
from dvlib.paper.drawing.panels import Panel
from dvlib.paper.figures import without_refits
from dvlib.paper.figures.without_refits import CHOSEN, INFLUENCE, SHORT, Comparison
from dvlib.paper.regimes import REGIMES
from dvlib.tables.influence_functions import estimated_dv

TINY = {
    "widths": (4, 8), "dampings": (0.01, 10), "lengths": (1, 0.1),
    "scores": {"1 − P": (without_refits.unlikely, None)},
}  # fmt: skip
CLAIMS = (
    without_refits.influence_orders_points, without_refits.regions_without_refits,
    without_refits.influence_tells_sizes, without_refits.influence_tells_the_sign,
    without_refits.influence_says_more_than_confidence,
)  # fmt: skip


@pytest.fixture
def resolved(monkeypatch):
    """Function of parameters to settings of 16 grid points, whose fits take a millisecond."""
    config = MLPConfig((8,), max_iter=30, learning_rate_init=0.02)
    monkeypatch.setattr(type(REGIMES["library"]), "config", lambda *_: config)
    monkeypatch.setattr(without_refits, "SIDE", 31)
    return lambda **given: dvlib.resolve("ext10", **({"grid_step": 11.0, "mesh_side": 40} | given))


def test_measures_compare_each_method_with_refits(resolved):
    settings = resolved()
    (found,) = without_refits.compare(settings, **TINY)
    sample = settings.sample()  # its width is the last of `TINY`
    refits, points, data = sample.refits, sample.points, sample.data
    value, gain = refits.dv_base.mean(1), (refits.base_dv_g - refits.dv_g).mean(1)
    assert len(points) == 16 and value.max() > 0

    assert found.measures[8, "refits", "AUC"] == auc(sample.regions.misclassified, value)
    across = rank_correlation(*refits.dv_base.T)
    assert found.measures[8, "other seed", "order, f_X"] == pytest.approx(across)

    mesh = MeshGrid(refits.settings.mesh.low, refits.settings.mesh.high, without_refits.SIDE)
    rest = points, refits.labels, mesh.points, data.g(mesh.points), (0.01,), (0.1, 1)
    (one,), (other,) = (
        estimated_dv(network, data.X, data.y, *rest) for network in refits.base_networks
    )
    to_base = (one.to_base + other.to_base) / 2
    to_g = (one.base_to_g - one.to_g + other.base_to_g - other.to_g) / 2
    for method, *against in zip((SHORT, CHOSEN), to_base, to_g, strict=True):
        for reference, predicted, true in zip(("f_X", "g"), against, (value, gain), strict=True):
            correlations = found.by_width(method, f"order, {reference}")
            assert [*correlations] == [4, 8]
            assert correlations[8] == pytest.approx(rank_correlation(predicted, true))
        assert 2 ** found.measures[8, method, "size"] * value.mean() == pytest.approx(
            against[0].mean()
        )
        signs = without_refits.right_signs(against[1], gain)
        assert found.measures[8, method, "sign"] == signs

    unlikely = np.mean(
        [without_refits.unlikely(net, points, refits.labels) for net in refits.base_networks], 0
    )
    correlation = found.by_width("1 − P", "order, g")[8]
    assert correlation == pytest.approx(rank_correlation(unlikely, gain))
    maps = {panel.title: panel.values.values for panel in found.maps}
    assert [*maps] == ["refits", "influence functions"]
    np.testing.assert_array_equal(maps["refits"], value)
    np.testing.assert_array_equal(maps["influence functions"], to_base[1])


def test_signs_are_those_of_the_quarter_that_matters():
    by_refits = np.array([4.0, -3.0, 2.0, -1.0, 0.5, 0, 0, 0])  # the first two matter
    wrong_elsewhere = np.array([0.1, -9.0, -1.0, 1.0, -1.0, 1, 1, 1])
    assert without_refits.right_signs(wrong_elsewhere, by_refits) == 1
    assert without_refits.right_signs(np.ones(8), by_refits) == 0.5  # "nearer" of every point
    assert without_refits.right_signs(np.zeros(8), by_refits) == 0  # no sign is not a right one


def test_a_score_reads_the_networks_after_its_epoch(resolved):
    seen = []

    def score(network, points, labels):
        seen.append(network.packed)
        return points[:, 0]

    scores = {"trained": (score, None), "early": (score, 3), "earlier": (score, 1)}
    settings = resolved()
    recipe = TINY | {"widths": (8,), "dampings": (1,), "scores": scores}
    (sample,) = without_refits.compare(settings, **recipe)
    data = settings.data
    expected = [
        train(data.X, data.y, settings.config, seed=k, engine="fast", snapshot_epochs=(epoch,))
        for epoch in (30, 3, 1)
        for k in (0, 1)
    ]
    for packed, fit in zip(seen, expected, strict=True):
        np.testing.assert_array_equal(packed, fit.snapshots[0].packed)
    assert sample.measures[8, "early", "AUC"] == sample.measures[8, "trained", "AUC"]
    assert [panel.title for panel in sample.maps] == ["refits", "influence functions"]


def test_fits_are_counted_and_a_single_seed_has_no_other(resolved):
    settings = resolved(n_seeds=1, n_data_seeds=2)
    samples = without_refits.compare(settings, **TINY)
    # samples · widths · (16 refits, f_X, 11 runs for the learned boundary, 1 fit that is timed)
    assert len(samples) == 2 and settings.ledger.n_fits == 2 * 2 * (16 + 1 + 11 + 1)
    assert np.isnan(samples[0].measures[8, "other seed", "order, g"])
    first, second = (sample.maps[0].data.X for sample in samples)
    assert (first != second).any()


@pytest.mark.parametrize(("changes", "said"), [
    ({"widths": (1, 2, 3, 4)}, "4 widths: give 1 to 3, one for each colour"),
    ({"dampings": (0.1, -1)}, "give one or more numbers from 0 on"),
    ({"dampings": ("strong",)}, "damping 'strong'"), ({"widths": ()}, "0 widths: give 1 to 3"),
    ({"dampings": ()}, "give one or more numbers from 0 on"),
    ({"lengths": (0.1,)}, "give 1, the whole step"), ({"lengths": (1, 0)}, "others above 0"),
])  # fmt: skip
def test_a_bad_recipe_is_refused_before_any_fit(resolved, changes, said):
    settings = resolved()
    with pytest.raises(ValueError, match=said):
        without_refits.compare(settings, **(TINY | changes))
    assert settings.ledger.n_fits == 0


WIDTHS = (10, 100, 1_000)
ORDER = {CHOSEN: (0.9, 0.8, 0.7), "1 − P": (0.5, 0.6, 0.75)}  # against f_X


def made(shift=0.0, maps=()):
    """Measures of three widths that are made up, with all of them shifted."""
    measures = {}
    for k, width in enumerate(WIDTHS):
        measures[width, "other seed", "order, f_X"] = 0.85
        measures[width, "other seed", "order, g"] = 0.8
        for method in ("1 − P", "GraNd", CHOSEN, SHORT, INFLUENCE + "1"):
            measures[width, method, "order, f_X"] = ORDER.get(method, (0.3, 0.3, 0.3))[k]
            measures[width, method, "order, g"] = (0.6, 0.6, -0.2)[k]
            measures[width, method, "sign"] = (0.95, 0.8, 0.95)[k]
            measures[width, method, "AUC"] = 0.95
            if method.startswith(INFLUENCE):
                measures[width, method, "size"] = (-0.5, 0.5, 2.0)[k]
            measures[width, method, "seconds"] = 3.0
        measures[width, "refits", "AUC"] = 1.0
        measures[width, "refits", "seconds"] = 9.0
    return Comparison({key: number + shift for key, number in measures.items()}, list(maps))


def at_widths(name, *numbers):
    return {f"{name}, width {width}": one for width, one in zip(WIDTHS, numbers, strict=True)}


SIGNS = at_widths("right signs", 0.95, 0.8, 0.95)
SIGNS |= at_widths("rank correlation", 0.6, 0.6, -0.2)


@pytest.mark.parametrize(
    ("claim", "verdict", "numbers"),
    [
        # 0.7 is below 0.8 and above the looser 0.6.
        (CLAIMS[0], "partly", at_widths("rank correlation", 0.9, 0.8, 0.7)),
        (
            CLAIMS[1], "reproduced",
            {"AUC, influence functions": 0.95, "AUC, GraNd": 0.95, "AUC, 1 − P": 0.95, "refits": 1},
        ),
        (
            CLAIMS[2], "partly",
            at_widths("doublings", 0.5, 0.5, 2) | at_widths("log ratio", -0.5, 0.5, 2),
        ),
        (CLAIMS[3], "partly", SIGNS | {
            f"{name}, {words}": number for name, number in SIGNS.items()
            for words in ("whole step", "1 − P")
        }),
        (CLAIMS[4], "partly", at_widths("gain", 0.4, 0.2, -0.05)),
    ],
)  # fmt: skip
def test_claims_by_hand(claim, verdict, numbers):
    found = claim(made())
    assert found.verdict == verdict
    assert found.numbers == pytest.approx(numbers)


def test_verdicts_turn_with_the_measures():
    verdicts = [claim([made(shift=-2), made(shift=-2)]).verdict for claim in CLAIMS]
    # Sizes are then 2.5, 1.5 and 0 doublings off. A gain is a difference, which no shift changes.
    assert verdicts == ["not reproduced", "not reproduced", "partly", "not reproduced", "partly"]


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_recipe_without_the_damping_of_the_claims_does_not_measure_them(claim):
    measures = {key: number for key, number in made().measures.items()
                if not key[1].startswith(CHOSEN)}  # fmt: skip
    assert claim(Comparison(measures, [])).verdict == "not measured"


def test_tables_are_means_over_samples():
    frame = without_refits.saved([made(), made(shift=0.2)])["measures"].to_frame()
    assert [*frame] == ["width", "method", "other", "mean"] and "seconds" not in {*frame["other"]}
    row = frame.query("width == 100 and method == @CHOSEN and other == 'size'")
    assert row["mean"].item() == pytest.approx(0.6)  # of 0.5 and 0.7
    table = without_refits.summary([made(), made(shift=0.2)], width=1_000, damping=0.01, length=0.1)
    assert [*table.index] == ["refits", "other seed", CHOSEN, SHORT, "1 − P", "GraNd"]
    assert table.loc[CHOSEN].tolist() == pytest.approx([1.05, 0.8, -0.1, 1.05, 2.1, 3.1])


def test_maps_above_and_a_curve_for_each_width_below():
    mesh = MeshGrid(0, 3, 4)
    labels = dvlib.boundary(line(1, 0, -1), mesh)
    values, boundaries = valued(np.arange(16.0), mesh.points), Boundaries(mesh, labels, labels.T)
    data, titles = dvlib.make_dataset("two_clusters", n_per_class=5), ["refits", "influence"]
    maps = [Panel(title, values, mesh, boundaries, data) for title in titles]
    figure = without_refits.draw([made(maps=maps), made()])
    assert [ax.get_title() for ax in figure.axes[:2]] == titles
    order, sign = figure.axes[2:4]
    # At each width a curve, 1 − P and, where it was measured, the other seed. The right chart has
    # the whole steps of all dampings, too, and a line at the right size.
    assert [len(ax.lines) for ax in (order, sign)] == [3 * 3, 3 * 3 + 1]
    assert list(order.lines[6].get_ydata()) == [0.7, 0.3]  # width 1,000, dampings 0.01 and 1
    sizes = sign.lines[7].get_xdata()  # width 1,000, whole step and a tenth
    assert list(sizes) == [2.0, 2.0]
    assert [text.get_text() for text in sign.texts] == ["1", "0.1"]

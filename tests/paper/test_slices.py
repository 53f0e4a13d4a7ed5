"""Extension 9: networks on planes through rows, values of their places, claims and maps."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from support.small import line, valued

import dvlib
from dvlib.data.wide import make_wide
from dvlib.engine.boundaries import boundary, decision_on, dv
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, Network
from dvlib.paper.figures import slices
from dvlib.paper.figures.slices import Slice, SliceSample, random_triple, two_labels
from dvlib.tables.gradients import unlikely

MESH = MeshGrid(-3, 3, 15)
TINY = {"widths": (2, 4), "n_runs": 3}
DATA = {"magic": (40, 30), "digits_1_7": (200, 60)}


@pytest.fixture
def rows():
    return np.random.default_rng(3).normal(size=(3, 5))


@pytest.mark.parametrize(("hidden", "outputs"), [((7,), 1), ((7,), 3), ((7, 4), 1), ((), 1)])
def test_a_restricted_network_is_the_network_at_the_planes_points(rows, hidden, outputs):
    rng = np.random.default_rng(0)
    sizes = (5, *hidden, outputs)
    coefs = [rng.normal(size=pair) for pair in pairwise(sizes)]
    network = Network.of_layers(coefs, [rng.normal(size=size) for size in sizes[1:]])
    plane = Slice.through(rows)
    flat = plane.restricted(network)
    assert flat.inputs == 2 and flat.outputs == outputs
    np.testing.assert_allclose(
        flat.probabilities(MESH.points), network.probabilities(plane.points(MESH.points)),
        rtol=0, atol=1e-12,
    )  # fmt: skip  # the same sums in another order


def test_the_sweep_draws_the_restricted_network(rows):
    rng, plane = np.random.default_rng(1), Slice.through(rows)
    coefs = [rng.normal(size=(5, 30)), rng.normal(size=(30, 1))]
    network = Network.of_layers(coefs, [rng.normal(size=30), np.zeros(1)])
    assert plane.restricted(network).is_one_layer_of_relu
    swept = decision_on(plane.restricted(network), MESH)  # has float32 places of kinks
    exact = network.decision(plane.points(MESH.points))
    np.testing.assert_allclose(swept, MESH.as_image(exact), atol=1e-5)


def test_the_plane_holds_its_rows_and_keeps_distances(rows):
    plane = Slice.through(rows)
    np.testing.assert_allclose(plane.points(plane.corners), rows, atol=1e-12)
    reach = np.linalg.norm(rows - rows.mean(0), axis=1).max()
    np.testing.assert_allclose(plane.axes @ plane.axes.T, reach**2 * np.eye(2), atol=1e-12)
    assert np.linalg.norm(plane.corners, axis=1).max() == pytest.approx(1)


@pytest.mark.parametrize(("rows", "said"), [
    ([[0, 0], [1, 1]], "give three rows"), ([[0, 0], [1, 1], [2, 2]], "lie on a line"),
    ([[0, 0], [0, 0], [2, 1]], "lie on a line"),
])  # fmt: skip
def test_rows_without_a_plane_are_refused(rows, said):
    with pytest.raises(ValueError, match=said):
        Slice.through(rows)
    with pytest.raises(ValueError, match="a network of 2 inputs: the plane's rows have 5"):
        Slice.through(np.eye(5)[:3]).restricted(line(1, 0, 0))


def test_random_triples_have_two_labels():
    y = np.array([0, 0, 0, 1])
    rng = np.random.default_rng(0)
    for _ in range(50):
        triple = random_triple(y, rng)
        assert len(set(triple)) == 3 and y[triple[0]] != y[triple[1]]


def test_two_labels_of_a_table():
    X, y, U = two_labels("digits_1_7", 200, 60, seed=1)
    whole = make_wide("digits", n=200, m=60, seed=1)
    np.testing.assert_array_equal(X[y == 1], whole.X[whole.y == 7])
    np.testing.assert_array_equal(X[y == 0], whole.X[whole.y == 1])
    assert len(U) == np.isin(whole.y_U, (1, 7)).sum()
    X, y, U = two_labels("breast_cancer", 40, 30, seed=1)
    assert X.shape == (40, 30) and set(y) == {0, 1} and len(U) == 30


@pytest.fixture
def settings():
    return dvlib.resolve("ext09", n_places=3, mesh_side=40)


def test_a_slice_has_values_of_its_places_and_boundaries_of_its_networks(settings):
    samples = slices.value_slices(settings, DATA, **TINY)
    assert {name: len(of) for name, of in samples.items()} == {"magic": 1, "digits_1_7": 1}
    (sample,) = samples["magic"]
    X, y, _ = two_labels("magic", 40, 30, settings.seed)
    plane = Slice.through(X[random_triple(y, np.random.default_rng(settings.seed))])
    networks = {
        width: [
            slices.trained_network(X, y, MLPConfig((width,)), seed, "fast") for seed in (0, 1, 2)
        ]
        for width in TINY["widths"]
    }
    mesh = MeshGrid(-slices.EDGE, slices.EDGE, 40)
    for width, of_width in networks.items():
        a, b, c = (boundary(plane.restricted(network), mesh) for network in of_width)
        assert sample.between_seeds[width] == pytest.approx((dv(a, b) + dv(a, c) + dv(b, c)) / 3)
    value, other = (sample.panels[field].values for field in ("value", "1 − P"))
    places = plane.points(value.points)
    nearest = y[np.linalg.norm(places[:, None] - X, axis=2).argmin(1)]
    np.testing.assert_array_equal(value.labels, nearest)
    np.testing.assert_allclose(
        other.values, unlikely(networks[4][0], places, nearest), atol=1e-6
    )  # the pass keeps float32
    votes = sum(network.predict(places) for network in networks[4])
    np.testing.assert_array_equal(sample.misclassified, (votes > 1) != nearest)
    assert value.values.shape == (9,) and value.values.min() > 0
    fits = 2 * (2 * 3 + 1 + 9)  # data sets · (widths · runs + the fit to all rows + places)
    assert settings.ledger.n_fits == fits
    again = slices.value_slices(settings, DATA, **TINY)
    assert settings.ledger.n_fits == fits
    assert again["magic"][0].between_seeds == sample.between_seeds


def test_samples_differ_by_seed_and_the_first_is_drawn():
    settings = dvlib.resolve("ext09", n_places=3, mesh_side=40, n_data_seeds=2, seed=4)
    samples = slices.value_slices(settings, DATA, **TINY)
    first, second = samples["magic"]
    assert (first.panels["value"].data.X != second.panels["value"].data.X).any()
    panels = slices.panels(samples)
    assert panels[0] is first.panels["value"]
    titles = ["magic, value", "digits 1 7, value", "magic, 1 − P", "digits 1 7, 1 − P"]
    assert [ax.get_title() for ax in dvlib.value_maps(panels, columns=2).axes] == titles


@pytest.mark.parametrize(("data", "changes", "said"), [
    (DATA, {"widths": ()}, "no widths: give one or more"),
    (DATA, {"n_runs": 4}, "n_runs 4: give an odd number from 3 on"),
    (DATA, {"n_runs": 1}, "n_runs 1: give an odd number from 3 on"),
    (DATA | {"digits": (50, 50)}, {}, "digits has 10 labels: name two, as in digits_3_5"),
    (DATA | {"breast_cancer": (500, 500)}, {}, "breast_cancer has 569, give fewer"),
    (DATA | {"magick": (5, 5)}, {}, "magick"),
])  # fmt: skip
def test_what_cannot_be_valued_is_refused_before_any_fit(settings, data, changes, said):
    with pytest.raises(ValueError, match=said):
        slices.value_slices(settings, data, **(TINY | changes))
    assert settings.ledger.n_fits == 0


def made(values=(0.9, 0.1, 0.2, 0.3, 0.4, 0.5), **between):
    """A sample of six places, the first of which is misclassified."""
    panels = {
        field: SimpleNamespace(values=valued(of))
        for field, of in (("value", values), ("1 − P", (1, 0, 0, 0, 0, 0)))
    }
    return SliceSample(panels, np.arange(6) == 0, {int(k[1:]): dv for k, dv in between.items()})


@pytest.mark.parametrize(
    ("first", "auc", "verdict"),
    [(0.9, 1, "reproduced"), (0.45, 0.8, "partly"), (0.25, 0.4, "not reproduced")],
)
def test_auc_of_values_for_misclassified_places(first, auc, verdict):
    found = slices.misclassified_places_are_important(made((first, 0.1, 0.2, 0.3, 0.4, 0.5)))
    assert found.verdict == verdict
    assert found.numbers == {"AUC": pytest.approx(auc), "1 − P": 1}


@pytest.mark.parametrize(
    ("between", "doublings", "verdict"),
    [
        ({"w10": 0.2, "w100": 0.05}, -2, "reproduced"),
        ({"w10": 0.1, "w100": 0.2}, 1, "not reproduced"),
        ({"w10": 0.1, "w100": 0.0}, np.nan, "not measured"),
        ({"w10": 0.1, "w50": 0.1}, np.nan, "not measured"),  # a reader's own widths
    ],
)
def test_doublings_of_dv_between_seeds(between, doublings, verdict):
    found = slices.wider_networks_agree_better(made(**between))
    assert found.verdict == verdict
    assert found.numbers["doublings"] == pytest.approx(doublings, nan_ok=True)

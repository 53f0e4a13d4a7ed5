"""Runs of whole training sets equal single fits; their curves, and the dv between them."""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from support.small import line

from dvlib.engine.boundaries import boundary, boundary_curves, dv
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import LAST, Network
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.runs import (
    deviations,
    mean_cross_dv,
    mean_pairwise_dv,
    predictions_changed,
    stability,
    train_runs,
)
from dvlib.paper.drawing.panels import TOLERANCE, BoundaryPanel
from dvlib.refits.single import fit

MESH = MeshGrid(-4, 6, 41)


def test_runs_equal_single_fits_at_every_epoch_kept(pool, small):
    (X, y), settings = pool, small()
    first, second = train_runs(
        [(X, y), (X[::-1], y[::-1])], settings, epochs=(0, 2, LAST), watch=True
    )
    for runs, points, labels in ((first, X, y), (second, X[::-1], y[::-1])):
        for k, seed in enumerate(settings.seeds):
            alone = fit(
                points, labels, settings.config, seed=seed, probes=points, probe_labels=labels,
                snapshot_epochs=(0, 2, LAST),
            )  # fmt: skip
            for epoch, network in zip((0, 2, LAST), alone.snapshots, strict=True):
                np.testing.assert_array_equal(runs.networks(epoch)[k].packed, network.packed)
            hits, n_iter = runs.learning
            np.testing.assert_array_equal(hits[:, k, : alone.n_iter], alone.hits.T)
            assert (n_iter[:, k] == alone.n_iter).all()
    assert first.n_fits == 2


def test_one_run_by_itself(pool, small):
    (runs,) = train_runs([pool], small(), watch=True)
    one = runs.run(1)
    assert one.settings.seeds == (3,) and one.n_fits == 1
    np.testing.assert_array_equal(one.boundaries()[0], runs.boundaries()[1])
    values, all_values = forgetting_values(one), forgetting_values(runs)
    assert np.isnan(values.standard_errors).all()
    by_run = [forgetting_values(runs.run(k)).values for k in (0, 1)]
    np.testing.assert_allclose(np.mean(by_run, 0), all_values.values)


def test_watched_sets_must_have_one_size(pool, small):
    X, y = pool
    with pytest.raises(ValueError, match=r"of \[20, 24\] points: watch sets of one size"):
        train_runs([(X, y), (X[2:-2], y[2:-2])], small(), watch=True)


def test_pairwise_dv_is_the_mean_over_pairs():
    rng = np.random.default_rng(1)
    some, others = (rng.integers(0, 2, (count, 9, 9), np.uint8) for count in (5, 3))
    pairs = [dv(a, b) for a, b in combinations(some, 2)]
    assert mean_pairwise_dv(some) == pytest.approx(np.mean(pairs))
    apart = [np.mean([dv(a, b) for j, b in enumerate(some) if i != j]) for i, a in enumerate(some)]
    np.testing.assert_allclose(deviations(some), apart)
    across = [dv(a, b) for a in some for b in others]
    assert mean_cross_dv(some, others) == pytest.approx(np.mean(across))


def test_pairwise_dv_of_known_boundaries():
    # Two runs of label 0 and one of label 1: 2 of 3 pairs differ everywhere.
    labels = np.repeat([0, 0, 1], 16).reshape(3, 4, 4).astype(np.uint8)
    assert mean_pairwise_dv(labels) == stability(labels) == pytest.approx(2 / 3)
    assert deviations(labels).tolist() == [0.5, 0.5, 1]
    assert np.isnan(stability(labels[:1]))
    with pytest.raises(ValueError, match="1 boundary: give at least two runs"):
        mean_pairwise_dv(labels[:1])


def test_predictions_changed_is_a_share_of_the_first_training_set():
    points = np.array([[0, 0], [1, 0], [2, 0], [3, 0.0]])

    def runs(*thresholds):
        return SimpleNamespace(points=points, networks=lambda: [line(1, 0, -x) for x in thresholds])

    # The first pair of runs differs on two of four points, the second on none.
    assert predictions_changed(runs(0.5, 1.5), runs(2.5, 1.5)) == 0.25


@pytest.mark.parametrize("activation", ["relu", "relu, two layers"])
def test_curves_of_a_line_are_that_line(activation):
    network = line(1, 2, -3)
    if activation != "relu":  # the same f without the sweep
        identity = np.eye(2)
        (first, intercept), (last, intercept_last) = network.layers
        network = Network.of_layers(
            (first, identity, last), (intercept, np.zeros(2), intercept_last)
        )
    (curve,) = boundary_curves(network, MESH)
    np.testing.assert_allclose(curve @ [1, 2], 3, atol=1e-9)  # linear: exact but for rounding
    assert np.isin(curve[[0, -1]].round(9), (-4, 6)).any(1).all()  # from edge to edge


def test_curves_separate_the_labels(pool, small):
    (runs,) = train_runs([pool], small())
    for curves, labels in zip(runs.curves(MESH), runs.boundaries(MESH), strict=True):
        # Each corner of a curve lies on a mesh edge whose ends have different labels.
        for x, y in np.concatenate(curves):
            columns, rows = (
                {int(np.floor(v)), int(np.ceil(v))}
                for v in np.round((np.array([x, y]) - MESH.low) / MESH.step, 6)
            )
            assert len({labels[row, column] for row in rows for column in columns}) == 2


def test_network_of_one_label_has_no_curve():
    nowhere = line(0, 0, -1)
    assert boundary_curves(nowhere, MESH) == ()
    assert not boundary(nowhere, MESH).any()


def test_thinned_curves_stay_within_the_tolerance(pool, small):
    (runs,) = train_runs([pool], small())
    panel = BoundaryPanel.of_runs(runs, MESH)
    for whole, thin in zip(runs.curves(MESH), panel.curves, strict=True):
        for corners, kept in zip(whole, thin, strict=True):
            assert len(kept) <= len(corners)
            np.testing.assert_allclose(kept[[0, -1]], corners[[0, -1]], atol=1e-9)
            start, step = kept[:-1], np.diff(kept, axis=0)
            along = ((corners[:, None] - start) * step).sum(-1) / (step**2).sum(-1)
            nearest = start + np.clip(along, 0, 1)[..., None] * step
            gap = np.linalg.norm(corners[:, None] - nearest, axis=-1).min(1)
            assert gap.max() <= TOLERANCE

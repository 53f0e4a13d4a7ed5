"""dv of added points as influence functions predict it, without a refit."""

import numpy as np
import pytest
from support.small import LABELS, POINTS, g, line, pool

from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, train
from dvlib.tables.gradients import unlikely
from dvlib.tables.influence_functions import Influence, estimated_dv

MESH = MeshGrid(-3, 3, 15)


def test_estimated_dv_counts_the_labels_that_the_predicted_change_turns(monkeypatch):
    X, y = pool()
    network = train(X, y, MLPConfig((8,), max_iter=40), seed=0, engine="sklearn").network
    at, g_at, dampings, lengths = MESH.points, g(MESH.points), (0.0, 0.1, 1e6), (1, 0.25)

    def estimated(g_at=g_at):
        return estimated_dv(network, X, y, POINTS, LABELS, at, g_at, dampings, lengths)

    all_found = estimated()
    found = all_found[1]
    change = Influence.from_network(network, X, y, damping=0.1).added(POINTS, LABELS, at)[..., 0]
    before = network.decision(at)
    for j, k in np.ndindex(len(lengths), len(POINTS)):
        after = before + lengths[j] * change[k] > 0
        assert found.to_base[j, k] == np.mean(after != (before > 0))
        assert found.to_g[j, k] == np.mean(after != g_at)
    assert found.base_to_g == np.mean(boundary(network, MESH) != boundary(g, MESH))
    dvs = [each.to_base.sum(1) for each in all_found]
    assert dvs[0][0] > dvs[1][0] > dvs[2][0] == 0  # more damping moves less
    assert dvs[0][0] > dvs[0][1] > 0  # and so does a shorter step
    monkeypatch.setattr("dvlib.tables.influence_functions.AT_ONCE", 50)  # parts of the sample
    for part, whole in zip(estimated(), all_found, strict=True):
        np.testing.assert_array_equal(part.to_base, whole.to_base)
        np.testing.assert_array_equal(part.to_g, whole.to_g)
    with pytest.raises(ValueError, match="labels of the points where models are compared"):
        estimated(g_at[:-1])


def test_unlikely_by_hand():
    network = line(1, 0, 0)  # P(1) = 1 / (1 + exp(−x))
    found = unlikely(network, np.array([[np.log(3), 0], [np.log(3), 5]]), np.array([1, 0]))
    np.testing.assert_allclose(found, [0.25, 0.75])

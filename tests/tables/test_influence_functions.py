"""Influence functions and gradient norms beside whole matrices, finite differences and refits."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dvlib.engine.mlp import MLPConfig, Network
from dvlib.tables.gradients import gradient_norms, residuals
from dvlib.tables.influence_functions import Influence

KINDS = [((4,), "relu", 1), ((4,), "relu", 3), ((3, 4), "tanh", 1), ((4, 3), "relu", 4)]
STEP = 1e-6  # in double precision: rounding 1e-16 / 1e-6, and curvature of 1e-6 squared


@pytest.fixture(params=KINDS, ids=str)
def case(request):
    """A network with random weights, and rows and points it has not seen."""
    sizes, activation, outputs = request.param
    rng = np.random.default_rng(5)
    widths = (3, *sizes, outputs)
    coefs = [rng.normal(size=shape) for shape in pairwise(widths)]
    network = Network.of_layers(coefs, [rng.normal(size=k) for k in widths[1:]], activation)
    X, y = rng.normal(size=(9, 3)), rng.integers(0, max(2, outputs), 9)
    return network, X, y, rng.normal(size=(5, 3))


def derivatives(network, function):
    """Central differences of a function of the network by each weight, (W, …)."""
    found = []
    for w in range(len(network.packed)):
        ends = []
        for step in (STEP, -STEP):
            packed = network.packed.copy()
            packed[w] += step
            ends.append(function(replace(network, packed=packed)))
        found.append((ends[0] - ends[1]) / (2 * STEP))
    return np.array(found)


def losses(network, X, y):
    return -np.log(network.probabilities(X)[np.arange(len(y)), y])


def outputs_of(network, X):
    p = network.probabilities(X)
    if network.outputs == 1:
        return network.decision(X)[:, None]
    logs = np.log(p)
    return logs - logs.mean(1, keepdims=True)  # softmax does not see the rest


def test_norms_are_those_of_finite_differences(case):
    network, X, y, _ = case
    gradients = derivatives(network, lambda net: losses(net, X, y))
    expected = np.sqrt(np.square(gradients).sum(0))
    np.testing.assert_allclose(gradient_norms(network, X, y), expected, rtol=1e-6)


def test_changes_are_those_of_the_whole_gauss_newton_matrix(case):
    network, X, y, at = case
    J = derivatives(network, lambda net: outputs_of(net, X))  # (W, n, outputs)
    J_at = derivatives(network, lambda net: outputs_of(net, at))
    p = network.probabilities(X)
    n, outputs, damping = len(X), network.outputs, 0.3
    A = [np.array([[q[0] * q[1]]]) if outputs == 1 else np.diag(q) - np.outer(q, q) for q in p]
    mu = n * (network.config.alpha / n + damping)
    matrix = sum(J[:, i] @ A[i] @ J[:, i].T for i in range(n)) + mu * np.eye(len(J))
    influence, labels = Influence.from_network(network, X, y, damping=damping), y[: len(at)]
    for ours, sign, rows, row_labels in (
        (influence.left_out(at), 1, X, y), (influence.added(at, labels, at), -1, at, labels)
    ):  # fmt: skip
        gradients = derivatives(network, partial(losses, X=rows, y=row_labels))
        theirs = sign * np.einsum("wmc,wn->nmc", J_at, np.linalg.solve(matrix, gradients))
        centred = ours - ours.mean(-1, keepdims=True) if outputs > 1 else ours
        np.testing.assert_allclose(centred, theirs, rtol=1e-5, atol=1e-8)


def test_in_a_convex_case_refits_agree():
    """Logistic regression at its minimum, where the Gauss–Newton matrix is the Hessian."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(60, 4))
    y = (X[:, 0] + rng.normal(size=60) > 0).astype(int)
    at, C = rng.normal(size=(20, 4)), 0.5

    def logits(rows):
        model = LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(X[rows], y[rows])
        return model, model.decision_function(at)

    everything = np.arange(60)
    model, base = logits(everything)
    network = Network.of_layers([model.coef_.T], [model.intercept_])
    network = replace(network, config=MLPConfig((), alpha=1 / C))
    influence = Influence.from_network(network, X, y)
    refits = np.array([logits(np.delete(everything, i))[1] - base for i in everything])
    ours = influence.left_out(at)[..., 0]
    assert np.corrcoef(ours.ravel(), refits.ravel())[0, 1] > 0.99
    # One step of Newton falls short by the row's leverage, some 5/60 here.
    assert 0.8 < np.abs(ours).sum() / np.abs(refits).sum() < 1.05
    moved = influence.moved(at, influence.left_out(at))
    np.testing.assert_allclose(moved[..., 1], 1 / (1 + np.exp(-base - ours)), atol=1e-12)


def test_residuals_worked_by_hand():
    network = Network.of_layers([np.zeros((2, 3))], [np.log([0.5, 0.3, 0.2])])
    np.testing.assert_allclose(residuals(network, np.zeros((1, 2)), [1]), [[0.5, -0.7, 0.2]])


def test_bad_damping_is_refused(case):
    network, X, y, _ = case
    with pytest.raises(ValueError, match="damping -1.0"):
        Influence.from_network(network, X, y, damping=-1)
    bare = replace(network, config=replace(network.config, alpha=0))
    with pytest.raises(ValueError, match="0 with an L2 term"):
        Influence.from_network(bare, X, y)

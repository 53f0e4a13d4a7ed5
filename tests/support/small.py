"""Small problems for fixtures, tests and child processes: points, settings, networks, values."""

import numpy as np

from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, Network
from dvlib.methods.values import DataValues
from dvlib.refits.batch import RefitSettings

# Six points, three of each label, so that all 64 subsets can be fitted.
POINTS = np.array([[-2, 0], [-1, 1], [0, -1], [3, 1], [4, 0], [2, 4.0]])
LABELS = np.array([0, 0, 0, 1, 1, 1])


def g(points):
    """A ground truth: label 1 for x > 1."""
    return (np.asarray(points)[..., 0] > 1).astype(int)


def pool():
    """24 points of two clusters that overlap, so that fits differ by subset; 12 of each label."""
    rng = np.random.default_rng(7)
    X = np.concatenate([rng.normal(0, 1.5, (12, 2)), rng.normal(2, 1.5, (12, 2))])
    return X, np.repeat([0, 1], 12)


def settings(**changes):
    """RefitSettings with which a fit takes a millisecond."""
    config = MLPConfig(hidden_layer_sizes=(16,), max_iter=30, learning_rate_init=0.02)
    fields = {"seeds": (0, 3), "config": config, "mesh": MeshGrid(-4, 6, 20), "n_jobs": 1}
    return RefitSettings(**(fields | changes))


def line(a, b, c):
    """Network with f = a x + b y + c: relu(z) − relu(−z) = z."""
    coefs = (np.array([[a, -a], [b, -b]], float), np.array([[1.0], [-1.0]]))
    return Network.of_layers(coefs, (np.array([c, -c], float), np.zeros(1)))


def valued(values, points=None, labels=None, errors=0.0):
    """Made-up DataValues, in epochs, of points and labels that are all 0 if not given."""
    values = np.asarray(values, float)
    points = np.zeros((len(values), 2)) if points is None else points
    labels = np.zeros(len(values), int) if labels is None else labels
    errors = np.full(len(values), errors)
    return DataValues(points, labels, values, errors, "made up", "epochs")

"""Measures of models from their probabilities (…, m, K) of K classes at m points: arrays (…).

`accuracy` and `log_likelihood` are the utilities that Shapley and Banzhaf values divide among the
rows. `soft_dv` and `hard_dv` compare two models: equation 1 of the paper where a mesh is
infeasible. A sample of the data's distribution, which needs no labels, takes the place of the mesh
X^M. If it is the mesh of the plane, hard dv is the paper's dv. If it is m random points of the
mesh's square, the two agree within about 1/√m, twice the largest standard error of a share.
"""

import numpy as np

HELPS = "the row helps on the target"  # what a high value by a utility means
HELPS_OR_MOVES = f"{HELPS}; without labels there: it moves the model"
SMALLEST = np.finfo(np.float32).eps  # probabilities are clipped here, as by scikit-learn's log_loss


def accuracy(P, labels):
    """Share of the target points whose label is the most probable class."""
    return (np.argmax(P, -1) == labels).mean(-1)


def log_likelihood(P, labels):
    """Mean log-probability of the target points' labels, in nats: minus the log loss.

    It changes with every row of the training set. Accuracy on m points changes by steps of 1/m, so
    with a small target most rows make no difference to it.
    """
    return np.log(np.maximum(label_probability(P, labels), SMALLEST)).mean(-1)


def label_probability(P, labels):
    """Probability that models give each point's own label, (…, m)."""
    P, labels = np.asarray(P), np.asarray(labels)
    return P[..., np.arange(len(labels)), labels]


def soft_dv(P, Q):
    """Mean over points of the total variation between two models' probabilities, from 0 to 1.

    With two classes this is the mean of |p_A(u) − p_B(u)|, equation 1 with probabilities in place
    of labels. Leading dimensions are broadcast.

    Examples
    --------
    >>> soft_dv([[0.9, 0.1], [0.5, 0.5]], [[0.7, 0.3], [0.5, 0.5]]).round(3)
    np.float64(0.1)
    """
    return np.abs(np.subtract(P, Q)).sum(-1).mean(-1) / 2


def hard_dv(P, Q):
    """Share of points that two models label differently: equation 1 of the paper on a sample.

    A label is the class of highest probability; of equal ones, the first.
    """
    return (np.argmax(P, -1) != np.argmax(Q, -1)).mean(-1)

"""What a model is worth: the utilities that Shapley and Banzhaf values divide among the rows.

All take probabilities (…, m, K) of models at m target points and return an array (…); higher is
better.
"""

import numpy as np

from dvlib.tables.sampled import soft_dv

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


def nearness(P, G):
    """Minus soft dv to probabilities G (m, K), such as the known truth: equation 1 as a utility."""
    return -soft_dv(P, G)


def label_probability(P, labels):
    """Probability that models give each point's own label, (…, m)."""
    P, labels = np.asarray(P), np.asarray(labels)
    return P[..., np.arange(len(labels)), labels]

"""The compiled samples are those of make_dataset, bit by bit."""

import numpy as np
import pytest

from dvlib.data.datasets import SAMPLED, make_dataset
from dvlib.play.sample import draw_sample


def sample(name, seed, n, std, share):
    """Columns x, y, label and cluster of `draw_sample`, and its number of training points."""
    mixture = SAMPLED[name]
    means = np.array(mixture.negative + mixture.positive, float)
    labels = np.repeat([0, 1], [len(mixture.negative), len(mixture.positive)]).astype(np.int32)
    x, y = np.empty(2 * n), np.empty(2 * n)
    out, clusters = np.empty(2 * n, np.int32), np.empty(2 * n, np.int32)
    train = draw_sample(seed, means, labels, n, std, mixture.noisy, share, x, y, out, clusters)
    return train, np.column_stack([x, y]), out, clusters


@pytest.mark.parametrize("name", SAMPLED)
@pytest.mark.parametrize("share", [0, 0.33, 0.5])
def test_samples_are_those_of_make_dataset(name, share):
    for seed, n, std in ((0, 500, 1.0), (1, 501, 2.5), (2, 7, 1.5), (2**32 - 1, 50, 0.3)):
        data = make_dataset(name, seed=seed, n_per_class=n, cluster_std=std, test_share=share)
        train, points, labels, clusters = sample(name, seed, n, std, share)
        assert train == len(data.X)
        np.testing.assert_array_equal(points, np.concatenate([data.X, data.X_test]))
        np.testing.assert_array_equal(labels, np.concatenate([data.y, data.y_test]))
        np.testing.assert_array_equal(clusters[:train], data.clusters)


@pytest.mark.parametrize(("name", "std"), [("two_clusters", 4.0), ("four_clusters", 40.0)])
def test_unequal_labels_and_ties_are_split_or_refused_alike(name, std):
    """A wide spread gives g's labels unequal counts, which rounds and ties in many ways."""
    refused = 0
    for seed in range(100):
        n = 4 + seed % 6 * (std < 5)
        train, points, *_ = sample(name, seed, n, std, 0.33)
        try:
            data = make_dataset(name, seed=seed, n_per_class=n, cluster_std=std)
        except ValueError:
            refused += 1
            assert train == -1
        else:
            assert train == len(data.X)
            np.testing.assert_array_equal(points, np.concatenate([data.X, data.X_test]))
    assert refused < 100 and (refused > 0 or std < 5)

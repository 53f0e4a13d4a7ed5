"""Gaussian mixtures of the paper (section 2.1 and A.1) and their ground-truth boundary g."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.datasets import make_blobs
from sklearn.model_selection import train_test_split

from dvlib.checks import check_choice, check_count, check_number, check_positive, check_seed

TEST_SHARE = 0.33  # 335 + 335 training and 165 + 165 test points, as in the legend of Figure 19
CLUSTER_STD = 1.5  # ours: the paper does not state it
LARGEST_CLASS, LARGEST_STD = 100_000, 1e6  # a fit's order of points takes as many times 1.6 kB


@dataclass(frozen=True)
class Mixture:
    """Cluster means of one named data set; the paper gives those of `two_clusters` (Figure 5)."""

    negative: tuple
    positive: tuple
    cluster_std: float = CLUSTER_STD
    noisy: bool = False  # labels from the generating cluster instead of g


MIXTURES = {
    "two_clusters": Mixture(((0, 1),), ((10, 7),)),
    # Ours: chosen so that g and a fitted network disagree in two outer regions and one between.
    "four_clusters": Mixture(((0, 1), (-2, 12)), ((10, 7), (12, -4))),
    "noisy": Mixture(((0, 1),), ((10, 7),), cluster_std=4.0, noisy=True),
    "zero_centered": Mixture(((-5, -3),), ((5, 3),)),
}
# Those of the paper, which its claims on "every data set" are about; others are for looking.
PAPERS = ("two_clusters", "four_clusters", "noisy", "zero_centered")
FIGURE_5 = PAPERS[:3]


@dataclass(frozen=True, eq=False)
class Dataset:
    """A sampled mixture, split into training and test points.

    Attributes
    ----------
    X, X_test : ndarray of shape (n, 2), training and test points
    y, y_test : ndarray of shape (n,), labels 0 or 1
    means : ndarray of shape (k, 2), cluster means
    mean_labels : ndarray of shape (k,)
    clusters : ndarray of shape (n,), index of the mean that generated each training point
    """

    name: str
    cluster_std: float
    seed: int
    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    means: np.ndarray
    mean_labels: np.ndarray
    clusters: np.ndarray

    def g(self, points):
        """Ground-truth labels: those of the nearest cluster mean (paper, A.1).

        Parameters
        ----------
        points : array of shape (..., 2)

        Returns
        -------
        ndarray of shape (...), 0 or 1
        """
        return _nearest_label(points, self.means, self.mean_labels)

    def to_frame(self):
        """A pandas table with one row a point: x, y, label, split."""
        points, labels = (
            np.concatenate([self.X, self.X_test]),
            np.concatenate([self.y, self.y_test]),
        )
        split = np.repeat(["train", "test"], [len(self.X), len(self.X_test)])
        return pd.DataFrame({"x": points[:, 0], "y": points[:, 1], "label": labels, "split": split})


def make_datasets(name=None, *, seed=0):
    """The three data sets of Figure 5, or the one named, as a dict of name → Dataset."""
    return {one: make_dataset(one, seed=seed) for one in ((name,) if name else FIGURE_5)}


def make_dataset(name, *, seed=0, n_per_class=500, cluster_std=None, test_share=TEST_SHARE):
    """Sample a named mixture.

    Parameters
    ----------
    name : a key of `MIXTURES`
    seed : int ≥ 0; the same seed gives the same points
    n_per_class : int ≥ 4, points of each label before the stratified split of 67 to 33
    cluster_std : standard deviation of every (isotropic) cluster; None = the mixture's own
    test_share : share of the points to hold out as test points; 0 = none

    Raises
    ------
    ValueError : unknown name, or a number out of its range
    """
    mixture = MIXTURES[check_choice("data set", name, MIXTURES)]
    seed = check_seed(seed)
    n_per_class = check_count("n_per_class", n_per_class, 4, LARGEST_CLASS)
    if cluster_std is None:
        cluster_std = mixture.cluster_std
    cluster_std = check_positive("cluster_std", cluster_std)
    if cluster_std > LARGEST_STD:
        raise ValueError(f"cluster_std {cluster_std}: give at most {LARGEST_STD:g}")
    if not 0 <= check_number("test_share", test_share) < 1:
        raise ValueError(f"test_share {test_share}: give 0 or more, below 1")

    means = np.array(mixture.negative + mixture.positive, float)
    mean_labels = np.repeat([0, 1], [len(mixture.negative), len(mixture.positive)])
    per_cluster = np.concatenate(
        [_shares(n_per_class, len(side)) for side in (mixture.negative, mixture.positive)]
    )
    points, clusters = make_blobs(
        per_cluster, centers=means, cluster_std=cluster_std, random_state=seed
    )
    nearest = _nearest_label(points, means, mean_labels)
    labels = mean_labels[clusters] if mixture.noisy else nearest
    if test_share == 0:
        none = slice(0, 0)
        X, X_test, y, y_test = points, points[none], labels, labels[none]
    else:
        _check_split(labels, test_share)
        X, X_test, y, y_test, clusters, _ = train_test_split(
            points, labels, clusters, test_size=test_share, stratify=labels, random_state=seed
        )
    return Dataset(name, cluster_std, seed, X, y, X_test, y_test, means, mean_labels, clusters)


def _check_split(labels, test_share):
    """Raise a ValueError where a stratified split would leave a label out of either part."""
    n_test, fewest = int(np.ceil(test_share * len(labels))), np.bincount(labels, minlength=2).min()
    if min(n_test, len(labels) - n_test, fewest) < 2:
        raise ValueError(
            f"test_share {test_share} of {len(labels)} points, {fewest} of one label: too few to "
            "split; give more points, a smaller cluster_std or test_share 0"
        )


def _nearest_label(points, means, mean_labels):
    squares = np.square(np.asarray(points, float)[..., None, :] - means).sum(-1)
    return mean_labels[squares.argmin(-1)]


def _shares(total, parts):
    """`total` split into `parts` whole numbers as equal as can be."""
    return np.full(parts, total // parts) + (np.arange(parts) < total % parts)

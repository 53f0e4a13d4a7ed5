"""Data sets: samples of named mixtures or given points, with labels and a train/test split.

The Gaussian mixtures are the paper's (sections 2.1 and A.1) and a few classic shapes.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from dvlib.checks import check_choice, check_count, check_number, check_positive, check_seed
from dvlib.data.plane import GIVEN, Units, check_standardize, given_points, is_given
from dvlib.data.tables import COLUMNS, SUFFIXES, is_csv, warn_of_unread
from dvlib.engine.mesh import PLOT_RANGE, X_M

CLUSTER_STD = 1.0  # make_blobs' default; the paper does not state it, see paper/unstated


@dataclass(frozen=True)
class Mixture:
    """Cluster means of a named data set; the paper gives only `two_clusters`' means (Figure 5)."""

    negative: tuple
    positive: tuple
    cluster_std: float | None = None  # None = CLUSTER_STD
    noisy: bool = False  # True = a point takes the label of its own cluster instead of g's


#: The mixtures of the paper, by the name that `make_dataset` takes.
MIXTURES = {
    "two_clusters": Mixture(((0, 1),), ((10, 7),)),
    # Our choice: g and a fitted network disagree in two outer regions and in one between them.
    "four_clusters": Mixture(((0, 1), (-2, 12)), ((10, 7), (12, -4))),
    "noisy": Mixture(((0, 1),), ((10, 7),), cluster_std=4.0, noisy=True),
    "zero_centered": Mixture(((-5, -3),), ((5, 3),)),
}
# The paper's claims on "every data set" are about these.
PAPERS = ("two_clusters", "four_clusters", "noisy", "zero_centered")


def _arc(centre, radius, start, end, count):
    """Points along an arc; `start` and `end` are angles in half turns."""
    angles = np.pi * np.linspace(start, end, count)
    x, y = centre[0] + radius * np.cos(angles), centre[1] + radius * np.sin(angles)
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


#: Classic shapes as mixtures of clusters along curves, so that g is defined as in the paper: the
#: label of the nearest mean. Position and scale match the paper's data sets.
ZOO = {
    "moons": Mixture(_arc((2, 4), 6, 0, 1, 24), _arc((8, 7), 6, 1, 2, 24), cluster_std=1.0),
    "circles": Mixture(
        _arc((5, 5), 8, 0, 2, 49)[1:], _arc((5, 5), 3.5, 0, 2, 25)[1:], cluster_std=1.0
    ),
    "xor": Mixture(((0, 0), (10, 10)), ((0, 10), (10, 0))),
    # Two arms of 1¼ turns. The radius grows by 6 per turn, so the arms are 3 apart.
    "spirals": Mixture(
        _arc((5, 5), np.linspace(1.5, 9, 40), 0, 2.5, 40),
        _arc((5, 5), np.linspace(1.5, 9, 40), 1, 3.5, 40),
        cluster_std=0.5,
    ),
}


TEST_SHARE = 0.33  # 335 + 335 training and 165 + 165 test points, as in the legend of Figure 19
N_PER_CLASS = 500
LARGEST_CLASS, LARGEST_STD = 100_000, 1e6  # a fit's order takes 1.6 kB per point of a class
SAMPLED = MIXTURES | ZOO
NAMES = (*SAMPLED, *GIVEN)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Points with labels 0 and 1, split into training and test points.

    Attributes
    ----------
    X, X_test : ndarray of shape (n, 2), training and test points
    y, y_test : ndarray of shape (n,), labels 0 or 1
    means : ndarray of shape (k, 2), cluster means; for given points, the mean of each label
    mean_labels : ndarray of shape (k,), label of each mean
    clusters : ndarray of shape (n,), for each training point the index of the mean that generated
        it; for given points, the label
    cluster_std : standard deviation of the clusters; None = given points
    plot_range : (low, high) of both coordinates of the square in which points are valued
    mesh_range : (low, high) of both coordinates of the mesh on which boundaries are compared
    rows, rows_test : DataFrame of n lines for points of a file, which row each point is: row
        (from 1), id if the file has one, and x1 and x2 in the file's own units; None = no file
    units : Units of a file whose points are standardized; None = the plane has the points' own
    """

    name: str
    cluster_std: float | None
    seed: int
    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    means: np.ndarray
    mean_labels: np.ndarray
    clusters: np.ndarray
    plot_range: tuple = PLOT_RANGE
    mesh_range: tuple = (X_M.low, X_M.high)
    rows: pd.DataFrame | None = None
    rows_test: pd.DataFrame | None = None
    units: Units | None = None

    @property
    def unit(self):
        """Length of a unit of the paper's plane in this plane; see `unit_of`."""
        return unit_of(self.plot_range)

    @property
    def g(self):
        """The ground truth, a function from points (..., 2) to labels (...); None if unknown.

        For a mixture, it is the label of the nearest cluster mean (paper, A.1).
        """
        if self.cluster_std is None:
            return None
        return partial(_nearest_label, means=self.means, mean_labels=self.mean_labels)

    def label(self, points):
        """Labels (...) of points (..., 2) that are added to the data set.

        g gives the labels. If g is unknown, a point takes the label of the nearest training point
        (our choice; the paper has no such case).
        """
        if self.g is not None:
            return self.g(points)
        from scipy.spatial import KDTree

        return self.y[KDTree(self.X).query(np.asarray(points, float))[1]]

    def to_frame(self):
        """A pandas table with one row per point and columns x, y, label and split.

        For points of a file, the columns of `rows` come first.
        """
        points = np.concatenate([self.X, self.X_test])
        labels = np.concatenate([self.y, self.y_test])
        split = np.repeat(["train", "test"], [len(self.X), len(self.X_test)])
        table = {"x": points[:, 0], "y": points[:, 1], "label": labels, "split": split}
        if self.rows is None:
            return pd.DataFrame(table)
        return pd.concat([self.rows, self.rows_test], ignore_index=True).assign(**table)


def check_dataset(name, allowed, standardize=None):
    """`name` if it is valid: an entry of `allowed` or the path of a CSV file, else a ValueError.

    A path is valid only if `allowed` contains the names of `GIVEN`. `standardize` is that of
    `make_dataset`.
    """
    takes_files = set(GIVEN) <= set(allowed)
    if takes_files and is_csv(name):
        given_points(str(name), check_standardize(name, standardize))
        return str(name)
    try:
        name = check_choice("data set", name, allowed)
    except ValueError as error:
        columns = ", ".join(COLUMNS)
        hint = f"; or the path of a {' or '.join(SUFFIXES)} file with columns {columns}"
        raise ValueError(f"{error}{hint if takes_files else ''}") from None
    check_standardize(name, standardize)
    return name


def plot_range_of(name, standardize=None):
    """`plot_range` of a named data set, (low, high); None = the paper's range."""
    if not is_given(name):
        return PLOT_RANGE
    return given_points(name, check_standardize(name, standardize)).window


def unit_of(plot_range):
    """Length of a unit of the paper's plane in a plane whose plotted range is (low, high).

    Distances that the paper's claims or our choices state, such as "within 1", are in units of the
    paper's plane. Other planes are wider or narrower, and distances there are scaled by this.
    """
    return (plot_range[1] - plot_range[0]) / (PLOT_RANGE[1] - PLOT_RANGE[0])


def make_dataset(
    name, *, seed=0, n_per_class=None, cluster_std=None, test_share=None, standardize=None
):
    """Sample a named mixture, or split given points.

    Parameters
    ----------
    name : a key of `MIXTURES` or `ZOO`, a name of `GIVEN`, or the path (str or Path) of a CSV file
        with columns x1, x2 and label (0 or 1). A path is relative to the working directory or to
        the top of the clone. Given points are standardized, and their g is unknown.
    seed : int ≥ 0; the same seed gives the same points, or the same split of given points
    n_per_class : int ≥ 4, points per label before the stratified split; None = 500; only for
        mixtures
    cluster_std : standard deviation of every (isotropic) cluster; None = the mixture's own, or
        `CLUSTER_STD`; only for mixtures
    test_share : share of the points held out as test points, in [0, 1); 0 = none; None = as the
        file's column `split` says (train or test), or 0.33 without such a column
    standardize : whether given points are standardized; False = taken as they are; None = True;
        only for given points

    Raises
    ------
    ValueError : an unknown name, a bad CSV file, or a number out of range
    """
    name = check_dataset(name, (*SAMPLED, *GIVEN), standardize)
    seed, standardize = check_seed(seed), check_standardize(name, standardize)
    by_file = test_share is None
    test_share = TEST_SHARE if test_share is None else check_number("test_share", test_share)
    if not 0 <= test_share < 1:
        raise ValueError(f"test_share {test_share:g}: give 0 or more, below 1")
    if name in SAMPLED:
        return _sample(name, seed, n_per_class, cluster_std, test_share)
    for what, value in (("n_per_class", n_per_class), ("cluster_std", cluster_std)):
        if value is not None:
            raise ValueError(f"{what} {value!r}: the points of {name!r} are given, give None")
    points, labels, window, units, table = given_points(name, standardize)
    if table is not None:
        warn_of_unread(name, table)
    # The split carries each point's index along, which says which row of a file it is.
    index = np.arange(len(points))
    if by_file and table is not None and table.is_test is not None:
        train, test = index[~table.is_test], index[table.is_test]
        X, X_test, y, y_test = points[train], points[test], labels[train], labels[test]
    else:
        X, X_test, y, y_test, train, test = _split(points, labels, index, test_share, seed)
    rows, rows_test = (
        None if table is None else table.rows.iloc[part].reset_index(drop=True)
        for part in (train, test)
    )
    means = np.array([points[labels == k].mean(0) for k in (0, 1)])
    return Dataset(
        name, None, seed, X, y, X_test, y_test, means, np.array([0, 1]), y, window, window, rows,
        rows_test, units,
    )  # fmt: skip


def _sample(name, seed, n_per_class, cluster_std, test_share):
    from sklearn.datasets import make_blobs

    mixture = SAMPLED[name]
    n_per_class = N_PER_CLASS if n_per_class is None else n_per_class
    n_per_class = check_count("n_per_class", n_per_class, 4, LARGEST_CLASS)
    cluster_std = (mixture.cluster_std or CLUSTER_STD) if cluster_std is None else cluster_std
    cluster_std = check_positive("cluster_std", cluster_std)
    if cluster_std > LARGEST_STD:
        raise ValueError(f"cluster_std {cluster_std}: give at most {LARGEST_STD:g}")
    means = np.array(mixture.negative + mixture.positive, float)
    mean_labels = np.repeat([0, 1], [len(mixture.negative), len(mixture.positive)])
    per_cluster = [
        len(part)
        for side in (mixture.negative, mixture.positive)
        for part in np.array_split(np.arange(n_per_class), len(side))
    ]
    points, clusters = make_blobs(
        per_cluster, centers=means, cluster_std=cluster_std, random_state=seed
    )
    nearest = _nearest_label(points, means, mean_labels)
    labels = mean_labels[clusters] if mixture.noisy else nearest
    X, X_test, y, y_test, clusters, _ = _split(points, labels, clusters, test_share, seed)
    return Dataset(name, cluster_std, seed, X, y, X_test, y_test, means, mean_labels, clusters)


def _split(points, labels, clusters, test_share, seed):
    """X, X_test, y, y_test, and the clusters of the training and of the test points."""
    if test_share == 0:
        none = slice(0, 0)
        return points, points[none], labels, labels[none], clusters, clusters[none]
    from sklearn.model_selection import train_test_split

    n_test, fewest = int(np.ceil(test_share * len(labels))), np.bincount(labels, minlength=2).min()
    if min(n_test, len(labels) - n_test, fewest) < 2:
        raise ValueError(
            f"test_share {test_share} of {len(labels)} points, {fewest} of one label: too few to "
            "split; give more points, a smaller cluster_std or test_share 0"
        )
    return train_test_split(
        points, labels, clusters, test_size=test_share, stratify=labels, random_state=seed
    )


def _nearest_label(points, means, mean_labels):
    squares = np.square(np.asarray(points, float)[..., None, :] - means).sum(-1)
    return mean_labels[squares.argmin(-1)]

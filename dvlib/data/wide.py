"""Data sets of more than two columns: two with a known ground truth, and real tables.

`fried` and `2dplanes` are in ten dimensions what the paper's Gaussian mixtures are in two: points
with noisy labels, whose true label g is given by a formula. The real tables are `breast_cancer` and
`digits` of scikit-learn, and extracts of `magic` and `spambase` (see extracts/README.md).
"""

import functools
import gzip
from importlib import resources
from typing import NamedTuple

import numpy as np

from dvlib.checks import check_choice, check_count, check_number, check_seed

FORMULAS = ("fried", "2dplanes")
TABLES = ("breast_cancer", "digits", "magic", "spambase")
WIDE = (*FORMULAS, *TABLES)
CUT_FROM = 20_000  # noisy targets; points below their mean have label 1


class WideData(NamedTuple):
    """A table divided into rows to train on and rows to compare models on.

    Attributes
    ----------
    name : one of `WIDE`
    X, y : training rows (n, d), standardized, and their labels (n,), int 0 … K − 1
    U, y_U : further rows (m, d) of the same distribution, and their labels (m,)
    g, g_U : true labels of X and U by the formula, (n,) and (m,); None for a real table
    flipped : bool (n,), rows of X whose label in y was changed to another one on purpose
    """

    name: str
    X: np.ndarray
    y: np.ndarray
    U: np.ndarray
    y_U: np.ndarray
    g: np.ndarray | None
    g_U: np.ndarray | None
    flipped: np.ndarray

    @property
    def n_classes(self):
        return int(max(self.y.max(), self.y_U.max())) + 1


def make_wide(name, *, n=1_000, m=2_000, seed=0, noise=0.0):
    """Draw rows to train on and rows to compare models on.

    An unknown name, a bad number, or more rows than a real table has is a ValueError.

    Parameters
    ----------
    name : one of `WIDE`
    n, m : number of rows to train on, and of rows to compare on
    seed : int ≥ 0, from which rows and changed labels are drawn
    noise : share of the training labels that are changed to another label, 0 to 0.5

    Returns
    -------
    WideData; columns are standardized by the mean and standard deviation of the training rows
    """
    name = check_choice("data set", name, WIDE)
    n, m = check_count("n", n, 2), check_count("m", m)
    if not 0 <= check_number("noise", noise) <= 0.5:
        raise ValueError(f"noise {noise!r}: give a share of the labels from 0 to 0.5")
    rng = np.random.default_rng([check_seed(seed), WIDE.index(name)])
    if name in FORMULAS:
        points, y, g = _FORMULAS[name](n + m, rng)
    else:
        points, y = _table(name)
        if n + m > len(points):
            raise ValueError(f"{n} + {m} rows: {name} has {len(points)}, give fewer")
        chosen = rng.permutation(len(points))[: n + m]
        points, y, g = points[chosen], y[chosen], None
    spread = points[:n].std(0)
    points = (points - points[:n].mean(0)) / np.where(spread > 0, spread, 1)
    known = g is not None
    labels, flipped = flip_labels(y[:n], noise, rng)
    return WideData(
        name, points[:n], labels, points[n:], y[n:], g[:n] if known else None,
        g[n:] if known else None, flipped,
    )  # fmt: skip


def flip_labels(y, share, rng):
    """Labels (n,) with a share of them changed to another label, and which were, bool (n,)."""
    flipped, labels = np.zeros(len(y), bool), y.copy()
    flipped[rng.permutation(len(y))[: round(share * len(y))]] = True
    n_classes = int(y.max()) + 1
    labels[flipped] += rng.integers(1, n_classes, flipped.sum())
    return labels % n_classes, flipped


def fried_mean(x):
    """Friedman's function (1991), known as Friedman 1, of points (n, 10) in the unit cube: (n,)."""
    wave = 10 * np.sin(np.pi * x[:, 0] * x[:, 1])
    return wave + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]


def planes_mean(x):
    """Two planes (Breiman et al. 1984) of points (n, 10), chosen by the first coordinate: (n,)."""
    right = 3 + 3 * x[:, 1] + 2 * x[:, 2] + x[:, 3]
    return np.where(x[:, 0] > 0, right, -3 + 3 * x[:, 4] + 2 * x[:, 5] + x[:, 6])


def _formula(mean, draw):
    @functools.cache
    def cut():
        """Mean of many noisy targets, so that about half of the points are below it."""
        rng = np.random.default_rng(0)
        return (mean(draw(CUT_FROM, rng)) + rng.normal(size=CUT_FROM)).mean()

    def sample(n, rng):
        x = draw(n, rng)
        clean = mean(x)
        return x, (clean + rng.normal(size=n) < cut()).astype(int), (clean < cut()).astype(int)

    return sample


def _plane_points(n, rng):
    x = rng.integers(-1, 2, (n, 10)).astype(float)
    x[:, 0] = rng.choice([-1.0, 1.0], n)
    return x


_FORMULAS = {
    "fried": _formula(fried_mean, lambda n, rng: rng.uniform(size=(n, 10))),
    "2dplanes": _formula(planes_mean, _plane_points),
}


@functools.cache
def _table(name):
    """All rows (n, d) and labels (n,) of a real table, as they are."""
    if name in ("magic", "spambase"):
        packed = resources.files("dvlib.data").joinpath(f"extracts/{name}.csv.gz").read_bytes()
        rows = np.loadtxt(gzip.decompress(packed).decode().splitlines(), delimiter=",")
        return rows[:, :-1], rows[:, -1].astype(int)
    from sklearn import datasets

    load = {"breast_cancer": datasets.load_breast_cancer, "digits": datasets.load_digits}
    return load[name](return_X_y=True)

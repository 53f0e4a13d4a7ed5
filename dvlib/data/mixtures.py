"""Named Gaussian mixtures: the paper's (section 2.1 and A.1) and a few classic shapes."""

from dataclasses import dataclass

import numpy as np

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

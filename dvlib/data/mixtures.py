"""Named Gaussian mixtures: the paper's (section 2.1 and A.1), and a small zoo beyond them."""

from dataclasses import dataclass

import numpy as np

CLUSTER_STD = 1.5  # ours: the paper does not state it


@dataclass(frozen=True)
class Mixture:
    """Cluster means of one named data set; the paper gives those of `two_clusters` (Figure 5)."""

    negative: tuple
    positive: tuple
    cluster_std: float = CLUSTER_STD
    noisy: bool = False  # labels from the generating cluster instead of g


#: The mixtures that `make_dataset` takes by name: the paper's and ours.
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


def _arc(centre, radius, start, end, count):
    """Points along an arc, angles in half turns."""
    angles = np.pi * np.linspace(start, end, count)
    x, y = centre[0] + radius * np.cos(angles), centre[1] + radius * np.sin(angles)
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


#: The well-known shapes, as mixtures of clusters along their curves: g is then what it is in the
#: paper, the label of the nearest mean. They lie where the paper's sets lie, on its scale.
ZOO = {
    "moons": Mixture(_arc((2, 4), 6, 0, 1, 24), _arc((8, 7), 6, 1, 2, 24), cluster_std=1.0),
    "circles": Mixture(
        _arc((5, 5), 8, 0, 2, 49)[1:], _arc((5, 5), 3.5, 0, 2, 25)[1:], cluster_std=1.0
    ),
    "xor": Mixture(((0, 0), (10, 10)), ((0, 10), (10, 0))),
    # Two arms of one and a quarter turns; a step outwards is 5, half of it the gap between arms.
    "spirals": Mixture(
        _arc((5, 5), np.linspace(1.5, 9, 40), 0, 2.5, 40),
        _arc((5, 5), np.linspace(1.5, 9, 40), 1, 3.5, 40),
        cluster_std=0.5,
    ),
}

"""What points would be worth if they were added, without a refit, from the gradients of one fit.

`estimated_dv` predicts the dv of each refit. The scores only order the points. `unlikely`, 1 − P,
is EL2N up to a factor: with two classes the residual has the norm √2 (1 − P). GraNd is
`dvlib.tables.gradients.gradient_norms`. Paul et al. (2021) take both from networks early in
training, and for rows of the training set.
"""

import time
from dataclasses import dataclass

import numpy as np

from dvlib.checks import check_labels
from dvlib.tables.influence_functions import Influence

AT_ONCE = 4_096  # points whose outputs are held for all points to add: 16 MB for 500 of these


@dataclass(frozen=True, eq=False)
class EstimatedDV:
    """dv on a sample that influence functions predict for refits with one point more.

    Attributes
    ----------
    to_base : (S,), share of the sample whose label the added point would change
    to_g : (S,), share of the sample where the predicted model differs from g
    base_to_g : share of the sample where the network itself differs from g
    seconds : wall time with this damping alone
    """

    to_base: np.ndarray
    to_g: np.ndarray
    base_to_g: float
    seconds: float


def estimated_dv(network, X, y, points, labels, at, g_at, dampings):
    """Predict the hard dv of the refits X ∪ {x} from the gradients of f_X, without any refit.

    Parameters
    ----------
    network : dvlib.engine.mlp.Network of two classes, trained on X
    X, y : its training rows (n, d) and their labels (n,)
    points, labels : rows (S, d) to add, one at a time, and their labels (S,)
    at : points (m, d) where models are compared
    g_at : labels (m,) of these points by the ground truth
    dampings : numbers, see `dvlib.tables.influence_functions.Influence.of`; gradients serve all

    Returns
    -------
    list of EstimatedDV, one for each damping. Its seconds are what it takes alone: its own steps,
    and all that the dampings share

    Raises
    ------
    ValueError : more than two classes, labels of another number, or a bad damping
    """
    clock = _Clock(len(dampings))
    if network.outputs != 1:
        raise ValueError(f"a network of {network.outputs} classes: give one of two")
    g_at = check_labels(g_at, len(at), what="labels of the points where models are compared")
    base = network.decision(at)
    first = Influence.of(network, X, y, damping=dampings[0])
    clock.shared()
    every = []
    for k, damping in enumerate(dampings):
        every.append(first.damped(damping))
        clock.own(k)
    moved, wrong = np.zeros((2, len(every), len(points)))
    for start in range(0, len(at), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        products = first.products(points, at[part])
        clock.shared()
        for k, influence in enumerate(every):
            change = influence.added(points, labels, at[part], products)[..., 0]
            after = base[part] + change > 0
            moved[k] += (after != (base[part] > 0)).sum(1)
            wrong[k] += (after != g_at[part]).sum(1)
            clock.own(k)
    base_to_g = float(np.mean((base > 0) != g_at))
    found = zip(moved / len(at), wrong / len(at), clock.seconds.tolist(), strict=True)
    return [EstimatedDV(to_base, to_g, base_to_g, seconds) for to_base, to_g, seconds in found]


class _Clock:
    """Seconds of several results, each as if it were computed alone: some work serves them all."""

    def __init__(self, count):
        self.seconds, self._last = np.zeros(count), time.perf_counter()

    def shared(self):
        """The work since the last call was for all of them."""
        self.seconds += self._since()

    def own(self, k):
        """It was for result k."""
        self.seconds[k] += self._since()

    def _since(self):
        last, self._last = self._last, time.perf_counter()
        return self._last - last


def unlikely(network, points, labels):
    """1 − P(label) of points (S, d) by a network, (S,): EL2N / √2 with two classes."""
    p = network.probabilities(points)
    return 1 - p[np.arange(len(points)), labels]

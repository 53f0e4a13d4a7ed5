"""Shapley values of a training set by stratified SVARM (Kolpaczki et al. 2024).

With U the utility and A a random set of a of the n points,

    n · v_i = U(all) − U(∅) + Σ_a ( E[U(A) | i ∈ A] − E[U(A) | i ∉ A] ),   a = 1 … n − 1.

The formula has no marginal contributions, so each fit informs the values of all points. A fit to
the prefix of a permutation informs the value of one point.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from dvlib.checks import check_count, check_memory
from dvlib.methods.registry import register
from dvlib.methods.shapley.coalitions import (
    ROUNDING,
    Utility,
    check_target,
    error_share,
    reached,
    show_error,
)
from dvlib.methods.shapley.stratified import FIT_COST
from dvlib.refits.progress import progress_bar

_ROUND = 48  # sets of a stratum trained in parallel, with one seed
_IDLE = 100  # rounds in a row without a network after which to stop: all sets have one label
_FEWEST = 2  # sets of each stratum that every point must be in, and out of


def svarm_shapley(X, y, g, settings, *, n_fits=5_000, target=None):
    """Shapley values of the points of a training set; the utility of a set is 1 − dv to g.

    Parameters
    ----------
    X, y : training points (n, 2), n ≥ 4, and labels (n,)
    g : ground truth, a function of points (m, 2) to labels (m,)
    settings : RefitSettings; the first seed draws the sets, and the seeds take turns in training
        rounds of 48 sets
    n_fits : no round begins after this many networks were trained, or after 100 rounds in a row
        that trained none, because all their sets were of one label. A first look at all sizes is
        always taken; it needs about 2 n fits
    target : stop once the largest standard error is at most this share of the range of the values;
        None = use all fits

    Returns
    -------
    DataValues

    Raises
    ------
    ValueError : bad arrays or numbers, before any fit
    """
    utility, target = Utility(X, y, g, settings, at_least=4), check_target(target)
    n_fits = check_count("n_fits", n_fits)
    n = len(utility.X)
    check_memory(n_fits, f"fits to sets of {n} points", lambda k: 2 * k * n)  # members of each set
    ends = [utility.ends(seed) for seed in settings.seeds]
    gain = np.mean([everything - nothing for nothing, everything in ends])
    strata = [Stratum(sizes, n, [settings.seeds[0], sizes[0]]) for sizes in strata_of_sizes(n)]
    # The first look divides its sets among all seeds. Later rounds each train the most useful
    # stratum with one seed.
    first = [(stratum, subset) for stratum in strata for subset in stratum.first_look()]
    turns = [(seed, first[k :: len(ends)]) for k, seed in enumerate(settings.seeds)]
    rounds, idle = 0, 0
    with progress_bar(n_fits, "Shapley, sets by size", "fit") as bar:
        while True:
            before = utility.n_fits
            for seed, sets in turns:
                utilities = utility([subset for _, subset in sets], seed, "sets of points")
                for (stratum, subset), worth in zip(sets, utilities, strict=True):
                    stratum.add(subset, worth)
            bar.update(utility.n_fits - before)
            values, errors = values_of(gain, strata, n)
            share = error_share(values, errors)
            show_error(bar, share)
            idle = idle + 1 if utility.n_fits == before else 0
            exact = np.ptp(values) == 0 or errors.max() <= ROUNDING
            if exact or utility.n_fits >= n_fits or idle == _IDLE or reached(target, share):
                break
            best = max(strata, key=lambda stratum: stratum.gain)
            seed = settings.seeds[rounds % len(settings.seeds)]
            turns, rounds = [(seed, [(best, best.deal()) for _ in range(_ROUND)])], rounds + 1
    n_sets = [len(stratum.utilities) for stratum in strata]
    return utility.sampled_values(values, errors, "Shapley, SVARM", n_sets=n_sets)


def strata_of_sizes(n):
    """Strata of the sizes 1 … n − 1: size 1 alone, then ranges that end half as far again."""
    edges = [1, 2]
    while edges[-1] < n:
        edges.append(min(n, math.ceil(edges[-1] * 1.5) + 1))
    return [range(a, b) for a, b in pairwise(edges)]


def values_of(gain, strata, n):
    """Values and standard errors (n,)."""
    values, variances = gain / n, 0.0
    for stratum in strata:
        mean, variance = stratum.contrast
        values = values + stratum.weight * mean
        variances = variances + stratum.weight**2 * variance
    return values, np.sqrt(variances)


@dataclass(eq=False)
class Stratum:
    """Sets of n points whose sizes lie in a range, and their utilities."""

    sizes: range
    n: int
    seed: list
    members: list = field(default_factory=list)  # bool (n,) per set
    utilities: list = field(default_factory=list)

    def __post_init__(self):
        self._rng = np.random.default_rng(self.seed)
        self._deck = np.empty(0, int)

    @property
    def weight(self):
        """The stratum's share of all sizes."""
        return len(self.sizes) / self.n

    def first_look(self):
        """Draw sets until every point is in at least `_FEWEST` of them, and out of as many."""
        sets, inside = [], np.zeros(self.n, int)
        while not _FEWEST <= inside.min() <= inside.max() <= len(sets) - _FEWEST:
            sets.append(self.deal())
            inside[sets[-1]] += 1
        return sets

    def deal(self):
        """The next set. Points are dealt like cards, so that all occur about equally often."""
        size = int(self._rng.choice(self.sizes))
        count = min(size, self.n - size)  # for a set of more than half, deal its complement
        if len(self._deck) < count:
            self._deck = self._rng.permutation(self.n)
        dealt, self._deck = self._deck[:count], self._deck[count:]
        return dealt if count == size else np.setdiff1d(np.arange(self.n), dealt)

    def add(self, subset, utility):
        """Record the utility of a set from `deal`."""
        self.members.append(np.isin(np.arange(self.n), subset))
        self.utilities.append(utility)
        self.__dict__.pop("contrast", None)

    @property
    def gain(self):
        """How much another round would lower the points' mean variance, per cost."""
        variance = self.weight**2 * self.contrast[1].mean()
        count = len(self.utilities)
        cost = FIT_COST + np.mean(self.sizes)
        return variance * _ROUND / (count + _ROUND) / (_ROUND * cost)

    @cached_property
    def contrast(self):
        """Mean utility of sets with each point minus that of sets without it, and its variance.

        It is kept until the next `add`, as a round adds sets to a single stratum. Sets with a given
        point are more often large ones, so each set is weighted for all sizes to count equally. A
        linear trend of the utilities in the size says nothing about a point and is subtracted.
        """
        inside, utilities = np.array(self.members), np.array(self.utilities)
        size = inside.sum(1, keepdims=True)
        slope = np.cov(size[:, 0], utilities)[0, 1] / size.var(ddof=1) if np.ptp(size) else 0.0
        utilities = utilities - slope * (size[:, 0] - size.mean())
        mean, variance = 0.0, 0.0
        for sign, weights in ((1, inside / size), (-1, ~inside / (self.n - size))):
            total = weights.sum(0)
            average = utilities @ weights / total
            spread = (utilities[:, None] - average) ** 2
            mean = mean + sign * average
            count = (weights > 0).sum(0)
            variance = variance + (weights**2 * spread).sum(0) / total**2 * count / (count - 1)
        return mean, variance


@register(
    "SVARM", title="Shapley", kind="sampled share of the mesh", unit="share of the mesh",
    high="nearer to the target",
)  # fmt: skip
def svarm(sample, n_fits=5_000):
    """Shapley values of the points of a training set (`dvlib.methods.sample.TrainingPoints`)."""
    return sample.shapley(n_fits=n_fits)

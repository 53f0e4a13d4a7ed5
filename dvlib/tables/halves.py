"""Values from fits to random halves of the rows; one pass of fits serves all of these methods.

`inside`, bool (S, n), says which rows each of S fits was trained on. Each
function returns values and their standard errors over the sets, both (n,). If a method needs sets
with a row and sets without it, a row that has only one kind gets the value nan.
"""

import numpy as np

from dvlib.methods.registry import register
from dvlib.tables.utilities import HELPS, accuracy

OF_HALVES = {"domain": "rows", "passes": ("halves",)}


@register(
    "oob", title="out-of-sample correctness", kind="frequency", high="predicted right without it",
    reads=("inside", "right"), **OF_HALVES,
)  # fmt: skip
def out_of_sample(inside, right):
    """How well fits without the row predict its label (Data-OOB; Kwon & Zou 2023).

    Kwon and Zou fit to bootstrap samples; here any sets do, such as random halves. `right` (S, n)
    is whether each fit predicts each row's label, or the probability of that label. Values are from
    0 to 1; low = mislabelled or hard. The errors are those of `share_error`.
    """
    return _share(~np.asarray(inside), right)


@register(
    "memorization", kind="frequency", high="learned by heart", hard=True,
    reads=("inside", "right"), **OF_HALVES,
)  # fmt: skip
def memorization(inside, right):
    """How much better the row is predicted by fits that saw it (Feldman & Zhang 2020, eq. 1).

    High = the label was learned by heart: it does not follow from the other rows. Equation 1
    compares the whole table with the table without the row. Fits to random halves estimate the same
    for sets of half the size. Values, of `right` as for `out_of_sample`, lie between −1 and 1.
    """
    with_row, error = _share(np.asarray(inside), right)
    without, error_without = _share(~np.asarray(inside), right)
    return with_row - without, np.hypot(error, error_without)


def share_error(hits, n):
    """Standard error of a share hits / n, which keeps its width at 0 and 1.

    The usual error is exactly 0 where all of n fits agree, although another fit might not. So one
    more fit of either kind is counted: √(p (1 − p) / n) with p = (hits + 1) / (n + 2). An interval
    of two errors on both sides of hits / n then holds the true share in 95 % of the cases, averaged
    over all shares, for n from 5 to 100 (with half a fit of either kind in 92 to 94 %, with none in
    65 to 93 %); for the worst share in 81 to 87 %. Where `hits` is a sum of probabilities, the
    error is at most this. With n = 0 it is nan.

    Examples
    --------
    >>> share_error(np.array([0, 25]), 50).round(3)
    array([0.019, 0.071])
    """
    n = np.asarray(n, float)
    p = (np.asarray(hits) + 1) / (n + 2)
    return np.sqrt(p * (1 - p) / np.where(n > 0, n, np.nan))


def _share(chosen, right):
    """Mean of `right` over the chosen sets, and its standard error, of each row: (n,) twice."""
    right = np.broadcast_to(np.asarray(right, float), chosen.shape)
    count, hits = chosen.sum(0), (chosen * right).sum(0)
    with np.errstate(invalid="ignore"):
        return hits / count, share_error(hits, count)


def banzhaf(inside, utility):
    """Banzhaf values: mean utility of sets with the row minus that of sets without it.

    The sets contain each row with probability ½, independently of the others, and `utility` (S,) is
    that of their models. All sets inform the values of all rows (maximum sample reuse; Wang & Jia
    2023). With the accuracy on the target as utility, this is the mean influence of Feldman & Zhang
    (2020, eq. 2) on the target points.
    """
    return contrast(inside, np.asarray(utility, float)[:, None])


def contrast(inside, observed):
    """Difference of means, sets with each row minus sets without it, and its standard error.

    `observed` has a number for each set and row, (S, n), or for each set, (S, 1).
    """
    mean, error = _moments(inside, observed)
    mean_without, error_without = _moments(~np.asarray(inside), observed)
    return mean - mean_without, np.hypot(error, error_without)


def _moments(chosen, observed):
    """Mean over the chosen sets, and its standard error, of each row: (n,) twice."""
    chosen = np.asarray(chosen, float)
    observed = np.broadcast_to(np.asarray(observed, float), chosen.shape)
    count = chosen.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (chosen * observed).sum(0) / count
        variance = (chosen * (observed - mean) ** 2).sum(0) / (count - 1)
        return mean, np.sqrt(np.where(count > 1, variance, np.nan) / count)


@register("influence", kind="utility", high=HELPS, target="labels", **OF_HALVES)
def _influence(sample):
    """Banzhaf values of the accuracy (Feldman & Zhang 2020 call this influence)."""
    return banzhaf(sample.inside, accuracy(sample.at_target(sample.halves), sample.labels))


@register("banzhaf", title="Banzhaf", kind="utility", high=HELPS, target="labels", **OF_HALVES)
def _banzhaf(sample):
    return banzhaf(sample.inside, sample.worth(sample.at_target(sample.halves)))

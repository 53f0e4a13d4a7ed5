"""How well valuation methods agree with each other, and with themselves under other seeds."""

from typing import NamedTuple

import numpy as np
import pandas as pd

TOP = 0.1  # a method's most valuable points are its top decile


class Agreement(NamedTuple):
    """Tables of methods × methods: `correlation` of ranks, and `overlap` of the top deciles.

    Every entry compares values computed with different seeds, so the diagonal shows how well a
    method reproduces itself. Noise limits the correlation of two methods to about the geometric
    mean of their diagonal entries.
    """

    correlation: pd.DataFrame
    overlap: pd.DataFrame

    def to_frame(self):
        """A pandas table with a row per pair: method, other, correlation, overlap."""
        columns = {
            name: table.rename_axis("method").stack() for name, table in self._asdict().items()
        }
        return pd.DataFrame(columns).rename_axis(["method", "other"]).reset_index()


def agreement(halves):
    """Compare methods whose values were computed twice, with different seeds: an Agreement.

    `halves` is a dict of method → two arrays of values (n,) of the same points. An entry is the
    mean of first half against second and second against first. Arrays of several lengths, or a
    method without exactly two arrays, are a ValueError.
    """
    sizes = {len(values) for pair in halves.values() for values in pair}
    if len(sizes) != 1 or any(len(pair) != 2 for pair in halves.values()):
        raise ValueError(f"values of {sorted(sizes)} points: give two arrays of one length each")

    def table(measure):
        rows = [
            [np.mean([measure(*pair) for pair in zip(a, reversed(b), strict=True)])
             for b in halves.values()]
            for a in halves.values()
        ]  # fmt: skip
        return pd.DataFrame(rows, list(halves), list(halves), dtype=float)

    return Agreement(table(rank_correlation), table(top_overlap))


def rank_correlation(a, b, weights=None):
    """Spearman's rank correlation of two arrays (n,), with `weights` (n,) of the points.

    nan if there are fewer than two points, or if an array is constant or contains a nan.
    """
    a, b = np.asarray(a), np.asarray(b)
    # Distances to a boundary are all infinite where there is none, so no difference is taken.
    if len(a) < 2 or np.isnan([a, b]).any() or (a == a[0]).all() or (b == b[0]).all():
        return np.nan
    if weights is None:
        from scipy.stats import spearmanr

        return float(spearmanr(a, b).statistic)
    ranks = [_midranks(values, weights) for values in (a, b)]
    covariance = np.cov(ranks, aweights=weights, ddof=0)
    return float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))


def _midranks(values, weights):
    """Total weight below each value, plus half the weight of its ties (itself included)."""
    distinct, level = np.unique(values, return_inverse=True)
    at = np.bincount(level, weights, len(distinct))
    return (np.cumsum(at) - at / 2)[level]


def top_overlap(a, b, share=TOP, weights=None):
    """Share of the top points of `a` that are also top points of `b`; `share` by chance.

    If points tie for the last places, this is the mean over all ways to choose among them. nan if
    an array contains a nan.
    """
    if np.isnan([a, b]).any():
        return np.nan
    first, second = in_top(a, share, weights), in_top(b, share, weights)
    weights = np.ones(len(first)) if weights is None else weights
    return float(weights * first @ second / (weights @ first))


def in_top(values, share=TOP, weights=None):
    """How far each point belongs to the top `share` of the points, from 0 to 1, (n,).

    Points that tie for the last places belong to it in part. With `weights` (n,) of the points, the
    top has `share` of their sum; without, a whole number of points.
    """
    values = np.asarray(values, float)
    if weights is None:
        weights, size = np.ones(len(values)), max(1, round(share * len(values)))
    else:
        size = share * np.sum(weights)
    distinct, level = np.unique(-values, return_inverse=True)
    at = np.bincount(level, weights, len(distinct))
    above = np.cumsum(at) - at
    return np.clip((size - above) / at, 0, 1)[level]


def auc(members, values, weights=None):
    """AUC of values as a score of membership, bool (n,), with `weights` (n,) of the points.

    nan if all points or none are members, or if a value is nan.
    """
    if not 0 < members.sum() < len(members) or np.isnan(values).any():
        return np.nan
    from scipy.stats import rankdata
    from sklearn.metrics import roc_auc_score

    # Ranks replace the values, because scikit-learn refuses infinite distances.
    return roc_auc_score(members, rankdata(values), sample_weight=weights)

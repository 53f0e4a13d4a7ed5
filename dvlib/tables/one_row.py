"""Fits to the table with one row more or one row less: the paper's own question, on a sample.

`one_row_left_out` asks what each row is worth, `one_row_added` what a new row would be worth. Both
compare each refit with the fit to the whole table, by dv on a sample (`dvlib.tables.sampled`).
"""

from dataclasses import dataclass

import numpy as np

from dvlib.tables.passes import fits_of
from dvlib.tables.sampled import hard_dv, soft_dv


@dataclass(frozen=True, eq=False)
class OneRow:
    """Refits for S rows and R seeds, evaluated at m points.

    Attributes
    ----------
    base : float32 (R, m, K), probabilities of the fits to the whole table
    refits : float32 (S, R, m, K), those with one row more or less
    base_p, refit_p : (S, R), probability of the row's own label by the base fit and by the refit
    n_fits : number of fits, base fits included
    seconds : wall time
    """

    base: np.ndarray
    refits: np.ndarray
    base_p: np.ndarray
    refit_p: np.ndarray
    n_fits: int
    seconds: float

    @property
    def soft(self):
        """Soft dv of each refit to the base fit of its seed, (S, R)."""
        return soft_dv(self.refits, self.base)

    @property
    def hard(self):
        """Hard dv of each refit to the base fit of its seed, (S, R)."""
        return hard_dv(self.refits, self.base)

    @property
    def centred(self):
        """Soft dv of each refit to the mean refit of its seed, (S, R).

        With one row more or less, training has other minibatches than the base fit, whichever row
        it is. This moves all refits of a seed in the same way. Comparing with their mean removes
        the common shift. It needs many different rows: a single one is its own mean.
        """
        return soft_dv(self.refits, self.refits.mean(0))


def one_row_added(X, y, points, labels, settings, *, n_runs, at, n_classes):
    """Refit the table with each point added, alone.

    Parameters
    ----------
    X, y : float64 rows (n, d) and classes (n,), int 0 … K − 1
    points, labels : rows (S, d) to add, one at a time, and their classes (S,)
    settings : TableSettings; the seeds are settings.seed, settings.seed + 1, …
    n_runs : number of seeds R
    at : points (m, d) where fits are compared

    Returns
    -------
    OneRow
    """
    n, s = len(X), len(points)
    subsets = np.column_stack([np.tile(np.arange(n), (s, 1)), np.arange(n, n + s)])
    pool = np.concatenate([X, points]), np.concatenate([y, labels])
    return _compare(*pool, subsets, np.arange(n, n + s), n, settings, n_runs, at, n_classes, "with")


def one_row_left_out(X, y, settings, *, n_runs, at, n_classes):
    """Refit the table without each row; see `one_row_added`.

    The last row takes the place of the row that is left out. If all later rows moved up by one
    instead, they would change minibatches, and values would depend on the order of the rows.
    """
    n = len(X)
    subsets = np.tile(np.arange(n - 1), (n, 1))
    subsets[np.arange(n - 1), np.arange(n - 1)] = n - 1
    return _compare(X, y, subsets, np.arange(n), n, settings, n_runs, at, n_classes, "without")


def _compare(X, y, subsets, rows, n, settings, n_runs, at, n_classes, word):
    """OneRow from the subsets (S, …) that differ from the first n rows by one of `rows` (S,)."""
    s, m = len(rows), len(at)
    seeds = settings.seed + np.arange(n_runs)
    # Each refit is needed at its own row too. Evaluating it at all rows costs little next to a fit.
    seen = np.concatenate([at, X[rows]])
    base = fits_of(
        X, y, [np.arange(n)] * n_runs, settings, at=seen, n_classes=n_classes, seeds=seeds,
        description="fits to all rows",
    )  # fmt: skip
    refits = [
        fits_of(
            X, y, subsets, settings, at=seen, n_classes=n_classes, seeds=np.full(s, seed),
            description=f"fits {word} one row",
        )
        for seed in seeds
    ]  # fmt: skip
    probabilities = np.stack([one.probabilities for one in refits], axis=1)
    each, label = np.arange(s), y[rows]
    return OneRow(
        base=base.probabilities[:, :m],
        refits=probabilities[:, :, :m],
        base_p=base.probabilities[:, m + each, label].T,
        refit_p=probabilities[each, :, m + each, label],
        n_fits=base.n_fits + s * n_runs,
        seconds=base.seconds + sum(one.seconds for one in refits),
    )

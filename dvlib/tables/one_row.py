"""Fits to the table with one row more or one row less: the paper's own question, on a sample.

`one_row_left_out` asks what each row is worth, `one_row_added` what a new row would be worth. Both
compare each refit with the fit to the whole table, by dv on a sample (`dvlib.tables.sampled`).
"""

from dataclasses import dataclass

import numpy as np

from dvlib.engine.observe import Probabilities
from dvlib.methods.one_point import with_one_less, with_one_more
from dvlib.methods.registry import register
from dvlib.refits.batch import refit
from dvlib.tables.learning import over_runs
from dvlib.tables.passes import CHUNK, with_runs
from dvlib.tables.sampled import hard_dv, soft_dv
from dvlib.tables.utilities import HELPS_OR_MOVES


@dataclass(frozen=True, eq=False)
class OneRow:
    """Refits for S rows and R seeds, evaluated at m points.

    Attributes
    ----------
    base : float32 (R, m, K), probabilities of the fits to the whole table
    refits : float32 (S, R, m, K), those with one row more or less
    base_p, refit_p : (S, R), probability of the row's own label by the base fit and by the refit
    """

    base: np.ndarray
    refits: np.ndarray
    base_p: np.ndarray
    refit_p: np.ndarray

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
    settings : RefitSettings; the seeds are settings.seed, settings.seed + 1, …
    n_runs : number of seeds R
    at : points (m, d) where fits are compared

    Returns
    -------
    OneRow
    """
    pool = np.concatenate([X, points]), np.concatenate([y, labels])
    subsets = with_one_more(len(X), len(points))
    return _compare(*pool, *subsets, settings, n_runs, at, n_classes, "with")


def one_row_left_out(X, y, settings, *, n_runs, at, n_classes):
    """Refit the table without each row, whose place the last row takes; see `one_row_added`."""
    subsets = with_one_less(len(X), np.arange(len(X)))
    return _compare(X, y, *subsets, settings, n_runs, at, n_classes, "without")


def _compare(X, y, everything, subsets, rows, settings, n_runs, at, n_classes, word):
    """OneRow from the subsets (S, …) that differ from the first n rows by one of `rows` (S,)."""
    m, settings = len(at), with_runs(settings, n_runs)
    # Each refit is needed at its own row too. Evaluating it at all rows costs little next to a fit.
    seen = [Probabilities(np.concatenate([at, X[rows]]))]
    how = {"n_classes": n_classes, "allow_one_class": True, "together": CHUNK}
    base = refit(X, y, [everything], settings, seen, description="fits to all rows", **how)
    refits = refit(X, y, subsets, settings, seen, description=f"fits {word} one row", **how)
    base, refits = base.probabilities[0], refits.probabilities
    each, label = np.arange(len(rows)), y[rows]
    return OneRow(
        base=base[:, :m],
        refits=refits[:, :, :m],
        base_p=base[:, m + each, label].T,
        refit_p=refits[each, :, m + each, label],
    )


@register(
    "loo", domain="rows", title="leave-one-out", kind="utility", high=HELPS_OR_MOVES,
    passes=("left_out",), target="points",
)  # fmt: skip
def _leave_one_out(sample):
    refits = sample.left_out
    if sample.labels is None:
        return over_runs(refits.centred.T)
    return over_runs((sample.worth(refits.base) - sample.worth(refits.refits)).T)

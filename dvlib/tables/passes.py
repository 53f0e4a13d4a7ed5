"""Passes of fits over the rows of a table, each computed once for all methods that read it.

`fits_of` trains a model on each of many subsets and keeps its probabilities at given points.
`trajectories_of` trains a network on all rows and keeps its probabilities at each row after every
epoch. `one_row_left_out` and `one_row_added` compare refits with one row less or one row more with
the fit to the whole table, by dv on a sample: the paper's own question.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dvlib.checks import check_count, check_memory
from dvlib.engine.mlp import Network
from dvlib.engine.observe import Probabilities, Trajectory, Weights
from dvlib.methods.one_point import with_one_less, with_one_more
from dvlib.methods.registry import register
from dvlib.refits.batch import refit
from dvlib.tables.learning import over_runs
from dvlib.tables.utilities import HELPS_OR_MOVES, hard_dv, soft_dv

CHUNK = 8  # fits per stored entry: a fraction of a second, so a killed run loses little
BLOCK = 10  # random halves that are drawn together; each row is in five of them


class Pass(NamedTuple):
    """Fits of S subsets of n rows, seen at m points.

    `inside`, bool (S, n), says which rows each fit was trained on. `probabilities`, float32
    (S, m, K), are those that each fit gives to the K classes at each point.
    """

    inside: np.ndarray
    probabilities: np.ndarray


class Trajectories(NamedTuple):
    """R runs on all n rows, watched after each of E epochs.

    `probabilities`, float32 (R, E, n, K), are those of the K classes at each row. A run that
    stopped early repeats its last epoch. `networks` has a tuple for each run, the networks after
    the epochs in `epochs`. `n_iter` (R,) is the number of epochs that each run took.
    """

    probabilities: np.ndarray
    networks: tuple
    epochs: tuple
    n_iter: np.ndarray


def random_halves(n, n_sets, seed, *, classes=None, groups=None):
    """Random sets that contain each row with probability ½, bool (n_sets, n).

    Rows are drawn independently of each other, as Banzhaf values require. (If all sets had exactly
    n / 2 rows, the values would always add up to about 0.) Each row is in five of every ten sets,
    so every row has sets with it and sets without it. Halves are not paired with their complements:
    the two fits of a pair are not independent, and standard errors would come out too small.

    With `classes` (n,), each set has half of the rows of every class, up to one: rows of a class
    are paired at random, and of each pair one is in the set. Rows are then not independent, so
    contrasts of sets with and without a row would also hold its partner. Rows of the same group, by
    `groups` (n,), are always in a set together; the class of a group is its most frequent one.
    """
    check_count("number of rows", n, 2)
    check_count("number of sets", n_sets)
    units, members = (n, slice(None)) if groups is None else _numbered(groups)
    if classes is not None and groups is not None:
        table = np.zeros((units, np.max(classes) + 1), int)
        np.add.at(table, (members, classes), 1)
        classes = table.argmax(1)
    block = min(BLOCK, n_sets + n_sets % 2)
    dealt = np.tile(np.arange(block) < block / 2, (units, 1))
    blocks = []
    for k in range(0, n_sets, block):
        rng = np.random.default_rng([seed, k])
        drawn = rng.permuted(dealt, axis=1)
        if classes is not None:
            order = np.lexsort((rng.random(units), classes))
            second = np.arange(1, units)[np.diff(classes[order]) == 0]
            # Of a run of rows of a class, every second one is the partner of the one before it.
            start = np.searchsorted(classes[order], classes[order])
            second = second[(second - start[second]) % 2 == 1]
            drawn[order[second]] = ~drawn[order[second - 1]]
        blocks.append(drawn.T)
    return np.concatenate(blocks)[:n_sets][:, members]


def _numbered(groups):
    """Number of groups, and the number of each row's group, (n,)."""
    kinds, members = np.unique(groups, return_inverse=True)
    if len(kinds) < 2:
        raise ValueError("groups: all rows are in one group; give two groups or more")
    return len(kinds), members


def fits_of(X, y, subsets, settings, *, at, n_classes, seeds=None, description="fits to subsets"):
    """Fit the model to each subset of rows, and evaluate each fit at some points: a Pass.

    A ValueError tells before any fit that the probabilities do not fit into memory.

    Parameters
    ----------
    X, y : float64 rows (n, d) and their classes (n,), int 0 … K − 1
    subsets : bool (S, n), or S arrays of row indices in the order of training
    settings : RefitSettings
    at : points (m, d) at which the fits are evaluated
    seeds : S seeds; None = settings.seed, settings.seed + 1, …
    """
    rows = [
        np.flatnonzero(s) if np.asarray(s).dtype == bool else np.asarray(s, int) for s in subsets
    ]
    seen = refit(
        X, y, rows, settings, [Probabilities(at)], n_classes=n_classes, allow_one_class=True,
        seeds=settings.seed + np.arange(len(rows)) if seeds is None else seeds, together=CHUNK,
        description=description,
    )  # fmt: skip
    inside = np.zeros((len(rows), len(X)), bool)
    for k, members in enumerate(rows):
        inside[k, members] = True
    return Pass(inside, seen.probabilities[:, 0])


def trajectories_of(X, y, settings, *, n_runs, n_classes, epochs=()):
    """Train a network on all rows with `n_runs` seeds, and watch every row after each epoch.

    X, y and the settings are as for `fits_of`; the seeds are settings.seed, settings.seed + 1, …
    `epochs`, increasing, are those after which the network is kept. A ValueError tells before any
    fit that the model is no network, or that the probabilities do not fit into memory.
    """
    config, epochs = settings.config, tuple(epochs)
    if not settings.is_network:
        raise ValueError(
            f"model {type(config).__name__}: only a network is trained in epochs that can "
            "be watched; give an MLPConfig, or methods that need no epochs"
        )
    check_memory(len(X), "rows", lambda n: 4 * n_runs * config.max_iter * n * n_classes)
    seen = refit(
        X, y, [np.arange(len(X))], with_runs(settings, n_runs), [Trajectory(X), Weights(epochs)],
        n_classes=n_classes, together=1, description="watched runs",
    )  # fmt: skip
    outputs = 1 if n_classes == 2 else n_classes
    networks = tuple(
        tuple(Network(packed, config, X.shape[1], outputs) for packed in run)
        for run in seen.networks[0]
    )
    return Trajectories(seen.trajectories[0], networks, epochs, seen.n_iter[0])


def with_runs(settings, n_runs):
    """The settings with `n_runs` seeds: settings.seed, settings.seed + 1, …"""
    seeds = range(settings.seed, settings.seed + check_count("n_runs", n_runs))
    return replace(settings, seeds=seeds)


class OneRow(NamedTuple):
    """Refits for S rows and R seeds, evaluated at m points.

    `base`, float32 (R, m, K), are probabilities of the fits to the whole table, and `refits`
    (S, R, m, K) those with one row more or less. `base_p` and `refit_p` (S, R) are the probability
    of the row's own label by the base fit and by the refit.
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
    """Refit the table with each of S points added, alone: OneRow.

    The points (S, d) have the classes `labels` (S,). The refits of `n_runs` seeds, settings.seed,
    settings.seed + 1, …, are compared at the points `at` (m, d). X, y and the settings are as for
    `fits_of`.
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

    def seen(subsets, description):
        # Each refit is needed at its own row too; evaluating it at all rows costs little.
        return refit(
            X, y, subsets, settings, [Probabilities(np.concatenate([at, X[rows]]))],
            n_classes=n_classes, allow_one_class=True, together=CHUNK, description=description,
        ).probabilities  # fmt: skip

    (base,), refits = seen([everything], "fits to all rows"), seen(subsets, f"fits {word} one row")
    k, label = np.arange(len(rows)), y[rows]
    return OneRow(
        base[:, :m], refits[:, :, :m], base[:, m + k, label].T, refits[k, :, m + k, label]
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

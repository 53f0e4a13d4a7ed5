"""What would a further row of a table change (`value_new`)? The paper's own question, on tables."""

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dvlib.checks import check_count, check_memory
from dvlib.methods.values import DataValues
from dvlib.tables.frames import read_rows
from dvlib.tables.labels import check_order
from dvlib.tables.learning import over_runs
from dvlib.tables.models import given
from dvlib.tables.passes import one_row_added
from dvlib.tables.plan import Plan, check_plan, n_workers, timed
from dvlib.tables.utilities import log_likelihood
from dvlib.tables.value import (
    costs_of_models,
    model_settings,
    settings_on_table,
    target_of,
    tell,
    valued_rows,
)

FEW = 20  # with fewer refits, their mean is no estimate of the common shift


@dataclass(frozen=True, eq=False)
class NewValues:
    """Values of S rows that a table does not have yet.

    `values` are dvlib.DataValues: soft dv to the model without the row, or, with 20 refits or more
    (`centred`), to the mean refit (`OneRow.centred`). `refits` are a OneRow, `classes` the labels
    of the table, and `index` that of the new rows' frame. If the new rows have no labels, `refits`
    have each row with every label in turn, and `weights` (S, K) are the probabilities of the
    labels, by which all numbers are expectations. `helps` are the change of the log-likelihood of
    a target and its standard error, (2, S), or None.
    """

    values: DataValues
    refits: object
    classes: np.ndarray
    index: object
    centred: bool
    weights: np.ndarray | None = None
    helps: np.ndarray | None = None

    def to_frame(self):
        """One line per row: label, 1 - P(label), value, its error, rank, soft and hard dv, fits.

        1 − P(label) is that of one fit without the row. Rank 1 is the highest value, of the row
        that would move the model most: a row to look at, which need not help. Whether it does, the
        columns helps and helps_error say, if there is a target. Without labels, `label` is the
        most probable one.
        """
        valued = self.values
        columns = {
            "label": self.classes[valued.labels],
            "1 - P(label)": expected(1 - self.refits.base_p[:, :1], self.weights)[:, 0],
            "value": valued.values,
            "standard_error": valued.standard_errors,
            "rank": pd.Series(-valued.values).rank(method="min").to_numpy(),
            "soft dv": expected(self.refits.soft, self.weights).mean(1),
            "hard dv": expected(self.refits.hard, self.weights).mean(1),
            "fits": valued.n_fits,
        }
        if self.helps is not None:
            columns["helps"], columns["helps_error"] = self.helps
        return pd.DataFrame(columns, index=self.index)


def expected(numbers, weights):
    """Expectation over the labels of each row, (S, R), of numbers of each row and label."""
    if weights is None:
        return numbers
    return (numbers.reshape(*weights.shape, -1) * weights[..., None]).sum(1)


def value_new(
    X, y, X_new, y_new=None, *, at=None, target=None, label=None, n_runs=None, model=None, seed=0,
    engine="auto", cache=True, n_jobs=-1, quiet=False,
):  # fmt: skip
    """Value rows that could be added to a table, one at a time: how far would the model move?

    The value of a row is soft dv: the mean absolute difference, over points of the data, between
    the probabilities of the model with the row and of the model without it (equation 1 of the
    paper, on a sample). It is nearly a function of 1 − P(label), which takes a single fit; the
    frame has both. A high value says that the row contradicts the model. That may be a rare case
    or a wrong label: look at it, before you add it. Give a target to see whether it helps.

    Parameters
    ----------
    X, y : the table and its labels, as for `dvlib.value`; y None = the column `label`
    X_new, y_new : S rows to add, with the table's columns, and their labels; y_new None = not
        known, so that all numbers are expectations over the labels, by the model's probabilities
    at : rows on which models are compared, without labels; None = the rows of the table
    target : (X_valid, y_valid), labelled rows that are not in the table; the frame then has a
        column that says by how much their log-likelihood rises with the row, in nats a row
    n_runs : number of seeds, each with a fit for each new row and one without; None = 3
    label, model, seed, engine, cache, n_jobs, quiet : as for `dvlib.value`

    Returns
    -------
    NewValues

    Raises
    ------
    ValueError, TypeError : as `dvlib.value`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> valued = value_new(X[:-1], y[:-1], X[-1:], y[-1:], n_runs=2, quiet=True)
    >>> valued.to_frame()["label"].tolist()
    [2]
    """
    settings = model_settings(model, seed, engine, cache, n_jobs)
    asked, n_runs = n_runs is not None, check_count("n_runs", 3 if n_runs is None else n_runs)
    rows, told = read_rows(X, y, label), []
    K = len(rows.classes)
    check_order(X_new, y_new, "new labels")
    points = rows.like(X_new, told)
    n_new, each = len(points), K if y_new is None else 1
    labels = np.tile(np.arange(K), n_new) if y_new is None else rows.classes_of(y_new)
    if each * n_new != len(labels):
        raise ValueError(f"{len(labels)} new labels for {n_new} rows: give one for each")
    pair = None if target is None else target_of(rows, *target, told)
    if not quiet:
        tell([*rows.liberties, *(f"new rows, {line}" for line in told)], rows.hints, sys.stderr)
    compared = [rows.X if at is None else rows.like(at), *([] if pair is None else [pair[0]])]
    n_seen = sum(map(len, compared))
    # Row numbers of each subset, and probabilities at all points and new rows, which are copied.
    check_memory(
        len(labels), "new rows",
        lambda s: 8 * s * len(rows.X) + 8 * n_runs * s * (s + n_seen) * K,
    )  # fmt: skip
    tables = [X_new, at, None if target is None else target[0]]
    settings = settings_on_table(settings, rows, rows.frame, *tables)
    plan = Plan(*rows.X.shape, {"added": (len(labels) + 1) * n_runs})
    plan = timed(plan, costs_of_models(rows, [settings], quiet), n_workers(settings))
    check_plan(plan, asked=asked, numbers="n_runs")
    if not quiet:
        print(plan, file=sys.stderr)
    further = compared if at is not None else compared[1:]
    table, added, *seen = given(settings.config, rows.X, points, *further)
    added = np.repeat(added, each, axis=0)
    refits = one_row_added(
        table, rows.y, added, labels, settings, n_runs=n_runs, n_classes=K,
        at=np.concatenate(seen if at is not None else [table, *seen]),
    )  # fmt: skip
    weights = helps = None
    if y_new is None:
        weights = refits.base_p.mean(1).reshape(n_new, K)
        weights = weights / weights.sum(1, keepdims=True)
    if pair is not None:
        m = len(compared[0])
        gains = log_likelihood(refits.refits[:, :, m:], pair[1]) - log_likelihood(
            refits.base[:, m:], pair[1]
        )
        helps = np.array(over_runs(expected(gains, weights).T))
        refits = refits._replace(base=refits.base[:, :m], refits=refits.refits[:, :, :m])
    centred = len(added) >= FEW
    moved, errors = over_runs(expected(refits.centred if centred else refits.soft, weights).T)
    likely = labels if weights is None else weights.argmax(1)
    values = valued_rows(
        points, likely, (moved.astype(float), errors), "soft dv of an added row",
        "probability", settings, plan.n_fits,
    )  # fmt: skip
    index = X_new.index if isinstance(X_new, pd.DataFrame) else pd.RangeIndex(n_new)
    return NewValues(values, refits, rows.classes, index, centred, weights, helps)

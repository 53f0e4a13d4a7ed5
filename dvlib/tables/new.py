"""`value_new`: what would a further row be worth? The paper's own question, on tables."""

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dvlib.checks import check_count, check_memory
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.values import DataValues
from dvlib.refits.batch import RefitSettings
from dvlib.tables.frames import check_order, read_rows
from dvlib.tables.learning import over_runs
from dvlib.tables.passes import one_row_added
from dvlib.tables.plan import Plan, check_plan, timed

FEW = 20  # with fewer new rows, their mean refit is no estimate of the common shift


@dataclass(frozen=True, eq=False)
class NewValues:
    """Values of S rows that a table does not have yet.

    Attributes
    ----------
    values : dvlib.DataValues; soft dv to the model without the row, or, with 20 rows or more, to
        the mean refit (`OneRow.centred`)
    refits : dvlib.tables.passes.OneRow
    classes : labels of the table
    index : index of the new rows' frame
    centred : whether values are to the mean refit
    """

    values: DataValues
    refits: object
    classes: np.ndarray
    index: object
    centred: bool

    def to_frame(self):
        """One line per row: label, 1 - P(label), value, its error, rank, soft and hard dv, fits.

        1 − P(label) is that of one fit without the row. Rank 1 is the highest value, of the row
        that would move the model most.
        """
        valued = self.values
        return pd.DataFrame(
            {
                "label": self.classes[valued.labels],
                "1 - P(label)": 1 - self.refits.base_p[:, 0],
                "value": valued.values,
                "standard_error": valued.standard_errors,
                "rank": pd.Series(-valued.values).rank(method="min").to_numpy(),
                "soft dv": self.refits.soft.mean(1),
                "hard dv": self.refits.hard.mean(1),
                "fits": valued.n_fits,
            },
            index=self.index,
        )


def value_new(
    X,
    y,
    X_new,
    y_new,
    *,
    at=None,
    label=None,
    n_runs=None,
    model=None,
    seed=0,
    engine="auto",
    cache=True,
    n_jobs=-1,
    quiet=False,
):
    """Value rows that could be added to a table, one at a time: how far would the model move?

    The value of a row is soft dv: the mean absolute difference, over points of the data, between
    the probabilities of the model with the row and of the model without it (equation 1 of the
    paper, on a sample). It is nearly a function of 1 − P(label), which takes a single fit; the
    frame has both.

    Parameters
    ----------
    X, y : the table and its labels, as for `dvlib.value`; y None = the column `label`
    X_new, y_new : S rows to add, with the table's columns, and their labels
    at : rows on which models are compared, without labels; None = the rows of the table
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
    >>> found = value_new(X[:-1], y[:-1], X[-1:], y[-1:], n_runs=2, quiet=True)
    >>> found.to_frame()["label"].tolist()
    [2]
    """
    model = MLPConfig((100,)) if model is None else model
    settings = RefitSettings((seed,), model, engine=engine, cache=cache, n_jobs=n_jobs)
    asked, n_runs = n_runs is not None, check_count("n_runs", 3 if n_runs is None else n_runs)
    rows = read_rows(X, y, label)
    check_order(X_new, y_new, "new labels")
    points, labels = rows.like(X_new), rows.classes_of(y_new)
    if len(points) != len(labels):
        raise ValueError(f"{len(labels)} new labels for {len(points)} rows: give one for each")
    there = rows.X if at is None else rows.like(at)
    # Row numbers of each subset, and probabilities at all points and new rows, which are copied.
    check_memory(
        len(points), "new rows",
        lambda s: 8 * s * len(rows.X) + 8 * n_runs * s * (s + len(there)) * len(rows.classes),
    )  # fmt: skip
    fits = {"added": (len(points) + 1) * n_runs}
    plan = timed(Plan(*rows.X.shape, fits), rows.X, rows.y, len(rows.classes), settings)
    check_plan(plan, asked, "n_runs")
    if not quiet:
        print(plan, file=sys.stderr)
    refits = one_row_added(
        rows.X, rows.y, points, labels, settings, n_runs=n_runs, at=there,
        n_classes=len(rows.classes),
    )  # fmt: skip
    centred = len(points) >= FEW
    by_run = refits.centred if centred else refits.soft
    moved, errors = over_runs(by_run.T)
    values = DataValues(
        points, labels, moved.astype(float), errors, "soft dv of an added row",
        "probability", {"model": repr(model), "engine": settings.engine, "seed": settings.seed},
        sum(fits.values()),
    )  # fmt: skip
    index = X_new.index if isinstance(X_new, pd.DataFrame) else pd.RangeIndex(len(points))
    return NewValues(values, refits, rows.classes, index, centred)

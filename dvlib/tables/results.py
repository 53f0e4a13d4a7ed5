"""What `dvlib.value` returns: the values of all methods, as a frame and in words."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dvlib.checks import check_choice
from dvlib.methods.registry import known_methods


@dataclass(frozen=True, eq=False)
class TableValues:
    """Values of the n rows of a table.

    Attributes
    ----------
    rows : dvlib.tables.frames.Rows
    values : dict of method → dvlib.DataValues
    probabilities : (n, K), of the classes at each row, means over fits
    out_of_sample : whether these fits were trained without the row
    seconds : wall time
    plan : dvlib.tables.plan.Plan
    labelled : whether there was a target with labels
    """

    rows: object
    values: dict
    probabilities: np.ndarray
    out_of_sample: bool
    seconds: float
    plan: object
    labelled: bool = False

    @property
    def n_fits(self):
        """Number of fits, each counted once."""
        return self.plan.n_fits

    @property
    def predicted(self):
        """The most probable label of each row, (n,)."""
        return self.rows.classes[self.probabilities.argmax(1)]

    @property
    def p_label(self):
        """Probability of each row's own label, (n,)."""
        return self.probabilities[np.arange(len(self.rows.y)), self.rows.y]

    def to_frame(self, method=None):
        """One line per row: label, predicted, P(label), value, standard_error, rank and fits.

        Rank 1 is the lowest value. With several methods, each has its own columns, such as
        "oob value", and the numbers of fits are in the frame's `attrs["fits"]`.

        Parameters
        ----------
        method : name of a method; None = all
        """
        names = list(self.values) if method is None else [self._known(method)]
        columns = {
            "label": self.rows.classes[self.rows.y], "predicted": self.predicted,
            "P(label)": self.p_label,
        }  # fmt: skip
        for name in names:
            found, own = self.values[name], "" if len(names) == 1 else f"{name} "
            columns[f"{own}value"] = found.values
            columns[f"{own}standard_error"] = found.standard_errors
            columns[f"{own}rank"] = pd.Series(found.values).rank(method="min").to_numpy()
            if len(names) == 1:
                columns["fits"] = found.n_fits
        frame = pd.DataFrame(columns, index=self.rows.index)
        frame.attrs["fits"] = {name: self.values[name].n_fits for name in names}
        return frame

    def hard_is_high(self, method):
        """Whether a high value of a method means that a row is hard, so that it is to be looked at.

        Without labels of a target, leave-one-out and influence functions tell how far a row moves
        the model, which hard rows do most.
        """
        known = known_methods("rows")[method]
        return known.hard or (known.target == "points" and not self.labelled)

    def suspects(self, count=20, method=None):
        """The rows to look at first, as a frame: the hardest by a method, by default the first."""
        name = next(iter(self.values)) if method is None else self._known(method)
        frame = self.to_frame(name).sort_values(
            "value", ascending=not self.hard_is_high(name), kind="stable"
        )
        return frame.head(count)

    def agreement(self):
        """Rank correlations of the methods, a frame; methods where high means hard are negated."""
        signs = {name: -1 if self.hard_is_high(name) else 1 for name in self.values}
        frame = pd.DataFrame({name: signs[name] * v.values for name, v in self.values.items()})
        return frame.corr("spearman")

    def says(self):
        """Three sentences of what was found."""
        n, wrong = len(self.rows.y), self.predicted != self.rows.classes[self.rows.y]
        seen = "fits that did not see them" if self.out_of_sample else "fits that saw them"
        first = (
            f"{wrong.sum():,} of {n:,} rows ({wrong.mean():.1%}) are predicted otherwise than "
            f"their label by {seen}; such rows are mislabelled, rare or hard."
        )
        if not wrong.any():
            how = "" if self.out_of_sample else ", which may have learned them by heart"
            first = f"All {n:,} rows are predicted as they are labelled by {seen}{how}."
        name = next(iter(self.values))
        lowest = self.suspects(3, name)
        told = ", ".join(
            f"{index} ({given}, predicted {other}, P(label) {p:.2f})"
            for index, given, other, p in lowest.iloc[:, :3].itertuples()
        )
        second = f"By {known_methods('rows')[name].title}, look first at rows {told}."
        found = self.values[name]
        known, spread = np.isfinite(found.standard_errors), np.nanstd(found.values)
        if spread == 0:
            third = "All values are equal: this method finds no difference between the rows."
        elif known.any():
            error = found.standard_errors[known].mean()
            third = (
                f"A value's standard error is {error:.2g}, and values differ by {spread:.2g} "
                "(standard deviation): ranks of rows closer than two errors may be chance."
            )
        else:
            third = "How sure these values are is not known: give more runs or fits."
        return f"{first} {second} {third}"

    def to_pydvl(self, method=None):
        """Values of a method, by default the first, as a ValuationResult of pyDVL."""
        name = next(iter(self.values)) if method is None else self._known(method)
        return self.values[name].to_pydvl()

    def _known(self, method):
        return check_choice("method", method, self.values)

    def __repr__(self):
        return f"values of {len(self.rows.y):,} rows by {', '.join(self.values)}: {self.says()}"

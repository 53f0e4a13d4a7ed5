"""Samples of a table: its rows, and the passes of fits that the methods on tables share.

The methods read a pass, and register themselves (`dvlib.methods.registry`), where they are defined.
"""

from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from dvlib.tables import dvrl, learning, shapley
from dvlib.tables.models import given
from dvlib.tables.passes import (
    Pass,
    fits_of,
    one_row_left_out,
    random_halves,
    trajectories_of,
)  # fmt: skip
from dvlib.tables.utilities import accuracy, log_likelihood

UTILITIES = {"accuracy": accuracy, "log_likelihood": log_likelihood}


class Counts(NamedTuple):
    """Sizes of the passes."""

    halves: int  # fits to random halves
    sets: int  # fits to sets of all sizes
    runs: int  # watched runs, and runs of DVRL
    left_out: int  # seeds of the fits without one row
    dvrl: int  # iterations of each run of DVRL


class RowSample:
    """The rows of a table, and the passes of fits to them, each computed when it is first read.

    `X`, float64 (n, d), are the rows and `y`, int 0 … K − 1, their classes (n,). `target` is
    (X_target, y_target), with y_target None where labels are unknown; None = no target. `counts`
    are `Counts`. `families` are RefitSettings of the models that are fitted to halves; without,
    `settings`. Rows of the same group, by `groups` (n,), are in a half together; `balanced` halves
    have half of the rows of each class (`random_halves`). `utility` is a key of `UTILITIES`; None =
    accuracy for Shapley values, else log-likelihood.
    """

    def __init__(
        self, X, y, n_classes, settings, target, counts, utility, *, families=(), groups=None,
        balanced=False,
    ):  # fmt: skip
        self.X, self.y, self.n_classes, self.settings = X, y, n_classes, settings
        self.counts, self._utility = counts, utility
        self.at, self.labels = (X, None) if target is None else target
        self._families = families or (settings,)
        self._drawn = {"groups": groups, "classes": y if balanced else None}

    @cached_property
    def halves(self):
        """Pass of fits to random halves, evaluated at the n rows followed by a target if given.

        Of several models, the passes follow each other; all have the same halves.
        """
        inside = random_halves(
            len(self.X), self.counts.halves, self.settings.seed, **self._drawn
        )  # fmt: skip
        passes = [
            self._fits(inside, "fits to random halves", family) for family in self._families
        ]  # fmt: skip
        if len(passes) == 1:
            return passes[0]
        return Pass(*map(np.concatenate, zip(*passes, strict=True)))

    @cached_property
    def sets(self):
        """(Sets, Pass) of sets of all sizes, evaluated as `halves` is."""
        sets = shapley.sets_of_all_sizes(len(self.X), self.counts.sets, self.settings.seed)
        return sets, self._fits(sets.inside, "fits to sets of all sizes")

    @cached_property
    def runs(self):
        """Trajectories of runs on all rows, with the networks early in training and at the end."""
        last = self.settings.config.max_iter
        return trajectories_of(
            self.X, self.y, self.settings, n_runs=self.counts.runs, n_classes=self.n_classes,
            epochs=sorted({min(learning.EARLY, last), last}),
        )  # fmt: skip

    @property
    def early_runs(self):
        """The runs with the networks early in training alone."""
        kept = tuple(networks[:1] for networks in self.runs.networks)
        return self.runs._replace(networks=kept, epochs=self.runs.epochs[:1])

    @cached_property
    def left_out(self):
        """OneRow: fits without each row, compared at the target."""
        X, at = self.given(self.settings.config)
        return one_row_left_out(
            X, self.y, self.settings, n_runs=self.counts.left_out, at=at, n_classes=self.n_classes
        )

    @cached_property
    def selections(self):
        """Selections of runs of DVRL."""
        return dvrl.learn_selections(
            self.X, self.y, self.at, self.labels, self.settings, n_runs=self.counts.runs,
            n_classes=self.n_classes, choices=replace(dvrl.ARTICLE, n_iterations=self.counts.dvrl),
        )  # fmt: skip

    @property
    def right(self):
        """Whether the fit to each half predicts each row's label, bool (S, n)."""
        return self.halves.probabilities[:, : len(self.X)].argmax(-1) == self.y

    @property
    def inside(self):
        """Which rows each half has, bool (S, n)."""
        return self.halves.inside

    def at_target(self, seen):
        """Probabilities that the fits of a Pass give at the target, (S, m, K)."""
        return seen.probabilities[:, len(self.X) :]

    def worth(self, P, usual="log_likelihood"):
        """Utility of models with probabilities (…, m, K) at the target."""
        return UTILITIES[self._utility or usual](P, self.labels)

    def given(self, model):
        """The rows and the target as fits of a model take them; the same array if they are one."""
        if self.at is self.X:
            return given(model, self.X) * 2
        return given(model, self.X, self.at)

    def _fits(self, inside, description, settings=None):
        settings = settings or self.settings
        X, at = self.given(settings.config)
        return fits_of(
            X, self.y, inside, settings, at=X if at is X else np.concatenate([X, at]),
            n_classes=self.n_classes, description=description,
        )  # fmt: skip

"""The methods on tables by name, and the passes of fits that they share.

A pass is computed when a method first needs it, and is then used by all other methods.
"""

from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from dvlib.tables import dvrl, halves, learning, shapley
from dvlib.tables.influence_functions import Influence
from dvlib.tables.neighbours import knn_shapley
from dvlib.tables.one_row import one_row_left_out
from dvlib.tables.passes import fits_of, random_halves, trajectories_of
from dvlib.tables.sampled import soft_dv
from dvlib.tables.utilities import accuracy, log_likelihood

UTILITIES = {"accuracy": accuracy, "log_likelihood": log_likelihood}
# Of influence functions. In Extension 10, sizes are about right with it, and signs against g; with
# 0.01 sizes are three to four times too large and the signs are wrong.
DAMPING = 0.1


class Counts(NamedTuple):
    """Sizes of the passes."""

    halves: int  # fits to random halves
    sets: int  # fits to sets of all sizes
    runs: int  # watched runs, and runs of DVRL
    left_out: int  # seeds of the fits without one row
    dvrl: int  # iterations of each run of DVRL


class Shared:
    """The passes over one table, each computed when it is first used.

    Parameters
    ----------
    X, y : float64 rows (n, d) and classes (n,), int 0 … K − 1
    n_classes : K
    settings : RefitSettings
    target : (X_target, y_target), y_target None where labels are unknown; None = no target
    counts : Counts
    utility : a key of `UTILITIES`; None = accuracy for Shapley values, else log-likelihood
    """

    def __init__(self, X, y, n_classes, settings, target, counts, utility):
        self.X, self.y, self.n_classes, self.settings = X, y, n_classes, settings
        self.counts, self._utility = counts, utility
        self.at, self.labels = (X, None) if target is None else target

    @cached_property
    def halves(self):
        """Pass of fits to random halves, evaluated at the n rows followed by a target if given."""
        inside = random_halves(len(self.X), self.counts.halves, self.settings.seed)
        return self._fits(inside, "fits to random halves")

    @cached_property
    def sets(self):
        """(Sets, Pass) of sets of all sizes, evaluated as `halves` is."""
        sets = shapley.sets_of_all_sizes(len(self.X), self.counts.sets, self.settings.seed)
        return sets, self._fits(sets.inside, "fits to sets of all sizes")

    @cached_property
    def runs(self):
        epochs = (min(learning.EARLY, self.settings.config.max_iter), self.settings.config.max_iter)
        runs = trajectories_of(
            self.X, self.y, self.settings, n_runs=self.counts.runs, n_classes=self.n_classes,
            epochs=tuple(sorted(set(epochs))),
        )  # fmt: skip
        return runs

    @cached_property
    def left_out(self):
        refits = one_row_left_out(
            self.X, self.y, self.settings, n_runs=self.counts.left_out, at=self.at,
            n_classes=self.n_classes,
        )  # fmt: skip
        return refits

    @cached_property
    def selections(self):
        how = replace(dvrl.ARTICLE, n_iterations=self.counts.dvrl)
        found = dvrl.selections_of(
            self.X, self.y, self.at, self.labels, self.settings, n_runs=self.counts.runs,
            n_classes=self.n_classes, how=how,
        )  # fmt: skip
        return found

    @property
    def right(self):
        """Whether the fit to each half predicts each row's label, bool (S, n)."""
        return self.halves.probabilities[:, : len(self.X)].argmax(-1) == self.y

    def worth(self, P):
        """Utility of models with probabilities (…, m, K) at the target."""
        return UTILITIES[self._utility or "log_likelihood"](P, self.labels)

    def _fits(self, inside, description):
        at = self.X if self.at is self.X else np.concatenate([self.X, self.at])
        seen = fits_of(
            self.X, self.y, inside, self.settings, at=at, n_classes=self.n_classes,
            description=description,
        )  # fmt: skip
        return seen

    # The methods, each as (values, standard_errors)
    def out_of_sample(self):
        return halves.out_of_sample(self.halves.inside, self.right)

    def memorization(self):
        return halves.memorization(self.halves.inside, self.right)

    def influence(self):
        P = self.halves.probabilities[:, len(self.X) :]
        return halves.banzhaf(self.halves.inside, accuracy(P, self.labels))

    def banzhaf(self):
        P = self.halves.probabilities[:, len(self.X) :]
        return halves.banzhaf(self.halves.inside, self.worth(P))

    def shapley(self):
        # A small set may lack a class. Its log loss on that class is huge, and may
        # decide the values: by log-likelihood they found less noise in Extension 8.
        sets, seen = self.sets
        utility = UTILITIES[self._utility or "accuracy"]
        P = seen.probabilities[:, len(self.X) :]
        return shapley.shapley(sets, utility(P, self.labels))

    def mean_probability(self):
        return learning.mean_probability(self.runs, self.y)

    def forgetting(self):
        return learning.forgetting(self.runs, self.y)

    def last_learned(self):
        return learning.last_learned(self.runs, self.y)

    def el2n(self):
        return learning.el2n(self.runs, self.y, self.runs.epochs[0])

    def grand(self):
        early = self.runs._replace(
            networks=tuple(kept[:1] for kept in self.runs.networks), epochs=self.runs.epochs[:1]
        )
        return learning.grand(early, self.X, self.y)

    def leave_one_out(self):
        refits = self.left_out
        if self.labels is None:
            return learning.over_runs(refits.centred.T)
        base, without = self.worth(refits.base), self.worth(refits.refits)
        return learning.over_runs((base - without).T)

    def influence_functions(self):
        by_run = []
        for kept in self.runs.networks:
            influence = Influence.of(kept[-1], self.X, self.y, damping=DAMPING)
            without = influence.moved(self.at, influence.left_out(self.at))
            base = kept[-1].probabilities(self.at)
            if self.labels is None:
                by_run.append(soft_dv(without, base))
            else:
                by_run.append(self.worth(base) - self.worth(without))
        return learning.over_runs(np.array(by_run))

    def knn_shapley(self):
        return knn_shapley(self.X, self.y, self.at, self.labels)

    def dvrl(self):
        return dvrl.dvrl(self.selections)


class Method(NamedTuple):
    """A method on tables: its title, the passes it reads, and what its numbers mean."""

    title: str
    passes: tuple  # of halves, sets, runs, left_out, dvrl
    compute: object  # of a Shared
    kind: str  # see `dvlib.methods.values.KINDS`
    high: str  # what a high value means
    # "labels": it needs labelled target points; "points": any points, by default the rows
    target: str = "none"


_OF_THE_TARGET = "the row helps on the target"
METHODS = {
    "p_label": Method(
        "mean P(label)", ("runs",), Shared.mean_probability, "probability", "easily learned"
    ),
    "oob": Method(
        "out-of-sample correctness", ("halves",), Shared.out_of_sample, "frequency",
        "predicted right without it",
    ),
    "memorization": Method(
        "memorization", ("halves",), Shared.memorization, "frequency", "learned by heart"
    ),
    "influence": Method(
        "influence", ("halves",), Shared.influence, "utility", _OF_THE_TARGET, "labels"
    ),
    "banzhaf": Method("Banzhaf", ("halves",), Shared.banzhaf, "utility", _OF_THE_TARGET, "labels"),
    "shapley": Method("Shapley", ("sets",), Shared.shapley, "utility", _OF_THE_TARGET, "labels"),
    "loo": Method(
        "leave-one-out", ("left_out",), Shared.leave_one_out, "utility",
        "the row helps on the target; without labels there: it moves the model", "points",
    ),
    "forgetting": Method(
        "forgetting", ("runs",), Shared.forgetting, "epochs", "forgotten often: hard"
    ),
    "last_learned": Method(
        "last learned", ("runs",), Shared.last_learned, "epochs", "learned late: hard"
    ),
    "el2n": Method("EL2N", ("runs",), Shared.el2n, "length of a gradient", "hard"),
    "grand": Method("GraNd", ("runs",), Shared.grand, "length of a gradient", "hard"),
    "influence_functions": Method(
        "influence functions", ("runs",), Shared.influence_functions, "utility",
        "the row helps on the target; without labels there: it moves the model", "points",
    ),
    "knn_shapley": Method(
        "KNN-Shapley", (), Shared.knn_shapley, "utility", _OF_THE_TARGET, "labels"
    ),
    "dvrl": Method(
        "DVRL", ("dvrl",), Shared.dvrl, "selection probability", _OF_THE_TARGET, "labels"
    ),
}  # fmt: skip

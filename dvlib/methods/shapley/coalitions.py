"""What samplers of Shapley values share: models of any subset of a pool, and when to stop.

No network can be trained on a subset of one class, and the paper does not say what its model is.
Here it predicts that class everywhere, and the model of the empty set predicts ½ everywhere
(`dvlib.engine.classifiers.one_class`). The points of a subset are put in the order of the pool, so
that a model depends on the set alone.

Sampling stops once the standard errors are small against the range of the values.
"""

import math
from dataclasses import replace

import numpy as np

from dvlib.checks import check_positive, check_training_set
from dvlib.engine.boundaries import boundary
from dvlib.engine.observe import Difference, Outputs
from dvlib.methods.values import DataValues, plain
from dvlib.refits.batch import check_plane, planned, refit_each

ROUNDING = 1e-12  # smaller errors come from rounding in sums of equal marginals: dv is coarser


def coalitions(X, y, subsets, settings, seed, **options):
    """The result of `coalitions_each` for a single batch, `planned_coalitions` of the arguments."""
    batch = planned_coalitions(X, y, subsets, settings, seed, **options)
    (seen,) = coalitions_each([batch], settings)
    return seen


def planned_coalitions(
    X, y, subsets, settings, seed, *, references=None, outputs_at=None, description
):
    """A batch for `coalitions_each`.

    Parameters
    ----------
    X, y : pool of points (N, 2) and labels (N,)
    subsets : S index arrays into the pool, in any order and of any length, also empty
    settings : RefitSettings; its seeds are not used, `seed` is that of all models
    references : labels (R, side, side) to compare boundaries with; None = none
    outputs_at : points (P, 2) at which to evaluate probabilities; None = none
    description : text of the progress bar
    """
    observers = []
    if references is not None:
        observers.append(Difference(settings.mesh, [references]))
    if outputs_at is not None:
        observers.append(Outputs(outputs_at))
    return planned(
        X, y, [np.sort(np.asarray(subset, int)) for subset in subsets],
        replace(settings, seeds=(seed,)), observers, allow_one_class=True, description=description,
    )  # fmt: skip


def coalitions_each(batches, settings):
    """Train on every subset that has both classes, and observe all models of each batch, in order.

    As `dvlib.refits.batch.refit_each`, but there is a single seed: `dv` (S, R) is the boundary
    difference to each reference, `outputs` (S, P) the probability of label 1 at each point.
    """
    for seen in refit_each(batches, settings):
        dv, outputs = (None if a is None else a[:, 0] for a in (seen.dv, seen.outputs))
        yield replace(seen, dv=dv, outputs=outputs)


class Utility:
    """Utility of subsets: 1 − dv(f_S, g), the share of the mesh where f_S agrees with g.

    X (n, 2) and y (n,) are the training points, `at_least` as many as the sampling method accepts,
    and g is a function of points (m, 2) to labels (m,). `n_fits` counts the networks trained so
    far.
    """

    def __init__(self, X, y, g, settings, *, at_least=2):
        self.X, self.y = check_training_set(X, y)
        if len(self.X) < at_least:
            raise ValueError(f"{len(self.X)} points: give {at_least} or more")
        check_plane(self.X, self.y, settings.mesh)
        self.settings, self.n_fits = settings, 0
        self._truth = boundary(g, settings.mesh)[None]

    def __call__(self, subsets, seed, description):
        """Utility (S,) of each subset's model, trained with one seed."""
        (difference,) = self.dv_each([(subsets, seed, description)])
        return 1 - difference

    def ends(self, seed):
        """Utilities (2,) of no points and of all points."""
        return self([[], np.arange(len(self.X))], seed, "all points")

    def dv_each(self, groups):
        """Boundary difference (S,) between each subset's model and g, for each of the groups.

        A group is (subsets, seed, description); the results come in order, from a generator.
        """
        batches = (
            planned_coalitions(self.X, self.y, subsets, self.settings, seed,
                               references=self._truth, description=description)
            for subsets, seed, description in groups
        )  # fmt: skip
        for seen in coalitions_each(batches, self.settings):
            self.n_fits += seen.n_fits
            yield seen.dv[:, 0]

    def sampled_values(self, values, errors, method, **parameters):
        """DataValues of the training points from values and standard errors (n,)."""
        return DataValues(
            self.X, self.y, values, errors, method, "sampled share of the mesh",
            plain(self.settings) | parameters, self.n_fits,
        )  # fmt: skip


def random_set(n, seed, k):
    """Set k of a sequence of random subsets of n points; all sizes 0 … n are equally likely."""
    rng = np.random.default_rng([seed, k])
    return rng.permutation(n)[: rng.integers(0, n + 1)]


def check_target(target):
    """`target`, a share of the range of the values, as a float above 0; None = no target."""
    return None if target is None else check_positive("target", target)


def reached(target, share):
    """Whether an `error_share` is at most `target`; never if there is no target."""
    return target is not None and share <= target


def error_share(values, errors):
    """Largest standard error as a share of the range of the values; inf if all are equal."""
    spread = np.ptp(values)
    return np.max(errors) / spread if spread else math.inf


def sampling_error(samples):
    """`error_share` of the means of samples (k, n); inf below two samples."""
    samples = np.asarray(samples)
    if len(samples) < 2:
        return math.inf
    errors = samples.std(0, ddof=1) / math.sqrt(len(samples))
    return error_share(samples.mean(0), errors)


def show_error(bar, share):
    """Show an `error_share` beside a progress bar."""
    bar.set_postfix_str(f"standard error {share:.2f} of the range")

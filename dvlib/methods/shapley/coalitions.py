"""Models of any subset of a pool of points, also of those no network can be trained on.

Shapley and pairwise values ask for models of all kinds of subsets. One of a single class is that
class everywhere; the empty one predicts ½ everywhere (the paper is silent on both). Points of a
subset are put in the order of the pool, so that a model belongs to a set and not to the way it
came about.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dvlib.refits.batch import refit


class Coalitions(NamedTuple):
    """What was seen of S subsets.

    `dv` (S, R): boundary difference to each reference; `outputs` (S, P): probability of label 1 at
    each of the points asked for. `n_fits` counts networks, not the subsets without one.
    """

    dv: np.ndarray
    outputs: np.ndarray
    n_fits: int


def coalitions(X, y, subsets, settings, seed, *, references=None, outputs_at=None, description):
    """Train on every subset with one seed, where it has both classes.

    Parameters
    ----------
    X, y : pool of points (N, 2) and labels (N,)
    subsets : S index arrays into the pool, in any order, of any length from 0 on
    settings : RefitSettings; its seeds are not used
    seed : int ≥ 0
    references : labels (R, side, side) to compare boundaries with; None = none
    outputs_at : points (P, 2) at which to know probabilities; None = none
    description : what the progress bar says

    Returns
    -------
    Coalitions
    """
    subsets = [np.sort(np.asarray(subset, int)) for subset in subsets]
    references = np.empty((0, 1, 1)) if references is None else np.asarray(references)
    outputs_at = np.empty((0, 2)) if outputs_at is None else outputs_at
    difference = np.empty((len(subsets), len(references)))
    outputs = np.empty((len(subsets), len(outputs_at)))
    y = np.asarray(y)
    ones = np.array(
        [y[subset].sum() / len(subset) if len(subset) else np.nan for subset in subsets]
    )
    share = references.mean(axis=(1, 2)) if len(references) else np.empty(0)
    for constant, of in ((0.5, np.isnan(ones)), (0.0, ones == 0), (1.0, ones == 1)):
        # Mean of |constant − label| over a reference whose label is 1 on `share` of the mesh.
        difference[of] = constant * (1 - share) + (1 - constant) * share
        outputs[of] = constant
    trained = np.flatnonzero((ones > 0) & (ones < 1))
    if len(trained):
        seen = refit(
            X, y, [subsets[s] for s in trained], replace(settings, seeds=(seed,)),
            references=references[None], outputs_at=outputs_at, description=description,
        )  # fmt: skip
        difference[trained] = seen.dv[:, 0]
        outputs[trained] = seen.outputs[:, 0]
    return Coalitions(difference, outputs, len(trained))

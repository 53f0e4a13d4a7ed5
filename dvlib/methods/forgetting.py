"""Forgetting events and their variants (paper, sections 2.3, 3.3 and A.4; Toneva et al. 2018).

All count epochs of one training run from whether the point was classified correctly after each.
The paper looks once an epoch; Toneva et al. look at every minibatch that holds the point.
"""

from dataclasses import replace

import numpy as np

from dvlib.checks import check_choice
from dvlib.methods.values import DataValues

NEVER_LEARNED = ("zero", "epochs", "inf")


def forgetting(hits, ran):
    """Times the point went from correct to wrong."""
    return (hits[..., :-1] & ~hits[..., 1:] & ran[..., 1:]).sum(-1)


def last_learned(hits, ran):
    """Epoch, from 1, after which the point was first correct; if never, the number of epochs."""
    learned = hits & ran
    return np.where(learned.any(-1), learned.argmax(-1) + 1, ran.sum(-1))


def frequent(hits, ran):
    """Epochs that end with the point wrong after it had been correct at least once (Figure 19)."""
    return (np.logical_or.accumulate(hits, axis=-1) & ~hits & ran).sum(-1)


def simple(hits, ran):
    """Epochs that end with the point wrong, learned before or not (Figure 19)."""
    return (~hits & ran).sum(-1)


def algorithm_1(hits, ran):
    """Algorithm 1 of the paper to the letter: share of epochs with acc ≤ previous acc.

    Not forgetting: it also counts each epoch that stays correct. Before the first, acc is 0.
    """
    before = np.concatenate([np.zeros_like(hits[..., :1]), hits[..., :-1]], axis=-1)
    return ((hits <= before) & ran).sum(-1) / ran.sum(-1)


VARIANTS = {
    function.__name__: function
    for function in (forgetting, last_learned, frequent, simple, algorithm_1)
}


def forgetting_values(refits, variant="forgetting", never_learned="zero"):
    """Value each point by how its own model learned it, averaged over seeds.

    Parameters
    ----------
    refits : OnePointRefits; a point added is watched in the refit that holds it,
        a point of the base model (mesh alone, training points) in the base model
    variant : a key of `VARIANTS`
    never_learned : what `forgetting` counts for a point that was never correct, where public
        implementations disagree: "zero", "epochs" (all that were run) or "inf"

    Returns
    -------
    DataValues, in epochs (`algorithm_1`: share of epochs), with `never_learned` marked

    Raises
    ------
    ValueError : unknown variant or `never_learned`
    """
    count = VARIANTS[check_choice("variant", variant, VARIANTS)]
    check_choice("never_learned", never_learned, NEVER_LEARNED)
    hits, n_iter = refits.learning
    ran = np.arange(hits.shape[-1]) < n_iter[..., None]
    counts = count(hits, ran).astype(float)
    never, parameters = ~(hits & ran).any(-1), {}
    if variant == "forgetting":
        other = {"zero": 0.0, "epochs": n_iter, "inf": np.inf}[never_learned]
        counts, parameters = np.where(never, other, counts), {"never_learned": never_learned}
    method = variant.replace("_", " ")
    values = DataValues.over_seeds(refits, counts, method, "epochs", **parameters)
    return replace(values, never_learned=never.mean(1))

"""Forgetting events and their variants (paper, sections 2.3, 3.3 and A.4; Toneva et al. 2018).

Each variant counts epochs of a training run by whether the point was classified correctly.
The paper checks once per epoch. Toneva et al. check at every minibatch that holds the point.

The variants take two bool arrays (..., E): `hits`, the point was correct after the epoch, and
`ran`, the epoch was run. They return an array (...).
"""

from dataclasses import replace
from functools import partial

import numpy as np

from dvlib.checks import check_choice
from dvlib.methods.registry import register
from dvlib.methods.values import DataValues

NEVER_LEARNED = ("zero", "epochs", "inf")


def forgetting(hits, ran):
    """Number of times the point went from correct to wrong."""
    return (hits[..., :-1] & ~hits[..., 1:] & ran[..., 1:]).sum(-1)


def last_learned(hits, ran):
    """First epoch, counted from 1, after which the point was correct; if none, the epochs run."""
    learned = hits & ran
    return np.where(learned.any(-1), learned.argmax(-1) + 1, ran.sum(-1))


def frequent(hits, ran):
    """Number of epochs after which the point is wrong, once it has been correct (Figure 19)."""
    return (np.logical_or.accumulate(hits, axis=-1) & ~hits & ran).sum(-1)


def simple(hits, ran):
    """Number of epochs after which the point is wrong, learned before or not (Figure 19)."""
    return (~hits & ran).sum(-1)


def algorithm_1(hits, ran):
    """Algorithm 1 of the paper to the letter: share of epochs with acc ≤ previous acc.

    It does not measure forgetting, because it also counts epochs in which the point stays correct.
    The accuracy before the first epoch is 0.
    """
    before = np.concatenate([np.zeros_like(hits[..., :1]), hits[..., :-1]], axis=-1)
    return ((hits <= before) & ran).sum(-1) / ran.sum(-1)


VARIANTS = {
    function.__name__: function
    for function in (forgetting, last_learned, frequent, simple, algorithm_1)
}


def forgetting_values(refits, variant="forgetting", never_learned="zero"):
    """Value each point by how a model trained on it learned it, averaged over seeds.

    Parameters
    ----------
    refits : OnePointRefits or Runs; an added point is observed in the refit that contains it, a
        training point in the base model
    variant : a key of `VARIANTS`
    never_learned : what `forgetting` counts for a point that was never correct: "zero", "epochs"
        (the number run) or "inf"; public implementations disagree

    Returns
    -------
    DataValues in epochs (`algorithm_1`: share of epochs), with the share of seeds `never_learned`

    Raises
    ------
    ValueError : unknown variant or `never_learned`
    """
    variant = check_choice("variant", variant, VARIANTS)
    never_learned = check_choice("never_learned", never_learned, NEVER_LEARNED)
    hits, n_iter = refits.learning
    ran = np.arange(hits.shape[-1]) < n_iter[..., None]
    counts = VARIANTS[variant](hits, ran).astype(float)
    never, parameters = ~(hits & ran).any(-1), {}
    if variant == "forgetting":
        count = {"zero": 0.0, "epochs": n_iter, "inf": np.inf}[never_learned]
        counts, parameters = np.where(never, count, counts), {"never_learned": never_learned}
    method = variant.replace("_", " ")
    values = DataValues.over_seeds(refits, counts, method, "epochs", **parameters)
    return replace(values, never_learned=never.mean(1))


for _name, _unit, _high in (
    ("forgetting", "forgetting events", "often forgotten"),
    ("last_learned", "epochs", "learned late"),
    ("frequent", "epochs", "wrong again for long"),
    ("simple", "epochs", "wrong for long"),
    ("algorithm_1", "share of epochs", "seldom gets better"),
):
    register(_name.replace("_", " "), reads="learning", kind="epochs", unit=_unit, high=_high)(
        partial(forgetting_values, variant=_name)
    )

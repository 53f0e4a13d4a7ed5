"""Memorization: is a point classified correctly only by models trained on it?

Sources: paper, sections 1.2 and 2.3; Feldman (2020). `dvlib.tables.halves` estimates it from random
subsets.
"""

from dvlib.methods.registry import register
from dvlib.methods.values import DataValues


@register(
    "memorization", reads="refits", kind="frequency", unit="gain in frequency",
    high="right only if trained on",
)  # fmt: skip
def memorization_values(refits):
    """How often models trained on the point classify it correctly, minus how often others do.

    Frequencies are over the K seeds. The standard error is at most 1/√(K − 1), because both fits
    of a difference share a seed. With independent fits it would be at most 0.71/√K.

    Parameters
    ----------
    refits : dvlib.methods.one_point.OnePointRefits

    Returns
    -------
    DataValues between −1 and 1
    """
    difference = refits.right_with_point.astype(float) - refits.right_without_point
    return DataValues.over_seeds(refits, difference, "memorization", "frequency")

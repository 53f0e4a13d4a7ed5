"""Claims on slices of real data: both are ours."""

import numpy as np

from dvlib.paper.judging.claim import claim


@claim(
    "C71", figure="ext09", study="slices",
    says="ours: on slices of real data, too, points of high value are the mis-classified ones",
    threshold="AUC of the value of a place for those that f_X labels otherwise than the nearest "
    "row: {AUC}, on each of three data sets",
    AUC="≥ 0.9 (≥ 0.75)",  # as C01
)  # fmt: skip
def misclassified_places_are_important(sample):
    """AUC of the value for places where f_X's label is not that of the nearest training row.

    The value is soft dv with the shift that all refits of a seed share taken off.
    """
    return {"AUC": sample.auc("value")}, {"1 − P": sample.auc("1 − P")}


@claim(
    "C72", figure="ext09", study="slices",
    says="ours, after Somepalli et al.: on slices, wider networks of other seeds agree better",
    threshold="mean dv on the slice between two training seeds at width 100, over that at width "
    "10, in doublings (log₂): {doublings}, on each of three data sets",
    doublings="< 0",  # any gain
)  # fmt: skip
def wider_networks_agree_better(sample):
    """log₂ of the mean dv of pairs of seeds on the slice, wide over narrow; nan at zero."""
    narrow, wide = (sample.between_seeds[width] for width in (10, 100))
    return {"doublings": np.log2(wide / narrow) if min(narrow, wide) > 0 else np.nan}

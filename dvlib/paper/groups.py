"""Groups of samples of the studies that have no figure module yet."""

from dvlib.paper.judging.group import Group
from dvlib.paper.samples import (
    from_list,
    from_study,
    labelled_samples,
    pairwise_samples,
    trajectory_samples,
)
from dvlib.paper.studies.boundaries import (
    architectures,
    correct_point,
    mislabelled_centre,
)
from dvlib.paper.studies.core_sets import core_set_study
from dvlib.paper.studies.mirror import partner_samples
from dvlib.paper.studies.rules import rules_of_value

# Studies of the extensions on tables. Their claims are ours, and their figures measure them on the
# samples that they draw: the regimes are about the plane.
OF_TABLES = ("ten dimensions", "mesh and sample", "noisy labels", "slices", "without refits")


# The regimes share the refits of the mesh alone and of the grid that is watched in `wide`.
# Processor time is in seconds a sample.
GROUPS = (
    # 2 s or less
    Group(("architectures",), "fig07", from_study(architectures)),
    Group(("mis-labelled point",), "fig08", from_study(mislabelled_centre)),
    Group(("new point",), "fig09", from_study(correct_point)),
    Group(("trajectories",), "fig16", trajectory_samples),
    Group(("partners",), "ext02", from_list(partner_samples), "training points"),
    # 21 s: matrices of three data sets
    Group(("clustered points", "planted groups"), "ext01", pairwise_samples, slow=True),
    # 6 and 10 s. The figures have the samples of `library`.
    Group(("labels, two clusters", "labels"), "ext04", labelled_samples),
    Group(("core-sets",), "ext05", from_study(core_set_study), few_beside=True),
    # 22 s: eight data sets
    Group(("rules",), "ext06", from_study(rules_of_value), "data sets left out", slow=True),
)  # fmt: skip

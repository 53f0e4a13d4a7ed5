"""Groups of samples of the studies that have no figure module yet."""

from dvlib.paper.judging.group import Group
from dvlib.paper.samples import (
    repeated_samples,
    with_both_coordinates,
)
from dvlib.paper.studies.dvrl import (
    WRONG_PLACES,
    rare_point,
    three_inputs,
)

# Studies of the extensions on tables. Their claims are ours, and their figures measure them on the
# samples that they draw: the regimes are about the plane.
OF_TABLES = ("ten dimensions", "mesh and sample", "noisy labels", "slices", "without refits")


# The regimes share the refits of the mesh alone and of the grid that is watched in `wide`.
# Processor time is in seconds a sample.
GROUPS = (
    # 17 s: six runs of DVRL
    Group(("three inputs",), "fig04", with_both_coordinates(lambda own, count: three_inputs(own)),
          slow=True),
    # 28 s. Four runs make four triples; each is as long as those of the other claims.
    Group(("repeated runs",), "fig20", with_both_coordinates(repeated_samples),
          "samples, four runs each", slow=True, changes={"n_iterations": 500, "n_seeds": 4}),
    # 17 s: six runs of DVRL
    Group(("rare point",), "fig21",
          with_both_coordinates(lambda own, count: rare_point(own, in_turn=WRONG_PLACES)),
          slow=True),
)  # fmt: skip

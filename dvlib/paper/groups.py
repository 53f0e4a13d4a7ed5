"""Makes the samples of each study on which claims are measured.

A claim names its study in its decorator. `GROUPS` lists the studies and the functions that make
many samples of them.

How many samples a group gets follows from what a sample costs, and from nothing else. Both regimes
together should take 40 minutes of processor time after the figures. The numbers were set before
results were seen, but for those of "scores", "noisy" and "four clusters": they had ten samples in
`library` first. Later, three numbers became smaller to keep to these 40 minutes: the points of the
mesh alone (144 before), the runs of DVRL on one sample (five) and the fits of "training points"
(4,000).

- ten samples in both regimes where a sample takes up to 7 s or they share its refits, and for the
  two grids, which ten claims share;
- ten in the regime of the settings and few in the other (`few_beside`) where it takes up to 10 s;
- few in both (`slow`) where it takes 15 s or more. Every verdict on few samples says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from dvlib.paper.figures import claims
from dvlib.paper.samples import (
    centred_samples,
    every_data_set_samples,
    from_list,
    from_study,
    grid_samples,
    labelled_samples,
    mesh_alone_samples,
    pairwise_samples,
    repeated_samples,
    shapley_of_the_mesh,
    training_sets,
    trajectory_samples,
    watched_mesh_samples,
    with_both_coordinates,
)
from dvlib.paper.studies.boundaries import (
    architectures,
    correct_point,
    mislabelled_centre,
)
from dvlib.paper.studies.comparison import compared_samples
from dvlib.paper.studies.core_sets import core_set_study
from dvlib.paper.studies.dvrl import (
    WRONG_PLACES,
    rare_point,
    three_inputs,
)
from dvlib.paper.studies.mirror import partner_samples
from dvlib.paper.studies.out_of_distribution import ood_scores
from dvlib.paper.studies.rules import rules_of_value
from dvlib.paper.studies.shapley import shapley_samples

# Studies of the extensions on tables. Their claims are ours, and their figures measure them on the
# samples that they draw: the regimes are about the plane.
OF_TABLES = ("ten dimensions", "mesh and sample", "noisy labels", "slices", "spared")


@dataclass(frozen=True)
class Group:
    """Studies whose samples are made together.

    `make(settings, count)` takes the settings of `figure`, with `changes` at the `paper` preset. It
    returns the samples of each of the `studies`, in order, and the passes of refits it made.
    """

    studies: tuple
    figure: str
    make: Callable
    samples: str = "samples of the data set"  # what a sample is, in words
    slow: bool = False  # few samples are made in either regime
    few_beside: bool = False  # few samples are made in the other regime than that of the settings
    changes: dict = field(default_factory=dict)

    @property
    def claims(self):
        """The claims that are measured on these samples."""
        return [claim for claim in claims().values() if claim.study in self.studies]


# The regimes share the refits of the mesh alone and of the grid that is watched in `wide`.
# Processor time is in seconds a sample.
GROUPS = (
    # 22 and 19 s. Three training seeds, an odd number: memorization is the majority of the seeds.
    Group(("grid",), "fig01", grid_samples, changes={"n_seeds": 3}),
    Group(("watched grid",), "fig03", grid_samples, changes={"n_seeds": 3}),
    # 6 s. Two seeds, the fewest that separate values from noise: a fit costs four times as much.
    # The seeds of the samples beside it are those of the first group, so their refits are shared.
    Group(("mesh alone",), "fig01", mesh_alone_samples, "sets of two training seeds",
          changes={"n_seeds_mesh": 2, "n_seeds": 3}),
    Group(("watched mesh alone",), "fig15", watched_mesh_samples, "sets of two training seeds",
          changes={"n_seeds": 2}),
    # 8 s. A fifth of the figure's subsets, a little more than the sampler needs to know its errors:
    # an AUC needs no more. Three seeds, as in the first group.
    Group(("Shapley",), "fig02", from_list(shapley_samples), few_beside=True,
          changes={"n_sets": 12, "n_seeds": 3}),
    # 45 s. Little more than the first look at each size, which takes 15,080 fits.
    Group(("Shapley of the mesh",), "fig02", shapley_of_the_mesh, "runs of the sampler", slow=True,
          changes={"n_fits_mesh": 46_000}),
    # 17 s: six runs of DVRL
    Group(("three inputs",), "fig04", with_both_coordinates(lambda own, count: three_inputs(own)),
          slow=True),
    # 28 s. Four runs make four triples; each is as long as those of the other claims.
    Group(("repeated runs",), "fig20", with_both_coordinates(repeated_samples),
          "samples, four runs each", slow=True, changes={"n_iterations": 500, "n_seeds": 4}),
    # 15 s: dropout by TensorFlow
    Group(("scores",), "fig06", from_list(ood_scores), slow=True),
    # 2 s or less
    Group(("architectures",), "fig07", from_study(architectures)),
    Group(("mis-labelled point",), "fig08", from_study(mislabelled_centre)),
    Group(("new point",), "fig09", from_study(correct_point)),
    # 35 s. With so many fits, the errors of Shapley values are smaller than what they differ by.
    Group(("training points", "training points of four clusters"), "fig10", training_sets,
          slow=True, changes={"n_fits": 2_500}),
    # 50 and 40 s, because small batches take many steps
    Group(("noisy",), "fig12", from_list(compared_samples), slow=True),
    Group(("four clusters",), "fig13", from_list(compared_samples), slow=True),
    # 3 s or less
    Group(("centred",), "fig14", centred_samples),
    Group(("trajectories",), "fig16", trajectory_samples),
    # 17 s: six runs of DVRL
    Group(("rare point",), "fig21",
          with_both_coordinates(lambda own, count: rare_point(own, in_turn=WRONG_PLACES)),
          slow=True),
    # 7 s, of which `wide` shares most with the three groups above
    Group(("every data set", "noise-free"), "fig01", every_data_set_samples,
          changes={"n_seeds": 2}),
    Group(("partners",), "ext02", from_list(partner_samples), "training points"),
    # 21 s: matrices of three data sets
    Group(("clustered points", "planted groups"), "ext01", pairwise_samples, slow=True),
    # 6 and 10 s. The figures have the samples of `library`.
    Group(("labels, two clusters", "labels"), "ext04", labelled_samples),
    Group(("core-sets",), "ext05", from_study(core_set_study), few_beside=True),
    # 22 s: eight data sets
    Group(("rules",), "ext06", from_study(rules_of_value), "data sets left out", slow=True),
)  # fmt: skip

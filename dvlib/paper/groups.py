"""Makes the samples of each study on which claims are measured.

A claim names its study in its decorator. `GROUPS` lists the studies and the functions that make
many samples of them.

How many samples a group gets follows from what a sample costs, and from nothing else. Both regimes
together should take 40 minutes of processor time after the figures. The numbers were set before
results were seen, but for those of "scores" and "noisy": they had ten samples in `library` first.

- ten samples in both regimes where a sample takes up to 7 s or they share its refits, and for the
  two grids, which ten claims share;
- ten in the regime of the settings and few in the other (`few_beside`) where it takes up to 10 s;
- few in both (`slow`) where it takes 15 s or more. Every verdict on few samples says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from dvlib.data.mixtures import PAPERS
from dvlib.methods.dvrl.runs import run_dvrl
from dvlib.methods.dvrl.settings import BASELINES
from dvlib.methods.shapley.stratified import stratified_shapley
from dvlib.paper.claims import CLAIMS
from dvlib.paper.settings import resolve
from dvlib.paper.studies.boundaries import (
    architectures,
    correct_point,
    mislabelled_centre,
    trajectories,
)
from dvlib.paper.studies.comparison import beside_uncentred, compared_other, compared_samples
from dvlib.paper.studies.core_sets import core_set_study
from dvlib.paper.studies.dvrl import (
    WRONG_PLACES,
    dvrl_tasks,
    rare_point,
    raw_and_scaled,
    three_inputs,
)
from dvlib.paper.studies.dvrl_results import repeated_sample
from dvlib.paper.studies.grid import added_points, mesh_alone, sample
from dvlib.paper.studies.labelling import labelled_next
from dvlib.paper.studies.mirror import partner_samples
from dvlib.paper.studies.out_of_distribution import ood_scores
from dvlib.paper.studies.pairwise import clustered_samples, planted_groups
from dvlib.paper.studies.rules import rules_of_value
from dvlib.paper.studies.shapley import TARGET, shapley_samples
from dvlib.paper.studies.training_points import training_samples

# Points of the mesh alone that a sample values, drawn at random: a ninth of the paper's mesh. The
# claims are on shares of the points, which 144 points give to 0.03 and ten samples to 0.01.
OF_THE_MESH = 144


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
        return [claim for claim in CLAIMS.values() if claim.study in self.studies]


def from_list(samples_of):
    """The `make` of a group whose samples `samples_of(settings)` returns as a list."""

    def make(settings, count):
        samples = samples_of(settings)
        return [samples], samples

    return make


def from_study(study_of):
    """The `make` of a group whose samples are those of the study `study_of(settings)`."""

    def make(settings, count):
        study = study_of(settings)
        return [study.samples], study.passes

    return make


def grid_samples(settings, count):
    """X with one grid point added."""
    samples = [added_points(settings, sample(settings, k)) for k in range(count)]
    return [samples], samples


def mesh_alone_samples(settings, count):
    """The mesh alone, with a sample of X beside, whose values give the scale."""
    samples = [
        replace(one, beside=added_points(settings, sample(settings, k)))
        for k, one in enumerate(_meshes(settings, count, "n_seeds_mesh"))
    ]
    return [samples], samples


def watched_mesh_samples(settings, count):
    """The mesh alone, with training watched."""
    samples = _meshes(settings, count, "n_seeds")
    return [samples], samples


def _meshes(settings, count, n_seeds):
    """The mesh alone. No sample of X enters, so the samples differ by their training seeds.

    Each sample values other points of the mesh, which the networks without a point are fitted to
    as a whole.
    """
    every, n_points = getattr(settings, n_seeds), len(settings.grid.points)
    studies = []
    for k in range(count):
        drawn = np.random.default_rng(settings.seed + k).permutation(n_points)[:OF_THE_MESH]
        its = _with_seed(settings, k * every)
        studies.append(mesh_alone(its, n_seeds, at=np.sort(drawn)))
    return studies


def shapley_of_the_mesh(settings, count):
    """As many runs of the sampler on the mesh alone, that share their fits."""
    points, refits = settings.grid.points, settings.refits()
    runs = [
        stratified_shapley(
            points, settings.data.label(points), settings.data.label,
            replace(refits, seeds=[seed + k * len(refits.seeds) for seed in refits.seeds]),
            n_fits=settings.n_fits_mesh // count, target=TARGET,
        )
        for k in range(count)
    ]  # fmt: skip
    return [runs], [run.values for run in runs]


def repeated_samples(settings, count):
    """Several training sets, each with the next baseline; no two share a seed of DVRL."""
    samples = []
    for k in range(count):
        own = _with_seed(settings, k * settings.n_seeds)
        tasks = dvrl_tasks(own, baseline=BASELINES[k % len(BASELINES)])
        samples.append(repeated_sample(own, run_dvrl([*tasks.values()])))
    return samples


def with_both_coordinates(samples_of):
    """The `make` of a group whose samples see raw coordinates, and scaled ones."""

    def make(settings, count):
        samples = {
            name: samples_of(own, count)
            for name, own in zip(("raw", "scaled"), raw_and_scaled(settings), strict=True)
        }
        return [samples], _all(samples)

    return make


def training_sets(settings, count):
    figures = {"two clusters": "fig10", "four clusters": "fig11"}
    samples = _on_each(settings, figures, training_samples)
    return [samples, samples["four clusters"]], _all(samples)


def trajectory_samples(settings, count):
    figures = {"two clusters": "fig16", "four clusters": "fig17", "noisy": "fig18"}
    samples = _on_each(settings, figures, lambda own: trajectories(own).samples)
    return [samples], _all(samples)


def centred_samples(settings, count):
    samples = beside_uncentred(settings, compared_samples(settings))
    return [samples], samples


def every_data_set_samples(settings, count):
    """The claims need leave-one-out alone, so Shapley values are skipped.

    The noise of `noisy` is wrong labels: the claim on the reference leaves it out.
    """
    samples = {
        name: [
            compared_other(settings, sample(settings, k, name), shapley=False) for k in range(count)
        ]
        for name in PAPERS
    }
    clean = {name: of for name, of in samples.items() if name != "noisy"}
    return [samples, clean], _all(samples)


def pairwise_samples(settings, count):
    samples, groups = clustered_samples(settings), planted_groups(settings)
    return [samples, groups], [*samples, *groups]


def labelled_samples(settings, count):
    study = labelled_next(settings)
    return [study.samples["two_clusters"], study.samples], [study]


def _with_seed(settings, more):
    """The same settings with `seed` increased by `more`."""
    return replace(settings, seed=settings.seed + more)


def _on_each(settings, figures, samples_of):
    """Samples of several figures, by data set, at the settings of the first figure."""
    given = {name: value for name, value in settings.values.items() if name != "dataset"}
    return {name: samples_of(resolve(figure, given)) for name, figure in figures.items()}


def _all(samples):
    """The samples of all data sets."""
    return [one for of_one in samples.values() for one in of_one]


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
    # 35 s. Five runs make ten triples; each is as long as those of the other claims.
    Group(("repeated runs",), "fig20", with_both_coordinates(repeated_samples),
          "samples, five runs each", slow=True, changes={"n_iterations": 500, "n_seeds": 5}),
    # 15 s: dropout by TensorFlow
    Group(("scores",), "fig06", from_list(ood_scores), slow=True),
    # 2 s or less
    Group(("architectures",), "fig07", from_study(architectures)),
    Group(("mis-labelled point",), "fig08", from_study(mislabelled_centre)),
    Group(("new point",), "fig09", from_study(correct_point)),
    # 50 s. With so many fits, the errors of Shapley values are smaller than what they differ by.
    Group(("training points", "training points of four clusters"), "fig10", training_sets,
          slow=True, changes={"n_fits": 4_000}),
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

"""Makes the samples of each study on which claims are measured.

A claim names its study in its decorator. `GROUPS` lists the studies and the functions that make
many samples of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

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
    slow: bool = False  # a sample takes more than half a minute, so that few are made
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
    """The mesh alone. No sample of X enters, so the samples differ by their training seeds."""
    every = getattr(settings, n_seeds)
    return [mesh_alone(_with_seed(settings, k * every), n_seeds) for k in range(count)]


def shapley_and_mesh(settings, count):
    """Samples of X; and for the mesh alone as many runs of the sampler, that share their fits."""
    grid, samples = settings.grid, shapley_samples(settings)
    labels, refits = settings.data.label(grid.points), settings.refits()
    alone = [
        stratified_shapley(
            grid.points, labels, settings.data.label,
            replace(refits, seeds=[seed + k * len(refits.seeds) for seed in refits.seeds]),
            n_fits=settings.n_fits_mesh // count, target=TARGET,
        )
        for k in range(count)
    ]  # fmt: skip
    return [samples, alone], [*samples, *(one.values for one in alone)]


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


GROUPS = (
    # Three training seeds: 13,000 fits, four seconds per seed and sample.
    Group(("grid",), "fig01", grid_samples, changes={"n_seeds": 3}),
    Group(("watched grid",), "fig03", grid_samples, changes={"n_seeds": 3}),
    # Two seeds, the fewest that separate values from noise: a fit costs four times as much.
    # The seeds of the samples beside it are those of the first group, so their refits are shared.
    Group(("mesh alone",), "fig01", mesh_alone_samples, "sets of two training seeds", slow=True,
          changes={"n_seeds_mesh": 2, "n_seeds": 3}),
    Group(("watched mesh alone",), "fig15", watched_mesh_samples, "sets of two training seeds",
          slow=True, changes={"n_seeds": 2}),
    # A third of the figure's subsets: ten samples cost as much as three, and an AUC needs no more.
    Group(("Shapley", "Shapley of the mesh"), "fig02", shapley_and_mesh,
          "samples (C07), runs of the sampler (C08)",
          changes={"n_sets": 20, "n_fits_mesh": 160_000}),
    Group(("three inputs",), "fig04", with_both_coordinates(lambda own, count: three_inputs(own))),
    # Eight runs make 56 triples; each is as long as those of the other claims.
    Group(("repeated runs",), "fig20", with_both_coordinates(repeated_samples),
          "samples, eight runs each", slow=True, changes={"n_iterations": 500, "n_seeds": 8}),
    Group(("scores",), "fig06", from_list(ood_scores)),
    Group(("architectures",), "fig07", from_study(architectures)),
    Group(("mis-labelled point",), "fig08", from_study(mislabelled_centre)),
    Group(("new point",), "fig09", from_study(correct_point)),
    # Half of the figure's fits, to save time: there are ten samples of two data sets.
    Group(("training points", "training points of four clusters"), "fig10", training_sets,
          changes={"n_fits": 4_000}),
    Group(("noisy",), "fig12", from_list(compared_samples)),
    Group(("four clusters",), "fig13", from_list(compared_samples)),
    Group(("centred",), "fig14", centred_samples),
    Group(("trajectories",), "fig16", trajectory_samples),
    Group(("rare point",), "fig21",
          with_both_coordinates(lambda own, count: rare_point(own, in_turn=WRONG_PLACES))),
    Group(("every data set", "noise-free"), "fig01", every_data_set_samples,
          changes={"n_seeds": 2}),
    Group(("partners",), "ext02", from_list(partner_samples), "training points"),
    Group(("clustered points", "planted groups"), "ext01", pairwise_samples),
    Group(("labels, two clusters", "labels"), "ext04", labelled_samples),
    Group(("core-sets",), "ext05", from_study(core_set_study)),
    Group(("rules",), "ext06", from_study(rules_of_value), "data sets left out", slow=True),
)  # fmt: skip

"""Makes the samples of each study on which claims are measured.

A claim names its study in its decorator. `GROUPS` lists the studies and the functions that make
many samples of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from dvlib.data.mixtures import PAPERS
from dvlib.methods.dvrl.runs import BASELINES, run_dvrl
from dvlib.paper.claims import CLAIMS
from dvlib.paper.settings import resolve
from dvlib.paper.studies.boundaries import (
    architectures,
    correct_point,
    mislabelled_centre,
    trajectories,
)
from dvlib.paper.studies.comparison import beside_uncentred, compared_other, side_by_side
from dvlib.paper.studies.dvrl import dvrl_tasks, rare_point, three_inputs
from dvlib.paper.studies.dvrl_results import repeated_sample
from dvlib.paper.studies.grid import added_points, mesh_alone, sample
from dvlib.paper.studies.mirror import mirror_study
from dvlib.paper.studies.out_of_distribution import ood_scores
from dvlib.paper.studies.pairwise import pairwise_study
from dvlib.paper.studies.shapley import shapley_study
from dvlib.paper.studies.training_points import training_values


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


def from_study(study_of, *names):
    """The `make` of a group whose samples are attributes of the study `study_of(settings)`.

    `names` has an attribute for each study of the group; none = `samples` alone.
    """

    def make(settings, count):
        study = study_of(settings)
        return [getattr(study, name) for name in names or ("samples",)], study.passes

    return make


def grid_samples(settings, count):
    """X with one grid point added."""
    samples = [added_points(settings, sample(settings, k)) for k in range(count)]
    return [samples], samples


def mesh_alone_samples(settings, count):
    """The mesh alone. No sample of X enters, so the samples differ by their training seeds."""
    n_seeds = settings.n_seeds_mesh
    samples = [
        mesh_alone(_with_seed(settings, k * n_seeds), n_seeds="n_seeds_mesh") for k in range(count)
    ]
    return [samples], samples


def repeated_samples(settings, count):
    """Several training sets; no two share a seed of DVRL."""
    samples = []
    for k in range(count):
        own = _with_seed(settings, k * settings.n_seeds)
        tasks = [task for name in BASELINES for task in dvrl_tasks(own, baseline=name).values()]
        samples.append(repeated_sample(own, run_dvrl(tasks)))
    return [samples], samples


def training_samples(settings, count):
    figures = {"two clusters": "fig10", "four clusters": "fig11"}
    samples, passes = _on_each(settings, figures, training_values)
    return [samples, samples["four clusters"]], passes


def trajectory_samples(settings, count):
    figures = {"two clusters": "fig16", "four clusters": "fig17", "noisy": "fig18"}
    samples, passes = _on_each(settings, figures, trajectories)
    return [samples], passes


def centred_samples(settings, count):
    study = side_by_side(settings)
    return [beside_uncentred(study.samples, settings)], study.passes


def every_data_set_samples(settings, count):
    """The claims need leave-one-out alone, so Shapley values are skipped."""
    samples = {
        name: [
            compared_other(settings, sample(settings, k, name), shapley=False) for k in range(count)
        ]
        for name in PAPERS
    }
    return [samples], [one.refits for of_dataset in samples.values() for one in of_dataset]


def _with_seed(settings, more):
    """The same settings with `seed` increased by `more`."""
    return resolve(settings.figure_id, settings.values | {"seed": settings.seed + more})


def _on_each(settings, figures, study_of):
    """Samples by data set and passes of the same study for several figures.

    `figures` is a dict of data set → figure; all of them take the given settings.
    """
    given = {name: value for name, value in settings.values.items() if name != "dataset"}
    studies = {name: study_of(resolve(figure, given)) for name, figure in figures.items()}
    passes = [one for study in studies.values() for one in study.passes]
    return {name: study.samples for name, study in studies.items()}, passes


GROUPS = (
    # Three training seeds: 13,000 fits, four seconds per seed and sample.
    Group(("grid",), "fig01", grid_samples, changes={"n_seeds": 3}),
    # Two seeds, the fewest that separate values from noise: a fit costs four times as much.
    Group(("mesh alone",), "fig01", mesh_alone_samples, "sets of two training seeds", slow=True,
          changes={"n_seeds_mesh": 2}),
    # No claim needs the fine maps of Figure 2. With the coarse grid's step they cost nothing more.
    Group(("Shapley", "Shapley of the mesh"), "fig02",
          from_study(shapley_study, "samples", "alone"), "samples (C07), the mesh alone (C08)",
          slow=True, changes={"fine_step": 3.0}),
    Group(("three inputs",), "fig04", from_list(three_inputs)),
    # As many runs as the paper shows, each as long as those of the other claims.
    Group(("repeated runs",), "fig20", repeated_samples, "samples, three runs each", slow=True,
          changes={"n_iterations": 500, "n_seeds": 3}),
    Group(("scores",), "fig06", from_list(ood_scores)),
    Group(("architectures",), "fig07", from_study(architectures)),
    Group(("mis-labelled point",), "fig08", from_study(mislabelled_centre)),
    Group(("new point",), "fig09", from_study(correct_point)),
    Group(("training points", "training points of four clusters"), "fig10", training_samples),
    Group(("noisy",), "fig12", from_study(side_by_side)),
    Group(("four clusters",), "fig13", from_study(side_by_side)),
    Group(("centred",), "fig14", centred_samples),
    Group(("trajectories",), "fig16", trajectory_samples),
    # At the place that the claim is about; the figure has the other one too.
    Group(("rare point",), "fig21", from_list(rare_point), changes={"new_x": 15.0, "new_y": 5.0}),
    Group(("every data set",), "ext03", every_data_set_samples),
    Group(("partners",), "ext02", from_study(mirror_study), "training points"),
    Group(("clustered points", "planted groups"), "ext01",
          from_study(pairwise_study, "samples", "groups")),
)  # fmt: skip

"""How the samples of each study are made that claims are measured on, many of them at a time.

The claims of a study name it in their decorator. A `make` takes the settings of the group's figure
and a number of samples.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from dvlib.data.mixtures import PAPERS
from dvlib.methods.dvrl.runs import run_dvrl
from dvlib.methods.dvrl.settings import BASELINES
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

    `make(settings, count)` takes the settings of `figure`, with `changes` at the `paper` preset,
    and gives the samples of each of the `studies`, in order, and the passes it took.
    """

    studies: tuple
    figure: str
    make: Callable
    samples: str = "samples of the data set"  # what they are, in words
    slow: bool = False  # one costs more than half a minute: there are few
    changes: dict = field(default_factory=dict)

    @property
    def claims(self):
        """The claims that are measured on these samples."""
        return [claim for claim in CLAIMS.values() if claim.study in self.studies]


def from_list(samples_of):
    """The `make` of a group whose samples a function gives as a list."""

    def make(settings, count):
        samples = samples_of(settings)
        return [samples], samples

    return make


def from_study(study_of):
    """The `make` of a group that takes its samples from one study."""

    def make(settings, count):
        study = study_of(settings)
        return [study.samples], study.passes

    return make


def grid_samples(settings, count):
    """X and one grid point more."""
    samples = [added_points(settings, sample(settings, k)) for k in range(count)]
    return [samples], samples


def mesh_alone_samples(settings, count):
    """The mesh alone, which no sample enters: each time with other training seeds."""
    n_seeds = settings.n_seeds_mesh
    samples = [
        mesh_alone(_with_seed(settings, k * n_seeds), n_seeds="n_seeds_mesh") for k in range(count)
    ]
    return [samples], samples


def shapley_samples(settings, count):
    study = shapley_study(settings)
    return [study.samples, study.alone], study.passes


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
    """Leave-one-out alone is needed."""
    samples = {
        name: [
            compared_other(settings, sample(settings, k, name), shapley=False) for k in range(count)
        ]
        for name in PAPERS
    }
    return [samples], [one.refits for of_one in samples.values() for one in of_one]


def pairwise_samples(settings, count):
    study = pairwise_study(settings)
    return [study.samples, study.groups], study.passes


def _with_seed(settings, more):
    """The same settings with a seed that is larger by so many."""
    return resolve(settings.figure_id, settings.values | {"seed": settings.seed + more})


def _on_each(settings, figures, study_of):
    """(Samples by data set, passes) of several figures' study, at the settings of the first."""
    given = {name: value for name, value in settings.values.items() if name != "dataset"}
    studies = {name: study_of(resolve(figure, given)) for name, figure in figures.items()}
    passes = [one for study in studies.values() for one in study.passes]
    return {name: study.samples for name, study in studies.items()}, passes


GROUPS = (
    # Three training seeds: values of 13,000 fits, four seconds a seed and sample.
    Group(("grid",), "fig01", grid_samples, changes={"n_seeds": 3}),
    # Two seeds, the fewest that tell values from noise: a fit costs four times as much.
    Group(("mesh alone",), "fig01", mesh_alone_samples, "sets of two training seeds", slow=True,
          changes={"n_seeds_mesh": 2}),
    # The fine maps of Figure 2 serve no claim: the coarse grid's step, and nothing is done twice.
    Group(("Shapley", "Shapley of the mesh"), "fig02", shapley_samples,
          "samples (C07), the mesh alone (C08)", slow=True, changes={"fine_step": 3.0}),
    Group(("three inputs",), "fig04", from_list(three_inputs)),
    # As many runs as the paper shows, and as long as those of other claims.
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
    # At the place that the claim is of; the other one is in the figure.
    Group(("rare point",), "fig21", from_list(rare_point), changes={"new_x": 15.0, "new_y": 5.0}),
    Group(("every data set",), "ext03", every_data_set_samples),
    Group(("partners",), "ext02", from_study(mirror_study), "training points"),
    Group(("clustered points", "planted groups"), "ext01", pairwise_samples),
)  # fmt: skip

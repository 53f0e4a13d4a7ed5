"""Functions that make many samples of a study, for the claims that are measured on them.

Each takes the settings of the figure and the number of samples. It returns the samples of each of
its group's studies, in order, and the passes of refits it made (`dvlib.paper.groups`).
"""

from dataclasses import replace

import numpy as np

from dvlib.data.mixtures import PAPERS
from dvlib.methods.dvrl.runs import run_dvrl
from dvlib.methods.dvrl.settings import BASELINES
from dvlib.methods.shapley.stratified import stratified_shapley
from dvlib.paper.settings import resolve
from dvlib.paper.studies.boundaries import (
    trajectories,
)
from dvlib.paper.studies.comparison import beside_uncentred, compared_other, compared_samples
from dvlib.paper.studies.dvrl import (
    dvrl_tasks,
    raw_and_scaled,
)
from dvlib.paper.studies.dvrl_results import repeated_sample
from dvlib.paper.studies.grid import added_points, mesh_alone, sample
from dvlib.paper.studies.labelling import labelled_next
from dvlib.paper.studies.pairwise import clustered_samples, planted_groups
from dvlib.paper.studies.shapley import TARGET
from dvlib.paper.studies.training_points import training_samples

# Points of the mesh alone that a sample values, drawn at random: a thirteenth of the paper's mesh.
# The claims are on shares of the points, which 100 points give to 0.03 and ten samples to 0.01.
OF_THE_MESH = 100


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
    return {name: samples_of(resolve(figure, **given)) for name, figure in figures.items()}


def _all(samples):
    """The samples of all data sets."""
    return [one for of_one in samples.values() for one in of_one]

"""Functions that make many samples of a study, for the claims that are measured on them.

Each takes the settings of the figure and the number of samples. It returns the samples of each of
its group's studies, in order, and the passes of refits it made (`dvlib.paper.groups`).
"""

from dataclasses import replace

from dvlib.methods.dvrl.runs import run_dvrl
from dvlib.methods.dvrl.settings import BASELINES
from dvlib.paper.settings import resolve
from dvlib.paper.studies.boundaries import (
    trajectories,
)
from dvlib.paper.studies.dvrl import (
    dvrl_tasks,
    raw_and_scaled,
)
from dvlib.paper.studies.dvrl_results import repeated_sample
from dvlib.paper.studies.pairwise import clustered_samples, planted_groups


def from_list(samples_of):
    """The `make` of a group whose samples `samples_of(settings)` returns as a list."""

    def make(settings, count):
        samples = samples_of(settings)
        return [samples]

    return make


def from_study(study_of):
    """The `make` of a group whose samples are those of the study `study_of(settings)`."""

    def make(settings, count):
        study = study_of(settings)
        return [study.samples]

    return make


def repeated_samples(settings, count):
    """Several training sets, each with the next baseline; no two share a seed of DVRL."""
    samples = []
    for k in range(count):
        own = _with_seed(settings, k * settings.n_seeds)
        tasks = dvrl_tasks(own, baseline=BASELINES[k % len(BASELINES)])
        samples.append(repeated_sample(own, run_dvrl([*tasks.values()])))
    return [samples]


def with_both_coordinates(samples_of):
    """The `make` of a group whose samples see raw coordinates, and scaled ones."""

    def make(settings, count):
        samples = {
            name: samples_of(own, count)
            for name, own in zip(("raw", "scaled"), raw_and_scaled(settings), strict=True)
        }
        return [samples]

    return make


def trajectory_samples(settings, count):
    figures = {"two clusters": "fig16", "four clusters": "fig17", "noisy": "fig18"}
    samples = _on_each(settings, figures, lambda own: trajectories(own).samples)
    return [samples]


def pairwise_samples(settings, count):
    samples, groups = clustered_samples(settings), planted_groups(settings)
    return [samples, groups]


def _with_seed(settings, more):
    """The same settings with `seed` increased by `more`."""
    return replace(settings, seed=settings.seed + more)


def _on_each(settings, figures, samples_of):
    """Samples of several figures, by data set, at the settings of the first figure."""
    given = {name: value for name, value in settings.values.items() if name != "dataset"}
    return {name: samples_of(resolve(figure, **given)) for name, figure in figures.items()}

"""Functions that make many samples of a study, for the claims that are measured on them.

Each takes the settings of the figure and the number of samples. It returns the samples of each of
its group's studies, in order, and the passes of refits it made (`dvlib.paper.groups`).
"""

from dvlib.paper.settings import resolve
from dvlib.paper.studies.boundaries import (
    trajectories,
)
from dvlib.paper.studies.labelling import labelled_next
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


def trajectory_samples(settings, count):
    figures = {"two clusters": "fig16", "four clusters": "fig17", "noisy": "fig18"}
    samples = _on_each(settings, figures, lambda own: trajectories(own).samples)
    return [samples]


def pairwise_samples(settings, count):
    samples, groups = clustered_samples(settings), planted_groups(settings)
    return [samples, groups]


def labelled_samples(settings, count):
    study = labelled_next(settings)
    return [study.samples["two_clusters"], study.samples]


def _on_each(settings, figures, samples_of):
    """Samples of several figures, by data set, at the settings of the first figure."""
    given = {name: value for name, value in settings.values.items() if name != "dataset"}
    return {name: samples_of(resolve(figure, **given)) for name, figure in figures.items()}

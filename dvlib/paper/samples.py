"""Functions that make many samples of a study, for the claims that are measured on them.

Each takes the settings of the figure and the number of samples. It returns the samples of each of
its group's studies, in order, and the passes of refits it made (`dvlib.paper.groups`).
"""

from dataclasses import replace

from dvlib.methods.dvrl.runs import run_dvrl
from dvlib.methods.dvrl.settings import BASELINES
from dvlib.paper.studies.dvrl import (
    dvrl_tasks,
    raw_and_scaled,
)
from dvlib.paper.studies.dvrl_results import repeated_sample


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


def _with_seed(settings, more):
    """The same settings with `seed` increased by `more`."""
    return replace(settings, seed=settings.seed + more)

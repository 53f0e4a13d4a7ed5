"""Every method on every data set: the third extension."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from dvlib.checks import check_choice
from dvlib.data.mixtures import PAPERS
from dvlib.methods.agreement import Agreement, agreement, auc
from dvlib.methods.dvrl.runs import dvrl_values, run_dvrl
from dvlib.methods.out_of_distribution import ensemble, gaussian_process, monte_carlo_dropout
from dvlib.paper.settings import Settings
from dvlib.paper.studies.comparison import compared_other, halves, with_shapley
from dvlib.paper.studies.dvrl import dvrl_task
from dvlib.paper.studies.grid import added_points, samples_of
from dvlib.refits.workers import side_by_side

REFERENCES = ("g", "f_X")


@dataclass(frozen=True, eq=False)
class EveryDataSet:
    """Samples of every data set, and what methods say of the first of each.

    Each method gives a dict of data set → two DataValues of the first sample's points
    (`Compared.where`), which share no seed: their difference is the noise of the method.

    Attributes
    ----------
    settings : Settings
    samples : dict of data set → list of Compared, for the claims
    """

    settings: Settings
    samples: dict

    @cached_property
    def firsts(self):
        """The first sample of each data set."""
        return {name: samples[0] for name, samples in self.samples.items()}

    def read(self, method, *arguments):
        """A method that reads one-point refits, such as `dvlib.against_g`."""
        parts = halves(range(len(self.settings.refits().seeds)))
        return {
            name: [
                method(first.refits.of_seeds(slice(part[0], part[-1] + 1)), *arguments)
                for part in parts
            ]
            for name, first in self.firsts.items()
        }

    def shapley(self, reference):
        """Shapley values against "g" or "f_X"."""
        which = REFERENCES.index(check_choice("reference", reference, REFERENCES))
        return {
            name: [pair[which] for pair in first.shapley] for name, first in self.firsts.items()
        }

    def dvrl(self):
        """Two runs of DVRL on each data set."""
        runs = iter(run_dvrl([
            dvrl_task(self.settings, first.data, first.data.seed + k)
            for first in self.firsts.values() for k in range(2)
        ]))  # fmt: skip
        return {
            name: [
                dvrl_values([next(runs)], first.refits.points, first.refits.labels)
                for _ in range(2)
            ]
            for name, first in self.firsts.items()
        }

    def gaussian_process(self):
        """Uncertainty of a Gaussian process, which has no seed: both halves are the same."""
        return {
            name: [gaussian_process(first.data.X, first.data.y, first.refits.points)] * 2
            for name, first in self.firsts.items()
        }

    def dropout(self):
        """Uncertainty of two networks with dropout."""
        settings = self.settings

        def scores(first):
            # Of the whole grid: the masks that dropout draws depend on the number of points.
            found = (
                monte_carlo_dropout(
                    first.data.X, first.data.y, settings.grid.points, seed=first.data.seed + k,
                    n_passes=settings.n_passes, epochs=settings.n_epochs,
                )
                for k in range(2)
            )  # fmt: skip
            return [one.at(first.where) for one in found]

        # A network with dropout keeps one core busy.
        return dict(zip(self.firsts, side_by_side(scores, self.firsts.values()), strict=True))

    def ensemble(self):
        """Uncertainty of two ensembles of `n_networks` networks together."""
        many = self.settings.refits("n_networks")
        return {
            name: [
                ensemble(first.data.X, first.data.y, first.refits.points, replace(many, seeds=part))
                for part in halves(many.seeds)
            ]
            for name, first in self.firsts.items()
        }


@dataclass(frozen=True, eq=False)
class DatasetAgreement:
    """One data set: `halves[method]` are the DataValues of its first sample from either half of
    the seeds, `agreement` compares them on the coarse grid, `samples` are those for the claims."""

    halves: dict
    agreement: Agreement
    samples: list

    @property
    def aucs(self):
        """AUC of each method's values for the mis-classified region, by half."""
        first = self.samples[0]
        return {
            name: [auc(first.regions.misclassified, half.values, first.weights) for half in of]
            for name, of in self.halves.items()
        }

    @property
    def passes(self):
        return [one for sample in self.samples for one in sample.passes] + [
            half
            for method in ("DVRL", "Gaussian process", "dropout", "ensemble")
            for half in self.halves[method]
        ]

    @property
    def kind(self):
        """By the name of a method whose numbers depend on the processor, else by none."""
        return {name: self.halves[name][0].kind for name in ("DVRL", "dropout")} | {"": "agreement"}

    def to_frame(self):
        """A pandas table of the pairs of methods; then that of each method's AUC, mean of both."""
        means = {name: np.mean(pair) for name, pair in self.aucs.items()}
        aucs = pd.DataFrame({"method": means.keys(), "auc": means.values()})
        return pd.concat([self.agreement.to_frame(), aucs], ignore_index=True)


def every_data_set(settings):
    """Refits with a point added and Shapley values on each of the paper's data sets."""
    samples = {}
    for name in PAPERS:
        data, *others = samples_of(settings, name)
        first = with_shapley(settings, added_points(settings, data))
        others = [compared_other(settings, one, shapley=False) for one in others]
        samples[name] = [first, *others]
    return EveryDataSet(settings, samples)


def compare_methods(study, by_method):
    """Agreement of the methods on each data set.

    Parameters
    ----------
    study : EveryDataSet
    by_method : dict of method → what `study` gives for it

    Returns
    -------
    dict of data set → DatasetAgreement
    """
    compared = {}
    for name, first in study.firsts.items():
        by_half = {method: of[name] for method, of in by_method.items()}
        found = agreement(
            {method: [one.values[first.coarse] for one in of] for method, of in by_half.items()}
        )
        compared[name] = DatasetAgreement(by_half, found, study.samples[name])
    return compared

"""Every method on every data set: the third extension."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from dvlib.data.mixtures import PAPERS
from dvlib.methods.agreement import Agreement, agreement, auc
from dvlib.methods.dvrl.runs import dvrl_values, run_dvrl
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.leave_one_out import against_base, against_g
from dvlib.methods.memorization import memorization_values
from dvlib.methods.out_of_distribution import ensemble, gaussian_process, monte_carlo_dropout
from dvlib.paper.studies.comparison import compared_first, compared_other, halves
from dvlib.paper.studies.dvrl import beside, dvrl_task
from dvlib.paper.studies.grid import added_points, samples_of

# In the order of the tables: those of the paper's figures, then out-of-distribution scores.
METHODS = (
    "leave-one-out, g", "leave-one-out, f_X", "Shapley, g", "Shapley, f_X", "forgetting",
    "last learned", "memorization", "DVRL", "Gaussian process", "dropout", "ensemble",
)  # fmt: skip


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
    def kind(self):
        """By the name of a method whose numbers depend on the processor, else by none."""
        return {name: self.halves[name][0].kind for name in ("DVRL", "dropout")} | {"": "agreement"}

    def to_frame(self):
        """A pandas table of the pairs of methods; then that of each method's AUC, mean of both."""
        means = {name: np.mean(pair) for name, pair in self.aucs.items()}
        aucs = pd.DataFrame({"method": means.keys(), "auc": means.values()})
        return pd.concat([self.agreement.to_frame(), aucs], ignore_index=True)


@dataclass(frozen=True, eq=False)
class AgreementStudy:
    """`datasets[name]`: a DatasetAgreement each."""

    datasets: dict
    passes: list

    @property
    def samples(self):
        """What claims are read from: lists of `Compared` by data set."""
        return {name: of.samples for name, of in self.datasets.items()}


def agreement_study(settings):
    """Methods × methods on each data set, from two halves of the seeds."""
    samples = {name: samples_of(settings, name) for name in PAPERS}
    firsts = [of[0] for of in samples.values()]
    # Two runs on each first sample; no claim on the others reads one.
    tasks = [dvrl_task(settings, data, data.seed + k) for data in firsts for k in range(2)]

    def with_tensorflow():
        runs = run_dvrl(tasks)
        with ThreadPoolExecutor(max_workers=2) as pool:  # each keeps little more than a core busy
            return runs, list(pool.map(partial(_dropouts, settings), firsts))

    with beside(with_tensorflow) as done:
        others = {name: _without_tensorflow(settings, of) for name, of in samples.items()}
    runs, dropouts = done()
    datasets, passes = {}, [*runs]
    for k, (name, (found, compared, its_passes)) in enumerate(others.items()):
        points, labels = compared[0].refits.points, compared[0].refits.labels
        found["DVRL"] = [dvrl_values([run], points, labels) for run in runs[2 * k : 2 * k + 2]]
        found["dropout"] = [of.at(compared[0].where) for of in dropouts[k]]
        passes += dropouts[k]
        found = {method: found[method] for method in METHODS}
        coarse = compared[0].coarse
        tables = agreement(
            {method: [half.values[coarse] for half in of] for method, of in found.items()}
        )
        datasets[name] = DatasetAgreement(found, tables, compared)
        passes += its_passes
    return AgreementStudy(datasets, passes)


def _dropouts(settings, data):
    """Scores of the whole grid by two networks with dropout."""
    return [
        monte_carlo_dropout(
            data.X, data.y, settings.grid.points, seed=data.seed + k,
            n_passes=settings.n_passes, epochs=settings.n_epochs,
        )
        for k in range(2)
    ]  # fmt: skip


def _without_tensorflow(settings, samples):
    """Values of the first sample by method and half, what claims need of all, and passes."""
    data = samples[0]
    study = added_points(settings, data)
    first = compared_first(settings, study)
    others = [compared_other(settings, one, shapley=False) for one in samples[1:]]
    parts = halves(range(len(settings.refits().seeds)))
    by_seed = [first.refits.of_seeds(slice(part[0], part[-1] + 1)) for part in parts]
    points, many = first.refits.points, settings.refits("n_networks")
    found = {
        "leave-one-out, g": [against_g(half) for half in by_seed],
        "leave-one-out, f_X": [against_base(half) for half in by_seed],
        "Shapley, g": [against for against, _ in first.shapley],
        "Shapley, f_X": [against for _, against in first.shapley],
        "forgetting": [forgetting_values(half) for half in by_seed],
        "last learned": [forgetting_values(half, "last_learned") for half in by_seed],
        "memorization": [memorization_values(half) for half in by_seed],
        "Gaussian process": [gaussian_process(data.X, data.y, points)] * 2,  # without chance
        "ensemble": [
            ensemble(data.X, data.y, points, replace(many, seeds=part))
            for part in halves(many.seeds)
        ],
    }
    passes = [study, *(one.refits for one in others), found["Gaussian process"][0]]
    passes += [half for name in ("Shapley, g", "ensemble") for half in found[name]]
    return found, [first, *others], passes

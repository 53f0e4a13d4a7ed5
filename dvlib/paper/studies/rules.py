"""A formal rule for the value of a point: the sixth extension."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from dvlib.data.mixtures import PAPERS, ZOO
from dvlib.methods.rules import (
    ANY,
    FORMULAS,
    REFERENCES,
    Rated,
    chosen_formula,
    fit_rule,
    out_of_set,
)
from dvlib.paper.studies.grid import added_points, samples_of

DATASETS = (*PAPERS, *ZOO)
CEILING = "share that is not noise"


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What the formulas explain on one data set, fitted on all others.

    Attributes
    ----------
    shares : dict of reference → dict of formula → share of the variance, with `ANY`
    chosen : dict of reference → the formula that is best on the other data sets, out of set
    ceilings : dict of reference → share of the variance that is not noise of the seeds
    """

    name: str
    shares: dict
    chosen: dict
    ceilings: dict


@dataclass(frozen=True, eq=False)
class ExplainedShares:
    """Shares explained against one reference: a pandas table of formulas × data sets."""

    table: pd.DataFrame
    kind = "agreement"

    def to_frame(self):
        """A pandas table with a row for each formula and data set: method, other, share."""
        long = self.table.rename_axis("method").rename_axis("other", axis=1).stack()
        return long.rename("share").reset_index()


@dataclass(frozen=True, eq=False)
class RuleStudy:
    """Points of all data sets with their values, and the rules tested on them.

    Attributes
    ----------
    datasets : dict of data set → list of dvlib.methods.rules.Rated, one for each sample
    samples : list of HeldOut, one for each data set, for the claims
    """

    datasets: dict
    samples: list
    passes: list

    @property
    def tables(self):
        """ExplainedShares by reference, with the mean over data sets and the ceiling."""
        found = {}
        for reference in REFERENCES:
            table = pd.DataFrame({
                one.name: one.shares[reference] | {CEILING: one.ceilings[reference]}
                for one in self.samples
            })  # fmt: skip
            table["mean"] = table.mean(axis=1)
            found[f"against {reference}"] = ExplainedShares(table)
        return found

    def coefficients(self, reference):
        """A pandas table of each formula's coefficients, fitted on all data sets.

        Values are in standard deviations of their sample, distances in 25 units of the plane. The
        constant is free on each sample.
        """
        every = [one for of in self.datasets.values() for one in of]
        rows = {
            formula: dict(zip(terms, fit_rule(every, formula, reference).coef_, strict=True))
            for formula, terms in FORMULAS.items()
        }
        return pd.DataFrame(rows).T.rename_axis("formula")

    @property
    def saved(self):
        """The tables of the bundle: shares explained, and coefficients against each reference."""
        return self.tables | {
            f"coefficients, {reference}": Coefficients(self.coefficients(reference))
            for reference in REFERENCES
        }


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Coefficients of formulas: a pandas table of formulas × terms, with gaps."""

    table: pd.DataFrame
    kind = "agreement"

    def to_frame(self):
        """A pandas table with a row for each formula and term: method, other, mean."""
        long = self.table.rename_axis("method").rename_axis("other", axis=1).stack().dropna()
        return long.rename("mean").reset_index()


def rules_of_value(settings, names=DATASETS):
    """Value the grid points of several data sets, and test formulas for the values out of set.

    Parameters
    ----------
    settings : Settings; of each data set it takes `n_data_seeds` samples
    names : data sets, three or more

    Returns
    -------
    RuleStudy

    Raises
    ------
    ValueError : fewer than three data sets, because one is tested and one chooses the formula
    """
    if len(names) < 3:
        raise ValueError(f"{len(names)} data sets: give three or more")
    datasets, passes = {}, []
    for name in names:
        studies = [added_points(settings, data) for data in samples_of(settings, name)]
        passes += studies
        datasets[name] = [rated_points(study) for study in studies]
    return RuleStudy(datasets, rules_held_out(datasets), passes)


def rated_points(study):
    """The points of a GridStudy as `Rated`."""
    from scipy.spatial import KDTree

    refits, regions = study.refits, study.regions
    points, labels = refits.points, refits.labels
    one = np.mean([expit(network.decision(points)) for network in refits.base_networks], axis=0)
    return Rated(
        wrong=regions.misclassified,
        unlikely=np.where(labels == 1, 1 - one, one),
        to_g=regions.to_g,
        to_learned=regions.to_learned,
        to_data=KDTree(study.data.X).query(points)[0] / study.data.unit,
        values={"g": refits.base_dv_g - refits.dv_g, "f_X": refits.dv_base},
    )


def rules_held_out(datasets):
    """Every formula on each data set, fitted on the others: a list of HeldOut.

    The formula of each data set is chosen on the others alone, by testing it on each of them.
    """
    shares = {
        (reference, formula): out_of_set(datasets, formula, reference)
        for reference in REFERENCES for formula in (*FORMULAS, ANY)
    }  # fmt: skip
    found = []
    for name, samples in datasets.items():
        others = {other: of for other, of in datasets.items() if other != name}
        found.append(HeldOut(
            name=name,
            shares={
                reference: {of: shares[reference, of][name] for of in (*FORMULAS, ANY)}
                for reference in REFERENCES
            },
            chosen={reference: chosen_formula(others, reference) for reference in REFERENCES},
            ceilings={
                reference: float(np.nanmean([one.ceiling(reference) for one in samples]))
                if len(samples[0].values[reference][0]) > 1 else np.nan
                for reference in REFERENCES
            },
        ))  # fmt: skip
    return found

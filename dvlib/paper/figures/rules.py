"""Extension 6: a formal rule for the value of a point.

Terms, formulas and how a formula is fitted are in `dvlib.methods.rules`. Here they are tested on
the data sets that they were not fitted on. The claims are ours, and say so; the paper names formal
rules as a next step (section 4).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from dvlib.checks import check_measured
from dvlib.data.datasets import PAPERS, ZOO
from dvlib.methods.registry import method
from dvlib.methods.rules import (
    ANY,
    FORMULAS,
    REFERENCES,
    Rated,
    chosen_formula,
    fit_rule,
    out_of_set,
)
from dvlib.paper.drawing.look import ink, own_look, panels_of, typeset
from dvlib.paper.drawing.scales import Scale, colour_bar, meaning_of
from dvlib.paper.judging.claim import Group, claim
from dvlib.paper.table import Table

DATASETS = (*PAPERS, *ZOO)
METHODS = tuple(f"leave-one-out, {reference}" for reference in REFERENCES)
KIND = "agreement"  # of the numbers, in a bundle


def rated_samples(settings, datasets=DATASETS):
    """Value the grid points of several data sets.

    Parameters
    ----------
    settings : Settings; of each data set it takes `n_data_seeds` samples
    datasets : names, three or more

    Returns
    -------
    dict of data set → list of dvlib.methods.rules.Rated

    Raises
    ------
    ValueError : fewer than three data sets, because one is tested and one chooses the formula
    """
    if len(datasets) < 3:
        raise ValueError(f"{len(datasets)} data sets: give three or more")
    maps = {"methods": {name: method(name) for name in METHODS}, "adaptive": True}  # none is drawn
    return {
        name: [rated_points(sample) for sample in settings.samples(name, **maps)]
        for name in datasets
    }


def rated_points(sample):
    """The points that are added to a `dvlib.methods.sample.Sample` as `Rated`."""
    from scipy.spatial import KDTree

    refits, regions = sample.refits, sample.regions
    points, labels = sample.points, sample.labels
    ones = np.mean([expit(network.decision(points)) for network in refits.base_networks], axis=0)
    return Rated(
        wrong=regions.misclassified,
        unlikely=np.where(labels == 1, 1 - ones, ones),
        to_g=regions.to_g,
        to_learned=regions.to_learned,
        to_data=KDTree(sample.data.X).query(points)[0] / sample.data.unit,
        values={
            "g": sample.whole(refits.base_dv_g - refits.dv_g),
            "f_X": sample.whole(refits.dv_base),
        },
        fitted=refits.places.share if sample.adaptive else 1.0,
    )


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What the formulas explain on one data set, fitted on all others: a sample of the claims.

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

    def share(self, formula, reference):
        """Share of the variance that a formula explains."""
        check_measured("formula", formula, self.shares[reference])
        return self.shares[reference][formula]


def rules_held_out(rated, formulas=FORMULAS):
    """Every formula on each data set, fitted on the others: a list of HeldOut.

    The formula of each data set is chosen on the others alone, by testing it on each of them.

    Parameters
    ----------
    rated : dict of data set → list of dvlib.methods.rules.Rated
    formulas : dict of name → terms, names of `dvlib.methods.rules.TERMS`
    """
    shares = {
        reference: {
            name: out_of_set(rated, terms, reference)
            for name, terms in (formulas | {ANY: ANY}).items()
        }
        for reference in REFERENCES
    }
    samples = []
    for dataset, points in rated.items():
        others = {name: rated[name] for name in rated if name != dataset}
        samples.append(HeldOut(
            name=dataset,
            shares={
                reference: {name: explained[dataset] for name, explained in by_formula.items()}
                for reference, by_formula in shares.items()
            },
            chosen={
                reference: chosen_formula(others, reference, formulas) for reference in REFERENCES
            },
            ceilings={
                reference: float(np.nanmean([sample.ceiling(reference) for sample in points]))
                if len(points[0].values[reference][0]) > 1 else np.nan
                for reference in REFERENCES
            },
        ))  # fmt: skip
    return samples


def shares(samples):
    """A pandas table of formulas × data sets by title: the share that each formula explains.

    The last column is the mean over the data sets, the last row the share that is not noise.
    """
    tables = {}
    for reference in REFERENCES:
        table = pd.DataFrame({
            sample.name: sample.shares[reference]
            | {"share that is not noise": sample.ceilings[reference]}
            for sample in samples
        })  # fmt: skip
        tables[f"against {reference}"] = table.assign(mean=table.mean(axis=1))
    return tables


def coefficients(rated, formulas, reference):
    """A pandas table of each formula's coefficients, fitted on all data sets: formulas × terms.

    Values are in standard deviations of their sample, distances in 25 units of the plane. The
    constant is free on each sample.
    """
    every = [sample for samples in rated.values() for sample in samples]
    rows = {
        name: dict(zip(terms, fit_rule(every, terms, reference).coef_, strict=True))
        for name, terms in formulas.items()
    }
    return pd.DataFrame(rows).T.rename_axis("formula")


def tables(samples, rated, formulas):
    """The tables of the bundle: shares explained, coefficients against each reference, and the
    share of the points that were fitted, on each data set; the other values are interpolated."""
    fitted = {
        f"coefficients, {reference}": _long(coefficients(rated, formulas, reference), "mean", True)
        for reference in REFERENCES
    }
    fitted["points fitted"] = _long(
        pd.DataFrame({
            name: {"adaptive map": np.mean([points.fitted for points in rated[name]])}
            for name in rated
        }),
        "share",
    )  # fmt: skip
    return {title: _long(table, "share") for title, table in shares(samples).items()} | fitted


def _long(table, column, without_gaps=False):
    """A Table with a row for each cell: method, other, and a column with the number."""
    cells = table.rename_axis("method").rename_axis("other", axis=1).stack()
    cells = cells.dropna() if without_gaps else cells
    return Table(cells.rename(column).reset_index(), KIND)


@claim(
    "C55", figure="ext06", study="rules",
    says="ours: one formula says what a point is worth on data sets that it was not fitted on",
    threshold="share of the variance of leave-one-out that a formula explains, chosen and fitted "
    "on other data sets: {explained}, against g and against f_X",
    explained="≥ 0.5 (≥ 0.25)",  # half of the variance; a quarter is a correlation of a half
)  # fmt: skip
def one_formula_explains_values(sample):
    """Share of the variance explained on a data set; a sample is a data set left out.

    Neither the choice among the formulas nor their coefficients have seen the data set.
    """
    parts = {
        f"explained, against {reference}": sample.share(sample.chosen[reference], reference)
        for reference in REFERENCES
    }
    numbers = {f"not noise, against {reference}": sample.ceilings[reference]
               for reference in REFERENCES}  # fmt: skip
    return parts, numbers


@claim(
    "C56", figure="ext06", study="rules",
    says="ours: that a point is mis-classified is most of what its place says about its value",
    threshold="share of the variance explained by being mis-classified, as a share of what any "
    "function of label probability and distances explains: {mis_classified}, against g and f_X",
    mis_classified="≥ 0.5",  # most of it
)  # fmt: skip
def wrong_is_most_of_the_value(sample):
    """Share explained by being misclassified alone, by that of boosted trees of all five."""
    parts, numbers = {}, {}
    for reference in REFERENCES:
        wrong = sample.share("mis-classified", reference)
        whole = max(sample.shares[reference].values())  # a formula may do better than the trees
        parts[f"mis-classified / any, against {reference}"] = wrong / whole if whole else np.nan
        numbers[f"any function, against {reference}"] = sample.share(ANY, reference)
    return parts, numbers


@claim(
    "C57", figure="ext06", study="rules",
    says="ours: how wrong f_X is about a point says more about its value than whether it is wrong",
    threshold="share of the variance explained by 1 − P(label), less that explained by being "
    "mis-classified: {more}, against g and against f_X",
    more="> 0",
)  # fmt: skip
def degree_of_error_says_more(sample):
    """Share explained by 1 − P(label) less that by being misclassified."""
    return {
        f"more, against {reference}": sample.share("1 − P", reference)
        - sample.share("mis-classified", reference)
        for reference in REFERENCES
    }


GROUPS = (
    # 22 s of processor time a sample: eight data sets
    Group(("rules",), "ext06",
          lambda settings, count: [rules_held_out(rated_samples(settings))],
          "data sets left out"),
)  # fmt: skip


@own_look
def rule_panels(samples):
    """Shares explained by each formula on each data set, one panel per reference.

    Parameters
    ----------
    samples : list of HeldOut

    Returns
    -------
    Drawing
    """
    tables = shares(samples)
    figure, axes = panels_of(len(tables), size=4.6, dpi=85, height=1.0)
    figure.colours = 256
    scale = Scale((0, 1), meaning_of("explained"))
    for ax, (title, table) in zip(axes, tables.items(), strict=True):
        image = ax.imshow(table, cmap=scale.colours, norm=scale.norm, interpolation="nearest")
        for (row, column), share in np.ndenumerate(table.to_numpy()):
            if np.isfinite(share):
                ax.text(
                    column, row, f"{share:.2f}", color=ink(image.to_rgba(share)[:3]), ha="center",
                    va="center", size=7,
                )  # fmt: skip
        names = [name.replace("_", " ") for name in table.columns]
        ax.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
        rows = [typeset(name) for name in table.index]
        ax.set_yticks(range(len(rows)), rows if ax is axes[0] else [], fontsize=8)
        ax.set_title(typeset(title), fontsize=10)
    colour_bar(image, axes[-1], scale)
    return figure

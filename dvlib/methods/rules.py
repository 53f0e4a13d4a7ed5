"""Formal rules for the value of a point (paper, section 4, "Summary").

A rule is a linear formula of a few terms, such as whether the point is misclassified. It is fitted
on the points of some data sets and tested on the points of others. Extension 6,
`dvlib.paper.figures.rules`, tests formulas.
"""

from dataclasses import dataclass

import numpy as np

from dvlib.checks import check_choice

# Units of the paper's plane. Farther boundaries count as this far, also at infinity.
FARTHEST = 25.0
REFERENCES = ("g", "f_X")


@dataclass(frozen=True, eq=False)
class Rated:
    """Points of one sample, what a rule may read of them, and their values.

    Attributes
    ----------
    wrong : bool (n,), whether f_X misclassifies the point
    unlikely : (n,), 1 − P(label of the point) by f_X
    to_g, to_learned, to_data : (n,), distances to the boundaries of g and f_X and to the nearest
        training point, in units of the paper's plane
    values : dict of reference → (n, K), leave-one-out against it by seed
    fitted : share of the points that were fitted; the values of the others are interpolated
    """

    wrong: np.ndarray
    unlikely: np.ndarray
    to_g: np.ndarray
    to_learned: np.ndarray
    to_data: np.ndarray
    values: dict
    fitted: float = 1.0

    def relative(self, reference):
        """Mean values (n,) over the seeds, less their mean, in standard deviations."""
        values = self.values[check_choice("reference", reference, REFERENCES)].mean(1)
        return (values - values.mean()) / (values.std() or 1.0)

    def ceiling(self, reference):
        """Share of the variance of the mean values that is not noise of the seeds.

        From the mean correlation of two seeds by the formula of Spearman and Brown; nan for one.
        """
        values = self.values[reference]
        n_seeds = values.shape[1]
        if n_seeds < 2 or not values.std(0).all():
            return np.nan
        pairs = np.corrcoef(values.T)[np.triu_indices(n_seeds, 1)]
        return float(np.clip(n_seeds * pairs.mean() / (1 + (n_seeds - 1) * pairs.mean()), 0, 1))


def _near(distance):
    return np.exp(-np.minimum(distance, FARTHEST))


def _far(distance):
    return np.minimum(distance, FARTHEST) / FARTHEST


TERMS = {
    "wrong": lambda point: point.wrong * 1.0,
    "wrong · distance to g": lambda point: point.wrong * _far(point.to_g),
    "correct · near f_X": lambda point: ~point.wrong * _near(point.to_learned),
    "1 − P": lambda point: point.unlikely,
    "(1 − P) · distance to g": lambda point: point.unlikely * _far(point.to_g),
    "(1 − P) · distance to f_X": lambda point: point.unlikely * _far(point.to_learned),
    "(1 − P) · distance to X": lambda point: point.unlikely * _far(point.to_data),
    "distance to g": lambda point: _far(point.to_g),
    "distance to f_X": lambda point: _far(point.to_learned),
    "distance to X": lambda point: _far(point.to_data),
}
#: Formulas of the extension: name → names of `TERMS`. Each has a constant, too. The first four say
#: what the paper says of values, one thing each.
FORMULAS = {
    "mis-classified": ("wrong",),  # C01
    "mis-classified, nearer to g": ("wrong", "wrong · distance to g"),  # C03
    "mis-classified, or near f_X": ("wrong", "correct · near f_X"),  # C05
    "out-of-distribution": ("distance to X",),  # section A.2
    "1 − P": ("1 − P",),  # the error of Paul and Dziugaite (2021)
    "1 − P, by distance to g and f_X": (
        "1 − P", "(1 − P) · distance to g", "(1 − P) · distance to f_X",
    ),
    "1 − P, by distance to X": ("1 − P", "(1 − P) · distance to X"),
    "sum of all": ("wrong", "1 − P", "distance to g", "distance to f_X", "distance to X"),
}  # fmt: skip
ANY = "any function"  # of the same five: boosted trees


def columns_of(rated, terms):
    """The terms of a formula at the points: (n, number of terms)."""
    if terms == ANY:
        return np.column_stack([
            rated.wrong, rated.unlikely,
            *(np.minimum(d, FARTHEST) for d in (rated.to_g, rated.to_learned, rated.to_data)),
        ])  # fmt: skip
    return np.column_stack([TERMS[check_choice("term", term, TERMS)](rated) for term in terms])


def fit_rule(samples, terms, reference):
    """Fit a formula to the relative values of all points of some samples.

    Each sample has an offset of its own, so values and terms are taken from its means. In the first
    run the means were left in. A sample whose whole boundary moves with any further point, as on
    circles, then decided the signs of all coefficients.

    Parameters
    ----------
    samples : list of Rated
    terms : names of `TERMS`, a tuple, or `ANY`
    reference : "g" or "f_X"

    Returns
    -------
    a fitted scikit-learn regressor; of a formula, `coef_` are the coefficients of the terms
    """
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import LinearRegression

    model = HistGradientBoostingRegressor(random_state=0) if terms == ANY else LinearRegression()
    columns = [columns_of(rated, terms) for rated in samples]
    if terms != ANY:
        columns = [column - column.mean(0) for column in columns]
    values = np.concatenate([rated.relative(reference) for rated in samples])
    return model.fit(np.concatenate(columns), values)


def explained(model, samples, terms, reference):
    """Share of the variance that a fitted rule explains, mean over samples.

    It is the squared correlation of rule and values, so scale and offset of a data set are free; a
    negative correlation explains nothing.
    """
    shares = []
    for rated in samples:
        fitted, values = model.predict(columns_of(rated, terms)), rated.relative(reference)
        varies = fitted.std() > 1e-12 and values.std() > 0
        shares.append(max(0.0, np.corrcoef(fitted, values)[0, 1]) ** 2 if varies else 0.0)
    return float(np.mean(shares))


def out_of_set(datasets, terms, reference):
    """Share explained on each data set by a formula fitted on all others.

    Parameters
    ----------
    datasets : dict of name → list of Rated, two data sets or more
    terms, reference : see `fit_rule`

    Returns
    -------
    dict of name → share

    Raises
    ------
    ValueError : fewer than two data sets, an unknown term or reference
    """
    if len(datasets) < 2:
        raise ValueError(f"{len(datasets)} data set: a rule needs others to be fitted on, give two")
    shares = {}
    for name, samples in datasets.items():
        fitted_on = [rated for other in datasets if other != name for rated in datasets[other]]
        shares[name] = explained(fit_rule(fitted_on, terms, reference), samples, terms, reference)
    return shares


def chosen_formula(datasets, reference, formulas=FORMULAS):
    """Name of the formula that explains most out of set, on average over the data sets given."""
    means = {
        name: np.mean([*out_of_set(datasets, terms, reference).values()])
        for name, terms in formulas.items()
    }
    return max(means, key=means.get)

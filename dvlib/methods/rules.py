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

    `wrong`, bool (n,), says whether f_X misclassifies the point; `unlikely` (n,) is 1 − P(label of
    the point) by f_X. `to_g`, `to_learned` and `to_data` (n,) are distances to the boundaries of g
    and f_X and to the nearest training point, in units of the paper's plane. `values` is a dict of
    reference → leave-one-out against it by seed, (n, K), and `fitted` the share of the points that
    were fitted; the values of the others are interpolated.
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


def _far(distance):
    return np.minimum(distance, FARTHEST) / FARTHEST


TERMS = {
    "wrong": lambda point: point.wrong * 1.0,
    "wrong · distance to g": lambda point: point.wrong * _far(point.to_g),
    "correct · near f_X": lambda point: (
        ~point.wrong * np.exp(-np.minimum(point.to_learned, FARTHEST))
    ),
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
    """Fit a formula to the relative values of all points of some samples, a list of Rated.

    Each sample has an offset of its own, so values and terms are taken from its means. In the first
    run the means were left in. A sample whose whole boundary moves with any further point, as on
    circles, then decided the signs of all coefficients.

    `terms` are names of `TERMS`, or `ANY`. The result is a fitted scikit-learn regressor; of a
    formula, `coef_` are the coefficients of the terms.
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
    """Share explained on each data set by a formula fitted on all others: dict of name → share.

    `datasets` is a dict of name → list of Rated; terms and reference are those of `fit_rule`. Fewer
    than two data sets, an unknown term or reference are a ValueError.
    """
    if len(datasets) < 2:
        raise ValueError(f"{len(datasets)} data set: a rule needs others to be fitted on, give two")
    shares = {}
    for name, samples in datasets.items():
        rest = [rated for key in datasets if key != name for rated in datasets[key]]
        shares[name] = explained(fit_rule(rest, terms, reference), samples, terms, reference)
    return shares


def chosen_formula(datasets, reference, formulas=FORMULAS):
    """Name of the formula that explains most out of set, on average over the data sets given."""
    means = {
        name: np.mean([*out_of_set(datasets, terms, reference).values()])
        for name, terms in formulas.items()
    }
    return max(means, key=means.get)

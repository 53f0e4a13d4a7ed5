"""Which method finds noisy labels, at equal numbers of fits: the eighth extension."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dvlib.data.wide import FORMULAS, flip_labels, make_wide
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.agreement import auc
from dvlib.paper.studies.noisy_values import BUDGETS, of_halves, of_runs, of_sets
from dvlib.refits.batch import RefitSettings
from dvlib.tables import halves, learning
from dvlib.tables.neighbours import knn_shapley
from dvlib.tables.passes import fits_of, random_halves, trajectories_of
from dvlib.tables.utilities import accuracy

NOISE = 0.2  # share of the training labels that are changed, and of the noisy target's
LESS = (0.0, 0.1)  # other shares, at which the two cheapest methods are tried as well
SMALL, LARGE = 100, 2_000  # target points; as many as LARGE test what is left, and nothing else
HIDDEN = (100,)
REMOVED = (0.1, 0.2, 0.3, 0.4)  # shares of the rows that are left out
REMOVAL_SEEDS = 2
BEST = f"{LARGE:,} clean, log-likelihood"
# Methods whose order decides which rows are left out, each with its most fits.
ORDERED = (
    "mean P(label)", "out of sample", "GraNd", f"Banzhaf, {BEST}", f"Shapley, {BEST}",
    f"KNN-Shapley, {LARGE:,} clean", "influence functions", "random",
)  # fmt: skip
# F1 of the lower of two clusters of the values, means over the raw result files of LossVal
# (github.com/twibiral/LossVal): 1,000 rows, 100 noisy target points, 20 % noise; their network has
# five layers of 100 units and trains for five epochs.
PUBLISHED = {
    "2dplanes": {
        "random": 0.287, "LOO": 0.253, "Shapley": 0.275, "Banzhaf": 0.285, "influence": 0.280,
        "DVRL": 0.279, "out of sample": 0.281, "KNN-Shapley": 0.467,
        "out of sample, logistic": 0.587, "LossVal": 0.722,
    },
    "fried": {
        "random": 0.283, "LOO": 0.281, "Shapley": 0.288, "Banzhaf": 0.285, "influence": 0.286,
        "DVRL": 0.280, "out of sample": 0.283, "KNN-Shapley": 0.451,
        "out of sample, logistic": 0.524, "LossVal": 0.670,
    },
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class NoisySample:
    """Values of one sample's rows by all methods, and what leaving rows out does.

    Attributes
    ----------
    name : of the data set
    flipped : bool (n,), rows whose label was changed
    values : dict of (method, fits) → (n,), low = taken for noisy
    kept : dict of (method, "lowest" or "highest", share left out) → accuracy on clean labels;
        ("", "", 0.0) has that of all rows
    less : dict of noise → dict of measure → number, for the other shares of noise
    """

    name: str
    flipped: np.ndarray
    values: dict
    kept: dict
    less: dict

    def auc(self, method, fits):
        """AUC of low values for the rows whose label was changed."""
        return auc(self.flipped, -self.values[method, fits])

    def auc_of_most(self, method):
        """`auc` of a method's values from the most fits."""
        return self.auc(method, max(fits for name, fits in self.values if name == method))

    def f1(self, method, fits):
        """F1 of the lower of two clusters of the values, the published measure."""
        return _f1(self.values[method, fits], self.flipped)

    def gain(self, method, end, share):
        """Accuracy on clean labels without a share of the rows, less that of all rows."""
        return self.kept[method, end, share] - self.kept["", "", 0.0]


@dataclass(frozen=True, eq=False)
class NoisyStudy:
    """`samples` is a dict of data set → list of NoisySample."""

    samples: dict
    kind = "agreement"

    @property
    def passes(self):
        return [one for of in self.samples.values() for one in of]

    @property
    def scores(self):
        """AUC and F1 by data set, method and fits, means over samples: a pandas table."""
        rows = [
            {"dataset": name, "method": method, "fits": fits,
             "AUC": np.mean([one.auc(method, fits) for one in of]),
             "F1": np.mean([one.f1(method, fits) for one in of])}
            for name, of in self.samples.items()
            for method, fits in of[0].values
        ]  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def removal(self):
        """Accuracy on clean labels by data set, method, end and share left out: a table."""
        rows = [
            {"dataset": name, "method": method, "end": end, "share": share,
             "accuracy": np.mean([one.kept[method, end, share] for one in of])}
            for name, of in self.samples.items()
            for method, end, share in of[0].kept
        ]  # fmt: skip
        return pd.DataFrame(rows)

    @property
    def less_noise(self):
        """The two cheapest methods at other shares of noise, means over samples: a table."""
        rows = [
            {"dataset": name, "noise": noise}
            | {part: np.mean([one.less[noise][part] for one in of]) for part in of[0].less[noise]}
            for name, of in self.samples.items()
            for noise in LESS
        ]
        return pd.DataFrame(rows)

    def beside_published(self):
        """F1 of ours with the most fits beside the published ones: a pandas table."""
        best = self.scores.sort_values("fits").groupby(["dataset", "method"], sort=False).last()
        ours = best["F1"].unstack("dataset").round(2)
        ours.columns = [f"{name}, ours" for name in ours]
        theirs = pd.DataFrame(PUBLISHED).round(2)
        theirs.columns = [f"{name}, published" for name in theirs]
        return theirs.join(ours, how="outer").fillna("")

    def to_frame(self):
        """Every number of the picture, one a row."""
        scores = self.scores.melt(["dataset", "method", "fits"], var_name="measure")
        removal = self.removal.rename(columns={"accuracy": "value", "end": "measure"})
        return pd.concat([scores, removal], ignore_index=True)


def noisy_labels(settings, names=FORMULAS):
    """Value the rows of samples with noisy labels by all methods.

    Parameters
    ----------
    settings : Settings; it takes `n_data_seeds` samples of `n_points` rows, and at most `n_fits`
        fits to subsets

    Returns
    -------
    NoisyStudy
    """
    seeds = range(settings.seed, settings.seed + settings.n_data_seeds)
    return NoisyStudy({name: [_sample(settings, name, seed) for seed in seeds] for name in names})


def _sample(settings, name, seed):
    n = settings.n_points
    data = make_wide(name, n=n, m=SMALL + 2 * LARGE, seed=seed, noise=NOISE)
    how = RefitSettings((settings.seed,), MLPConfig(HIDDEN))
    noisy, _ = flip_labels(data.y_U[:SMALL], NOISE, np.random.default_rng([seed, 1]))
    targets = {
        f"{SMALL} noisy": (slice(0, SMALL), noisy),
        f"{SMALL} clean": (slice(0, SMALL), data.y_U[:SMALL]),
        f"{LARGE:,} clean": (slice(SMALL, SMALL + LARGE), data.y_U[SMALL : SMALL + LARGE]),
    }
    values = {("random", 0): np.random.default_rng([seed, 2]).random(n)}
    for title, (part, labels) in targets.items():
        values[f"KNN-Shapley, {title}", 0] = knn_shapley(data.X, data.y, data.U[part], labels)[0]
    of_runs(values, data, how, targets[f"{LARGE:,} clean"])
    of_halves(values, data, how, targets, settings.n_fits)
    of_sets(values, data, how, targets, settings.n_fits)
    kept = _kept(values, data, how)
    less = {noise: _at_noise(settings, name, seed, noise, how) for noise in LESS}
    return NoisySample(name, data.flipped, values, kept, less)


def _kept(values, data, how, methods=ORDERED):
    """Accuracy on clean labels once rows are left out."""
    n, at, labels = len(data.X), data.U[-LARGE:], data.y_U[-LARGE:]
    most = {method: max(fits for name, fits in values if name == method) for method in methods}
    keys, subsets = [("", "", 0.0)], [np.arange(n)]
    for method, fits in most.items():
        order = np.argsort(values[method, fits], kind="stable")
        for share in REMOVED:
            count = round(share * n)
            keys += [(method, "lowest", share), (method, "highest", share)]
            subsets += [np.sort(order[count:]), np.sort(order[: n - count])]
    seeds = np.repeat(how.seed + np.arange(REMOVAL_SEEDS), len(subsets))
    seen = fits_of(
        data.X, data.y, subsets * REMOVAL_SEEDS, how, at=at, n_classes=2, seeds=seeds,
        description="fits without some rows",
    )  # fmt: skip
    right = accuracy(seen.probabilities, labels).reshape(REMOVAL_SEEDS, -1).mean(0)
    return dict(zip(keys, right.tolist(), strict=True))


def _at_noise(settings, name, seed, noise, how):
    """AUC and gain of the two cheapest methods at another share of noise."""
    data = make_wide(name, n=settings.n_points, m=SMALL + LARGE, seed=seed, noise=noise)
    runs = trajectories_of(data.X, data.y, how, n_runs=1, n_classes=2)
    inside = random_halves(len(data.X), BUDGETS[1], how.seed)
    seen = fits_of(data.X, data.y, inside, how, at=data.X, n_classes=2)
    right = seen.probabilities.argmax(-1) == data.y
    values = {
        ("mean P(label)", 1): learning.mean_probability(runs, data.y)[0],
        ("out of sample", BUDGETS[1]): halves.out_of_sample(inside, right)[0],
    }
    kept = _kept(values, data, how, [method for method, _ in values])
    found = {}
    for (method, _), of in values.items():
        found[f"AUC, {method}"] = auc(data.flipped, -of)
        lowest = kept[method, "lowest", REMOVED[0]]
        found[f"gain without the lowest tenth, {method}"] = lowest - kept["", "", 0.0]
    return found


def _f1(values, flipped):
    from sklearn.cluster import KMeans
    from sklearn.metrics import f1_score

    column = np.asarray(values)[:, None]
    groups = KMeans(2, n_init=3, random_state=0).fit(column)
    return float(f1_score(flipped, groups.labels_ == groups.cluster_centers_[:, 0].argmin()))

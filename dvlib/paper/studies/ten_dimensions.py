"""The paper's claim in ten dimensions, where g is known: the seventh extension."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dvlib.data.wide import FORMULAS, make_wide
from dvlib.engine.mesh import X_M
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.agreement import auc, rank_correlation
from dvlib.refits.batch import RefitSettings
from dvlib.tables.one_row import one_row_added
from dvlib.tables.passes import fits_of
from dvlib.tables.sampled import hard_dv, soft_dv
from dvlib.tables.utilities import accuracy

# Training rows: with 1,000, five full minibatches, a further row would begin a sixth of its own.
ROWS = 990
SAMPLE = 2_000  # points on which models are compared
HIDDEN = (100,)
KINDS = ("hard", "soft", "centred")
TENTH = 0.1  # of the candidates, which are added together
ORDERS = ("value", "1 − P", "random")
ON_THE_PLANE = 2_000  # points of a sample that stands for the mesh
PLACES = 60  # grid points of the plane whose refits are compared on mesh and sample


@dataclass(frozen=True, eq=False)
class WideSample:
    """Refits with each candidate added, on one sample of a data set.

    Attributes
    ----------
    name : of the data set
    refits : dvlib.tables.one_row.OneRow of S candidates and R seeds
    nearer : float (S, R), how much nearer to g a refit is than the base fit, in soft dv
    wrong : bool (S,), candidates that most base fits label otherwise than g
    gains : dict of order → accuracy against g gained by adding the first tenth in that order
    """

    name: str
    refits: object
    nearer: np.ndarray
    wrong: np.ndarray
    gains: dict

    def by_seed(self, kind):
        """Values against f_X of a kind of dv, (S, R)."""
        return getattr(self.refits, kind)

    @property
    def unlikely(self):
        """1 − P(label) of the base fits, (S, R)."""
        return 1 - self.refits.base_p

    def auc(self, values):
        """AUC of values (S,) for the mis-classified candidates."""
        return auc(self.wrong, values)

    def between_seeds(self, kind):
        """Rank correlation of the values of two seeds, mean over pairs."""
        return _mean_over_pairs(self.by_seed(kind), rank_correlation)

    @property
    def adds(self):
        """Rank correlation of two seeds' centred values, both without what 1 − P tells.

        The ranks of a seed's values are regressed on the ranks of its own 1 − P and of the other
        seed's. What is left agrees only if dv repeats something that 1 − P does not have.
        """
        seeds = range(self.refits.refits.shape[1])
        pairs = [(a, b) for a in seeds for b in seeds if a < b]
        return float(np.mean([self._partial(*pair) for pair in pairs])) if pairs else np.nan

    def _partial(self, a, b):
        from scipy.stats import rankdata

        known = np.column_stack(
            [np.ones(len(self.wrong)), *map(rankdata, self.unlikely[:, [a, b]].T)]
        )
        left = []
        for k in (a, b):
            ranks = rankdata(self.refits.centred[:, k])
            left.append(ranks - known @ np.linalg.lstsq(known, ranks, rcond=None)[0])
        return float(np.corrcoef(left)[0, 1])


@dataclass(frozen=True, eq=False)
class Bridge:
    """The paper's plane, by the code for tables: `mesh` and `sampled` hard dv of refits, (S,)."""

    mesh: np.ndarray
    sampled: np.ndarray

    @property
    def apart(self):
        """Largest difference, in units of 1 / √m, the bound on a share's standard error."""
        return float(np.abs(self.mesh - self.sampled).max() * np.sqrt(ON_THE_PLANE))


@dataclass(frozen=True, eq=False)
class WideStudy:
    """`samples` is a dict of data set → list of WideSample, `bridges` a list of Bridge."""

    samples: dict
    bridges: list
    kind = "agreement"

    @property
    def passes(self):
        return [one.refits for of in self.samples.values() for one in of]

    @property
    def table(self):
        """Means over samples, one row per measure, one column per data set: a pandas table."""
        columns = {name: _measures(of) for name, of in self.samples.items()}
        return pd.DataFrame(columns).rename_axis("measure")

    def to_frame(self):
        """One row per data set, sample and measure."""
        rows = [
            {"dataset": name, "sample": k, "measure": measure, "value": value}
            for name, of in self.samples.items()
            for k, one in enumerate(of)
            for measure, value in _measures([one]).items()
        ]
        return pd.DataFrame(rows)


def ten_dimensions(settings, names=FORMULAS):
    """Add candidates, one at a time, to samples of data sets whose g is a formula.

    Parameters
    ----------
    settings : Settings; it takes `n_data_seeds` samples, `n_points` candidates and `n_seeds`
    names : data sets, of `dvlib.data.wide.FORMULAS`

    Returns
    -------
    WideStudy
    """
    seeds = range(settings.seed, settings.seed + settings.n_data_seeds)
    samples = {name: [_sample(settings, name, seed) for seed in seeds] for name in names}
    return WideStudy(samples, [_bridge(settings, seed) for seed in seeds])


def _sample(settings, name, seed):
    count = settings.n_points
    data = make_wide(name, n=ROWS, m=SAMPLE + count, seed=seed)
    points, labels = data.U[SAMPLE:], data.g_U[SAMPLE:]  # candidates have the labels of g
    U, g = data.U[:SAMPLE], np.eye(2)[data.g_U[:SAMPLE]]
    how = RefitSettings((settings.seed,), MLPConfig(HIDDEN))
    refits = one_row_added(
        data.X, data.y, points, labels, how, n_runs=settings.n_seeds, at=U, n_classes=2
    )
    nearer = soft_dv(refits.base, g) - soft_dv(refits.refits, g)
    wrong = (refits.base_p < 0.5).mean(1) > 0.5
    return WideSample(
        name, refits, nearer, wrong, _gains(settings, data, points, labels, U, refits, how)
    )


def _gains(settings, data, points, labels, U, refits, how):
    """Accuracy against g gained by adding the first tenth of the candidates in each order."""
    count = max(1, round(TENTH * len(points)))
    rng = np.random.default_rng([settings.seed, len(points)])
    by = {
        "value": -refits.centred.mean(1), "1 − P": refits.base_p.mean(1),
        "random": rng.random(len(points)),
    }  # fmt: skip
    X, y = np.concatenate([data.X, points]), np.concatenate([data.y, labels])
    everything, n = np.arange(len(data.X)), len(data.X)
    subsets = [everything, *(np.append(everything, n + np.argsort(by[o])[:count]) for o in ORDERS)]
    seeds = np.repeat(how.seed + np.arange(settings.n_seeds), len(subsets))
    seen = fits_of(
        X, y, subsets * settings.n_seeds, how, at=U, n_classes=2, seeds=seeds,
        description="candidates added together",
    )  # fmt: skip
    g = data.g_U[: len(U)]
    right = accuracy(seen.probabilities, g).reshape(settings.n_seeds, -1).mean(0)
    return dict(zip(ORDERS, right[1:] - right[0], strict=True))


def _bridge(settings, seed):
    """Refits of the paper's two clusters on the mesh, and on a sample by the code for tables."""
    from dvlib.data.datasets import make_dataset

    data = make_dataset("two_clusters", seed=seed)
    rng = np.random.default_rng([seed, PLACES])
    points = rng.uniform(X_M.low, X_M.high, (PLACES, 2))
    U = rng.uniform(X_M.low, X_M.high, (ON_THE_PLANE, 2))
    how = RefitSettings((settings.seed,), MLPConfig(HIDDEN))
    refits = one_row_added(data.X, data.y, points, data.g(points), how, n_runs=1, at=U, n_classes=2)
    mesh = _mesh_dv(data, points, how)
    return Bridge(mesh, hard_dv(refits.refits, refits.base)[:, 0])


def _mesh_dv(data, points, how):
    """dv of the same refits on the paper's mesh, by the code for the plane."""
    from dvlib.methods.one_point import refits_with_point

    return refits_with_point(data.X, data.y, points, data.g(points), data.g, how).dv_base[:, 0]


def _measures(samples):
    """Means over samples of everything that is told, by name."""
    parts = {
        **{
            f"AUC, {kind} dv to f_X": lambda s, k=kind: s.auc(s.by_seed(k).mean(1))
            for kind in KINDS
        },
        "AUC, nearer to g": lambda s: s.auc(s.nearer.mean(1)),
        "AUC, 1 − P": lambda s: s.auc(s.unlikely.mean(1)),
        **{f"between seeds, {kind}": lambda s, k=kind: s.between_seeds(k) for kind in KINDS},
        "between seeds, beyond 1 − P": lambda s: s.adds,
        "correlation with 1 − P": lambda s: rank_correlation(
            s.by_seed("centred").mean(1), s.unlikely.mean(1)
        ),
        "mis-classified": lambda s: s.wrong.mean(),
        **{f"accuracy gained, {o}": lambda s, o=o: s.gains[o] for o in ORDERS},
    }
    return {name: float(np.mean([part(one) for one in samples])) for name, part in parts.items()}


def _mean_over_pairs(by_seed, measure):
    columns = by_seed.T
    pairs = [measure(a, b) for k, a in enumerate(columns) for b in columns[k + 1 :]]
    return float(np.mean(pairs)) if pairs else np.nan

"""What retraining could have been spared: the tenth extension."""

import time
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import train
from dvlib.methods.agreement import auc, rank_correlation
from dvlib.methods.leave_one_out import against_base
from dvlib.methods.values import DataValues
from dvlib.paper.studies.grid import GridStudy, added_points, samples_of
from dvlib.refits.progress import progress_bar
from dvlib.refits.store import Store
from dvlib.refits.workers import one_blas_thread, run_calls
from dvlib.tables.gradients import gradient_norms
from dvlib.tables.spared import estimated_dv, unlikely

WIDTHS = (10, 100, 1_000)
DAMPINGS = (0.0, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
CHOSEN = 1e-2  # for the claims: the middle of those above 0, chosen before any was run
EARLY = 10  # epochs; our choice: Paul et al. (2021) take their scores early in training
SIDE = 101  # of the mesh on which predicted models are compared; memory grows with its square
TIMED = 5  # fits whose mean time is that of a refit
SCORES = ("1 − P", "GraNd", "1 − P, early", "GraNd, early")


@dataclass(frozen=True, eq=False)
class SparedWidth:
    """Refits with each grid point added, and what can be told without them, at one width.

    A method is "refits", one of `SCORES`, or ("influence", damping).

    Attributes
    ----------
    study : GridStudy of the refits
    estimates : dict of damping → EstimatedDV by seed
    scores : dict of score → (S,), means over seeds
    seconds : dict of method → what it took, in seconds of one thread
    """

    study: GridStudy
    estimates: dict
    scores: dict
    seconds: dict

    def values(self, method, reference):
        """Values (S,) against "f_X" or "g", means over seeds; a score has the same for both."""
        if method in self.scores:
            return self.scores[method]
        if method == "refits":
            return self._by_seed(reference).mean(1)
        parts = self.estimates[method[1]]
        by_seed = [of.to_base if reference == "f_X" else of.base_to_g - of.to_g for of in parts]
        return np.mean(by_seed, axis=0)

    def _by_seed(self, reference):
        refits = self.study.refits
        return refits.dv_base if reference == "f_X" else refits.base_dv_g - refits.dv_g

    def correlation(self, method, reference):
        """Rank correlation of a method's values with those of refits."""
        return rank_correlation(self.values(method, reference), self.values("refits", reference))

    def between_seeds(self, reference):
        """Rank correlation of the values of two training seeds, mean over pairs; nan with one."""
        by_seed = self._by_seed(reference).T
        pairs = [
            rank_correlation(one, other)
            for k, one in enumerate(by_seed)
            for other in by_seed[k + 1 :]
        ]
        return float(np.mean(pairs)) if pairs else np.nan

    def auc(self, method):
        """AUC of the values against f_X for the mis-classified regions."""
        return auc(self.study.regions.misclassified, self.values(method, "f_X"))

    def log_ratio(self, damping):
        """log₂ of the mean dv to f_X that influence functions predict over that of refits."""
        means = [self.values(of, "f_X").mean() for of in (("influence", damping), "refits")]
        return float(np.log2(means[0] / means[1])) if min(means) > 0 else np.nan


@dataclass(frozen=True, eq=False)
class SparedSample:
    """All widths on one sample: `widths` is a dict of width → SparedWidth."""

    widths: dict


@dataclass(frozen=True, eq=False)
class Measures:
    """Measures of methods: a pandas table with the columns width, method, other and mean."""

    table: pd.DataFrame
    kind = "agreement"

    def to_frame(self):
        return self.table


@dataclass(frozen=True, eq=False)
class SparedStudy:
    """Samples of the data set, for the claims: `samples`, a list of SparedSample."""

    samples: list
    passes: list

    def mean(self, width, measure):
        """Mean over samples of measure(SparedWidth) at a width."""
        return float(np.mean([measure(one.widths[width]) for one in self.samples]))

    @cached_property
    def measures(self):
        """All measures at all widths, means over samples: Measures."""
        rows = []
        for width in WIDTHS:
            for method in ("other seed", *SCORES, *(("influence", one) for one in DAMPINGS)):
                for name, measure in _measures_of(method).items():
                    rows.append((width, _name(method), name, self.mean(width, measure)))
            rows.append((width, "refits", "AUC", self.mean(width, lambda of: of.auc("refits"))))
        return Measures(pd.DataFrame(rows, columns=["width", "method", "other", "mean"]))

    def summary(self, width=WIDTHS[-1]):
        """A pandas table of what each method is good for at a width, and what it costs."""
        of = self.measures.table.query("width == @width")
        table = of.pivot(index="method", columns="other", values="mean")
        shown = [_name(("influence", CHOSEN)), *SCORES]
        table = table.loc[["refits", "other seed", *shown]]
        seconds = {
            name: np.mean([one.widths[width].seconds[name] for one in self.samples])
            for name in ("refits", *shown)
        }
        return table.assign(seconds=pd.Series(seconds)).rename_axis(columns=None)

    @property
    def maps(self):
        """Panels of the first sample at the paper's width."""
        of = self.samples[0].widths[WIDTHS[-1]]
        study, refits = of.study, against_base(of.study.refits)

        def panel(title, method, words, kind):
            values = of.values(method, "f_X")
            nothing = np.full(len(values), np.nan)
            mapped = DataValues(refits.points, refits.labels, values, nothing, words, kind)
            return study.panel(title, mapped)

        return [
            replace(study.panel("refits", refits), data=study.data),
            panel(
                "influence functions", ("influence", CHOSEN),
                "leave-one-out against f_X, by influence functions", "share of the mesh",
            ),
            panel("1 − P", "1 − P", "1 − P", "probability"),
        ]  # fmt: skip

    @property
    def saved(self):
        """The tables of the bundle: the maps, and all measures."""
        return {panel.title: panel.values for panel in self.maps} | {"measures": self.measures}


def _name(method):
    return method if isinstance(method, str) else f"influence functions, damping {method[1]:g}"


def _measures_of(method):
    """Measures of a method by name, functions of SparedWidth."""
    if method == "other seed":
        return {
            f"order, {ref}": (lambda of, ref=ref: of.between_seeds(ref)) for ref in ("f_X", "g")
        }
    found = {
        f"order, {ref}": (lambda of, ref=ref: of.correlation(method, ref)) for ref in ("f_X", "g")
    }
    found["AUC"] = lambda of: of.auc(method)
    if method not in SCORES:
        found["size"] = lambda of: of.log_ratio(method[1])
    return found


def spared_retraining(settings):
    """Value the grid points by refits, and by what can be told without them, at three widths.

    Parameters
    ----------
    settings : Settings; it takes `n_data_seeds` samples of its data set

    Returns
    -------
    SparedStudy
    """
    samples, passes = [], []
    for data in samples_of(settings):
        widths = {}
        for width in WIDTHS:
            config = replace(settings.config, hidden_layer_sizes=(width,))
            study = added_points(settings, data, config=config)
            passes.append(study)
            widths[width] = spared_width(study)
        samples.append(SparedSample(widths))
    return SparedStudy(samples, passes)


def spared_width(study):
    """What can be told of a GridStudy's refits without them: SparedWidth."""
    refits, data = study.refits, study.data
    how, points, labels = refits.settings, refits.points, refits.labels
    mesh = MeshGrid(how.mesh.low, how.mesh.high, SIDE)
    at, g_at = mesh.points, data.g(mesh.points)
    calls = [
        (network, data.X, data.y, points, labels, at, g_at, DAMPINGS)
        for network in refits.base_networks
    ]
    found = []
    with one_blas_thread(), progress_bar(len(calls), "influence functions", "network") as bar:
        for one in run_calls(estimated_dv, calls, Store("estimated dv", ("engine", "tables"))):
            found.append(one)
            bar.update(1)
    estimates = dict(zip(DAMPINGS, zip(*found, strict=True), strict=True))
    began = time.perf_counter()
    watched = [
        train(
            data.X, data.y, how.config, seed=seed, engine="fast", snapshot_epochs=(EARLY,)
        ).snapshots[0]
        for seed in how.seeds
    ]  # fmt: skip
    of_one_fit = (time.perf_counter() - began) / len(watched)
    scores, seconds = {}, {}
    for words, networks in (("", refits.base_networks), (", early", watched)):
        for name, score in (("1 − P", unlikely), ("GraNd", gradient_norms)):
            began = time.perf_counter()
            scores[name + words] = np.mean([score(one, points, labels) for one in networks], axis=0)
            own = time.perf_counter() - began
            seconds[name + words] = own + of_one_fit * len(networks)
    for damping, parts in estimates.items():
        name = _name(("influence", damping))
        seconds[name] = sum(one.seconds for one in parts) + of_one_fit * len(parts)
    began = time.perf_counter()
    boundary(watched[0], how.mesh)
    of_one_boundary = time.perf_counter() - began
    seconds["refits"] = (of_one_fit + of_one_boundary) * refits.n_fits
    return SparedWidth(study, estimates, scores, seconds)

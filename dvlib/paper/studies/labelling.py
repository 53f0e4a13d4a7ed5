"""Which points to label next: the fourth extension."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dvlib.data.mixtures import PAPERS
from dvlib.data.regions import Boundaries, truth_on
from dvlib.methods.labelling import STRATEGIES, label_in_turn
from dvlib.methods.runs import train_runs
from dvlib.paper.studies.grid import samples_of

DRAWN = ("mis-classified and far", "far", "low confidence", "nearest point disagrees and far")


@dataclass(frozen=True, eq=False)
class LabelledSamples:
    """Curves of several samples of one data set, all with the same strategies.

    Attributes
    ----------
    curves : list of dvlib.methods.labelling.LabelCurves
    """

    curves: list
    kind = "labelled in turn"

    def quartiles(self, strategy):
        """dv to g by number of labels over the samples, means over networks: three (L + 1,).

        The mean, the lower quartile and the upper quartile.
        """
        dv = np.array([one.dv[strategy].mean(1) for one in self.curves])
        return dv.mean(0), *np.quantile(dv, (0.25, 0.75), axis=0)

    def to_frame(self):
        """A pandas table: method, labels, mean (dv to g), low and high (quartiles)."""
        frames = []
        for name in self.curves[0].dv:
            mean, low, high = self.quartiles(name)
            columns = {"labels": range(len(mean)), "mean": mean, "low": low, "high": high}
            frames.append(pd.DataFrame({"method": name} | columns))
        return pd.concat(frames, ignore_index=True)


@dataclass(frozen=True, eq=False)
class LabellingStudy:
    """What each strategy makes of the samples of each data set.

    Attributes
    ----------
    samples : dict of data set → list of dvlib.methods.labelling.LabelCurves, for the claims
    """

    samples: dict

    @property
    def datasets(self):
        """LabelledSamples by data set."""
        return {name: LabelledSamples(curves) for name, curves in self.samples.items()}

    def tables(self, maps):
        """The tables of the bundle: LabelledSamples by data set, then each LabelledMap."""
        return self.datasets | {f"chosen: {one.strategy}": one for one in maps}

    @property
    def scores(self):
        """A pandas table: mean dv to g over the labels bought, by strategy and data set.

        The last columns have the share of the labels that went to points which the networks
        mis-classified.
        """
        columns = {}
        for name, curves in self.samples.items():
            columns[name] = {of: np.mean([one.mean_dv(of) for one in curves]) for of in self.names}
        for name, curves in self.samples.items():
            columns[f"{name}, hits"] = {
                of: np.mean([one.hits[of] for one in curves]) for of in self.names
            }
        return pd.DataFrame(columns).rename_axis("strategy").round(3)

    @property
    def names(self):
        """The strategies."""
        first, *_ = self.samples.values()
        return [*first[0].dv]


@dataclass(frozen=True, eq=False)
class LabelledMap:
    """What one strategy chose on one sample, ready to draw.

    Attributes
    ----------
    points, labels : (L, 2) and (L,), the points it asked for, in order
    before, after : Boundaries of the networks of X, and of X with these points
    """

    strategy: str
    data: object
    points: np.ndarray
    labels: np.ndarray
    before: Boundaries
    after: Boundaries
    kind = "labelled in turn"

    def to_frame(self):
        """A pandas table of the points in order: labels (how many), x, y, label."""
        x, y = self.points.T
        order = range(1, len(x) + 1)
        return pd.DataFrame({"labels": order, "x": x, "y": y, "label": self.labels})


def labelled_next(settings, strategies=tuple(STRATEGIES)):
    """Each strategy adds `n_labels` points to `n_data_seeds` samples of the paper's data sets.

    Parameters
    ----------
    settings : Settings; the candidates are the points of its grid
    strategies : names, of `dvlib.methods.labelling.STRATEGIES`

    Returns
    -------
    LabellingStudy

    Raises
    ------
    ValueError : see `dvlib.methods.labelling.label_in_turn`
    """
    samples = {name: samples_of(settings, name) for name in PAPERS}
    curves = iter(
        label_in_turn(
            [data for of_one in samples.values() for data in of_one], settings.grid.points,
            settings.refits(), n_labels=settings.n_labels, strategies=strategies,
        )
    )  # fmt: skip
    return LabellingStudy({name: [next(curves) for _ in of] for name, of in samples.items()})


def labelled_maps(settings, curves, strategies=DRAWN):
    """What some strategies chose on one sample, with the boundary before and after.

    Parameters
    ----------
    settings : Settings
    curves : dvlib.methods.labelling.LabelCurves of a sample
    strategies : names

    Returns
    -------
    list of LabelledMap
    """
    data, mesh = curves.data, settings.drawing_mesh
    chosen = [curves.points[curves.chosen[name]] for name in strategies]
    sets = [(data.X, data.y)] + [
        (np.concatenate([data.X, points]), np.concatenate([data.y, data.g(points)]))
        for points in chosen
    ]
    truth = truth_on(data, mesh)
    before, *after = (
        Boundaries(mesh, truth, runs.boundaries(mesh).mean(0))
        for runs in train_runs(sets, settings.refits(), description="before and after")
    )
    return [
        LabelledMap(name, data, points, data.g(points), before, one)
        for name, points, one in zip(strategies, chosen, after, strict=True)
    ]

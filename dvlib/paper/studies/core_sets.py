"""Which selections of training points keep the boundary: the fifth extension."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dvlib.methods.core_sets import by_cluster, core_sets, herding, highest_first, k_centre
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.leave_one_out import against_base
from dvlib.methods.one_point import refits_without_point
from dvlib.methods.removal import lowest_first
from dvlib.methods.runs import train_runs
from dvlib.paper.studies.grid import samples_of

CLUSTERED = ("two_clusters", "four_clusters")
SIZES = (2, 4, 8, 16, 32, 64, 128, 256)
TENTH = 64  # of some 670 training points


@dataclass(frozen=True, eq=False)
class CoreSetCurves:
    """Core-sets of several samples of one data set: `curves`, a list of CoreSets."""

    curves: list
    kind = "removal by value"

    def mean(self, selection, reference):
        """Mean dv (S,) to "f_X" or "g" by size, over samples and seeds."""
        name = "to_base" if reference == "f_X" else "to_g"
        return np.mean([getattr(one, name)[selection].mean(1) for one in self.curves], axis=0)

    def level(self, reference):
        """What core-sets are compared with: dv of another seed to f_X, or of f_X to g."""
        if reference == "f_X":
            return float(np.mean([one.other_seed for one in self.curves]))
        return float(np.mean([one.base_to_g.mean() for one in self.curves]))

    def to_frame(self):
        """A pandas table: order (selection), other (reference), kept (k), dv."""
        frames = [
            pd.DataFrame({
                "order": name, "other": reference, "kept": self.curves[0].sizes,
                "dv": self.mean(name, reference),
            })
            for reference in ("f_X", "g") for name in self.curves[0].orders
        ]  # fmt: skip
        return pd.concat(frames, ignore_index=True)


@dataclass(frozen=True, eq=False)
class CoreSetStudy:
    """Core-sets of all samples: `samples` is a dict of data set → list of CoreSets."""

    samples: dict
    passes: list

    @property
    def datasets(self):
        """CoreSetCurves by data set."""
        return {name: CoreSetCurves(curves) for name, curves in self.samples.items()}


def core_set_study(settings, sizes=SIZES):
    """Core-sets of `n_data_seeds` samples of two and of four clusters, by nine selections.

    Parameters
    ----------
    settings : Settings
    sizes : sizes k of the core-sets

    Returns
    -------
    CoreSetStudy
    """
    samples, passes = {}, []
    for name in CLUSTERED:
        samples[name] = []
        for data in samples_of(settings, name):
            orders, its_passes = selections(settings, data)
            found = core_sets(data, orders, sizes, settings.refits())
            samples[name].append(found)
            passes += [*its_passes, found]
    return CoreSetStudy(samples, passes)


def selections(settings, data):
    """Orders of a sample's training points by selection, and the passes that they took.

    Leave-one-out is against f_X, which the core-sets are to keep, with the first seed. Last learned
    and the distance to the boundary are of all seeds' runs on the whole set.
    """
    X, y, rng = data.X, data.y, np.random.default_rng(data.seed)
    (runs,) = train_runs([(X, y)], settings.refits(), watch=True, description="f_X, watched")
    refits = refits_without_point(X, y, data.g, settings.refits_of(1))
    moved, learned = against_base(refits).values, forgetting_values(runs, "last_learned").values
    margin = np.mean([np.abs(network.decision(X)) for network in runs.networks()], axis=0)
    orders = {
        "random": rng.permutation(len(X)),
        "each cluster in turn": by_cluster(data.clusters, rng),
        "highest leave-one-out": highest_first(moved, rng),
        "lowest leave-one-out": lowest_first(moved, rng),
        "last learned last": lowest_first(learned, rng),
        "last learned first": highest_first(learned, rng),
        "nearest to f_X": lowest_first(margin, rng),
        "k-centre": k_centre(X),
        "herding": herding(X, y),
    }
    return orders, [runs, refits]

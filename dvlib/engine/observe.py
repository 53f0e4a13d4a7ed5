"""Refits of a chunk of training subsets, and the observers that keep a few numbers of each.

An observer is a frozen dataclass that says what to keep of a model. The rest, such as the 250,000
labels of a boundary, is discarded.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from dvlib.checks import check_epochs, check_points, check_probes, check_references
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.classifiers import train_model
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import draw_stream


class Observer:
    """What observers have in common.

    `name` is that of the array in the result, `keep` what is kept of a TrainedModel, and `constant`
    what would be kept of a model with the same probabilities (K,) everywhere, which needs no fit.
    """

    def checked(self, n_sets, n_seeds, n_points):
        """The observer with checked arrays; a ValueError if they do not fit to the batch."""
        return self

    def chunk(self, k, rows):
        """The observer of the subsets `rows` and of seed k."""
        return self

    def epochs(self, config):
        """Epochs after which it needs the network."""
        return ()

    def whole(self, array, config):
        """The array of all subsets and seeds (S, K, …) as its readers want it."""
        return array


@dataclass(frozen=True, eq=False)
class Difference(Observer):
    """dv between the boundary on a mesh and each of R references, (R,).

    `references` are labels (R, side, side) for each of the K seeds.
    """

    mesh: MeshGrid
    references: object
    name = "dv"

    def checked(self, n_sets, n_seeds, n_points):
        check_references(self.references, n_seeds, self.mesh.side)
        return self

    def chunk(self, k, rows):
        return replace(self, references=self.references[k])

    def bytes(self, config, n_classes):
        return 8 * len(self.references[0])

    def keep(self, trained, config):
        labels = boundary(trained.fit.network, self.mesh)
        return [dv(labels, reference) for reference in self.references]

    def constant(self, probabilities):
        """Mean of |p − label| over a reference whose label is 1 on `share` of the mesh."""
        p, share = probabilities[1], np.array([labels.mean() for labels in self.references])
        return p * (1 - share) + (1 - p) * share


@dataclass(frozen=True, eq=False)
class Hits(Observer):
    """Whether probes are classified correctly after each epoch, bool (P, max_iter).

    Epochs after the last one run repeat its value. `probes`, int (S, P), are indices of points of
    the pool for each of the S subsets, in the plane.
    """

    probes: np.ndarray
    name = "hits"

    def checked(self, n_sets, n_seeds, n_points):
        return replace(self, probes=check_probes(self.probes, n_sets, n_points))

    def chunk(self, k, rows):
        return replace(self, probes=self.probes[rows])

    def bytes(self, config, n_classes):
        return self.probes.shape[1] * config.max_iter

    def keep(self, trained, config):
        hits = np.empty((config.max_iter, trained.fit.hits.shape[1]), bool)
        hits[: trained.fit.n_iter] = trained.fit.hits
        hits[trained.fit.n_iter :] = trained.fit.hits[-1]
        return np.packbits(hits.T, axis=-1)

    def whole(self, array, config):
        return np.unpackbits(array, axis=-1, count=config.max_iter).astype(bool)


@dataclass(frozen=True, eq=False)
class Weights(Observer):
    """Weights (`Network.packed`) after each of E rising epochs, see `dvlib.fit`: float32 (E, W).

    They give the boundary on any mesh without another fit. It is meant for few refits.
    """

    after: tuple
    name = "networks"

    def checked(self, n_sets, n_seeds, n_points):
        return replace(self, after=check_epochs(self.after))

    def bytes(self, config, n_classes):
        layers = pairwise((2, *config.hidden_layer_sizes, 1))
        return 8 * len(self.after) * sum((a + 1) * b for a, b in layers)

    def epochs(self, config):
        return self.after

    def keep(self, trained, config):
        return [trained.after[epoch].packed for epoch in self.after]


@dataclass(frozen=True, eq=False)
class Outputs(Observer):
    """Probability of label 1 at each of m points of the plane, float64 (m,)."""

    points: np.ndarray
    name = "outputs"

    def checked(self, n_sets, n_seeds, n_points):
        return replace(self, points=check_points(self.points, "outputs_at"))

    def bytes(self, config, n_classes):
        return 8 * len(self.points)

    def keep(self, trained, config):
        return trained.probabilities(self.points)[:, 1]

    def constant(self, probabilities):
        return np.full(len(self.points), probabilities[1])


@dataclass(frozen=True, eq=False)
class Probabilities(Observer):
    """Probabilities of the K classes at each of m points, float32 (m, K)."""

    points: np.ndarray
    name = "probabilities"

    def bytes(self, config, n_classes):
        return 4 * len(self.points) * n_classes

    def keep(self, trained, config):
        return np.float32(trained.probabilities(self.points))

    def constant(self, probabilities):
        return np.tile(np.float32(probabilities), (len(self.points), 1))


@dataclass(frozen=True, eq=False)
class Trajectory(Probabilities):
    """Probabilities of the K classes at each of m points after each epoch, float32 (E, m, K).

    Epochs after the last one run repeat its value. The model is a network.
    """

    name = "trajectories"

    def bytes(self, config, n_classes):
        return config.max_iter * super().bytes(config, n_classes)

    def epochs(self, config):
        return range(1, config.max_iter + 1)

    def keep(self, trained, config):
        watched = np.empty((config.max_iter, len(self.points), trained.n_classes), np.float32)
        n_iter = trained.fit.n_iter
        for epoch in range(1, n_iter + 1):
            watched[epoch - 1] = trained.probabilities(self.points, trained.after[epoch])
        watched[n_iter:] = watched[n_iter - 1]
        return watched


def observe_chunk(X, y, members, ends, seeds, config, engine, observers, n_classes):
    """Refit subsets of a pool of points and observe each; a pure function of its arguments.

    Parameters
    ----------
    X, y : pool of points (N, d) and their classes (N,), int 0 … K − 1
    members, ends : the concatenated indices of the c subsets, and the end of each subset in them.
        One long array is hashed and sent faster than a list of short arrays.
    seeds : c seeds, one of each subset
    config, engine : see `dvlib.refits.batch.RefitSettings`
    observers : tuple of observers of these subsets
    n_classes : K

    Returns
    -------
    dict of arrays (c, …): `n_iter`, the epochs that each fit took, and what the observers keep
    """
    streams, rows = {}, []
    plane = engine == "fast" and X.shape[1] == n_classes == 2
    epochs = tuple(sorted({epoch for observer in observers for epoch in observer.epochs(config)}))
    probes = next((observer.probes for observer in observers if isinstance(observer, Hits)), None)
    for k, (subset, seed) in enumerate(zip(np.split(members, ends[:-1]), seeds, strict=True)):
        watched, key = {}, (len(subset), seed)
        if plane and key not in streams:
            streams[key] = draw_stream(len(subset), config, seed)
        if probes is not None:
            watched = {"probes": X[probes[k]], "probe_labels": y[probes[k]]}
        trained = train_model(
            X[subset], y[subset], n_classes, config, seed=seed, engine=engine,
            snapshot_epochs=epochs, stream=streams.get(key), **watched,
        )  # fmt: skip
        kept = {observer.name: observer.keep(trained, config) for observer in observers}
        rows.append({"n_iter": trained.fit.n_iter} | kept)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}

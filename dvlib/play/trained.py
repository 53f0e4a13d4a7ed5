"""What the playground shows of one training set, computed by dvlib's engine.

The same as `front/kernel.js` computes in a browser, under the same names.
"""

from dataclasses import dataclass

import numpy as np

from dvlib.engine.boundaries import boundary, decision_on, dv
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, train
from dvlib.methods.forgetting import forgetting, last_learned


@dataclass(eq=False)
class Trained:
    """A training set and f_X, the network trained on it. Many threads may ask it at once.

    Attributes
    ----------
    X, y : training points (n, 2) and labels (n,)
    g : labels of the ground truth on `mesh`, uint8 (side, side); None = it is unknown
    config, seed : of every training
    mesh, drawn : MeshGrids on which boundaries are compared, and on which f is drawn
    """

    X: np.ndarray
    y: np.ndarray
    g: np.ndarray | None
    config: MLPConfig
    seed: int
    mesh: MeshGrid
    drawn: MeshGrid

    def __post_init__(self):
        fitted = self._train(self.X, self.y, self.X, self.y)
        hits, self.known = fitted.hits.T, fitted.hits[-1].astype(int)
        ran = np.ones_like(hits)
        self.forgotten, self.last = forgetting(hits, ran), last_learned(hits, ran)
        self.network, self.epochs, self.loss = fitted.network, fitted.n_iter, fitted.loss
        self.boundary = boundary(fitted.network, self.mesh)
        self.to_g = np.nan if self.g is None else dv(self.boundary, self.g)

    def base(self):
        """f_X, as the front end is told of it."""
        return {
            "epochs": self.epochs, "loss": self.loss, "toG": self.to_g,
            "forgotten": self.forgotten.astype(float), "last": self.last.astype(float),
            "f": self._decision(self.network),
        }  # fmt: skip

    def add(self, point, with_f=False):
        """Values of adding a point (x, y, label), as a dict; `f` on request."""
        fitted = self._with(point)
        hits, ran = fitted.hits.T, np.ones_like(fitted.hits.T)
        known, unknown = int(hits[0, -1]), self._is_right(self.network, point)
        values = self._changes(fitted.network, 1) | {
            "forgotten": int(forgetting(hits, ran)[0]), "last": int(last_learned(hits, ran)[0]),
            "known": known, "unknown": unknown, "memorized": known - unknown,
            "epochs": fitted.n_iter,
        }  # fmt: skip
        return values | ({"f": self._decision(fitted.network)} if with_f else {})

    def leave(self, i):
        """Values of leaving out training point i, as a dict.

        The last point takes its place, as in `dvlib.methods.one_point.refits_without_point`.
        """
        X, y = self.X[:-1].copy(), self.y[:-1].copy()
        X[i : i + 1], y[i : i + 1] = self.X[-1], self.y[-1]  # nothing to do for the last point
        network = self._train(X, y).network
        unknown = self._is_right(network, (*self.X[i], self.y[i]))
        return self._changes(network, -1) | {"memorized": int(self.known[i]) - unknown}

    def trajectory(self, point):
        """f after each epoch, from 0 on, and whether the point was correct then."""
        fitted = self._with(point, range(self.config.max_iter + 1))
        f = [self._decision(network) for network in fitted.snapshots[: fitted.n_iter + 1]]
        hits = fitted.hits[:, 0].astype(np.uint8)
        return {"epochs": fitted.n_iter, "f": np.concatenate(f), "hits": hits}

    def _with(self, point, snapshot_epochs=()):
        probe, label = np.array([point[:2]], float), np.array([point[2]], int)
        X, y = np.concatenate([self.X, probe]), np.concatenate([self.y, label])
        return self._train(X, y, probe, label, snapshot_epochs)

    def _train(self, X, y, probes=None, probe_labels=None, snapshot_epochs=()):
        return train(
            X, y, self.config, seed=self.seed, engine="fast", probes=probes,
            probe_labels=probe_labels, snapshot_epochs=snapshot_epochs,
        )  # fmt: skip

    def _changes(self, network, sign):
        labels = boundary(network, self.mesh)
        nearer = np.nan if self.g is None else sign * (self.to_g - dv(labels, self.g))
        return {"moved": dv(labels, self.boundary), "nearer": nearer}

    def _decision(self, network):
        return decision_on(network, self.drawn).astype(np.float32).ravel()

    @staticmethod
    def _is_right(network, point):
        return int((network.decision([point[:2]])[0] > 0) == (point[2] > 0))

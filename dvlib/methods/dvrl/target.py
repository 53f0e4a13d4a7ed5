"""The target set on which DVRL scores its predictors."""

from dataclasses import dataclass

import numpy as np

from dvlib.checks import check_choice, check_kind, check_labels, check_points
from dvlib.engine.boundaries import boundary, decision_on, dv
from dvlib.engine.mesh import MeshGrid

PERFORMANCES = ("accuracy", "log_loss")  # the log loss counts negatively: higher is better


@dataclass(frozen=True, eq=False)
class Target:
    """Labelled points, or a labelled mesh, on which predictors are scored.

    Attributes
    ----------
    labels : (n,) for points, or (side, side) for a mesh, with rows of constant y
    points : (n, 2), or None for a mesh
    mesh : MeshGrid, or None for points

    Raises
    ------
    ValueError : points and mesh both given or both missing, or bad arrays
    """

    labels: np.ndarray
    points: np.ndarray | None = None
    mesh: MeshGrid | None = None

    def __post_init__(self):
        if (self.points is None) == (self.mesh is None):
            raise ValueError("a target of both points and a mesh, or of neither: give one of them")
        if self.points is None:
            check_kind("mesh", self.mesh, MeshGrid)
            labels, sides = np.asarray(self.labels), (self.mesh.side, self.mesh.side)
            if labels.shape != sides:
                raise ValueError(
                    f"target labels of shape {labels.shape}: give {sides}, see boundary"
                )
            check_labels(labels.ravel(), labels.size, what="target labels")
        else:
            object.__setattr__(self, "points", check_points(self.points, "target points"))
            labels = check_labels(self.labels, len(self.points), what="target labels")
        object.__setattr__(self, "labels", labels.astype(np.int8))

    @classmethod
    def of_mesh(cls, mesh, g):
        """A mesh labelled by g, the paper's target set (section 2.3)."""
        return cls(boundary(g, mesh), mesh=mesh)

    def score(self, network, performance):
        """Accuracy of a network, or minus its mean log loss in nats; higher is better.

        Raises FloatingPointError if the network's weights are not finite.
        """
        check_choice("performance", performance, PERFORMANCES)
        if not np.isfinite(network.packed).all():
            raise FloatingPointError("the network to score has weights that are not finite")
        if performance == "accuracy":
            return 1 - dv(self._labels_of(network), self.labels)
        if self.mesh is not None:
            logits = decision_on(network, self.mesh)
        else:
            logits = network.decision(self.points)
        wrong = np.where(self.labels, -logits, logits)
        return -float(np.mean(np.maximum(wrong, 0) + np.log(1 + np.exp(-np.abs(wrong)))))

    def _labels_of(self, network):
        if self.mesh is not None:
            return boundary(network, self.mesh)
        return network.predict(self.points)

    @property
    def corners(self):
        """Points (m, 2) whose range is that of the target."""
        return self.mesh.axis[[0, -1], None] if self.points is None else self.points

    def training_set(self):
        """Points (n, 2) and labels (n,)."""
        if self.mesh is None:
            return self.points, self.labels.astype(int)
        return self.mesh.points, self.labels.T.ravel().astype(int)

"""The most valuable partner of a point (paper, section 4, "Models converge to Data Set").

For a linear g and a model of two points, x_i and x_j, the paper argues that the best x_j is the
mirror image of x_i: on the other side of g, as far from it, straight across.
"""

import time
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from dvlib.data.regions import Boundaries
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mlp import Network
from dvlib.methods.shapley.coalitions import coalitions
from dvlib.methods.values import DataValues, Samples
from dvlib.paper.studies.panels import Panel
from dvlib.refits.progress import progress_bar

# C: so large that the margin is hard, as in the paper's argument.
LINEAR_MODELS = {
    "linear SVM": lambda: SVC(kernel="linear", C=1e6),
    "logistic regression": lambda: LogisticRegression(),
}


@dataclass(frozen=True, eq=False)
class MirrorSample:
    """Values of all partners of one point, by model.

    They are DataValues of the grid points and, last, of the point's mirror image: the agreement
    1 − dv(f, g) of the model f of the point and its partner.
    """

    point: np.ndarray
    mirror: np.ndarray
    values: dict


@dataclass(frozen=True, eq=False)
class MirrorStudy:
    """A sample of each of several points, the first of which is drawn."""

    samples: list
    panels: list

    @property
    def passes(self):
        return [one for sample in self.samples for one in sample.values.values()]


def mirror_image(points, data):
    """Points (n, 2) reflected in the g of a data set of two clusters, the means' bisector."""
    first, second = data.means
    normal = (second - first) / np.linalg.norm(second - first)
    distance = (np.asarray(points) - (first + second) / 2) @ normal
    return points - 2 * distance[:, None] * normal


def mirror_study(settings):
    """Values of grid points as partners of the first `n_points` training points."""
    data, grid, n_points = settings.data, settings.grid, settings.n_points
    if len(data.means) != 2:
        raise ValueError(f"data set {data.name!r}: its g is not linear, give one of two clusters")
    points = data.X[:n_points]
    mirrors = mirror_image(points, data)
    models, samples = [*LINEAR_MODELS, "MLP"], []
    with progress_bar(n_points * len(models), "partners of a point", "model") as bar:
        for point, mirror in zip(points, mirrors, strict=True):
            partners, values = np.concatenate([grid.points, mirror[None]]), {}
            for model in models:
                values[model] = _partners(model, point, partners, data.g, settings)
                bar.update()
            samples.append(MirrorSample(point, mirror, values))
    mesh, drawn = settings.drawing_mesh, samples[0]
    marks = {"x": drawn.point, "its mirror image": drawn.mirror}
    truth = Boundaries(mesh, boundary(data.g, mesh), None)
    panels = [
        Panel(f"{model}: partners of x", values.at(np.s_[:-1]), grid, truth, marks=marks)
        for model, values in drawn.values.items()
    ]
    return MirrorStudy(samples, panels)


def _partners(model, point, partners, g, settings):
    """DataValues of `partners`: the agreement with g of a model of `point` and each of them."""
    started = time.perf_counter()
    refits = settings.refits()
    X = np.concatenate([point[None], partners])
    y, truth = g(X), boundary(g, refits.mesh)
    if model == "MLP":
        pairs = [[0, j] for j in range(1, len(X))]
        seen = [
            coalitions(X, y, pairs, refits, seed, references=truth[None], description="MLP of two")
            for seed in refits.seeds
        ]
        by_seed = 1 - np.column_stack([one.dv[:, 0] for one in seen])
        n_fits = sum(one.n_fits for one in seen)
    else:
        alone = truth.mean() if y[0] else 1 - truth.mean()  # two points of one label: that label
        by_seed = np.full((len(partners), 1), alone)
        others = np.flatnonzero(y[1:] != y[0])
        for j in others:
            pair = [0, j + 1]
            fitted = LINEAR_MODELS[model]().fit(X[pair], y[pair])
            line = _line(*fitted.coef_[0], fitted.intercept_[0])
            by_seed[j] = 1 - dv(boundary(line, refits.mesh), truth)
        n_fits = len(others)
    found = Samples(partners, y[1:], refits, n_fits, time.perf_counter() - started)
    return DataValues.over_seeds(found, by_seed, f"partner, {model}", "share of the mesh")


def _line(a, b, c):
    """The network with f = a x + b y + c, for the sweep: relu(z) − relu(−z) = z."""
    coefs = np.array([[a, -a], [b, -b]]), np.array([[1.0], [-1.0]])
    return Network.of_layers(coefs, (np.array([c, -c]), np.zeros(1)))

"""The most valuable partner of a point (paper, section 4, "Models converge to Data Set").

For a linear g and a model of two points, x_i and x_j, the paper argues that the best x_j is the
mirror image of x_i: on the other side of g, as far from it, straight across.
"""

from dataclasses import dataclass

import numpy as np

from dvlib.checks import check_choice
from dvlib.data.regions import Boundaries
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mlp import Network
from dvlib.methods.shapley.coalitions import coalitions
from dvlib.methods.values import DataValues, Samples
from dvlib.paper.drawing.panels import Panel
from dvlib.refits.progress import progress_bar
from dvlib.refits.workers import one_blas_thread

MODELS = ("linear SVM", "logistic regression", "MLP")


@dataclass(frozen=True, eq=False)
class PartnerSample:
    """Values of all partners of one point, by model.

    Attributes
    ----------
    point, mirror : (2,), the point and its mirror image
    values : dict of model → DataValues of the grid points and, last, of the mirror image: the
        agreement 1 − dv(f, g) of the model f that is trained on the point and its partner
    """

    point: np.ndarray
    mirror: np.ndarray
    values: dict

    @property
    def passes(self):
        return list(self.values.values())


def mirror_image(points, data):
    """Points (n, 2) reflected in the g of a data set of two clusters, the means' bisector."""
    first, second = data.means
    normal = (second - first) / np.linalg.norm(second - first)
    distance = (np.asarray(points) - (first + second) / 2) @ normal
    return points - 2 * distance[:, None] * normal


def partner_samples(settings, models=MODELS):
    """Values of the grid points as partners of each of the first `n_points` training points.

    Parameters
    ----------
    settings : Settings
    models : names of models, of `MODELS`

    Returns
    -------
    list of PartnerSample

    Raises
    ------
    ValueError : an unknown model, or a data set without two clusters, whose g is not linear;
        before any fit
    """
    data, grid, n_points = settings.data, settings.grid, settings.n_points
    if len(data.means) != 2:
        raise ValueError(f"data set {data.name!r}: its g is not linear, give one of two clusters")
    for model in models:
        check_choice("model", model, MODELS)
    points, samples = data.X[:n_points], []
    with progress_bar(n_points * len(models), "partners of a point", "model") as bar:
        for point, mirror in zip(points, mirror_image(points, data), strict=True):
            partners, values = np.concatenate([grid.points, mirror[None]]), {}
            for model in models:
                values[model] = _partners(model, point, partners, data.g, settings)
                bar.update()
            samples.append(PartnerSample(point, mirror, values))
    return samples


def partner_panels(settings, sample):
    """A map of the partners' values for each model: a list of Panel."""
    mesh = settings.drawing_mesh
    truth = Boundaries(mesh, boundary(settings.data.g, mesh), None)
    marks = {"x": sample.point, "its mirror image": sample.mirror}
    return [
        Panel(f"{model}: partners of x", values.at(np.s_[:-1]), settings.grid, truth, marks=marks)
        for model, values in sample.values.items()
    ]


def _partners(model, point, partners, g, settings):
    """DataValues of `partners`: the agreement with g of a model of `point` and each of them."""
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
    else:
        alone = truth.mean() if y[0] else 1 - truth.mean()  # two points of one label: that label
        by_seed = np.full((len(partners), 1), alone)
        others = np.flatnonzero(y[1:] != y[0])
        with one_blas_thread():  # several threads take ten times as long for two points
            for j in others:
                pair = [0, j + 1]
                fitted = _linear(model).fit(X[pair], y[pair])
                line = _line(*fitted.coef_[0], fitted.intercept_[0])
                by_seed[j] = 1 - dv(boundary(line, refits.mesh), truth)
    found = Samples(partners, y[1:], refits)
    return DataValues.over_seeds(found, by_seed, f"partner, {model}", "share of the mesh")


def _linear(model):
    """The linear model of that name, not yet fitted."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    # C is so large that the margin is hard, as in the paper's argument.
    return SVC(kernel="linear", C=1e6) if model == "linear SVM" else LogisticRegression()


def _line(a, b, c):
    """The network with f = a x + b y + c, for the sweep: relu(z) − relu(−z) = z."""
    coefs = np.array([[a, -a], [b, -b]]), np.array([[1.0], [-1.0]])
    return Network.of_layers(coefs, (np.array([c, -c]), np.zeros(1)))

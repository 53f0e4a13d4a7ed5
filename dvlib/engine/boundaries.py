"""Decision boundaries on a mesh, and dv, the difference of two boundaries (paper, equation 1)."""

import numpy as np
from contourpy import contour_generator

from dvlib.checks import check_alike, check_finite_weights, check_labels, check_predictor
from dvlib.engine.interrupts import Interruptible
from dvlib.engine.kernel.labels import label_mesh
from dvlib.engine.kernel.sweep import sweep
from dvlib.engine.mlp import Network


def boundary(model, mesh):
    """Hard labels of a model at every point of a mesh.

    Parameters
    ----------
    model : a `dvlib.engine.mlp.Network`, a function from points (n, 2) to labels (n,) such as
        `Dataset.g`, or an object with such a function as `predict`
    mesh : MeshGrid

    Returns
    -------
    uint8 ndarray of shape (side, side), rows of constant y

    Raises
    ------
    ValueError : weights that are not finite, or labels other than one 0 or 1 per point
    TypeError : neither a network nor a function
    """
    labels = np.empty((mesh.side, mesh.side), np.uint8)
    if not _evaluated(label_mesh, model, mesh, labels):
        predict = check_predictor(model)

        def checked(points):
            return check_labels(predict(points), len(points), what="labels of mesh points")

        _by_rows(checked, mesh, labels)
    return labels


def decision_on(network, mesh):
    """f = log(p / (1 − p)) of a network on a mesh, float64 (side, side), rows of constant y."""
    f = np.empty((mesh.side, mesh.side))
    if not _evaluated(sweep, network, mesh, f):
        _by_rows(network.decision, mesh, f)
    return f


def boundary_curves(network, mesh):
    """The boundary as curves: the zero level of f, interpolated between mesh points.

    Parameters
    ----------
    network : dvlib.engine.mlp.Network
    mesh : MeshGrid; f is interpolated linearly along each step

    Returns
    -------
    tuple of float arrays of shape (m, 2), one per curve; empty if all labels are the same
    """
    f = decision_on(network, mesh)
    return tuple(contour_generator(mesh.axis, mesh.axis, f).lines(0.0))


@Interruptible()
def _evaluated(kernel, model, mesh, out):
    """Fill `out` by a compiled kernel and return True, or return False for other models."""
    if not (isinstance(model, Network) and model.is_one_layer_of_relu):
        return False
    packed = model.packed.astype(float)
    check_finite_weights(packed)  # otherwise the kernels would index outside their arrays
    kernel(packed, mesh.low, mesh.step, mesh.low, mesh.step, out)
    return True


def _by_rows(function, mesh, out):
    """Fill `out` with a function of points, a few rows at a time.

    The whole mesh at once would need side² × H numbers in memory.
    """
    count = max(1, 5_000 // mesh.side)
    for start in range(0, mesh.side, count):
        y = mesh.axis[start : start + count]
        points = np.column_stack([np.tile(mesh.axis, len(y)), np.repeat(y, mesh.side)])
        out[start : start + count] = function(points).reshape(len(y), mesh.side)


def dv(a, b):
    """Mean absolute difference of two boundaries: the share of the mesh where they disagree.

    Equation (1) of the paper on hard labels; 0 for equal boundaries, 1 for opposite ones.

    Parameters
    ----------
    a, b : arrays of labels 0 and 1, of the same shape

    Raises
    ------
    ValueError : different shapes, or no labels at all
    """
    a, b = check_alike(a, b)
    return np.count_nonzero(a != b) / a.size

"""Decision boundaries on a mesh and the difference of two of them, dv (paper, equation 1)."""

import numpy as np

from dvlib.mlp import Network
from dvlib.sweep import sweep


def boundary(model, mesh):
    """Hard labels of a model on a mesh: the area it gives to class 1, mesh point by mesh point.

    Parameters
    ----------
    model : a `dvlib.mlp.Network`, or a function of an array of points (n, 2) to labels (n,),
        such as `Dataset.g` or the `predict` of a scikit-learn classifier
    mesh : MeshGrid

    Returns
    -------
    uint8 ndarray of shape (side, side), rows of constant y
    """
    labels = np.empty((mesh.side, mesh.side), np.uint8)
    if isinstance(model, Network) and model.activation == "relu" and len(model.coefs) == 2:
        packed = model.pack().astype(float)
        if not np.isfinite(packed).all():  # the sweep would look for kinks outside its arrays
            raise ValueError("a network whose weights are not all finite has no boundary")
        rows = columns = (mesh.low, mesh.step, mesh.side)
        sweep(packed, *columns, *rows, labels)
        return labels
    predict = getattr(model, "predict", model)
    for row, y in enumerate(mesh.axis):  # row by row: all at once would need side² × H numbers
        labels[row] = predict(np.column_stack([mesh.axis, np.full(mesh.side, y)]))
    return labels


def dv(a, b):
    """Mean absolute difference of two boundaries: the share of the mesh where they disagree.

    Equation (1) of the paper on hard labels; 0 for equal boundaries, 1 for opposite ones.

    Parameters
    ----------
    a, b : arrays of labels 0 and 1 of one shape

    Raises
    ------
    ValueError : different shapes
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"boundaries of shapes {a.shape} and {b.shape}: give both on one mesh")
    return np.count_nonzero(a != b) / a.size

"""Refuses to compare boundaries in the paper's plane if the points lie elsewhere."""

import numpy as np

from dvlib.engine.mesh import X_M

SMALLEST = 1 / 1000  # of the mesh's width: points that lie closer together share their mesh points


def check_plane(X, y, mesh):
    """Raise a ValueError if a mesh over the paper's plane says nothing about a training set.

    That mesh is the default of `RefitSettings`, and other points need a mesh of their own. Without
    this check all values would be 0, or nearly so. A mesh with other ends is taken as it is: then
    the caller has chosen it.

    Parameters
    ----------
    X, y : checked points (n, 2) and labels (n,), both present
    mesh : MeshGrid

    Raises
    ------
    ValueError : no point of a label lies on the mesh, or all points lie in a thousandth of it
    """
    if (mesh.low, mesh.high) != (X_M.low, X_M.high):
        return
    on_it = np.all((mesh.low <= X) & (mesh.high >= X), axis=1)
    missed = [str(label) for label in (0, 1) if not on_it[y == label].any()]
    if missed:
        why = f"no point of label {' or '.join(missed)} lies there"
    elif np.ptp(X, axis=0).max() < SMALLEST * (mesh.high - mesh.low):
        why = "all points lie in a thousandth of it"
    else:
        return
    low, high = float(X.min()), float(X.max())
    margin = (high - low) / 10
    raise ValueError(
        f"boundaries are compared on a mesh from {mesh.low:g} to {mesh.high:g}, the paper's, and "
        f"{why}: give a mesh around your points, such as RefitSettings(mesh=MeshGrid("
        f"{low - margin:.4g}, {high + margin:.4g}, {mesh.side})), or "
        "MeshGrid(*data.mesh_range, …) for a Dataset"
    )

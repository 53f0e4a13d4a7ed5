"""`dvlib.playground`: the playground in a notebook, on a data set or on points of your own."""

from importlib.util import find_spec
from typing import NamedTuple

import numpy as np

from dvlib.checks import (
    check_choice,
    check_count,
    check_labels,
    check_number,
    check_points,
    check_seed,
)
from dvlib.data.datasets import SAMPLED, check_dataset, make_dataset
from dvlib.data.plane import GIVEN, window_as_they_are
from dvlib.data.tables import is_csv
from dvlib.engine.boundaries import boundary
from dvlib.engine.mesh import PLOT_RANGE, X_M, MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.play.page import LESSONS, METHODS
from dvlib.play.page import config as page_config

# The front end has the same limits (state.js), as larger networks and sets would not be live.
HIDDEN, LARGEST_BATCH = (1000, 300, 100), 5000
FEWEST_PER_LABEL, MOST_PER_LABEL, STDS = 4, 1000, (0.05, 6)
FINEST = 1e-5  # of the largest coordinate: a few dozen steps of single precision
DRAWN = 71  # side of the mesh on which f is drawn


def playground(
    dataset="two_clusters", *, X=None, y=None, seed=0, hidden=1000, batch_size=200,
    method="leave-one-out", reference=None, cluster_std=None, n_per_class=None, lesson=0,
):  # fmt: skip
    """Drag a point, and see the boundary of the retrained network: the playground as a widget.

    Parameters
    ----------
    dataset : a name that `make_dataset` takes, the path of a CSV file, or "empty"
    X, y : points (n, 2) and labels (n,) of your own, in place of a data set; they stay as they are
    seed : int ≥ 0, of the sample and of every training
    hidden : 1000, 300 or 100 hidden units
    batch_size : int from 1 to 5000
    method : of the map: "leave-one-out", "forgetting", "last learned" or "memorization"
    reference : of leave-one-out: "f_X", how far a point moves the boundary, or "g", how much nearer
        to the ground truth; None = "f_X"
    cluster_std, n_per_class : of a sampled data set, from 0.05 to 6 and from 4 to 1000; None = its
        own, and 500
    lesson : 0 = none; 1, 2, … = start with this lesson, which has a place for the point

    Returns
    -------
    PlaygroundWidget, with what was drawn as `X`, `y`, `values` and `map`, and as `data` the
    training points that it was opened with

    Raises
    ------
    ImportError : anywidget is not installed
    ValueError : an unknown name, bad arrays or a number out of range; before anything is shown

    Examples
    --------
    >>> widget = dvlib.playground(X=[[0, 0], [1, 1], [3, 3]], y=[0, 0, 1])  # doctest: +SKIP
    >>> widget.X.shape  # after a click that added a point  # doctest: +SKIP
    (4, 2)
    """
    if find_spec("anywidget") is None:
        raise ImportError(
            "the playground in a notebook needs anywidget: pip install 'anywidget>=0.9,<1'; "
            "figures/playground.html needs a browser only"
        )
    from dvlib.play.notebook import PlaygroundWidget

    hidden = check_choice("hidden", hidden, HIDDEN)
    batch_size = check_count("batch_size", batch_size, 1, LARGEST_BATCH)
    seed, lesson = check_seed(seed), check_count("lesson", lesson, 0, len(LESSONS))
    sampling = {"n_per_class": n_per_class, "cluster_std": cluster_std}
    if X is None and y is None:
        opened = _from_name(dataset, seed, _sampling(sampling))
    else:
        opened = _from_points(X, y, sampling)
    # Lessons start from the usual settings, so what is chosen here is in the address.
    address = {
        "dataset": opened.name, "seed": seed, "hidden": hidden, "batch": batch_size,
        "method": _method(method, reference, opened), "n": n_per_class, "std": cluster_std,
        "probe": _middle(opened), "lesson": lesson,
    }  # fmt: skip
    parts = [f"{name}={value}" for name, value in address.items() if value is not None]
    config = page_config(lesson=0)
    config["sets"] |= opened.sets
    if lesson:
        parts.append(config["lessons"][lesson - 1]["start"])  # the last of a name counts
    training = {
        "config": MLPConfig((hidden,), batch_size=batch_size), "seed": seed, "mesh": opened.mesh,
        "drawn": MeshGrid(*opened.window, DRAWN), "g": opened.g,
    }  # fmt: skip
    return PlaygroundWidget(
        opened.X, opened.y, training, config=config, address=f"#{'&'.join(parts)}"
    )


class Opened(NamedTuple):
    """What the playground is opened with.

    `g` are labels of the ground truth on `mesh`, or None. `window` is (low, high) of the plane.
    `sets` is what the front end has to know of points that it cannot sample.
    """

    name: str
    X: np.ndarray
    y: np.ndarray
    g: np.ndarray | None
    mesh: MeshGrid
    window: tuple
    sets: dict


def _from_name(dataset, seed, sampling):
    """What a data set's name or a file opens."""
    name = check_dataset(dataset, (*SAMPLED, *GIVEN, "empty"))
    if name == "empty":
        _refuse(sampling, "there are none to sample")
        return Opened(name, np.empty((0, 2)), np.empty(0, int), None, X_M, PLOT_RANGE, {})
    data = make_dataset(name, seed=seed, **sampling)
    if name in SAMPLED:
        g = boundary(data.g, X_M)
        return Opened(name, data.X, data.y, g, X_M, data.plot_range, {})
    python = f"data = dvlib.make_dataset({name!r}, seed={seed})\nX, y = data.X, data.y"
    test = _columns(data.X_test, data.y_test)
    name = "own" if is_csv(name) else name
    return _not_sampled(name, data.X, data.y, data.plot_range, python, test=test)


def _from_points(X, y, sampling):
    """What points and labels open."""
    if X is None or y is None:
        missing = "y, a label 0 or 1 for each point" if y is None else "X, points (n, 2)"
        raise ValueError(f"{'X without y' if y is None else 'y without X'}: give {missing}, too")
    _refuse(sampling, "X is given as it is")
    X = check_points(X, "X")
    y = check_labels(y, len(X), what="y")  # of one label only: the front end asks for the other
    if np.ptp(X) <= FINEST * np.abs(X).max():
        raise ValueError(
            f"X has coordinates from {X.min():g} to {X.max():g}, too much alike for single "
            "precision, in which networks are trained: give points farther apart, or shift them"
        )
    python = "X, y = widget.data  # the points that the playground was opened with"
    return _not_sampled("own", X, y, window_as_they_are(X), python)


def _not_sampled(name, X, y, window, python, **further):
    mesh = MeshGrid(*window, X_M.side)  # also checks that neighbours of the mesh differ
    spec = further | _columns(X, y) | {
        "means": [], "meanLabels": [], "std": None, "noisy": False, "range": window,
        "mesh": {"low": mesh.low, "high": mesh.high, "side": mesh.side}, "python": python,
    }  # fmt: skip
    return Opened(name, X, y, None, mesh, window, {name: spec})


def _columns(X, y):
    return {"x": X[:, 0].tolist(), "y": X[:, 1].tolist(), "labels": y.tolist()}


def _sampling(sampling):
    """Arguments for sampling, within the limits of the front end."""
    n, std = sampling["n_per_class"], sampling["cluster_std"]
    if n is not None:
        check_count("n_per_class", n, FEWEST_PER_LABEL, MOST_PER_LABEL)
    if std is not None and not STDS[0] <= check_number("cluster_std", std) <= STDS[1]:
        raise ValueError(f"cluster_std {std!r}: give a number from {STDS[0]} to {STDS[1]}")
    return sampling


def _refuse(sampling, why):
    for name, value in sampling.items():
        if value is not None:
            raise ValueError(f"{name} {value!r}: {why}, leave it out")


def _method(method, reference, opened):
    """The front end's name of a method."""
    names = {name: short for short, name in METHODS.items()}
    method = check_choice("method", method, dict.fromkeys(name.split(",")[0] for name in names))
    if method in names:
        if reference is not None:
            raise ValueError(f"reference {reference!r}: {method} has none, leave it out")
        return names[method]
    reference = "f_X" if reference is None else check_choice("reference", reference, ("f_X", "g"))
    if reference == "g" and opened.g is None:
        raise ValueError(
            f"reference 'g': the ground truth of {opened.name!r} is unknown, give reference='f_X'"
        )
    return names[f"{method}, {reference}"]


def _middle(opened):
    """A place for the dragged point in a plane other than the paper's; else None."""
    if not opened.sets:
        return None
    middle = sum(opened.window) / 2
    nearest = np.square(opened.X - middle).sum(1).argmin()
    return f"{middle:.12g},{middle:.12g},{opened.y[nearest]}"

"""The data sets (Figure 5)."""

import textwrap
from pathlib import Path

import numpy as np
from matplotlib.lines import Line2D

from dvlib.data.regions import truth_on
from dvlib.paper.drawing import look


def drawn_datasets(settings, names):
    """A sample of each named data set, or only of the settings' own: a dict of name → Dataset."""
    if settings.dataset is not None:
        return {Path(settings.dataset).name: settings.data}
    return {name: settings.dataset_of(settings.seed, name) for name in names}


@look.own_look
def dataset_panels(samples, drawing_mesh):
    """Training points (filled) and test points (hollow) of data sets, with g and cluster means."""
    figure, axes = look.panels_of(len(samples))
    for ax, (name, data) in zip(axes, samples.items(), strict=True):
        look.scatter(ax, data.X, data.y)
        look.scatter(ax, data.X_test, data.y_test, hollow=True)
        look.draw_boundaries(ax, drawing_mesh, truth_on(data, drawing_mesh), units=data.units)
        ax.plot(*data.means.T, "+", color="white", markersize=12, markeredgewidth=4)
        ax.plot(*data.means.T, "k+", markersize=9, markeredgewidth=2)
        train, test = (np.bincount(labels) for labels in (data.y, data.y_test))
        name = textwrap.fill(Path(name).name.replace("_", " "), 24)  # a file may have its path
        ax.set_title(f"{name}\ntrain {train[0]} + {train[1]}, test {test[0]} + {test[1]}")
        look.square(ax)
    every = [points for data in samples.values() for points in (data.X, data.X_test)]
    look.frame(axes, *every, cells=[[drawing_mesh.low] * 2, [drawing_mesh.high] * 2])
    mean = Line2D([], [], linestyle="", marker="+", color="black", label="cluster mean")
    known = any(data.g is not None for data in samples.values())
    look.legend(figure, [*look.line_entries(known), *look.point_entries(("train", "test")), mean])
    return figure

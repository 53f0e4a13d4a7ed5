"""The picture of a table's values: by class, lowest and highest rows, agreement of methods."""

import numpy as np

from dvlib.paper.drawing.look import CLASS_COLOURS, RIGHT, WRONG, Drawing, own_look
from dvlib.paper.drawing.scales import FROM_ZERO

ENDS = 20  # rows at either end that are named


@own_look
def table_values(valued):
    """Three panels: values by class, the lowest and highest rows, rank correlations of methods.

    Parameters
    ----------
    valued : dvlib.tables.value.TableValues; the first two panels are of its first method

    Returns
    -------
    Drawing
    """
    name = next(iter(valued.values))
    frame = valued.to_frame(name)
    several = len(valued.values) > 1
    figure = Drawing(figsize=(15 if several else 11, 5.2), layout="constrained")
    axes = figure.subplots(1, 3 if several else 2)
    _by_class(axes[0], frame, valued.rows.classes, valued.values[name].method)
    _ends(axes[1], frame)
    if several:
        _agreement(figure, axes[2], valued.agreement())
    return figure


def _by_class(axes, frame, classes, title):
    """Values of each class in a column of points, with the median."""
    rng = np.random.default_rng(0)  # spreads the points sideways, nothing else
    for k, label in enumerate(classes):
        values = frame.loc[(frame["label"] == label).to_numpy(), "value"]
        across = k + rng.uniform(-0.3, 0.3, len(values))
        axes.scatter(
            across,
            values,
            s=10,
            color=CLASS_COLOURS[k % len(CLASS_COLOURS)],
            alpha=0.6,
            linewidths=0,
        )
        axes.hlines(values.median(), k - 0.4, k + 0.4, color="black")
    axes.set_xticks(range(len(classes)), [_short(label) for label in classes])
    axes.set_xlabel("label")
    axes.set_ylabel(title)
    axes.set_title("values by class, and their medians")


def _ends(axes, frame):
    """The lowest and highest values with their rows, labels and standard errors."""
    count = min(ENDS, len(frame) // 2)
    ranked = frame.sort_values("value", kind="stable")
    chosen = [*range(count), *range(len(ranked) - count, len(ranked))]
    places = np.arange(len(chosen)) + (np.arange(len(chosen)) >= count)  # a gap between the ends
    ends = ranked.iloc[chosen]
    errors = np.nan_to_num(ends["standard_error"])
    axes.errorbar(ends["value"], places, xerr=errors, fmt="o", markersize=4, color=RIGHT)
    wrong = (ends["label"] != ends["predicted"]).to_numpy()
    axes.plot(ends["value"][wrong], places[wrong], "s", color=WRONG, label="predicted otherwise")
    if wrong.any():
        axes.legend(loc="lower left", fontsize=8)
    names = [
        f"{_short(i)}: {_short(label)}" for i, label in zip(ends.index, ends["label"], strict=True)
    ]
    axes.set_yticks(places, names, fontsize=6.5)
    axes.invert_yaxis()
    axes.set_xlabel("value and its standard error")
    axes.set_title(f"the {count} lowest and highest rows")


def _agreement(figure, axes, correlations):
    image = axes.imshow(correlations, vmin=-1, vmax=1, cmap=FROM_ZERO)
    names = list(correlations)
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    for i, j in np.ndindex(correlations.shape):
        number = correlations.iloc[i, j]
        colour = "white" if abs(number) > 0.6 else "black"
        axes.text(j, i, f"{number:.2f}", ha="center", va="center", fontsize=8, color=colour)
    figure.colorbar(image, ax=axes, shrink=0.7, label="rank correlation")
    axes.set_title("agreement of the methods")


def _short(name):
    text = str(name)
    return text if len(text) <= 14 else text[:13] + "…"

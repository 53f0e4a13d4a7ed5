"""Which points a picture names, and where their names stand."""

import numpy as np

from dvlib.paper.drawing.look import HALO

NAMED = 3  # points of the highest values, and of the lowest, whose rows a picture names


def name_points(ax, values, rows):
    """Write next to the points of remarkable values which row of a file they are.

    Parameters
    ----------
    values : DataValues of n points
    rows : table of n lines with the column `row` and possibly `id`, such as a data set's `rows`
    """
    names = rows["id" if "id" in rows else "row"].astype(str)
    points, room = values.points, np.ptp(values.points, axis=0) * (0.3, 0.15)  # for a name
    beside = {}  # point → points that are named with it, because their names would overlap
    for k in remarkable(values.values):
        near = [j for j in beside if (np.abs(points[j] - points[k]) < room).all()]
        beside.setdefault(near[0] if near else k, []).append(k)
    across = (points[:, 0] - points[:, 0].min()) / (np.ptp(points[:, 0]) or 1.0)
    for k, together in beside.items():
        # Outwards, where fewer names meet; inwards near the edge, so that none leaves the panel.
        left = 0.3 < across[k] < 0.5 or across[k] > 0.7
        ax.annotate(
            ("" if "id" in rows else "row ") + "\n".join(names.iloc[together]), points[k],
            xytext=(-8 if left else 8, 6), textcoords="offset points", fontsize=7,
            ha="right" if left else "left", path_effects=HALO, linespacing=1.0,
            arrowprops={"arrowstyle": "-", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 1},
        )  # fmt: skip


def remarkable(values):
    """Indices of the highest and of the lowest values (n,), at most `NAMED` of each.

    A value that is shared by more points than these names none of them.
    """
    ranked = np.argsort(values, kind="stable")
    ranked = ranked[~np.isnan(values[ranked])]
    found = []
    for end in (ranked[::-1], ranked):
        steps = np.flatnonzero(np.diff(values[end[: NAMED + 1]]) != 0)
        found.extend(end[: steps[-1] + 1] if len(steps) else [])
    return list(dict.fromkeys(map(int, found)))

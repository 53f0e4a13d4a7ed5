"""Checks of what a user gives: each error says what was given, what is allowed, what to do."""

import difflib
import math
import operator

import numpy as np


def check_choice(what, given, allowed):
    """`given` if it is one of `allowed`, else a ValueError that names the nearest."""
    if given in allowed:
        return given
    near = difflib.get_close_matches(str(given), map(str, allowed), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"unknown {what} {given!r}: give one of {', '.join(map(str, allowed))}{hint}")


def check_count(what, given, at_least=1):
    """`given` as an int of `at_least` or more."""
    try:
        count = operator.index(given)
    except TypeError:
        count = None
    if count is None or isinstance(given, bool) or count < at_least:
        raise ValueError(f"{what} {given!r}: give a whole number of {at_least} or more")
    return count


def check_seed(given):
    """`given` as an int from 0 to 2³² − 1, what NumPy's RandomState takes."""
    seed = check_count("seed", given, at_least=0)
    if seed >= 2**32:
        raise ValueError(f"seed {seed}: give a whole number below 2**32")
    return seed


def check_number(what, given, kind="number"):
    """`given` as a finite float."""
    if isinstance(given, bool) or not isinstance(given, (int, float, np.number)):
        raise ValueError(f"{what} {given!r}: give a {kind}")
    if not math.isfinite(given):
        raise ValueError(f"{what} {given!r}: give a finite {kind}")
    return float(given)


def check_positive(what, given):
    """`given` as a finite float above 0."""
    number = check_number(what, given, "number above 0")
    if not number > 0:
        raise ValueError(f"{what} {given!r}: give a finite number above 0")
    return number


def check_points(points, what="points"):
    """`points` as a C-ordered float64 array of shape (n, 2), n ≥ 1, all finite."""
    points = np.ascontiguousarray(points, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        raise ValueError(f"{what} of shape {points.shape}: give an array of shape (n, 2), n ≥ 1")
    if not np.isfinite(points).all():
        bad = int(np.flatnonzero(~np.isfinite(points).all(1))[0])
        raise ValueError(f"{what}[{bad}] is {points[bad]}: every coordinate must be finite")
    return points


def check_labels(labels, count, *, both_classes=False, what="labels"):
    """`labels` as an int array of shape (count,) of 0 and 1."""
    labels = np.asarray(labels)
    if labels.shape != (count,):
        raise ValueError(f"{what} of shape {labels.shape}: give one for each of {count} points")
    # Comparisons, where isin and unique would sort: every fit comes by here.
    if not ((labels == 0) | (labels == 1)).all():
        raise ValueError(f"{what} {np.unique(labels)[:5]}: every label must be 0 or 1")
    if both_classes and (labels == labels[0]).all():
        raise ValueError(f"all {what} are {labels[0]}: a fit needs points of both classes")
    return labels.astype(int)

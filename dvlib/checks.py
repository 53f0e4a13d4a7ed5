"""Checks of what a user gives: each error says what was given, what is allowed, what to do."""

import difflib
import math
import operator
from itertools import islice

import numpy as np

LARGEST = 1e15  # of a coordinate: its square times a thousand units still fits float32
LARGEST_COUNT = 2**31 - 1  # beyond it, indices of the compiled code overflow
MAX_SEEDS = 10_000
_PLAIN = (str, int, float, type(None), np.bool_, np.integer, np.floating)


def shown(given):
    """`given` as a message shows it: in one line, and short."""
    try:
        text = " ".join(repr(given).split())
    except ValueError:  # Python does not write out a number of thousands of digits
        text = f"(a very large {type(given).__name__})"
    return text if len(text) <= 80 else text[:77] + "…"


def is_plain(given):
    """Whether it is a word, a number, True, False or None, also of NumPy's."""
    return isinstance(given, _PLAIN)


def check_choice(what, given, allowed):
    """The one of `allowed` that equals `given`, else a ValueError that names the nearest."""
    if is_plain(given) and not isinstance(given, float):  # others may not compare, or be 1.0
        for one in allowed:
            if one == given:
                return one
    text = given if isinstance(given, str) else shown(given)
    near = difflib.get_close_matches(text[:80], map(str, allowed), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    names = ", ".join(map(str, allowed))
    raise ValueError(f"unknown {what} {shown(given)}: give one of {names}{hint}")


def check_count(what, given, at_least=1, at_most=LARGEST_COUNT):
    """`given` as an int from `at_least` to `at_most`."""
    try:
        count = operator.index(given)
    except TypeError:
        count = None
    if count is None or isinstance(given, bool) or not at_least <= count <= at_most:
        limit = "" if at_most == math.inf else f", at most {at_most}"
        raise ValueError(f"{what} {shown(given)}: give a whole number of {at_least} or more{limit}")
    return count


def check_seed(given):
    """`given` as an int from 0 to 2³² − 1, what NumPy's RandomState takes."""
    seed = check_count("seed", given, at_least=0, at_most=math.inf)
    if seed >= 2**32:
        raise ValueError(f"seed {shown(seed)}: give a whole number below 2**32")
    return seed


def check_seeds(given):
    """`given` as a tuple of different seeds, one or more."""
    try:
        seeds = tuple(islice(given, MAX_SEEDS + 1))
    except TypeError:
        raise ValueError(f"seeds {shown(given)}: give a tuple, such as (0, 1)") from None
    seeds = tuple(check_seed(seed) for seed in seeds)
    if not 0 < len(set(seeds)) == len(seeds) <= MAX_SEEDS:
        raise ValueError(
            f"seeds {shown(given)}: give one or more, no two alike, at most {MAX_SEEDS}"
        )
    return seeds


def check_number(what, given, kind="number"):
    """`given` as a finite float."""
    if isinstance(given, bool) or not isinstance(given, (int, float, np.integer, np.floating)):
        raise ValueError(f"{what} {shown(given)}: give a {kind}")
    try:
        number = float(given)
    except OverflowError:  # an int beyond all floats
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{what} {shown(given)}: give a finite {kind}")
    return number


def check_positive(what, given):
    """`given` as a finite float above 0."""
    number = check_number(what, given, "number above 0")
    if not number > 0:
        raise ValueError(f"{what} {shown(given)}: give a finite number above 0")
    return number


def check_coordinate(what, given):
    """`given` as a float that a fit can take for a coordinate."""
    number = check_number(what, given)
    if abs(number) > LARGEST:
        raise ValueError(f"{what} {shown(given)}: give a number from −{LARGEST:g} to {LARGEST:g}")
    return number


def check_jobs(given):
    """`given` as joblib's number of workers: 1 to 1,024, or negative, from -1 = one a core."""
    jobs = check_count("n_jobs", given, at_least=-LARGEST_COUNT, at_most=1_024)
    if jobs == 0:
        raise ValueError("n_jobs 0: give a number of workers, or -1 for one a core")
    return jobs


def check_kind(what, given, kind):
    """`given` if it is an instance of a class of dvlib."""
    if not isinstance(given, kind):
        raise TypeError(f"{what} {shown(given)}: give a dvlib.{kind.__name__}")
    return given


def check_points(points, what="points"):
    """`points` as a C-ordered float64 array of shape (n, 2), n ≥ 1, none beyond ±1e15."""
    points = np.ascontiguousarray(
        _numbers(points, what, "give numbers, of shape (n, 2)"), dtype=float
    )
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        raise ValueError(f"{what} of shape {points.shape}: give an array of shape (n, 2), n ≥ 1")
    if not np.isfinite(points).all():
        bad = int(np.flatnonzero(~np.isfinite(points).all(1))[0])
        raise ValueError(f"{what}[{bad}] is {points[bad]}: every coordinate must be finite")
    if np.abs(points).max() > LARGEST:
        raise ValueError(f"{what} with a coordinate beyond ±{LARGEST:g}: scale the points down")
    return points


def check_labels(labels, count, *, both_classes=False, what="labels"):
    """`labels` as an int array of shape (count,) of 0 and 1."""
    labels = _numbers(labels, what, "every label must be 0 or 1, a number")
    if labels.shape != (count,):
        raise ValueError(f"{what} of shape {labels.shape}: give one for each of {count} points")
    # Comparisons, where isin and unique would sort: every fit comes by here.
    if not ((labels == 0) | (labels == 1)).all():
        raise ValueError(f"{what} {np.unique(labels)[:5]}: every label must be 0 or 1")
    if both_classes and (labels == labels[0]).all():
        raise ValueError(f"all {what} are {labels[0]}: a fit needs points of both classes")
    return labels.astype(int)


def _numbers(given, what, allowed):
    """`given` as an array of numbers; a ValueError for text, dates, gaps and ragged lists."""
    try:
        array = np.asarray(given)
        if array.dtype.kind == "O":  # what pandas gives of mixed columns, and Python's large ints
            array = array.astype(float)
    except (TypeError, ValueError, OverflowError):
        array = None
    if array is None or array.dtype.kind not in "biuf" or np.ma.is_masked(given):
        raise ValueError(f"{what} {shown(given)}: {allowed}, no text and no gaps")
    if array.dtype.kind == "f":
        with np.errstate(over="ignore"):  # NumPy's longer floats become inf
            array = array.astype(float, copy=False)
    return array

"""Checks of arguments: each error says what was given, what is allowed and what to do.

The checks are not part of `engine/`, because the keys of stored results depend on its code: a
reworded error must not make stored results invalid.
"""

import bisect
import difflib
import math
import operator
from itertools import islice, pairwise

import numpy as np

LARGEST = 1e15  # largest coordinate: its square times 1,000 units still fits into float32
LARGEST_COUNT = 2**31 - 1  # larger indices overflow in the compiled code
MAX_SEEDS = 10_000
ENGINES = ("fast", "sklearn")
LARGEST_NETWORK = 10_000_000  # weights: 240 MB for float64 weights and Adam's two moments
LARGEST_ORDER = 500_000_000  # points × epochs: 2 GB for their order
LARGEST_MEMORY = 4_000_000_000  # bytes that the arrays of one call may take
MAX_SIDE = 5_000  # a boundary takes a byte per mesh point, and each worker holds a few boundaries
FINEST, TINIEST = 1e-12, 1e-100  # smallest step of a mesh: relative to coordinates, and absolute
_PLAIN = (str, int, float, type(None), np.bool_, np.integer, np.floating)


def short(value):
    """`value` as text for a message: on one line, at most 80 characters."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # Python refuses to print an int with thousands of digits
        text = f"(a very large {type(value).__name__})"
    return text if len(text) <= 80 else text[:77] + "…"


def listed(words, most=5):
    """The first words of a list, with commas, and how many more there are."""
    words = [str(word) or "(no name)" for word in words]
    rest = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + rest


def percent(share):
    """A probability in words, such as "97 %"; what is not certain is never called so."""
    return "> 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def unboxed(value):
    """The scalar in an array without dimensions; any other value as it is."""
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def is_plain(value):
    """Whether a value is a string, number, bool or None; NumPy scalars count."""
    return isinstance(unboxed(value), _PLAIN)


def check_choice(what, value, allowed):
    """The entry of `allowed` that equals `value`; the ValueError suggests the closest match."""
    value = unboxed(value)
    # Other types may not compare to a bool. Floats are excluded because 1.0 == 1.
    if is_plain(value) and not isinstance(value, float):
        for choice in allowed:
            if choice == value:
                return choice
    text = value if isinstance(value, str) else short(value)
    near = difflib.get_close_matches(text[:80], map(str, allowed), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    names = ", ".join(str(choice) for choice in allowed if choice is not None)
    advice = f"give one of {names}" if names else "there is no choice here, leave it out"
    raise ValueError(f"unknown {what} {short(value)}: {advice}{hint}")


def check_measured(what, name, results):
    """Refuse a name that is none of the `results`, because nothing was measured for it."""
    if name not in results:
        names = ", ".join(map(str, results))
        raise ValueError(
            f"{what} {name!r} was not measured, only {names}: add it, or leave out what needs it"
        )


def check_count(what, value, at_least=1, at_most=LARGEST_COUNT):
    """`value` as an int from `at_least` to `at_most`."""
    value = unboxed(value)
    try:
        count = operator.index(value)
    except TypeError:
        count = None
    if count is None or isinstance(value, bool) or not at_least <= count <= at_most:
        limit = "" if at_most == math.inf else f", at most {at_most}"
        raise ValueError(f"{what} {short(value)}: give a whole number of {at_least} or more{limit}")
    return count


def check_seed(value):
    """`value` as an int from 0 to 2³² − 1, the range that NumPy's RandomState accepts."""
    seed = check_count("seed", value, at_least=0, at_most=math.inf)
    if seed >= 2**32:
        raise ValueError(f"seed {short(seed)}: give a whole number below 2**32")
    return seed


def check_seeds(value):
    """`value` as a tuple of distinct seeds, at least one."""
    try:
        seeds = tuple(islice(value, MAX_SEEDS + 1))
    except TypeError:
        raise ValueError(f"seeds {short(value)}: give a tuple, such as (0, 1)") from None
    seeds = tuple(check_seed(seed) for seed in seeds)
    if not 0 < len(set(seeds)) == len(seeds) <= MAX_SEEDS:
        raise ValueError(
            f"seeds {short(value)}: give one or more, no two alike, at most {MAX_SEEDS}"
        )
    return seeds


def check_number(what, value, kind="number"):
    """`value` as a finite float."""
    value = unboxed(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise ValueError(f"{what} {short(value)}: give a {kind}")
    try:
        number = float(value)
    except OverflowError:  # an int larger than any float
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{what} {short(value)}: give a finite {kind}")
    return number


def check_positive(what, value):
    """`value` as a finite float above 0."""
    number = check_number(what, value, "number above 0")
    if not number > 0:
        raise ValueError(f"{what} {short(value)}: give a finite number above 0")
    return number


def check_coordinate(what, value):
    """`value` as a float within ±1e15, the range that a fit accepts for coordinates."""
    number = check_number(what, value)
    if abs(number) > LARGEST:
        raise ValueError(f"{what} {short(value)}: give a number from −{LARGEST:g} to {LARGEST:g}")
    return number


def check_jobs(value):
    """`value` as a number of workers: 1 to 1,024, or negative as in joblib (-1 = one per core)."""
    jobs = check_count("n_jobs", value, at_least=-LARGEST_COUNT, at_most=1_024)
    if jobs == 0:
        raise ValueError("n_jobs 0: give a number of workers, or -1 for one per core")
    return jobs


def check_kind(what, value, kind):
    """`value` if it is an instance of a class of dvlib."""
    if not isinstance(value, kind):
        raise TypeError(f"{what} {short(value)}: give a dvlib.{kind.__name__}")
    return value


def check_points(points, what="points"):
    """`points` as a C-ordered float64 array of shape (n, 2), n ≥ 1, all within ±1e15."""
    points = _numbers(points, what, "give numbers, of shape (n, 2)")
    points = np.ascontiguousarray(points, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        raise ValueError(f"{what} of shape {points.shape}: give an array of shape (n, 2), n ≥ 1")
    if not np.isfinite(points).all():
        bad = int(np.flatnonzero(~np.isfinite(points).all(1))[0])
        raise ValueError(f"{what}[{bad}] is {points[bad]}: every coordinate must be finite")
    if np.abs(points).max() > LARGEST:
        raise ValueError(f"{what} with a coordinate beyond ±{LARGEST:g}: scale the points down")
    return points


def check_labels(labels, count, *, both_classes=False, what="labels"):
    """`labels` as an int array of shape (count,) with values 0 and 1."""
    labels = _numbers(labels, what, "every label must be 0 or 1, a number")
    if labels.shape != (count,):
        raise ValueError(f"{what} of shape {labels.shape}: give one for each of {count} points")
    # Every public fit checks its labels, and comparisons are faster than isin and unique (a sort).
    if not ((labels == 0) | (labels == 1)).all():
        raise ValueError(f"{what} {np.unique(labels)[:5]}: every label must be 0 or 1")
    if both_classes and (labels == labels[0]).all():
        raise ValueError(f"all {what} are {labels[0]}: a fit needs points of both classes")
    return labels.astype(int)


def check_training_set(X, y):
    """Training points (n, 2) and labels (n,) as checked arrays, with both classes present."""
    X = check_points(X, "X")
    return X, check_labels(y, len(X), both_classes=True)


def check_config(config):
    """Fields of an MLPConfig as a dict, converted to int and float.

    Numba would compile the kernel again for any other type.
    """
    sizes = config.hidden_layer_sizes
    if not isinstance(sizes, (tuple, list)):
        raise ValueError(f"hidden_layer_sizes {short(sizes)}: give a tuple, such as (1000,)")
    checked = {"hidden_layer_sizes": tuple(check_count("hidden layer size", n) for n in sizes)}
    weights = sum((a + 1) * b for a, b in pairwise((2, *checked["hidden_layer_sizes"], 1)))
    if weights > LARGEST_NETWORK:
        raise ValueError(
            f"hidden_layer_sizes {short(sizes)}: {weights} weights, give at most {LARGEST_NETWORK}"
        )
    checked["activation"] = check_choice("activation", config.activation, ("relu", "tanh"))
    for name in ("learning_rate_init", "epsilon"):
        checked[name] = check_positive(name, getattr(config, name))
    for name, top in (("alpha", np.inf), ("tol", np.inf), ("beta_1", 1), ("beta_2", 1)):
        checked[name] = check_number(name, getattr(config, name))
        if not 0 <= checked[name] < top:
            raise ValueError(f"{name} {getattr(config, name)!r}: give 0 or more, below {top}")
    for name in ("batch_size", "max_iter", "n_iter_no_change"):
        checked[name] = check_count(name, getattr(config, name))
    return checked


def why_not_fast(config):
    """Why the compiled kernel cannot fit an MLPConfig, or None if it can."""
    if len(config.hidden_layer_sizes) != 1:
        return f"hidden_layer_sizes {config.hidden_layer_sizes} (fast: one hidden layer)"
    if config.activation != "relu":
        return f"activation {config.activation!r} (fast: 'relu')"
    return None


def check_switch(what, value):
    """`value`, True or False, as a bool."""
    return check_choice(what, value, (True, False))


def check_engine(engine, model, allowed=ENGINES):
    """`engine`, if it exists and can fit the model, an MLPConfig or a scikit-learn classifier.

    "auto" is the fast engine if it can, else scikit-learn.
    """
    engine = check_choice("engine", engine, allowed)
    other = hasattr(model, "get_params")  # of scikit-learn
    reason = f"a {type(model).__name__}" if other else why_not_fast(model)
    if engine == "fast" and reason:
        raise ValueError(f'engine "fast" cannot fit {reason}: give engine="sklearn"')
    if engine == "auto":
        return "sklearn" if reason else "fast"
    return engine


def check_order(n, config):
    """Raise a ValueError if the order of n points in all epochs does not fit into memory."""
    if config.max_iter * n > LARGEST_ORDER:
        raise ValueError(
            f"max_iter {config.max_iter}: with {n} points give at most {LARGEST_ORDER // n}"
        )


def check_memory(count, what, needed):
    """Raise a ValueError if arrays of `count` things do not fit into memory.

    Parameters
    ----------
    count : number of things
    what : their name, such as "points"
    needed : a function of the count that never falls: an estimate of the bytes
    """
    if needed(count) > LARGEST_MEMORY:
        most = bisect.bisect_right(range(count), LARGEST_MEMORY, key=needed) - 1
        raise ValueError(
            f"{count} {what}: they would take {needed(count) / 1e9:.3g} GB of memory, give at most "
            f"{max(most, 0)}"
        )


def check_epochs(epochs):
    """Snapshot epochs as a tuple of ints ≥ 0 in strictly increasing order."""
    epochs = tuple(check_count("snapshot epoch", epoch, 0) for epoch in epochs)
    if any(later <= earlier for earlier, later in pairwise(epochs)):
        raise ValueError(f"snapshot epochs {epochs}: give them in rising order")
    return epochs


def check_probes(probes, n_sets, n_points):
    """Indices of pool points, a row for each subset, as an int array (S, P)."""
    probes = np.asarray(probes)
    if probes.ndim != 2 or len(probes) != n_sets or probes.dtype.kind not in "iu":
        raise ValueError(
            f"probes of shape {probes.shape}: give a row of indices for each of {n_sets}"
        )
    if probes.size and not (probes.min() >= 0 and probes.max() < n_points):
        raise ValueError(f"probes: indices must lie between 0 and {n_points - 1}")
    return probes


def check_references(references, n_seeds, side):
    """Raise a ValueError unless there are labels (R, side, side) for each seed."""
    if len(references) != n_seeds or any(
        len(labels) and np.shape(labels)[1:] != (side, side) for labels in references
    ):
        raise ValueError(f"references: give (R, {side}, {side}) labels for each seed")


def check_converged(weights):
    """Raise a ValueError unless all trained weights are finite."""
    if not np.isfinite(weights).all():
        raise ValueError("the fit diverged, its weights are not finite: scale X or lower the rate")


def check_finite_weights(weights):
    """Raise a ValueError unless all weights are finite, since otherwise there is no boundary."""
    if not np.isfinite(weights).all():
        raise ValueError("a network whose weights are not all finite has no boundary")


def check_predictor(model):
    """A model's function from points to labels: its `predict`, or the model itself."""
    predict = getattr(model, "predict", model)
    if not callable(predict):
        raise TypeError(f"{predict!r} has no boundary: give a Network or a function of points")
    return predict


def check_alike(a, b):
    """Two boundaries as arrays of the same shape, not empty."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"boundaries of shapes {a.shape} and {b.shape}: give both on one mesh")
    if a.size == 0:
        raise ValueError(f"boundaries of shape {a.shape}: give labels to compare")
    return a, b


def check_mesh(low, high, side):
    """low and high as floats, side as an int; the mesh points must be distinct in float64."""
    low, high = check_coordinate("mesh low", low), check_coordinate("mesh high", high)
    if not low < high:
        raise ValueError(f"a mesh from {low} to {high}: give low < high")
    side = check_count("mesh side", side, at_least=2, at_most=MAX_SIDE)
    step = (high - low) / (side - 1)
    if step <= max(FINEST * max(-low, high), TINIEST):
        raise ValueError(
            f"a mesh from {low} to {high} of side {side}: its step, {step:g}, is lost in rounding; "
            "give a wider one"
        )
    return low, high, side


def check_step(low, high, step):
    """low, high and step of a mesh as floats; the step fits the range and is not too fine."""
    low, high = check_coordinate("mesh low", low), check_coordinate("mesh high", high)
    allowed = f"number above 0 and at most the range, {high - low}"
    checked = check_number("grid step", step, allowed)
    if not 0 < checked <= high - low:
        raise ValueError(f"grid step {short(step)}: give a {allowed}")
    with np.errstate(over="ignore"):
        steps = np.floor(np.divide(high - low, checked) + 1e-9)
    if not steps < MAX_SIDE:
        raise ValueError(f"grid step {checked}: a mesh side {steps + 1:.0f} (at most {MAX_SIDE})")
    return low, high, checked


def _numbers(value, what, allowed):
    """`value` as an array of numbers; text, dates, missing values and ragged lists are errors."""
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O":  # mixed pandas columns and large Python ints
            array = array.astype(float)
    except (TypeError, ValueError, OverflowError):
        array = None
    if array is None or array.dtype.kind not in "biuf" or np.ma.is_masked(value):
        raise ValueError(f"{what} {short(value)}: {allowed}, no text and no gaps")
    if array.dtype.kind == "f":
        with np.errstate(over="ignore"):  # a longdouble beyond float64 becomes inf
            array = array.astype(float, copy=False)
    return array

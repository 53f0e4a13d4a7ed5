"""What the valuation of a table will compute, and about how long it will take."""

import time
from typing import NamedTuple

import numpy as np

from dvlib.checks import check_choice, check_memory, short
from dvlib.engine.classifiers import fit_model
from dvlib.methods.registry import known_methods

TIMED = 2_000  # rows of the fits that are timed, at most
FEWEST = 16  # random halves, of which each row is out of eight
LONGEST = 600  # seconds that a valuation with the default numbers of fits may take
WORDS = {
    "halves": "fits to random halves", "sets": "fits to sets of all sizes",
    "runs": "watched runs on all rows", "left_out": "fits without one row",
    "added": "fits with one row more", "dvrl": "fits to DVRL's selections",
}  # fmt: skip


class Plan(NamedTuple):
    """What will be computed for a table of encoded `rows` and `columns`.

    `fits` is a dict of pass → number of fits, and `seconds` the estimated wall time; None if
    nothing was timed yet.
    """

    rows: int
    columns: int
    fits: dict
    seconds: float | None = None

    @property
    def n_fits(self):
        return sum(self.fits.values())

    def __str__(self):
        fits = ", ".join(f"{count:,} {WORDS[name]}" for name, count in self.fits.items())
        took = "" if self.seconds is None else f"; about {duration(self.seconds)}"
        return f"{self.rows:,} rows × {self.columns} columns: {fits or 'no fits'}{took}"


def plan_of(methods, counts, shape, n_models=1):
    """The Plan of named methods, without its time.

    From `Counts`, the table's shape (n, d) and the number of models that are fitted to each half.
    """
    n, d = shape
    fits = {
        "halves": counts.halves * n_models, "sets": counts.sets, "runs": counts.runs,
        "left_out": (n + 1) * counts.left_out, "dvrl": counts.runs * (counts.dvrl + 2),
    }  # fmt: skip
    needed = {name for method in methods for name in known_methods("rows")[method].passes}
    return Plan(n, d, {name: count for name, count in fits.items() if name in needed})


def check_room(methods, counts, shape, n_classes, n_target, settings, n_models=1):
    """Refuse what does not fit into memory before any fit, not when a method comes to it.

    Methods, counts and shape are as for `plan_of`. `n_target` is the number of points of the
    target, None for the rows of the table. The ValueError has the number of rows that fit.
    """
    outputs = 1 if n_classes == 2 else n_classes
    epochs = settings.config.max_iter if settings.is_network else 0

    def of_fits(n):
        return 4 * (n + (n_target or 0)) * n_classes + n

    needed = {
        "halves": lambda n: n_models * counts.halves * of_fits(n),
        "sets": lambda n: counts.sets * of_fits(n),
        "runs": lambda n: 4 * counts.runs * epochs * n * n_classes,
        # Row numbers of each subset, and probabilities at all points and rows, which are copied.
        "left_out": lambda n: (
            8 * n * n + 8 * counts.left_out * n * (n + (n_target or n)) * n_classes
        ),
        "influence_functions": lambda n: max(32 * n, 16 * (n_target or n)) * n * outputs**2,
    }
    for name in (*plan_of(methods, counts, shape).fits, *methods):
        if name in needed:
            check_memory(shape[0], f"rows for {WORDS.get(name, name)}", needed[name])


def costs_of(X, y, n_classes, settings):
    """Estimated seconds of one fit of each pass, a dict, from fits to some of the rows.

    From two sizes we tell how the time grows with the rows. A watched run also predicts all rows
    after each epoch; of many rows with few columns, this takes longer than the fit. Results in the
    cache would take no time, but the estimate does not look for them.
    """
    half, whole, predict = _seconds_of_fits(X, y, n_classes, settings)
    epochs = settings.config.max_iter if settings.is_network else 1
    of_all = dict.fromkeys(("left_out", "added", "dvrl"), whole + predict)
    of_halves = dict.fromkeys(("halves", "sets"), half + predict)
    return of_all | of_halves | {"runs": whole + epochs * predict}


def timed(plan, costs, workers):
    """The plan with its seconds, from the `costs_of` its passes and the number of processes."""
    if not plan.fits:
        return plan._replace(seconds=0.0)
    work = sum(count * costs[name] for name, count in plan.fits.items())
    return plan._replace(seconds=work / min(workers, max(plan.fits.values())))


def after_fits(methods, n_runs, n, n_target, n_classes):
    """Estimated seconds of what follows the fits: of influence functions, a solve for each run.

    It has n · outputs rows, so that it grows with their cube; a small product tells the rate.
    """
    if "influence_functions" not in methods:
        return 0.0
    side = 600
    small, outputs = np.ones((side, side)), 1 if n_classes == 2 else n_classes
    began = time.perf_counter()
    for _ in range(3):
        small = small @ small / side
    rate = 3 * 2 * side**3 / (time.perf_counter() - began)
    size, m = n * outputs, n_target or n
    # LU, the solves of all rows, and products with the target, in multiplications and additions.
    work = 2 / 3 * size**3 + 2 * size**2 * n + 2 * m * outputs * size * n
    return 2 * n_runs * work / rate  # copies and probabilities take as long again


def n_workers(settings):
    """Number of processes that compute at once."""
    from joblib import cpu_count

    return settings.n_jobs if settings.n_jobs > 0 else max(1, cpu_count() + 1 + settings.n_jobs)


def _seconds_of_fits(X, y, n_classes, settings):
    """Estimated seconds of a fit to half of the rows, to all, and of predicting all."""
    model, seed, engine = settings.config, settings.seed, settings.engine
    if settings.is_network:  # compiles the kernel, which is not to be timed
        two = [np.argmin(y), np.argmax(y)]  # of one class, there would be no fit
        fit_model(X[two], y[two], n_classes, model, 0, engine)(X[:1])
    order = np.random.default_rng(seed).permutation(len(X))

    def seconds(count):
        rows = order[: max(2, count)]
        began = time.perf_counter()
        predict = fit_model(X[rows], y[rows], n_classes, model, seed, engine)
        fitted = time.perf_counter()
        predict(X[order[:TIMED]])
        return fitted - began, time.perf_counter() - fitted

    large = min(len(X) // 2, TIMED)
    small = large // 2
    of_small, predict = seconds(small)
    if of_small < 1:  # the first fit may have imported libraries
        of_small, predict = seconds(small)
    of_large, power = of_small, 1
    if of_small < 0.5:
        of_large, predict = seconds(large)
        if of_small > 0.02:  # of shorter times, the ratio is mostly noise
            power = np.clip(np.log2(of_large / of_small), 0.5, 3)
    else:
        large = small
    half = of_large * (len(X) / 2 / large) ** power
    return half, half * 2**power, predict * len(X) / min(len(X), TIMED)


def halves_within(plan, halves, seconds):
    """How many of the random halves of a timed plan fit into a budget; no fewer than `FEWEST`."""
    if plan.seconds <= seconds or halves <= FEWEST:
        return halves
    return max(FEWEST, int(halves * seconds / plan.seconds) // 2 * 2)


def check_plan(plan, asked, numbers="n_fits, n_runs"):
    """Refuse a plan that takes longer than ten minutes, unless its numbers were asked for.

    The ValueError has the plan, and how to change it.
    """
    if plan.seconds > LONGEST and not asked:
        raise ValueError(
            f"{plan}. That is more than {duration(LONGEST)}: give fewer rows or methods, a "
            f"cheaper model, or the numbers of fits that you want ({numbers}), and it will be done"
        )


def duration(seconds):
    """Seconds in words, such as "40 s" or "10 min"."""
    if seconds < 1:
        return "a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5_400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"


def check_methods(methods, target, is_network):
    """The names of the methods as a tuple, once each, if target and model allow them.

    An unknown name, no name, a missing target, or a model that is not a network is a ValueError.
    """
    rows = known_methods("rows")
    methods = (methods,) if isinstance(methods, str) or not np.iterable(methods) else tuple(methods)
    if not methods:
        raise ValueError(f"no methods: give some of {', '.join(rows)}")
    methods = tuple(dict.fromkeys(check_choice("method", name, rows) for name in methods))
    labelled = target is not None and target[1] is not None
    for name in methods:
        if rows[name].target == "labels" and not labelled:
            raise ValueError(
                f"method {name!r} says what helps on a target: give target=(X_valid, y_valid), "
                "labelled rows that are not in the table"
            )
        if "runs" in rows[name].passes and not is_network:
            raise ValueError(
                f"method {name!r} watches a network's training: give model=dvlib.MLPConfig(…), or "
                f"methods of any model, such as 'oob'; {short(methods)} were asked for"
            )
    return methods

"""What is each row of a table worth, and which labels look wrong (`value`)?"""

import json
import sys
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from importlib import import_module

import numpy as np
import pandas as pd

from dvlib.checks import check_choice, check_count, listed
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.registry import known_methods
from dvlib.methods.values import DataValues
from dvlib.refits.batch import RefitSettings
from dvlib.tables.frames import read_rows
from dvlib.tables.labels import check_order
from dvlib.tables.models import given, groups_of, on_table, probabilities_of
from dvlib.tables.plan import (
    after_fits,
    check_methods,
    check_plan,
    check_room,
    costs_of,
    halves_within,
    n_workers,
    plan_of,
    timed,
)  # fmt: skip
from dvlib.tables.remedies import check_remedies
from dvlib.tables.sample import UTILITIES, Counts, RowSample
from dvlib.tables.verdict import label_verdict


@dataclass(frozen=True, eq=False)
class TableValues:
    """Values of the n rows of a table.

    `rows` are `dvlib.tables.frames.Rows`, and `values` a dict of method → dvlib.DataValues.
    `probabilities` (n, K) of the classes at each row are means over fits, which were trained
    without the row if `out_of_sample`. `seconds` is the wall time, `plan` what was computed, and
    `labelled` whether there was a target with labels. `checked` is a dict of row, by its index, to
    whether its label is wrong, of the rows that the user has looked at. `families` are the
    RefitSettings of the models that were fitted to halves; the first made the other passes.
    """

    rows: object
    values: dict
    probabilities: np.ndarray
    out_of_sample: bool
    seconds: float
    plan: object
    labelled: bool = False
    checked: dict = field(default_factory=dict)
    families: tuple = ()

    @cached_property
    def verdict(self):
        """The `dvlib.tables.verdict.LabelVerdict`: which labels are wrong, and how many.

        It needs probabilities out of sample. Without them it is a ValueError.
        """
        if not self.out_of_sample:
            raise ValueError(
                "a verdict needs probabilities by fits that did not see the row: add the method "
                f"'oob' to {listed(self.values)}"
            )
        if self.checked and not self.rows.index.is_unique:
            raise ValueError("checked rows are named by the table's index: give each row its own")
        places = self.rows.index.get_indexer([*self.checked]) if self.checked else np.array([], int)
        if (places < 0).any():
            strange = [row for row, k in zip(self.checked, places, strict=True) if k < 0]
            raise ValueError(f"checked rows {listed(strange)} are not in the table")
        checked = dict(zip(places.tolist(), self.checked.values(), strict=True))
        return label_verdict(
            self.probabilities, self.rows.y, checked=checked, classes=self.rows.classes
        )

    def issues(self, checked=None):
        """One line per row, most suspicious first: given and suggested label, and how sure that is.

        The columns are: flagged (yes or no), P(wrong), label, suggested, P(label), and also
        (unusual, but not flagged). `checked` replaces that of these values.

        Examples
        --------
        >>> from sklearn.datasets import load_wine
        >>> X, y = load_wine(return_X_y=True)
        >>> y[:5] = 2
        >>> found = value(X, y, "oob", quiet=True).issues()
        >>> found.index[:5].sort_values().tolist(), found["suggested"].iloc[0]
        ([0, 1, 2, 3, 4], 0)
        """
        if checked is not None:
            return replace(self, checked=checked).issues()
        verdict, rows = self.verdict, self.rows
        frame = pd.DataFrame(
            {
                "flagged": verdict.flagged, "P(wrong)": verdict.wrong,
                "label": rows.classes[rows.y], "suggested": rows.classes[verdict.suggested],
                "P(label)": self.p_label, "also": verdict.also,
            },
            index=rows.index,
        )  # fmt: skip
        return frame.iloc[np.lexsort((self.p_label, -verdict.wrong))]

    def to_json(self):
        """The verdict, what was done to the table, and the flagged rows, as JSON."""
        verdict, rows = self.verdict, self.rows
        number = None if verdict.refused else [verdict.number, verdict.low, verdict.high]
        issues = self.issues()
        issues = issues[issues["flagged"]].drop(columns=["flagged", "also"])
        return json.dumps(
            {
                "rows": len(rows.y), "label": rows.label, "says": verdict.says(), "number": number,
                "at_most": verdict.bound, "refused": verdict.refused,
                "precision": None if np.isnan(verdict.precision) else verdict.precision,
                "recall": None if np.isnan(verdict.recall) else verdict.recall,
                "liberties": [*map(str, rows.liberties)], "hints": [*rows.hints],
                "flagged": [
                    {"row": row} | line
                    for row, line in zip(issues.index, issues.to_dict("records"), strict=True)
                ],
            },
            indent=1, default=str,
        )  # fmt: skip

    def check(self, model=None, *, n_folds=5, n_runs=3, quiet=False):
        """Does it help to remove or relabel the flagged rows? See `check_remedies`.

        `model` is the user's, an MLPConfig or a scikit-learn classifier; None = that of the values.
        The flags come from the values' model in any case.

        Returns
        -------
        DataFrame: accuracy and gain of each remedy on rows held out, with standard errors
        """
        rows, settings = self.rows, self.families[0]
        own = settings
        if model is not None:
            own = replace(settings, config=model, engine="auto")
            own = settings_on_table(own, rows, rows.frame)
        if any(getattr(family.config, "frame", None) is not None for family in self.families):
            raise ValueError(
                "the rows are flagged anew in each fold, by models of numbers: value the table "
                "without a model that prepares its own columns, and give that to check"
            )
        halves = self.plan.fits.get("halves", DEFAULTS.halves) // len(self.families)

        def flagged_by(X, y):
            sample = RowSample(
                X, y, len(rows.classes), settings, None, DEFAULTS._replace(halves=halves), None,
                families=self.families, balanced=True,
            )  # fmt: skip
            _ = sample.halves
            return _predicted(sample)[0]

        (X,) = given(own.config, rows.X)
        return check_remedies(
            rows.X, X, rows.y, len(rows.classes), own, flagged_by, n_folds=n_folds, n_runs=n_runs,
            seed=settings.seed,
        )  # fmt: skip

    def plot(self):
        """The picture of `dvlib.plots.table_values`: values by class, the ends, and the methods."""
        # By its name, as pandas finds its own: values do not depend on how they are drawn.
        return import_module("dvlib.paper.drawing.maps").table_values(self)

    @property
    def n_fits(self):
        """Number of fits, each counted once."""
        return self.plan.n_fits

    @property
    def predicted(self):
        """The most probable label of each row, (n,)."""
        return self.rows.classes[self.probabilities.argmax(1)]

    @property
    def p_label(self):
        """Probability of each row's own label, (n,)."""
        return self.probabilities[np.arange(len(self.rows.y)), self.rows.y]

    def to_frame(self, method=None):
        """One line per row: label, predicted, P(label), value, standard_error, rank and fits.

        Rank 1 is the lowest value. With several methods, None for all of them, each has its own
        columns, such as "oob value", and the numbers of fits are in the frame's `attrs["fits"]`.
        """
        names = list(self.values) if method is None else [self._chosen(method)]
        columns = {
            "label": self.rows.classes[self.rows.y], "predicted": self.predicted,
            "P(label)": self.p_label,
        }  # fmt: skip
        for name in names:
            valued, prefix = self.values[name], "" if len(names) == 1 else f"{name} "
            columns[f"{prefix}value"] = valued.values
            columns[f"{prefix}standard_error"] = valued.standard_errors
            columns[f"{prefix}rank"] = pd.Series(valued.values).rank(method="min").to_numpy()
            if len(names) == 1:
                columns["fits"] = valued.n_fits
        frame = pd.DataFrame(columns, index=self.rows.index)
        frame.attrs["fits"] = {name: self.values[name].n_fits for name in names}
        return frame

    def hard_is_high(self, method):
        """Whether a high value of a method means that a row is hard, so that it is to be looked at.

        Without labels of a target, leave-one-out and influence functions tell how far a row moves
        the model, which hard rows do most.
        """
        if method == GIVEN:
            return False
        chosen = known_methods("rows")[method]
        return chosen.hard or (chosen.target == "points" and not self.labelled)

    def suspects(self, count=20, method=None):
        """The rows to look at first, as a frame: the hardest by a method, by default the first."""
        name = self._chosen(method)
        frame, values = self.to_frame(name), self.values[name].values
        order = np.argsort(-values if self.hard_is_high(name) else values, kind="stable")
        return frame.iloc[order[:count]]  # by position: the index may be named "value"

    def agreement(self):
        """Rank correlations of the methods, a frame; methods where high means hard are negated."""
        signs = {name: -1 if self.hard_is_high(name) else 1 for name in self.values}
        frame = pd.DataFrame({name: signs[name] * v.values for name, v in self.values.items()})
        return frame.corr("spearman")

    def says(self):
        """What was found, in a few sentences: the verdict, if there is one, else the values."""
        return self.verdict.says() if self.out_of_sample else self.values_say()

    def values_say(self):
        """Three sentences on the values of the first method."""
        n, wrong = len(self.rows.y), self.predicted != self.rows.classes[self.rows.y]
        seen = "fits that did not see them" if self.out_of_sample else "fits that saw them"
        first = (
            f"{wrong.sum():,} of {n:,} rows ({wrong.mean():.1%}) are predicted otherwise than "
            f"their label by {seen}; such rows are mislabelled, rare or hard."
        )
        if not wrong.any():
            doubt = "" if self.out_of_sample else ", which may have learned them by heart"
            first = f"All {n:,} rows are predicted as they are labelled by {seen}{doubt}."
        name, valued = next(iter(self.values.items()))
        hardest = ", ".join(
            f"{index} ({label}, predicted {predicted}, P(label) {p:.2f})"
            for index, label, predicted, p in self.suspects(3, name).iloc[:, :3].itertuples()
        )
        second = f"By {valued.method}, look first at rows {hardest}."
        errors, spread = valued.standard_errors, np.nanstd(valued.values)
        third = "How sure these values are is not known: give more runs or fits."
        if spread == 0:
            third = "All values are equal: this method finds no difference between the rows."
        elif np.isfinite(errors).any():
            third = (
                f"A value's standard error is {errors[np.isfinite(errors)].mean():.2g}, and values "
                f"differ by {spread:.2g} (standard deviation): ranks of rows closer than two "
                "errors may be chance."
            )
        return f"{first} {second} {third}"

    def to_pydvl(self, path, method=None):
        """Write the values of a method, by default the first, to a file for pyDVL.

        `dvlib.DataValues.to_pydvl` says how pyDVL reads it.
        """
        self.values[self._chosen(method)].to_pydvl(path)

    def _chosen(self, method):
        first = next(iter(self.values))
        return first if method is None else check_choice("method", method, self.values)

    def __repr__(self):
        return f"values of {len(self.rows.y):,} rows by {', '.join(self.values)}: {self.says()}"

    def _repr_html_(self):
        """In a notebook: what was found, and the ten most suspicious rows with their own cells."""
        if not self.out_of_sample:
            return f"<p>{escape(repr(self))}</p>"
        top = self.issues().head(10).drop(columns="also")
        if self.rows.index.is_unique:
            own = self.rows.frame.loc[top.index]
            top = pd.concat([top, own[[name for name in own if name not in top]]], axis=1)
        return f"<p>{escape(self.says())}</p>{top.to_html(float_format='%.3g', max_cols=20)}"


GIVEN = "given"  # name of the values that are given probabilities
CONTRASTS = {"memorization", "influence", "banzhaf"}  # compare sets with a row and without it
MANY_ROWS, FEW_HALVES = 5_000, 24  # of 20,000 rows, 20 halves found nearly what 100 did
BUDGETED = 0.6  # of the seconds: large tables took half as long again as was estimated
CHEAP = ("p_label", "oob")  # strong, and a hundred fits in all
DEFAULTS = Counts(halves=100, sets=1_000, runs=5, left_out=1, dvrl=500)


def value(
    X, y=None, methods=None, *, target=None, label=None, n_fits=None, n_runs=None, seconds=60,
    model=None, models=(), probabilities=None, groups=None, checked=None, utility=None,
    strict=False, text=(), drop=(), keep=(), seed=0, engine="auto", cache=True, n_jobs=-1,
    quiet=False,
):  # fmt: skip
    """Value the rows of a table.

    The table is taken as it is: gaps are filled, dates become days, ids and free text are left out.
    What was done to it is told, and kept in `rows.liberties` of the result.

    Parameters
    ----------
    X : array (n, d), or frame of pandas, polars or pyarrow, with columns of numbers, dates and
        text. Numbers are standardized; text becomes a column of 0 and 1 for each category
    y : n labels of any kind, two or more classes; None = the column `label` of the frame
    methods : names of methods, keys of `dvlib.known_methods("rows")`, such as "oob" or
        ["p_label", "loo"]; None = p_label and oob (oob alone, if the model is no network)
    target : (X_valid, y_valid), labelled rows that are not in the table, for the methods whose
        `target` is "labels"; or rows X alone, on which those whose target is "points" compare
        models; None = the rows of the table, without their labels
    label : name of the label's column
    n_fits : number of random halves, of sets of all sizes, and of iterations of DVRL; None = 100,
        1,000 and 500
    n_runs : number of watched runs, of runs of DVRL, and of seeds of leave-one-out; None = 5, 5
        and 1
    model : MLPConfig or scikit-learn classifier; None = a network of 100 units, and for the halves
        of oob also a tree, whose probabilities are averaged with the network's. A classifier is
        fitted with your own labels, to a DataFrame of the standardized and encoded numbers
        (`Rows.X`, with the columns `Rows.names`). If it holds a ColumnTransformer, such as a step
        of a Pipeline, it is given your own columns as they are, except the label's
    seconds : budget. Without `n_fits`, 100 random halves are fitted, of more than 5,000 rows 24,
        or as many as the budget allows, but 16 or more. If p_label does not fit into it, or of more
        than 5,000 rows, oob is the only default method. What was cut is told
    models : several models, each fitted to the same random halves; the first is also that of the
        other passes
    probabilities : (n, K) of the classes at each row, out of sample, from anything, such as
        scikit-learn's cross_val_predict; columns are the sorted labels, or those of a DataFrame.
        Without `methods`, nothing is fitted
    groups : n labels, or the name of a column: rows of a group, such as a patient, a user or a
        site, are always in the same half
    checked : dict of row, by its index, to whether its label is wrong, of rows that you looked at
    utility : "log_likelihood" or "accuracy" of the target, for banzhaf, shapley, loo and
        influence_functions; with accuracy on a small target, most rows get the same value. None =
        accuracy for shapley, whose small sets may lack a class, and log-likelihood for the others
    strict : True = refuse a table that would have to be changed
    text, drop, keep : columns to take as text whatever they look like, to leave out, and to use
        though they look like ids or free text
    seed, engine, cache, n_jobs : see `dvlib.refits.batch.RefitSettings`
    quiet : False = write the plan and its estimated time to the standard error before the fits,
        and what was done to the table

    Returns
    -------
    TableValues

    Raises
    ------
    ValueError : before any computing, a table, target or number that cannot be used; after one
        timed fit, a plan of more than ten minutes, if neither n_fits nor n_runs is given
    TypeError : a model that is neither an MLPConfig nor a scikit-learn classifier

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> valued = value(*load_iris(return_X_y=True), "oob", n_fits=20, quiet=True)
    >>> valued.to_frame().columns.tolist()
    ['label', 'predicted', 'P(label)', 'value', 'standard_error', 'rank', 'fits']
    """
    began = time.perf_counter()
    if models and model is not None:
        raise ValueError("model and models: give one of them")
    families = [model_settings(m, seed, engine, cache, n_jobs) for m in models or (model,)]
    settings = families[0]
    # Halves that only predict are also fitted by trees: both together found wrong labels best.
    if model is None and not models and not {*np.atleast_1d(methods or ())} & CONTRASTS:
        families.append(model_settings(usual_tree(), seed, "auto", cache, n_jobs))
    utility = None if utility is None else check_choice("utility", utility, UTILITIES)
    counts = _counts(n_fits, n_runs)
    target_pair = _pair(target)
    usual = methods is None
    if usual and probabilities is not None:
        methods = ()
    else:
        methods = (CHEAP if settings.is_network else ("oob",)) if usual else methods
        pair = None if target is None else target_pair
        methods = check_methods(methods, pair, settings.is_network)
    if isinstance(groups, str):
        drop = [*([drop] if isinstance(drop, str) else drop), groups]
    rows = read_rows(X, y, label, strict=strict, text=text, drop=drop, keep=keep)
    groups = None if groups is None else groups_of(groups, rows)
    if probabilities is not None:
        probabilities = probabilities_of(probabilities, rows)
    told = [*rows.liberties]
    at = None if target is None else target_of(rows, *target_pair, told)
    if not quiet:
        tell(told, rows.hints, sys.stderr)
    n_target = None if at is None else len(at[0])
    check_room(methods, counts, rows.X.shape, len(rows.classes), n_target, settings, len(families))
    families = [settings_on_table(s, rows, rows.frame, *target_pair[:1]) for s in families]
    settings = families[0]
    _check_prepared(methods, settings)
    asked_for = methods
    if len(rows.y) > MANY_ROWS:
        methods = ("oob",) if usual and len(methods) > 1 else methods
        counts = counts._replace(halves=FEW_HALVES) if n_fits is None else counts
    plan = plan_of(methods, counts, rows.X.shape, len(families))
    if plan.fits:
        costs, workers = costs_of_models(rows, families, quiet), n_workers(settings)
        plan = timed(plan, costs, workers)
        if usual and n_fits is None and plan.seconds > BUDGETED * seconds and len(methods) > 1:
            methods = ("oob",)
            plan = timed(plan_of(methods, counts, rows.X.shape, len(families)), costs, workers)
        if n_fits is None:
            halves = halves_within(plan, counts.halves, BUDGETED * seconds)
            counts = counts._replace(halves=halves)
            plan = timed(plan_of(methods, counts, rows.X.shape, len(families)), costs, workers)
        rest = after_fits(methods, counts.runs, len(rows.y), n_target, len(rows.classes))
        plan = plan._replace(seconds=plan.seconds + rest)
        check_plan(plan, asked=(n_fits, n_runs) != (None, None))
    if not quiet:
        print(plan, *_cut(plan, n_fits is None and counts.halves, asked_for, methods, seconds),
              sep="\n", file=sys.stderr)  # fmt: skip
    sample = RowSample(
        rows.X, rows.y, len(rows.classes), settings, at, counts, utility, groups=groups,
        families=families, balanced=not {*methods} & CONTRASTS,
    )  # fmt: skip
    values = {} if probabilities is None else {GIVEN: _given(rows, probabilities, settings)}
    for name in methods:
        method, n_fits = (
            known_methods("rows")[name],
            plan_of((name,), counts, rows.X.shape, len(families)).n_fits,
        )
        pair = method(sample)
        values[name] = valued_rows(
            rows.X, rows.y, pair, method.title, method.kind, settings, n_fits
        )
    labelled = at is not None and at[1] is not None
    predicted = _predicted(sample) if probabilities is None else (probabilities, True)
    took = time.perf_counter() - began
    return TableValues(
        rows, values, *predicted, took, plan, labelled, checked or {}, tuple(families)
    )  # fmt: skip


def model_settings(model, seed, engine, cache, n_jobs):
    model = MLPConfig((100,)) if model is None else model
    return RefitSettings((seed,), model, engine=engine, cache=cache, n_jobs=n_jobs)


def usual_tree():
    """The second family of models: a tree that looks at some of the columns for each split."""
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_features="sqrt")


def settings_on_table(settings, rows, *tables):
    return replace(settings, config=on_table(settings.config, rows, rows.label, *tables))


def _check_prepared(methods, settings):
    if "dvrl" in methods and getattr(settings.config, "frame", None) is not None:
        raise ValueError(
            "method 'dvrl' gives the model rows of numbers, but the model has a ColumnTransformer, "
            "which takes columns of the table: give a model of numbers, or other methods"
        )


def costs_of_models(rows, families, quiet):
    """Seconds of a fit of each pass; that to a half is a mean over the models."""
    from dvlib.engine.kernel.compiling import code_folder  # imports numba

    if not quiet and any(s.is_network for s in families) and not code_folder().is_dir():
        print("The first run compiles for about 10 s.", file=sys.stderr)
    costs = [costs_of(*given(s.config, rows.X), rows.y, len(rows.classes), s) for s in families]
    return costs[0] | {"halves": np.mean([each["halves"] for each in costs])}


def _cut(plan, halves, before, methods, seconds):
    """What was cut for speed, in sentences: `halves` from the default, and methods from before."""
    if halves and halves < DEFAULTS.halves and "halves" in plan.fits:
        yield (
            f"{halves} halves in place of {DEFAULTS.halves}, for speed: n_fits gives more, "
            f"seconds ({seconds:g}) more time."
        )
    if {*before} - {*methods}:
        yield "Without p_label, for speed: methods asks for it."
    if plan.seconds and plan.seconds > seconds:
        yield f"That is more than the {seconds:g} s that are planned for (seconds)."


def _given(rows, probabilities, settings):
    """DataValues of given probabilities: that of each row's own label."""
    values = probabilities[np.arange(len(rows.y)), rows.y]
    pair = values, np.full(len(values), np.nan)
    return valued_rows(rows.X, rows.y, pair, "given P(label)", "probability", settings, 0)


def valued_rows(X, y, pair, title, kind, settings, n_fits):
    """DataValues of rows from a pair of values and standard errors."""
    parameters = {"model": repr(settings.config), "engine": settings.engine, "seed": settings.seed}
    return DataValues(X, y, *pair, title, kind, parameters, n_fits)


def _counts(n_fits, n_runs):
    counts = {}
    if n_fits is not None:
        counts |= dict.fromkeys(("halves", "sets", "dvrl"), check_count("n_fits", n_fits, 2))
    if n_runs is not None:
        counts |= dict.fromkeys(("runs", "left_out"), check_count("n_runs", n_runs))
    return DEFAULTS._replace(**counts)


def _pair(target):
    """The target as (X, y), y None where it has no labels."""
    if not isinstance(target, tuple):
        pair = isinstance(target, list) and len(target) == 2 and np.ndim(target[0]) == 2
        return tuple(target) if pair else (target, None)
    if len(target) != 2:
        raise ValueError(f"target of {len(target)} parts: give (X_valid, y_valid), or X_valid")
    return target


def target_of(rows, X, y, told):
    """Target rows as numbers, and their classes or None; `told` gets what was done to them."""
    at = rows.like(X, told)
    if y is None:
        return at, None
    check_order(X, y, "target labels")
    labels = rows.classes_of(y)
    if len(labels) != len(at):
        raise ValueError(f"target: {len(labels)} labels for {len(at)} rows; give one for each")
    shared = {row.tobytes() for row in rows.X} & {row.tobytes() for row in at}
    n_shared = sum(row.tobytes() in shared for row in at)
    if n_shared > len(at) / 2:
        raise ValueError(
            f"{n_shared} of the target's {len(at)} rows are rows of the table, where every row "
            "helps itself: give labelled rows that are not in the table"
        )
    if n_shared:
        told.append(f"target: {n_shared} of its {len(at)} rows are rows of the table, too")
    return at, labels


def tell(liberties, hints, file):
    """Write what was done to a table, and what to look at, a line each; nothing if nothing was."""
    for lead, lines in (("Done to the table:", liberties), ("Look at:", hints)):
        if lines:
            print(lead, *(f"  {line}" for line in lines), sep="\n", file=file)


def _predicted(sample):
    """Mean probabilities of the classes at each row (n, K), and whether its fits left it out.

    They are read from a pass that was computed anyway: from the halves without the row, else from
    the last epochs of the watched runs. Without such a pass, they take one more fit.
    """
    if "halves" in sample.__dict__:
        outside, P = ~sample.halves.inside, sample.halves.probabilities[:, : len(sample.X)]
        count = outside.sum(0)
        if count.all():
            return (outside[..., None] * P).sum(0) / count[:, None], True
    if "runs" in sample.__dict__:
        return sample.runs.probabilities[:, -1].mean(0), False
    from dvlib.engine.classifiers import fit_model

    settings = sample.settings
    model, seed, engine = settings.config, settings.seed, settings.engine
    X, _ = sample.given(model)
    return fit_model(X, sample.y, sample.n_classes, model, seed, engine)(X), False

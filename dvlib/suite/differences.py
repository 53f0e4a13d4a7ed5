"""Comparison of a figure's table with the committed one, by panel and column."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd

from dvlib.suite.tolerances import SAME, TOLERANCES, rule_of

VALUES = (
    "value", "standard_error", "never_learned", "accuracy", "dv", "joint", "joint_error",
    "interaction", "interaction_error", "correlation", "overlap", "auc", "mean", "low", "high",
    "share",
)  # fmt: skip
ERRORS = {"value": "standard_error", "joint": "joint_error", "interaction": "interaction_error"}


def compare(old, new, parameters, kinds, same_processor):
    """Compare a figure's table with the committed one.

    Parameters
    ----------
    old, new : pandas tables of the committed and the new CSV
    parameters : dict, settings of the committed figure
    kinds : dict of panel → what its numbers are, as the bundle's JSON has it
    same_processor : whether both were computed on the same processor; if not, numbers without a
        tolerance, such as those of DVRL, are only reported

    Returns
    -------
    list of dicts, one per panel, column and rule, with the keys `status` ("passes", "reported" or
    "differs"), `rows` (number of compared rows), `equal` (of identical rows), `off` (of rows beyond
    `limit`), `largest` (largest difference) and `at` (its row)
    """
    findings = []
    for what in ("columns", "panel"):
        names = [list(pd.unique(np.asarray(getattr(of, what), dtype=object))) for of in (old, new)]
        for name in [*names[0], *(one for one in names[1] if one not in names[0])]:
            if name not in names[0] or name not in names[1]:
                where = "not made again" if name in names[0] else "not in the committed figure"
                findings.append(_whole(name if what == "panel" else "", what, 1, 1, where))
    common = [name for name in old.columns if name in new.columns]
    for panel in [name for name in pd.unique(old["panel"]) if (new["panel"] == name).any()]:
        pair = [of.loc[of["panel"] == panel, common].drop(columns="panel") for of in (old, new)]
        if "run" in common:
            curves = [of[of["run"].notna()] for of in pair]
            pair = [of[of["run"].isna()].drop(columns=["run", "curve"]) for of in pair]
            if any(map(len, curves)):
                findings.append(_compare_curves(panel, *curves))
        if any(map(len, pair)):
            about = (panel, parameters, kinds[panel], same_processor)
            findings += _compare_rows(*about, *(of.reset_index(drop=True) for of in pair))
    return findings


def _whole(panel, column, rows, off, at, status="differs"):
    """A finding about missing or extra names or rows, not about the size of a difference."""
    return {
        "status": status, "panel": panel, "column": column, "rule": "given", "rows": rows,
        "equal": rows - off, "off": off, "limit": SAME, "largest": None, "at": at,
    }  # fmt: skip


def _compare_curves(panel, old, new):
    """The finding about curves: one row per run, with the distance to the committed curves."""
    runs = sorted({*old["run"], *new["run"]})
    distances = [curve_distance(*(_lines_of(of, run) for of in (old, new))) for run in runs]
    bounds = TOLERANCES["curves"].bounds(1, "", 0)
    labels = [f"run {run:g}" for run in runs]
    return _judge(panel, "x, y", "curves", np.array(distances), labels, *bounds)


def _lines_of(table, run):
    """The curves of a run, list of arrays (m, 2)."""
    curves = table[table["run"] == run].groupby("curve")
    return [curve[["x", "y"]].to_numpy() for _, curve in curves]


def _compare_rows(panel, parameters, kind, same_processor, old, new):
    """One finding for the names of the rows, and one per column of values and rule."""
    columns = [name for name in old if old[name].notna().any() or new[name].notna().any()]
    keys = [name for name in columns if name not in VALUES]
    labels = [_labels(of[keys]) for of in (old, new)]
    if not _equal(old[keys], new[keys]):
        counts = [Counter(of) for of in labels]
        missing, extra = counts[0] - counts[1], counts[1] - counts[0]
        off = max(missing.total(), extra.total()) or len(old)
        at = f"without {next(iter(missing), 'none')}, with {next(iter(extra), 'none')}"
        at = at if missing or extra else "the same rows in another order"
        return [_whole(panel, "rows", max(len(old), off), off, at)]
    findings = [_whole(panel, ", ".join(keys), len(old), 0, "", "passes")]
    words = old[[name for name in ("method", "other", "order") if name in keys]].fillna("")
    row_kinds = [_kind_of(kind, row) for row in words.itertuples(index=False)]
    seeds = parameters.get("n_seeds") or 1
    if panel.startswith("mesh alone"):
        seeds = parameters.get("n_seeds_mesh", seeds)
    for column in [name for name in columns if name in VALUES]:
        rules = np.array([rule_of(one, column) for one in row_kinds])
        errors = _errors_of(old, column)
        for rule in dict.fromkeys(rules):
            here = np.flatnonzero(rules == rule)
            x, y = (of[column].to_numpy(float)[here] for of in (old, new))
            if np.isnan(x).all() and np.isnan(y).all():
                continue
            distances = np.where(np.isnan(x) & np.isnan(y), 0.0, np.abs(x - y))
            distances[np.isnan(distances)] = np.inf  # only one of the tables has a number
            spread = np.nanmax(x, initial=-np.inf) - np.nanmin(x, initial=np.inf)
            few = TOLERANCES[rule].bounds(seeds, parameters.get("dataset"), spread)
            findings.append(
                _judge(
                    panel, column, rule, distances, [labels[0][k] for k in here], *few,
                    errors=errors[here], same_processor=same_processor,
                )
            )  # fmt: skip
    return findings


def _kind_of(kind, names):
    """What the numbers of a row are, from the names in it."""
    if isinstance(kind, str):
        return kind
    return next((one for name, one in kind.items() if name in names), kind[""])


def _errors_of(table, column):
    """Standard errors that belong to a column, or the column itself if it holds errors; else 0."""
    name = column if "error" in column else ERRORS.get(column)
    known = name in table.columns
    return np.nan_to_num(table[name].to_numpy(float)) if known else np.zeros(len(table))


def _judge(panel, column, rule, distances, labels, share, far, errors=0.0, same_processor=False):
    """The finding about rows that share a rule."""
    near, judged = TOLERANCES[rule].near, True
    if near is None:
        near, share, far, judged = SAME, 0.0, SAME, same_processor
    limit = near + TOLERANCES[rule].errors * errors
    off = distances > limit
    allowed = math.ceil(share * len(distances))
    if not judged:
        status = "reported" if off.any() else "passes"
    else:
        far_off = (distances > np.maximum(limit, far)).any()
        status = "differs" if off.sum() > allowed or far_off else "passes"
    if np.isinf(distances).any():  # a number in only one table is not a rounding difference
        status = "differs"
    worst = int(np.argmax(np.where(off, distances, -1) if off.any() else distances))
    return {
        "status": status, "panel": panel, "column": column, "rule": rule, "rows": len(distances),
        "equal": int((distances == 0).sum()), "off": int(off.sum()), "limit": near,
        "allowed": allowed, "far": far, "largest": float(distances[worst]), "at": labels[worst],
    }  # fmt: skip


def _labels(keys):
    """A text for each row that identifies it by its keys."""
    rows = keys.to_dict("records")
    return [", ".join(f"{k} {_shown(v)}" for k, v in row.items() if pd.notna(v)) for row in rows]


def _shown(value):
    return value if isinstance(value, str) else f"{value:.6g}"


def _equal(old, new):
    """Whether two tables have the same rows, up to the last digits of numbers."""
    if len(old) != len(new):
        return False
    for name in old:
        a, b = old[name], new[name]
        if all(map(pd.api.types.is_numeric_dtype, (a, b))):
            if not np.allclose(a, b, rtol=SAME, atol=SAME, equal_nan=True):
                return False
        elif not a.fillna("").astype(str).equals(b.fillna("").astype(str)):
            return False
    return True


def curve_distance(some, others):
    """Hausdorff distance of two lists of curves, arrays (m, 2); inf if only one list is empty."""
    if not (some and others):
        return np.inf if some or others else 0.0
    distance = max(_farthest(some, others), _farthest(others, some))
    return 0.0 if distance < 1e-9 else distance


def _farthest(some, others, step=0.1):
    """Largest distance from the points of some curves, sampled every `step`, to other curves."""
    points = np.concatenate([_dense(line, step) for line in some])
    least = np.full(len(points), np.inf)
    for line in others:
        start, along = line[:-1, None], np.diff(line, axis=0)[:, None]
        length = np.maximum((along**2).sum(-1), np.finfo(float).tiny)
        t = np.clip(((points - start) * along).sum(-1) / length, 0, 1)[..., None]
        least = np.minimum(least, np.hypot(*np.moveaxis(points - start - t * along, -1, 0)).min(0))
    return least.max()


def _dense(line, step):
    pieces = [line[:1]]
    for a, b in pairwise(line):
        count = max(1, int(np.ceil(np.hypot(*(b - a)) / step)))
        pieces.append(a + np.linspace(0, 1, count + 1)[1:, None] * (b - a))
    return np.concatenate(pieces)

"""Make figures again at their own settings and compare their numbers with the committed ones.

Bundles and report.json go to `build/verify/`. On the processor that made the committed figure,
numbers are equal. Another processor rounds float32 numbers differently. There, nine numbers in ten
lie within the first tolerance of their kind, and all of them within the second one. Differences
were measured between kernels compiled for "generic" and for "znver4", and those of dropout between
znver4 and rocketlake.
"""

import json
import math
import os
import platform
import shutil
import subprocess
import time
from collections import Counter
from io import StringIO
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from dvlib.paper.figures import claims
from dvlib.paper.manifest import figure_entry
from dvlib.paper.places import FOLDER_VARIABLE, FORMAT_VARIABLE, build_folder, display_path
from dvlib.refits.store import cache_folder, processor
from dvlib.root import project_root
from dvlib.suite.bundle import finite
from dvlib.suite.run import run_all

VALUES = (
    "value", "standard_error", "never_learned", "accuracy", "dv", "joint", "joint_error",
    "interaction", "interaction_error", "correlation", "overlap", "auc", "mean", "low", "high",
    "share", "support", "difference",
)  # fmt: skip
ERRORS = {"value": "standard_error", "joint": "joint_error", "interaction": "interaction_error"}
FEW = 0.1  # share of the numbers for which the second tolerance is enough
SAME = 1e-6  # numbers that differ by less are equal up to their last digits
RANK = 0.075  # one of the 14 points in a top decile has another rank
# Kind of numbers → their two tolerances. None: one rounding may change everything that follows, so
# that another processor makes other numbers, which are only reported.
TOLERANCES = {
    "given": (SAME, SAME),  # coordinates, labels, names: they need no fit
    # Rounding changes at most 2.4e-4 of the mesh, a fit that stops at another epoch 8.4e-3.
    "share of the mesh": (5e-4, 1e-2),
    # And a sampler that stops by its standard errors may do a round more or less (`_errors_of`).
    "sampled share of the mesh": (5e-4, 5e-4),
    "test accuracy": (2.1 / 330, 0.02),  # two of the 330 test points lie where the boundary moves
    # Right or wrong in each epoch: equal, but for a point that is right at other epochs.
    "epochs": (SAME, 20.0),
    "frequency": (SAME, 0.5),
    # Hausdorff distance in units of the plane. Measured: 0.02, or a run stops at another epoch.
    "curves": (0.05, 1.0),
    # A boundary moves by 0.004 units, where p has a slope of up to 0.75.
    "probability": (3e-3, 3e-3),
    "variance over networks": (3e-3, 3e-3),
    "variance of a Gaussian process": (1e-3, 1e-3),  # its search stops at a small change
    "variance over passes": (5e-4, 5e-4),  # measured: 6e-8, and 3e-5 of an AUC
    "agreement": (RANK, RANK),
    "removal by value": None,
    "labelled in turn": None,
    "selection probability": None,  # DVRL is chaotic
    "verdicts": None,
}


def compare(old, new, kinds, same_processor):
    """Compare a figure's table with the committed one.

    Parameters
    ----------
    old, new : pandas tables of the committed and the new CSV
    kinds : dict of panel → what its numbers are, as the bundle's JSON has it
    same_processor : whether both were computed on the same processor

    Returns
    -------
    list of dicts, one per panel, column and kind, with the keys `status` ("passes", "reported" or
    "differs"), `rows` (number of compared rows), `equal` (of identical rows), `off` (of rows beyond
    `limit`), `largest` (largest difference; None if names were compared) and `at` (its row)
    """
    columns = [name for name in old if name in new and name != "panel"]
    panels = [pd.unique(table["panel"]) for table in (old, new)]
    findings = [_compare_names("", "columns", old, new), _compare_names("", "panels", *panels)]
    for panel in [name for name in panels[0] if name in panels[1]]:
        pair = [table.loc[table["panel"] == panel, columns] for table in (old, new)]
        if "run" in columns:
            curves = [table[table["run"].notna()] for table in pair]
            pair = [table[table["run"].isna()].drop(columns=["run", "curve"]) for table in pair]
            if any(map(len, curves)):
                findings.append(_compare_curves(panel, same_processor, *curves))
        if any(map(len, pair)):
            findings += _compare_rows(panel, kinds[panel], same_processor, *pair)
    return findings


def _compare_names(panel, what, old, new):
    """The finding about two lists of names, of columns, panels or rows."""
    old, new = list(old), list(new)
    missing, extra = Counter(old) - Counter(new), Counter(new) - Counter(old)
    off = max(missing.total(), extra.total()) or (0 if old == new else len(old))
    at = f"without {next(iter(missing), 'none')}, with {next(iter(extra), 'none')}"
    return {
        "status": "differs" if off else "passes", "panel": panel, "column": what, "kind": "given",
        "rows": max(len(old), off), "equal": max(len(old), off) - off, "off": off, "limit": 0,
        "largest": None, "at": at if missing or extra else "the same in another order",
    }  # fmt: skip


def _compare_curves(panel, same_processor, old, new):
    """The finding about curves: one row per run, with the distance to the committed curves."""
    distances = {}
    for run in sorted({*old["run"], *new["run"]}):
        curves = (table[table["run"] == run].groupby("curve") for table in (old, new))
        pair = ([line[["x", "y"]].to_numpy() for _, line in lines] for lines in curves)
        distances[f"run {run:g}"] = curve_distance(*pair)
    moved = np.array([*distances.values()])
    return _judge(panel, "x, y", "curves", moved, [*distances], same_processor)


def _compare_rows(panel, panel_kind, same_processor, old, new):
    """One finding for the names of the rows, and one per column of values and kind."""
    columns = [name for name in old if old[name].notna().any() or new[name].notna().any()]
    keys = [name for name in columns if name not in VALUES]
    labels, new_labels = (_labels(table[keys]) for table in (old, new))
    names = _compare_names(panel, "rows", labels, new_labels)
    if names["status"] == "differs":
        return [names]
    words = old[[name for name in ("method", "other", "order") if name in keys]].fillna("")
    kinds = np.array([_kind_of(panel_kind, row) for row in words.itertuples(index=False)])
    findings = [names]
    for column in [name for name in columns if name in VALUES]:
        for kind in dict.fromkeys(kinds):
            rows = np.flatnonzero(kinds == kind)
            x, y = (table[column].to_numpy(float)[rows] for table in (old, new))
            if np.isnan(x).all() and np.isnan(y).all():
                continue
            distances = np.where(np.isnan(x) & np.isnan(y), 0.0, np.abs(x - y))
            distances[np.isnan(distances)] = np.inf  # only one of the tables has a number
            if column == "accuracy" and kind == "share of the mesh":
                kind = "test accuracy"
            errors = _errors_of(old, column)[rows] if kind.startswith("sampled") else 0.0
            at = [labels[k] for k in rows]
            findings.append(_judge(panel, column, kind, distances, at, same_processor, errors))
    return findings


def _kind_of(kind, names):
    """What the numbers of a row are, from the names in it."""
    if isinstance(kind, str):
        return kind
    return next((named for name, named in kind.items() if name in names), kind[""])


def _errors_of(table, column):
    """Standard errors that belong to a column, or the column itself if it holds errors; else 0."""
    name = column if "error" in column else ERRORS.get(column)
    return np.nan_to_num(table[name].to_numpy(float)) if name in table else np.zeros(len(table))


def _judge(panel, column, kind, distances, labels, same_processor, errors=0.0):
    """The finding about rows of one kind; `errors` are added to their tolerances."""
    tolerances = None if same_processor else TOLERANCES[kind]
    near, far = tolerances or (SAME, SAME)
    if tolerances and column == "overlap":
        far = max(far, RANK)
    margin = 0.0 if same_processor else errors
    off = distances > near + margin
    wrong = off.sum() > math.ceil(FEW * len(distances)) or (distances > far + margin).any()
    # A number in only one table is no rounding difference.
    repeatable = same_processor or tolerances or np.isinf(distances).any()
    worst = int(np.argmax(np.where(off, distances, -1) if off.any() else distances))
    return {
        "status": "passes" if not wrong else "differs" if repeatable else "reported",
        "panel": panel, "column": column, "kind": kind, "rows": len(distances),
        "equal": int((distances == 0).sum()), "off": int(off.sum()), "limit": near,
        "largest": float(distances[worst]), "at": labels[worst],
    }  # fmt: skip


def _labels(keys):
    """A text for each row that identifies it by its keys."""
    return [
        ", ".join(
            f"{k} {v if isinstance(v, str) else f'{v:.6g}'}" for k, v in row.items() if v == v
        )
        for row in keys.to_dict("records")
    ]


def curve_distance(first, second):
    """Hausdorff distance of two lists of curves, arrays (m, 2); inf if only one list is empty."""
    if not (first and second):
        return np.inf if first or second else 0.0
    points = [np.concatenate([_dense(line) for line in lines]) for lines in (first, second)]
    return max(KDTree(a).query(b)[0].max() for a, b in (points, points[::-1]))


def _dense(line, step=0.02):
    """Points of a curve, at most `step` apart."""
    pieces = [line[:1]]
    for a, b in pairwise(line):
        count = max(1, math.ceil(math.dist(a, b) / step))
        pieces.append(a + np.linspace(0, 1, count + 1)[1:, None] * (b - a))
    return np.concatenate(pieces)


def folder():
    """Folder of the figures that `verify` makes."""
    return build_folder() / "verify"


def verify(figures, fresh=False):
    """Make figures again, and compare each with the committed one as soon as it is made.

    Returns the contents of report.json. `fresh` ignores the cache and computes everything again; an
    interrupted fresh run is continued.
    """
    fresh_cache = folder() / "cache"
    references = {name: _reference(figure_entry(name).stem) for name in figures}
    for name in figures:  # if a figure fails, an old bundle must not be compared in its place
        for path in folder().glob(f"{figure_entry(name).stem}.*"):
            path.unlink()
    variables = {FOLDER_VARIABLE: str(folder()), FORMAT_VARIABLE: ""}
    refits = f"read from {display_path(cache_folder())} where it holds them, else computed"
    if fresh:
        variables["DVLIB_CACHE"] = str(fresh_cache)
        refits = f"computed anew, in {display_path(fresh_cache)}"
        if fresh_cache.exists():
            refits += ", from where a run was stopped"
    results, started, before = {}, time.perf_counter(), dict(os.environ)

    def compare_made(figure_id):
        results[figure_id] = _result(figure_id, *references[figure_id])
        print(_lines(figure_id, results[figure_id]), flush=True)

    print(f"kernels are compiled for {processor()}; refits are {refits}", flush=True)
    os.environ.update(variables)
    try:
        run_all([(name, {"preset": "paper"}) for name in figures], compare_made)
    finally:
        os.environ.clear()
        os.environ.update(before)
    if fresh:
        shutil.rmtree(fresh_cache, ignore_errors=True)
    report = {
        "processor": processor(),
        "machine": platform.machine(),
        "refits": refits,
        "seconds": round(time.perf_counter() - started, 1),
        "passes": all(result["status"] != "differs" for result in results.values()),
        "figures": {name: results[name] for name in figures if name in results},
    }
    path = folder() / "report.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(finite(report), indent=1, allow_nan=False) + "\n")
    return report


def _reference(stem):
    """Committed CSV and JSON as texts (None for a missing file), and where they were read."""
    names = [f"figures/{stem}{suffix}" for suffix in (".csv", ".json")]
    git = ["git", "-C", str(project_root()), "show"]
    options = {"stderr": subprocess.DEVNULL, "encoding": "utf-8"}
    try:
        texts = [subprocess.check_output([*git, f"HEAD:./{name}"], **options) for name in names]
        return *texts, "HEAD"
    except (OSError, subprocess.CalledProcessError):  # no git, or no such file in the last commit
        paths = [project_root() / name for name in names]
        texts = [path.read_text(encoding="utf-8") if path.exists() else None for path in paths]
        return *texts, "figures/"


def _result(figure_id, table, record, source):
    """The result for a figure: its status, problems, verdicts and findings."""
    made = folder() / figure_entry(figure_id).stem
    problems = []
    if table is None or record is None:
        problems.append("no committed figure to compare with")
    if not made.with_suffix(".json").exists():
        problems.append("could not be made")
    if problems:
        return {"status": "differs", "reference": source, "problems": problems, "findings": []}
    record, new = json.loads(record), json.loads(made.with_suffix(".json").read_text("utf-8"))
    same_processor = all(record.get(key) == new[key] for key in ("processor", "machine"))
    if record["parameters"] != new["parameters"]:
        problems.append(f"settings {new['parameters']}, committed {record['parameters']}")
    tables = pd.read_csv(StringIO(table)), pd.read_csv(made.with_suffix(".csv"))
    findings = compare(*tables, new["kinds"], same_processor)
    verdicts = _verdicts(record["claims"], new["claims"], same_processor)
    statuses = {"passes", *(item["status"] for item in (*findings, *verdicts))}
    if problems:
        statuses.add("differs")
    return {
        "status": min(statuses, key=("differs", "reported", "passes").index),
        "reference": source,
        "processor": record.get("processor"),
        "problems": problems,
        "verdicts": verdicts,
        "findings": findings,
    }


def _verdicts(old, new, same_processor):
    """Claims whose verdict differs from the committed one."""
    unsettled = {claim.id for claim in claims().values() if not claim.repeatable}
    return [
        {
            "claim": claim,
            "status": "differs" if same_processor or claim not in unsettled else "reported",
            "committed": before,
            "made": after,
        }
        for claim in {**old, **new}
        if (before := old.get(claim, {}).get("verdict"))
        != (after := new.get(claim, {}).get("verdict"))
    ]


def _lines(figure_id, result):
    """The lines to print for a compared figure."""
    lines = [f"{figure_id}  {text}" for text in result["problems"]]
    lines += [
        "{0}  {status}: {claim} {made}, committed {committed}".format(figure_id, **verdict)
        for verdict in result.get("verdicts", ())
    ]
    for finding in result["findings"]:
        if finding["status"] != "passes":
            text = "{0}  {status}: {panel!r}, {column}: {off} of {rows}"
            if finding["largest"] is None:
                text += ", {at}"
            else:
                text += " rows off by more than {limit:.2g}, most {largest:.3g} at {at}"
            lines.append(text.format(figure_id, **finding))
    return "\n".join([*lines, f"{figure_id}  {result['status']}"])


def table(report):
    """Text with one line per figure."""
    lines = ["", f"{'figure':<8}{'numbers':>9}{'equal':>8}{'off':>6}  {'committed on':<14}result"]
    for figure_id, result in report["figures"].items():
        rows, equal, off = (
            sum(finding[key] for finding in result["findings"]) for key in ("rows", "equal", "off")
        )
        share = f"{math.floor(100 * equal / rows)} %" if rows else "–"
        where = result.get("processor") or "not recorded"
        lines.append(f"{figure_id:<8}{rows:>9}{share:>8}{off:>6}  {where:<14}{result['status']}")
    lines.append(
        "equal: to the last digit; off: by more than another processor's rounding, allowed for one "
        "in ten; reported: numbers such as those of DVRL, which another processor cannot repeat"
    )
    return "\n".join(lines)

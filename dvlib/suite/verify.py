"""Make figures again at their own settings and compare their numbers with the committed ones.

Bundles and report.json go to `build/verify/`. `differences.TOLERANCES` says how far the numbers of
another processor may be off.
"""

import json
import math
import os
import platform
import shutil
import subprocess
import time
from io import StringIO

import pandas as pd

from dvlib.paper.figures import claims
from dvlib.paper.manifest import figure_entry
from dvlib.paper.places import FOLDER_VARIABLE, FORMAT_VARIABLE, build_folder, display_path
from dvlib.refits.store import cache_folder, processor
from dvlib.root import project_root
from dvlib.suite.bundle import finite
from dvlib.suite.differences import compare
from dvlib.suite.run import run_all


def folder():
    """Folder of the figures that `verify` makes."""
    return build_folder() / "verify"


def verify(figures, fresh=False):
    """Make figures again, and compare each with the committed one as soon as it is made.

    Parameters
    ----------
    figures : list of ids such as "fig01"
    fresh : True = ignore the cache and compute everything again; an interrupted fresh run is
        continued

    Returns
    -------
    dict, the contents of report.json
    """
    own_cache = folder() / "cache"
    references = {one: _reference(figure_entry(one).stem) for one in figures}
    for one in figures:  # if a figure fails, an old bundle must not be compared in its place
        for path in folder().glob(f"{figure_entry(one).stem}.*"):
            path.unlink()
    variables = {FOLDER_VARIABLE: str(folder()), FORMAT_VARIABLE: ""}
    refits = f"read from {display_path(cache_folder())} where it holds them, else computed"
    if fresh:
        variables["DVLIB_CACHE"] = str(own_cache)
        refits = f"computed anew, in {display_path(own_cache)}"
        if own_cache.exists():
            refits += ", from where a run was stopped"
    results, started, before = {}, time.perf_counter(), dict(os.environ)

    def then(figure_id):
        results[figure_id] = _result(figure_id, *references[figure_id])
        print(_lines(figure_id, results[figure_id]), flush=True)

    print(f"kernels are compiled for {processor()}; refits are {refits}", flush=True)
    os.environ.update(variables)
    try:
        run_all([(one, {"preset": "paper"}) for one in figures], then)
    finally:
        os.environ.clear()
        os.environ.update(before)
    if fresh:
        shutil.rmtree(own_cache, ignore_errors=True)
    report = {
        "processor": processor(),
        "machine": platform.machine(),
        "refits": refits,
        "seconds": round(time.perf_counter() - started, 1),
        "passes": all(one["status"] != "differs" for one in results.values()),
        "figures": {one: results[one] for one in figures if one in results},
    }
    path = folder() / "report.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(finite(report), indent=1, allow_nan=False) + "\n")
    return report


def _reference(stem):
    """Committed CSV and JSON as texts (None for a missing file), and where they were read."""
    names = [f"figures/{stem}{suffix}" for suffix in (".csv", ".json")]
    git = ["git", "-C", str(project_root()), "show"]
    how = {"stderr": subprocess.DEVNULL, "encoding": "utf-8"}
    try:
        texts = [subprocess.check_output([*git, f"HEAD:./{name}"], **how) for name in names]
    except (OSError, subprocess.CalledProcessError):  # no git, or no such file in the last commit
        paths = [project_root() / name for name in names]
        texts = [path.read_text(encoding="utf-8") if path.exists() else None for path in paths]
        return *texts, "figures/"
    return *texts, "HEAD"


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
    same = all(record.get(key) == new[key] for key in ("processor", "machine"))
    if record["parameters"] != new["parameters"]:
        problems.append(f"settings {new['parameters']}, committed {record['parameters']}")
    tables = pd.read_csv(StringIO(table)), pd.read_csv(made.with_suffix(".csv"))
    findings = compare(*tables, new["kinds"], same)
    verdicts = _verdicts(record["claims"], new["claims"], same)
    statuses = {one["status"] for one in (*findings, *verdicts)}
    if problems:
        statuses.add("differs")
    return {
        "status": next((one for one in ("differs", "reported") if one in statuses), "passes"),
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
            "status": "reported" if claim in unsettled and not same_processor else "differs",
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
        f"{figure_id}  {one['status']}: {one['claim']} {one['made']}, committed {one['committed']}"
        for one in result.get("verdicts", ())
    ]
    for one in result["findings"]:
        if one["status"] == "passes":
            continue
        text = f"{figure_id}  {one['status']}: {one['panel']!r}, {one['column']}: "
        if one["largest"] is None:
            lines.append(text + f"{one['off']} of {one['rows']}, {one['at']}")
            continue
        text += f"{one['off']} of {one['rows']} rows off by more than {one['limit']:.2g}"
        lines.append(text + f", most {one['largest']:.3g} at {one['at']}")
    return "\n".join([*lines, f"{figure_id}  {result['status']}"])


def table(report):
    """Text with one line per figure."""
    lines = ["", f"{'figure':<8}{'numbers':>9}{'equal':>8}{'off':>6}  {'committed on':<14}result"]
    for figure_id, result in report["figures"].items():
        rows, equal, off = (
            sum(one[key] for one in result["findings"]) for key in ("rows", "equal", "off")
        )
        share = f"{math.floor(100 * equal / rows)} %" if rows else "–"
        where = result.get("processor") or "not recorded"
        lines.append(f"{figure_id:<8}{rows:>9}{share:>8}{off:>6}  {where:<14}{result['status']}")
    lines.append(
        "equal: to the last digit; off: by more than another processor's rounding, allowed for one "
        "in ten; reported: numbers such as those of DVRL, which another processor cannot repeat"
    )
    return "\n".join(lines)

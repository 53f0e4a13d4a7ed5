"""A figure's bundle: PNG, CSV of the plotted numbers, and JSON of everything about them.

PNG and CSV have the same bytes from run to run; what differs (time, commit, seconds) is in the
JSON, which is written last, so that it stands for a finished bundle.
"""

import json
import math
import os
import platform
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from dvlib.refits.store import processor
from dvlib.root import library_version, project_root, source_digest

LIBRARIES = ("numpy", "scikit-learn", "numba", "matplotlib", "tensorflow")


def save_bundle(settings, figure, tables, verdicts=(), passes=()):
    """Write a figure's three files.

    Parameters
    ----------
    settings : Settings of the run; they decide the folder
    figure : dvlib.paper.plots.drawing.Drawing
    tables : list of Panel, or dict of panel → anything that has `to_frame`; its `kind` says what
        its numbers are, as a name, or by the name of a method or order ("" = any other)
    verdicts : claims.Verdict of the figure's claims
    passes : results with `n_fits` and `seconds`, or samples with `passes` of their own; a result
        that is there twice, once from the cache, counts once

    Returns
    -------
    str that says what was written where
    """
    folder, stem = settings.folder, settings.entry.stem
    if not isinstance(tables, dict):
        tables = {panel.title: panel.values for panel in tables}
    text = _record(settings, tables, verdicts, passes)
    folder.mkdir(parents=True, exist_ok=True)
    frames = [table.to_frame().assign(panel=name) for name, table in tables.items()]
    rows = pd.concat(frames, ignore_index=True)
    rows.insert(0, "panel", rows.pop("panel"))
    write_together(
        {
            folder / f"{stem}.png": lambda path: Path(path).write_bytes(figure.png()),
            folder / f"{stem}.csv": lambda path: rows.to_csv(
                path, index=False, float_format="%.9g", lineterminator="\n"
            ),
            folder / f"{stem}.json": lambda path: Path(path).write_text(text),
        }
    )
    relative = folder.relative_to(project_root()).as_posix()
    return f"wrote {relative}/{stem}.png, .csv and .json"


def _record(settings, tables, verdicts, passes):
    """Text of the JSON."""
    flat = [one for found in passes for one in getattr(found, "passes", [found])]
    flat = {(one.n_fits, one.seconds): one for one in flat}.values()
    record = {
        "figure": settings.figure_id,
        "title": settings.entry.title,
        "alt": settings.entry.alt if settings.own else settings.entry.caption,
        "parameters": settings.values,
        "fits": sum(one.n_fits for one in flat),
        "seconds": round(sum(one.seconds for one in flat), 2),
        "claims": {v.claim.id: v.record for v in verdicts},
        "kinds": {name: getattr(table, "kind", "given") for name, table in tables.items()},
        "versions": {name: v for name in LIBRARIES if (v := library_version(name)) is not None},
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": processor(),
        "dvlib": source_digest(),
        "commit": _commit(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return json.dumps(finite(record), indent=1, allow_nan=False) + "\n"


def finite(value):
    """`value` with None for the numbers that JSON does not have."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_whole(path, write):
    """Write beside `path`, then rename: never half a file under the final name."""
    write_together({path: write})


def write_together(writers):
    """Write several files as one, of which the last stands for all.

    All are written beside their names before any is renamed: a full disk leaves those before as
    they are. While they are renamed the last one is absent, so that it never stands for a mixture
    of old and new.

    Parameters
    ----------
    writers : dict of Path → function that writes a file of the name it is given
    """
    *_, last = writers
    written = {}
    try:
        for path, write in writers.items():
            # Hidden, and of a name that says what it was to be, should the process be killed.
            handle, written[path] = tempfile.mkstemp(path.suffix, f".{path.stem}.", path.parent)
            os.close(handle)
            write(written[path])
            os.chmod(written[path], 0o644)
        if len(writers) > 1:
            last.unlink(missing_ok=True)
        for path in writers:
            os.replace(written[path], path)
            del written[path]
    finally:
        for temporary in written.values():
            os.unlink(temporary)


def _commit():
    """Commit of the clone, with "+" where what makes figures has changes, or None outside one."""
    git = ["git", "-C", str(project_root())]
    try:
        commit, changes = (
            subprocess.run([*git, *command], capture_output=True, text=True, check=True).stdout
            for command in (
                ["rev-parse", "--short=12", "HEAD"],
                ["status", "--porcelain", "--", "dvlib", "notebooks"],
            )
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return commit.strip() + ("+" if changes else "")

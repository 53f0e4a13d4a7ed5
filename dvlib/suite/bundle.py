"""A figure's bundle: a PNG, a CSV of the plotted numbers, and a JSON record of the run.

PNG and CSV have the same bytes in every run. Whatever differs between runs (time, commit, seconds)
is in the JSON. The JSON is written last, so its presence marks a finished bundle.
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
    settings : Settings of the run; they determine the folder
    figure : dvlib.paper.plots.drawing.Drawing
    tables : dict of panel → DataValues or any object with `to_frame`
    verdicts : list of claims.Verdict, for the figure's claims
    passes : results with `n_fits` and `seconds`, which are summed for the record

    Returns
    -------
    str, the names of the written files
    """
    folder, stem = settings.folder, settings.entry.stem
    text = _record(settings, verdicts, passes)
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


def _record(settings, verdicts, passes):
    """The JSON record as text."""
    record = {
        "figure": settings.figure_id,
        "title": settings.entry.title,
        "alt": settings.entry.alt if settings.own else settings.entry.caption,
        "parameters": settings.values,
        "fits": sum(one.n_fits for one in passes),
        "seconds": round(sum(one.seconds for one in passes), 2),
        "claims": {v.claim.id: v.record for v in verdicts},
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
    """`value` with None in place of nan and inf, which JSON cannot represent."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_whole(path, write):
    """Write a temporary file beside `path`, then rename it: `path` is never half written."""
    write_together({path: write})


def write_together(writers):
    """Write several files as a unit; the presence of the last one marks a complete set.

    All files are written under temporary names before any is renamed, so a full disk leaves the old
    files unchanged. The last file is absent during the renaming, so it never marks a mixture of old
    and new files.

    Parameters
    ----------
    writers : dict of Path → function that takes a file name and writes that file
    """
    *_, last = writers
    written = {}
    try:
        for path, write in writers.items():
            # Hidden, and named after its target in case a killed process leaves it behind.
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
    """Commit of the clone, with "+" if dvlib or notebooks have changes; None outside a clone."""
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

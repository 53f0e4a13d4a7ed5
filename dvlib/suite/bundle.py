"""A figure's bundle: picture, CSV of the plotted numbers, and JSON of everything about them.

Picture and CSV have the same bytes from run to run. The JSON also holds what differs (time, commit,
seconds). It is written last, so its presence means that the bundle is complete.
"""

import json
import math
import os
import platform
import subprocess
import tempfile
from datetime import UTC, datetime

import pandas as pd

from dvlib.paper.places import display_path, picture_format
from dvlib.refits.store import processor
from dvlib.root import library_version, project_root, source_digest

LIBRARIES = ("numpy", "scikit-learn", "numba", "matplotlib", "tensorflow")


def save_bundle(settings, figure, tables, verdicts=()):
    """Write a figure's three files.

    Parameters
    ----------
    settings : Settings of the run; they decide the folder
    figure : dvlib.paper.drawing.look.Drawing
    tables : list of Panel, or dict of panel name → object with `to_frame`. Its `kind` says what its
        numbers are: a name, or a dict of method or order → name ("" = any other)
    verdicts : claims.Verdict of the figure's claims

    Returns
    -------
    str, the names of the written files
    """
    folder, stem, kind = settings.folder, settings.entry.stem, picture_format()
    if not isinstance(tables, dict):
        tables = {panel.title: panel.values for panel in tables}
    text = _record(settings, tables, verdicts)
    folder.mkdir(parents=True, exist_ok=True)
    frames = [table.to_frame().assign(panel=name) for name, table in tables.items()]
    rows = pd.concat(frames, ignore_index=True)
    rows.insert(0, "panel", rows.pop("panel"))
    if settings.dataset is not None and settings.data.units is not None:
        rows = _with_own_units(rows, settings.data.units)
    table = rows.to_csv(index=False, float_format="%.9g", lineterminator="\n")
    write_together(
        {
            folder / f"{stem}.{kind}": figure.png() if kind == "png" else figure.vector(kind),
            folder / f"{stem}.csv": table.encode(),
            folder / f"{stem}.json": text.encode(),
        }
    )
    return f"wrote {display_path(folder)}/{stem}.{kind}, .csv and .json"


def _with_own_units(rows, units):
    """The table with columns x1 and x2, the places x and y in a file's own units.

    Points of the file have them already, as they are in the file. These columns get more digits
    than values, because the spread of a coordinate may be small beside its mean.
    """
    if not {"x", "y"} <= {*rows}:
        return rows
    coordinates = units.in_file_units(rows[["x", "y"]].to_numpy(float))
    for k, name in enumerate(("x1", "x2")):
        digits = 6 - math.floor(math.log10(units.scale[k]))  # a millionth of the spread
        places = pd.Series(coordinates[:, k].round(digits), rows.index)
        full = rows[name].fillna(places) if name in rows else places
        rows[name] = full.map(str, na_action="ignore")
    first = ("panel", "row", "id", "x1", "x2")
    return rows[[*(name for name in first if name in rows), *rows.columns.difference(first, False)]]


def _record(settings, tables, verdicts):
    """Text of the JSON."""
    record = {
        "figure": settings.figure_id,
        "title": settings.entry.title,
        "alt": settings.entry.alt if settings.own else settings.entry.caption,
        "parameters": settings.values,
        "fits": settings.ledger.n_fits,
        "seconds": round(settings.ledger.seconds, 2),
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


def write_together(contents):
    """Write files, a dict of Path → bytes, so that the last is present only if all are complete.

    All are written under temporary names first, so a full disk leaves the old files as they are.
    The last one is absent while the files are renamed, so it never lies beside a mixture of old and
    new files.
    """
    *_, last = contents
    written = {}
    try:
        for path, content in contents.items():
            # If the process is killed, a hidden file remains; its name shows what it belongs to.
            handle, written[path] = tempfile.mkstemp(path.suffix, f".{path.stem}.", path.parent)
            with open(handle, "wb") as file:
                file.write(content)
            os.chmod(written[path], 0o644)
        last.unlink(missing_ok=True)
        for path in contents:
            os.replace(written[path], path)
            del written[path]
    finally:
        for temporary in written.values():
            os.unlink(temporary)


def _commit():
    """Commit of the clone, and "+" if dvlib or notebooks have changes; None outside a clone."""
    git = ["git", "-C", str(project_root())]
    status = ["status", "--porcelain", "--", "dvlib", "notebooks"]
    try:
        commit, changes = (
            subprocess.run([*git, *command], capture_output=True, text=True, check=True).stdout
            for command in (["rev-parse", "--short=12", "HEAD"], status)
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return commit.strip() + ("+" if changes else "")

"""The timeline of a run: what each kernel did, when, and how busy the cores were.

Kernels report their steps and the processor time used so far (`dvlib.refits.progress`). The runner
collects the reports, writes `build/timeline.json` at the end of a run, and `python -m dvlib
timeline` draws it.
"""

import json
import os
import time
from pathlib import Path

import numpy as np

from dvlib.paper.places import build_folder, shown
from dvlib.suite.bundle import write_together

TABLE, PICTURE = "timeline.json", "timeline.png"  # in the build folder
SHORTEST = 0.05  # seconds; less within or between cells is counted with the step before it
BINS = 200  # of the curve of busy cores
COLOURS = {
    "start": "#bdbdbd", "waiting": "#eeeeee", "refits": "#2166ac", "DVRL": "#b2182b",
    "dropout": "#e08214", "computing": "#67a9cf", "claims": "#762a83", "drawing": "#1b7837",
    "saving": "#a6dba0", "between": "#636363",
}  # fmt: skip
WORDS = {
    "start": "kernel's start, import of dvlib",
    "waiting": "ready, waiting for its turn",
    "computing": "computing without a bar",
    "between": "between cells, stop",
}
CELLS = {  # the first text that a cell's source contains tells what it does
    "save_bundle": "saving",
    "dvlib.plots": "drawing",
    "dvlib.claims": "claims",
}


class Track:
    """What one kernel reports.

    Attributes
    ----------
    path : Path of the file that the kernel reports to
    figure : id of the figure that the kernel executes; "" before
    open_bars : reports of the open progress bars, outermost first
    """

    def __init__(self, path):
        path.touch()
        self.path, self.figure, self.open_bars = path, "", []
        self._read, start = 0, {"event": "start", "at": time.monotonic()}
        self.events = [start | {"processor": 0.0, "memory": 0}]

    def poll(self):
        """Read new reports, unless the kernel has ended."""
        if self.events[-1]["event"] == "end":
            return
        with open(self.path, encoding="utf-8") as file:
            file.seek(self._read)
            lines, end, _ = file.read().rpartition("\n")  # a last line may be half written
        self._read += len((lines + end).encode())
        for line in lines.splitlines():
            event = json.loads(line)
            self.events.append(event)
            if event["event"] in ("bar", "closed"):
                _update(self.open_bars, event)

    def end(self):
        """Note that the kernel has ended; what it used after its last report is not known."""
        self.poll()
        if self.events[-1]["event"] != "end":
            self.events.append(self.events[-1] | {"event": "end", "at": time.monotonic()})

    def steps(self):
        """Steps as a list of dicts, without gaps."""
        found, cell, bars = [], "start", []
        for event, following in zip(self.events, self.events[1:], strict=False):
            if event["event"] in ("bar", "closed"):
                _update(bars, event)
            elif event["event"] == "cell" or cell != "waiting":  # cells before are the runner's
                cell, bars = _kind_of(event), []
            kind = _kind_of(bars[-1]) if bars else cell
            what = bars[-1]["what"] if bars else WORDS.get(kind, kind)
            seconds = following["at"] - event["at"]
            before = found[-1] if found else None
            same = before and (before["kind"], before["step"]) == (kind, what)
            if not (same or (before and seconds < SHORTEST and event["event"] != "cell")):
                before = {
                    "figure": self.figure, "step": what, "kind": kind, "start": event["at"],
                    "seconds": 0.0, "processor": 0.0, "memory": 0,
                }  # fmt: skip
                found.append(before)
            before["seconds"] += seconds
            before["processor"] += following["processor"] - event["processor"]
            before["memory"] = max(before["memory"], following["memory"])
        return found


def _update(bars, event):
    """Update a list of open bars by a report of a bar."""
    at = next((i for i, bar in enumerate(bars) if bar["bar"] == event["bar"]), None)
    if event["event"] == "closed":
        del bars[slice(0, 0) if at is None else slice(at, at + 1)]
    elif at is None:
        bars.append(event | {"since": event["at"]})
    else:
        bars[at] = event | {"since": bars[at]["since"]}


def _kind_of(event):
    if event["event"] == "bar":
        if event["unit"] == "iteration":
            return "DVRL"
        return "dropout" if "dropout" in event["what"] else "refits"
    if event["event"] == "cell":
        return next((kind for text, kind in CELLS.items() if text in event["source"]), "computing")
    return {"start": "start", "ready": "waiting"}.get(event["event"], "between")


class Timeline:
    """Collects what the kernels of a run report.

    Parameters
    ----------
    folder : Path of a folder for the kernels' files, which the caller removes
    """

    def __init__(self, folder):
        self._folder, self.tracks = Path(folder), []
        self._began, self._used = time.monotonic(), _processor_seconds()

    def track(self):
        """A Track for a kernel that is about to start."""
        self.tracks.append(Track(self._folder / f"{len(self.tracks)}"))
        return self.tracks[-1]

    def poll(self):
        """Read new reports of all kernels that run."""
        for track in self.tracks:
            track.poll()

    def record(self):
        """The timeline as a dict, after all kernels have ended."""
        from joblib import cpu_count

        for track in self.tracks:
            track.end()
        wall, cores = max(0.001, time.monotonic() - self._began), cpu_count()
        used, steps = _processor_seconds() - self._used, []
        for track in self.tracks:
            steps += [step | {"kernel": track.path.name} for step in track.steps()]
        edges = np.linspace(0, wall, min(BINS, max(1, int(wall / 0.5))) + 1)
        busy = np.zeros(len(edges) - 1)
        for track in self.tracks:
            at = np.array([event["at"] for event in track.events]) - self._began
            busy += np.diff(np.interp(edges, at, [e["processor"] for e in track.events]))
        for step in steps:
            step["start"] -= self._began
        return _rounded(
            {
                "cores": cores,
                "seconds": wall,
                "processor": used,  # of the kernels, this process and a local cluster
                "idle": max(0.0, cores * wall - used),
                "edges": edges.tolist(),
                "busy": (busy / np.diff(edges) / cores).tolist(),
                "steps": steps,
            }
        )


def _processor_seconds():
    """Of this process and of its children that have ended."""
    return sum(os.times()[:4])


def _rounded(record):
    """The record with milliseconds."""
    return json.loads(json.dumps(record), parse_float=lambda text: round(float(text), 3))


def write(record):
    """Write a record to `TABLE`; returns a line about it, also if it cannot be written."""
    path = build_folder() / TABLE
    where = shown(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_together({path: (json.dumps(record) + "\n").encode()})
    except OSError as error:  # the figures are there
        where += f" cannot be written ({error.strerror})"
    text = (
        f"{record['seconds']:.1f} s, {record['processor']:.1f} s of processor time: "
        f"{_share(record):.0%} of {record['cores']} cores"
    )
    largest = max(record["steps"], key=lambda step: step["memory"], default=None)
    if largest and largest["memory"]:
        text += f"; largest memory {largest['memory'] / 1e9:.2f} GB ({largest['figure'] or 'none'})"
    return f"{text}; {where}"


def _share(record):
    """Share of the cores' time that was used."""
    return record["processor"] / (record["cores"] * record["seconds"])


def read():
    """The record of the last run.

    Raises
    ------
    FileNotFoundError : no run has written one
    ValueError : the file is damaged
    """
    path = build_folder() / TABLE
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"no {shown(path)}: make a figure first, as in `make fig05`"
        ) from error
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}): make a figure anew") from error


def draw(record):
    """A matplotlib figure: the share of busy cores over time, and a bar for each kernel."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    steps = record["steps"]
    kernels = list(dict.fromkeys(step["kernel"] for step in steps))
    figure = Figure(figsize=(9, 2.4 + 0.2 * len(kernels)), layout="constrained")
    above, below = figure.subplots(
        2, 1, sharex=True, height_ratios=[1.2, max(1.5, 0.2 * len(kernels))]
    )
    above.stairs(np.array(record["busy"]) * 100, record["edges"], fill=True, color="#4393c3")
    share = record["processor"] / (record["cores"] * record["seconds"])
    above.set(ylim=(0, 105), ylabel=f"% of {record['cores']} cores")
    above.set_title(f"{record['seconds']:.0f} s, {share:.0%} of the cores", fontsize=9)
    for step in steps:
        row = kernels.index(step["kernel"])
        below.barh(row, step["seconds"], left=step["start"], color=COLOURS[step["kind"]])
    names = {step["kernel"]: step["figure"] or "(none)" for step in steps}
    below.set_yticks(range(len(names)), names.values(), fontsize=7)
    below.invert_yaxis()
    below.set(xlim=(0, record["seconds"]), xlabel="seconds")
    used = {step["kind"] for step in steps}
    patches = [
        Patch(color=COLOURS[one], label=WORDS.get(one, one)) for one in COLOURS if one in used
    ]
    figure.legend(handles=patches, loc="outside lower center", ncols=4, fontsize=7, frameon=False)
    return figure

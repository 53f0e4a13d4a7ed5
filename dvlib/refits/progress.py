"""Progress bars for notebooks, and reports of a kernel's work to the runner.

A kernel's own output goes into its notebook. The runner therefore names a file in the environment
of each kernel that it starts. The kernel appends its reports there, and the runner draws the bars
of all kernels and knows what ran when.
"""

import io
import json
import os
import time
from contextlib import contextmanager, suppress

from tqdm.auto import tqdm as notebook_or_terminal
from tqdm.std import tqdm as terminal

try:
    import resource
except ImportError:  # Windows has no such module
    resource = None

REPORT_VARIABLE = "DVLIB_REPORT"
EVERY = 0.2  # seconds between two reports of a bar


@contextmanager
def progress_bar(total, description, unit):
    """A tqdm bar that appears after one second of work; `TQDM_DISABLE=1` hides it."""
    options = {"total": total, "desc": description, "unit": unit, "leave": False}
    if REPORT_VARIABLE in os.environ:
        with _Reported(file=io.StringIO(), mininterval=EVERY, disable=False, **options) as bar:
            try:
                yield bar
            finally:
                report("closed", bar=id(bar))
    else:
        if os.environ.get("TQDM_DISABLE", "0") not in ("", "0"):
            options["disable"] = True  # tqdm's notebook bar does not read the variable itself
        with notebook_or_terminal(delay=1, **options) as bar:
            yield bar


class _Reported(terminal):
    """A bar that reports its state to the runner in place of drawing it."""

    def display(self, msg=None, pos=None):
        if msg == "":  # to remove a bar from the screen
            return
        what = {"what": self.desc, "n": self.n, "total": self.total, "unit": self.unit}
        report("bar", bar=id(self), text=self.postfix or "", **what)


def report_cells():
    """Report the start and end of each cell of this kernel; a runner's kernel calls it first."""
    from IPython import get_ipython

    events = get_ipython().events
    events.register("pre_run_cell", lambda info: report("cell", source=info.raw_cell))
    events.register("post_run_cell", lambda result: report("between"))
    report("ready")


def report(event, **details):
    """Append an event with its time, processor seconds and peak memory to the runner's file."""
    path = os.environ.get(REPORT_VARIABLE)
    if not path:
        return
    details |= {"event": event, "at": time.monotonic(), "processor": time.process_time()}
    line = json.dumps(details | {"memory": _peak_memory()}) + "\n"
    # A report is never worth a failed figure. Without O_CREAT, a stopped runner's file stays gone.
    with suppress(OSError):
        file = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)


def _peak_memory():
    """Largest resident memory of this process so far, in bytes; 0 where it is not known."""
    # First choice, since Linux's `ru_maxrss` of a new process begins at the memory of its parent.
    with suppress(OSError, StopIteration):
        with open("/proc/self/status") as status:
            peak = next(line for line in status if line.startswith("VmHWM:"))
        return 1024 * int(peak.split()[1])
    if resource is None:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if os.uname().sysname == "Darwin" else 1024 * peak

"""Progress bars for notebooks, and the line of progress that a kernel leaves for the runner.

A kernel's own output goes into its notebook. The runner therefore names a file in the environment
of each kernel that it starts. The kernel writes its line there, and the runner shows it.
"""

import io
import os
from contextlib import contextmanager, suppress

from tqdm.auto import tqdm as notebook_or_terminal
from tqdm.std import tqdm as terminal

REPORT_VARIABLE = "DVLIB_REPORT"
DELAY = 1  # seconds of work before a bar appears
EVERY = 0.2  # seconds between two reports of a bar
LENGTH = 400  # bytes of the line
_open = []  # reported bars of this process, outermost first


@contextmanager
def progress_bar(total, description, unit):
    """A tqdm bar that appears after one second of work; `TQDM_DISABLE=1` hides it."""
    options = {"total": total, "desc": description, "unit": unit, "leave": False}
    if REPORT_VARIABLE in os.environ:
        with _Reported(file=io.StringIO(), mininterval=EVERY, disable=False, **options) as bar:
            _open.append(bar)
            try:
                yield bar
            finally:
                _open.remove(bar)
                bar.display()
    else:
        if os.environ.get("TQDM_DISABLE", "0") not in ("", "0"):
            options["disable"] = True  # tqdm's notebook bar does not read the variable itself
        with notebook_or_terminal(delay=DELAY, **options) as bar:
            yield bar


class _Reported(terminal):
    """A bar that writes the line of its kernel in place of drawing itself."""

    def display(self, msg=None, pos=None):
        """Write the innermost bar, after those around it in words; "" without a bar."""
        bars = [bar for bar in _open if bar.format_dict["elapsed"] >= DELAY]
        around = [f"{bar.desc} {bar.n}/{bar.total}, " for bar in bars[:-1]]
        line = "".join([*around, *map(str, bars[-1:])]).encode()
        # A report is never worth a failed figure. Without O_CREAT, a stopped runner's file stays
        # gone. A line of one length replaces the earlier one as a whole.
        with suppress(OSError):
            file = os.open(os.environ[REPORT_VARIABLE], os.O_WRONLY)
            try:
                os.write(file, line[:LENGTH].ljust(LENGTH))
            finally:
                os.close(file)

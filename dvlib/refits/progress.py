"""A progress bar for notebooks and for make."""

import os
from contextlib import contextmanager

from tqdm.auto import tqdm as notebook_or_terminal
from tqdm.std import tqdm as terminal

# A kernel's own output goes into its notebook. The runner therefore passes its terminal to the
# kernels through this variable, and they show their progress there.
TERMINAL_VARIABLE = "DVLIB_PROGRESS"


@contextmanager
def progress_bar(total, description, unit):
    """A tqdm bar that appears after one second of work; `TQDM_DISABLE=1` hides it."""
    options = {"total": total, "desc": description, "unit": unit, "delay": 1, "leave": False}
    if os.environ.get("TQDM_DISABLE", "0") not in ("", "0"):
        options["disable"] = True  # tqdm's notebook bar does not read the variable itself
    device = os.environ.get(TERMINAL_VARIABLE)
    if device and os.access(device, os.W_OK):
        with open(device, "w") as screen, terminal(file=screen, **options) as bar:
            yield bar
    else:
        with notebook_or_terminal(**options) as bar:
            yield bar

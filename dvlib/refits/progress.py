"""One progress bar for notebooks and for make."""

import os
from contextlib import contextmanager

from tqdm.auto import tqdm as notebook_or_terminal
from tqdm.std import tqdm as terminal

# A kernel's own output ends up in its notebook. The runner, which has a terminal to show progress
# on, names it here for the kernels it starts.
TERMINAL_VARIABLE = "DVLIB_PROGRESS"


@contextmanager
def progress_bar(total, description, unit):
    """A tqdm bar that appears once the work has taken a second; `TQDM_DISABLE=1` hides it."""
    options = {"total": total, "desc": description, "unit": unit, "delay": 1, "leave": False}
    if os.environ.get("TQDM_DISABLE", "0") not in ("", "0"):
        options["disable"] = True  # tqdm's bar for notebooks does not look there by itself
    device = os.environ.get(TERMINAL_VARIABLE)
    if device and os.access(device, os.W_OK):
        with open(device, "w") as screen, terminal(file=screen, **options) as bar:
            yield bar
    else:
        with notebook_or_terminal(**options) as bar:
            yield bar

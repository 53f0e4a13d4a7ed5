"""Environment variables that belong to other programs of the user and must not reach the suite.

`make` leaves them out for all that it starts. This module does it for `python -m dvlib`, kernels
and pytest. It imports no library, since libraries read some of them when they are imported.
"""

import os

# Where Python and bytecode lie. PYTHONPATH is there so that kernels import the same modules as the
# process that starts them.
KEPT = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPYCACHEPREFIX",
    "PYTHONUNBUFFERED",
    "PYTHONUTF8",
)
FOREIGN = ("MATPLOTLIBRC", "MPLBACKEND", "NUMBA_DISABLE_JIT")


def is_foreign(name):
    """Whether a variable is left out: a switch of Python, or a setting of another library."""
    return name in FOREIGN or (name.startswith("PYTHON") and name not in KEPT)


def close_off():
    """Delete the variables of other programs from the environment of this process."""
    for name in [*filter(is_foreign, os.environ)]:
        del os.environ[name]

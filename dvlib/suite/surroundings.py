"""Environment variables that belong to other programs of the user and must not reach the suite.

`make` leaves them out for all that it starts. This module does it for `python -m dvlib` and pytest,
and so for their kernels. It imports no library, since libraries read some of them when imported.
"""

import os

# Where Python and bytecode lie. PYTHONPATH is there so that kernels import the same modules as the
# process that starts them.
KEPT = (
    "PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX",
    "PYTHONUNBUFFERED", "PYTHONUTF8",
)  # fmt: skip
FOREIGN = ("MATPLOTLIBRC", "MPLBACKEND", "NUMBA_DISABLE_JIT")


def drop_foreign_variables():
    """Delete switches of Python and settings of other libraries from this process's environment."""
    for name in list(os.environ):
        if name in FOREIGN or (name.startswith("PYTHON") and name not in KEPT):
            del os.environ[name]

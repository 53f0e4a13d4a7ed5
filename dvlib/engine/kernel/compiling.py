"""How the kernels are compiled, and where the compiled code is kept."""

import functools
import os
from pathlib import Path

from numba import config, njit

from dvlib.engine.kernel.sealed import sealed
from dvlib.root import code_digest, project_root


@functools.cache
def code_folder():
    """Folder of the compiled code of just these sources.

    Numba notices a change of the file a function is in, but not of the files of the functions it
    calls: without the digest in the path, old code would go on running.
    """
    base = os.environ.get("NUMBA_CACHE_DIR") or project_root() / ".cache" / "numba"
    return Path(base) / code_digest("engine/kernel")[:16]


def compiled(function):
    """Compile for this processor at the first call, without the GIL, kept on disk under a seal."""
    before, config.CACHE_DIR = config.CACHE_DIR, str(code_folder())
    try:
        # The numpy error model leaves out the test of every division that Python's would need.
        return sealed(njit(error_model="numpy", nogil=True, cache=True)(function))
    finally:
        config.CACHE_DIR = before

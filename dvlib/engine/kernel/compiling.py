"""How the kernels are compiled, and where the compiled code is kept."""

import functools
import os
from pathlib import Path

from numba import config, njit

from dvlib.engine.kernel.sealed import sealed
from dvlib.root import code_digest, project_root


@functools.cache
def code_folder():
    """Folder of the compiled code of exactly these sources.

    Numba notices a change in a function's own file, but not in the files of the functions it
    calls. Without the digest in the path, old code would still run.
    """
    base = os.environ.get("NUMBA_CACHE_DIR") or project_root() / ".cache" / "numba"
    return Path(base) / code_digest("engine/kernel")[:16]


def compiled(function):
    """Compile at the first call for this processor, without the GIL; cache on disk with a seal."""
    before, config.CACHE_DIR = config.CACHE_DIR, str(code_folder())
    try:
        # The numpy error model omits the zero test that Python's model adds to every division.
        return sealed(njit(error_model="numpy", nogil=True, cache=True)(function))
    finally:
        config.CACHE_DIR = before

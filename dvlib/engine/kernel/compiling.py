"""How the kernels are compiled, and where the compiled code is kept."""

import functools
import os
from pathlib import Path

from numba import config, njit
from numba.core.codegen import get_host_cpu_features

from dvlib.engine.kernel.sealed import SealedCache
from dvlib.root import code_digest, project_root


@functools.cache
def code_folder():
    """Folder of the compiled code of exactly these sources.

    Numba notices a change in a function's own file, but not in the files of the functions it
    calls. Without the digest in the path, old code would still run.
    """
    base = os.environ.get("NUMBA_CACHE_DIR") or project_root() / ".cache" / "numba"
    return Path(base) / code_digest("engine/kernel")[:16]


def processor_features():
    """Features of the processor that numba compiles for, as LLVM's text, such as "+avx2,-sse4a".

    Numba resolves them from the processor, NUMBA_CPU_FEATURES, NUMBA_CPU_NAME and
    NUMBA_ENABLE_AVX. Only these features may be used, also where the processor has more.
    """
    return get_host_cpu_features() if config.CPU_FEATURES is None else config.CPU_FEATURES


def compiled(function):
    """Compile at the first call for this processor, without the GIL; cache on disk with a seal.

    Raises
    ------
    ImportError : numba's compiler is switched off
    """
    if config.DISABLE_JIT:
        raise ImportError(
            "dvlib's kernels need numba's compiler, and NUMBA_DISABLE_JIT switches it off: unset it"
        )
    # The numpy error model omits the zero test that Python's model adds to every division.
    kernel = njit(error_model="numpy", nogil=True)(function)
    before, config.CACHE_DIR = config.CACHE_DIR, str(code_folder())
    try:
        kernel._cache = SealedCache(function)
    finally:
        config.CACHE_DIR = before
    return kernel

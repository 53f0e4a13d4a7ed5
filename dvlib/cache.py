"""The disk cache of finished chunks, and what its entries depend on."""

import functools
import hashlib
import os
from importlib.metadata import version
from pathlib import Path

import llvmlite.binding as llvm
import numba
import sklearn
from joblib import Memory

PACKAGE = Path(__file__).resolve().parent
# The modules that decide a refit's numbers; a change to any of them starts the cache anew.
KERNELS = ("compiling", "simd", "signs", "order", "groups", "kernels", "sweep")
_DECISIVE = (*KERNELS, "mlp", "boundaries", "mesh", "batches")
_DVRL = (*_DECISIVE, "tensors", "predictor", "estimator", "target", "dvrl")


def project_root():
    """The clone this package is installed from, or the working directory where there is none."""
    return PACKAGE.parent if (PACKAGE.parent / "pyproject.toml").exists() else Path.cwd()


def cache_folder():
    """Folder of the cache: `DVLIB_CACHE` where that is set, else `.cache/refits` of the clone."""
    return Path(os.environ.get("DVLIB_CACHE") or project_root() / ".cache" / "refits")


class _Memory(Memory):
    """A Memory that does not print the arguments of a call into a file beside its result.

    Nothing reads that file, and to print 144 points takes as long as two fits to them.
    """

    def cache(self, *args, **options):
        function = super().cache(*args, **options)
        function._persist_input = _nothing  # joblib has no public switch for it
        return function


def _nothing(*args, **options):
    return {}


def open_cache():
    """The cache as a joblib Memory. Entries are compressed, so that damage shows as an error.

    Raises
    ------
    PermissionError : the folder cannot be written
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        raise PermissionError(
            f"the cache folder {folder} cannot be written: set DVLIB_CACHE to one that can be, "
            "or pass cache=False to compute without"
        )
    return _Memory(folder, verbose=0, compress=("zlib", 1))


def source_digest(*modules):
    """SHA-256 of the sources of some modules of dvlib (of all of them, when none is named)."""
    paths = [PACKAGE / f"{name}.py" for name in modules] or sorted(PACKAGE.glob("*.py"))
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def processor():
    """Name of the processor that kernels are compiled for, such as "znver4"."""
    return numba.config.CPU_NAME or llvm.get_host_cpu_name()


def _features():
    return numba.config.CPU_FEATURES or llvm.get_host_cpu_features().flatten()


@functools.cache
def engine_digest(modules=_DECISIVE, libraries=()):
    """What the numbers of a refit depend on beside its arguments: code, libraries, processor."""
    versions = (numba.__version__, sklearn.__version__, *map(version, libraries))
    parts = (source_digest(*modules), *versions, processor(), _features())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def dvrl_digest():
    """The same for a run of DVRL."""
    return engine_digest(_DVRL, ("tensorflow",))

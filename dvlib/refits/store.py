"""The disk cache of finished chunks, and what its entries depend on."""

import errno
import functools
import hashlib
import os
from pathlib import Path

import llvmlite.binding as llvm
import numba
from joblib import Memory, register_store_backend
from joblib._store_backends import FileSystemStoreBackend
from joblib.memory import extract_first_line

from dvlib.root import library_version, project_root, source_digest

# The modules that decide a refit's numbers; a change to any of them starts the cache anew.
_DECISIVE = ("engine", "refits/batch")
# The libraries that decide them too.
LIBRARIES = ("numpy", "scipy", "numba", "scikit-learn")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # no room for a file: disk, quota, size limit
_DVRL = (*_DECISIVE, "methods/dvrl")


def cache_folder():
    """Folder of the cache: `DVLIB_CACHE` where that is set, else `.cache/refits` of the clone."""
    return Path(os.environ.get("DVLIB_CACHE") or project_root() / ".cache" / "refits")


class _Store(FileSystemStoreBackend):
    """joblib's files, but for the half-written ones that a full disk would leave behind."""

    def _concurrency_safe_write(self, to_write, filename, write_func):
        def write(to_write, temporary):
            try:
                write_func(to_write, temporary)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise

        super()._concurrency_safe_write(to_write, filename, write)


register_store_backend("dvlib", _Store)


class _Cache(Memory):
    """joblib's Memory for functions whose arguments hold the digest of their code.

    It does not print the arguments of a call into a file beside its result: nothing reads that
    file, and where it takes long joblib warns of it.
    """

    def cache(self, func=None, **options):
        try:
            cached = super().cache(func, **options)
            # joblib keeps the function's source beside the entries, deletes all of them where it
            # differs and stops where it is no text: so it is written anew where it is damaged.
            code, _, line = cached.func_code_info
            if self._source(cached) != code:
                cached._write_func_code(code, line)
            cached._persist_input = _nothing  # joblib has no public switch for it
        except OSError as error:
            raise _refusal(self.location, error.strerror, type(error)) from error
        return cached

    @staticmethod
    def _source(cached):
        try:
            kept = cached.store_backend.get_cached_func_code([cached.func_id])
            return extract_first_line(kept)[0]
        except (OSError, ValueError):  # there is none yet; or not in UTF-8, or without its line
            return None


def _nothing(*args, **options):
    return {}


def open_cache():
    """The cache as a joblib Memory. Entries are compressed, so that damage shows as an error.

    Raises
    ------
    PermissionError : the folder cannot be written
    OSError : when a function is to be cached and the disk is full
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        kind = OSError if error.errno in FULL else PermissionError
        raise _refusal(folder, error.strerror, kind) from error
    return _Cache(folder, backend="dvlib", verbose=0, compress=("zlib", 1))


def _refusal(folder, reason, kind):
    return kind(
        f"the cache folder {folder} cannot be written ({reason}): set DVLIB_CACHE to one that can "
        "be, or pass cache=False to compute without"
    )


def processor():
    """Name of the processor that kernels are compiled for, such as "znver4"."""
    return numba.config.CPU_NAME or llvm.get_host_cpu_name()


def _features():
    return numba.config.CPU_FEATURES or llvm.get_host_cpu_features().flatten()


def engine_parts(modules=_DECISIVE, libraries=()):
    """What the numbers of a refit depend on beside its arguments, as a dict of strings."""
    return {
        "code of dvlib": source_digest(*modules),
        **{f"version of {name}": str(library_version(name)) for name in (*LIBRARIES, *libraries)},
        "processor": processor(),
        "features of the processor": _features(),
    }


@functools.cache
def engine_digest(modules=_DECISIVE, libraries=()):
    """Those parts in one."""
    parts = engine_parts(modules, libraries).values()
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def dvrl_digest():
    """The same for a run of DVRL."""
    return engine_digest(_DVRL, ("tensorflow",))

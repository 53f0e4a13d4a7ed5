"""A store of results on disk, each under the hash of all that decides it.

An entry is one file. Its name is the SHA-256 of the kind of result, the arguments, the code, the
versions of the libraries and the processor; its content is compressed and begins with a checksum.
"""

import errno
import functools
import hashlib
import os
import pickle
import threading
import time
import warnings
import zlib
from contextlib import suppress
from pathlib import Path

import joblib
import llvmlite.binding as llvm
import numba

from dvlib.root import code_digest, library_version, project_root

LIBRARIES = ("numpy", "scipy", "numba", "scikit-learn")  # which decide a refit's numbers
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # no room for a file: disk, quota, size limit
UNFINISHED = "unfinished"  # folder of entries that are being written
ABANDONED = 60  # seconds: writing an entry takes milliseconds, an older rest is of a killed run


def cache_folder():
    """Folder of the store: `DVLIB_CACHE` where that is set, else `.cache/refits` of the clone."""
    return Path(os.environ.get("DVLIB_CACHE") or project_root() / ".cache" / "refits")


class Store:
    """Results of one kind: `read` and `write` by key, or `result` for both.

    Parameters
    ----------
    kind : what the results are, such as "refits"
    code : packages or modules of dvlib that decide them
    libraries : further libraries that decide them
    keep : False = nothing is read or written

    Raises
    ------
    PermissionError : the folder cannot be written
    OSError : the disk is full
    """

    def __init__(self, kind, code=("engine",), libraries=(), *, keep=True):
        self.digest = engine_digest(code, libraries)
        self._kind, self._folder = kind, cache_folder() if keep else None
        if keep:
            try:
                (self._folder / UNFINISHED).mkdir(parents=True, exist_ok=True)
                self._remove_abandoned()
                self._write(b"room for a file", None)
            except OSError as error:
                refusal = OSError if error.errno in FULL else PermissionError
                raise refusal(
                    f"the cache folder {self._folder} cannot be written ({error.strerror}): set "
                    "DVLIB_CACHE to one that can be, or pass cache=False to compute without"
                ) from error

    def key(self, arguments):
        """Name of the entry for some arguments."""
        if self._folder is None:
            return None
        parts = (self._kind, joblib.hash(arguments), self.digest)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def read(self, key):
        """The result kept under a key, or None; None with a warning where the entry is damaged."""
        if self._folder is None:
            return None
        try:
            content = self._path(key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            warnings.warn(f"{self._path(key)} cannot be read ({error.strerror})", stacklevel=2)
            return None
        checksum, packed = content[:32], content[32:]
        if _checksum(key, packed) != checksum:
            warnings.warn(
                f"{self._path(key)} is damaged: the result is computed again", stacklevel=2
            )
            return None
        return pickle.loads(zlib.decompress(packed))

    def write(self, key, result):
        """Keep a result; where that cannot be, warn and go on."""
        if self._folder is None:
            return
        packed = zlib.compress(pickle.dumps(result), 1)
        try:
            self._write(_checksum(key, packed) + packed, self._path(key))
        except OSError as error:
            warnings.warn(
                f"{self._path(key)} cannot be written ({error.strerror}): the result is not kept",
                stacklevel=2,
            )

    def result(self, arguments, compute):
        """The result kept for some arguments, or else what `compute()` gives, which is kept."""
        key = self.key(arguments)
        found = self.read(key)
        if found is None:
            found = compute()
            self.write(key, found)
        return found

    def _path(self, key):
        return self._folder / key[:2] / key

    def _remove_abandoned(self):
        for path in (self._folder / UNFINISHED).iterdir():
            with suppress(FileNotFoundError):  # another process has just finished it
                if time.time() - path.stat().st_mtime > ABANDONED:
                    path.unlink()

    def _write(self, content, path):
        """A file under its name when all of it is written; None = write it and delete it."""
        name = f"{os.getpid()}-{threading.get_ident()}-{time.time_ns()}"
        unfinished = self._folder / UNFINISHED / name
        try:
            unfinished.write_bytes(content)
            if path is not None:
                path.parent.mkdir(exist_ok=True)
                os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)


def _checksum(key, packed):
    return hashlib.sha256(key.encode() + packed).digest()


def processor():
    """Name of the processor that kernels are compiled for, such as "znver4"."""
    return numba.config.CPU_NAME or llvm.get_host_cpu_name()


def _features():
    return numba.config.CPU_FEATURES or llvm.get_host_cpu_features().flatten()


def engine_parts(code=("engine",), libraries=()):
    """What the numbers of a result depend on beside its arguments, as a dict of strings."""
    return {
        "code of dvlib": code_digest(*code),
        **{f"version of {name}": str(library_version(name)) for name in (*LIBRARIES, *libraries)},
        "processor": processor(),
        "features of the processor": _features(),
    }


@functools.cache
def engine_digest(code=("engine",), libraries=()):
    """SHA-256 of those parts."""
    parts = engine_parts(code, libraries).values()
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()

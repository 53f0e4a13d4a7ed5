"""A store of results on disk; the key of a result is a hash of everything that determines it.

Each entry is a file. Its name is the SHA-256 of the kind of result, the arguments, the code, the
versions of the libraries and the processor. It contains a checksum and the compressed result. Code
that the arguments bring along, such as a user's classifier, is part of the key
(`dvlib.refits.hashing`). Results of arguments whose code cannot be known are not kept.

Several processes share the folder. Each locks the key of a result while it computes it, so the
others wait and then read it.
"""

import errno
import functools
import hashlib
import os
import pickle
import sys
import threading
import time
import warnings
import zlib
from contextlib import ExitStack, nullcontext, suppress
from pathlib import Path

import llvmlite.binding as llvm
import numba
from filelock import FileLock, Timeout

from dvlib.engine.kernel.compiling import processor_features
from dvlib.refits.ledger import record
from dvlib.root import code_digest, kept_folder, library_version

LIBRARIES = ("numpy", "scipy", "numba", "scikit-learn")  # a refit's numbers depend on them
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # disk full, quota used up, file too large
UNFINISHED = "unfinished"  # folder of entries that are being written
# Seconds. Writing an entry takes milliseconds, so an older unfinished file is from a killed run.
ABANDONED = 60
# Folder of a file for each key that is locked at present. Earlier versions had a file "locks".
LOCKS = "locked"
YEARS = 1e9  # seconds

VARIABLE = "DVLIB_CACHE"


def cache_folder():
    """Folder of the store: `DVLIB_CACHE` if it is set, else `refits` in `kept_folder`."""
    return Path(os.environ.get(VARIABLE) or kept_folder() / "refits")


class Store:
    """Stored results of one kind: `read` and `write` take a key, `result` does both.

    Parameters
    ----------
    kind : name of the kind of result, such as "refits"
    code : packages or modules of dvlib that the results depend on
    libraries : libraries that the results depend on, in addition to `LIBRARIES`
    keep : False = nothing is read or written
    n_fits : function of a result to the number of networks trained for it, for the ledger
        (`dvlib.refits.ledger`)

    Raises
    ------
    PermissionError : the folder that `DVLIB_CACHE` names cannot be written. For the folder in the
        clone there is one warning, and nothing new is kept
    OSError : the disk is full
    """

    def __init__(self, kind, code=("engine",), libraries=(), *, keep=True, n_fits=None):
        self.digest, self._n_fits = engine_digest(code, libraries), n_fits
        self._kind, self._folder, self._writes = kind, cache_folder() if keep else None, keep
        if keep:
            try:
                (self._folder / UNFINISHED).mkdir(parents=True, exist_ok=True)
                for path in (self._folder / UNFINISHED).iterdir():
                    with suppress(FileNotFoundError):  # another process may have just finished it
                        if time.time() - path.stat().st_mtime > ABANDONED:
                            path.unlink()
                self._write(b"room for a file", None)
            except OSError as error:
                self._refuse_or_warn(error)

    def _refuse_or_warn(self, error):
        reason = f"the cache folder {self._folder} cannot be written ({error.strerror})"
        if error.errno in FULL or os.environ.get(VARIABLE):
            refusal = OSError if error.errno in FULL else PermissionError
            raise refusal(
                f"{reason}: set {VARIABLE} to one that can be, or pass cache=False to "
                "compute without"
            ) from error
        _warn_once(
            f"{reason}: results are not kept; set {VARIABLE} to a folder that can be written"
        )
        self._writes = False
        if not self._folder.is_dir():  # otherwise it is read
            self._folder = None

    def key(self, arguments):
        """Name of the entry for these arguments, or None if it cannot be known what they are.

        The result is then computed and not kept, which a line on the standard error says once.
        """
        from dvlib.refits.hashing import Unknown, hash_of

        try:
            parts = (self._kind, hash_of(arguments), self.digest)
        except Unknown as why:
            if self._folder is not None:
                _say_once(f"these fits are computed again each time and not kept: {why}")
            return None
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def read(self, key):
        """The result stored under a key, or None; a damaged entry gives a warning and None."""
        if self._folder is None or key is None:
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
        result = pickle.loads(zlib.decompress(packed))
        self._record(key, result)
        return result

    def write(self, key, result):
        """Store a result; if it cannot be written, warn and continue."""
        self._record(key, result)
        if not self._writes or key is None:
            return
        packed = zlib.compress(pickle.dumps(result), 1)
        try:
            self._write(_checksum(key, packed) + packed, self._path(key))
        except OSError as error:
            warnings.warn(
                f"{self._path(key)} cannot be written ({error.strerror}): the result is not kept",
                stacklevel=2,
            )

    def result(self, function, arguments):
        """The stored result for these arguments; if there is none, call the function and store.

        While another thread or process computes the same result, this call waits for it.
        """
        key = self.key(arguments)
        stored = None not in (self._folder, key) and self._path(key).exists()
        with nullcontext() if stored else self.lock(key):
            result = self.read(key)
            if result is None:
                result = function(*arguments)
                self.write(key, result)
        return result

    def lock(self, key, wait=True):
        """Lock a key for this thread, against all others and other processes.

        The lock ends when the returned context is closed, or with the process. None is returned if
        another holds the lock and `wait` is False. Where the file system has no locks, there are
        none: a result may then be computed twice, which changes nothing.
        """
        held = ExitStack()
        if self._folder is None or key is None:
            return held
        # A cluster's results may be closed by another thread. A soft lock, which is the mere
        # existence of a file, would outlive a killed process.
        path = self._folder / LOCKS / key
        lock = FileLock(path, thread_local=False, fallback_to_soft=False)
        try:
            # Without any timeout, filelock would refuse a lock that this thread took, although
            # another thread may be about to close it.
            lock.acquire(blocking=wait, timeout=YEARS)
        except Timeout:
            return None
        except OSError:
            return held
        held.callback(lock.release)
        held.callback(_remove, path)  # before the release: whoever waits then makes it anew
        return held

    def _record(self, key, result):
        if self._n_fits is not None:
            record(object() if key is None else key, self._n_fits(result))

    def _path(self, key):
        return self._folder / key[:2] / key

    def _write(self, content, path):
        """Write a file completely, then rename it to `path`; None = delete it again (a test)."""
        name = f"{os.getpid()}-{threading.get_ident()}-{time.time_ns()}"
        unfinished = self._folder / UNFINISHED / name
        try:
            unfinished.write_bytes(content)
            if path is not None:
                path.parent.mkdir(exist_ok=True)
                os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)


def _remove(path):
    with suppress(OSError):  # Windows keeps an open file, and its lock removes it
        path.unlink()


@functools.cache
def _warn_once(text):
    """Warn once in a process. Python itself repeats a warning when its filters have changed."""
    warnings.warn(text, stacklevel=4)  # the call of Store


@functools.cache
def _say_once(text):
    print(text, file=sys.stderr)


def _checksum(key, packed):
    return hashlib.sha256(key.encode() + packed).digest()


def processor():
    """Name of the processor that kernels are compiled for, such as "znver4"."""
    return numba.config.CPU_NAME or llvm.get_host_cpu_name()


def engine_parts(code=("engine",), libraries=()):
    """Everything a result's numbers depend on besides its arguments, as a dict of strings."""
    return {
        "code of dvlib": code_digest(*code),
        **{f"version of {name}": str(library_version(name)) for name in (*LIBRARIES, *libraries)},
        "processor": processor(),
        "features of the processor": processor_features(),
    }


@functools.cache
def engine_digest(code=("engine",), libraries=()):
    """SHA-256 of `engine_parts`."""
    parts = engine_parts(code, libraries).values()
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()

"""Compiled code on disk with a seal: damaged code is compiled again and never run.

Numba stores compiled code without a checksum. A truncated file would stop a run with a pickle
error. A flipped bit could crash the process or change a number.
"""

import hashlib
import os
import pickle
import warnings

from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    IndexDataCacheFile,
    UserProvidedCacheLocator,
)
from numba.core.serialize import dumps


class SealedFile(IndexDataCacheFile):
    """Numba's cache files of a function, with the key and a SHA-256 added to each entry."""

    def load(self, key):
        """The data stored for a key, or None; then numba compiles and saves."""
        try:
            seal, packed = super().load(key)
            if hashlib.sha256(packed).digest() != seal:
                return None
            key_kept, data = pickle.loads(packed)
        except Exception:  # damaged files raise many types in pickle; no entry is a TypeError
            return None
        # If two processes save at once, the index of one may point to the data of the other.
        return data if key_kept == key else None

    def save(self, key, data):
        """Store compiled code under a key; if it cannot be written, warn and continue."""
        packed = dumps((key, data))
        try:
            os.makedirs(self._cache_path, exist_ok=True)
            super().save(key, (hashlib.sha256(packed).digest(), packed))
        except OSError as error:
            warnings.warn(
                f"{self._cache_path} cannot be written ({error.strerror}): kernels are compiled "
                "again by every process; free it, or set NUMBA_CACHE_DIR to another folder",
                stacklevel=2,
            )

    def _load_index(self):
        try:
            return super()._load_index()
        except Exception:  # damaged, see load
            return {}


class OneFolder(UserProvidedCacheLocator):
    """The folder `config.CACHE_DIR`, also if it cannot be written.

    Numba's own search goes on to `__pycache__` and the user's home, where old code would still run:
    their paths hold no digest of the sources. If it finds no folder, it raises a RuntimeError.
    """

    def ensure_cache_path(self):
        """Nothing: `SealedFile.save` makes the folder."""


class _InOneFolder(CompileResultCacheImpl):
    _locator_classes = (OneFolder,)


class SealedCache(FunctionCache):
    """Numba's cache of a function, in one folder and with sealed files."""

    _impl_class = _InOneFolder

    def __init__(self, function):
        super().__init__(function)
        self._cache_file = SealedFile(
            self._cache_path, self._impl.filename_base, self._impl.locator.get_source_stamp()
        )

"""Compiled code on disk with a seal: damaged code is compiled again and never run.

Numba stores compiled code without a checksum. A truncated file would stop a run with a pickle
error. A flipped bit could crash the process or change a number.
"""

import hashlib
import pickle
import warnings

from numba.core.caching import IndexDataCacheFile
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


def sealed(function):
    """Make numba store a function compiled with `cache=True` in a `SealedFile`."""
    kept = function._cache
    kept._cache_file = SealedFile(
        kept.cache_path, kept._impl.filename_base, kept._impl.locator.get_source_stamp()
    )
    return function

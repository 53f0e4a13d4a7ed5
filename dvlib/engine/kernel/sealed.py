"""Compiled code on disk, under a seal: what is damaged is compiled anew, never run.

Numba keeps compiled code without a checksum. A truncated file would end a run with an error of
pickle's, and a flipped bit the process, or change a number.
"""

import hashlib
import pickle
import warnings

from numba.core.caching import IndexDataCacheFile
from numba.core.serialize import dumps


class SealedFile(IndexDataCacheFile):
    """Numba's files of one function: each entry holds its key, and a SHA-256 of all of it."""

    def load(self, key):
        """What is kept for a key, or None, after which numba compiles and saves."""
        try:
            seal, packed = super().load(key)
            if hashlib.sha256(packed).digest() != seal:
                return None
            key_kept, data = pickle.loads(packed)
        except Exception:  # pickle's of damaged files are of many kinds; of no entry a TypeError
            return None
        # Of two processes that save at once, the index of one may lead to the data of the other.
        return data if key_kept == key else None

    def save(self, key, data):
        """Keep what was compiled for a key; where that cannot be, warn and go on."""
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
    """Have numba keep a compiled function, one made with `cache=True`, as a `SealedFile`."""
    kept = function._cache
    kept._cache_file = SealedFile(
        kept.cache_path, kept._impl.filename_base, kept._impl.locator.get_source_stamp()
    )
    return function

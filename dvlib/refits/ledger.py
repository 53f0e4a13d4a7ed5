"""How many networks a result rests on: every fit is counted once, under the key of its result.

A pass that several methods read, a refit that was found in the cache and a refit that another
thread or a cluster computed all count once.
"""

import threading
import time
import weakref

_LEDGERS, _LOCK = weakref.WeakSet(), threading.Lock()


class Ledger:
    """Counts the fits that this process computes or reads from the store, from now on.

    Examples
    --------
    >>> ledger = Ledger()
    >>> record("the refits of a chunk", 24)
    >>> record("the refits of a chunk", 24)  # read again, by another method
    >>> ledger.n_fits
    24
    """

    def __init__(self):
        self._fits, self._opened = {}, time.perf_counter()
        with _LOCK:
            _LEDGERS.add(self)

    @property
    def n_fits(self):
        """Number of networks trained, each counted once."""
        with _LOCK:
            return sum(self._fits.values())

    @property
    def seconds(self):
        """Wall time since it was opened."""
        return time.perf_counter() - self._opened


def record(key, n_fits):
    """Enter fits into all ledgers, under a key that says which fits they are."""
    with _LOCK:
        for ledger in _LEDGERS:
            ledger._fits[key] = n_fits

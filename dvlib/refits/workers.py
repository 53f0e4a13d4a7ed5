"""Calls of a pure function side by side: in threads, or on workers that share no memory with us.

Such workers get arguments and give results, nothing else. The cache is read before and written
after them on this side: they need no folder in common with it, nor with each other.
"""

import pickle
import zlib
from concurrent.futures import CancelledError

from joblib import Parallel, delayed, hash
from joblib.parallel import get_active_backend

from dvlib.refits.cluster import SAME_BITS, ClusterError, parallel_setting
from dvlib.refits.store import engine_digest


def run_calls(function, calls, *, memory=None, n_jobs=-1):
    """Call a function of this package with each of some arguments.

    Where the work is done says `dvlib.use_cluster`, or else `joblib.parallel_config` around this.

    Parameters
    ----------
    function : pure, found by its name on workers
    calls : list of tuples of arguments
    memory : joblib.Memory that keeps results, by the function's name and the arguments; None = none
    n_jobs : joblib's, for threads

    Yields
    ------
    (index of the call, result), in the order in which they are done

    Raises
    ------
    ClusterError : before any call, see `use_cluster`; or when the scheduler is lost
    Whatever the function raises, the same from a worker as from a thread.
    """
    with parallel_setting():
        backend, _ = get_active_backend(prefer="threads")
        workers = Parallel(
            n_jobs=n_jobs, prefer="threads", return_as="generator_unordered", batch_size=1
        )
    kept = memory.cache(_kept, ignore=["make"]) if memory else _kept
    name = f"{function.__module__}.{function.__qualname__}"

    def key(i):
        return hash(calls[i]) if memory else None

    if getattr(backend, "supports_sharedmem", False):  # as joblib asks

        def call(i):
            return i, kept(name, key(i), lambda: function(*calls[i]))

        yield from workers(delayed(call)(i) for i in range(len(calls)))
        return

    missing = {}
    for i in range(len(calls)):
        of_call = key(i)
        try:
            found = kept(name, of_call, _missing)
        except _Missing:
            missing[i] = of_call
        else:
            yield i, found
    jobs = (delayed(_call)(i, pack(function, calls[i])) for i in missing)
    try:
        for i, result in workers(jobs):
            yield i, kept(name, missing[i], lambda result=result: result)
    except CancelledError as error:
        raise ClusterError(
            f"the scheduler was lost ({error}); once it is back, a run goes on after the last "
            "result in the cache"
        ) from error


def _kept(name, key, make):
    """What `make` gives; with a cache, what was once given under this name and key.

    The key is a hash of the arguments: joblib hashes what it is given each time that it is asked,
    and writes it out as text beside each result, which for arrays takes longer than a sweep.
    """
    return make()


class _Missing(Exception):
    """Not in the cache. Nothing is stored for a call that raises."""


def _missing():
    raise _Missing


def pack(function, arguments):
    """A call as bytes, for a worker.

    Arrays of references and of neighbouring subsets shrink to a few hundredths. As bytes they are
    part of the task: what joblib would hand out beforehand (arrays of 1 kB or more) could be lost
    with the worker it was handed to.
    """
    # Level 3: no slower here than 1, and a third smaller; 6 takes five times as long.
    return zlib.compress(pickle.dumps((function, arguments, engine_digest())), 3)


def _call(i, packed):
    """On a worker: call, if it computes the bits of the caller."""
    function, arguments, digest = pickle.loads(zlib.decompress(packed))
    if engine_digest() != digest:
        raise ClusterError(f"a worker that came later would compute other bits. {SAME_BITS}")
    return i, function(*arguments)

"""Parallel calls of a pure function, in threads or on the workers of a cluster.

Cluster workers share neither memory nor folders with this process. They receive arguments and
return results. Only this process reads the store, before it sends a call, and writes to it.
"""

import pickle
import threading
import zlib
from collections import deque
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from threadpoolctl import OpenBLASController, threadpool_limits

from dvlib.refits.cluster import SAME_BITS, ClusterError, open_client
from dvlib.refits.store import engine_digest

_LIMITS, _LOCK = [], threading.Lock()  # the limit of BLAS, once for each block that needs it


@contextmanager
def one_blas_thread():
    """Within it, BLAS uses one thread; the limit ends with the last block that needs it.

    All cores already work on refits or runs, and the order of BLAS's sums depends on the number
    of its threads. The limit holds for the whole process.
    """
    with _LOCK:
        if not _LIMITS:
            _take_control()
        _LIMITS.append(_LIMITS[0] if _LIMITS else threadpool_limits(1, user_api="blas"))
    try:
        yield
    finally:
        with _LOCK:
            limit = _LIMITS.pop()
            if not _LIMITS:
                _take_control()
                limit.restore_original_limits()


def _take_control():
    """Let this thread set the limit of OpenBLAS.

    From its version 3.8 on, threadpoolctl ignores all threads but the first one that set a limit.
    """
    OpenBLASController.clear_controlling_thread(force=True)


def run_calls(function, calls, store, *, n_jobs=-1):
    """Call a function of this package for each tuple of arguments; a generator of the results.

    `dvlib.use_cluster` decides where the work runs. Workers import the pure function by its name.
    `calls` is read a few calls ahead of the results, which `store` keeps. `n_jobs` counts threads
    as `in_threads` does, and is ignored on a cluster. If no further result is asked for, calls that
    wait are dropped and running ones are not waited for.

    Raises
    ------
    ClusterError : before any call, see `use_cluster`; or if the connection to the scheduler is lost
    Exceptions of the function are raised unchanged, from a thread or a worker
    """
    client = open_client()
    if client is None:
        return in_threads(function, calls, store, n_jobs=n_jobs)
    return _on_cluster(client, function, calls, store)


def in_threads(function, calls, store, *, n_jobs=-1):
    """`run_calls` in threads of this machine.

    `n_jobs` counts as in joblib: -1 = one thread per core, -2 = one less. At most four calls per
    thread are submitted at once, so few finished results wait in memory. With one thread no call
    runs before its result is asked for. `store` None = results are neither kept nor counted.
    """

    def call(arguments):
        return function(*arguments) if store is None else store.result(function, arguments)

    from joblib import cpu_count

    threads = n_jobs if n_jobs > 0 else max(1, cpu_count() + 1 + n_jobs)
    if threads == 1:
        yield from map(call, calls)
        return
    pool, pending = ThreadPoolExecutor(threads), deque()
    try:
        for arguments in calls:
            pending.append(pool.submit(call, arguments))
            if len(pending) == 4 * threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:  # after a stop, an error or an interrupt, do not wait for running calls
        pool.shutdown(wait=False, cancel_futures=True)


def in_background(function, *arguments):
    """Call a function in a thread; returns a function that waits for its result.

    An interrupt of the caller does not wait for the thread.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    future = pool.submit(function, *arguments)
    pool.shutdown(wait=False)
    return future.result


def side_by_side(function, items):
    """`function(item)` of each item, in order, in threads of this machine; see `in_threads`."""
    return in_threads(function, ((item,) for item in items), None)


@dataclass
class _Call:
    """A call on its way to a cluster: its result, or else a future and the lock of its key.

    It has none of these if another process computes it at present.
    """

    arguments: tuple
    key: str
    result: object = None
    future: object = None
    lock: object = None


def _on_cluster(client, function, calls, store):
    room, pending = 2 * max(2, sum(client.nthreads().values())), deque()

    def submit(*arguments):
        return client.submit(call_packed, pack(function, arguments), pure=False)

    def started(arguments):
        call = _Call(arguments, store.key(arguments))
        call.lock = store.lock(call.key, wait=False)
        if call.lock is not None:
            call.result = store.read(call.key)
            if call.key is None:  # code that cannot be known cannot be sent either
                call.result = store.result(function, arguments)
            elif call.result is None:
                call.future = submit(*arguments)
            if call.future is None:
                call.lock.close()
        return call

    def finish(call):
        if call.future is not None:
            with call.lock:
                call.result = call.future.result()
                store.write(call.key, call.result)
            call.future = None

    def next_result():
        call = pending.popleft()
        if call.lock is None:
            # Two processes would wait for each other forever if both kept their locks meanwhile.
            for waiting in pending:
                finish(waiting)
            return store.result(lambda *arguments: submit(*arguments).result(), call.arguments)
        finish(call)
        return call.result

    try:
        for arguments in calls:
            pending.append(started(arguments))
            if len(pending) == room:
                yield next_result()
        while pending:
            yield next_result()
    except CancelledError as error:
        raise ClusterError(
            f"the scheduler was lost ({error}); once it is back, a run goes on after the last "
            "result in the cache"
        ) from error
    finally:  # after a stop, an error or an interrupt
        left = [call for call in pending if call.future is not None]
        if left and client.status == "running":
            client.cancel([call.future for call in left])
        for call in left:
            call.lock.close()


def pack(function, arguments):
    """A call as compressed bytes, for a worker.

    References and neighbouring subsets compress to a few percent of their size. As bytes they are
    part of the task. As Dask data they would live on a worker and could be lost with it.
    Functions without a name, which a model may hold, are sent by their code.
    """
    from cloudpickle import dumps

    from dvlib.refits.hashing import code_of

    # Level 3 is as fast as level 1 here and a third smaller; level 6 takes five times as long.
    return zlib.compress(dumps((function, arguments, engine_digest(), code_of(arguments))), 3)


def call_packed(packed):
    """Run a packed call on a worker; refuse if its results could differ in their bits."""
    from dvlib.refits.hashing import code_of

    function, arguments, digest, code = pickle.loads(zlib.decompress(packed))
    if engine_digest() != digest:
        raise ClusterError(f"a worker that came later would compute other bits. {SAME_BITS}")
    if code_of(arguments) != code:
        raise ClusterError("a worker has other code of the model: give it the same files")
    return function(*arguments)

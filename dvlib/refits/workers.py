"""Parallel calls of a pure function, in threads or on the workers of a cluster.

Cluster workers share neither memory nor folders with this process. They receive arguments and
return results. Only this process reads the store, before it sends a call, and writes to it.
"""

import pickle
import threading
import zlib
from concurrent.futures import FIRST_COMPLETED, CancelledError, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice

from threadpoolctl import threadpool_limits

from dvlib.refits.cluster import SAME_BITS, ClusterError, open_client
from dvlib.refits.store import engine_digest


class _OneBlasThread:
    """The limit of BLAS, and how many blocks of code need it at present."""

    lock, users, limit = threading.Lock(), 0, None


@contextmanager
def one_blas_thread():
    """Within it, BLAS uses one thread; the limit ends with the last block that needs it.

    All cores already work on refits or runs, and the order of BLAS's sums depends on the number
    of its threads. The limit holds for the whole process.
    """
    state = _OneBlasThread
    with state.lock:
        state.users += 1
        if state.users == 1:
            state.limit = threadpool_limits(1, user_api="blas")
    try:
        yield
    finally:
        with state.lock:
            state.users -= 1
            if state.users == 0:
                state.limit.restore_original_limits()


def run_calls(function, calls, store, *, n_jobs=-1):
    """Call a function of this package once for each tuple of arguments.

    `dvlib.use_cluster` decides where the work runs.

    Parameters
    ----------
    function : a pure function that workers can import by its name
    calls : list of tuples of arguments
    store : dvlib.refits.store.Store for the results
    n_jobs : number of threads, see `in_threads`; ignored on a cluster

    Yields
    ------
    (index of the call, result), in order of completion

    Raises
    ------
    ClusterError : before any call, see `use_cluster`; or if the connection to the scheduler is
        lost
    Exceptions of the function are raised unchanged, from a thread or a worker.
    """
    client = open_client()
    if client is None:
        return in_threads(function, calls, store, n_jobs=n_jobs)
    return _on_cluster(client, function, calls, store)


def in_threads(function, calls, store, *, n_jobs=-1):
    """`run_calls` in threads of this machine.

    `n_jobs` counts as in joblib: -1 = one thread per core, -2 = one less. At most two calls per
    thread are submitted at once, so few finished results wait in memory.
    """

    def call(i):
        return i, store.result(function, calls[i])

    from joblib import cpu_count

    threads = n_jobs if n_jobs > 0 else max(1, cpu_count() + 1 + n_jobs)
    if threads == 1:
        yield from map(call, range(len(calls)))
        return
    pool, waiting = ThreadPoolExecutor(threads), iter(range(len(calls)))
    try:
        pending = {pool.submit(call, i) for i in islice(waiting, 2 * threads)}
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            pending |= {pool.submit(call, i) for i in islice(waiting, len(done))}
            for future in done:
                yield future.result()
    finally:  # after an error or an interrupt, do not wait for running calls
        pool.shutdown(wait=False, cancel_futures=True)


def _on_cluster(client, function, calls, store):
    from distributed import as_completed

    missing = {}
    for i, arguments in enumerate(calls):
        key = store.key(arguments)
        found = store.read(key)
        if found is None:
            missing[i] = key
        else:
            yield i, found
    waiting, sent = iter(missing), {}
    done = as_completed(loop=client.loop)

    def send(count):
        for i in islice(waiting, count):
            future = client.submit(call_packed, pack(function, calls[i]), pure=False)
            sent[future] = i
            done.add(future)

    try:
        send(2 * max(2, sum(client.nthreads().values())))
        for future in done:
            i, result = sent.pop(future), future.result()
            send(1)
            store.write(missing[i], result)
            yield i, result
    except CancelledError as error:
        raise ClusterError(
            f"the scheduler was lost ({error}); once it is back, a run goes on after the last "
            "result in the cache"
        ) from error
    finally:  # after an error or an interrupt
        if sent and client.status == "running":
            client.cancel(list(sent))


def pack(function, arguments):
    """A call as compressed bytes, for a worker.

    References and neighbouring subsets compress to a few percent of their size. As bytes they are
    part of the task. As Dask data they would live on a worker and could be lost with it.
    """
    # Level 3 is as fast as level 1 here and a third smaller; level 6 takes five times as long.
    return zlib.compress(pickle.dumps((function, arguments, engine_digest())), 3)


def call_packed(packed):
    """Run a packed call on a worker; refuse if its results could differ in their bits."""
    function, arguments, digest = pickle.loads(zlib.decompress(packed))
    if engine_digest() != digest:
        raise ClusterError(f"a worker that came later would compute other bits. {SAME_BITS}")
    return function(*arguments)

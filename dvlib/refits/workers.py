"""Calls of a pure function side by side: in threads, or on the workers of a cluster.

Workers share no memory and no folder with this side: they get arguments and give results. The
store is read before a call is sent and written when its result is back, on this side.
"""

import pickle
import zlib
from concurrent.futures import FIRST_COMPLETED, CancelledError, ThreadPoolExecutor, wait
from itertools import islice

from joblib import cpu_count

from dvlib.refits.cluster import SAME_BITS, ClusterError, open_client
from dvlib.refits.store import engine_digest


def run_calls(function, calls, store, *, n_jobs=-1):
    """Call a function of this package with each of some arguments.

    `dvlib.use_cluster` decides where the work runs.

    Parameters
    ----------
    function : pure, found by its name on workers
    calls : list of tuples of arguments
    store : dvlib.refits.store.Store that keeps results by their arguments
    n_jobs : number of threads, as `in_threads` takes it; without effect on a cluster

    Yields
    ------
    (index of the call, result), in the order in which they are done

    Raises
    ------
    ClusterError : before any call, see `use_cluster`; or when the scheduler is lost
    Whatever the function raises, the same from a worker as from a thread.
    """
    client = open_client()
    if client is None:
        return in_threads(function, calls, store, n_jobs=n_jobs)
    return _on_cluster(client, function, calls, store)


def in_threads(function, calls, store, *, n_jobs=-1):
    """The same on this machine; n_jobs as joblib counts: -1 = one thread per core, -2 = one less.

    A thread takes the next call when it is free, so that few results wait to be read.
    """

    def call(i):
        return i, store.result(calls[i], lambda: function(*calls[i]))

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
    finally:  # after an error or an interrupt do not wait for calls that still run
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
    """A call as bytes, for a worker.

    Arrays of references and of neighbouring subsets shrink to a few hundredths. As bytes they are
    part of the task and not data on a worker, which could be lost with it.
    """
    # Level 3: no slower here than 1, and a third smaller; 6 takes five times as long.
    return zlib.compress(pickle.dumps((function, arguments, engine_digest())), 3)


def call_packed(packed):
    """On a worker: call, if it computes the bits of the caller."""
    function, arguments, digest = pickle.loads(zlib.decompress(packed))
    if engine_digest() != digest:
        raise ClusterError(f"a worker that came later would compute other bits. {SAME_BITS}")
    return function(*arguments)

"""What a chunk of refits costs the process that runs it, besides compiled code.

`benchmarks.scale` reports these numbers. Seconds are processor time of a thread, if not said
otherwise.
"""

import tempfile
import time
import tracemalloc
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch

import numpy as np

from benchmarks.cluster import busy
from benchmarks.timing import clock, one_bar
from dvlib.engine import boundaries, mlp
from dvlib.engine.observe import Difference, Hits, observe_chunk
from dvlib.refits import batch, store, workers

ROUNDS = 9
THREADS = (1, 8, 16, 32, 64, 128)


@contextmanager
def compiled_replaced(chunk, wait=0.0):
    """Within it, compiled code does nothing but sleep: `wait` seconds for all calls of `chunk`."""
    fitted, calls, fit = [], 2 * len(chunk[3]), mlp.training.fit

    def noted(*arguments):
        fitted.append(fit(*arguments))
        return fitted[-1]

    def idle(*_):
        if wait:
            time.sleep(wait / calls)

    with patch.object(mlp.training, "fit", noted):
        observe_chunk(*first_of(chunk))
    with (
        patch.object(mlp.training, "fit", lambda *_: idle() or fitted[0]),
        patch.object(boundaries, "label_mesh", idle),
    ):
        yield


def first_of(chunk):
    """The chunk's first refit as a chunk of its own."""
    X, y, members, ends, seeds, config, engine, (difference, hits), n_classes = chunk
    watched = difference, Hits(hits.probes[:1])
    return X, y, members[: ends[0]], ends[:1], seeds[:1], config, engine, watched, n_classes


@contextmanager
def empty_store():
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict("os.environ", DVLIB_CACHE=folder),
    ):
        yield store.Store("benchmark"), Path(folder)


def client_times(run, chunks, result, settings):
    """Seconds of the client per chunk, and the peak of its memory per refit."""
    first = chunks[0]

    def of(function, *args):
        return median(busy(function, *args) for _ in range(run.size(ROUNDS, 1)))

    with empty_store() as (kept, _):
        key = kept.key(first)
        times = {
            "key": of(kept.key, first),
            "read": of(kept.read, key),
            "write": of(kept.write, key, result),
            "read_back": of(kept.read, key),
        }
    with compiled_replaced(first):
        times["interpreter"] = of(observe_chunk, *first)

    subsets = [one for chunk in chunks for one in np.split(chunk[2], chunk[3][:-1])]
    difference, _ = first[7]
    observers = [
        Difference(difference.mesh, [difference.references]),
        Hits(np.concatenate([chunk[7][1].probes for chunk in chunks])),
    ]

    def canned(function, calls, store, **options):
        for call in calls:
            yield {name: array[: len(call[3])] for name, array in result.items()}

    def handle():
        return batch.refit(first[0], first[1], subsets, settings, observers, description="nothing")

    replaced = {"run_calls": canned, "CHUNK": len(first[3])}
    with patch.multiple(batch, **replaced), one_bar():
        times["assemble"] = of(handle) / len(chunks)
        tracemalloc.start()
        handle()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    names = ("key", "read", "write", "assemble", "interpreter")
    times["client"] = sum(times[name] for name in names)
    times["pack"] = of(workers.pack, observe_chunk, first)
    own = sum(subset.nbytes for subset in subsets)
    return times, (peak + own) / len(subsets)


def asleep(run, chunk, seconds):
    """Let compiled code sleep for `seconds` per chunk, in more threads than there are cores.

    Returns
    -------
    dict of lists: threads; busy, the number of threads' sleep per second of wall time; processor,
        seconds of the whole process per chunk
    """
    seen = {"threads": [], "busy": [], "processor": []}
    with compiled_replaced(chunk, seconds):
        for threads in THREADS[: run.size(None, 2)]:
            # Seeds differ, so that each chunk has its own key.
            calls = [
                (*chunk[:4], [k] * len(chunk[3]), *chunk[5:])
                for k in range(run.size(4 * threads + 4, 1))
            ]
            with empty_store() as (kept, _):
                before = time.process_time()
                taken, _ = clock(
                    lambda calls=calls, kept=kept, threads=threads: list(
                        workers.in_threads(observe_chunk, calls, kept, n_jobs=threads)
                    )
                )
            seen["threads"].append(threads)
            seen["busy"].append(seconds * len(calls) / taken)
            seen["processor"].append((time.process_time() - before) / len(calls))
    return seen

"""Cost of a chunk of refits on a Dask cluster: bytes moved, seconds, and how far it scales.

`python -m benchmarks.cluster` starts two local worker processes of one thread each, prints and
writes benchmarks/cluster.json, times in seconds:

processor         the processor that kernels are compiled for
start             until the two workers answer, imports included
added_point       chunks of X with one point added, 36 x 36 grid, one seed (671 points per fit)
mesh_alone        chunks of the grid itself minus a point (1,295 points per fit). For both:
    refits            refits in a chunk
    bytes             size of its arguments, pickled
    bytes_packed      size of its arguments as they are sent
    bytes_moved       on the loopback for a chunk whose function does nothing: client to scheduler
                      and scheduler to worker, both ways, with all messages around it
    bytes_result      size of its result
    seconds           processor time of the chunk on one thread, median of 7
    seconds_handled   wall time of a chunk whose function does nothing, mean of 300, with reading
                      and writing the cache; client, scheduler and workers share the cores
    seconds_client    processor time per such chunk of the client's process, scheduler included
    threads_client    seconds / seconds_client: worker threads that this process can feed
    threads_link      worker threads that a link of 1 Gbit/s to the scheduler can feed
pass_added        1,297 refits of added_point, without cache: `threads` (2 in one process) and
                  `workers` (2 of one thread, compiled code loaded before), the better of 3 each,
                  timed alternately, and whether their results are the `same`
"""

import json
import os
import pickle
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from benchmarks.timing import clock
from dvlib.data.datasets import make_dataset
from dvlib.engine.mesh import X_P_M
from dvlib.engine.observe import observe_chunk
from dvlib.methods.one_point import refits_with_point, refits_without_point
from dvlib.refits import batch, workers
from dvlib.refits.batch import RefitSettings
from dvlib.refits.cluster import use_cluster
from dvlib.refits.store import Store, processor

TARGET = Path(__file__).with_name("cluster.json")
ROUNDS, EMPTY = 7, 300
LINK = 1e9 / 8  # bytes per second
SETTINGS = RefitSettings(cache=False)


def chunks_of(compute):
    """Arguments of the chunks of the last batch that `compute` would refit."""
    seen, real = [], batch.run_calls

    def run_calls(function, arguments, store, **options):
        seen.append(list(arguments))
        if len(seen[-1]) > 1:
            raise InterruptedError
        return real(function, seen[-1], store, **options)

    batch.run_calls = run_calls
    try:
        compute()
    except InterruptedError:
        return seen[-1]
    finally:
        batch.run_calls = real


def measure(chunks):
    first = chunks[0]
    result = observe_chunk(*first)
    seconds = statistics.median(
        clock(observe_chunk, *first, timer=time.thread_time)[0] for _ in range(ROUNDS)
    )
    packed = len(workers.pack(observe_chunk, first))
    # The seeds differ, so that each chunk has its own key in the cache.
    empty = [((*first[:4], k, *first[5:]),) for k in range(EMPTY)]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DVLIB_CACHE"] = folder
        store = Store("benchmark")
        before, cpu = psutil.net_io_counters(pernic=True)["lo"].bytes_sent, time.process_time()
        handled, _ = clock(lambda: list(workers.run_calls(len, empty, store)))
        client = (time.process_time() - cpu) / EMPTY
        moved = psutil.net_io_counters(pernic=True)["lo"].bytes_sent - before
    back = len(pickle.dumps(result))
    return {
        "refits": len(first[3]),
        "bytes": len(pickle.dumps(first)),
        "bytes_packed": packed,
        "bytes_moved": round(moved / EMPTY),
        "bytes_result": back,
        "seconds": seconds,
        "seconds_handled": handled / EMPTY,
        "seconds_client": client,
        "threads_client": seconds / client,
        "threads_link": LINK / (moved / EMPTY / 2 + back) * seconds,
    }


def main():
    data, grid = make_dataset("two_clusters"), X_P_M
    labels = data.g(grid.points)

    def added():
        return refits_with_point(data.X, data.y, grid.points, labels, data.g, SETTINGS)

    def alone():
        return refits_without_point(grid.points, labels, data.g, SETTINGS)

    report, unkept = {"processor": processor()}, Store("benchmark", keep=False)
    kinds = {"added_point": chunks_of(added), "mesh_alone": chunks_of(alone)}
    report["start"], found = clock(use_cluster, "local:2")
    print(found)
    report |= {name: measure(chunks) for name, chunks in kinds.items()}
    times = {"workers": [], "threads": []}
    results = {}
    for where in ("workers", "threads") * 3:
        use_cluster("local:2" if where == "workers" else None)
        if where == "workers":
            # A first batch loads the compiled code before the clock starts.
            list(workers.run_calls(observe_chunk, kinds["added_point"][:4], unkept))
        taken, results[where] = clock(added)
        times[where].append(taken)
    use_cluster(None)
    one, other = results.values()
    same = all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("dv_g", "dv_base", "hits", "n_iter")
    )
    report["pass_added"] = {name: min(taken) for name, taken in times.items()} | {"same": same}
    rounded = json.loads(json.dumps(report), parse_float=lambda text: float(f"{float(text):.3g}"))
    print(json.dumps(rounded, indent=1))
    TARGET.write_text(json.dumps(rounded, indent=1) + "\n")


if __name__ == "__main__":
    main()

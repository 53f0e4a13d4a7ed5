"""What a chunk of refits costs a worker and its client, and what follows for a million refits.

`python -m benchmarks.scale` prints and writes benchmarks/scale.json. Seconds are processor time of
one thread, medians over `rounds`. More cores than this machine has are only computed.

processor    model string, family and model
rounds       how often each was timed
added_point  X with one point added (671 points, 1,000 units, boundary on the 500 x 500 mesh)
mesh_alone   the 36 x 36 grid itself without one point (1,295 points). For both:
    epochs       mean of the fits that were timed
    chunk, chunk_large  for 24 and for 240 `refits`:
        worker       seconds of a worker; for the larger chunk in proportion
        key, read, write  of the store: hash of the arguments; find no entry; compress and write
        assemble     checks and arguments before, and arrays after, per chunk of a pass
        interpreter  part of `worker` that stays if compiled code takes no time: it holds the GIL
        client       sum of the last five
    plan         minutes for 1,000,000 refits by `cores` (2 and 64): `one_process`, as threads of
                 one, or `processes`, as many as the cores ask for, with seconds `max(s c / t, p c)`
                 for c chunks, t threads, s of the worker and p of the client; `threads`, how many
                 one process can feed, s / p. For `chunk` and `chunk_large`
"""

import tempfile
import time
from contextlib import contextmanager
from statistics import median
from unittest.mock import patch

import numpy as np

from benchmarks.cluster import chunks_of
from benchmarks.timing import bench, clock, one_bar, processor
from dvlib.data.datasets import make_dataset
from dvlib.engine import boundaries, mlp
from dvlib.engine.mesh import X_M, X_P_M, MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.engine.observe import Difference, Hits, observe_chunk
from dvlib.methods.one_point import refits_with_point, refits_without_point
from dvlib.refits import batch, store

ROUNDS = 9
REFITS, CORES, LARGE = 1_000_000, (2, 64), 240


def kinds_of_refits(run):
    """Settings, and for each kind of refit a function that computes all of them."""
    data, grid = make_dataset("two_clusters"), X_P_M.points[:: run.size(1, 20)]
    settings = batch.RefitSettings(
        config=MLPConfig(run.size((1000,), (40,)), max_iter=run.size(200, 5)),
        mesh=run.size(X_M, MeshGrid(X_M.low, X_M.high, 40)), cache=False,
    )  # fmt: skip
    labels = data.g(grid)
    return settings, {
        "added_point": lambda: refits_with_point(data.X, data.y, grid, labels, data.g, settings),
        "mesh_alone": lambda: refits_without_point(grid, labels, data.g, settings),
    }


@contextmanager
def compiled_replaced(chunk):
    """Within it, fits and labels take no time."""
    X, y, members, ends, seeds, config, engine, (difference, hits), n_classes = chunk
    first, fitted, fit = (difference, Hits(hits.probes[:1])), [], mlp.training.fit

    def noted(*arguments):
        fitted.append(fit(*arguments))
        return fitted[-1]

    with patch.object(mlp.training, "fit", noted):
        observe_chunk(
            X, y, members[: ends[0]], ends[:1], seeds[:1], config, engine, first, n_classes
        )
    with (
        patch.object(mlp.training, "fit", lambda *_: fitted[0]),
        patch.object(boundaries, "label_mesh", lambda *_: None),
    ):
        yield


def client_times(run, chunks, result, settings):
    """Seconds of the client per chunk; `result` is that of the first chunk."""
    first = chunks[0]

    def seconds(function, *args):
        rounds = range(run.size(ROUNDS, 1))
        return median(clock(function, *args, timer=time.thread_time)[0] for _ in rounds)

    with tempfile.TemporaryDirectory() as folder, patch.dict("os.environ", DVLIB_CACHE=folder):
        kept = store.Store("benchmark")
        key = kept.key(first)
        times = {
            "key": seconds(kept.key, first),
            "read": seconds(kept.read, key),
            "write": seconds(kept.write, key, result),
        }
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

    with patch.multiple(batch, run_calls=canned, CHUNK=len(first[3])), one_bar():
        times["assemble"] = seconds(handle) / len(chunks)
    with compiled_replaced(first):
        times["interpreter"] = seconds(observe_chunk, *first)
    return times | {"client": sum(times.values())}


def batch_seconds(chunks, threads, worker, client):
    """Seconds of a batch: by the workers, or by the client that feeds them, whichever is larger.

    >>> batch_seconds(100, 4, 0.2, 0.01), batch_seconds(100, 40, 0.2, 0.01)
    (5.0, 1.0)
    """
    return max(worker * chunks / threads, client * chunks)


def planned(chunk):
    """Minutes for all refits, and the threads that one process can feed."""
    chunks, times = REFITS / chunk["refits"], (chunk["worker"], chunk["client"])
    ways = {"one_process": times, "processes": (chunk["worker"], 0.0)}
    return {"threads": chunk["worker"] / chunk["client"]} | {
        name: {f"{t} cores": batch_seconds(chunks, t, *way) / 60 for t in CORES}
        for name, way in ways.items()
    }


def measured(run, compute, settings):
    report = {}
    for name, size in (("chunk", batch.CHUNK), ("chunk_large", run.size(LARGE, 48))):
        with patch.object(batch, "CHUNK", size), one_bar():
            chunks = chunks_of(compute)
        if not report:
            places = np.linspace(0, len(chunks) - 2, run.size(ROUNDS, 1)).astype(int)
            timed = [
                clock(observe_chunk, *chunks[place], timer=time.thread_time) for place in places
            ]
            worker, result = median(taken for taken, _ in timed) / size, timed[0][1]
            report["epochs"] = float(np.mean([seen["n_iter"] for _, seen in timed]))
        many = {key: np.resize(array, (size, *array.shape[1:])) for key, array in result.items()}
        times = client_times(run, chunks, many, settings)
        report[name] = {"refits": size, "worker": worker * size, **times}
    return report | {"plan": {name: planned(report[name]) for name in ("chunk", "chunk_large")}}


def main():
    run = bench("scale", __doc__)
    settings, kinds = kinds_of_refits(run)
    report = {"processor": processor(), "rounds": run.size(ROUNDS, 1)}
    run.write(report | {name: measured(run, compute, settings) for name, compute in kinds.items()})


if __name__ == "__main__":
    main()

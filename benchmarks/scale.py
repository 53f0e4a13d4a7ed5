"""A plan for a million refits: what was measured on 2 cores, and what follows for larger machines.

`python -m benchmarks.scale` prints and writes benchmarks/scale.json. Times are seconds. Those of a
thread are its processor time, which other work on the machine hardly changes. `plan` computes what
follows from them.

processor    model string
rounds       how often each call of the client was timed; times are medians
inputs       `measured_cores` of this machine. Chosen, not measured: `refits`, `cores` of a large
             machine, `machines` of that kind in the cluster, `chunk_large` (refits of a larger
             chunk), `of_batch` (refits of the 36 x 36 grid with ten seeds), and the `gpu`:
             `flops_per_second`, `bytes_per_second` and `shared_bytes` (a multiprocessor's) as
             makers state them, rounded, and the `utilisation`, lowest and highest, a guess
added_point  X with one point added (671 points, 1,000 units, boundary on the 500 x 500 mesh)
mesh_alone   the 36 x 36 grid itself without one point (1,295 points). For both:
    points            training points of a fit
    epochs            least, mean and most epochs of the fits that were timed
    chunk             a chunk of 24:
        refits              their number
        seconds             of a worker, median of chunks spread over the pass, one thread
        two_over_one        the same with a second thread on the second core, over `seconds`
        interpreter         part of `seconds` that stays if compiled code takes no time: it holds
                            the GIL, but for comparing labels
        key, read, write    of the store: hash of the arguments; find no entry; compress and write
        read_back           of the store: read the entry that was written
        assemble            checks and arguments before, and arrays after, per chunk of a pass
        client              key + read + write + assemble + interpreter: p of threads of one process
        pack                arguments as bytes for a cluster
    chunk_large       the same for a larger chunk; `seconds` and `two_over_one` are not measured
    bytes_entry       an entry of the store: `content`, and `on_disk` in whole blocks
    bytes_arguments   peak of the client's memory for arguments and subsets, per refit of a batch
    bytes_fit         arrays of a fit in the kernel, counted from its source
    asleep            one process whose compiled code sleeps for its usual time, so that 2 cores
                      show how many threads the client keeps busy: `threads`, and `busy`, the number
                      of threads' work that was done (wall time); and `processor`, processor
                      time of the whole process per chunk
    plan              for all `refits`:
        measured_machine, one_machine, one_machine_large  threads of one process, a thread per
                      core; chunks of 24, and larger ones: `by_workers` s·c/t, `by_client` p·c,
                      `seconds` the larger, `threads_client` s/p, `clients` that keep all threads
                      busy, and seconds of the workers `by_batches` that wait for each other
        cluster, cluster_large  the same for all machines and one client: p of cluster.json and
                      assemble; for the larger chunk with what key, write and pack grow by
        bytes_disk    of the store
        bytes_memory  of arguments if all refits are one batch
        gpu           of one fit: `operations` (`pairs`, `adam`, `sweep`, `all`), `flops`,
                      `bytes_state` (weights and moments), `bytes_points`, `fits_in_shared` memory,
                      `bytes_read` (`points`, `order`, `initial`, `references`; nothing shared by
                      fits of one seed), `bytes_fused` their sum, `bytes_state_unfused` and
                      `bytes_activations_unfused` (each step to memory and back), `bytes_labels` of
                      a mesh in bits, `bytes_counts` instead of them
        gpu_seconds   at lowest and highest utilisation: `compute`, `memory_fused`,
                      `memory_unfused`
memory       megabytes of a process that refits as in added_point: with `one` thread, with `many`
             (as many as `threads`), `per_thread` of the difference, and `peak`, imports included
"""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from statistics import median
from unittest.mock import patch

import numpy as np
from joblib import cpu_count

from benchmarks import plan
from benchmarks.client import ROUNDS, asleep, client_times, empty_store
from benchmarks.cluster import busy, chunks_of
from benchmarks.timing import HERE, bench, one_bar, processor
from dvlib.data.datasets import make_dataset
from dvlib.engine.mesh import X_M, X_P_M, MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.engine.observe import observe_chunk
from dvlib.methods.one_point import refits_with_point, refits_without_point
from dvlib.refits import batch

SPREAD = 8  # chunks of a pass that are timed
MANY = 16  # threads of the process whose memory is measured
INPUTS = {"refits": 1_000_000, "cores": 64, "machines": 8, "chunk_large": 240, "of_batch": 12_960}


def passes(run):
    """Settings, and for each kind of refit a function that gives its chunks of a size."""
    data = make_dataset("two_clusters")
    grid = X_P_M.points[:: run.size(1, 20)]
    labels = data.g(grid)
    config = MLPConfig(run.size((1000,), (40,)), max_iter=run.size(200, 5))
    mesh = run.size(X_M, MeshGrid(X_M.low, X_M.high, 40))
    settings = batch.RefitSettings(config=config, mesh=mesh, cache=False)

    def of(compute):
        def chunks(size):
            with patch.object(batch, "CHUNK", size), one_bar():
                return chunks_of(compute)

        return chunks

    return settings, {
        "added_point": of(
            lambda: refits_with_point(data.X, data.y, grid, labels, data.g, settings)
        ),
        "mesh_alone": of(lambda: refits_without_point(grid, labels, data.g, settings)),
    }


def measure(run, chunks_of_size, settings):
    chunks = chunks_of_size(batch.CHUNK)
    large = chunks_of_size(run.size(INPUTS["chunk_large"], 2 * batch.CHUNK))
    result = observe_chunk(*chunks[0])
    places = np.linspace(0, len(chunks) - 2, run.size(SPREAD, 1)).astype(int)
    spread = [chunks[place] for place in places]
    alone, epochs = [], []
    for one in spread:
        started = time.thread_time()
        epochs.extend(observe_chunk(*one)["n_iter"])
        alone.append(time.thread_time() - started)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda one: busy(observe_chunk, *one), spread))
    seconds = median(alone)
    times, argument_bytes = client_times(run, chunks, result, settings)
    many = {
        name: np.resize(array, (len(large[0][3]), *array.shape[1:]))
        for name, array in result.items()
    }
    times_large, _ = client_times(run, large, many, settings)
    with empty_store() as (kept, folder):
        kept.write(kept.key(chunks[0]), result)
        (entry,) = (path.stat() for path in folder.rglob("*") if path.is_file())
    config, points = settings.config, int(chunks[0][3][0])
    return {
        "points": points,
        "epochs": [int(min(epochs)), float(np.mean(epochs)), int(max(epochs))],
        "chunk": {
            "refits": len(chunks[0][3]),
            "seconds": seconds,
            "two_over_one": median(both) / seconds,
            **times,
        },
        "chunk_large": {"refits": len(large[0][3]), **times_large},
        "bytes_entry": {"content": entry.st_size, "on_disk": 512 * entry.st_blocks},
        "bytes_arguments": argument_bytes,
        "bytes_fit": plan.state_bytes(points, *config.hidden_layer_sizes, config.batch_size),
        "asleep": asleep(run, chunks[0], seconds - times["interpreter"]),
    }


def planned(measured, client_cluster, settings, inputs, gpu):
    """What all refits cost, from what was measured; `client_cluster` is p of cluster.json."""
    small, large, cores = measured["chunk"], measured["chunk_large"], inputs["cores"]
    worker = small["seconds"] / small["refits"]
    sent = client_cluster + small["assemble"]
    sent_large = client_cluster + large["assemble"]
    sent_large += sum(large[name] - small[name] for name in ("key", "write", "pack"))
    result = {}
    for name, threads, size, client in (
        ("measured_machine", inputs["measured_cores"], small["refits"], small["client"]),
        ("one_machine", cores, small["refits"], small["client"]),
        ("one_machine_large", cores, large["refits"], large["client"]),
        ("cluster", cores * inputs["machines"], small["refits"], sent),
        ("cluster_large", cores * inputs["machines"], large["refits"], sent_large),
    ):
        refits, seconds = inputs["refits"], worker * size
        result[name] = plan.batch_seconds(refits / size, threads, seconds, client) | {
            "by_batches": plan.batches_seconds(refits, inputs["of_batch"], size, threads, seconds)
        }
    result["bytes_disk"] = inputs["refits"] / small["refits"] * measured["bytes_entry"]["on_disk"]
    result["bytes_memory"] = inputs["refits"] * measured["bytes_arguments"]
    config = settings.config
    result["gpu"] = plan.gpu_fit(
        measured["points"], *config.hidden_layer_sizes, config.batch_size,
        round(measured["epochs"][1]), settings.mesh.side, 2, gpu,
    )  # fmt: skip
    result["gpu_seconds"] = plan.gpu_seconds(inputs["refits"], result["gpu"], gpu)
    return result


CHILD = """
import resource, sys
import psutil
from benchmarks.scale import passes
from benchmarks.timing import Bench
from dvlib.engine.observe import observe_chunk
from dvlib.refits import store, workers
_, kinds = passes(Bench("scale", sys.argv[2] == "True", None))
chunk = kinds["added_point"](24)[0]
unkept, own = store.Store("benchmark", keep=False), psutil.Process()
for threads in (1, int(sys.argv[1])):
    calls = workers.in_threads(observe_chunk, [chunk] * (2 * threads), unkept, n_jobs=threads)
    print(max(own.memory_info().rss for _ in calls) / 1e6)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)
"""


def memory(run):
    """Megabytes of a new process that refits with one thread, and then with many."""
    threads = run.size(MANY, 2)
    command = [sys.executable, "-c", CHILD, str(threads), str(run.tiny)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    one, many, peak = map(float, done.stdout.split()[-3:])
    each = (many - one) / (threads - 1)
    return {"threads": threads, "one": one, "many": many, "per_thread": each, "peak": peak}


def main():
    run = bench("scale", __doc__)
    gpu, inputs = plan.Gpu(), {"measured_cores": cpu_count()} | INPUTS
    cluster = json.loads((HERE / "cluster.json").read_text())
    report = {
        "processor": processor(),
        "rounds": run.size(ROUNDS, 1),
        "inputs": inputs | {"gpu": asdict(gpu)},
    }
    settings, kinds = passes(run)
    for name, chunks in kinds.items():
        report[name] = measure(run, chunks, settings)
        client = cluster[name]["seconds_client"]
        report[name]["plan"] = planned(report[name], client, settings, inputs, gpu)
    report["memory"] = memory(run)
    run.write(report)


if __name__ == "__main__":
    main()

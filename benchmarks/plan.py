"""The cost of many refits, computed from measured numbers; `benchmarks.scale` measures them.

Nothing here is timed. Work that is not run (64 cores, a cluster, a GPU) is only multiplied out.
"""

from dataclasses import dataclass
from math import ceil

from benchmarks.bound import DENSE, OPERATIONS
from dvlib.engine.kernel.boxes import PAD
from dvlib.engine.kernel.lanes import WIDTH
from dvlib.engine.kernel.locality import BLOCK
from dvlib.engine.kernel.minibatch import TABLE

FLOAT, LABELS_A_BYTE = 4, 8
# Operations of the sweep, counted from its source: per row and unit, per row and column.
SWEEP_UNIT, SWEEP_COLUMN = 7, 4


@dataclass(frozen=True)
class Gpu:
    """One data-centre GPU. Rates are round numbers near makers' stated peaks, not measured."""

    flops_per_second: float = 60e12  # float32; a multiply-add counts as two
    bytes_per_second: float = 3e12
    shared_bytes: int = 228 * 1024  # shared memory of a multiprocessor
    utilisation: tuple = (0.2, 0.5)  # share of either peak that a kernel reaches: a guess


def batch_seconds(chunks, threads, worker, client):
    """Seconds by the workers, by the client, and the larger: max(s·c/t, p·c).

    Parameters
    ----------
    chunks : number of chunks c
    threads : worker threads t
    worker, client : seconds per chunk of a worker, s, and of the client, p

    >>> batch_seconds(100, 4, 0.2, 0.01)["seconds"], batch_seconds(100, 40, 0.2, 0.01)["seconds"]
    (5.0, 1.0)
    """
    by_workers, by_client = worker * chunks / threads, client * chunks
    return {
        "by_workers": by_workers,
        "by_client": by_client,
        "seconds": max(by_workers, by_client),
        "threads_client": worker / client,
        "clients": ceil(threads * client / worker),
    }


def batches_seconds(refits, of_batch, chunk, threads, worker):
    """Seconds of the workers if batches of `of_batch` refits wait for each other.

    >>> batches_seconds(1000, 100, 10, 8, 1.0)  # 10 batches of 10 chunks, each in two rounds
    20.0
    """
    rounds = ceil(ceil(of_batch / chunk) / threads)
    return refits / of_batch * rounds * worker


def state_bytes(points, hidden, batch):
    """Bytes of the arrays that a fit allocates, counted from `training.fit`."""
    units = ceil(hidden / PAD) * PAD
    wide = ceil(units / WIDTH / WIDTH) * WIDTH
    room = ceil(min(batch, points) / WIDTH) * WIDTH
    most = room // BLOCK
    floats = 3 * 4 * units + 3 * units  # weights, two moments, scaled weights
    floats += 3 * wide * WIDTH + 3 * wide * WIDTH // 2 + most * wide  # groups, acts
    floats += wide + most * wide + most * (TABLE + 3) + 3 * wide  # near blocks, tables, their sums
    floats += 8 * room + WIDTH + 3  # a minibatch with outputs and probes; the middle
    return FLOAT * (floats + 2 * points + hidden) + most * units  # places of points, names; signs


def gpu_fit(points, hidden, batch, epochs, side, references, gpu):
    """Operations and bytes of one refit in a fused kernel on a GPU, and without fusing.

    The kernel is dense: it has no far pairs. The state of a fit (weights and two moments of Adam)
    stays in shared memory. Bytes are those of device memory.
    """
    weights, steps = 4 * hidden + 1, epochs * ceil(points / batch)
    operations = {
        "pairs": DENSE * points * hidden * epochs,
        "adam": OPERATIONS["group"] * hidden * steps,
        "sweep": side * (SWEEP_UNIT * hidden + SWEEP_COLUMN * side),
    }
    state = 3 * weights * FLOAT
    read = {
        "points": 3 * points * FLOAT,  # x, y and label, read once into shared memory
        "order": points * epochs * FLOAT,
        "initial": weights * FLOAT,
        "references": references * side**2 // LABELS_A_BYTE,
    }
    return {
        "operations": operations | {"all": sum(operations.values())},
        "flops": 2 * sum(operations.values()),  # each takes the place of a multiply-add
        "bytes_state": state,
        "bytes_points": read["points"],
        "fits_in_shared": gpu.shared_bytes // (state + read["points"]),
        "bytes_read": read,
        "bytes_fused": sum(read.values()),
        "bytes_state_unfused": 2 * state * steps,
        "bytes_activations_unfused": 2 * points * hidden * epochs * FLOAT,
        "bytes_labels": side**2 // LABELS_A_BYTE,
        "bytes_counts": references * FLOAT,
    }


def gpu_seconds(refits, fit, gpu):
    """Seconds by compute and by memory for each utilisation: refits · amount / (peak · u)."""

    def at(amount, peak):
        return [refits * amount / (peak * share) for share in gpu.utilisation]

    unfused = fit["bytes_state_unfused"] + fit["bytes_activations_unfused"] + fit["bytes_fused"]
    return {
        "compute": at(fit["flops"], gpu.flops_per_second),
        "memory_fused": at(fit["bytes_fused"], gpu.bytes_per_second),
        "memory_unfused": at(unfused, gpu.bytes_per_second),
    }

"""Time of the fit kernel against lower bounds from its operations and the measured clock.

`python -m benchmarks.bound` prints and writes benchmarks/bound.json. An operation is one
instruction on 16 float32, and a bound assumes one operation per cycle. This is approximate: some
processors start two at once, and a division or a root takes several cycles.

processor        model string
rounds           rounds of clock and fit, timed alternately; times are medians
clock_gigahertz  from a chain of additions and exclusive ors, each of which waits for the previous
                 result
fit              671 points of `two_clusters`, 1,000 units: `seconds`, `epochs`, and `cycles` by
                 that clock
near_share       share of the pairs of a group of 16 units and a block of 4 points that are near: a
                 line of the group may pass through the block. The kernel computes only these pairs
                 in detail (`training`). Measured over all epochs
dense            10 operations for each point, unit and epoch, as a kernel without that shortcut
                 needs: `operations`, `seconds`, `kernel_over_bound`
own              the kernel's own operations, counted from its source (OPERATIONS) at that
                 `near_share`: `operations`, `seconds`, `kernel_over_bound`
"""

import numpy as np
from numba import njit

from benchmarks.timing import bench, processor
from dvlib.data.datasets import make_dataset
from dvlib.engine.kernel.boxes import PAD, Groups, rescale
from dvlib.engine.kernel.lanes import WIDTH
from dvlib.engine.kernel.locality import BLOCK, arrange_points, sort_units
from dvlib.engine.kernel.minibatch import Near, forward
from dvlib.engine.mlp import MLPConfig, draw_stream
from dvlib.refits.single import fit

ROUNDS = 15
CHAIN = 20_000_000  # steps of two cycles, which take some hundredths of a second
DENSE = 10
# Vector operations counted from the kernels `training` and `boxes`; loads and stores are free.
OPERATIONS = {
    # for each of 4 points: 2 fma, sign, sum and bit; then 1 to narrow the bits; later 1 to widen
    # them, 3 look-ups and 3 sums
    "near pair": 4 * 5 + 1 + 7,
    # test of 16 groups and a block: centre 2, reach 6, share 5, acts 3; pulls 3, sums of far 3
    "test of 16 groups": 22,
    # four sums of lanes folded to one vector 15 and their far parts 12; tables 12
    "block": 39,
    # gradients 9, Adam 4 x 9, lines and their bounding boxes 39
    "group": 84,
    "16 points": 40,  # residuals: e^-t 14, the rest for loss and difference
}


@njit
def chain(steps, k):
    """A chain of two dependent operations per step, which no compiler can shorten."""
    x = k
    for _ in range(steps):
        x = (x + k) ^ k
    return x


def near_share(X, config, stream, networks):
    """Share of near pairs over all minibatches; `networks` holds the weights before each epoch."""
    f32 = np.float32
    x, y = (np.ascontiguousarray(column, f32) for column in X.T)
    n, (hidden,) = len(X), config.hidden_layer_sizes
    units = -(-hidden // PAD) * PAD
    wide = -(-units // WIDTH // WIDTH) * WIDTH
    size = min(config.batch_size, n)
    room = -(-size // WIDTH) * WIDTH
    most = room // BLOCK
    groups = Groups(np.empty(3 * wide * WIDTH, f32), np.empty(3 * wide * WIDTH // 2, f32))
    near = Near(
        np.empty(most * wide, f32), np.empty(wide, np.int32),
        np.empty(most * wide, np.int32), np.empty(most * units, np.uint8),
    )  # fmt: skip
    scaled, out, middle = np.empty(3 * units, f32), np.zeros(room + WIDTH, f32), np.zeros(3, f32)
    place, rank = np.empty(n, np.uint32), np.empty(n, np.uint32)
    arrange_points(x, y, size, middle, place, rank)
    crossed = pairs = 0
    for order, network in zip(stream.order, networks, strict=False):
        theta, moments = np.zeros(4 * units, f32), np.zeros(4 * units, f32)
        theta.reshape(4, units)[:, :hidden] = network.packed[:-1].reshape(4, hidden)
        names = np.arange(hidden, dtype=np.uint32)
        sort_units(theta, moments, moments, units, hidden, names, middle)
        rescale(theta, units, scaled, middle, groups, wide)
        for begin in range(0, n, size):
            chosen = place[np.sort(rank[order[begin : begin + size]])]
            chosen = np.pad(chosen, (0, -len(chosen) % WIDTH), "edge")
            blocks = -(-min(size, n - begin) // BLOCK)
            forward(x[chosen], y[chosen], blocks, theta, units, scaled, middle, groups, near, out)
            crossed += int(near.length.sum())
            pairs += blocks * (units // WIDTH)
    return crossed / pairs


def own_operations(n, config, epochs, share):
    """Number of operations of the kernel in a fit."""
    (hidden,) = config.hidden_layer_sizes
    groups, size = -(-hidden // PAD) * (PAD // WIDTH), min(config.batch_size, n)
    total = 0
    for begin in range(0, n, size):
        count = min(size, n - begin)
        blocks, vectors = -(-count // BLOCK), -(-count // WIDTH)
        total += blocks * groups * share * OPERATIONS["near pair"]
        total += blocks * -(-groups // WIDTH) * OPERATIONS["test of 16 groups"]
        total += blocks * OPERATIONS["block"] + groups * OPERATIONS["group"]
        total += vectors * OPERATIONS["16 points"]
    return epochs * total


def main():
    run = bench("bound", __doc__)
    data = make_dataset("two_clusters")
    X, y = np.append(data.X, [[5.0, 5.0]], axis=0), np.append(data.y, data.g([5.0, 5.0]))
    config = MLPConfig(run.size((1000,), (40,)), max_iter=run.size(200, 5))
    stream, steps = draw_stream(len(X), config, 0), run.size(CHAIN, 10_000)
    networks = fit(
        X, y, config, stream=stream, snapshot_epochs=range(config.max_iter)
    ).snapshots  # compiled, too
    chain(1, 1)
    seconds, results = run.take_turns(
        ROUNDS,
        "clock and fit",
        clock=lambda: chain(steps, 3),
        fit=lambda: fit(X, y, config, stream=stream).n_iter,
    )
    epochs, hertz = results["fit"], 2 * steps / seconds["clock"]
    share = near_share(X, config, stream, networks[:epochs])
    report = {
        "processor": processor(),
        "rounds": run.size(ROUNDS, 1),
        "clock_gigahertz": hertz / 1e9,
        "fit": {"seconds": seconds["fit"], "epochs": epochs, "cycles": seconds["fit"] * hertz},
        "near_share": share,
    }
    (hidden,) = config.hidden_layer_sizes
    counts = {
        "dense": DENSE * len(X) * hidden * epochs / WIDTH,
        "own": own_operations(len(X), config, epochs, share),
    }
    for name, operations in counts.items():
        least = operations / hertz
        report[name] = {
            "operations": operations,
            "seconds": least,
            "kernel_over_bound": seconds["fit"] / least,
        }
    run.write(report)


if __name__ == "__main__":
    main()

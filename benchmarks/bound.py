"""Time of the fit kernel against a lower bound from the ports of the processor.

`python -m benchmarks.bound` prints and writes benchmarks/bound.json. An operation is one
instruction on 16 float32. Seconds are processor time of one thread.

processor        model string, family and model
rounds           rounds of rates and fits, timed alternately; times are the least, since other work
                 on the machine can only lengthen them
clock_gigahertz  from a chain of additions and exclusive ors, each of which waits for the previous
                 result
rates            measured on independent chains: `products`, multiply-adds a cycle; `mixed`, half
                 multiply-adds and half additions a cycle, which some processors start beside each
                 other; and the cycles of a `division` and a `root` of 16 numbers
fits             671 points of `two_clusters`, 1,000 units, in minibatches of 32 (figures that watch
                 training) and 200:
    seconds, epochs, cycles_step  of the kernel, and its cycles per minibatch by that clock
    near_share     share of the pairs of a group of 16 units and a block of 4 points that are near:
                   a line of the group may pass through the block. Only these are computed in
                   detail (`training`). Measured over all epochs
    bound_step     least cycles per minibatch, the sum over the phases `forward`, `residuals`,
                   `tabulate`, `backward` and `rescale`. Each takes at least its vector operations,
                   counted from the source, at the larger of the two rates, and at least its
                   divisions and roots. The scalar parts (gathering a minibatch, sorting units) and
                   all loads and stores count as free
    kernel_over_bound  ratio of the two
"""

import numpy as np
from numba import njit

from benchmarks.timing import batch_sizes, bench, one_more_point, processor
from dvlib.engine.kernel.boxes import PAD, Groups, rescale
from dvlib.engine.kernel.lanes import WIDTH, fma, splat, sqrt, total
from dvlib.engine.kernel.locality import BLOCK, arrange_points, sort_units
from dvlib.engine.kernel.minibatch import Near, forward
from dvlib.engine.mlp import MLPConfig, draw_stream
from dvlib.refits.single import fit

ROUNDS = 30
STEPS = 2_000_000  # rounds of a chain, which take some hundredths of a second
# Of each phase: vector operations by what they are done for, and (divisions, roots).
PHASES = {
    # A near pair: for each of 4 points 2 fma, sign, sum and bit, then 1 to narrow the bits. A test
    # of 16 groups: centre 2, reach 6, share 5, acts 3, sums 3. A block: folding 15, far parts 12.
    "forward": ({"near": 4 * 5 + 1, "tests": 19, "blocks": 27}, {}),
    "residuals": ({"vectors": 40}, {"vectors": (1, 0)}),  # of 16 points: e^-t 14, loss, difference
    "tabulate": ({"tests": 3, "blocks": 12}, {}),
    # Widen the bits, 3 look-ups and 3 sums; gradients 9, Adam 4 x 9, with a quotient and a root.
    "backward": ({"near": 7, "groups": 9 + 4 * 9}, {"groups": (4, 4)}),
    "rescale": ({"groups": 39}, {"groups": (1, 0)}),  # lines and their bounding boxes
}


@njit
def chain(steps, k):
    """A chain of two dependent operations per step, which no compiler can shorten."""
    x = k
    for _ in range(steps):
        x = (x + k) ^ k
    return x


def chains(operation, other):
    """A compiled function of `steps`: in each, 12 independent operations on vectors."""

    @njit(error_model="numpy")
    def run(steps, start):
        a = b = c = d = e = f = g = h = i = j = k = m = splat(start)
        one = splat(np.float32(0.999))
        for _ in range(steps):
            a, b, c = operation(a, one), operation(b, one), operation(c, one)
            d, e, f = operation(d, one), operation(e, one), operation(f, one)
            g, h, i = other(g, one), other(h, one), other(i, one)
            j, k, m = other(j, one), other(k, one), other(m, one)
        return total(a + b + c + d + e + f + g + h + i + j + k + m)

    return run


_product = njit(lambda a, one: fma(a, one, one))
_sum = njit(lambda a, one: a + one)
_division = njit(error_model="numpy")(lambda a, one: one / a)
_root = njit(lambda a, one: sqrt(a))
CHAINS = {
    "products": chains(_product, _product),
    "mixed": chains(_product, _sum),
    "division": chains(_division, _division),
    "root": chains(_root, _root),
}


def rates_from(seconds, steps):
    """Clock in hertz, and the rates, from the seconds of `steps` rounds of each chain."""
    hertz = 2 * 10 * steps / seconds["clock"]
    cycles = {name: seconds[name] * hertz / (12 * steps) for name in CHAINS}
    rates = {name: 1 / cycles[name] for name in ("products", "mixed")}
    return hertz, rates | {name: cycles[name] for name in ("division", "root")}


def timed_chains(steps):
    """Functions for `take_turns`, compiled."""
    calls = {"clock": lambda: chain(10 * steps, 3)}
    calls |= {name: lambda c=c: c(steps, np.float32(1.5)) for name, c in CHAINS.items()}
    chain(1, 1)
    for compiled in CHAINS.values():
        compiled(1, np.float32(1))
    return calls


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


def bound_of_step(n, config, share, rates):
    """Least cycles of each phase per minibatch, means over an epoch."""
    (hidden,), size = config.hidden_layer_sizes, min(config.batch_size, n)
    groups = -(-hidden // PAD) * (PAD // WIDTH)
    counts = np.array([min(size, n - begin) for begin in range(0, n, size)])
    blocks = np.ceil(counts / BLOCK).mean()
    amount = {
        "near": blocks * groups * share, "tests": blocks * np.ceil(groups / WIDTH),
        "blocks": blocks, "groups": groups, "vectors": np.ceil(counts / WIDTH).mean(),
    }  # fmt: skip
    rate, result = max(rates["products"], rates["mixed"]), {}
    for name, (operations, divided) in PHASES.items():
        by_ports = sum(amount[kind] * number for kind, number in operations.items()) / rate
        by_divider = sum(
            amount[kind] * (divisions * rates["division"] + roots * rates["root"])
            for kind, (divisions, roots) in divided.items()
        )
        result[name] = float(max(by_ports, by_divider))
    return result


def main():
    run = bench("bound", __doc__)
    (X, y), steps, calls = one_more_point(), run.size(STEPS, 1_000), {}
    if run.tiny:
        configs = {"batches of 32": MLPConfig((40,), max_iter=5, batch_size=32)}
    else:
        configs = batch_sizes()
    shares = {}
    for name, config in configs.items():
        stream = draw_stream(len(X), config, 0)
        trained = fit(X, y, config, stream=stream, snapshot_epochs=range(config.max_iter))
        shares[name] = near_share(X, config, stream, trained.snapshots[: trained.n_iter])
        calls[name] = lambda c=config, s=stream: fit(X, y, c, stream=s).n_iter
    seconds, epochs = run.take_turns(
        ROUNDS, "rates and fits", summary=min, **timed_chains(steps), **calls
    )
    hertz, rates = rates_from(seconds, steps)
    fits = {}
    for name, config in configs.items():
        number = epochs[name] * -(-len(X) // config.batch_size)
        step = seconds[name] * hertz / number
        phases = bound_of_step(len(X), config, shares[name], rates)
        fits[name] = {
            "seconds": seconds[name], "epochs": epochs[name], "cycles_step": step,
            "near_share": shares[name], "bound_step": phases,
            "kernel_over_bound": step / sum(phases.values()),
        }  # fmt: skip
    run.write(
        {
            "processor": processor(),
            "rounds": run.size(ROUNDS, 1),
            "clock_gigahertz": hertz / 1e9,
            "rates": rates,
            "fits": fits,
        }
    )


if __name__ == "__main__":
    main()

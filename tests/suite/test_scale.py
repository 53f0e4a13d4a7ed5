"""docs/scale.md quotes the numbers of benchmarks/scale.json."""

import json
from math import floor, log10

import pytest
from support.quoted import text_of

PAGE, REPORT = text_of("docs/scale.md"), json.loads(text_of("benchmarks/scale.json"))
ADDED, ALONE = KINDS = [REPORT[name] for name in ("added_point", "mesh_alone")]
INPUTS, MEMORY = REPORT["inputs"], REPORT["memory"]


def two(number):
    """Two significant digits; whole numbers from 10 on."""
    digits = 1 - floor(log10(abs(number)))
    return f"{round(number, digits):,.{max(digits, 0)}f}"


def span(seconds):
    """Seconds, minutes or hours, whichever a reader would say."""
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{two(seconds / unit)} {name}"
    return f"{two(seconds)} s"


def both(write, *path):
    """A number of both kinds of refit, as two cells of a table."""
    found = KINDS
    for name in path:
        found = [one[name] for one in found]
    return " | ".join(write(one) for one in found)


def planned(place, key="seconds"):
    return both(span, "plan", place, key)


def milliseconds(*path):
    return both(lambda seconds: two(1000 * seconds), *path)


def gpu(name):
    def ends(pair):
        low, high = sorted(pair)
        return f"{span(low)} to {span(high)}"

    return both(ends, "plan", "gpu_seconds", name)


def quotes():
    """Parts of the page, each made from the report."""
    cores, machines, large = INPUTS["cores"], INPUTS["machines"], INPUTS["chunk_large"]
    limits = INPUTS["gpu"]
    low, high = (round(100 * share) for share in limits["utilisation"])
    fit = ADDED["plan"]["gpu"]
    one, cluster = ADDED["plan"]["one_machine"], ADDED["plan"]["cluster"]
    asleep = [kind["asleep"] for kind in KINDS]
    at_cores = asleep[0]["threads"].index(cores)
    return [
        # the table of machines
        f"| {INPUTS['measured_cores']} cores, as measured | {planned('measured_machine')} |",
        f"| {cores} cores, one process | {planned('one_machine')} |",
        f"| {cores} cores, enough processes | {planned('one_machine', 'by_workers')} |",
        f"| {machines} machines of {cores} cores, one client | {planned('cluster')} |",
        f"| the same, chunks of {large} | {planned('cluster_large')} |",
        f"| the same, enough clients | {planned('cluster', 'by_workers')} |",
        f"| one GPU, fused kernel | {gpu('compute')} |",
        f"| one GPU, not fused | {gpu('memory_unfused')} |",
        # the table of costs
        f"| worker, $s$ | {milliseconds('chunk', 'seconds')} |",
        f"| hash of the arguments | {milliseconds('chunk', 'key')} |",
        f"| entry: compress and write | {milliseconds('chunk', 'write')} |",
        f"| checks, assembling arguments and results | {milliseconds('chunk', 'assemble')} |",
        f"| Python around compiled code | {milliseconds('chunk', 'interpreter')} |",
        f"| their sum, $p$ | {milliseconds('chunk', 'client')} |",
        f"| threads that one process can feed, $s / p$ | "
        f"{both(two, 'plan', 'one_machine', 'threads_client')} |",
        f"| the same with chunks of {large} | "
        f"{both(two, 'plan', 'one_machine_large', 'threads_client')} |",
        f"| threads that one client of a cluster can feed | "
        f"{both(two, 'plan', 'cluster', 'threads_client')} |",
        f"| the same with chunks of {large} | "
        f"{both(two, 'plan', 'cluster_large', 'threads_client')} |",
        f"| epochs of a fit, least, mean, most | "
        f"{both(lambda e: f'{e[0]}, {e[1]:.0f}, {e[2]}', 'epochs')} |",
        f"| arrays of a fit | {both(lambda size: f'{two(size / 1000)} kB', 'bytes_fit')} |",
        # what the model leaves out
        f"took {two(ADDED['chunk']['two_over_one'])} and {two(ALONE['chunk']['two_over_one'])} "
        "times the processor time",
        f"kept {two(max(asleep[0]['busy']))} and {two(max(asleep[1]['busy']))} threads busy",
        f"With {cores} threads it spent {two(1000 * asleep[0]['processor'][at_cores])} and "
        f"{two(1000 * asleep[1]['processor'][at_cores])} ms per chunk",
        f"batches of {INPUTS['of_batch']:,} refits",
        f"from {span(one['by_workers'])} to {span(one['by_batches'])} on {cores} threads, and from "
        f"{span(cluster['by_workers'])} to {span(cluster['by_batches'])} on "
        f"{cores * machines} threads",
        f"chunks of {large} it is {span(ADDED['plan']['cluster_large']['by_batches'])}",
        # the GPU
        f"{two(limits['flops_per_second'] / 1e12)} TFLOP/s of float32 and "
        f"{two(limits['bytes_per_second'] / 1e12)} TB/s",
        f"{low} to {high} % of",
        f"{two(fit['operations']['all'] / 1e6)} and "
        f"{two(ALONE['plan']['gpu']['operations']['all'] / 1e6)} million operations",
        f"{two(fit['bytes_fused'] / 1e6)} and "
        f"{two(ALONE['plan']['gpu']['bytes_fused'] / 1e6)} MB per fit",
        f"{gpu('memory_fused').replace(' | ', ' and ')}",
        f"{two(fit['bytes_state_unfused'] / 1e6)} MB for weights and moments and "
        f"{two(fit['bytes_activations_unfused'] / 1e6)} MB for the units' activations",
        f"{two(fit['bytes_state'] / 1000)} kB of state and {two(fit['bytes_points'] / 1000)} or "
        f"{two(ALONE['plan']['gpu']['bytes_points'] / 1000)} kB of points",
        f"({limits['shared_bytes'] // 1024} KiB) holds {fit['fits_in_shared']} or "
        f"{ALONE['plan']['gpu']['fits_in_shared']} fits",
        f"{two(fit['bytes_labels'] / 1000)} kB of labels as bits, but {fit['bytes_counts']} bytes",
        # before a run
        f"{two(ADDED['plan']['bytes_memory'] / 1e9)} and "
        f"{two(ALONE['plan']['bytes_memory'] / 1e9)} GB",
        f"{one['clients']} and {ALONE['plan']['one_machine']['clients']} processes",
        f"{cluster['clients']} and {ALONE['plan']['cluster']['clients']} clients",
        f"{INPUTS['refits'] / ADDED['chunk']['refits']:,.0f} entries",
        f"{ADDED['bytes_entry']['content']} bytes",
        f"{two(ADDED['plan']['bytes_disk'] / 1e6)} MB of disk",
        f"{two(MEMORY['one'])} MB with one thread and {two(MEMORY['many'])} MB with "
        f"{MEMORY['threads']}",
    ]  # fmt: skip


@pytest.mark.parametrize("part", quotes())
def test_quoted_numbers_are_the_committed_ones(part):
    assert part in PAGE


def test_numbers_are_written_as_a_reader_would_say_them():
    assert [two(number) for number in (0.0123, 1.26, 12.6, 1264)] == ["0.012", "1.3", "13", "1,300"]
    assert [span(seconds) for seconds in (1.26, 119, 121, 7_300)] == [
        "1.3 s", "120 s", "2.0 min", "2.0 h",
    ]  # fmt: skip


def test_page_is_one_page():
    assert len(PAGE.splitlines()) <= 80

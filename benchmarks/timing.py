"""What the scripts share: options, alternate timing of functions, and writing of the report."""

import argparse
import json
import os
import platform
import statistics
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from dvlib.data.datasets import make_dataset
from dvlib.paper.regimes import LIBRARY
from dvlib.root import project_root

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Bench:
    """A run of a script; a `tiny` run is a trial of seconds, and its numbers mean nothing."""

    name: str
    tiny: bool
    into: Path

    def size(self, full, tiny):
        """`tiny` in a tiny run, else `full`: a number of points, units, rounds, …"""
        return tiny if self.tiny else full

    def take_turns(
        self, rounds, what, /, *, all_cores=False, summary=statistics.median, **functions
    ):
        """Seconds and last result of each function.

        The functions are called alternately, so that other load on the machine slows all alike.
        Seconds are processor time of this thread, or wall time if the functions use `all_cores`;
        of those of all rounds, `summary` takes one, by default the median.

        Returns
        -------
        dict of name → seconds, dict of name → result
        """
        times, results = {name: [] for name in functions}, {}
        turns = range(self.size(rounds, 1))
        timer = time.perf_counter if all_cores else time.thread_time
        with one_bar():
            for _ in tqdm(turns, f"{self.name}, {what}", unit="round", leave=False, disable=None):
                for name, function in functions.items():
                    taken, results[name] = clock(function, timer=timer)
                    times[name].append(taken)
        return {name: summary(taken) for name, taken in times.items()}, results

    def write(self, report):
        """Print the report as JSON, and write it to a file named after the script."""
        self.into.mkdir(parents=True, exist_ok=True)
        path = self.into / f"{self.name}.json"
        text = json.dumps(report, indent=2, allow_nan=False)
        path.write_text(text + "\n")
        print(text)
        print(f"wrote {path}")


def bench(name, doc):
    """The run that the command line asks for.

    Parameters
    ----------
    name : name of the script
    doc : docstring of the script; the first line is its help
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{name}", description=doc.split("\n")[0]
    )
    parser.add_argument(
        "--tiny", action="store_true", help="a trial of seconds; writes into build/benchmarks"
    )
    parser.add_argument("--into", type=Path, help="folder of the result (benchmarks/)")
    options = parser.parse_args()
    usual = project_root() / "build" / "benchmarks" if options.tiny else HERE
    return Bench(name, options.tiny, options.into or usual)


@contextmanager
def one_bar():
    """Within it, dvlib shows no progress bars beside the bar of the rounds."""
    before = os.environ.get("TQDM_DISABLE", "0")
    os.environ["TQDM_DISABLE"] = "1"
    try:
        yield
    finally:
        os.environ["TQDM_DISABLE"] = before


def clock(function, *args, timer=time.perf_counter, **options):
    """Seconds of a call and what it returned."""
    started = timer()
    result = function(*args, **options)
    return timer() - started, result


def one_more_point():
    """The training set of most measurements: `two_clusters` (670 points) and one point more."""
    data = make_dataset("two_clusters")
    return np.append(data.X, [[5.0, 5.0]], axis=0), np.append(data.y, data.g([5.0, 5.0]))


def batch_sizes():
    """MLPConfigs of the regime `library` by their names: training watched, and not."""
    configs = (LIBRARY.config(watched) for watched in (True, False))
    return {f"batches of {config.batch_size}": config for config in configs}


def exponent(sizes, seconds):
    """The e of seconds ∝ sizes^e, by least squares in logarithms.

    >>> round(exponent([1, 2, 4], [3, 6, 12]), 6)
    1.0
    """
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def processor():
    """The processor as it names itself, with family and model: virtual machines hide the name."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = {key.strip(): text.strip() for key, _, text in (line.partition(":") for line in lines)}
    if "model name" not in named:
        return platform.machine()
    return "{model name} (family {cpu family}, model {model})".format_map(named)

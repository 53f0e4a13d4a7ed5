"""Functions for child processes that meet a fault, and the code that starts the children.

Children are forked from a process that has imported dvlib and loaded its kernels. A child takes
tens of milliseconds, so a test can afford one child for every change of a file.
"""

import multiprocessing
import multiprocessing.forkserver
import os
import signal
import sys
import tempfile
import warnings
from pathlib import Path

import nbformat
import numpy as np
import papermill
from support import small

from dvlib.data.datasets import make_dataset
from dvlib.engine.kernel import compiling, locality
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import LAST
from dvlib.engine.observe import Difference, Weights
from dvlib.paper import places
from dvlib.paper.figures.datasets import dataset_panels
from dvlib.paper.settings import resolve
from dvlib.refits import batch as batches
from dvlib.suite import bundle as suite_bundle
from dvlib.suite import run
from dvlib.suite.bundle import save_bundle
from dvlib.suite.command import main

SUBSETS = [np.delete(np.arange(24), [i, 23 - i]) for i in range(4)]
SEEDS, CHUNK = (0, 3, 5), 4
N_CHUNKS = len(SEEDS) * len(SUBSETS) // CHUNK
SAMPLES = {"noisy": make_dataset("noisy", seed=0)}
_context = multiprocessing.get_context("forkserver")


def _start_server():
    """Start the process to fork from, if it does not run yet.

    The environment tells it the path of the tests, which Python 3.11 does not pass on.
    """
    here, before = str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")
    _context.set_forkserver_preload([__name__])
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (here, before)))
    try:
        multiprocessing.forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


def start_child(function, *arguments, fault=None):
    """Start a child that calls `fault` and then a function; returns what `outcome_of` takes."""
    _start_server()
    ours, theirs = _context.Pipe()
    child = _context.Process(target=_call, args=(theirs, fault, function, arguments))
    child.start()
    theirs.close()
    return child, ours


def outcome_of(child, connection):
    """Exit code of a child, and what its function returned or raised.

    A returned value comes with the texts of its warnings. None means that the child was killed or
    interrupted.
    """
    try:
        outcome = connection.recv()
    except EOFError:
        outcome = None
    child.join(60)
    return child.exitcode, outcome


def in_child(function, *arguments, fault=None):
    """Start a child and wait for its outcome."""
    return outcome_of(*start_child(function, *arguments, fault=fault))


def _call(connection, fault, function, arguments):
    # A shell starts a background command with SIGINT ignored, and its children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if fault is not None:
                fault()
            outcome = function(*arguments)
        except Exception as error:
            connection.send(error)
        except KeyboardInterrupt:
            sys.exit(128 + signal.SIGINT)
        else:
            connection.send((outcome, [str(one.message) for one in caught]))


def batch(folder):
    """Observations of 4 subsets × 3 seeds, cached in a folder; each seed is a chunk."""
    os.environ["DVLIB_CACHE"], batches.CHUNK = str(folder), CHUNK
    return _refits()


def _refits(cache=True):
    truth = np.arange(400).reshape(1, 1, 20, 20) % 3 == 0
    settings = small.settings(seeds=SEEDS, cache=cache)
    references = truth.repeat(len(SEEDS), 0)
    observers = [Difference(settings.mesh, references), Weights((*range(12), LAST))]
    return batches.refit(*small.pool(), SUBSETS, settings, observers, description="test")


def compiled_level(folder, number=np.float32):
    """Result of `locality._level` with compiled code kept in a folder, and the cache hits there."""
    before, compiling.code_folder = compiling.code_folder, lambda: folder
    try:
        level = compiling.compiled(locality._level.py_func)
    finally:
        compiling.code_folder = before
    return int(level(number(0.5), 64)), sum(level.stats.cache_hits.values())


def bundle(root):
    """Figure 5's bundle in `build/` of a root."""
    places.project_root = suite_bundle.project_root = lambda: Path(root)
    return save_bundle(resolve("fig05", dataset="noisy"), FIGURE, SAMPLES)


def notebook(root):
    """Run Figure 5 with a stand-in for papermill that only writes a file."""
    places.project_root = run.project_root = lambda: Path(root)

    def execute(source, target, **options):
        nbformat.write(nbformat.v4.new_notebook(metadata={"text": "x" * 10_000}), target)

    papermill.execute_notebook = execute
    return run.run_figure("fig05", {"dataset": "noisy"}, None)


def run_figures(words, environment):
    """Exit status and output of `python -m dvlib run` with these words."""
    os.environ.update(environment)
    with tempfile.TemporaryFile("w+") as said:
        for descriptor in (1, 2):
            os.dup2(said.fileno(), descriptor)
        status = main(["run", *words])
        sys.stdout.flush(), sys.stderr.flush()
        said.seek(0)
        return status, said.read()


FIGURE = dataset_panels(SAMPLES, MeshGrid(-10, 25, 351))
FIGURE.png()  # drawn and kept before any fork
_refits(cache=False)  # loads the kernels before any fork

"""Without TensorFlow, code that needs it refuses at once in one line; everything else works.

The process that these tests start, and its kernels, can neither import nor find it.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest

from dvlib.methods.tensors import has_tensorflow, tensorflow
from dvlib.paper.manifest import FIGURES
from dvlib.root import library_version, project_root

pytestmark = pytest.mark.slow

HIDDEN = """
import importlib.metadata as metadata, sys
sys.modules["tensorflow"] = None
real = metadata.version
def version(name):
    if name.startswith("tensorflow"):
        raise metadata.PackageNotFoundError(name)
    return real(name)
metadata.version = version
"""
# One process for all tests, since each takes seconds to import what it needs.
SCRIPT = """
import contextlib, importlib, io, json, pkgutil
import numpy as np
import dvlib
from dvlib.methods.dvrl.runs import Target, Task, run_dvrl
from dvlib.suite.command import main

def refused(call, *arguments):
    try:
        call(*arguments)
    except ImportError as error:
        return str(error)

def said(*words):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            status = main([*words])
    return status, out.getvalue(), errors.getvalue()

# The playground's entries are compiled when they are imported, which takes ten seconds.
names = [module.name for module in pkgutil.walk_packages(dvlib.__path__, "dvlib.")]
for name in names:
    if not name.endswith(("__main__", ".entries")):
        importlib.import_module(name)
X, y = np.eye(2), np.arange(2)
how = dvlib.DVRLSettings(n_iterations=2)
(run,) = run_dvrl([Task(X, y, Target(y, points=X), how, 0)], cache=False)
print(json.dumps({
    "modules": len(names),
    "refused": [refused(dvlib.resolve, figure) for figure in ("ext03", "fig06")]
        + [refused(dvlib.monte_carlo_dropout, X, y, X)],
    "run": said("run", "fig05", "fig06"),
    "verify": said("verify", "fig06"),
    "available": said("run", "fig06", "ext03", "--available", "--summary"),
    "iterations of DVRL": len(run.performance),
    "made": said("run", "fig05", "seed=4321"),
}))
"""
NEED_IT = ["fig06"]
HOW = "make setup, or pip install dvlib[tensorflow]"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the process without TensorFlow has printed, and the record of the figure it made."""
    hidden = tmp_path_factory.mktemp("hidden")
    (hidden / "sitecustomize.py").write_text(HIDDEN)  # Python runs it when it starts
    path = os.pathsep.join([str(hidden), str(project_root())])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=project_root(), capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": path, "DVLIB_CACHE": str(hidden / "cache")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    folder = project_root() / "build" / "quick__seed-4321"
    record = json.loads((folder / "fig05_datasets.json").read_text())
    shutil.rmtree(folder)
    shutil.rmtree(project_root() / "build" / "notebooks" / folder.name)
    return json.loads(done.stdout.splitlines()[-1]) | {"record": record}


def test_manifest_knows_the_figures_that_need_it():
    needing = [entry.id for entry in FIGURES.values() if entry.needs_tensorflow]
    assert needing == [*NEED_IT, "ext03", "claims"]
    assert sum(entry.kind == "figure" for entry in FIGURES.values()) - len(NEED_IT) == 20


@pytest.mark.tensorflow
def test_either_build_gives_the_version():
    assert has_tensorflow() and library_version("tensorflow") == tensorflow().__version__
    assert library_version("no-such-library") is None


def test_every_module_imports_and_dvrl_runs_without_it(found):
    assert found["modules"] > 50 and found["iterations of DVRL"] == 2


def test_what_needs_it_refuses_before_it_computes(found):
    names = ("Extension 3", "Figure 6", "Monte-Carlo dropout")
    assert found["refused"] == [f"{name} needs TensorFlow: {HOW}" for name in names]


@pytest.mark.parametrize("command", ["run", "verify"])
def test_a_figure_that_needs_it_is_refused_before_any_is_made(found, command):
    assert found[command] == [2, "", f"error: Figure 6 needs TensorFlow: {HOW}\n"]


def test_make_figures_leaves_them_out_and_says_so(found):
    status, said, _ = found["available"]
    first, *table = said.splitlines()
    assert first == f"left out, for want of TensorFlow: Figure 6, Extension 3; to make them: {HOW}"
    assert table[0].startswith("figure") and status == 0


def test_a_figure_that_needs_none_is_made(found):
    assert found["made"][0] == 0
    versions = found["record"]["versions"]
    assert "numpy" in versions and "tensorflow" not in versions

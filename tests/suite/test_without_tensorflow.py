"""Without TensorFlow, code that needs it refuses at once in one line; everything else works.

The processes that these tests start, and their kernels, can neither import nor find it.
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
NEED_IT = ["fig06"]
HOW = "make setup, or pip install dvlib[tensorflow]"


@pytest.fixture
def run(tmp_path, cache_dir):
    """Function that runs Python, with some arguments, without TensorFlow."""
    (tmp_path / "sitecustomize.py").write_text(HIDDEN)  # Python runs it when it starts
    path = os.pathsep.join([str(tmp_path), str(project_root())])

    def run(*words):
        return subprocess.run(
            [sys.executable, *words], cwd=project_root(), capture_output=True, text=True,
            env=os.environ | {"PYTHONPATH": path, "DVLIB_CACHE": str(cache_dir)},
        )  # fmt: skip

    return run


@pytest.fixture
def folder():
    """Folder of a figure with an unusual seed."""
    folder = project_root() / "build" / "quick__seed-4321"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(project_root() / "build" / "notebooks" / folder.name, ignore_errors=True)


def test_manifest_knows_the_figures_that_need_it():
    needing = [entry.id for entry in FIGURES.values() if entry.needs_tensorflow]
    assert needing == [*NEED_IT, "ext03", "claims"]
    assert sum(entry.kind == "figure" for entry in FIGURES.values()) - len(NEED_IT) == 20


@pytest.mark.tensorflow
def test_either_build_gives_the_version():
    assert has_tensorflow() and library_version("tensorflow") == tensorflow().__version__
    assert library_version("no-such-library") is None


def test_every_module_imports_without_it(run):
    code = (
        "import importlib, pkgutil, dvlib\n"
        "names = [m.name for m in pkgutil.walk_packages(dvlib.__path__, 'dvlib.')]\n"
        "[importlib.import_module(name) for name in names if not name.endswith('__main__')]\n"
        "print(len(names))"
    )
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 50


def test_figures_that_need_it_refuse_in_their_first_cell(run):
    code = (
        "import dvlib\n"
        "for figure in ('ext03', 'fig06'):\n"
        "    try: dvlib.resolve(figure, **{})\n"
        "    except ImportError as error: print(error)"
    )
    names = ("Extension 3", "Figure 6")
    assert run("-c", code).stdout.splitlines() == [
        f"{name} needs TensorFlow: {HOW}" for name in names
    ]


@pytest.mark.parametrize("command", [["run", "fig05", "fig06"], ["verify", "fig06"]])
def test_a_figure_that_needs_it_is_refused_before_any_is_made(run, command):
    done = run("-m", "dvlib", *command)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == f"error: Figure 6 needs TensorFlow: {HOW}\n"


def test_dropout_refuses_before_it_computes(run):
    code = (
        "import numpy as np\n"
        "from dvlib import monte_carlo_dropout\n"
        "X, y = np.eye(2), np.arange(2)\n"
        "try: monte_carlo_dropout(X, y, X)\n"
        "except ImportError as error: print(error)"
    )
    assert run("-c", code).stdout == f"Monte-Carlo dropout needs TensorFlow: {HOW}\n"


def test_make_figures_leaves_them_out_and_says_so(run):
    done = run("-m", "dvlib", "run", "fig06", "ext03", "--available", "--summary")
    first, *table = done.stdout.splitlines()
    assert first == f"left out, for want of TensorFlow: Figure 6, Extension 3; to make them: {HOW}"
    assert table[0].startswith("figure") and done.returncode == 0


def test_dvrl_needs_none(run):
    code = (
        "import numpy as np, dvlib\n"
        "from dvlib.methods.dvrl.runs import Target, Task, run_dvrl\n"
        "X, y = np.eye(2), np.arange(2)\n"
        "how = dvlib.DVRLSettings(n_iterations=2)\n"
        "(done,) = run_dvrl([Task(X, y, Target(y, points=X), how, 0)], cache=False)\n"
        "print(len(done.performance))"
    )
    assert run("-c", code).stdout == "2\n"


def test_a_figure_that_needs_none_is_made(run, folder):
    done = run("-m", "dvlib", "run", "fig05", "seed=4321")
    assert done.returncode == 0, done.stderr
    versions = json.loads((folder / "fig05_datasets.json").read_text())["versions"]
    assert "numpy" in versions and "tensorflow" not in versions

"""The end of a kernel is reported as it was: killed, aborted, or ended by itself, and by what."""

import os
import shutil
import subprocess
import sys
import tempfile
from types import SimpleNamespace

import pytest

from dvlib.refits.progress import REPORT_VARIABLE
from dvlib.root import project_root
from dvlib.suite.kernels import end_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="signals are those of Linux"),
]
# Runs in the server that kernels are forked from; only kernels report to a file.
FAULT = """
import os, sys
def fault():
    import signal
    {fault}
def hook(event, arguments):
    if event in ("import", "os.mkdir") and "{part}" in str(arguments[0]):
        if "{variable}" in os.environ:
            fault()
sys.addaudithook(hook)
"""
AT_WORK = "quick__seed-4323"  # the folder that the last cell makes
LLVM = r"os.write(2, b'LLVM ERROR: Cannot select: x\nIn function: f\n'); os.abort()"


@pytest.fixture
def run(tmp_path, cache_dir):
    """Function that runs Figure 5 with a fault at an import or a new folder; returns the errors."""

    def call(fault, part):
        text = FAULT.format(fault=fault, part=part, variable=REPORT_VARIABLE)
        (tmp_path / "sitecustomize.py").write_text(text)
        path = os.pathsep.join([str(tmp_path), str(project_root())])
        done = subprocess.run(
            [sys.executable, "-m", "dvlib", "run", "fig05", "seed=4323"], cwd=project_root(),
            env=os.environ | {"PYTHONPATH": path, "DVLIB_CACHE": str(cache_dir)},
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 1 and "wrote build" not in done.stdout
        return done.stderr

    build = project_root() / "build"
    yield call
    for folder in (build / AT_WORK, build / "notebooks" / AT_WORK):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    ("script", "end"),
    [
        ("kill -KILL $$", "killed, or out of memory"),
        ("kill -SEGV $$", "ended by SIGSEGV"),
        ("echo out of room >&2", "exited with status 0: out of room"),
    ],
)
def test_the_end_of_a_process_in_words(script, end):
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(["sh", "-c", script], stderr=errors)
        process.wait()
        assert end_of(SimpleNamespace(process=process, errors=errors)) == end


def test_a_kernel_that_dies_at_work(run):
    said = run(LLVM, AT_WORK)
    end = "aborted: LLVM ERROR: Cannot select: x"
    assert said.startswith(f"error: fig05 stopped with DeadKernelError: Kernel died ({end}); what")
    assert said.count("\n") == 1


def test_a_kernel_that_lacks_a_module_before_it_is_ready(run):
    said = run("raise ModuleNotFoundError('No module named x')", "ipykernel.debugger")
    assert "(exited with status 1: ModuleNotFoundError: No module named x); what was" in said
    assert said.startswith("error: fig05 stopped with ") and said.count("\n") == 1

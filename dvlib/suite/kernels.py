"""The kernels that execute notebooks: how they are started and stopped."""

import os
import signal
import tempfile
from pathlib import Path

from dvlib.methods.tensors import ENVIRONMENT as TENSORFLOW_ENVIRONMENT
from dvlib.refits.progress import REPORT_VARIABLE
from dvlib.root import PACKAGE, project_root

FOLDER = "notebooks"
# What almost every figure needs. A kernel imports it before its first cell.
NEEDED = "dvlib.paper.figures, dvlib.paper.drawing.maps, sklearn.datasets, sklearn.model_selection"
QUIET = "--log-level=CRITICAL"  # otherwise every kernel warns about local sockets
# ipykernel would catch what libraries write to standard error, and lose it when the kernel dies.
DIRECT = "--IPKernelApp.capture_fd_output=False"
# Must be set before a kernel starts: BLAS must leave threads to dvlib. The user's values stay.
_DEFAULTS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def kernel_environment():
    """Environment of a kernel: that of this process, with this clone's dvlib before others."""
    environment = _DEFAULTS | os.environ | TENSORFLOW_ENVIRONMENT | {"PYTHONUTF8": "1"}
    if project_root() == PACKAGE.parent:
        path = [str(PACKAGE.parent), environment.get("PYTHONPATH")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    return environment


def start_kernel():
    """Start a kernel of this Python that imports `NEEDED`; return its manager without waiting.

    Kernels that are installed under the same name, as for another Python, are not looked at. The
    kernel's files lie in a temporary folder, so the user's home need not be writable, and IPython
    finds no startup files there.
    """
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_core.utils import run_sync

    class Kernel(AsyncKernelManager):
        """A manager that keeps its client, its process and what that wrote to standard error.

        nbclient leaves a given kernel's client open, and forgets the process of a dead kernel.
        """

        opened = process = errors = folder = None

        def client(self, **options):
            self.opened = super().client(**options)
            return self.opened

    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    kernel = Kernel(
        kernel_name="python3",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        connection_file=os.path.join(folder.name, "connection.json"),
    )
    kernel.folder = folder
    report = _report_of(kernel)
    report.touch()
    environment = {"IPYTHONDIR": folder.name, REPORT_VARIABLE: str(report)}
    kernel.errors = tempfile.TemporaryFile()  # noqa: SIM115 (stop_kernel closes it)
    run_sync(kernel.start_kernel)(
        cwd=str(project_root() / FOLDER),
        env=kernel_environment() | environment,
        stderr=kernel.errors,
        extra_arguments=[QUIET, DIRECT, f"--IPKernelApp.exec_lines=import {NEEDED}"],
    )
    kernel.process = kernel.provisioner.process
    return kernel


def progress_of(kernel):
    """A line about a kernel's progress; "" without a bar, or after the kernel was stopped."""
    try:
        return _report_of(kernel).read_bytes().decode(errors="ignore").strip()
    except OSError:
        return ""


def _report_of(kernel):
    return Path(kernel.folder.name, "progress")


def end_of(kernel):
    """How a kernel's process ended, such as "aborted: LLVM ERROR: …"; "" if it did not.

    The text is the exit status in words, then the line of standard error that names the error, or
    else its last line.
    """
    status = kernel.process.poll()
    if status is None:
        return ""
    kernel.errors.seek(0)
    text = kernel.errors.read().decode(errors="replace")
    # After this line, Python's fault handler lists threads and modules.
    lines = [line.strip() for line in text.partition("Fatal Python error:")[0].splitlines()]
    lines = [line for line in lines if line]
    named = [line for line in lines if "error" in line.lower()] or lines
    return ": ".join([_in_words(status), *named[-1:]])


def _in_words(status):
    if status >= 0:
        return f"exited with status {status}"
    name = signal.Signals(-status).name if -status in [*signal.Signals] else f"signal {-status}"
    words = {"SIGKILL": "killed, or out of memory", "SIGABRT": "aborted"}
    return words.get(name, f"ended by {name}")


def kill_kernel(kernel):
    """Kill a kernel's process, from any thread; `stop_kernel` then does the rest."""
    if kernel.has_kernel and kernel.provisioner.process is not None:
        kernel.provisioner.process.kill()


def stop_kernel(kernel):
    """Stop a kernel of `start_kernel` at once, even if it is busy, and close its client.

    The thread that has executed a notebook must call it, since sockets belong to threads.
    """
    from jupyter_core.utils import run_sync

    run_sync(kernel.shutdown_kernel)(now=True)
    kernel.errors.close()
    kernel.folder.cleanup()
    if kernel.opened is not None:
        kernel.opened.stop_channels()


def close_loop():
    """Close the event loop that this thread's calls of kernels have opened."""
    from jupyter_core.utils import ensure_event_loop

    ensure_event_loop().close()

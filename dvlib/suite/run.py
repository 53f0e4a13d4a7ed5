"""Run figures' notebooks with papermill, after a check of the parameters.

The executed copies go to `build/notebooks`; the stored notebooks are never changed.
"""

import ast
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

from dvlib.methods.tensors import ENVIRONMENT as TENSORFLOW_ENVIRONMENT
from dvlib.paper.settings import parameter_names, resolve
from dvlib.refits.cluster import shared_with_kernels
from dvlib.refits.progress import TERMINAL_VARIABLE
from dvlib.root import project_root
from dvlib.suite.failures import say_once, why

FOLDER = "notebooks"
OWN = {"preset": "paper"}  # a run without assignments: the figure's own settings
# What almost every figure needs. A kernel imports it while the notebook before still runs.
NEEDED = "dvlib.paper.claims, dvlib.paper.plots, sklearn.datasets, sklearn.model_selection"
QUIET = "--log-level=CRITICAL"  # otherwise every kernel warns about local sockets
# Must be set before a kernel starts: BLAS must leave threads to dvlib, and TensorFlow must not
# print messages on import.
KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    **TENSORFLOW_ENVIRONMENT,
}


def set_kernel_environment():
    """Set `KERNEL_ENVIRONMENT` for kernels started from this process; the user's values stay."""
    for name, value in KERNEL_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("IPYTHONDIR", str(project_root() / ".cache" / "ipython"))


def parse_parameters(figure_id, assignments):
    """Dict from "name=value" strings, with the checks that the notebook would do.

    Raises
    ------
    ValueError : not an assignment, an unknown or repeated name, or a value that `resolve` refuses
    """
    names, parameters = parameter_names(figure_id), {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise ValueError(f"{assignment!r}: give name=value, with a name of {', '.join(names)}")
        if name in parameters:
            raise ValueError(f"{name} is given twice: give it once")
        parameters[name] = _value(text)
    _check(figure_id, parameters or OWN)
    return parameters


def _value(text):
    """A value from its text: a Python literal, or else the text itself as a string."""
    try:
        with warnings.catch_warnings(action="ignore"):  # Python's SyntaxWarning for odd text
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _check(figure_id, parameters):
    """Settings from `resolve`; names that the figure does not take are an error.

    `resolve` itself ignores such names, because a notebook may have variables of its own.
    """
    names = parameter_names(figure_id)
    settings = resolve(figure_id, parameters)
    for name in parameters:
        if name not in names:
            raise ValueError(f"unknown parameter {name!r}: {figure_id} takes {', '.join(names)}")
    return settings


def start_kernel():
    """Start a kernel that imports `NEEDED`, without waiting for it; return its manager.

    The imports take two seconds on one core. A kernel started while the previous notebook still
    runs is ready when its own notebook begins.
    """
    from jupyter_client import AsyncKernelManager
    from jupyter_core.utils import run_sync

    class Kernel(AsyncKernelManager):
        """A manager that keeps its client, because nbclient leaves a given kernel's client open."""

        opened = None

        def client(self, **options):
            self.opened = super().client(**options)
            return self.opened

    kernel = Kernel(kernel_name="python3")
    run_sync(kernel.start_kernel)(
        cwd=str(project_root() / FOLDER),
        extra_arguments=[QUIET, f"--IPKernelApp.exec_lines=import {NEEDED}"],
    )
    return kernel


def stop_kernel(kernel):
    """Stop a kernel of `start_kernel` at once, even if it is busy, and close its client."""
    from jupyter_core.utils import run_sync

    run_sync(kernel.shutdown_kernel)(now=True)
    if kernel.opened is not None:
        kernel.opened.stop_channels()


def run_figure(figure_id, parameters, kernel=None):
    """Execute a figure's notebook in its own kernel.

    Parameters
    ----------
    figure_id : such as "fig01"
    parameters : dict of parameters, checked before anything is executed
    kernel : an unused kernel from `start_kernel`; None = start a kernel and stop it afterwards

    Returns
    -------
    Path of the executed notebook, under `build/notebooks`

    Raises
    ------
    ValueError : before anything is executed, for bad parameters
    papermill.PapermillExecutionError : a cell failed; the notebook is kept as `*.failed.ipynb`
    RuntimeError : the kernel died
    OSError : the notebook cannot be written
    """
    import papermill  # takes half a second, which commands without a run save

    settings = _check(figure_id, parameters)
    root = project_root()
    source = root / FOLDER / f"{settings.entry.stem}.ipynb"
    target = root / "build" / FOLDER / settings.folder.name / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        temporary = Path(folder) / source.name
        try:
            papermill.execute_notebook(
                source, temporary, parameters=parameters, cwd=source.parent,
                kernel_name="python3", progress_bar=False, log_output=False,
                request_save_on_cell_execute=False,
                extra_arguments=[QUIET], km=kernel,
            )  # fmt: skip
        except papermill.PapermillExecutionError:
            os.replace(temporary, target.with_suffix(".failed.ipynb"))
            raise
        os.replace(temporary, target)
    return target


def run_all(runs, then=None):
    """Run figures' notebooks one after the other.

    Parameters
    ----------
    runs : list of (figure id, parameters)
    then : function called with a figure's id when its notebook has finished or failed

    Returns
    -------
    int, number of failed notebooks

    Raises
    ------
    ClusterError : before the first run, if the cluster set by `dvlib.use_cluster` cannot be used
    """
    set_kernel_environment()
    say_once()
    if sys.stderr.isatty():  # pass its name: a kernel has no controlling terminal, so no /dev/tty
        os.environ[TERMINAL_VARIABLE] = os.ttyname(sys.stderr.fileno())
    failed, kernels = 0, []
    with shared_with_kernels():
        try:
            for number, run in enumerate(runs, 1):
                while len(kernels) < min(2, len(runs) - number + 1):
                    kernels.append(start_kernel())
                failed += _run_and_report(*run, kernels[0])
                stop_kernel(kernels.pop(0))
                if then is not None:
                    then(run[0])
        finally:
            for kernel in kernels:
                stop_kernel(kernel)
    return failed


def _run_and_report(figure_id, parameters, kernel):
    import papermill

    settings = resolve(figure_id, parameters)
    print(f"{figure_id}  {settings.entry.title} ({settings.preset} preset) …", flush=True)
    started = time.perf_counter()
    try:
        executed = run_figure(figure_id, parameters, kernel)
    except (papermill.PapermillExecutionError, RuntimeError, OSError) as error:
        print(f"error: {figure_id} {why(error)}", file=sys.stderr)
        return 1
    root = project_root()
    bundle = (settings.folder / settings.entry.stem).relative_to(root).as_posix()
    print(
        f"{figure_id}  {time.perf_counter() - started:.1f} s: wrote {bundle}.png, .csv, .json; "
        f"notebook {executed.relative_to(root).as_posix()}"
    )
    return 0

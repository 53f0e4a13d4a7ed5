"""Run figures' notebooks with papermill.

The executed copies go to `build/notebooks`; the stored notebooks are never changed.
"""

import logging
import os
import shutil
import sys
import tempfile
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

from dvlib.paper.manifest import figure_entry
from dvlib.paper.places import build_folder, display_path, picture_format
from dvlib.paper.settings import resolve
from dvlib.refits.cluster import shared_with_kernels
from dvlib.refits.store import cache_folder
from dvlib.root import project_root
from dvlib.suite.kernels import (
    FOLDER,
    close_loop,
    end_of,
    kill_kernel,
    progress_of,
    start_kernel,
    stop_kernel,
)

# A figure rarely keeps all cores busy: one draws or starts while the other one computes.
AT_ONCE = 2
POLL = 0.2  # seconds


def run_figure(figure_id, parameters, kernel):
    """Execute a figure's notebook in a kernel.

    Parameters
    ----------
    figure_id : such as "fig01"
    parameters : dict of parameters, checked before anything is executed
    kernel : an unused kernel from `dvlib.suite.kernels.start_kernel`

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

    settings = resolve(figure_id, **parameters)
    source = project_root() / FOLDER / f"{settings.entry.stem}.ipynb"
    target = build_folder() / FOLDER / settings.folder.name / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        temporary = Path(folder) / source.name
        try:
            # Without cwd=…: papermill would change the folder of all threads.
            papermill.execute_notebook(
                source, temporary, parameters=parameters, kernel_name="python3",
                progress_bar=False, log_output=False, request_save_on_cell_execute=False, km=kernel,
            )  # fmt: skip
        except papermill.PapermillExecutionError:
            os.replace(temporary, target.with_suffix(".failed.ipynb"))
            raise
        os.replace(temporary, target)
    return target


def run_all(runs, then=None):
    """Run figures' notebooks, `AT_ONCE` at a time, each in a kernel of its own.

    Figures that train no network come first, because they are quick: the first picture is there
    soon. Then come those with dropout. It keeps one core busy for long, and at the end of a run the
    other core would have nothing to do. Otherwise, figures start in the given order.

    Parameters
    ----------
    runs : list of (figure id, parameters)
    then : function called with a figure's id when its notebook has finished or failed; all calls
        come from this thread

    Returns
    -------
    int, number of failed notebooks

    Raises
    ------
    ClusterError : before the first run, if the cluster set by `dvlib.use_cluster` cannot be used
    """
    from joblib import cpu_count

    from dvlib.suite.forking import end_server, fork_kernels

    if not runs:
        return 0
    silence_dead_kernels()
    fork_kernels()
    began, used, cores = time.monotonic(), sum(os.times()[:4]), cpu_count()
    waiting, running, failed = deque(sorted(runs, key=_turn)), {}, 0
    try:
        with shared_with_kernels(), ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                while waiting or running:
                    while waiting and len(running) < min(AT_ONCE, cores):
                        figure_id, parameters = waiting.popleft()
                        _announce(resolve(figure_id, **parameters))
                        kernel = start_kernel()
                        future = pool.submit(_run_and_stop, figure_id, parameters, kernel)
                        running[future] = figure_id, kernel
                    done, _ = wait(running, POLL, FIRST_COMPLETED)
                    for future in done:
                        figure_id, _ = running.pop(future)
                        error, text = future.result()
                        failed += error
                        _say(text, sys.stderr if error else sys.stdout)
                        if then is not None:
                            then(figure_id)
                    _show([(name, progress_of(kernel)) for name, kernel in running.values()])
            finally:  # after an error or an interrupt; a thread ends soon after its kernel
                _show([])
                for _, kernel in running.values():
                    kill_kernel(kernel)
    finally:  # also after an interrupt; only processes that have ended are counted
        end_server()
        seconds, used = max(0.001, time.monotonic() - began), sum(os.times()[:4]) - used
        share = used / (cores * seconds)
        _say(f"{seconds:.1f} s, {used:.1f} s of processor time: {share:.0%} of {cores} cores")
    return failed


def _turn(run):
    entry = figure_entry(run[0])
    return entry.trains, not entry.needs_tensorflow


def _announce(settings):
    _say(f"{settings.figure_id}  {settings.entry.title} ({settings.preset} preset) …")
    if settings.unread:
        _say(settings.unread)


def _say(text, file=None):
    """Print a line in place of the lines of progress, which come again below it."""
    _show([])
    print(text, file=file or sys.stdout, flush=True)


def _show(progress):
    """Show lines of progress on a terminal, (figure id, text), below all other text.

    The cursor stands at the beginning of the first line, so that the next text replaces them.
    """
    if not sys.stderr.isatty():
        return
    width = shutil.get_terminal_size().columns - 1
    lines = [f"{figure_id}  {text}"[:width] for figure_id, text in progress if text]
    up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
    sys.stderr.write("\x1b[J" + "\n".join(lines) + "\r" + up)  # J erases what is below
    sys.stderr.flush()


def _run_and_stop(figure_id, parameters, kernel):
    """Run a figure in a thread, and stop its kernel; returns whether it failed, and a message."""
    try:
        return _run_and_report(figure_id, parameters, kernel)
    finally:
        stop_kernel(kernel)
        close_loop()


def _run_and_report(figure_id, parameters, kernel):
    import papermill

    started = time.perf_counter()
    try:
        executed = run_figure(figure_id, parameters, kernel)
    except RuntimeError as error:
        # nbclient itself ends a kernel that does not answer.
        end = end_of(kernel) if "died" in str(error) else ""
        return True, f"error: {figure_id} {why(error, end)}"
    except (papermill.PapermillExecutionError, OSError) as error:
        return True, f"error: {figure_id} {why(error)}"
    settings = resolve(figure_id, **parameters)
    return False, (
        f"{figure_id}  {time.perf_counter() - started:.1f} s: wrote "
        f"{display_path(settings.folder / settings.entry.stem)}.{picture_format()}, .csv, .json; "
        f"notebook {display_path(executed)}"
    )


def why(error, end=""):
    """A message about what ended a figure's run.

    Parameters
    ----------
    error : papermill.PapermillExecutionError (a cell's error), RuntimeError (the kernel died),
        OSError (a file could not be written) or any other exception
    end : how the kernel's process ended, from `dvlib.suite.kernels.end_of`
    """
    name = getattr(error, "ename", type(error).__name__)
    text = f"stopped with {name}: {getattr(error, 'evalue', error)}"
    if isinstance(error, RuntimeError):  # nbclient raises it for a dead kernel
        text += f" ({end}); {kept()}" if end else f"; {kept()}"
    with suppress(ImportError):  # Windows has no such module
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            text += (
                f"\nnote: a process may have {limit / 2**30:.3g} GB of addresses here (ulimit -v); "
                "figures need 2, and 4 with TensorFlow: give more, if that was the reason"
            )
    return text


def kept():
    """A sentence for a stopped run: its results are kept, and where."""
    return f"what was computed is kept in {cache_folder()}, and the same command goes on from there"


def silence_dead_kernels():
    """Let only `why` report a kernel's death, which asyncio and nbclient would log as well."""
    logging.getLogger("asyncio").addFilter(_is_not_of_a_dead_kernel)
    for name in ("traitlets", "papermill"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _is_not_of_a_dead_kernel(record):
    return not (record.exc_info and record.exc_info[0].__name__ == "DeadKernelError")

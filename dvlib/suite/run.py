"""Run figures' notebooks with papermill.

The executed copies go to `build/notebooks`; the stored notebooks are never changed.
"""

import os
import sys
import tempfile
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import NamedTuple

from dvlib.paper.manifest import figure_entry
from dvlib.paper.places import build_folder, picture_format, shown
from dvlib.paper.settings import resolve
from dvlib.refits.cluster import shared_with_kernels
from dvlib.root import project_root
from dvlib.suite import timeline
from dvlib.suite.failures import say_once, term_as_interrupt, why
from dvlib.suite.kernels import (
    FOLDER,
    close_loop,
    end_of,
    kill_kernel,
    start_kernel,
    stop_kernel,
)
from dvlib.suite.screen import Screen

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
    """Run figures' notebooks, several at once, and write the timeline of the run.

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
    if not runs:
        return 0
    say_once()
    runs = sorted(runs, key=_turn)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, term_as_interrupt():
        record, screen = timeline.Timeline(folder), Screen()
        try:
            with shared_with_kernels():
                return _Kernels(record, screen).run(runs, then)
        finally:
            screen.clear()
            screen.say(timeline.write(record.record()))


def _turn(run):
    entry = figure_entry(run[0])
    return entry.trains, not entry.needs_tensorflow


class _Kernels:
    """Kernels that run figures: at most `AT_ONCE` at work, and one more started ahead."""

    def __init__(self, record, screen):
        self._record, self._screen = record, screen
        self._ahead, self._running = [], {}  # kernels; future → Work

    def run(self, runs, then):
        from joblib import cpu_count

        waiting, failed = deque(runs), 0
        at_once = min(AT_ONCE, cpu_count())
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                while waiting or self._running:
                    while waiting and len(self._running) < at_once:
                        self._begin(pool, *waiting.popleft())
                    if waiting and not self._ahead:
                        self._ahead.append(self._start())
                    done, _ = wait(self._running, POLL, FIRST_COMPLETED)
                    self._show()
                    for future in done:
                        failed += self._finish(future, then)
            finally:  # after an error or an interrupt; a thread ends soon after its kernel
                for work in self._running.values():
                    kill_kernel(work.kernel)
                for kernel, _ in self._ahead:
                    stop_kernel(kernel)
        return failed

    def _start(self):
        track = self._record.track()
        return start_kernel(track.path), track

    def _begin(self, pool, figure_id, parameters):
        settings = resolve(figure_id, **parameters)
        self._screen.say(f"{figure_id}  {settings.entry.title} ({settings.preset} preset) …")
        if settings.unread:
            self._screen.say(settings.unread)
        if not self._ahead:
            self._ahead.append(self._start())
        kernel, track = self._ahead[0]
        track.figure = figure_id
        place = min({*range(AT_ONCE)} - {work.place for work in self._running.values()})
        future = pool.submit(_run_and_stop, figure_id, parameters, kernel)
        self._running[future] = Work(figure_id, kernel, track, place)
        del self._ahead[0]

    def _show(self):
        self._record.poll()
        for work in self._running.values():
            self._screen.show(work.place, work.figure_id, work.track.open_bars)

    def _finish(self, future, then):
        work = self._running.pop(future)
        self._screen.clear(work.place)
        work.track.end()
        failed, text = future.result()
        self._screen.say(text, sys.stderr if failed else sys.stdout)
        if then is not None:
            then(work.figure_id)
        return failed


class Work(NamedTuple):
    """A figure at work: its kernel, what the kernel reports, and the line of its bar."""

    figure_id: str
    kernel: object
    track: timeline.Track
    place: int


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
        f"{shown(settings.folder / settings.entry.stem)}.{picture_format()}, .csv, .json; "
        f"notebook {shown(executed)}"
    )

"""Whole runs as a user starts them: killed, interrupted, two at once, short of memory."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from dvlib import run
from dvlib.cache import project_root
from dvlib.settings import resolve
from dvlib.stops import why

ROOT = project_root()
TWO_GIGABYTES = 2**31
SMALL = {"grid_step": 7, "n_seeds": 2, "mesh_side": 20}


@pytest.fixture
def settings(request):
    """Of a small Figure 15 with a seed of this test's own, and so in a folder of its own."""
    number = request.node.name.encode()
    of = resolve("fig15", SMALL | {"seed": sum(a * b for a, b in enumerate(number))})

    def clean():
        for folder in (of.folder, ROOT / "build" / "notebooks" / of.folder.name):
            shutil.rmtree(folder, ignore_errors=True)

    clean()
    yield of
    clean()


@pytest.fixture
def start(settings, tmp_path, cache_dir):
    """Starts `python -m dvlib.run` for these settings, on two cores.

    `limit` is of the bytes of addresses that a process may have. With `wait_at` a kernel waits at
    that change of the cache's entries, counted from 0; an entry has two, and two threads have each
    begun one at most: (wait_at − 2) / 2 or more are finished then.
    """
    (tmp_path / "sitecustomize.py").write_text(
        f"import sys; sys.path.append({str(Path(__file__).parent)!r}); import faults; faults.arm()"
    )
    (tmp_path / "marks").mkdir()
    started = []

    def go(*figures, wait_at=None, limit=None):
        path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
        environment = os.environ | {"PYTHONPATH": path}
        if wait_at is not None:
            marks = {"FAULT_MARKS": str(tmp_path / "marks"), "FAULT_PART": "output.pkl."}
            environment |= marks | {"FAULT_NUMBER": str(wait_at)}

        def before():
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs ignore it
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

        given = [f"{name}={settings.values[name]}" for name in (*SMALL, "seed")]
        runner = subprocess.Popen(
            [sys.executable, "-m", "dvlib.run", *figures, *given], env=environment, cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=before,
        )  # fmt: skip
        started.append(runner)
        return runner

    yield go
    for one in started:
        one.kill()
        one.communicate()


@pytest.fixture
def marked(tmp_path):
    """Waits until one more process says that it waits; returns its number."""
    known = set()

    def wait():
        for _ in range(1200):
            new = {path.name for path in (tmp_path / "marks").iterdir()} - known
            if new:
                known.update(new)
                return int(new.pop())
            time.sleep(0.1)
        raise TimeoutError("no kernel came to its fault")

    return wait


def undisturbed(settings, folder, monkeypatch):
    """PNG and CSV of the notebook's own code, run here with an empty cache."""
    monkeypatch.setenv("DVLIB_CACHE", str(folder))
    names = {}
    for cell in nbformat.read(ROOT / "notebooks" / f"{settings.entry.stem}.ipynb", 4).cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
            if "parameters" in cell.metadata.get("tags", ()):
                names |= {name: settings.values[name] for name in (*SMALL, "seed")}
    return made(settings)


def made(settings):
    found = {path.suffix: path for path in settings.folder.iterdir()}
    assert found.keys() == {".png", ".csv", ".json"}
    json.loads(found.pop(".json").read_text())
    return {suffix: path.read_bytes() for suffix, path in found.items()}


def entries(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("output.pkl")}


def test_killed_kernel_is_one_figures_error_and_an_interrupt_leaves_nothing(
    settings, start, marked, cache_dir
):
    runner = start("fig15", "fig03", wait_at=4)
    os.kill(marked(), signal.SIGKILL)
    waiting = psutil.Process(marked())  # the next figure's kernel
    runner.send_signal(signal.SIGINT)
    said, errors = runner.communicate(timeout=120)
    assert runner.returncode == 130 and "Traceback" not in errors
    assert "error: fig15 stopped with DeadKernelError: Kernel died (killed, or out of" in errors
    assert errors.endswith(
        f"stopped: what was computed is kept in {cache_dir}, and the same command goes on from "
        "there\n"
    )
    assert "fig03" in said and "wrote" not in said
    assert not waiting.is_running() and entries(cache_dir)
    assert not settings.folder.exists()
    assert not list((ROOT / "build" / "notebooks" / settings.folder.name).iterdir())


def test_killed_run_is_finished_by_two_at_once_with_two_gigabytes_each(
    settings, start, marked, cache_dir, tmp_path, monkeypatch
):
    runner = start("fig15", wait_at=6)
    kernel = psutil.Process(marked())
    runner.kill()
    runner.communicate()
    kernel.wait(60)  # it looks after its parent every second
    assert not settings.folder.exists()
    finished = entries(cache_dir)
    assert len(finished) >= 2

    both = [start("fig15", limit=TWO_GIGABYTES) for _ in range(2)]
    for one in both:
        said, errors = one.communicate(timeout=120)
        assert one.returncode == 0, errors
        assert "wrote" in said and not errors
    after = entries(cache_dir)
    assert len(after) > len(finished) and finished.items() <= after.items()
    found = made(settings)
    shutil.rmtree(settings.folder)
    assert found == undisturbed(settings, tmp_path / "empty", monkeypatch)


def test_two_gigabytes_are_too_few_for_tensorflow_and_the_error_says_so(settings, start):
    runner = start("fig04", limit=TWO_GIGABYTES)
    _, errors = runner.communicate(timeout=240)
    assert runner.returncode == 1 and "Traceback" not in errors
    assert errors.startswith("error: fig04 stopped with ")
    assert "note: a process may have 2 GB of addresses here (ulimit -v)" in errors
    assert "ulimit" not in why(OSError(28, "No space left on device"))  # there is no limit here


def test_file_that_cannot_be_written_is_an_error_of_one_figure(monkeypatch, capsys):
    def full(*run):
        raise OSError(28, "No space left on device", "build/notebooks/fig05.ipynb")

    monkeypatch.setattr("dvlib.run.run_figure", full)
    monkeypatch.setattr("dvlib.run.start_kernel", lambda: None)
    monkeypatch.setattr("dvlib.run.stop_kernel", lambda kernel: None)
    assert run.main(["fig05", "fig15"]) == 1
    errors = capsys.readouterr().err.splitlines()
    for line, figure in zip(errors, ("fig05", "fig15"), strict=True):
        assert line.startswith(f"error: {figure} stopped with OSError: [Errno 28] No space left")


@pytest.mark.parametrize("damage", ["", '{"figure": "fig05", "ti'])
def test_truncated_record_is_named_and_no_success(tmp_path, monkeypatch, capsys, damage):
    shutil.copytree(ROOT / "figures", tmp_path / "figures")
    monkeypatch.setattr("dvlib.findings.project_root", lambda: tmp_path)
    assert run.main(["--summary"]) == 0
    path = tmp_path / "figures" / "fig05_datasets.json"
    path.write_text(damage)
    assert run.main(["--summary"]) == 1
    said = capsys.readouterr().out
    assert f"damaged  {path} is damaged (" in said and "delete it, and make it anew" in said

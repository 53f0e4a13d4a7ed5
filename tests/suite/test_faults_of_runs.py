"""Whole runs as a user starts them: killed, interrupted, two at once, short of memory."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.fault_children import in_child, outcome_of, run_figures, start_child
from support.given import run_cells
from support.waiting import until

from dvlib.paper.settings import resolve
from dvlib.refits.store import UNFINISHED
from dvlib.root import project_root
from dvlib.suite.command import main
from dvlib.suite.run import why

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="limits and /proc are Linux's")
pytestmark = [pytest.mark.slow, on_linux]
ROOT = project_root()
SMALL = {"grid_step": 7, "n_seeds": 2, "mesh_side": 20}


@pytest.fixture
def settings(request):
    """Settings of a small Figure 15; a seed for each test gives each test its own folder."""
    number = request.node.name.encode()
    of = resolve("fig15", **SMALL | {"seed": sum(a * b for a, b in enumerate(number))})

    def clean():
        for folder in (of.folder, ROOT / "build" / "notebooks" / of.folder.name):
            shutil.rmtree(folder, ignore_errors=True)

    clean()
    yield of
    clean()


@pytest.fixture
def words(settings):
    """Words of the command line after the figures."""
    return [f"{name}={settings.values[name]}" for name in (*SMALL, "seed")]


@pytest.fixture
def waiting_at(tmp_path, cache_dir):
    """Function: environment of a run whose kernels wait at the n-th change of the cache.

    A batch begins with two changes, which test whether there is room. An entry takes three changes.
    The first batch of the figures has two entries, which are finished from change 8 on.
    """
    (tmp_path / "sitecustomize.py").write_text(
        f"import sys; sys.path.append({str(Path(__file__).parents[1])!r})\n"
        "from support import faults; faults.arm()"
    )
    (tmp_path / "marks").mkdir()

    def environment(number):
        return {
            "DVLIB_CACHE": str(cache_dir),
            "PYTHONPATH": os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", ""))),
            "FAULT_MARKS": str(tmp_path / "marks"), "FAULT_PART": f"{UNFINISHED}/",
            "FAULT_NUMBER": str(number),
        }  # fmt: skip

    return environment


def two_cores():
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])


def two_gigabytes():
    two_cores()  # a thread takes addresses
    resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))


@pytest.fixture
def marked(tmp_path):
    """Function that waits until another process is waiting; returns its id."""
    known = set()

    def one_more():
        new = {path.name for path in (tmp_path / "marks").iterdir()} - known
        known.update(new)
        return new and int(new.pop())

    return lambda: until(one_more)


def has_ended(number):
    """Whether a process that is no child of this one has ended."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"  # ended, but its parent has not read its status yet


def undisturbed(settings, folder, monkeypatch):
    """PNG and CSV of the notebook's own code, run here with an empty cache."""
    monkeypatch.setenv("DVLIB_CACHE", str(folder))
    run_cells(settings.entry.id, {name: settings.values[name] for name in (*SMALL, "seed")})
    return made(settings)


def made(settings):
    found = {path.suffix: path for path in settings.folder.iterdir()}
    assert found.keys() == {".png", ".csv", ".json"}
    json.loads(found.pop(".json").read_text())
    return {suffix: path.read_bytes() for suffix, path in found.items()}


def entries(folder):
    return {path: path.stat().st_mtime_ns for path in folder.glob("??/*")}


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_killed_kernel_stops_its_figure_only_and_an_interrupt_leaves_nothing(
    settings, words, waiting_at, marked, cache_dir, by
):
    def before():
        two_cores()
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # background jobs of a shell ignore it

    runner = subprocess.Popen(
        [sys.executable, "-m", "dvlib", "run", "fig15", "fig03", "fig19", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=before,
        env=os.environ | waiting_at(8),
    )  # fmt: skip
    try:
        os.kill(marked(), signal.SIGKILL)
        waiting = marked()  # of the figure beside it
        # Then the next figure starts. It may wait for a refit of the figure beside it.
        began = list(iter(lambda: "fig19" not in runner.stdout.readline(), False))
        runner.send_signal(by)
        said, errors = runner.communicate(timeout=120)
    finally:
        runner.kill()
    assert runner.returncode == 130 and "Traceback" not in errors
    assert errors.count("error: fig") == errors.count("stopped with DeadKernelError: ") == 1
    assert "Kernel died (killed, or out of memory); what was computed is kept" in errors
    assert errors.endswith(
        f"stopped: what was computed is kept in {cache_dir}, and the same command goes on from "
        "there\n"
    )
    assert began and "wrote" not in said
    assert has_ended(waiting) and entries(cache_dir)
    assert not settings.folder.exists()
    assert not list((ROOT / "build" / "notebooks" / settings.folder.name).iterdir())


def test_two_runs_at_once_with_two_gigabytes_each_finish_a_killed_run(
    settings, words, waiting_at, marked, cache_dir, tmp_path, monkeypatch
):
    runner, _ = start_child(run_figures, ["fig15", *words], waiting_at(12), fault=two_cores)
    kernel = marked()
    runner.kill()
    until(lambda: has_ended(kernel))  # a kernel checks every second whether its parent runs
    assert not settings.folder.exists()
    finished = entries(cache_dir)
    assert len(finished) >= 2

    given = run_figures, ["fig15", *words], {"DVLIB_CACHE": str(cache_dir)}
    for one in [start_child(*given, fault=two_gigabytes) for _ in range(2)]:
        _, ((status, said), _) = outcome_of(*one)
        assert status == 0 and said.count("wrote") == 1 and "error" not in said, said
    after = entries(cache_dir)
    assert len(after) > len(finished) and finished.items() <= after.items()
    found = made(settings)
    shutil.rmtree(settings.folder)
    assert found == undisturbed(settings, tmp_path / "empty", monkeypatch)


@pytest.mark.tensorflow
def test_two_gigabytes_are_too_few_for_tensorflow_and_the_error_says_so(cache_dir):
    environment = {"DVLIB_CACHE": str(cache_dir)}
    small = {"preset": "quick", "grid_step": 7.0, "seed": 4322}
    _, ((status, said), _) = in_child(
        run_figures, ["fig06", *(f"{name}={value}" for name, value in small.items())],
        environment, fault=two_gigabytes,
    )  # fmt: skip
    shutil.rmtree(ROOT / "build" / "notebooks" / resolve("fig06", **small).folder.name)
    assert status == 1 and "\nerror: fig06 stopped with " in said and "Traceback" not in said
    assert "\nnote: a process may have 2 GB of addresses here (ulimit -v)" in said
    assert "ulimit" not in why(OSError(28, "No space left on device"))  # there is no limit here


@pytest.mark.parametrize("damage", ["", '{"figure": "fig05", "ti'])
def test_truncated_record_is_named_and_an_error(tmp_path, monkeypatch, capsys, damage):
    shutil.copytree(ROOT / "figures", tmp_path / "figures")
    monkeypatch.setattr("dvlib.suite.findings.project_root", lambda: tmp_path)
    assert main(["summary"]) == 0
    path = tmp_path / "figures" / "fig05_datasets.json"
    path.write_text(damage)
    assert main(["summary"]) == 1
    said = capsys.readouterr().out
    assert f"damaged  {path} is damaged (" in said and "delete it, and make it anew" in said

"""The runner runs several figures at once: order, number, failures, stops and lines of progress."""

import io
import threading
from itertools import count

import pytest
from support.waiting import until

from dvlib.paper.manifest import FIGURES
from dvlib.refits.progress import LENGTH, REPORT_VARIABLE, progress_bar
from dvlib.suite import run as runner
from dvlib.suite.command import main
from dvlib.suite.run import AT_ONCE, run_all

pytestmark = pytest.mark.slow


class Kernels:
    """Stand-ins for kernels: numbers; what happened to them is kept in lists."""

    def __init__(self):
        self.alive, self.started, self.killed = [], 0, []

    def start(self):
        self.started += 1
        self.alive.append(self.started)
        return self.started


@pytest.fixture
def kernels(monkeypatch):
    kernels = Kernels()
    monkeypatch.setattr(runner, "start_kernel", kernels.start)
    monkeypatch.setattr(runner, "stop_kernel", kernels.alive.remove)
    monkeypatch.setattr(runner, "kill_kernel", kernels.killed.append)
    monkeypatch.setattr(runner, "progress_of", lambda kernel: "")
    monkeypatch.setattr("joblib.cpu_count", lambda: 2)
    return kernels


@pytest.fixture
def figures(monkeypatch):
    """Function that puts another in the place of a figure's run."""

    def put(run):
        monkeypatch.setattr(runner, "_run_and_report", run)

    return put


def own(*figure_ids):
    return [(one, {"preset": "paper"}) for one in figure_ids]


@pytest.mark.parametrize("cores", [1, 2, 8])
def test_two_figures_at_most_run_at_once_and_one_on_one_core(kernels, figures, monkeypatch, cores):
    monkeypatch.setattr("joblib.cpu_count", lambda: cores)
    seen, numbers = [], count()
    together = threading.Barrier(min(AT_ONCE, cores))

    def run(figure_id, parameters, kernel):
        if next(numbers) < together.parties:  # the first ones wait for each other
            together.wait(timeout=60)
        seen.append(len(kernels.alive))
        return False, figure_id

    figures(run)
    assert run_all(own("fig01", "fig03", "fig07", "fig08", "fig09")) == 0
    assert max(seen) == min(AT_ONCE, cores)
    assert kernels.started == 5 and not kernels.alive and not kernels.killed


def test_figures_without_training_start_first_then_those_with_dropout(kernels, figures, capsys):
    figures(lambda figure_id, *_: (False, f"made {figure_id}"))
    assert main(["run", "fig08", "fig03", "fig06", "fig05", "fig01"]) == 0
    lines = capsys.readouterr().out.splitlines()
    started = [line[:5] for line in lines if line.endswith("(paper preset) …")]
    assert started == ["fig05", "fig06", "fig08", "fig03", "fig01"]
    assert [one.id for one in FIGURES.values() if not one.trains] == ["fig05"]


def test_a_failure_is_reported_and_the_others_go_on(kernels, figures, capsys):
    then = []
    figures(lambda figure_id, *_: (figure_id == "fig03", f"told of {figure_id}"))
    runs = own("fig01", "fig03", "fig07", "fig08")
    assert run_all(runs, lambda one: then.append((one, threading.current_thread()))) == 1
    said = capsys.readouterr()
    assert sorted(one for one, _ in then) == [one for one, _ in runs]
    assert {thread for _, thread in then} == {threading.current_thread()}
    assert said.err == "told of fig03\n"
    assert {f"told of {one}" for one in ("fig01", "fig07", "fig08")} < {*said.out.splitlines()}


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_after_an_error_kernels_are_stopped_and_the_time_is_told(kernels, figures, error, capsys):
    def run(figure_id, parameters, kernel):
        if figure_id == "fig03":  # until the runner kills its kernel, as a real one
            until(lambda: kernel in kernels.killed)
        return False, figure_id

    def then(figure_id):
        raise error

    figures(run)
    with pytest.raises(error):
        run_all(own("fig01", "fig03", "fig07", "fig08"), then)
    assert not kernels.alive and len(kernels.killed) == 1
    assert "s of processor time: " in capsys.readouterr().out.splitlines()[-1]


def test_an_unexpected_error_of_a_thread_ends_the_run(kernels, figures):
    def run(figure_id, parameters, kernel):
        raise ZeroDivisionError

    figures(run)
    with pytest.raises(ZeroDivisionError):
        run_all(own("fig01", "fig03", "fig07"))
    assert not kernels.alive


def test_the_command_checks_all_figures_before_the_first(kernels, figures, capsys):
    ran = []
    figures(lambda *run: ran.append(run[:2]) or (False, ""))
    assert main(["run", "fig05", "fig99"]) == 2 and not ran and not kernels.started
    assert "unknown figure 'fig99'" in capsys.readouterr().err
    assert main(["run", "fig03", "fig01", "grid_step=3"]) == 0
    assert sorted(ran) == [("fig01", {"grid_step": 3}), ("fig03", {"grid_step": 3})]
    figures(lambda *run: (True, "error"))
    assert main(["run", "fig03"]) == 1
    assert run_all([]) == 0 and kernels.started == 3
    assert main(["run"]) == 2 and "no figure" in capsys.readouterr().err


def test_lines_of_progress_stay_below_the_text_on_a_terminal_only(monkeypatch, capsys):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    runner._show([("fig01", "X")])
    assert capsys.readouterr() == ("", "")
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "12")
    runner._show([("fig01", "X plus a point"), ("fig03", ""), ("fig07", "X")])
    runner._say("a line")
    # The second line is cut, none wraps, and the cursor goes back to the first.
    assert terminal.getvalue() == "\x1b[Jfig01  X pl\nfig07  X\r\x1b[1A\x1b[J\r"
    assert capsys.readouterr().out == "a line\n"


def test_a_kernel_writes_the_line_of_its_open_bars(tmp_path, monkeypatch, capsys):
    path = tmp_path / "progress"
    monkeypatch.setenv(REPORT_VARIABLE, str(path))
    monkeypatch.setattr("dvlib.refits.progress.DELAY", 0)
    with progress_bar(10, "X", "fit"):
        assert not path.exists()  # the runner has gone
        path.touch()
    with progress_bar(4, "claims", "group") as outer, pytest.raises(ZeroDivisionError):
        outer.update(3)
        with progress_bar(20, "f_X ü", "fit") as inner:
            inner.update(5)
            inner.set_postfix_str("so far")
            line = path.read_bytes()
            raise ZeroDivisionError
    assert len(line) == LENGTH and line.decode().startswith("claims 3/4, f_X ü:  25%|##")
    assert ", so far]" in line.decode()
    assert path.read_bytes().strip() == b""
    assert capsys.readouterr() == ("", "")

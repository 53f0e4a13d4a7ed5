"""Two threads or processes that want the same result compute it once."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from support.waiting import until

from dvlib.refits.store import LOCKS, UNFINISHED, Store

pytestmark = pytest.mark.slow
spawn = multiprocessing.get_context("spawn")  # as the runner's kernels: nothing is shared


def slowly_noted(folder, number):
    """A result that takes a second, or as long as a file `held` exists; each call leaves a file."""
    (folder / f"{os.getpid()}-{threading.get_ident()}-{time.time_ns()}").touch()
    time.sleep(1)
    until(lambda: not folder.with_name("held").exists())
    return {"number": number}


def ask(cache, calls, answers):
    os.environ["DVLIB_CACHE"] = str(cache)
    store = Store("slow")
    answers.put("ready")
    answers.put(store.result(slowly_noted, (calls, 7)))


@pytest.fixture
def calls(tmp_path):
    (tmp_path / "calls").mkdir()
    return tmp_path / "calls"


@pytest.fixture
def started(cache_dir, calls):
    """Function that starts a process that wants the result; returns it and its queue."""
    processes = []

    def start():
        answers = spawn.Queue()
        processes.append(spawn.Process(target=ask, args=(cache_dir, calls, answers)))
        processes[-1].start()
        assert answers.get(timeout=60) == "ready"
        return processes[-1], answers

    yield start
    for process in processes:
        process.kill()


@pytest.fixture
def held(tmp_path):
    """A file; while it exists, no call ends."""
    path = tmp_path / "held"
    path.touch()
    yield path
    path.unlink(missing_ok=True)


def test_two_processes_compute_a_result_once(started, calls, cache_dir, held):
    both = [started() for _ in range(2)]
    time.sleep(0.5)
    held.unlink()
    assert [answers.get(timeout=60) for _, answers in both] == [{"number": 7}] * 2
    assert len([*calls.iterdir()]) == 1
    assert {path.name for path in cache_dir.iterdir() if len(path.name) > 2} == {UNFINISHED, LOCKS}
    assert not [*(cache_dir / LOCKS).iterdir()]


def test_a_killed_process_holds_no_lock(started, calls, held):
    first, _ = started()
    until(lambda: [*calls.iterdir()])
    _, answers = started()
    os.kill(first.pid, signal.SIGKILL)
    held.unlink()
    assert answers.get(timeout=60) == {"number": 7}
    assert len([*calls.iterdir()]) == 2  # the first call ended with its process


def test_threads_wait_for_each_other_and_other_results_do_not(calls):
    first, second = Store("slow"), Store("slow")
    with ThreadPoolExecutor(4) as pool:
        wanted = [(first, 1), (second, 1), (first, 2), (first, 3)]
        began = time.perf_counter()
        futures = [pool.submit(store.result, slowly_noted, (calls, i)) for store, i in wanted]
        assert [future.result()["number"] for future in futures] == [1, 1, 2, 3]
    assert len([*calls.iterdir()]) == 3
    times = sorted(int(path.name.rpartition("-")[2]) for path in calls.iterdir())
    assert times[-1] - times[0] < 1e9 < 1e9 * (time.perf_counter() - began)  # side by side


def test_a_lock_is_refused_to_whoever_does_not_wait_and_ends_when_closed_or_by_an_error():
    store = Store("any")
    key, other = store.key((0,)), store.key((2,))
    with closing(store.lock(key)):
        assert store.lock(key, wait=False) is None
        store.lock(other, wait=False).close()
    with pytest.raises(ZeroDivisionError):
        store.result(lambda a: 1 / a, (0,))
    store.lock(key, wait=False).close()


@pytest.mark.parametrize("number", [38, 37, 95])  # ENOSYS, ENOLCK, EOPNOTSUPP
def test_without_locks_a_result_is_computed(monkeypatch, number):
    def refused(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", refused)
    store = Store("any")
    assert store.result(abs, (-3,)) == 3 and store.read(store.key((-3,))) == 3
    assert Store("any", keep=False).result(abs, (-5,)) == 5

"""A Dask cluster of two local workers gives the bytes of threads, also when a worker dies."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import numpy as np
import pytest
from distributed import KilledWorker, LocalCluster
from sklearn.datasets import load_wine
from sklearn.tree import DecisionTreeClassifier
from support.waiting import until
from test_batches import assert_same, entries, run

from dvlib.engine.mlp import MLPConfig
from dvlib.paper.settings import resolve
from dvlib.refits import batch, cluster, store, workers
from dvlib.refits.cluster import ClusterError, use_cluster
from dvlib.root import project_root
from dvlib.tables.value import value

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client():
    yield cluster._client("local:2")
    cluster._close("local:2")


@pytest.fixture
def two_workers(client, monkeypatch):
    """Client of two workers, which the setting names; a chunk is two refits."""
    monkeypatch.setattr(batch, "CHUNK", 2)
    client.wait_for_workers(2, timeout=20)
    monkeypatch.setenv(cluster.VARIABLE, "local:2")
    return client


@pytest.fixture(autouse=True)
def no_hanging():
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("hangs"))
    signal.alarm(120)
    yield
    signal.alarm(0)


@pytest.fixture
def sent(monkeypatch):
    """List that grows by one with every call sent to a worker."""
    packed, real = [], workers.pack
    monkeypatch.setattr(workers, "pack", lambda *call: packed.append(real(*call)) or packed[-1])
    return packed


@contextmanager
def threads(monkeypatch):
    with monkeypatch.context() as patch:
        patch.delenv(cluster.VARIABLE)
        yield


def test_values_of_tables_have_the_same_bits(two_workers, sent, monkeypatch):
    """Halves and watched runs of a network, and halves of a user's own model."""
    X, y = load_wine(return_X_y=True)
    labels = np.array(["a", "b", "c"])[y]
    asked = dict(n_fits=20, cache=False, quiet=True)
    calls = (dict(n_runs=2), dict(methods="oob", model=DecisionTreeClassifier()))
    elsewhere = [value(X, labels, **call, **asked) for call in calls]
    assert len(sent) > 4
    with threads(monkeypatch):
        here = [value(X, labels, **call, **asked) for call in calls]
    for found, expected in zip(elsewhere, here, strict=True):
        assert (found.probabilities == expected.probabilities).all()
        for name, values in expected.values.items():
            assert (found.values[name].values == values.values).all()


@pytest.mark.parametrize("engine", ["fast", "sklearn"])
def test_workers_give_the_bytes_of_threads(pool, small, two_workers, sent, monkeypatch, engine):
    settings = small(cache=False, engine=engine)
    elsewhere = run(pool, settings)
    assert len(sent) == 8  # 8 subsets in chunks of 2, with each of 2 seeds
    with threads(monkeypatch):
        assert_same(elsewhere, run(pool, settings))
    assert len(sent) == 8
    imported = two_workers.run(lambda: {"tensorflow", "dvlib"} & sys.modules.keys())
    assert list(imported.values()) == [{"dvlib"}] * 2  # TensorFlow takes seconds and memory


def test_workers_and_threads_share_one_cache(
    pool, small, two_workers, sent, fits, cache_dir, monkeypatch
):
    elsewhere = run(pool, small())
    assert len(entries(cache_dir)) == len(sent) == 8 and not fits  # the fits were not in here
    with threads(monkeypatch):
        assert_same(elsewhere, run(pool, small()))
    assert not fits  # threads read what workers had computed
    for path in entries(cache_dir)[:3]:
        path.unlink()
    entries(cache_dir)[0].write_bytes(b"damaged")
    with pytest.warns(UserWarning, match="is damaged"):
        assert_same(elsewhere, run(pool, small()))
    assert len(sent) == 8 + 4 and len(entries(cache_dir)) == 8


def test_an_error_on_a_worker_is_raised_here(pool, small, two_workers, sent, monkeypatch):
    config = MLPConfig((16,), max_iter=30, learning_rate_init=1e30)
    with pytest.raises(ValueError) as elsewhere:
        run(pool, small(config=config))
    assert sent
    with threads(monkeypatch), pytest.raises(ValueError) as here:
        run(pool, small(config=config))
    assert str(elsewhere.value) == str(here.value)
    assert "the fit diverged" in str(here.value)
    run(pool, small())  # and the cluster goes on


def test_few_calls_are_in_flight_and_none_after_the_end(two_workers, sent):
    tasks = two_workers.cluster.scheduler.tasks
    before, calls = {*tasks}, [([k],) for k in range(40)]
    results = workers.run_calls(sum, calls, store.Store("sums", keep=False))
    seen = [next(results) for _ in range(10)]
    assert len(sent) == 2 * 2 + 9  # two for each thread, then one for each further result
    assert [*seen, *results] == [*range(40)]
    asleep = workers.run_calls(time.sleep, [(0,)] + [(1,)] * 9, store.Store("naps", keep=False))
    assert next(asleep) is None
    asleep.close()
    until(lambda: not {*tasks} - before)  # the calls already sent are cancelled


def test_a_call_that_another_process_computes_is_awaited_and_read(two_workers, sent):
    kept, calls = store.Store("sums"), [([k],) for k in range(12)]
    first, other = (kept.lock(kept.key(calls[k])) for k in (0, 5))  # as another process would

    def another_process():
        until(lambda: len(sent) >= 3)  # calls 1 to 3; the fourth in flight is call 0
        first.close()  # without a result
        until(lambda: len(sent) >= 8)  # all but call 5, up to the fourth in flight
        kept.write(kept.key(calls[5]), 50)
        other.close()

    thread = threading.Thread(target=another_process)
    thread.start()
    assert list(workers.run_calls(sum, calls, kept)) == [0, 1, 2, 3, 4, 50, *range(6, 12)]
    thread.join()
    assert len(sent) == 11
    for call in calls:  # no lock is left
        kept.lock(kept.key(call), wait=False).close()


@pytest.mark.parametrize("where", ["local:0", "host:8786", "tcp://host", " "])
def test_a_bad_setting_is_named_before_any_fit(pool, small, fits, monkeypatch, where):
    monkeypatch.setenv(cluster.VARIABLE, where)
    with pytest.raises(ClusterError, match=re.escape(f"cluster {where!r}: give local, local:2")):
        run(pool, small())
    assert not fits


def test_an_address_without_a_scheduler_is_named_before_any_fit(pool, small, fits, monkeypatch):
    monkeypatch.setattr(cluster, "TIMEOUT", 1)
    monkeypatch.setenv(cluster.VARIABLE, "tcp://127.0.0.1:9")
    started = time.perf_counter()
    for first in (lambda: run(pool, small()), lambda: resolve("fig01")):
        with pytest.raises(ClusterError, match="no scheduler answered within 1 s"):
            first()
    assert time.perf_counter() - started < 10 and not fits
    monkeypatch.delenv(cluster.VARIABLE)
    with pytest.raises(ClusterError, match="no scheduler answered"):
        use_cluster("tcp://127.0.0.1:9")
    assert cluster.VARIABLE not in os.environ  # the failed call changed no setting


def test_a_scheduler_without_workers_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "TIMEOUT", 1)
    options = {"host": "tcp://127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with (
        LocalCluster(n_workers=0, **options) as empty,
        pytest.raises(ClusterError, match="no worker after 1 s; start some by `dask worker tcp:"),
    ):
        use_cluster(empty.scheduler_address)


def test_one_thread_is_a_cluster_and_a_lost_scheduler_is_an_error(pool, small, monkeypatch, fits):
    monkeypatch.setattr(cluster, "TIMEOUT", 1)

    def lose_scheduler(*_):
        lost.close()
        return real(*_)

    options = {"host": "tcp://127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=1, threads_per_worker=1, **options) as lost:
        monkeypatch.setenv(cluster.VARIABLE, lost.scheduler_address)
        run(pool, small())
        assert not fits  # the fits were on the worker
        real = workers.pack
        monkeypatch.setattr(workers, "pack", lose_scheduler)
        with pytest.raises(ClusterError, match="the scheduler was lost"):
            run(pool, small(cache=False))
    cluster._close(os.environ[cluster.VARIABLE])


def test_missing_dask_is_named_before_any_fit(pool, small, fits, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setenv(cluster.VARIABLE, "local:3")
    with pytest.raises(ClusterError, match=r"`make setup`.*`pip install dvlib\[dask\]`"):
        run(pool, small())
    assert not fits


def test_workers_of_other_code_are_refused(pool, small, two_workers, monkeypatch):
    for name in ("code_digest", "processor"):
        monkeypatch.setattr(store, name, lambda *_: "ours")
    with pytest.raises(ClusterError, match=r"tcp://\S+ has other code of dvlib, processor; tcp:"):
        cluster._check_workers(two_workers, "local:2")
    # A worker that joins later is noticed at its first chunk.
    monkeypatch.setattr(workers, "engine_digest", lambda: "ours")
    with pytest.raises(ClusterError, match="a worker that came later would compute other bits"):
        run(pool, small())


@pytest.mark.parametrize("given, seen", [(["CLUSTER=local:2"], "is local:2\n"), ([], "is\n")])
def test_make_takes_the_setting_only_from_its_command_line(given, seen):
    show = ["make", "-s", "--eval", "show:;@echo is $$DVLIB_CLUSTER", "show", *given]
    of_the_site = os.environ | {"CLUSTER": "name of a computer"}
    said = subprocess.run(show, cwd=project_root(), stdout=subprocess.PIPE, env=of_the_site)
    assert said.stdout.decode() == seen


# After the next two tests workers have to start again; the last test closes the cluster.


def test_a_killed_worker_loses_nothing(pool, small, two_workers, monkeypatch, cache_dir):
    """And progress is shown."""
    address, pid = min(two_workers.run(os.getpid).items())
    progress = []

    class Bar:
        def update(self, count):
            progress.append(count)
            if len(progress) == 3:
                os.kill(pid, signal.SIGKILL)

    @contextmanager
    def bar(total, *_):
        assert total == 80
        yield Bar()

    monkeypatch.setattr(batch, "progress_bar", bar)
    elsewhere = run(pool, small(seeds=range(10)))
    assert progress == [2] * 40  # each chunk counts once, also those of the killed worker
    assert len(entries(cache_dir)) == 40
    until(lambda: address not in two_workers.cluster.scheduler.workers)  # the kill is noticed
    monkeypatch.undo()  # back to threads, the real progress bar and chunks of the usual size
    assert_same(elsewhere, run(pool, small(seeds=range(10), cache=False)))


def test_a_chunk_that_kills_every_worker_is_an_error(two_workers, monkeypatch):
    monkeypatch.setattr(two_workers.cluster.scheduler, "allowed_failures", 0)
    with pytest.raises(KilledWorker, match="1 different workers"):
        list(workers.run_calls(os._exit, [(9,)], store.Store("exits", keep=False)))


def test_kernels_share_the_runners_cluster_and_settings_do_not_name_it(client, monkeypatch, capsys):
    before = resolve("fig01", preset="paper")
    monkeypatch.setenv(cluster.VARIABLE, "local:2")
    with cluster.shared_with_kernels():
        address = os.environ[cluster.VARIABLE]
        assert address.startswith("tcp://127.0.0.1:")
        inside = resolve("fig01", preset="paper")
        assert (inside, inside.folder, str(inside)) == (before, before.folder, str(before))
    assert os.environ[cluster.VARIABLE] == "local:2"
    assert not cluster._CLIENTS.keys() & {"local:2", address}
    assert "refits on local:2: workers " in capsys.readouterr().out
    assert use_cluster(None) == "threads of this machine" and cluster.VARIABLE not in os.environ

"""Killed processes and full disks: half-written files are ignored, finished work is kept.

Tested for the cache, a bundle and a notebook. Whole runs are in test_faults_of_runs.py, compiled
code in test_sealed.py, interrupted batches and damaged entries in test_batches.py.
"""

import os
import resource
import shutil
import signal
import subprocess
from functools import partial
from itertools import count

import numpy as np
import pytest
from support.fault_children import CHUNK, N_CHUNKS, batch, bundle, in_child, notebook
from support.faults import obey_permissions, room, struck_at
from test_batches import assert_same, entries

import dvlib.refits.batch
from dvlib.refits.store import ABANDONED, FULL, UNFINISHED, Store

pytestmark = pytest.mark.slow


@pytest.fixture
def resumed(monkeypatch, fits):
    """Function that runs the batch on a folder after a fault; returns the chunks computed.

    It checks that the result equals that of an undisturbed run.
    """
    monkeypatch.setattr(dvlib.refits.batch, "CHUNK", CHUNK)
    whole = {}

    def run(folder):
        del fits[:]
        seen = batch(folder)
        chunks = len(fits) // CHUNK
        if not whole:
            whole["seen"] = batch(folder.with_name("undisturbed"))
        assert_same(seen, whole["seen"])
        return chunks

    return run


def files(folder):
    """Bytes of all files by name."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def struck(tmp_path, function, by=signal.SIGKILL, step=1):
    """Folders as children leave them; a signal stops each child before another change."""
    for number in count(0, step):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        code, outcome = in_child(function, folder, fault=partial(struck_at, number, folder, by))
        if code == 0:
            assert number > 5, "too few changes seen: the fault misses some"
            return
        assert code in STOPPED and outcome is None
        yield folder


STOPPED = (-signal.SIGKILL, 128 + signal.SIGINT)
SIGNALS = (signal.SIGKILL, signal.SIGINT)


@pytest.mark.parametrize("by, step", [(signal.SIGKILL, 1), (signal.SIGINT, 3)])
def test_batch_stopped_before_any_change_of_the_cache(tmp_path, resumed, by, step):
    left = set()
    for folder in struck(tmp_path, batch, by, step):
        finished = len(entries(folder))
        left.add(finished)
        assert len(unfinished(folder)) <= 1
        assert resumed(folder) == N_CHUNKS - finished
        assert len(entries(folder)) == N_CHUNKS
    assert left >= set(range(N_CHUNKS))


def unfinished(folder):
    return sorted((folder / UNFINISHED).glob("*"))


def test_batch_killed_while_writing_leaves_a_file_that_is_removed(tmp_path, resumed, monkeypatch):
    assert in_child(batch, tmp_path / "whole")[0] == 0
    size = entries(tmp_path / "whole")[0].stat().st_size * 9 // 10
    folder = tmp_path / "cut"
    code, _ = in_child(batch, folder, fault=partial(room, size, deadly=True))
    assert code == -signal.SIGXFSZ and not entries(folder)
    (half,) = unfinished(folder)
    assert half.stat().st_size == size
    assert resumed(folder) == N_CHUNKS and unfinished(folder) == [half]  # it may be another run's
    os.utime(half, (0, half.stat().st_mtime - ABANDONED))
    monkeypatch.setenv("DVLIB_CACHE", str(folder))
    Store("any")
    assert not unfinished(folder)


@pytest.fixture(params=["size limit", "tmpfs"])
def full(request, tmp_path):
    """A folder with room for only a few KB, and the fault to call in a child, if any."""
    folder = tmp_path / "full"
    folder.mkdir()
    if request.param == "size limit":
        yield folder, partial(room, 4000)  # no entry is so small
        return
    size = 8 * resource.getpagesize()  # an entry takes 2 to 5
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder])
    if mounted.returncode:
        pytest.skip("a small tmpfs takes root and the right to mount")
    yield folder, None
    subprocess.run(["umount", folder], check=True)


def test_batch_on_a_full_disk_gives_its_result_and_keeps_what_has_room(full, resumed):
    folder, fault = full
    code, (seen, said) = in_child(batch, folder / "cache", fault=fault)
    assert code == 0 and any("the result is not kept" in text for text in said)
    kept = entries(folder)
    assert len(kept) < N_CHUNKS and (fault or kept)
    assert not unfinished(folder / "cache")  # no room is lost to halves
    if fault is None:
        subprocess.run(["mount", "-o", "remount,size=1m", folder], check=True)
    assert resumed(folder / "cache") == N_CHUNKS - len(kept)
    np.testing.assert_array_equal(seen.networks, batch(folder / "cache").networks)


def test_disk_that_is_full_from_the_start_is_named_before_any_fit(tmp_path):
    _, error = in_child(batch, tmp_path / "cache", fault=partial(room, 10))
    assert isinstance(error, OSError) and "File too large): set DVLIB_CACHE to one" in str(error)
    assert not entries(tmp_path)


BUNDLE = {"fig05_datasets.png", "fig05_datasets.csv", "fig05_datasets.json"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """PNG and CSV of an undisturbed bundle."""
    folder = tmp_path_factory.mktemp("finished")
    assert in_child(bundle, folder)[0] == 0
    return {name: data for name, data in files(folder).items() if not name.endswith("json")}


def older(folder):
    """Write an older bundle, and nothing else, where the new one goes; returns its folder."""
    target = folder / "build" / "quick__dataset-noisy"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in BUNDLE:
        (target / name).write_bytes(b"old")
    return target


@pytest.mark.parametrize("by", SIGNALS)
def test_bundle_stopped_before_any_change_is_old_or_new_or_not_finished(tmp_path, finished, by):
    states = set()
    start = tmp_path / "start"
    for number in count():
        target = older(start)
        code, _ = in_child(bundle, start, fault=partial(struck_at, number, target, by))
        found = files(target)
        named = {name: found[name] for name in BUNDLE & found.keys()}
        record = named.pop("fig05_datasets.json", None)
        state = "old" if record == b"old" else "new" if record else "not finished"
        states.add(state)
        if state == "old":
            assert set(named.values()) == {b"old"}
        elif state == "new":
            assert named == finished
        assert all(data in (b"old", finished[name]) for name, data in named.items())
        # A half-written file is hidden and has the name of its bundle.
        assert all(name.startswith(".fig05_datasets.") for name in found.keys() - BUNDLE)
        if code == 0:
            break
        assert code in STOPPED
    assert number > 10 and states == {"old", "not finished", "new"}


def test_bundle_on_a_full_disk_leaves_the_older_one(full):
    folder, fault = full
    target = older(folder)
    before = files(folder)
    _, error = in_child(bundle, folder, fault=fault)
    assert isinstance(error, OSError) and error.errno in FULL
    assert files(folder) == before and set(before) == BUNDLE and target.exists()


def test_notebook_killed_before_each_change_is_absent_or_whole(tmp_path):
    sizes = set()
    for folder in struck(tmp_path, notebook):
        found = list(folder.rglob("notebooks/*/*.ipynb"))
        sizes |= {path.stat().st_size > 10_000 for path in found} or {None}
    assert sizes <= {None, True}


def test_folders_that_cannot_be_written_are_named_before_any_fit(tmp_path):
    cache, root = tmp_path / "cache", tmp_path / "root"
    target = older(root)
    for folder, function, given in ((cache, batch, cache), (target, bundle, root)):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o555)
        _, error = in_child(function, given, fault=obey_permissions)
        assert isinstance(error, PermissionError) and f"{folder} cannot be written" in str(error)
    assert set(files(root).values()) == {b"old"}

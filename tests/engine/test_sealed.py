"""Compiled code on disk: damaged code is compiled again and gives the same result."""

import signal
from functools import partial
from itertools import count

import numpy as np
import pytest
from numba import config
from support.fault_children import compiled_level, in_child
from support.faults import room, struck_at

from dvlib.engine.kernel import boxes, compiling, locality, sealed, sweep, training

pytestmark = pytest.mark.slow


@pytest.fixture
def level(tmp_path):
    """Function that calls the smallest kernel, whose code is kept in a folder of its own.

    It returns the kernel's result, and 1 if the code was read from disk, 0 if it was compiled.
    """

    def call(folder=tmp_path / "code", step=np.float32):
        return compiled_level(folder, step)

    assert call() == (48, 0)
    assert call() == (48, 1)
    return call


def kept(folder, suffix):
    return sorted(folder.rglob(f"*{suffix}"))


def test_all_compiled_functions_are_sealed():
    caches = [
        function._cache._cache_file
        for module in (boxes, training, locality, sweep)
        for function in vars(module).values()
        if hasattr(getattr(function, "_cache", None), "_cache_file")
    ]
    assert len(caches) > 10 and all(isinstance(one, sealed.SealedFile) for one in caches)


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_damaged_code_is_compiled_again(level, tmp_path, suffix):
    (path,) = kept(tmp_path, suffix)
    whole = path.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], whole[:-1], whole[:9] + b"\xff" * 9):
        path.write_bytes(damaged)
        assert level() == (48, 0)
        assert level() == (48, 1)  # it was stored again
    path.unlink()
    assert level() == (48, 0) and level() == (48, 1)


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_a_flipped_bit_changes_no_result(level, tmp_path, suffix):
    (path,) = kept(tmp_path, suffix)
    whole = path.read_bytes()
    for at in np.linspace(0, len(whole) - 1, 6).astype(int):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        # Some bits of a pickle mean nothing, such as a length that is not used, so what stands
        # beside the sealed code may still be read. Which bits these are depends on the processor's
        # name in the file.
        assert level()[0] == 48
        assert level() == (48, 1)


def test_a_flipped_bit_of_the_code_is_found(level, tmp_path):
    (path,) = kept(tmp_path, ".nbc")
    whole = path.read_bytes()
    at = len(whole) // 2
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
    assert level() == (48, 0)


def test_code_of_another_signature_is_not_loaded(level, tmp_path):
    assert level(step=np.float64) == (48, 0)
    one, other = kept(tmp_path, ".nbc")
    swapped = one.read_bytes(), other.read_bytes()
    other.write_bytes(swapped[0]), one.write_bytes(swapped[1])
    assert level(step=np.float64) == (48, 0) and level() == (48, 0)


def test_compiling_killed_before_each_change_of_the_folder(level, tmp_path):
    for number in count():
        folder = tmp_path / f"{number}"
        code, outcome = in_child(compiled_level, folder, fault=partial(struck_at, number, folder))
        if code == 0:
            break
        assert (code, outcome) == (-signal.SIGKILL, None)
        assert level(folder)[0] == 48 and level(folder) == (48, 1)
    assert number >= 4  # index and data, each written beside its name and renamed
    assert outcome[0] == (48, 0)


def test_compiling_killed_while_it_writes_the_code(level, tmp_path):
    size = kept(tmp_path, ".nbc")[0].stat().st_size // 2
    code, _ = in_child(compiled_level, tmp_path / "cut", fault=partial(room, size, deadly=True))
    assert code == -signal.SIGXFSZ and not kept(tmp_path / "cut", ".nbc")
    assert level(tmp_path / "cut") == (48, 0) and level(tmp_path / "cut") == (48, 1)


def test_full_disk_keeps_no_code_and_warns(tmp_path):
    folder = tmp_path / "full"
    _, (outcome, said) = in_child(compiled_level, folder, fault=partial(room, 500))
    assert outcome == (48, 0)
    assert any("full" in text and "cannot be written (File too large)" in text for text in said)
    assert not [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 499]


def test_folder_that_cannot_be_made_keeps_no_code_and_warns_once(tmp_path):
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "numba"
    _, (outcome, said) = in_child(compiled_level, folder)
    assert outcome == (48, 0)
    (text,) = (text for text in said if "cannot be written" in text)
    assert str(folder) in text and "NUMBA_CACHE_DIR" in text and "Not a directory" in text


def test_folder_of_another_user_is_read(level, tmp_path, monkeypatch):
    """The code is there, and nothing can be written: it is used, without a warning."""

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(sealed.SealedFile, "_open_for_write", refuse)
    monkeypatch.setattr(sealed.os, "makedirs", refuse)
    assert level() == (48, 1)


def test_without_numbas_compiler_one_line_says_so(monkeypatch):
    monkeypatch.setattr(config, "DISABLE_JIT", 1)
    with pytest.raises(ImportError, match="NUMBA_DISABLE_JIT.*: unset it"):
        compiling.compiled(locality._level.py_func)

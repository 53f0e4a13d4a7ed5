"""Ctrl-C while compiled code runs is a KeyboardInterrupt, and one line of the command."""

import signal
import threading
import time
from contextlib import contextmanager

import numpy as np
import pytest
from support.small import line, pool

import dvlib.engine.mlp
from dvlib.engine.boundaries import boundary
from dvlib.engine.interrupts import Interruptible
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, train
from dvlib.suite.command import main

NETWORK = MLPConfig((16,), max_iter=20)


@contextmanager
def interrupted(seconds):
    """Sends this process an interrupt after some seconds; a shell may have it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(seconds, signal.pthread_kill, (threading.get_ident(), signal.SIGINT))
    try:
        timer.start()
        yield
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)


def fit_in_the_plane():
    train(*pool(), NETWORK, seed=0, engine="fast")


def fit_to_a_table():
    X = np.random.default_rng(0).normal(size=(500, 6))
    train(X, (X[:, 0] > 0).astype(int), NETWORK, seed=0, engine="fast")


def evaluate():
    boundary(line(1, 0, 0), MeshGrid(-4, 6, 400))


@pytest.mark.parametrize("kernel", [fit_in_the_plane, fit_to_a_table, evaluate])
def test_an_interrupt_of_a_kernel_is_one_of_python(kernel):
    kernel()  # compiled
    for seconds in np.linspace(0.03, 0.05, 8):
        with pytest.raises(KeyboardInterrupt), interrupted(seconds):
            end = time.monotonic() + 10
            while time.monotonic() < end:
                kernel()


def of_kernel(*_, **__):
    """What a kernel raises if an interrupt comes while it runs."""
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt as error:
        raise SystemError("CPUDispatcher(…) returned a result with an exception set") from error


def test_other_errors_are_left_alone():
    for error in (SystemError("another"), ValueError("bad")):
        with pytest.raises(type(error), match=str(error)), Interruptible():
            raise error
    with pytest.raises(KeyboardInterrupt), Interruptible():
        of_kernel()


def test_the_command_says_one_line(tmp_path, monkeypatch, capsys):
    rows = [f"{k % 7},{k % 5},{'ab'[k % 2]}" for k in range(40)]
    table = tmp_path / "table.csv"
    table.write_text("\n".join(["size,count,kind", *rows]))
    monkeypatch.setattr(dvlib.engine.mlp, "fit_dense", of_kernel)
    monkeypatch.setattr(dvlib.engine.mlp.training, "fit", of_kernel)
    assert main(["value", str(table), "--label", "kind"]) == 130
    said = capsys.readouterr()
    assert "stopped" in said.err and "SystemError" not in said.err + said.out

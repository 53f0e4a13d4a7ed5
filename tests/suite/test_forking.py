"""Forked kernels are as if they had been started: their surroundings, interrupts and ends."""

import ast
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jupyter_core.utils import run_sync

from dvlib.root import project_root
from dvlib.suite.forking import ForkedProcess, end_server, server
from dvlib.suite.kernels import FOLDER, end_of, start_kernel, stop_kernel

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
]
PATIENCE = 600  # seconds until a kernel that does not answer fails a test


class Kernel:
    """A kernel that evaluates expressions."""

    def __init__(self):
        self.manager = start_kernel()
        self.process = self.manager.process
        self.client = self.manager.client()
        self.client.start_channels()
        run_sync(self.client.wait_for_ready)(timeout=PATIENCE)

    def value(self, expression):
        """The value of an expression, which consists of literals."""
        reply = self.client.execute("import os, sys", user_expressions={"value": expression})
        content = self.reply(reply)["user_expressions"]["value"]
        return ast.literal_eval(content["data"]["text/plain"])

    def reply(self, request):
        """The kernel's answer to a request."""
        while True:
            message = run_sync(self.client.get_shell_msg)(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == request:
                return message["content"]


@pytest.fixture
def start():
    """Function that starts a kernel, which the test's end stops."""
    kernels = []

    def start():
        kernels.append(Kernel())
        return kernels[-1]

    yield start
    for kernel in kernels:
        stop_kernel(kernel.manager)


def test_a_kernel_has_its_own_surroundings_and_modules_are_there(start, monkeypatch):
    monkeypatch.setenv("OF_THE_FIRST", "1")
    first = start()
    monkeypatch.delenv("OF_THE_FIRST")
    monkeypatch.setenv("OF_THE_SECOND", "2")
    second = start()
    for kernel, variables in ((first, ["OF_THE_FIRST"]), (second, ["OF_THE_SECOND"])):
        assert isinstance(kernel.process, ForkedProcess)
        assert kernel.value("[name for name in os.environ if 'OF_THE' in name]") == variables
        assert kernel.value("os.getcwd()") == str(project_root() / FOLDER)
        assert kernel.value("[os.getpid(), os.getppid(), os.getsid(0)]") == [
            kernel.process.pid, os.getpid(), kernel.process.pid
        ]  # fmt: skip
        assert kernel.value("'dvlib.engine.kernel.training' in sys.modules")
        assert not kernel.value("'tensorflow' in sys.modules")
    draw = "sys.modules['numpy'].random.rand(4).tolist()"
    assert first.value(draw) != second.value(draw)


def test_the_server_has_one_thread_and_its_kernels_multiply(start):
    kernel = start()
    assert len(os.listdir(f"/proc/{server()[0].pid}/task")) == 1  # threads do not survive a fork
    product = "sys.modules['numpy'].ones((2, 300, 300))"
    assert kernel.value(f"set(({product} @ {product}).ravel().tolist())") == {300.0}


def test_an_interrupted_kernel_goes_on(start):
    kernel = start()
    request = kernel.client.execute("print('begun')\nimport time\ntime.sleep(600)")
    while run_sync(kernel.client.get_iopub_msg)(timeout=PATIENCE)["msg_type"] != "stream":
        pass
    run_sync(kernel.manager.interrupt_kernel)()
    assert kernel.reply(request)["ename"] == "KeyboardInterrupt"
    assert kernel.value("1 + 1") == 2


def test_the_end_of_a_kernel_is_told_and_leaves_no_process(start):
    kernel = start()
    assert kernel.process.poll() is None and end_of(kernel.manager) == ""
    kernel.client.execute("import os; os.write(2, b'out of room'); os.kill(os.getpid(), 9)")
    deadline = time.monotonic() + PATIENCE
    while kernel.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert kernel.process.wait() == -signal.SIGKILL
    assert end_of(kernel.manager) == "killed, or out of memory: out of room"
    kernel.process.kill()  # nobody is hit
    assert not Path(f"/proc/{kernel.process.pid}").exists()
    children = Path(f"/proc/{server()[0].pid}/task/{server()[0].pid}/children").read_text()
    assert children == ""


def test_without_a_server_a_kernel_starts_as_usual(start):
    start()
    process, _ = server()
    process.kill()
    process.wait()
    kernel = start()
    assert isinstance(kernel.process, subprocess.Popen)
    assert kernel.value("1 + 1") == 2
    end_server()
    assert isinstance(start().process, ForkedProcess)


def test_who_asks_for_a_kernel_and_ends_gets_no_traceback():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    read, write = os.pipe()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "dvlib.suite.forking"], stdin=theirs, stderr=write,
            cwd=project_root(), start_new_session=True,
        )  # fmt: skip
        with ours:
            socket.send_fds(ours, [b"a request"], [write])
    os.close(write)
    with open(read, "rb") as errors:
        assert errors.read() == b""  # once both have ended
    assert process.wait(PATIENCE) == 0

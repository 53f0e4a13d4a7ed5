"""Kernels forked from a process that has imported what they need, since imports take seconds.

The server, that process, starts with the first kernel. A forked kernel becomes a child of the
process that asks for it, as if that had started it: it can be waited for, its processor time is
counted, and it ends when its parent does. Elsewhere than on Linux, kernels start as usual.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint
from threading import Lock

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from dvlib.root import PACKAGE
from dvlib.suite.kernels import NEEDED, kernel_environment

KERNEL = "ipykernel.kernelapp"
IMPORTED = (*NEEDED.split(", "), "dvlib.engine.kernel.training", "dvlib.suite.bundle", KERNEL)
# matplotlib reads it when it is imported. In a kernel, ipykernel sets it before.
BACKEND = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
LONGEST = 2**17  # bytes of a request, most of them an environment
PR_SET_CHILD_SUBREAPER = 36  # from linux/prctl.h


def fork_kernels():
    """Let Jupyter fork all kernels that this process starts from now on, if this is Linux."""
    if sys.platform == "linux":
        factory, name = KernelProvisionerFactory.instance(), "forked"
        value = f"{__name__}:{ForkedProvisioner.__name__}"
        factory.provisioners[name] = EntryPoint(name, value, factory.GROUP_NAME)
        factory.default_provisioner_name = name


class ForkedProvisioner(LocalProvisioner):
    """Forks a kernel where Jupyter would start it."""

    async def launch_kernel(self, cmd, **options):
        """Fork a kernel; `cmd` and `options` are those of `subprocess.Popen`."""
        arguments = cmd[cmd.index("ipykernel_launcher") :]
        arguments += [f"--IPKernelApp.parent_handle={os.getpid()}"]
        request = json.dumps([arguments, options["env"], options.get("cwd") or os.getcwd()])
        try:
            pid = _fork(request.encode(), (options.get("stderr") or sys.stderr).fileno())
        except (OSError, ValueError):  # there is no server: it has ended, or could not import
            return await super().launch_kernel(cmd, **options)
        self.process = ForkedProcess(pid)
        self.pid = self.pgid = pid
        return self.connection_info


class ForkedProcess:
    """A kernel's process, with what Jupyter and dvlib use of `subprocess.Popen`."""

    stdin = stdout = stderr = returncode = None

    def __init__(self, pid):
        self.pid, self._lock = pid, Lock()

    def poll(self, options=os.WNOHANG):
        """The exit status, negative after a signal; None while the process runs."""
        with self._lock:
            if self.returncode is None:
                ended, status = os.waitpid(self.pid, options)
                self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self):
        """The exit status, when the process has ended."""
        return self.poll(0)

    def send_signal(self, number):
        """Send a signal to the process, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        """Kill the process, if it runs."""
        self.send_signal(signal.SIGKILL)


@cache
def server():
    """The process to fork from, and a socket for requests to it; it ends with the socket."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=theirs, cwd=PACKAGE.parent,
            env=kernel_environment() | BACKEND, start_new_session=True,
        )  # fmt: skip
    return process, ours


def end_server():
    """End the server, if there is one, so that its processor time is counted."""
    if server.cache_info().currsize:
        process, requests = server()
        requests.close()
        process.kill()  # it may still import
        process.wait()
        server.cache_clear()


def _fork(request, errors):
    """Process id of a new kernel that writes its errors to a file descriptor."""
    _, requests = server()
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1)  # descendants that lose their parent become children
    try:
        socket.send_fds(requests, [request], [errors])
        return int(requests.recv(LONGEST))
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0)


def _serve(requests):
    """Fork a kernel for each request; returns the request in the kernel, b"" in the server.

    Both just end where the process that asked has ended meanwhile, as after an interrupt.
    """
    while True:
        try:
            request, errors, _, _ = socket.recv_fds(requests, LONGEST, 1)
        except ConnectionResetError:  # it has not read the last answer
            return b""
        if not request:
            return request
        if os.fork() == 0:
            parent = os.getpid()
            if os.fork():
                os._exit(0)  # the kernel loses its parent
            while os.getppid() == parent:
                time.sleep(0.001)
            os.setsid()
            os.dup2(*errors, 2)
            try:
                requests.send(str(os.getpid()).encode())
            except BrokenPipeError:
                os._exit(0)
            return request
        os.wait()
        os.close(*errors)


def main():
    """Import what kernels need, and serve; in a forked process, run a kernel."""
    before = set(os.environ)
    for name in IMPORTED:
        import_module(name)
    with socket.socket(fileno=0) as requests:
        request = _serve(requests)
    if request:
        os.open(os.devnull, os.O_RDONLY)  # standard input, the lowest free descriptor
        sys.argv, environment, folder = json.loads(request)
        os.chdir(folder)
        for name in before - environment.keys():  # what libraries have set stays
            del os.environ[name]
        os.environ.update(environment)
        import_module("numpy").random.seed()  # otherwise, kernels would draw the same numbers
        import_module(KERNEL).launch_new_instance()


if __name__ == "__main__":
    main()

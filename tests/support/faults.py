"""Faults on purpose, for processes that tests start. Imports nothing of dvlib: see `arm`."""

import ctypes
import itertools
import os
import resource
import signal
import sys
import time
from pathlib import Path

CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.truncate")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def at_change(number, part, then):
    """Call `then` before every change of a file from the `number`-th on, counted from 0.

    Changes are those that Python makes: to create, open for writing, rename, delete, …
    `part` is what the path of a file holds whose changes count.
    """
    seen = itertools.count()

    def hook(event, arguments):
        changes = event in CHANGES or (event == "open" and (arguments[2] or 0) & WRITING)
        if changes and str(part) in str(arguments[0]) and next(seen) >= number:
            then()

    sys.addaudithook(hook)


def struck_at(number, part, by=signal.SIGKILL):
    """SIGKILL, as the out-of-memory killer sends it, or SIGINT, before a change and those after."""
    at_change(number, part, lambda: os.kill(os.getpid(), by))


def arm():
    """Wait before the FAULT_NUMBER-th change of what FAULT_PART names, and say so in FAULT_MARKS.

    For kernels, which the runner starts: a `sitecustomize` calls this. Without FAULT_MARKS, a
    folder for a file named by the number of the process, nothing happens.
    """
    if "FAULT_MARKS" not in os.environ:
        return

    def wait():
        (Path(os.environ["FAULT_MARKS"]) / str(os.getpid())).touch()
        time.sleep(600)  # until the test kills the process

    at_change(int(os.environ["FAULT_NUMBER"]), os.environ["FAULT_PART"], wait)


def room(size, deadly=False):
    """No file of this process may grow beyond `size` bytes: as on a full disk, or by its death."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if deadly else signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def obey_permissions():
    """Have the bits of files hold for root, too: give up the capabilities that go past them."""
    if os.geteuid():
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this process
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then their upper halves
    if libc.capget(header, sets) == 0:
        for i in (0, 1):
            sets[i] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        if libc.capset(header, sets) == 0:
            return
    raise OSError(ctypes.get_errno(), "capabilities cannot be given up")

"""Deliberate faults for processes that tests start.

It imports nothing of dvlib, because `arm` runs before a kernel imports anything.
"""

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

    Changes made by Python count: creating, opening for writing, renaming, deleting, …
    Only files whose path contains `part` count.
    """
    seen = itertools.count()

    def hook(event, arguments):
        changes = event in CHANGES or (event == "open" and (arguments[2] or 0) & WRITING)
        if changes and str(part) in str(arguments[0]) and next(seen) >= number:
            then()

    sys.addaudithook(hook)


def struck_at(number, part, by=signal.SIGKILL):
    """Send this process a signal before the `number`-th change of a file and before each later one.

    SIGKILL is what the out-of-memory killer sends.
    """
    at_change(number, part, lambda: os.kill(os.getpid(), by))


def arm():
    """Wait before the FAULT_NUMBER-th change of a file whose path contains FAULT_PART.

    A `sitecustomize` calls this in the kernels that the runner starts. A waiting process leaves a
    file named by its process id in the folder FAULT_MARKS. Without FAULT_MARKS nothing happens.
    """
    if "FAULT_MARKS" not in os.environ:
        return

    def wait():
        (Path(os.environ["FAULT_MARKS"]) / str(os.getpid())).touch()
        time.sleep(600)  # until the test kills the process

    at_change(int(os.environ["FAULT_NUMBER"]), os.environ["FAULT_PART"], wait)


def room(size, deadly=False):
    """Limit files of this process to `size` bytes. More fails as on a full disk, or kills it."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if deadly else signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def obey_permissions():
    """Make file permissions hold for root as well: give up the capabilities that bypass them."""
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

"""Messages about a figure's run that stopped: the cause, and what to do."""

import logging
import signal
import sys
import threading
from contextlib import contextmanager

from dvlib.refits.store import cache_folder


def why(error, end=""):
    """A message about what ended a figure's run.

    Parameters
    ----------
    error : papermill.PapermillExecutionError (a cell's error), RuntimeError (the kernel died),
        OSError (a file could not be written) or any other exception
    end : how the kernel's process ended, from `dvlib.suite.kernels.end_of`
    """
    name = getattr(error, "ename", type(error).__name__)
    text = f"stopped with {name}: {getattr(error, 'evalue', error)}"
    if isinstance(error, RuntimeError):  # nbclient raises it for a dead kernel
        text += f" ({end}); {_kept()}" if end else f"; {_kept()}"
    return text + _limited()


def say_once():
    """Let only `why` report a kernel's death.

    This silences asyncio's report of an exception that nbclient never retrieves, and nbclient's
    log, which holds only errors that it raises as well.
    """
    logging.getLogger("asyncio").addFilter(_not_of_a_dead_kernel)
    for name in ("traitlets", "papermill"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _not_of_a_dead_kernel(record):
    return not (record.exc_info and record.exc_info[0].__name__ == "DeadKernelError")


@contextmanager
def term_as_interrupt():
    """Let SIGTERM inside this context raise KeyboardInterrupt, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():  # others cannot set handlers
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def interrupted():
    """Tell the user that results of a stopped run are kept; return the shell's exit status."""
    print(f"\nstopped: {_kept()}", file=sys.stderr)
    return 128 + signal.SIGINT


def _kept():
    return f"what was computed is kept in {cache_folder()}, and the same command goes on from there"


def _limited():
    """A note about the limit of the address space, which may be the cause; "" without a limit."""
    try:
        import resource
    except ImportError:  # Windows has no such module
        return ""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return ""
    return (
        f"\nnote: a process may have {limit / 2**30:.3g} GB of addresses here (ulimit -v). Figures "
        "without dropout were made with 2 GB; TensorFlow, which dropout needs, took up to 4: "
        "give more, if that was the reason"
    )

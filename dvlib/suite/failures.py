"""Why the run of a figure stopped, in words that say what to do."""

import logging
import signal
import sys

from dvlib.refits.store import cache_folder


def why(error):
    """What ended a figure's run: a cell's error, a kernel that died, a file that is not written.

    Parameters
    ----------
    error : papermill.PapermillExecutionError, or any other exception
    """
    name = getattr(error, "ename", type(error).__name__)
    text = f"stopped with {name}: {getattr(error, 'evalue', error)}"
    if isinstance(error, RuntimeError):  # nbclient's of a dead kernel
        text += f" (killed, or out of memory); {_kept()}"
    return text + _limited()


def say_once():
    """Leave a kernel's death to `why`: nbclient forgets an error of its own, and asyncio tells."""
    logging.getLogger("asyncio").addFilter(_not_of_a_dead_kernel)


def _not_of_a_dead_kernel(record):
    return not (record.exc_info and record.exc_info[0].__name__ == "DeadKernelError")


def interrupted():
    """Say what becomes of a run that the user stops; returns the exit status that shells expect."""
    print(f"\nstopped: {_kept()}", file=sys.stderr)
    return 128 + signal.SIGINT


def _kept():
    return f"what was computed is kept in {cache_folder()}, and the same command goes on from there"


def _limited():
    """What a limit of the address space may have to do with it; nothing where there is none."""
    try:
        import resource
    except ImportError:  # Windows has none
        return ""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return ""
    return (
        f"\nnote: a process may have {limit / 2**30:.3g} GB of addresses here (ulimit -v). Figures "
        "without DVRL and dropout were made with 2 GB; TensorFlow, which those need, took up to 4: "
        "give more, if that was the reason"
    )

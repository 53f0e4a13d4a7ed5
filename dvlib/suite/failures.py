"""Messages about a figure's run that stopped: the cause, and what to do."""

import logging
from contextlib import suppress

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
        text += f" ({end}); {kept()}" if end else f"; {kept()}"
    with suppress(ImportError):  # Windows has no such module
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            text += (
                f"\nnote: a process may have {limit / 2**30:.3g} GB of addresses here (ulimit -v); "
                "figures need 2, and 4 with TensorFlow: give more, if that was the reason"
            )
    return text


def kept():
    """A sentence for a stopped run: its results are kept, and where."""
    return f"what was computed is kept in {cache_folder()}, and the same command goes on from there"


def silence_dead_kernels():
    """Let only `why` report a kernel's death, which asyncio and nbclient would log as well."""
    logging.getLogger("asyncio").addFilter(_is_not_of_a_dead_kernel)
    for name in ("traitlets", "papermill"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _is_not_of_a_dead_kernel(record):
    return not (record.exc_info and record.exc_info[0].__name__ == "DeadKernelError")

"""Refits on several machines, through a Dask cluster.

The environment variable `DVLIB_CLUSTER` names the cluster. `make CLUSTER=…` and
`dvlib.use_cluster` set it. It is not a parameter of a figure, because results do not depend on it.
"""

import os
import re
from contextlib import contextmanager

from dvlib.refits.store import engine_parts
from dvlib.root import kept_folder

VARIABLE = "DVLIB_CLUSTER"
TIMEOUT = 10  # seconds to wait for the scheduler, and then again for a first worker
SAME_BITS = (
    "Workers need this commit of dvlib and the versions of its lock; on another processor, the "
    "same NUMBA_CPU_NAME and NUMBA_CPU_FEATURES as here"
)
_CLIENTS = {}  # open clients of this process, by setting


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message says why and what to do."""


def use_cluster(where):
    """Compute all further refits of this process on the workers of a Dask cluster.

    In a notebook, call it before the first refit. A script that starts a local cluster needs
    `if __name__ == "__main__":`, as for any Python multiprocessing. A cluster ignores `n_jobs`.
    Runs of DVRL report their progress from inside, so they stay in threads of this machine.

    Parameters
    ----------
    where : "local" (one worker process per core), "local:2" (two worker processes), the address
        of a scheduler such as "tcp://host:8786", or None to return to threads of this machine

    Returns
    -------
    str, the number of workers and threads found

    Raises
    ------
    ClusterError : before any computation, for an unknown setting, a missing Dask, a timeout, a
        cluster without workers, or a worker whose results would differ in their bits
    """
    threads = _client(where).nthreads() if where else None
    before = os.environ.pop(VARIABLE, None)
    if before != where:
        _close(before)
    if not where:
        return "threads of this machine"
    os.environ[VARIABLE] = where
    return f"{where}: workers {len(threads)}, threads {sum(threads.values())}"


def open_client():
    """The client of the current cluster, or None; raises ClusterError as `use_cluster` does."""
    where = os.environ.get(VARIABLE)
    return _client(where) if where else None


@contextmanager
def shared_with_kernels():
    """Let kernels started inside this context use the cluster that this process has opened."""
    where = os.environ.get(VARIABLE)
    if not where:
        yield
        return
    print(f"refits on {use_cluster(where)}", flush=True)
    address = _client(where).scheduler.address
    _CLIENTS[address], os.environ[VARIABLE] = _client(where), address
    try:
        yield
    finally:
        os.environ[VARIABLE] = where
        _close(where)
        _CLIENTS.pop(address, None)


def _client(where):
    """The client of a setting, opened if there is none or if it no longer runs."""
    if where not in _CLIENTS or _CLIENTS[where].status != "running":
        _CLIENTS[where] = _open(where)
    return _CLIENTS[where]


def _close(where):
    if where in _CLIENTS:
        _CLIENTS.pop(where).close()


def _open(where):
    local = re.fullmatch(r"local(?::([1-9]\d*))?", str(where))
    if not (local or re.fullmatch(r"\w+://.+:\d+", str(where))):
        raise ClusterError(
            f"cluster {where!r}: give local, local:2 (so many worker processes on this machine) or "
            "a scheduler's address such as tcp://host:8786"
        )
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            f"cluster {where!r}: Dask is not installed here ({error}); in a clone `make setup` "
            "installs it, elsewhere `pip install dvlib[dask]`"
        ) from error
    if local:
        from joblib import cpu_count

        workers = int(local[1] or cpu_count())
        client = Client(
            n_workers=workers,
            threads_per_worker=max(1, cpu_count() // workers),
            dashboard_address="127.0.0.1:0",  # any free port; None would take 8787
            local_directory=str(kept_folder() / "dask"),
            set_as_default=False,
        )
    else:
        try:
            client = Client(where, timeout=TIMEOUT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"cluster {where}: no scheduler answered within {TIMEOUT} s ({error}); is `dask "
                "scheduler` running there, and the port open?"
            ) from error
    try:
        _check_workers(client, where)
    except ClusterError:
        client.close()
        raise
    return client


def _check_workers(client, where):
    """Raise ClusterError unless there are workers and all compute the same bits as this process."""
    try:
        client.wait_for_workers(1, timeout=TIMEOUT)
    except TimeoutError as error:
        raise ClusterError(
            f"cluster {where}: the scheduler has no worker after {TIMEOUT} s; start some by "
            f"`dask worker {client.scheduler.address}` where dvlib is installed"
        ) from error
    parts, wrong = engine_parts(), []
    for address, answer in client.run(engine_parts, on_error="return").items():
        if isinstance(answer, BaseException):
            wrong.append(f"{address} cannot run dvlib ({answer})")
        elif differing := [name for name in parts if parts[name] != answer[name]]:
            wrong.append(f"{address} has other {', '.join(differing)}")
    if wrong:
        raise ClusterError(f"cluster {where}: {'; '.join(wrong)}. {SAME_BITS}")

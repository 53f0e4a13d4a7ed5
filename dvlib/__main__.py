"""The command line: `dvlib`, or `python -m dvlib`; see `dvlib.suite.command`."""

import signal
import sys

from dvlib.root import drop_foreign_variables


def main():
    """Run the command of this process's arguments, and return the exit status."""
    drop_foreign_variables()  # before libraries are imported
    from dvlib.suite import command

    # A request to end, as from a batch system, stops kernels like Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if sys.stdout is not None:
        # A terminal or pipe may lack characters such as "…". It gets "?", and the run goes on.
        sys.stdout.reconfigure(errors="replace")
    return command.main()


if __name__ == "__main__":
    sys.exit(main())

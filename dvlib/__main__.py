"""The command line: `python -m dvlib`; see `dvlib.suite.command`."""

import signal
import sys

from dvlib.root import drop_foreign_variables

if __name__ == "__main__":
    drop_foreign_variables()  # before libraries are imported
    from dvlib.suite.command import main

    # A request to end, as from a batch system, stops kernels like Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if sys.stdout is not None:
        # A terminal or pipe may lack characters such as "…". It gets "?", and the run goes on.
        sys.stdout.reconfigure(errors="replace")
    sys.exit(main())

"""The command line: `python -m dvlib`; see `dvlib.suite.command`."""

import sys

from dvlib.suite.surroundings import close_off

if __name__ == "__main__":
    close_off()  # before libraries are imported
    from dvlib.suite.command import main

    if sys.stdout is not None:
        # A terminal or pipe may lack characters such as "…". It gets "?", and the run goes on.
        sys.stdout.reconfigure(errors="replace")
    sys.exit(main())

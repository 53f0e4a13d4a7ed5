"""The command line: `python -m dvlib`; see `dvlib.suite.command`."""

import sys

from dvlib.suite.command import main

sys.exit(main())

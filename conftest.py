"""What kernels need before they start, for bare pytest --nbval-lax as for make test."""

import os

from dvlib.suite.run import set_kernel_environment

os.environ["TQDM_DISABLE"] = "1"  # a progress bar's text differs from run to run
set_kernel_environment()

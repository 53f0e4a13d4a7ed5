"""Speed, and agreement, measured: `python -m benchmarks.NAME` in the clone, each a script.

One thread a library, set before any is imported: cores are handed out by joblib.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

"""Scripts that measure speed and agreement: `python -m benchmarks.NAME` in the clone.

Each library runs on one thread, because dvlib and joblib already use all cores. The limit must be
set before the libraries are imported.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

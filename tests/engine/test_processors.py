"""Kernels use only what numba compiles for, whoever limits it; results do not depend on it."""

import os
import subprocess
import sys

import pytest

from dvlib.root import project_root

pytestmark = pytest.mark.slow

# A look-up by four signs of 16 lanes, where kernels differ by processor.
CODE = """
import numpy as np
from numba import njit
from dvlib.engine.kernel import lanes, signs
from dvlib.refits.store import engine_digest

@njit
def look_up(table, numbers, out):
    bits = signs.no_signs()
    for i in range(4):
        bits = signs.push_sign(bits, lanes.load(numbers, 16 * i))
    lanes.store(out, 0, signs.look_up(table, 0, bits))

table, lane = np.arange(16, dtype=np.float32) ** 2, np.arange(16)
numbers = np.concatenate([1 - 2 * (lane >> i & 1) for i in (3, 2, 1, 0)]).astype(np.float32)
out = np.empty(16, np.float32)
look_up(table, numbers, out)
print(engine_digest(), signs._compiling_for_avx512(), (out == table).all())
"""


@pytest.fixture
def run(tmp_path):
    """Function that compiles in another process, with some variables; returns what it prints."""

    def call(**variables):
        own = {name: value for name, value in os.environ.items() if "NUMBA" not in name}
        done = subprocess.run(
            [sys.executable, "-c", CODE], cwd=project_root() / "tests", capture_output=True,
            text=True, timeout=300,
            env=own | {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(project_root())}
            | variables,
        )  # fmt: skip
        assert done.returncode == 0, (done.returncode, done.stderr[-500:])
        return done.stdout.split()

    return call


LIMITS = [
    {"NUMBA_ENABLE_AVX": "0"},
    {"NUMBA_CPU_NAME": "generic"},
    {"NUMBA_CPU_FEATURES": "+avx2,+fma"},
    {"NUMBA_CPU_FEATURES": "+avx512f,-avx2"},
]


def test_a_limited_processor_works_under_a_key_of_its_own(run):
    keys = {run()[0]}
    for number, limit in enumerate(LIMITS, 2):
        key, wide, right = run(**limit)
        keys.add(key)
        assert (wide, right, len(keys)) == ("False", "True", number), limit

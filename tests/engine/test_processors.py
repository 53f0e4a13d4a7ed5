"""Kernels use only what numba compiles for, whoever limits it; results do not depend on it."""

import json
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
from dvlib.engine.kernel import lanes, signs, tables
from dvlib.refits.store import engine_digest

@njit
def look_up(table, numbers, out, product):
    factor = lanes.load(product, 0)
    lanes.store(product, 0, lanes.fma(factor, factor, lanes.splat(-1)))
    kept, bits = np.empty(48, np.float32), signs.no_signs()
    tables.store_table(kept, 16, lanes.load(table, 0))
    for i in range(4):
        bits = signs.push_sign(bits, lanes.load(numbers, 16 * i))
    lanes.store(out, 0, tables.look_up(kept, 16, bits))

table, lane = np.exp(np.arange(16) - 8).astype(np.float32), np.arange(16)  # all bytes differ
numbers = np.concatenate([1 - 2 * (lane >> i & 1) for i in (3, 2, 1, 0)]).astype(np.float32)
out, product = np.empty(16, np.float32), np.full(16, 1 + 2**-12, np.float32)
look_up(table, numbers, out, product)
(code,) = look_up.inspect_asm().values()
wide = tables._compiling_for_avx512()
fused = (product == 2**-11 + 2**-24).all()  # else 2⁻²⁴ is rounded away before 1 is taken off
print(engine_digest(), wide, "pshufb" in code, fused, (out == table).all())
"""

# A short fit of the dense kernel: the bits, and how far it is from scikit-learn's.
DENSE = """
import hashlib
import numpy as np
from dvlib.engine.mlp import MLPConfig, train

rng = np.random.default_rng(0)
X, y = rng.normal(size=(45, 6)), np.arange(45) % 3
config = MLPConfig((20,), batch_size=20, max_iter=4)
fast, exact = (
    train(X, y, config, seed=3, engine=engine, n_classes=3).network.packed
    for engine in ("fast", "sklearn")
)
print(hashlib.sha256(fast.tobytes()).hexdigest(), np.abs(fast - exact).max())
"""


# Runs a code once for each set of variables, in a copy of a process that has imported libraries.
COPIES = """
import json, os, sys
import joblib, numpy, scipy.special
from numba.core import config
limits, code = json.load(sys.stdin)
for limit in limits:
    if os.fork() == 0:
        os.environ.update(limit)
        config.reload_config()
        exec(code, {})
        sys.stdout.flush()
        os._exit(0)
    assert os.wait()[1] == 0, limit
"""


def printed(code, limits):
    """Words that a code prints, for each set of variables, in a process of its own."""
    own = {name: value for name, value in os.environ.items() if "NUMBA_CPU" not in name}
    done = subprocess.run(
        [sys.executable, "-c", COPIES], cwd=project_root() / "tests", capture_output=True,
        text=True, timeout=300, env=own | {"PYTHONPATH": str(project_root())},
        input=json.dumps([limits, code]),
    )  # fmt: skip
    assert done.returncode == 0, (done.returncode, done.stderr[-500:])
    return [line.split() for line in done.stdout.splitlines()]


# Whether such a processor looks up bytes, and whether it rounds a·b + c once.
LIMITS = [
    ({"NUMBA_ENABLE_AVX": "0"}, True, True),
    ({"NUMBA_CPU_NAME": "generic"}, False, False),
    ({"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "+ssse3"}, True, False),
    ({"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "+avx2,-ssse3"}, False, False),
    ({"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma"}, True, True),
    ({"NUMBA_CPU_FEATURES": "+avx2,+fma"}, True, True),
    ({"NUMBA_CPU_FEATURES": "+avx512f,-avx2"}, False, True),
]


def test_a_limited_processor_works_under_a_key_of_its_own():
    (here, *_), *limited = printed(CODE, [{}, *(limit for limit, *_ in LIMITS)])
    for (_, *found), (limit, by_bytes, fused) in zip(limited, LIMITS, strict=True):
        assert found == ["False", str(by_bytes), str(fused), "True"], limit
    assert len({here, *(key for key, *_ in limited)}) == 1 + len(LIMITS)


def test_the_dense_kernel_needs_no_fused_product_but_its_bits_show_it():
    """The rounding of a·b + c is all that may differ between processors."""
    (here, off), (apart, off_apart) = printed(DENSE, [{}, {"NUMBA_CPU_NAME": "generic"}])
    # as in test_dense: rounding of float32 in a few steps of Adam, each 1e-3 long
    assert max(float(off), float(off_apart)) < 2e-6 and here != apart

"""Values handed to pyDVL, in the environment that has it; `make bench-peers` makes that."""

import subprocess

import numpy as np
import pytest

from dvlib.root import project_root

PEERS = project_root() / ".cache" / "peers" / "bin" / "python"
MADE = """
import numpy as np
from dvlib.methods.values import DataValues
X, y = np.arange(8.0).reshape(4, 2), np.array([0, 1, 1, 0])
values = DataValues(
    X, y, np.array([0.25, -1, 2, 0]), np.array([0.5, 0.25, 1, np.nan]), "oob", "frequency", n_fits=4
)
"""
TAKEN = """
result = values.to_pydvl().sort(key="value", reverse=True)
print(*result.indices, *result.values, *result.stderr)
"""


def test_without_pydvl_it_says_what_to_install():
    names = {}
    exec(MADE, names)
    with pytest.raises(ImportError, match="pip install pydvl"):
        names["values"].to_pydvl()


@pytest.mark.skipif(not PEERS.exists(), reason="no environment with pyDVL: make bench-peers")
def test_pydvl_ranks_them_the_same():
    command = [PEERS, "-W", "ignore", "-c", MADE + TAKEN]
    done = subprocess.run(command, cwd=project_root(), capture_output=True, text=True, check=True)
    found = np.array(done.stdout.split(), float).reshape(3, 4)
    np.testing.assert_array_equal(found[0], [2, 0, 3, 1])
    np.testing.assert_array_equal(found[1], [2, 0.25, 0, -1])
    np.testing.assert_allclose(found[2], [1, 0.5, 0, 0.25])

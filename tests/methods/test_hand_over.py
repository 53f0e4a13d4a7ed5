"""Values handed to pyDVL, in the environment that has it; `make bench-peers` makes that."""

import subprocess

import numpy as np
import pytest

from dvlib.methods.values import DataValues
from dvlib.root import project_root

PEERS = project_root() / ".cache" / "peers" / "bin" / "python"
TAKEN = """import sys
import numpy as np
from dvlib.methods.values import DataValues
result = DataValues.load(sys.argv[1]).to_pydvl()
result = result.sort(key="value", reverse=True)
print(*result.indices, *result.values, *result.stderr)"""


@pytest.fixture
def values():
    X, y = np.arange(8.0).reshape(4, 2), np.array([0, 1, 1, 0])
    return DataValues(
        X, y, np.array([0.25, -1, 2, 0]), np.array([0.5, 0.25, 1, np.nan]), "oob", "frequency",
        n_fits=4,
    )  # fmt: skip


def test_without_pydvl_it_says_what_to_install(values):
    with pytest.raises(ImportError, match="pip install pydvl"):
        values.to_pydvl()


@pytest.mark.skipif(not PEERS.exists(), reason="no environment with pyDVL: make bench-peers")
def test_pydvl_ranks_them_the_same(values, tmp_path):
    values.save(tmp_path / "values.npz")
    command = [PEERS, "-W", "ignore", "-c", TAKEN, tmp_path / "values.npz"]
    done = subprocess.run(command, cwd=project_root(), capture_output=True, text=True, check=True)
    found = np.array(done.stdout.split(), float).reshape(3, 4)
    np.testing.assert_array_equal(found[0], [2, 0, 3, 1])
    np.testing.assert_array_equal(found[1], [2, 0.25, 0, -1])
    np.testing.assert_allclose(found[2], [1, 0.5, 0, 0.25])

"""Values handed to pyDVL, which reads them in an environment of its own (`make bench-peers`)."""

import inspect
import re
import subprocess

import numpy as np
import pytest

from dvlib.methods.values import DataValues
from dvlib.root import project_root

PEERS = project_root() / ".cache" / "peers" / "bin" / "python"
PRINTED = """
print(result.algorithm, result.status)
result = result.sort(key="value", reverse=True, inplace=False)
print(*result.indices, *result.values, *result.stderr)
"""


@pytest.mark.skipif(not PEERS.exists(), reason="no environment with pyDVL: make bench-peers")
def test_pydvl_reads_and_ranks_them_the_same_as_the_documents_say(tmp_path):
    X, y = np.arange(8.0).reshape(4, 2), np.array([0, 1, 1, 0])
    errors = np.array([0.5, 0.25, 1, np.nan])
    values = np.array([0.25, -1, 2, 1 / 3])
    DataValues(X, y, values, errors, "oob", "frequency", n_fits=4).to_pydvl(tmp_path / "oob.json")
    guide = (project_root() / "docs" / "tables.md").read_text(encoding="utf-8")
    (of_guide,) = re.findall(r"```python\n(import json\n.*?)```", guide, re.DOTALL)
    of_method = inspect.cleandoc(DataValues.to_pydvl.__doc__).split("::\n\n")[1].split("\n\n")[0]
    for code in (of_guide, inspect.cleandoc(of_method).replace("values.json", "oob.json")):
        command = [PEERS, "-W", "ignore", "-c", code + PRINTED]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        method, numbers = done.stdout.splitlines()
        found = np.array(numbers.split(), float).reshape(3, 4)
        assert method == "dvlib: oob Status.Converged"
        np.testing.assert_array_equal(found[0], [2, 3, 0, 1])
        np.testing.assert_array_equal(found[1], [2, 1 / 3, 0.25, -1])
        np.testing.assert_allclose(found[2], [1, 0, 0.5, 0.25])

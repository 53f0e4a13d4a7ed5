"""Sets up kernels, also for a bare `pytest --nbval-lax`, and skips tests that lack TensorFlow.

`make test` shares tests and notebooks among two processes, a file at a time. The longest files
come first, so that both processes end at about the same time.
"""

import os

import pytest

from dvlib.methods.tensors import has_tensorflow
from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root
from dvlib.suite.kernels import kernel_environment
from dvlib.suite.surroundings import drop_foreign_variables

os.environ["TQDM_DISABLE"] = "1"  # a progress bar's text differs from run to run
drop_foreign_variables()
os.environ.update(kernel_environment())
os.environ.setdefault("IPYTHONDIR", str(project_root() / ".cache" / "ipython"))

LONGEST = (
    "notebooks/claims.ipynb",
    "tests/test_benchmarks.py",
    "notebooks/robustness.ipynb",
    "notebooks/unstated.ipynb",
    "notebooks/ext03_agreement.ipynb",
)
LEFT_OUT = [] if has_tensorflow() else [e for e in FIGURES.values() if e.needs_tensorflow]
collect_ignore = [f"notebooks/{entry.stem}.ipynb" for entry in LEFT_OUT]


def pytest_configure(config):
    # nbval then runs notebooks in this Python, whatever kernel an editor has named in them.
    config.option.nbval_current_env = True


def pytest_report_header():
    if LEFT_OUT:
        return f"no TensorFlow: {len(LEFT_OUT)} notebooks and the tests that need it are left out"
    return None


def pytest_collection_modifyitems(config, items):
    if "given_data" not in config.option.markexpr:
        left_out = [item for item in items if item.get_closest_marker("given_data")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    # A stable sort: all other files keep their order.
    items.sort(key=lambda item: item.nodeid.split("::")[0] not in LONGEST)
    if LEFT_OUT:
        skip = pytest.mark.skip(reason="TensorFlow is not installed: make setup")
        for item in items:
            if item.get_closest_marker("tensorflow"):
                item.add_marker(skip)

"""Sets up kernels, also for a bare `pytest --nbval-lax`, and skips tests that lack TensorFlow.

`make test` shares tests and notebooks among three processes, a file at a time. The longest files
come first, so that all processes end at about the same time.
"""

import os
import subprocess
import sys

import pytest

from dvlib.engine.kernel.compiling import code_folder
from dvlib.methods.tensors import has_tensorflow
from dvlib.paper.manifest import FIGURES
from dvlib.refits.store import processor
from dvlib.root import drop_foreign_variables, project_root
from dvlib.suite.forking import fork_kernels
from dvlib.suite.kernels import kernel_environment
from dvlib.suite.notebooks import frozen, results_of

os.environ["TQDM_DISABLE"] = "1"  # a progress bar's text differs from run to run
drop_foreign_variables()
os.environ.update(kernel_environment())
fork_kernels()
os.environ.setdefault("IPYTHONDIR", str(project_root() / ".cache" / "ipython"))

LONGEST = (
    "notebooks/claims.ipynb",
    "tests/paper/test_given_data.py",
    "tests/play/test_webassembly.py",
    "tests/play/test_widget_lab.py",
    "tests/engine/test_processors.py",
    "tests/refits/test_cluster.py",
)
STEMS = {entry.stem for entry in FIGURES.values()}
LEFT_OUT = [] if has_tensorflow() else [e for e in FIGURES.values() if e.needs_tensorflow]
collect_ignore = [f"notebooks/{entry.stem}.ipynb" for entry in LEFT_OUT]


class FrozenResults(pytest.Item):
    """What a notebook's cells wrote has the frozen bytes; it runs after the last of its cells.

    On another processor only the verdicts are compared: the last digits of dropout depend on it.
    """

    def runtest(self):
        kept, found = frozen(), results_of(self.parent.path.stem)
        expected = kept["notebooks"][self.parent.path.stem]
        differing = [name for name, value in expected.items() if found[name] != value]
        if processor() != kept["processor"]:
            differing = [name for name in differing if name == "verdicts"]
        assert not differing, f"{', '.join(differing)} changed; if that is meant: make notebooks"

    def reportinfo(self):
        return self.parent.path, None, f"{self.parent.path.stem}: frozen results"


def pytest_configure(config):
    # nbval then runs notebooks in this Python, whatever kernel an editor has named in them.
    config.option.nbval_current_env = True


def pytest_sessionstart(session):
    """Compile the kernels once, the two kinds side by side: each process would do it by itself."""
    if getattr(session.config.option, "numprocesses", 0) and not code_folder().exists():
        script = project_root() / "tests" / "support" / "compiled.py"
        kinds = [subprocess.Popen([sys.executable, script, kind]) for kind in ("plane", "tables")]
        if any([kind.wait() for kind in kinds]):
            pytest.exit("the kernels could not be compiled: see above", returncode=1)


def pytest_report_header():
    if LEFT_OUT:
        return f"no TensorFlow: {len(LEFT_OUT)} notebooks and the tests that need it are left out"
    return None


def pytest_collection_modifyitems(config, items):
    if "given_data" not in config.option.markexpr:
        left_out = [item for item in items if item.get_closest_marker("given_data")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    whole = [item for item in items if item.path.stem in STEMS and item.path.suffix == ".ipynb"]
    for last in {item.path: item for item in whole}.values():  # the last cell of each notebook
        item = FrozenResults.from_parent(last.parent, name="frozen results")
        items.insert(items.index(last) + 1, item)
    # A stable sort: all other files keep their order.
    place = dict(zip(LONGEST, range(-len(LONGEST), 0), strict=True))
    items.sort(key=lambda item: place.get(item.nodeid.split("::")[0], 0))
    if LEFT_OUT:
        skip = pytest.mark.skip(reason="TensorFlow is not installed: make setup")
        for item in items:
            if item.get_closest_marker("tensorflow"):
                item.add_marker(skip)

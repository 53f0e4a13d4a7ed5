"""Settings of other programs, other kernels and folders that cannot be written change no run."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import support.small
from support.given import run_cells

import dvlib
from dvlib.engine.kernel.compiling import code_folder
from dvlib.paper.settings import resolve
from dvlib.refits import store
from dvlib.root import FOREIGN, drop_foreign_variables, project_root
from dvlib.suite import notebooks
from dvlib.suite.kernels import FOLDER, kernel_environment
from dvlib.suite.notebooks import CHECKED

ROOT = project_root()
FIGURE = ROOT / FOLDER / "fig05_datasets.ipynb"
SEED = 4324


def test_switches_of_other_programs_are_dropped_and_the_users_choices_stay(monkeypatch):
    kept = {"DVLIB_CACHE": "/y", "PYTHONPATH": "/x", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "3"}
    switches = ("PYTHONSTARTUP", "PYTHONOPTIMIZE", "PYTHONWARNINGS", *FOREIGN)
    environment = kept | dict.fromkeys(switches, "of another program")
    monkeypatch.setattr(os, "environ", environment)
    drop_foreign_variables()
    assert environment == kept


def test_a_kernel_gets_the_users_choices_and_the_same_modules(monkeypatch):
    chosen = {"DVLIB_CACHE": "/y", "OMP_NUM_THREADS": "3"}
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")  # it decides the last digits
    ours = {"PYTHONUTF8": "1", "TF_ENABLE_ONEDNN_OPTS": "0"}
    assert (chosen | ours).items() <= kernel_environment().items()
    # This clone's dvlib, also if that of another clone is installed; then the runner's modules.
    for before, after in (("/x", f"{ROOT}{os.pathsep}/x"), ("", str(ROOT))):
        monkeypatch.setenv("PYTHONPATH", before)
        assert kernel_environment()["PYTHONPATH"] == after


@pytest.fixture
def other_kernel(tmp_path):
    """A folder for JUPYTER_PATH with a kernel "python3" of a Python that cannot be started."""
    folder = tmp_path / "jupyter" / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {"argv": [sys.executable, "-c", "exit(9)"], "display_name": "x", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    return tmp_path / "jupyter"


@pytest.fixture
def surroundings(tmp_path, other_kernel):
    """Variables of other programs, each of which stops or changes a run that obeys it."""
    mark = tmp_path / "mark"
    code = f"open({str(mark)!r}, 'w'); raise SystemExit(9)"
    (tmp_path / "startup.py").write_text(code)
    profile = tmp_path / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True)
    (profile / "first.py").write_text(code)
    (tmp_path / "matplotlibrc").write_text("image.cmap: gray\nfigure.dpi: 20\n")
    nowhere = "/dev/null/home"  # no folder can be made there, not even by root
    yield {
        "HOME": nowhere, "JUPYTER_RUNTIME_DIR": nowhere, "MPLCONFIGDIR": nowhere,
        "JUPYTER_PATH": str(other_kernel), "IPYTHONDIR": str(tmp_path / "ipython"),
        "PYTHONSTARTUP": str(tmp_path / "startup.py"), "PYTHONWARNINGS": "error",
        "PYTHONHASHSEED": "3", "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C",
        "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"), "MPLBACKEND": "module://nobody_has_it",
        "NUMBA_DISABLE_JIT": "1",
    }  # fmt: skip
    assert not mark.exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="a path that nobody can make is Linux's")
def test_a_run_among_all_of_them_makes_the_same_bytes(surroundings):
    done = subprocess.run(
        [sys.executable, "-m", "dvlib", "run", "fig05", f"seed={SEED}"], cwd=ROOT,
        env=os.environ | surroundings, capture_output=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"fig05_datasets.png" in done.stdout and done.stdout.isascii()
    folder = resolve("fig05", seed=SEED).folder
    made = {path.suffix: path.read_bytes() for path in folder.iterdir()}
    run_cells("fig05", {"seed": SEED})  # as in this process
    usual = {path.suffix: path.read_bytes() for path in folder.iterdir()}
    assert made.keys() == {".png", ".csv", ".json"}
    assert [suffix for suffix in (".png", ".csv") if made[suffix] != usual[suffix]] == []
    shutil.rmtree(folder)
    shutil.rmtree(ROOT / "build" / "notebooks" / folder.name)


@pytest.fixture
def of_an_editor(tmp_path):
    """A copy of Figure 5's notebook as an editor saves it, with the name of its own kernel."""
    notebook = nbformat.read(FIGURE, 4)
    notebook.metadata.kernelspec = {"display_name": ".venv", "name": "venv", "language": "python"}
    notebook.metadata.language_info = {"name": "python", "version": "3.13.1", "mimetype": "x"}
    path = tmp_path / FIGURE.name
    nbformat.write(notebook, path)
    return path


@pytest.mark.slow
def test_a_stored_notebook_names_the_usual_kernel(of_an_editor, other_kernel, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(other_kernel))
    monkeypatch.setenv("TQDM_DISABLE", "1")
    notebooks.store(of_an_editor)
    stored, usual = nbformat.read(of_an_editor, 4), nbformat.read(FIGURE, 4)
    assert stored.metadata == usual.metadata
    # The picture's bytes may be those of another version of a library.
    outputs = [
        [o for cell in book.cells for o in cell.get("outputs", ())] for book in (stored, usual)
    ]
    texts, expected = ([output.get("text") for output in both] for both in outputs)
    assert texts == expected and any(texts)


@pytest.mark.slow
def test_nbval_runs_a_notebook_of_an_editor_and_fails_a_corrupted_output_only(
    of_an_editor, other_kernel
):
    notebook = nbformat.read(of_an_editor, 4)
    tagged = (cell for cell in notebook.cells if CHECKED in cell.metadata.get("tags", ()))
    (output,) = next(tagged).outputs
    output.text = output.text.replace("seed", "sead", 1)
    corrupted = of_an_editor.with_name("corrupted.ipynb")
    nbformat.write(notebook, corrupted)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "conftest",
         "--nbval-lax", "--rootdir", of_an_editor.parent, of_an_editor, corrupted],
        cwd=ROOT, env=os.environ | {"JUPYTER_PATH": str(other_kernel)}, capture_output=True,
        text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1 and "1 failed, " in done.stdout, done.stdout
    assert "sead" in done.stdout and "frozen results" not in done.stdout


# The store.


def refuse(*arguments):
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def refits():
    return dvlib.train_runs([support.small.pool()], support.small.settings())


def test_a_read_only_cache_is_read(tmp_path, monkeypatch, fits):
    monkeypatch.delenv("DVLIB_CACHE")
    monkeypatch.setattr(store, "kept_folder", lambda: tmp_path)
    refits()
    computed = len(fits)
    store._warn_once.cache_clear()
    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.warns(UserWarning, match="results are not kept"):
        refits()
    assert computed and len(fits) == computed


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="a path that nobody can make is Linux's")
def test_a_clone_and_a_home_that_cannot_be_written_import_and_compute():
    code = """
import dvlib.root
from pathlib import Path
dvlib.root.project_root = lambda: Path("/dev/null/clone")  # imported by the others after this line
import dvlib, numpy as np
from dvlib.paper.figures.datasets import dataset_panels
from dvlib.suite.command import main
X, y = np.arange(16.0).reshape(8, 2), np.arange(8) % 2
dvlib.fit(X, y)
for seed in (0, 1):
    dvlib.train_runs([(X, y)], dvlib.RefitSettings(seeds=(seed,)))
dataset_panels({"a": dvlib.make_dataset("noisy")}, dvlib.MeshGrid(0, 9, 9)).png()
raise SystemExit(main(["list"]))
"""
    own = {name: value for name, value in os.environ.items() if name != "DVLIB_CACHE"}
    own |= {"HOME": "/dev/null/home", "NUMBA_CACHE_DIR": str(code_folder().parent)}
    options = dict(cwd=ROOT, env=own, capture_output=True, text=True, timeout=120)
    done = subprocess.run([sys.executable, "-c", code], **options)
    assert done.returncode == 0, done.stderr
    assert "fig05  The synthetic data sets: dataset" in done.stdout
    warned = [line for line in done.stderr.splitlines() if "Warning: " in line]
    assert len(warned) == 1 and "/dev/null/clone/.cache/refits cannot be written" in warned[0]

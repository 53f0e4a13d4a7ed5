"""A wheel holds the whole package, works without the clone, and needs what it says it needs."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement
from test_environment import declared

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
# PYTHONPATH comes before the package that is installed from the clone.
WORKS = """
import sys
from pathlib import Path
import dvlib
from dvlib.suite.page import render
assert Path(dvlib.__file__).is_relative_to(sys.argv[1]), dvlib.__file__
print(dvlib.resolve("fig01", **{}))
for name, text in render().items():
    print(name, len(text))
"""


@pytest.fixture(scope="module")
def sources():
    """Files of the package that git keeps or would keep, as paths in the clone."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "dvlib"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git, or no clone")
    return {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}


@pytest.fixture(scope="module")
def wheel(sources, tmp_path_factory):
    """Path of a wheel, built from a copy because a build leaves files beside the sources."""
    copy = tmp_path_factory.mktemp("copy")
    for name in (*sources, "pyproject.toml", "README.md", "LICENSE"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    build = "from setuptools.build_meta import build_wheel; build_wheel('.')"  # as pip does
    built = subprocess.run([sys.executable, "-c", build], cwd=copy, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (path,) = copy.glob("*.whl")
    return path


def test_wheel_holds_what_git_keeps_of_the_package(wheel, sources):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name for name in names if not name.split("/")[0].endswith(".dist-info")} == sources


def test_wheel_works_without_the_clone(wheel, tmp_path):
    folder = tmp_path / "unpacked"
    zipfile.ZipFile(wheel).extractall(folder)
    done = subprocess.run(
        [sys.executable, "-c", WORKS, folder], cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "dataset" in done.stdout and "index.html" in done.stdout


def needed(names):
    """Names of distributions and of all that they need, and that these need in turn."""
    found, left = set(), list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            wanted = map(Requirement, distribution(name).requires or ())
            left += [r.name for r in wanted if not r.marker or r.marker.evaluate({"extra": ""})]
    return found


@pytest.fixture(scope="module")
def alone(wheel, tmp_path_factory):
    """Folder of an environment with the wheel and what it requires, and nothing else.

    The packages are those of the tests' own environment, so that no registry is asked. pip then
    refuses the wheel if something that it requires is missing.
    """
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder, symlinks=os.name != "nt")
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.check_output([python, "-c", where], text=True).strip())
    for name in needed(declared(())):
        found = distribution(name)
        for top in {path.parts[0] for path in found.files} - {"..", "__pycache__"}:
            if not (packages / top).exists():
                (packages / top).symlink_to(found.locate_file(top))
    pip = [sys.executable, "-m", "pip", f"--python={python}", "install", "-q", "--no-index", wheel]
    done = subprocess.run(pip, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return python.parent


def own():
    """Environment variables, without those that lead to the clone."""
    return {n: v for n, v in os.environ.items() if not n.startswith(("DVLIB", "NUMBA", "PYTHON"))}


def test_an_environment_of_its_own_values_a_table(alone, tmp_path):
    """It has no notebooks, and the user's files have the names of modules."""
    absent = "import importlib.util as u, sys; sys.exit(any(map(u.find_spec, sys.argv[1:])))"
    optional = ["tensorflow", "jupyterlab", "papermill", "nbformat", "distributed", "typst"]
    subprocess.run([alone / "python", "-c", absent, *optional], check=True)
    folder, cache = tmp_path / "table", tmp_path / "cache"
    folder.mkdir()
    for name in ("random", "csv", "numpy", "dvlib"):
        (folder / f"{name}.py").write_text("raise SystemExit('the wrong module')")
    rng = np.random.default_rng(0)
    lines = [f"{x:.3f},{'high' if x > 0 else 'low'}" for x in rng.normal(size=20)]
    (folder / "my.csv").write_text("\n".join(["x,size", *lines]))
    done = subprocess.run(
        [alone / "dvlib", "value", "my.csv", "--label", "size", "--methods", "oob", "--n-fits=4"],
        cwd=folder, capture_output=True, text=True, env=own() | {"XDG_CACHE_HOME": str(cache)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len((folder / "my-values.csv").read_text().splitlines()) >= 21
    if sys.platform == "linux":  # the place of caches on other systems is platformdirs' affair
        assert {path.name for path in (cache / "dvlib").iterdir()} == {"numba", "refits"}
    assert not (folder / ".cache").exists()


def test_a_command_that_needs_a_clone_says_so_and_how_it_was_called(alone, tmp_path):
    for command in ([alone / "dvlib"], [alone / "python", "-m", "dvlib"]):
        name = " ".join(Path(word).name for word in command)
        done = subprocess.run(
            [*command, "run"], cwd=tmp_path, capture_output=True, text=True, env=own()
        )
        assert done.returncode == 2 and done.stderr.startswith(f"error: `{name} run` works with")

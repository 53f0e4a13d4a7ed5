"""A wheel holds the whole package and works without the clone."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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

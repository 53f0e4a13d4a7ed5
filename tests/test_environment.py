"""pyproject.toml, the locks and environment.yml agree.

`python tests/test_environment.py` writes environment.yml from the others.
"""

import json
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
PYTHON = PYTHONS[0]  # of environment.yml: the lowest supported
UNTRIED_VERSIONS = {"numpy", "scipy", "contourpy"}  # newer on 3.15, see pyproject.toml
GLIBC = ("2_28", "2_27", "2_26", "2_24", "2_17")  # wheels that a machine of 2018 takes
LOCKS = {  # lock: its extras; later locks hold only packages that the first lacks
    "requirements.lock": ("notebooks", "dask", "report", "test"),
    "tensorflow.lock": ("tensorflow",),
    "docs/requirements.lock": ("book",),
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def declared(extras):
    """Requirements of pyproject.toml with some extras, by name."""
    of_extras = (PROJECT["optional-dependencies"][extra] for extra in extras)
    lines = [*PROJECT["dependencies"], *chain(*of_extras)]
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


def locked(*locks, python=None):
    """Lists of versions in locks by package, for one Python or for all."""
    versions, place = {}, {"python_version": python, "python_full_version": f"{python}.99"}
    for lock in locks:
        text = (ROOT / lock).read_text(encoding="utf-8")
        for line in re.findall(r"^([\w.-]+==.*?) \\$", text, re.MULTILINE):
            entry = Requirement(line)
            if python is None or entry.marker is None or entry.marker.evaluate(place):
                (version,) = entry.specifier
                versions.setdefault(entry.name, []).append(version.version)
    return versions


def environment():
    """The text that environment.yml must have."""
    versions = locked("requirements.lock", "tensorflow.lock")  # the lowest Python's come first
    needed = declared(LOCKS["requirements.lock"] + LOCKS["tensorflow.lock"])
    pins = "".join(
        f"      - {name}=={versions[name][0]}{_condition(needed[name])}\n"
        for name in sorted(needed)
    )
    return (
        "# Written by `make lock`: the direct dependencies at the versions of the locks.\n"
        "# From PyPI, so that they are the very builds the locks name. After it: pip install -e .\n"
        "name: data-values\n"
        "channels:\n  - conda-forge\n"
        f"dependencies:\n  - python={PYTHON}\n  - pip\n  - pip:\n{pins}"
    )


def _condition(requirement):
    """Platform of a TensorFlow build. A condition on Python is left out: the version is given."""
    marker = requirement.marker
    if marker is None or "python_version" in str(marker):
        return ""
    return "; " + str(marker).replace('"', "'")


@pytest.mark.parametrize("python", PYTHONS)
def test_locks_hold_every_declared_package_once_within_its_range(python):
    for lock, extras in LOCKS.items():
        versions = locked(*{"requirements.lock", lock}, python=python)
        for name, requirement in declared(extras).items():
            if requirement.marker is None or requirement.marker.evaluate(
                {"python_version": python}
            ):
                assert len(versions[name]) == 1, name
                assert requirement.specifier.contains(versions[name][0]), name


def test_figures_were_made_with_the_versions_of_every_python_that_has_wheels_of_them():
    first = locked("requirements.lock", python=PYTHONS[0])
    for python in PYTHONS[1:]:
        versions = locked("requirements.lock", python=python)
        other = {name for name in declared(()) if versions[name] != first[name]}
        assert other == (UNTRIED_VERSIONS if python == "3.15" else set())


@pytest.mark.parametrize("python", ["3.14", "3.15"])
@pytest.mark.slow
def test_what_a_wheel_requires_has_wheels_for_pythons_that_are_not_tried(python, tmp_path):
    """It asks the registry of packages; `make lock` checks the locked versions in the same way."""
    assert all(requirement.marker is None for requirement in declared(()).values())
    report = tmp_path / "report.json"
    abi = f"cp{python.replace('.', '')}"
    # pip compares `requires-python` with its own Python; the packages' is compared below.
    done = subprocess.run(
        [
            sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--retries=1",
            "--no-cache-dir", "--ignore-requires-python", f"--report={report}",
            f"--target={tmp_path / 'nothing'}", "--only-binary=:all:", "--implementation=cp",
            f"--python-version={python}", f"--abi={abi}", "--abi=abi3", "--abi=none",
            *(f"--platform=manylinux_{glibc}_x86_64" for glibc in GLIBC),
            "--platform=manylinux2014_x86_64", *map(str, declared(()).values()),
        ], capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode and "connection broken" in done.stderr:
        pytest.skip("no network")
    assert done.returncode == 0, done.stderr
    found = [one["metadata"] for one in json.loads(report.read_text(encoding="utf-8"))["install"]]
    assert {canonicalize_name(name) for name in declared(())} <= {
        canonicalize_name(metadata["name"]) for metadata in found
    }
    for metadata in found:
        assert SpecifierSet(metadata.get("requires_python", "")).contains(f"{python}.0"), metadata


def test_locks_agree_and_later_locks_repeat_no_package_of_the_first():
    first, *others = (locked(lock) for lock in LOCKS)
    for other in others:
        assert not first.keys() & other.keys()
    assert {name: v for name, v in others[0].items() if others[1].get(name, v) != v} == {}


def test_tensorflow_is_only_in_the_lock_of_its_extra_as_one_build_per_platform():
    names = {
        name for name in locked("requirements.lock") if name.startswith(("tensorflow", "keras"))
    }
    assert names == set()
    builds = [Requirement(line) for line in PROJECT["optional-dependencies"]["tensorflow"]]
    for system, machine in (("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64")):
        place = {"sys_platform": system, "platform_machine": machine}
        taken = [build.name for build in builds if build.marker.evaluate(place)]
        assert taken == ["tensorflow-cpu" if machine == "x86_64" else "tensorflow"]
    versions = locked("tensorflow.lock")
    assert versions["tensorflow"] == versions["tensorflow-cpu"]


def test_every_locked_package_has_a_hash_and_no_lock_names_an_index():
    for lock in LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        entries = re.split(r"\n(?=\w)", text.strip())
        assert len(entries) == sum(map(len, locked(lock).values()))
        assert all("--hash=sha256:" in entry for entry in entries)
        assert "://" not in text and "--index" not in text and "--find-links" not in text


def test_environment_follows_the_locks():
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == environment()


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment(), encoding="utf-8")
    print("wrote environment.yml")

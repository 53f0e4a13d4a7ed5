"""pyproject.toml, the locks and environment.yml agree.

`python tests/test_environment.py` writes environment.yml from the others.
"""

import re
import tomllib
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PYTHON = "3.11"  # of environment.yml: the lowest supported
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


def locked(*locks):
    """Lists of versions in locks by package; several if they differ between Pythons."""
    versions = {}
    for lock in locks:
        text = (ROOT / lock).read_text(encoding="utf-8")
        for name, version in re.findall(r"^([\w.-]+)==([\w.+!-]+)", text, re.MULTILINE):
            versions.setdefault(name, []).append(version)
    return versions


def environment():
    """The text that environment.yml must have."""
    versions = locked("requirements.lock", "tensorflow.lock")
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


def test_locks_hold_every_declared_package_once_within_its_range():
    for lock, extras in LOCKS.items():
        versions = locked(*{"requirements.lock", lock})
        for name, requirement in declared(extras).items():
            assert len(versions[name]) == 1, name
            assert requirement.specifier.contains(versions[name][0]), name


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

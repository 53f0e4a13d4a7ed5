"""pyproject.toml, requirements.lock and environment.yml say the same.

`python tests/test_environment.py` writes environment.yml from the other two.
"""

import re
import tomllib
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PYTHON = "3.11"  # of environment.yml: the lowest supported


def declared():
    """Requirements of pyproject.toml with all extras, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


def locked():
    """Versions of requirements.lock, by name: a list where they differ between Pythons."""
    versions = {}
    for name, version in re.findall(
        r"^([\w.-]+)==([\w.+!-]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE
    ):
        versions.setdefault(name, []).append(version)
    return versions


def environment():
    """What environment.yml has to be."""
    pins = "".join(f"      - {name}=={locked()[name][0]}\n" for name in sorted(declared()))
    return (
        "# Written by `make lock`: the direct dependencies at the versions of requirements.lock.\n"
        "# From PyPI, so that they are the very builds the lock names. After it: pip install -e .\n"
        "name: data-values\n"
        "channels:\n  - conda-forge\n"
        f"dependencies:\n  - python={PYTHON}\n  - pip\n  - pip:\n{pins}"
    )


def test_lock_holds_every_declared_package_once_within_its_range():
    for name, requirement in declared().items():
        assert len(locked()[name]) == 1, name
        assert requirement.specifier.contains(locked()[name][0]), name


def test_every_locked_package_has_a_hash_and_nothing_tells_where_from():
    text = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"\n(?=\w)", text.strip())
    assert len(entries) == sum(map(len, locked().values()))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text and "--index" not in text and "--find-links" not in text


def test_environment_is_what_the_lock_says():
    assert (ROOT / "environment.yml").read_text() == environment()


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment())
    print("wrote environment.yml")

"""The files for containers state what the project needs. No container is built."""

import json
import re
from pathlib import Path

from packaging.specifiers import SpecifierSet
from test_environment import PROJECT

ROOT = Path(__file__).parents[1]
PYTHONS = SpecifierSet(PROJECT["requires-python"])
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_devcontainer_has_a_python_we_support_and_runs_a_target_of_make():
    text = (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    settings = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))  # comments
    assert PYTHONS.contains(settings["image"].removeprefix("python:"))
    target = settings["postCreateCommand"].removeprefix("make ")
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


def test_binder_has_a_python_we_support_and_the_locked_packages_and_installs_as_make_does():
    binder = ROOT / ".binder"
    name, version = (binder / "runtime.txt").read_text(encoding="utf-8").strip().split("-")
    assert name == "python" and PYTHONS.contains(version)
    lines = (binder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    files = [line.removeprefix("-r ") for line in lines if not line.startswith("#")]
    assert [(binder / file).resolve() for file in files] == [ROOT / "requirements.lock"]
    (command,) = re.findall(r"python (-m pip .*)", (binder / "postBuild").read_text("utf-8"))
    assert f"$(RUN) {command}\n" in MAKEFILE

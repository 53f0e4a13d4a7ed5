"""The files for containers state what the project needs.

No container is built. devcontainer.json is checked against a small schema of our own, which knows
only the keys that we use. The step for Binder runs with a script in place of Python.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from jsonschema import ValidationError, validate
from packaging.specifiers import SpecifierSet
from test_environment import PROJECT

ROOT = Path(__file__).parents[1]
BINDER = ROOT / ".binder"
PYTHONS = SpecifierSet(PROJECT["requires-python"])
TEXT = {"type": "string", "minLength": 1}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "image", "postCreateCommand"],
    "properties": {
        "name": TEXT,
        "image": {"type": "string", "pattern": r"^python:3\.\d+$"},
        "postCreateCommand": {"type": "string", "pattern": "^make [a-z]+$"},
        "forwardPorts": {"type": "array", "items": {"type": "integer", "maximum": 65535}},
        "customizations": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "vscode": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "extensions": {
                            "type": "array",
                            "items": {"type": "string", "pattern": r"^[\w-]+\.[\w-]+$"},
                        },
                        "settings": {"type": "object"},
                    },
                }
            },
        },
    },
}


@pytest.fixture
def devcontainer():
    text = (ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8")
    return json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))  # comments are allowed


def test_devcontainer_follows_the_schema(devcontainer):
    validate(devcontainer, SCHEMA)
    assert PYTHONS.contains(devcontainer["image"].removeprefix("python:"))
    target = devcontainer["postCreateCommand"].removeprefix("make ")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_schema_refuses_a_misspelt_key(devcontainer):
    with pytest.raises(ValidationError, match="postCreateComand"):
        validate(devcontainer | {"postCreateComand": "make setup"}, SCHEMA)


def test_binder_has_a_python_we_support_and_the_locked_packages():
    name, version = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip().split("-")
    assert name == "python" and PYTHONS.contains(version)
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    files = [line.removeprefix("-r ") for line in lines if not line.startswith("#")]
    assert [(BINDER / file).resolve() for file in files] == [ROOT / "requirements.lock"]


def test_binder_installs_the_package_as_make_does(tmp_path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\npwd > "{tmp_path}/calls"\necho "$*" >> "{tmp_path}/calls"\n')
    python.chmod(0o755)
    step = BINDER / "postBuild"
    assert os.access(step, os.X_OK)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    subprocess.run([step], cwd=ROOT, env=os.environ | {"PATH": path}, check=True)
    where, words = (tmp_path / "calls").read_text().splitlines()
    assert Path(where) == ROOT
    assert f"$(RUN) {words}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")

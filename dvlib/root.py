"""Where the project lies, and what stands for the state of its sources and libraries."""

import ast
import hashlib
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
# Distributions of the same library under several names; their numbers are the same.
BUILDS = {"tensorflow": ("tensorflow", "tensorflow-cpu")}


def project_root():
    """The clone this package is installed from, or the working directory where there is none."""
    return PACKAGE.parent if (PACKAGE.parent / "pyproject.toml").exists() else Path.cwd()


def library_version(library):
    """Version of an installed library, whichever build it is, or None where there is none."""
    for name in BUILDS.get(library, (library,)):
        with suppress(PackageNotFoundError):
            return version(name)
    return None


def source_digest():
    """SHA-256 of all sources of dvlib, byte by byte; texts that code reads (`.toml`) count too."""
    paths = (path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".toml"))
    return _sha256(path.read_bytes() for path in sorted(paths))


def code_digest(*parts):
    """SHA-256 of what some packages or modules compute: docstrings and comments do not count.

    Parameters
    ----------
    parts : such as "engine" or "methods/out_of_distribution", from the top of dvlib
    """
    paths = []
    for part in parts:
        folder = PACKAGE / part
        paths += sorted(folder.rglob("*.py")) or [folder.with_suffix(".py")]
    return _sha256(_code_of(path) for path in paths)


def _code_of(path):
    """A module's syntax tree as bytes, without docstrings and places in the file."""
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                del node.body[0]
    return f"{path.relative_to(PACKAGE)}\n{ast.dump(tree)}\n".encode()


def _sha256(pieces):
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()

"""The project's folder, digests of its sources and versions of its libraries."""

import ast
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
# A library may be distributed under several names, with the same version numbers.
BUILDS = {"tensorflow": ("tensorflow", "tensorflow-cpu")}


def project_root():
    """The clone that holds this package, or the working directory if there is no clone."""
    return PACKAGE.parent if (PACKAGE.parent / "pyproject.toml").exists() else Path.cwd()


def library_version(library):
    """Version of a library, from any of its builds, or None if none is installed."""
    for name in BUILDS.get(library, (library,)):
        with suppress(PackageNotFoundError):
            return version(name)
    return None


def source_digest():
    """SHA-256 of the bytes of all `.py` and `.toml` files of dvlib."""
    paths = (path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".toml"))
    return sha256(b"".join(path.read_bytes() for path in sorted(paths))).hexdigest()


def code_digest(*parts):
    """SHA-256 of the code of some packages or modules, without docstrings and comments.

    Parameters
    ----------
    parts : paths below dvlib without suffix, such as "engine" or "methods/out_of_distribution"
    """
    paths = []
    for part in parts:
        folder = PACKAGE / part
        paths += sorted(folder.rglob("*.py")) or [folder.with_suffix(".py")]
    return sha256(b"".join(map(_code_of, paths))).hexdigest()


def _code_of(path):
    """A module's syntax tree as bytes, without docstrings and line numbers."""
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                del node.body[0]
    return f"{path.relative_to(PACKAGE)}\n{ast.dump(tree)}\n".encode()

"""The project's folder, digests of its sources, versions of its libraries, and its environment.

It imports no library, since libraries read some environment variables when they are imported.
"""

import ast
import os
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
# A library may be distributed under several names, with the same version numbers.
BUILDS = {"tensorflow": ("tensorflow", "tensorflow-cpu")}
# Environment variables of Python that stay: where Python and bytecode lie. PYTHONPATH is there so
# that kernels import the same modules as the process that starts them.
KEPT = (
    "PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX",
    "PYTHONUNBUFFERED", "PYTHONUTF8",
)  # fmt: skip
FOREIGN = ("MATPLOTLIBRC", "MPLBACKEND", "NUMBA_DISABLE_JIT")


def in_clone():
    """Whether this package lies in a clone, with notebooks and figures, or was installed alone."""
    return (PACKAGE.parent / "pyproject.toml").exists()


def project_root():
    """The clone that holds this package, or the working directory if there is no clone."""
    return PACKAGE.parent if in_clone() else Path.cwd()


def kept_folder():
    """Folder of what is kept between runs: `.cache` of the clone, or the user's cache of dvlib."""
    if in_clone():
        return project_root() / ".cache"
    from platformdirs import user_cache_path

    return user_cache_path("dvlib", appauthor=False)


def place_compiled_code():
    """Without a clone, have compiled code kept in `kept_folder`, unless the user chose a place."""
    if not in_clone():
        os.environ.setdefault("NUMBA_CACHE_DIR", str(kept_folder() / "numba"))


def library_version(library):
    """Version of a library, from any of its builds, or None if none is installed."""
    for name in BUILDS.get(library, (library,)):
        with suppress(PackageNotFoundError):
            return version(name)
    return None


def drop_foreign_variables():
    """Delete switches of Python and settings of other libraries from this process's environment.

    They are meant for other programs of the user, and must not reach the suite or its kernels.
    `make` leaves them out itself; `python -m dvlib` and pytest call this.
    """
    for name in list(os.environ):
        if name in FOREIGN or (name.startswith("PYTHON") and name not in KEPT):
            del os.environ[name]


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

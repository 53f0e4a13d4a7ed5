"""Where the project lies, and what stands for the state of its sources and libraries."""

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


def source_digest(*modules):
    """SHA-256 of some packages or modules of dvlib; of all of its files when none is named.

    Texts that code reads (`.toml`) count too.
    """
    paths = []
    for name in modules or ("",):
        folder = PACKAGE / name
        found = folder.rglob("*") if folder.is_dir() else [folder.with_suffix(".py")]
        paths += sorted(path for path in found if path.suffix in (".py", ".toml"))
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()

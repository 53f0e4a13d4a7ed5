"""Where the project lies, and what stands for the state of its sources."""

import hashlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def project_root():
    """The clone this package is installed from, or the working directory where there is none."""
    return PACKAGE.parent if (PACKAGE.parent / "pyproject.toml").exists() else Path.cwd()


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

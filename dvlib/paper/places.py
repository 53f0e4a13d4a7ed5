"""Where the files of a run go, and in which format its picture is drawn.

Environment variables say so, because a run hands them on to its kernels.
"""

import os
from pathlib import Path

from dvlib.checks import check_choice
from dvlib.root import project_root

FORMATS = ("png", "pdf", "svg")
BUILD_VARIABLE = "DVLIB_BUILD"  # a folder that replaces `build` of the clone
FORMAT_VARIABLE = "DVLIB_FORMAT"  # one of FORMATS; not set = the first
FROM_VARIABLE = "DVLIB_FROM"  # the folder that make was called from
# A folder that replaces `figures` for bundles of the figures' own settings. `dvlib.suite.verify`
# sets it for the kernels that it starts.
FOLDER_VARIABLE = "DVLIB_FIGURES"


def build_folder():
    """Folder of everything that runs write, except for `figures`.

    A relative path is seen from the folder that make was called from, or else from the working
    directory.
    """
    folder = os.environ.get(BUILD_VARIABLE)
    if not folder:
        return project_root() / "build"
    seen_from = os.environ.get(FROM_VARIABLE) or "."
    return Path(seen_from, Path(folder).expanduser()).resolve()


def fix_build_folder():
    """Make the path of the build folder absolute.

    Kernels work in another folder, where the same relative path would be another one.
    """
    if os.environ.get(BUILD_VARIABLE):
        os.environ[BUILD_VARIABLE] = str(build_folder())


def picture_format():
    """The format of pictures, one of `FORMATS`; another one raises a ValueError."""
    return check_choice("format", os.environ.get(FORMAT_VARIABLE) or FORMATS[0], FORMATS)


def figures_folder():
    """Folder of the bundles of the figures' own settings, as PNGs."""
    return project_root() / (os.environ.get(FOLDER_VARIABLE) or "figures")


def display_path(path):
    """A path as messages show it: relative to the clone if it lies there."""
    root = project_root()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)

"""A figure's parameters from the words of a command line: name=value, checked before any run."""

import ast
import os
import warnings
from pathlib import Path

from dvlib.data.tables import find_csv, is_csv
from dvlib.paper.places import FROM_VARIABLE
from dvlib.paper.settings import parameter_names, resolve

PAPER = {"preset": "paper"}  # the settings of a run without assignments


def parse_parameters(figure_id, assignments):
    """Dict from "name=value" strings, with the checks that the notebook would do.

    The path of a table becomes absolute.

    Raises
    ------
    ValueError : not an assignment, an unknown or repeated name, or a value that `resolve` refuses
    """
    names, parameters = parameter_names(figure_id), {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise ValueError(f"{assignment!r}: give name=value, with a name of {', '.join(names)}")
        if name in parameters:
            raise ValueError(f"{name} is given twice: give it once")
        parameters[name] = _value(text)
    if is_csv(parameters.get("dataset")):
        parameters["dataset"] = _absolute(parameters["dataset"])
    resolve(figure_id, **parameters or PAPER)
    return parameters


def _absolute(name):
    """Absolute path of a table, as seen from the user's folder.

    It is resolved only once: a kernel works in another folder, where the same relative path may be
    another file. `make -C` works in the clone and names the folder that it was called from.
    """
    places = [Path(folder, name) for folder in (os.environ.get(FROM_VARIABLE) or ".", ".")]
    found = [path.resolve() for path in places if path.is_file()]
    if len(set(found)) > 1:
        raise ValueError(
            f"data set {name!r}: it may be {' or '.join(map(str, found))}; give the whole path"
        )
    return str(found[0] if found else find_csv(name))


def _value(text):
    """A value from its text: yes or no, a Python literal, or else the text itself as a string."""
    if text.lower() in ("yes", "no"):  # as in YAML, and as in make's own TENSORFLOW=no
        return text.lower() == "yes"
    try:
        with warnings.catch_warnings(action="ignore"):  # Python's SyntaxWarning for odd text
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text

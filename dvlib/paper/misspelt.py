"""Refuses misspelt parameter names in a notebook.

A notebook's `globals()` also hold the reader's own variables. An unknown name is therefore refused
only if it resembles a parameter's name, or if papermill injected it: everything in the injected
cell is meant as a parameter.
"""

import ast
import difflib

from dvlib.checks import is_plain

HEADER = "# Parameters\n"  # the first line of the cell that papermill injects


def refuse_misspelt(parameters, names, everywhere):
    """Raise a ValueError for a name that is meant as a parameter but is not in `names`.

    Parameters
    ----------
    parameters : dict, possibly a notebook's `globals()`
    names : parameters of the figure
    everywhere : parameters of all figures
    """
    injected = injected_names(parameters)
    for name, value in parameters.items():
        if name in names or name.startswith("_") or not (is_plain(value) or name in injected):
            continue
        if name in everywhere:
            raise ValueError(f"{name} is not a parameter of this figure: give {', '.join(names)}")
        part_of = [known for known in names if len(name) > 2 and name.lower() in known.split("_")]
        near = part_of or difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.75)
        if near:
            raise ValueError(
                f"unknown parameter {name!r}: give {', '.join(names)}; did you mean {near[0]!r}?"
            )
        if name in injected:
            raise ValueError(f"unknown parameter {name!r}: give {', '.join(names)}")


def injected_names(namespace):
    """The set of names that papermill's cells assign in a notebook's `globals()`.

    IPython keeps the sources of executed cells in `In`. Without it, nothing was injected.
    """
    sources = namespace.get("In")
    if not isinstance(sources, list):
        return set()
    cells = [source for source in sources if isinstance(source, str) and source.startswith(HEADER)]
    nodes = [node for cell in cells for node in ast.parse(cell).body]
    assigned = [node for node in nodes if isinstance(node, ast.Assign)]
    return {target.id for node in assigned for target in node.targets}

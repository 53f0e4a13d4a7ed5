"""Names that are meant as parameters of a notebook and are none.

A notebook's `globals()` hold whatever its reader defined, so that a name nobody knows may be the
reader's own: it is refused where it looks like a parameter's. What stands in the cell that
papermill injects is meant as a parameter, whatever it looks like.
"""

import ast
import difflib

from dvlib.checks import is_plain

HEADER = "# Parameters\n"  # papermill's, of the cell it injects


def refuse_misspelt(parameters, names, everywhere):
    """Raise a ValueError for a name that is meant as a parameter and is none of `names`.

    Parameters
    ----------
    parameters : dict that may be a notebook's `globals()`
    names : parameters of the figure
    everywhere : those of all figures
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
    """Names that papermill's cells assign, a set; `namespace` is a notebook's `globals()`.

    IPython keeps the sources of the cells that were run in `In`. Elsewhere nothing is injected.
    """
    sources = namespace.get("In")
    if not isinstance(sources, list):
        return set()
    cells = [one for one in sources if isinstance(one, str) and one.startswith(HEADER)]
    nodes = [node for one in cells for node in ast.parse(one).body]
    assigned = [node for node in nodes if isinstance(node, ast.Assign)]
    return {target.id for node in assigned for target in node.targets}

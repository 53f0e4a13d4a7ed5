"""Rules for the stored notebooks: they are short, contain no logic, and are stored with output.

These checks read the notebooks and do not run them. nbval checks that the output is up to date.
"""

import ast
import re

import nbformat

from dvlib.paper.manifest import FIGURES
from dvlib.paper.parameters import COMMON
from dvlib.paper.settings import parameter_names

CHECKED = "nbval-check-output"
WITHOUT_FIGURE = ("playground",)  # notebooks that make no figure, and so have no parameters
FORBIDDEN = (
    ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.While, ast.comprehension, ast.If,
)  # fmt: skip
MACHINE_PATH = re.compile(r"(/home/|/root/|/tmp/|/work/|/Users/|[A-Z]:\\\\)")
LARGEST = 400_000  # bytes


def problems(path, figure_id):
    """Problems of a stored notebook, as sentences; `figure_id` is None for `WITHOUT_FIGURE`."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    if len(code) > 6:
        found.append(f"{len(code)} code cells, six are allowed")
    if path.stat().st_size > LARGEST:
        found.append("larger than 400 KB")
    for cell in code:
        if re.search(r"^\s*[%!]", cell.source, re.MULTILINE):
            found.append(f"magic in {cell.source!r}")
            continue
        if any(isinstance(node, FORBIDDEN) for node in ast.walk(ast.parse(cell.source))):
            found.append(f"logic in {cell.source!r}")
    if figure_id is not None:
        found += _parameter_problems(code[0], figure_id)
    found += _output_problems(code)
    if set(notebook.metadata) != {"kernelspec", "language_info"}:
        found.append(f"metadata {sorted(notebook.metadata)}: run `make notebooks`")
    if "What differs" not in notebook.cells[-1].source:
        found.append("the last cell does not say what differs from the paper")
    return found


def _parameter_problems(cell, figure_id):
    if cell.metadata.get("tags") != ["parameters"]:
        return ["the first code cell has not the one tag `parameters`"]
    statements = ast.parse(cell.source).body
    if not all(isinstance(s, ast.Assign) and isinstance(s.value, ast.Constant) for s in statements):
        return ["the parameters are not all literals"]
    names = tuple(s.targets[0].id for s in statements)
    if names[: len(COMMON)] != COMMON or names != parameter_names(figure_id):
        return [f"parameters {names}, the manifest says {parameter_names(figure_id)}"]
    return []


def _output_problems(code):
    found = []
    checked = [cell for cell in code if CHECKED in cell.metadata.get("tags", ())]
    for what, sign in (("resolve", "dvlib.resolve"), ("claims", "print(*verdicts")):
        for cell in code:
            if sign in cell.source and cell not in checked:
                found.append(f"the {what} cell is not compared")
    if not checked:
        found.append("no cell is compared")
    for cell in checked:
        if cell.execution_count is None or not cell.outputs:
            found.append(f"no stored output to compare with: {cell.source!r}")
    for cell in code:
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                found.append(f"stored error or stderr: {cell.source!r}")
            if MACHINE_PATH.search(str(output.get("text", "")) + str(output.get("data", {}))):
                found.append(f"stored output with a path of a machine: {cell.source!r}")
    return found


def problems_of_file(path):
    """`problems` of any file, also of one that is unreadable or not a notebook of the suite."""
    ids = {entry.stem: entry.id for entry in FIGURES.values()} | dict.fromkeys(WITHOUT_FIGURE)
    if path.suffix != ".ipynb" or path.stem not in ids:
        return ["no figure of the manifest (dvlib/paper/manifest.py) has a notebook of this name"]
    try:
        return problems(path, ids[path.stem])
    except SyntaxError as error:
        return [f"a cell is not Python: {error.text!r}"]
    except (OSError, ValueError, nbformat.ValidationError) as error:
        return [f"cannot be read as a notebook: {error}"]

"""For authors: run notebooks, store the output in them, and check the rules that they keep.

Readers see the stored notebooks first, and nbval compares new output with theirs. What the
notebooks write, their pictures, tables and verdicts, is frozen by its hash in `frozen.json`. The
rules say that notebooks are short, contain no logic, and are stored with output.
"""

import ast
import json
import os
import re
from hashlib import sha256

import nbformat

from dvlib.paper.manifest import FIGURES
from dvlib.paper.places import BUILD_VARIABLE, FOLDER_VARIABLE, FORMAT_VARIABLE
from dvlib.paper.settings import COMMON, parameter_names
from dvlib.refits.store import processor
from dvlib.root import project_root
from dvlib.suite.forking import fork_kernels
from dvlib.suite.kernels import FOLDER, start_kernel, stop_kernel

# An editor writes the name of its own kernel, which others do not have.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FROZEN = "frozen.json"  # beside the notebooks
CHECKED = "nbval-check-output"
WITHOUT_FIGURE = ("playground",)  # notebooks that make no figure, and so have no parameters
FORBIDDEN = (
    ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.While, ast.comprehension, ast.If,
)  # fmt: skip
MACHINE_PATH = re.compile(r"(/home/|/root/|/tmp/|/work/|/Users/|[A-Z]:\\\\)")
LARGEST = 400_000  # bytes
WIDGET = "application/vnd.jupyter.widget-view+json"


def store(path):
    """Execute a notebook in place and write it back without times, versions and editors' marks."""
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    kernel = start_kernel()
    try:
        NotebookClient(notebook, km=kernel, record_timing=False, store_widget_state=False).execute()
    finally:
        stop_kernel(kernel)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        output.get("data", {}).pop(WIDGET, None)  # it has no state, so it would be shown as broken
    notebook.metadata = nbformat.from_dict(METADATA)
    nbformat.write(notebook, path)


def store_all(stems):
    """Store some notebooks, by their names without suffix, one after the other."""
    os.environ["TQDM_DISABLE"] = "1"
    fork_kernels()
    for name in (BUILD_VARIABLE, FORMAT_VARIABLE, FOLDER_VARIABLE):
        os.environ.pop(name, None)  # the output names the files that were written
    for stem in stems:
        path = project_root() / FOLDER / f"{stem}.ipynb"
        print(f"storing {path.relative_to(project_root())} …", flush=True)
        store(path)
        if any(stem == entry.stem for entry in FIGURES.values()):
            freeze([stem])


def results_of(stem):
    """What a notebook wrote at `quick`, as a dict.

    "csv" and "png" have the SHA-256 of these files, "verdicts" has the verdict of each claim.
    """
    files = {end: project_root() / "build" / "quick" / f"{stem}.{end}" for end in ("csv", "png")}
    hashes = {end: sha256(path.read_bytes()).hexdigest() for end, path in files.items()}
    record = json.loads(files["csv"].with_suffix(".json").read_text(encoding="utf-8"))
    verdicts = {name: claim["verdict"] for name, claim in record["claims"].items()}
    return hashes | {"verdicts": verdicts}


def frozen():
    """The frozen results: "processor", on which they were computed, and "notebooks" by name."""
    return json.loads((project_root() / FOLDER / FROZEN).read_text(encoding="utf-8"))


def freeze(stems):
    """Replace the frozen results of some notebooks by those of their last run at `quick`."""
    kept = frozen()
    if kept["processor"] != processor():  # the bytes of dropout's results depend on it
        raise RuntimeError(
            f"results are frozen on {kept['processor']}, this is {processor()}: delete "
            f"{FOLDER}/{FROZEN}'s notebooks, and store all of them here"
        )
    kept["notebooks"] |= {stem: results_of(stem) for stem in stems}
    kept["notebooks"] = dict(sorted(kept["notebooks"].items()))
    text = json.dumps(kept, indent=1) + "\n"
    (project_root() / FOLDER / FROZEN).write_text(text, encoding="utf-8")


def problems(path, figure_id):
    """Problems of a stored notebook, as sentences; `figure_id` is None for `WITHOUT_FIGURE`."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    wrong = [] if len(code) <= 6 else [f"{len(code)} code cells, six are allowed"]
    if path.stat().st_size > LARGEST:
        wrong.append("larger than 400 KB")
    for cell in code:
        if re.search(r"^\s*[%!]", cell.source, re.MULTILINE):
            wrong.append(f"magic in {cell.source!r}")
        elif any(isinstance(node, FORBIDDEN) for node in ast.walk(ast.parse(cell.source))):
            wrong.append(f"logic in {cell.source!r}")
    if figure_id is not None:
        wrong += _parameter_problems(code[0], figure_id)
    wrong += _output_problems(code)
    if set(notebook.metadata) != {"kernelspec", "language_info"}:
        wrong.append(f"metadata {sorted(notebook.metadata)}: run `make notebooks`")
    if "What differs" not in notebook.cells[-1].source:
        wrong.append("the last cell does not say what differs from the paper")
    return wrong


def _parameter_problems(cell, figure_id):
    statements = ast.parse(cell.source).body
    if cell.metadata.get("tags") != ["parameters"]:
        yield "the first code cell has not the one tag `parameters`"
    elif all(isinstance(s, ast.Assign) and isinstance(s.value, ast.Constant) for s in statements):
        names = tuple(s.targets[0].id for s in statements)
        if names[: len(COMMON)] != COMMON or names != parameter_names(figure_id):
            yield f"parameters {names}, the manifest says {parameter_names(figure_id)}"
    else:
        yield "the parameters are not all literals"


def _output_problems(code):
    checked = [cell for cell in code if CHECKED in cell.metadata.get("tags", ())]
    for what, sign in (("resolve", "dvlib.resolve"), ("claims", "print(*verdicts")):
        if any(sign in cell.source and cell not in checked for cell in code):
            yield f"the {what} cell is not compared"
    if not checked:
        yield "no cell is compared"
    for cell in checked:
        if cell.execution_count is None or not cell.outputs:
            yield f"no stored output to compare with: {cell.source!r}"
    for cell in code:
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                yield f"stored error or stderr: {cell.source!r}"
            if MACHINE_PATH.search(str(output.get("text", "")) + str(output.get("data", {}))):
                yield f"stored output with a path of a machine: {cell.source!r}"


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

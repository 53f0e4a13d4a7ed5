"""For authors: run notebooks with their stored parameters and store the output in them.

Readers see the stored notebooks first, and nbval compares new output with theirs. What the
notebooks write, their pictures, tables and verdicts, is frozen by its hash in `frozen.json`.
"""

import json
import os
from hashlib import sha256

import nbformat
from nbclient import NotebookClient

from dvlib.paper.manifest import FIGURES
from dvlib.paper.places import BUILD_VARIABLE, FOLDER_VARIABLE, FORMAT_VARIABLE
from dvlib.refits.store import processor
from dvlib.root import project_root
from dvlib.suite.kernels import FOLDER, start_kernel, stop_kernel

# An editor writes the name of its own kernel, which others do not have.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FROZEN = "frozen.json"  # beside the notebooks
WIDGET = "application/vnd.jupyter.widget-view+json"


def store(path):
    """Execute a notebook in place and write it back without times, versions and editors' marks."""
    notebook = nbformat.read(path, as_version=4)
    kernel = start_kernel()
    try:
        NotebookClient(
            notebook, km=kernel, record_timing=False, store_widget_state=False
        ).execute()  # fmt: skip
    finally:
        stop_kernel(kernel)
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        output.get("data", {}).pop(WIDGET, None)  # it has no state, so it would be shown as broken
    notebook.metadata = nbformat.from_dict(METADATA)
    nbformat.write(notebook, path)


def store_all(stems):
    """Store some notebooks, by their names without suffix, one after the other."""
    os.environ["TQDM_DISABLE"] = "1"
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

"""For authors: run notebooks with their stored parameters and store the output in them.

Readers see the stored notebooks first, and nbval compares new output with theirs.
"""

import os

import nbformat
from nbclient import NotebookClient

from dvlib.paper.places import BUILD_VARIABLE, FOLDER_VARIABLE, FORMAT_VARIABLE
from dvlib.root import project_root
from dvlib.suite.kernels import FOLDER, start_kernel, stop_kernel

# An editor writes the name of its own kernel, which others do not have.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
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

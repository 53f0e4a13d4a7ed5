"""For authors: run notebooks with their stored parameters and store the output in them.

Readers see the stored notebooks first, and nbval compares new output with theirs.
"""

import os

import nbformat
from nbclient import NotebookClient

from dvlib.root import project_root
from dvlib.suite.kernels import FOLDER, set_kernel_environment


def store(path):
    """Execute a notebook in place and write it back without times and versions."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": path.parent}},
        record_timing=False, store_widget_state=False, extra_arguments=["--log-level=ERROR"],
    )  # fmt: skip
    client.execute()
    notebook.metadata.language_info = {"name": "python"}
    nbformat.write(notebook, path)


def store_all(entries):
    """Store the notebooks of some manifest entries, one after the other."""
    os.environ["TQDM_DISABLE"] = "1"
    set_kernel_environment()
    for entry in entries:
        path = project_root() / FOLDER / f"{entry.stem}.ipynb"
        print(f"storing {path.relative_to(project_root())} …", flush=True)
        store(path)

"""For authors: run notebooks at their stored parameters and keep the output in them.

The stored notebooks are what readers see first and what nbval compares with.
"""

import os

import nbformat
from nbclient import NotebookClient

from dvlib.root import project_root
from dvlib.suite.run import FOLDER, set_kernel_environment


def store(path):
    """Execute one notebook where it stands and write it back without times and versions."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": path.parent}},
        record_timing=False, store_widget_state=False, extra_arguments=["--log-level=ERROR"],
    )  # fmt: skip
    client.execute()
    notebook.metadata.language_info = {"name": "python"}
    nbformat.write(notebook, path)


def store_all(entries):
    """Store the notebooks of some entries of the manifest, one after the other."""
    os.environ["TQDM_DISABLE"] = "1"
    set_kernel_environment()
    for entry in entries:
        path = project_root() / FOLDER / f"{entry.stem}.ipynb"
        print(f"storing {path.relative_to(project_root())} …", flush=True)
        store(path)

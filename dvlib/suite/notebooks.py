"""For authors: run notebooks at their stored parameters and keep the output in them.

    python -m dvlib.suite.notebooks              all of them
    python -m dvlib.suite.notebooks fig01 …      these

The stored notebooks are what readers see first and what nbval compares with.
"""

import os
import sys

import nbformat
from nbclient import NotebookClient

from dvlib.paper.manifest import FIGURES, figure_entry
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


def main(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        entries = [figure_entry(one) for one in arguments or FIGURES]
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    os.environ["TQDM_DISABLE"] = "1"
    set_kernel_environment()
    for entry in entries:
        path = project_root() / FOLDER / f"{entry.stem}.ipynb"
        print(f"storing {path.relative_to(project_root())} …", flush=True)
        store(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())

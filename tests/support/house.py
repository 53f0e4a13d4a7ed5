"""Measures the proportions of the package: `python tests/support/house.py [COMMIT]`.

Without a commit it measures the working tree. With one, a copy of that commit.
"""

import ast
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path

# Ideas that the plane and tables, or claims and statements, once built separately, by the
# definition that now serves both; "" = there are still two.
ONCE = {
    "batch of refits": "class Probabilities", "settings of a batch": "def with_runs",
    "a point more or less": "def with_one_more", "watched runs": "class Trajectory(",
    "sets of one class": "def one_class(", "set-up of DVRL": "def learn_to_select",
    "list of methods": "def known_methods", "strata of Shapley values": "",
    "claim and statement": "",
}  # fmt: skip
LITERALS = ast.Dict | ast.Tuple | ast.List | ast.Constant
PASSES = (".added_points", ".mesh_alone")  # which cells of the earlier notebooks read
METHODS = (
    "leave-one-out", "forgetting", "last learned", "last_learned", "memorization", "Shapley",
    "DVRL", "loo", "shapley", "dvrl", "oob", "banzhaf", "frequent", "simple",
)  # fmt: skip


def texts(folder, pattern):
    return {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob(pattern))}


def lists_of_methods(modules):
    """Module-level tuples and dicts, outside single figures, that name three methods or more."""
    found = []
    for path, text in modules.items():
        if {"figures", "studies", "claims", "unstated"} & {*path.parts}:
            continue
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign):
                words = {str(c.value).split(",")[0].split(" against")[0]
                         for c in ast.walk(node) if isinstance(c, ast.Constant)}  # fmt: skip
                if len(words & {*METHODS}) >= 3:
                    found.append(f"{path.stem}.{ast.unparse(node.targets[0])}")
    return found


def states_recipe(notebook):
    """Whether the cells hand a recipe (literals that a reader can change) to every sample.

    The recipe is an argument of a study, `study(settings, recipe)`, or stands beside a sample,
    `settings.sample()`. A cell that computes the drawn sample and hands it to a study,
    `study(settings, first)`, states it for that sample only.
    """
    cells = ["".join(cell["source"]) for cell in json.loads(notebook)["cells"]
             if cell["cell_type"] == "code"]  # fmt: skip
    trees = [ast.parse(cell) for cell in cells[2:] if "verdicts" not in cell]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    assigned = {ast.unparse(node.targets[0]): node.value
                for node in nodes if isinstance(node, ast.Assign)}  # fmt: skip
    stated = False
    for call in (node for node in nodes if isinstance(node, ast.Call)):
        called, given = ast.unparse(call.func), [*call.args, *(k.value for k in call.keywords)]
        values = [assigned.get(ast.unparse(argument), argument) for argument in given]
        if called.startswith("settings.sample") or called.endswith(
            (".added_points", ".mesh_alone")
        ):
            stated = True
        elif given and ast.unparse(given[0]) == "settings" and "bundle" not in called:
            if "_samples" in called and any(is_of_drawn(value) for value in values[1:]):
                return False
            stated |= any(isinstance(value, LITERALS) for value in values[1:])
    return stated


def is_of_drawn(value):
    """Whether an argument was computed from the settings, as the drawn sample is."""
    calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
    return any("settings" in map(ast.unparse, call.args) for call in calls)


def measures(root):
    """The measures of a clone: a dict of name → number."""
    modules, tests = texts(root / "dvlib", "*.py"), texts(root / "tests", "*.py")
    everything = "\n".join(modules.values())
    facade = ast.parse((root / "dvlib" / "__init__.pyi").read_text(encoding="utf-8"))
    imports = [node for node in facade.body if isinstance(node, ast.ImportFrom)]
    notebooks = texts(root / "notebooks", "*.ipynb")
    recipes = [path.stem for path, text in notebooks.items() if states_recipe(text)]
    twice = [idea for idea, shared in ONCE.items() if not shared or shared not in everything]
    return {
        "lines of dvlib": sum(text.count("\n") for text in modules.values()),
        "modules": len(modules),
        "lists of methods": len(lists_of_methods(modules)) + ("_REGISTERED" in everything),
        "ideas built twice": len(twice),
        "notebooks that state their recipe": f"{len(recipes)} of {len(notebooks)}",
        "names of the facade": sum(len(node.names) for node in imports),
        "lines of tests": sum(text.count("\n") for text in tests.values()),
    }


def calls_to_first_fit():
    """Calls from one module of dvlib into another, each pair once, from a cell to its first fit."""
    import dvlib

    top, pairs, fitted = str(Path(dvlib.__file__).parent), {}, []

    def seen(frame, event, _):
        called = frame.f_code
        inside = called.co_filename.startswith(top) and called.co_name != "<module>"
        if event == "call" and inside and not fitted:
            caller = frame.f_back
            while caller and not caller.f_code.co_filename.startswith(top):
                caller = caller.f_back
            pair = caller and caller.f_code.co_filename, called.co_filename
            if pair[0] != pair[1]:
                pairs[pair] = called.co_name
            if called.co_name == "train" and called.co_filename.endswith("mlp.py"):
                fitted.append(called)

    def cell(seed):
        settings = dvlib.resolve("fig01", grid_step=12, n_seeds=1, mesh_side=20, seed=seed)
        return settings.sample().refits

    cell(0)  # imports
    threading.setprofile(seen)
    sys.setprofile(seen)
    cell(int(time.time()))  # no result of it is in the cache
    sys.setprofile(None)
    threading.setprofile(None)
    return len(pairs)


def main(commit=None):
    root = Path(__file__).parents[2]
    with tempfile.TemporaryDirectory() as folder:
        if commit:
            packed = subprocess.run(
                ["git", "-C", root, "archive", commit, "dvlib", "tests", "notebooks"],
                capture_output=True, check=True,
            ).stdout  # fmt: skip
            with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
                archive.extractall(folder, filter="data")
            root = Path(folder)
        for name, number in measures(root).items():
            print(f"{name}: {number}")
    if not commit:
        print(f"calls between modules from a cell to the first fit: {calls_to_first_fit()}")


if __name__ == "__main__":
    main(*sys.argv[1:])

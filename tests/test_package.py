"""The package follows its rules: imports go in one direction, digests cover all code."""

import ast
import functools
import graphlib
import shutil
import subprocess
import sys

import pytest

import dvlib
from dvlib import root
from dvlib.engine.kernel.compiling import code_folder
from dvlib.refits import store
from dvlib.root import PACKAGE, code_digest
from dvlib.suite.kernels import NEEDED

# An import may only lead to the left.
ORDER = (
    "root",
    "checks",
    "engine",
    "refits",
    "data",
    "methods",
    "tables",
    "paper",
    "play",
    "suite",
)
# Within the paper: a package, and the packages that it may not import.
FORBIDDEN = (
    ("paper.judging", ("paper.drawing", "paper.figures")),
    ("paper.drawing", ("paper.figures",)),
)
# Figures whose modules other figures may import.
SHARED = ("leave_one_out", "dvrl", "comparison")


@functools.cache
def modules():
    """Syntax trees of all modules by dotted name, without `dvlib.`; the facade is ""."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(tree, known):
    """Names of the modules of dvlib that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "dvlib":
            base = node.module.removeprefix("dvlib").removeprefix(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}".removeprefix(".")
                found.add(inner if inner in known else base)
        elif isinstance(node, ast.Import):
            found |= {a.name[6:] for a in node.names if a.name.startswith("dvlib.")}
    return found & known.keys()


def wrong_edges(known):
    """Imports that break the rule, as "importing → imported"."""
    wrong = []
    for name, tree in known.items():
        for other in imports(tree, known):
            here, there = name.split(".")[0], other.split(".")[0]
            forbidden = any(
                name.startswith(part) and other.startswith(others) for part, others in FORBIDDEN
            )
            if here in ORDER and there and ORDER.index(there) > ORDER.index(here):
                forbidden = True
            if here in ORDER and not there:  # the facade is for users
                forbidden = True
            if forbidden:
                wrong.append(f"{name} → {other or 'dvlib'}")
    return sorted(wrong)


@pytest.mark.slow
def test_every_module_lies_in_a_known_package():
    assert {name.split(".")[0] for name in modules()} - {"", "__main__"} == {*ORDER}


def test_imports_only_lead_to_the_left():
    assert wrong_edges(modules()) == []


def test_no_figure_imports_another_but_for_those_that_are_shared():
    known, figures = modules(), "paper.figures."
    for name, tree in known.items():
        if name.startswith(figures):
            others = {other.removeprefix(figures) for other in imports(tree, known)
                      if other.startswith(figures)}  # fmt: skip
            assert others <= {*SHARED}, name


def test_the_rule_names_the_edge_that_breaks_it():
    known = modules() | {"engine.mlp": ast.parse("from dvlib.refits import store")}
    assert wrong_edges(known) == ["engine.mlp → refits.store"]
    known = modules() | {"paper.figures.rules": ast.parse("def f():\n from dvlib import method")}
    assert wrong_edges(known) == ["paper.figures.rules → dvlib"]


def test_imports_have_no_cycle():
    known = modules()
    graph = {name: imports(tree, known) - {name} for name, tree in known.items()}
    tuple(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError


def test_the_key_of_compiled_code_covers_all_its_code():
    known = modules()
    inside = {name for name in known if name.startswith("engine.kernel")}
    assert set().union(*(imports(known[name], known) for name in inside)) <= {*inside, "root"}
    assert code_folder().name == code_digest("engine/kernel")[:16]


def test_only_the_engine_decides_a_refit():
    known = modules()
    reached, todo = set(), ["engine.observe"]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += imports(known[name], known)
    assert {name.split(".")[0] for name in reached} == {"engine", "checks", "root"}


@pytest.fixture
def copied(monkeypatch, tmp_path):
    """Function that edits a copy of the package; returns whether the engine's digest changes."""
    digest = code_digest("engine")
    shutil.copytree(PACKAGE, tmp_path / "dvlib", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(root, "PACKAGE", tmp_path / "dvlib")

    def edit(name, before, after):
        path = tmp_path / "dvlib" / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
        return code_digest("engine") != digest

    return edit


@pytest.mark.parametrize(
    "name, before, after, changes",
    [
        ("engine/mlp.py", '"""Train one network on', '"""Fit one network to', False),
        ("engine/observe.py", '"""Refits of', '"""\n\nRefits of', False),
        ("engine/mlp.py", "# weight of the L2 term", "# of the L2 term", False),
        ("engine/mlp.py", "\n\n\ndef _train", "\n\n\n# A fit\n\n\ndef _train", False),
        ("checks.py", "the fit diverged", "the fit went astray", False),
        ("refits/batch.py", "CHUNK = 24", "CHUNK = 12", False),
        ("engine/kernel/stream.py", "6.0 / (fan_in", "6.1 / (fan_in", True),
        ("engine/kernel/boxes.py", "f32(0.5)", "f32(0.4)", True),
        ("engine/mlp.py", "alpha: float = 1e-4", "alpha: float = 1e-3", True),
    ],
)
def test_only_changes_of_code_change_the_digest_of_the_engine(copied, name, before, after, changes):
    assert copied(name, before, after) == changes


def test_the_digest_of_all_sources_includes_the_texts_of_figures(monkeypatch, tmp_path):
    monkeypatch.setattr(root, "PACKAGE", tmp_path)
    for name in ("mlp.py", "figures.toml", "notes.md"):
        (tmp_path / name).write_text("before")
    for name, seen in (("figures.toml", True), ("notes.md", False)):
        before = root.source_digest()
        (tmp_path / name).write_text("after")
        assert (root.source_digest() != before) == seen, name


@pytest.mark.parametrize("library", ["numpy", "scipy", "numba", "scikit-learn"])
def test_another_version_of_a_library_changes_the_key(monkeypatch, library):
    parts, real = store.engine_parts(), store.library_version
    monkeypatch.setattr(
        store, "library_version", lambda name: "0" if name == library else real(name)
    )
    assert {name for name, of in store.engine_parts().items() if of != parts[name]} == {
        f"version of {library}"
    }


def imported_by(*codes):
    """Names of the modules that a new process has imported after each of some codes."""
    code = "".join(f"{code}\nimport sys\nprint(*sys.modules)\n" for code in codes)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [set(line.split()) for line in done.stdout.splitlines()]


OPTIONAL = {"tensorflow", "dask", "distributed", "papermill"}
HEAVY = {"sklearn", "scipy.stats", "matplotlib", "joblib"} | OPTIONAL
MODELS = {f"sklearn.{name}" for name in ("neural_network", "gaussian_process", "svm", "cluster")}
FIGURE = f"""
import {NEEDED}, dvlib, numpy as np
data = dvlib.make_dataset("two_clusters", n_per_class=20)
settings = dvlib.RefitSettings(seeds=range(1), cache=False)
points = np.array([[3.0, 3.0]])
passes = dvlib.refits_with_point(data.X, data.y, points, np.array([1]), data.g, settings)
"""


def test_the_package_imports_a_library_when_it_is_first_used():
    first, then = imported_by("import dvlib", "dvlib.DataValues")
    assert first & ({"numpy", "pandas", "numba", "scipy"} | HEAVY) == set()
    assert "dvlib.methods.values" in then


@pytest.mark.slow
def test_a_command_without_a_figure_imports_nothing_that_only_figures_need():
    (found,) = imported_by("from dvlib.suite import command, findings, page, run")
    assert found & HEAVY == set()
    of_figures = ("dvlib.paper.figures.", "dvlib.methods.agreement", "dvlib.play.")
    assert not [name for name in found if name.startswith(of_figures)]


@pytest.mark.slow
def test_a_figure_imports_only_the_models_that_it_fits():
    reference = FIGURE.replace("cache=False", "cache=False, engine='sklearn'")
    found, then = imported_by(FIGURE, reference)
    assert {"sklearn.datasets", "matplotlib.figure"} <= found
    assert found & (MODELS | OPTIONAL) == set()
    assert then & MODELS == {"sklearn.neural_network"}


def test_every_exported_name_can_be_used_completed_and_imported():
    names = {}
    exec("from dvlib import *", names)
    assert names.keys() - {"__builtins__"} == {*dvlib.__all__} <= {*dir(dvlib)}
    assert dvlib.make_dataset is names["make_dataset"]
    with pytest.raises(AttributeError, match="No dvlib attribute make_datset"):
        dvlib.make_datset  # noqa: B018

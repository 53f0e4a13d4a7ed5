"""The package keeps its own rules: imports in one direction, digests that miss nothing."""

import ast
import graphlib
import subprocess
import sys

import pytest

import dvlib
from dvlib import cache, root
from dvlib.cache import _DECISIVE, _DVRL
from dvlib.compiling import KERNELS, code_folder
from dvlib.root import PACKAGE, source_digest

MODULES = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.glob("*.py")}


def imports(tree):
    """Names of the dvlib modules a module imports at its top."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "dvlib":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module.startswith("dvlib."):
            found.add(node.module.removeprefix("dvlib."))
    return found & MODULES.keys()


def reach(name):
    """A module and all it imports, directly or not."""
    seen, todo = set(), {name}
    while todo:
        one = todo.pop()
        seen.add(one)
        todo |= imports(MODULES[one]) - seen
    return seen


def test_imports_have_no_cycle():
    graph = {name: imports(tree) for name, tree in MODULES.items()}
    tuple(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError


def test_cached_code_depends_on_all_the_code_it_is_made_of():
    assert reach("kernels") | reach("sweep") <= {*KERNELS, "root"}
    assert code_folder().name == source_digest(*KERNELS)[:16]


def test_cached_refits_depend_on_all_the_code_that_decides_them():
    # The others, and the place of work, decide whether there is a result, not which.
    others = {"checks", "progress", "cache", "calls", "cluster", "root"}
    assert reach("batches") - others <= set(_DECISIVE)


def test_cached_runs_of_dvrl_depend_on_all_the_code_that_decides_them():
    assert reach("dvrl") - {"checks", "progress", "cache", "root", "values"} <= set(_DVRL)


def test_the_digest_of_all_sources_sees_texts_too(monkeypatch, tmp_path):
    monkeypatch.setattr(root, "PACKAGE", tmp_path)
    for name in ("mlp.py", "figures.toml", "comments.toml", "notes.md"):
        (tmp_path / name).write_text("before")
    for name, seen in (("figures.toml", True), ("comments.toml", True), ("notes.md", False)):
        before = root.source_digest()
        (tmp_path / name).write_text("after")
        assert (root.source_digest() != before) == seen, name


@pytest.mark.parametrize("library", ["numpy", "scipy", "numba", "scikit-learn"])
def test_another_version_of_a_library_is_another_key(monkeypatch, library):
    parts, real = cache.engine_parts(), cache.version
    monkeypatch.setattr(cache, "version", lambda name: "0" if name == library else real(name))
    assert {name for name, of in cache.engine_parts().items() if of != parts[name]} == {
        f"version of {library}"
    }


def test_public_names_exist_and_no_module_hides_behind_one():
    for name in dvlib.__all__:
        assert hasattr(dvlib, name)
    functions = {name for name in dvlib.__all__ if callable(getattr(dvlib, name))}
    assert not functions & MODULES.keys()


def test_tensorflow_and_dask_are_not_imported_by_the_package():
    code = "import sys, dvlib, dvlib.run; sys.exit(bool({'tensorflow', 'dask'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

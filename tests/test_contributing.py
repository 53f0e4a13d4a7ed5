"""The examples of CONTRIBUTING.md run, and the names in it and in the change log exist."""

import importlib
import re
import sys
import tomllib
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from methods.test_methods import refits
from support.small import valued
from tables import test_learning_and_neighbours as scores

import dvlib
from dvlib.data import datasets
from dvlib.methods import registry
from dvlib.methods.registry import known_methods
from dvlib.paper import figures, manifest
from dvlib.paper.figures import claims
from dvlib.paper.judging import claim, verdicts
from dvlib.paper.manifest import WORDS
from dvlib.root import project_root
from dvlib.suite.kernels import FOLDER
from dvlib.tables.value import value

ROOT = project_root()
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
MADE_BY_EXAMPLES = {
    "dvlib/methods/effort.py", "dvlib/tables/margin.py", "dvlib/paper/figures/effort.py",
    "tests/paper/test_effort.py", "notebooks/ext11_effort.ipynb",
}  # fmt: skip


def example(place):
    """Code of the only block whose first line, a comment, begins with a place."""
    (code,) = [code for _, code in BLOCKS if code.startswith(f"# {place}")]
    return code


def run(code, **names):
    """Names after a block has run with some names given."""
    exec(compile(code, "CONTRIBUTING.md", "exec"), names)
    return names


def test_every_python_block_is_tested_below():
    places = [code.splitlines()[0].split(",")[0] for name, code in BLOCKS if name == "python"]
    assert places == [
        "# dvlib/data/datasets.py", "# dvlib/methods/effort.py", "# tests/methods/test_methods.py",
        "# dvlib/tables/margin.py", "# tests/tables/test_learning_and_neighbours.py",
        "# dvlib/paper/figures/effort.py", "# tests/paper/test_effort.py",
        "# dvlib/paper/manifest.py", "# notebooks/ext11_effort.ipynb",
    ]  # fmt: skip


def test_data_set(monkeypatch):
    added = "{" + example("dvlib/data/datasets.py") + "}"
    ((name, mixture),) = eval(added, vars(datasets)).items()
    monkeypatch.setitem(datasets.SAMPLED, name, mixture)
    data = datasets.make_dataset(name, n_per_class=50, cluster_std=4.0)
    crossed = data.mean_labels[data.clusters] != data.y
    assert len(data.means) == 4 and 0 < crossed.mean() < 0.25


@pytest.fixture
def registered(monkeypatch):
    """The list of methods, to which a test may add."""
    added = {domain: dict(known_methods(domain)) for domain in registry.PACKAGES}
    monkeypatch.setattr(registry, "_REGISTERED", added)
    known_methods.cache_clear()
    yield added
    known_methods.cache_clear()


@pytest.fixture
def effort_values(registered):
    return run(example("dvlib/methods/effort.py"))["effort_values"]


def test_method(effort_values):
    named = run(
        example("tests/methods/test_methods.py"), np=np, replace=replace, refits=refits,
        effort_values=effort_values,
    )  # fmt: skip
    named["test_effort_is_the_epochs_run_with_the_point_less_those_without"]()


def test_method_for_rows(registered):
    margin = run(example("dvlib/tables/margin.py"))["margin"]
    named = run(example("tests/tables/test_learning"), np=np, margin=margin, Y=scores.Y)
    named["test_margin_after_the_last_epoch"](scores.watched())
    X = np.random.default_rng(0).normal(size=(12, 2))
    values = value(X, X[:, 0] > 0, "margin", n_runs=2, quiet=True, cache=False, n_jobs=1)
    assert (values.to_frame()["value"] > 0).mean() > 0.5


@pytest.fixture
def effort(effort_values, monkeypatch):
    """The figure's module of the example; its claim is registered only during the test."""
    monkeypatch.setattr(claim, "CLAIMS", claims().copy())
    module = ModuleType("dvlib.paper.figures.effort")
    vars(module).update(run(example("dvlib/paper/figures/effort.py"), __name__=module.__name__))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(figures, "effort", module, raising=False)
    return module


def test_claim(effort):
    assert effort.effort_marks_regions.threshold == "AUC of effort for the regions: ≥ 0.75"
    assert claims()["C62"] is effort.effort_marks_regions
    named = run(
        example("tests/paper/test_effort.py"), np=np, effort=effort, verdicts=verdicts,
        SimpleNamespace=SimpleNamespace, valued=valued,
    )  # fmt: skip
    named["test_c62_follows_the_epochs"]()
    assert [group.figure for group in effort.GROUPS if "effort" in group.studies] == ["ext11"]


def test_figure_from_the_notebooks_cells(effort, monkeypatch, capsys):
    (entry,) = eval(example("dvlib/paper/manifest.py"), vars(manifest))
    words = tomllib.loads(example("dvlib/paper/figures.toml"))
    assert f"{entry.id}_{entry.slug}" == "ext11_effort"
    assert effort.effort_marks_regions.figure == entry.id
    assert words[entry.id].keys() == WORDS["ext03"].keys()
    monkeypatch.setitem(manifest.FIGURES, entry.id, entry)
    monkeypatch.setitem(WORDS, entry.id, words[entry.id])
    monkeypatch.setattr(dvlib, "save_bundle", lambda *bundle: bundle, raising=False)
    given = {"preset": "quick", "regime": "library", "grid_step": 7, "n_seeds": 1, "seed": 0}
    cells = run(example("notebooks/ext11"), **given, dataset=None, n_data_seeds=2, mesh_side=50)
    said = capsys.readouterr().out
    assert re.search("grid_step += 7", said) and "C62" in said
    (verdict,) = cells["verdicts"]
    assert verdict.verdict in verdicts.VERDICTS and np.isfinite(verdict.numbers["AUC"])
    assert len(cells["table"].to_frame()) == 6 and len(cells["figure"].axes[0].patches) == 3


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "CHANGELOG.md"])
def test_files_modules_and_targets_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    paths = set(re.findall(r"\b((?:dvlib|tests|notebooks|figures|benchmarks)/[\w/]+\.\w+)", text))
    missing = {path for path in paths - MADE_BY_EXAMPLES if not (ROOT / path).exists()}
    assert not missing
    for module in re.findall(r"-m dvlib\.([\w.]+\w)", text):
        assert (ROOT / "dvlib" / f"{module.replace('.', '/')}.py").exists(), module
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^(\w+):", makefile, re.MULTILINE)) | manifest.FIGURES.keys()
    for words in re.findall(r"(?:^|`)make((?: [a-z][a-z0-9]*)+)", text, re.MULTILINE):
        assert set(words.split()) <= targets | {"ext11"}, words
    for place, *names in re.findall(r"`(\w+)` (?:in|of) `dvlib/([\w/]+)\.py`", text):
        module = importlib.import_module(f"dvlib.{names[0].replace('/', '.')}")
        assert hasattr(module, place), place


def test_names_that_the_examples_use_exist():
    assert datasets.PAPERS
    assert (ROOT / FOLDER / "ext05_core_sets.ipynb").exists()


def test_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {project['version']}\n" in citation
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

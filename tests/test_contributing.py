"""The examples of CONTRIBUTING.md run, and the names in it and in the change log exist."""

import importlib
import re
import tomllib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from methods.test_methods import refits

import dvlib
from dvlib.data import datasets, mixtures
from dvlib.methods.agreement import auc
from dvlib.paper import groups, manifest, robustness
from dvlib.paper.figures import claims
from dvlib.paper.judging import claim, verdicts
from dvlib.paper.manifest import WORDS
from dvlib.root import project_root
from dvlib.suite.kernels import FOLDER

ROOT = project_root()
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
MADE_BY_EXAMPLES = {
    "dvlib/methods/effort.py", "dvlib/paper/figures/effort.py", "notebooks/ext11_effort.ipynb",
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
        "# dvlib/data/mixtures.py", "# dvlib/methods/effort.py", "# tests/methods/test_methods.py",
        "# dvlib/paper/figures/effort.py", "# tests/methods/test_pairwise_and_mirror.py",
        "# dvlib/paper/manifest.py", "# notebooks/ext11_effort.ipynb",
    ]  # fmt: skip


def test_data_set(monkeypatch):
    added = "{" + example("dvlib/data/mixtures.py") + "}"
    ((name, mixture),) = eval(added, vars(mixtures)).items()
    monkeypatch.setitem(datasets.SAMPLED, name, mixture)
    data = datasets.make_dataset(name, n_per_class=50, cluster_std=4.0)
    crossed = data.mean_labels[data.clusters] != data.y
    assert len(data.means) == 4 and 0 < crossed.mean() < 0.25


def test_method():
    effort = run(example("dvlib/methods/effort.py"))["effort_values"]
    named = run(
        example("tests/methods/test_methods.py"), np=np, replace=replace, refits=refits,
        effort_values=effort,
    )  # fmt: skip
    named["test_effort_is_the_epochs_run_with_the_point_less_those_without"]()


@pytest.fixture
def effort_claim(monkeypatch):
    """The claim of the example; it is registered only during the test."""
    monkeypatch.setattr(claim, "CLAIMS", claims().copy())
    effort = run(example("dvlib/methods/effort.py"))["effort_values"]
    monkeypatch.setattr(dvlib, "effort_values", effort, raising=False)
    names = {"claim": claim.claim, "auc": auc, "effort_values": effort}
    made = run(example("dvlib/paper/figures/effort.py"), **names)["effort_marks_regions"]
    monkeypatch.setattr(dvlib.claims, made.__name__, made, raising=False)
    return made


def test_claim(effort_claim):
    assert effort_claim.threshold == "AUC of effort for the regions: ≥ 0.75"
    assert claim.CLAIMS["C62"] is effort_claim and "C62" not in claims()
    named = run(
        example("tests/methods/test_pairwise_and_mirror.py"), np=np, verdicts=verdicts,
        effort=SimpleNamespace(effort_marks_regions=effort_claim), SimpleNamespace=SimpleNamespace,
    )  # fmt: skip
    named["test_c62_follows_the_epochs"]()


def test_figure_from_the_notebooks_cells(effort_claim, monkeypatch, capsys):
    entry = eval(example("dvlib/paper/manifest.py"), vars(manifest))
    words = tomllib.loads(example("dvlib/paper/figures.toml"))
    assert f"{entry.id}_{entry.slug}" == "ext11_effort" and effort_claim.figure == entry.id
    assert words[entry.id].keys() == WORDS["ext03"].keys()
    monkeypatch.setitem(manifest.FIGURES, entry.id, entry)
    monkeypatch.setitem(WORDS, entry.id, words[entry.id])
    cells = run(example("notebooks/ext11"), grid_step=7, n_seeds=1, mesh_side=50)
    said = capsys.readouterr().out
    assert "grid_step = 7" in said and "C62" in said
    (verdict,) = cells["verdicts"]
    assert verdict.verdict in verdicts.VERDICTS and np.isfinite(verdict.numbers["AUC"])
    assert [panel.values.kind for panel in cells["panels"]] == ["epochs"]
    study = cells["study"]
    assert effort_claim([study, study]).numbers["AUC"] == verdict.numbers["AUC"]


def test_the_run_over_all_claims_finds_the_example_by_its_study(effort_claim, monkeypatch):
    """Groups and the sweep find claims by study and name none."""
    monkeypatch.setattr(groups, "CLAIMS", claim.CLAIMS)
    assert effort_claim in groups.GROUPS[0].claims and groups.GROUPS[0].studies == ("grid",)
    monkeypatch.setattr(robustness, "CLAIMS", {"C62": effort_claim})
    refits = SimpleNamespace(points=np.zeros((2, 2)))
    seen = []
    monkeypatch.setattr(effort_claim, "measure", lambda sample: seen.append(sample) or {"AUC": 1.0})
    study = SimpleNamespace(refits=refits, at=lambda where: where.sum())
    assert robustness._verdicts({"grid": [study]}, (-5, 5))["C62"].numbers == {
        "AUC": 1.0
    } and seen == [2]


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
    assert mixtures.PAPERS
    assert (ROOT / FOLDER / "fig19_forgetting_variants.ipynb").exists()


def test_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {project['version']}\n" in citation
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

"""The examples of CONTRIBUTING.md still run, and what it and the change log name still exists."""

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
from dvlib.paper import manifest
from dvlib.paper.claims import CLAIMS, verdicts
from dvlib.paper.claims.claim import claim
from dvlib.paper.groups import GROUPS
from dvlib.root import project_root
from dvlib.suite.run import FOLDER

ROOT = project_root()
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
OF_THE_EXAMPLES = {"dvlib/methods/effort.py", "notebooks/ext04_effort.ipynb"}


def example(place):
    """Code of the one block whose first line, a comment, begins with these words."""
    (code,) = [code for _, code in BLOCKS if code.startswith(f"# {place}")]
    return code


def run(code, **names):
    """What a block defines, given some names."""
    exec(compile(code, "CONTRIBUTING.md", "exec"), names)
    return names


def test_every_python_block_is_tried_below():
    places = [code.splitlines()[0].split(",")[0] for name, code in BLOCKS if name == "python"]
    assert places == [
        "# dvlib/data/mixtures.py", "# dvlib/methods/effort.py", "# tests/methods/test_methods.py",
        "# dvlib/paper/claims/extensions.py",
        "# dvlib/paper/manifest.py", "# notebooks/ext04_effort.ipynb",
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
    """The claim of the example, registered for this test; and its namespace."""
    effort = run(example("dvlib/methods/effort.py"))["effort_values"]
    with monkeypatch.context() as patch:
        for name, known in CLAIMS.items():  # they are restored together
            patch.setitem(CLAIMS, name, known)
        names = run(
            example("dvlib/paper/claims/extensions.py"), claim=claim, auc=auc, effort_values=effort
        )
        yield names
        CLAIMS.pop("C39", None)


def test_claim_and_figure_from_the_notebooks_cells(monkeypatch, capsys, effort_claim):
    measure = effort_claim["effort_marks_regions"]
    entry = eval(example("dvlib/paper/manifest.py"), vars(manifest))
    words = tomllib.loads(example("dvlib/paper/figures.toml"))
    assert f"{entry.id}_{entry.slug}" == "ext04_effort" and measure.figure == entry.id
    assert words[entry.id].keys() == manifest.WORDS["ext03"].keys()
    monkeypatch.setitem(manifest.FIGURES, entry.id, entry)
    monkeypatch.setitem(manifest.WORDS, entry.id, words[entry.id])
    monkeypatch.setattr(dvlib.claims, "effort_marks_regions", measure, raising=False)
    monkeypatch.setattr(dvlib, "effort_values", effort_claim["effort_values"], raising=False)
    cells = run(example("notebooks/ext04"), grid_step=7, n_seeds=1, mesh_side=50)
    said = capsys.readouterr().out
    assert "grid_step = 7" in said and "C39" in said
    (verdict,) = cells["verdicts"]
    assert verdict.verdict in verdicts.VERDICTS and np.isfinite(verdict.numbers["AUC"])
    # The run over all claims finds it by its study, and makes the same call with more samples.
    assert measure in next(group for group in GROUPS if "grid" in group.studies).claims
    study = cells["study"]
    assert measure([study, study]).numbers["AUC"] == verdict.numbers["AUC"]


def test_claim_follows_values_made_to_deserve_its_verdict(effort_claim):
    measure, wrong = effort_claim["effort_marks_regions"], np.arange(20) < 5
    effort_claim["effort_values"] = lambda refits: refits
    for deserved, values in {verdicts.REPRODUCED: wrong, verdicts.NOT: ~wrong}.items():
        sample = SimpleNamespace(
            regions=SimpleNamespace(misclassified=wrong),
            refits=SimpleNamespace(values=values * 1.0),
        )
        assert measure(sample).verdict == deserved


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "CHANGELOG.md"])
def test_files_modules_and_targets_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    paths = set(re.findall(r"\b((?:dvlib|tests|notebooks|figures|benchmarks)/[\w/]+\.\w+)", text))
    missing = {path for path in paths - OF_THE_EXAMPLES if not (ROOT / path).exists()}
    assert not missing
    for module in re.findall(r"-m dvlib\.([\w.]+\w)", text):
        assert (ROOT / "dvlib" / f"{module.replace('.', '/')}.py").exists(), module
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^(\w+):", makefile, re.MULTILINE)) | manifest.FIGURES.keys()
    for words in re.findall(r"(?:^|`)make((?: [a-z][a-z0-9]*)+)", text, re.MULTILINE):
        assert set(words.split()) <= targets | {"ext04"}, words
    for place, *names in re.findall(r"`(\w+)` (?:in|of) `dvlib/([\w/]+)\.py`", text):
        module = importlib.import_module(f"dvlib.{names[0].replace('/', '.')}")
        assert hasattr(module, place), place


def test_names_the_examples_lean_on_exist():
    assert mixtures.PAPERS
    assert (ROOT / FOLDER / "fig19_forgetting_variants.ipynb").exists()


def test_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {project['version']}\n" in citation
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

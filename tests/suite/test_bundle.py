"""Bundles are whole or absent, and have the same bytes from run to run."""

import json

import matplotlib
import numpy as np
import pytest
from support.small import valued

from dvlib.data.datasets import make_dataset
from dvlib.engine.mesh import MeshGrid
from dvlib.paper.drawing.maps import draw_values
from dvlib.paper.figures.datasets import dataset_panels
from dvlib.paper.manifest import FIGURES
from dvlib.paper.settings import resolve
from dvlib.root import project_root
from dvlib.suite import bundle
from dvlib.suite.command import main


@pytest.fixture
def settings(own_root):
    return resolve("fig05", dataset="noisy")


def save(settings):
    samples = {"noisy": make_dataset("noisy", seed=0)}
    figure = dataset_panels(samples, settings.drawing_mesh)
    return bundle.save_bundle(settings, figure, samples)


def test_bundle_made_again_has_the_same_bytes_except_the_json(settings):
    said = save(settings)
    assert said == "wrote build/quick__dataset-noisy/fig05_datasets.png, .csv and .json"
    first = {p.suffix: p.read_bytes() for p in settings.folder.iterdir()}
    save(settings)
    second = {p.suffix: p.read_bytes() for p in settings.folder.iterdir()}
    assert first.keys() == {".png", ".csv", ".json"}
    assert first[".png"] == second[".png"] and first[".csv"] == second[".csv"]
    record = json.loads(second[".json"])
    assert record["parameters"]["dataset"] == "noisy" and record["alt"]


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF-"), ("svg", b"<?xml")])
def test_vector_pictures_go_to_build_and_have_the_same_bytes(own_root, monkeypatch, kind, start):
    """Also at the figure's own settings: `figures/` holds PNGs only."""
    monkeypatch.setenv("DVLIB_FORMAT", kind)
    settings, made = resolve("fig05", preset="paper"), []
    with matplotlib.rc_context({"pdf.fonttype": 3, "svg.hashsalt": None}):
        for _ in range(2):
            assert save(settings) == f"wrote build/paper/fig05_datasets.{kind}, .csv and .json"
            made.append((own_root / f"build/paper/fig05_datasets.{kind}").read_bytes())
    assert made[0] == made[1] and made[0].startswith(start)
    assert len(made[0]) < 500_000 and b"Type3" not in made[0]
    assert not (own_root / "figures").exists()


def test_an_unknown_format_is_refused_before_anything_runs(monkeypatch, capsys):
    monkeypatch.setenv("DVLIB_FORMAT", "png")
    monkeypatch.setattr("dvlib.suite.run.run_all", lambda *_: pytest.fail("ran"))
    assert main(["run", "fig05", "--format", "eps"]) == 2
    assert "unknown format 'eps': give one of png, pdf, svg" in capsys.readouterr().err


def test_failed_write_leaves_nothing(settings, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pandas.DataFrame.to_csv", full)
    with pytest.raises(OSError, match="No space left"):
        save(settings)
    assert not any(settings.folder.iterdir())


@pytest.mark.tensorflow
def test_committed_bundles_have_the_paper_preset_and_are_small():
    for entry in FIGURES.values():
        stem = project_root() / "figures" / entry.stem
        record = json.loads(stem.with_suffix(".json").read_text())
        assert record["parameters"] == resolve(entry.id, preset="paper").values, entry.id
        assert stem.with_suffix(".png").stat().st_size <= 200_000, entry.id


def test_manifest_describes_every_figure():
    for name, entry in FIGURES.items():
        further = {"confirm"} if name == "claims" else set()
        assert name == entry.id and entry.presets.keys() == {"quick", "paper"} | further
        assert min(map(len, (entry.title, entry.caption, entry.alt))) > 5


def test_picture_is_drawn_again_only_after_a_change():
    figure = dataset_panels({"noisy": make_dataset("noisy", seed=0)}, MeshGrid(-10, 25, 36))
    first = figure.png()
    assert figure.png() is first and figure._repr_png_() is first
    figure.axes[0].set_title("another")
    assert figure.png() != first


def test_values_of_training_points_are_drawn_by_size():
    points, labels = np.array([[0, 0], [1, 1], [2, 2.0]]), np.array([0, 1, 1])
    zero, one = draw_values(valued([0, 4, 2], points, labels)).collections
    low, high = zero.get_sizes()[0], one.get_sizes()[0]
    assert high > low and one.get_sizes()[1] == pytest.approx((low + high) / 2)
    same = valued(np.ones(3), points, labels)
    sizes = np.concatenate([c.get_sizes() for c in draw_values(same).collections])
    assert len(np.unique(sizes)) == 1

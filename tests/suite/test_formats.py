"""Pictures in a vector format, and a folder in place of `build`."""

import base64
import io
import re
import time
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from support.small import valued

from dvlib.data.datasets import make_dataset
from dvlib.engine.mesh import MeshGrid
from dvlib.paper.drawing.look import panels_of
from dvlib.paper.drawing.maps import draw_values
from dvlib.paper.figures.datasets import dataset_panels
from dvlib.paper.places import BUILD_VARIABLE, FORMAT_VARIABLE, FROM_VARIABLE, build_folder
from dvlib.paper.settings import resolve
from dvlib.root import project_root
from dvlib.suite import notebooks, run, verify
from dvlib.suite.command import main

pytestmark = pytest.mark.slow

MESH = MeshGrid(-10, 25, 36)


def points():
    return dataset_panels({"noisy": make_dataset("noisy", seed=0)}, MESH)


def values():
    figure, (ax,) = panels_of(1)
    draw_values(valued(np.arange(36**2.0), MESH.points), ax=ax, mesh=MESH)
    return figure


@pytest.mark.parametrize("kind", ["pdf", "svg"])
@pytest.mark.parametrize("draw", [points, values])
def test_a_picture_drawn_again_has_the_same_bytes_whatever_the_day(kind, draw, monkeypatch):
    first = draw().vector(kind)
    monkeypatch.setattr(time, "time", lambda: 86_400.0)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert draw().vector(kind) == first


def test_a_pdf_holds_text_with_its_font():
    content = points().vector("pdf")
    assert b"/CIDFontType2" in content and b"/FontFile2" in content
    assert b"CreationDate" not in content


def test_an_svg_is_xml_that_fetches_nothing():
    text = values().vector("svg").decode()
    assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    links = re.findall(r'xlink:href="(.)', text)
    assert {*links} == {"#", "d"} and "<dc:date>" not in text  # within the file, and data:


def test_a_map_is_an_image_that_is_sharp_in_print():
    text = values().vector("svg").decode()
    sizes = []
    for data in re.findall(r"data:image/png;base64,\s*([^\"]+)", text):
        with Image.open(io.BytesIO(base64.b64decode(data))) as image:
            sizes.append(image.width)
    assert max(sizes) > 2 * values().dpi * 3 and len(text) < 300_000  # 3 inches are the map's


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv(BUILD_VARIABLE, str(tmp_path / "my build"))
    return tmp_path / "my build"


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_every_folder_of_results_moves_and_figures_stays(elsewhere, monkeypatch, kind):
    monkeypatch.setenv(FORMAT_VARIABLE, kind)
    assert resolve("fig05").folder == elsewhere / "quick"
    assert resolve("fig05", seed=1).folder == elsewhere / "quick__seed-1"
    assert verify.folder() == elsewhere / "verify"
    own = resolve("fig05", preset="paper").folder
    assert own == elsewhere / "paper" if kind == "pdf" else own.name == "figures"


@pytest.mark.parametrize("given", ["out", "./out", "a b/../out"])
def test_a_relative_path_is_seen_from_where_the_user_is(tmp_path, monkeypatch, given):
    """Also by a kernel of JupyterLab, which no runner has prepared."""
    here, called_from = tmp_path / "notebooks", tmp_path / "from"
    for folder in (here, called_from):
        (folder / "a b").mkdir(parents=True)
    monkeypatch.chdir(here)
    monkeypatch.setenv(BUILD_VARIABLE, given)
    assert build_folder() == here / "out"
    monkeypatch.setenv(FROM_VARIABLE, str(called_from))
    assert build_folder() == called_from / "out"


def test_kernels_get_a_whole_path(tmp_path, monkeypatch):
    seen = []

    def run_all(runs):
        monkeypatch.chdir("/")
        seen.append(resolve(runs[0][0], **runs[0][1]).folder)
        return 0

    monkeypatch.setattr(run, "run_all", run_all)
    monkeypatch.setenv(FORMAT_VARIABLE, "png")  # restored after the test
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(BUILD_VARIABLE, "out")
    assert main(["run", "fig05", "seed=1"]) == 0
    assert seen == [tmp_path / "out" / "quick__seed-1"]


def test_a_folder_that_is_a_file_is_refused_before_anything_runs(elsewhere, monkeypatch, capsys):
    monkeypatch.setenv(FORMAT_VARIABLE, "png")
    monkeypatch.setattr(run, "run_all", lambda *_: pytest.fail("ran"))
    elsewhere.write_text("in the way")
    assert main(["run", "fig05", "seed=1"]) == 2
    assert f"{elsewhere} is a file" in capsys.readouterr().err


def test_stored_notebooks_do_not_name_folders_of_the_author(elsewhere, monkeypatch):
    monkeypatch.setenv(FORMAT_VARIABLE, "svg")
    monkeypatch.setenv("TQDM_DISABLE", "1")
    seen = []
    monkeypatch.setattr(notebooks, "store", lambda path: seen.append(build_folder()))
    monkeypatch.setattr(notebooks, "freeze", lambda stems: None)
    notebooks.store_all([resolve("fig05").entry])
    assert seen == [Path(notebooks.project_root()) / "build"]
    assert FORMAT_VARIABLE not in notebooks.os.environ


def test_a_run_writes_nothing_but_there(elsewhere, monkeypatch, capsys):
    monkeypatch.setenv(FORMAT_VARIABLE, "png")
    stored = {path: path.read_bytes() for path in (project_root() / "notebooks").glob("*.ipynb")}
    assert main(["run", "fig05", "seed=1", "--format=svg"]) == 0
    assert all(path.read_bytes() == before for path, before in stored.items())
    files = {str(p.relative_to(elsewhere)) for p in elsewhere.rglob("*") if p.is_file()}
    stem = "quick__seed-1/fig05_datasets"
    assert files == {
        *(f"{stem}{suffix}" for suffix in (".svg", ".csv", ".json")),
        f"notebooks/{stem}.ipynb",
    }  # fmt: skip
    assert f"wrote {elsewhere}/{stem}.svg" in capsys.readouterr().out

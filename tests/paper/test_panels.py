"""Panels: the values drawn are the values saved, and tables show their whole text."""

import json

import numpy as np
import pandas as pd
import pytest
from support.small import valued

from dvlib.data.datasets import make_dataset
from dvlib.data.regions import Boundaries, truth_on
from dvlib.engine.mesh import MeshGrid
from dvlib.paper.drawing.maps import value_maps
from dvlib.paper.drawing.panels import Panel
from dvlib.paper.settings import resolve
from dvlib.paper.table import Table
from dvlib.refits import ledger
from dvlib.suite import bundle

GRID = MeshGrid.from_step(-10, 25, 7)


def panel(title, values, **more):
    data = make_dataset("two_clusters", seed=0)
    mesh = MeshGrid(-10, 25, 36)
    made = valued(values, GRID.points, data.label(GRID.points))
    return Panel(title, made, GRID, Boundaries(mesh, truth_on(data, mesh), None), **more)


@pytest.fixture
def settings(own_root):
    return resolve("fig01")


def test_map_shows_its_panels_in_order_and_their_marks():
    values = np.arange(len(GRID.points), dtype=float)
    marked = panel("other", -values, marks={"rare point": (15, 5)})
    figure = value_maps([marked, panel("against f_X", values)], columns=1)
    maps = [ax for ax in figure.axes if ax.get_title()]
    assert [ax.get_title() for ax in maps] == ["other", "against $f_X$"]
    for ax, expected in zip(maps, (-values, values), strict=True):
        np.testing.assert_array_equal(
            ax.collections[0].get_array().ravel(), GRID.as_image(expected).ravel()
        )
    points = [(15, 5) in map(tuple, np.transpose(line.get_data())) for line in maps[0].lines]
    assert any(points) and not maps[1].lines
    with_data = value_maps([panel("with X", values, data=make_dataset("two_clusters", seed=0))])
    entries = [[text.get_text() for text in one.legends[0].get_texts()]
               for one in (figure, with_data)]  # fmt: skip
    assert "rare point" in entries[0]
    assert [any("train" in entry for entry in one) for one in entries] == [False, True]


def test_the_record_has_the_fits_of_the_settings_ledger_each_once(settings):
    panels = [panel("one", np.zeros(len(GRID.points)))]
    for key, n_fits in (("a pass", 3), ("another", 4), ("a pass", 3)):
        ledger.record(key, n_fits)
    bundle.save_bundle(settings, value_maps(panels), panels)
    record = json.loads((settings.folder / "fig01_leave_one_out.json").read_text())
    assert record["fits"] == 7 and record["seconds"] >= 0


def test_tables_show_their_whole_text_and_change_no_option():
    long = ("a word and another; " * 10).strip()
    width = pd.get_option("display.max_colwidth")
    html = Table(pd.DataFrame({"says": [long] * 70}))._repr_html_()
    assert html.count(long) == 70
    assert pd.get_option("display.max_colwidth") == width < len(long)
    assert "&lt;" in Table(pd.DataFrame({"threshold": ["< 0.5"]}))._repr_html_()

"""Every figure on every kind of data: an answer, or a refusal that says what the figure needs.

`make test` runs each family of figures on two kinds or more. `pytest -m given_data` with this file
runs all other combinations.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes._secondary_axes import SecondaryAxis
from support.given import FILES, KINDS, dataset_of, run_notebook

from dvlib.data.plane import GIVEN
from dvlib.engine.mlp import MLPConfig
from dvlib.paper.drawing.maps import remarkable
from dvlib.paper.figures import training_points
from dvlib.paper.judging.verdicts import NOT_MEASURED, VERDICTS
from dvlib.paper.manifest import FIGURES

pytestmark = pytest.mark.slow

# Networks that train in a millisecond: what a figure needs of its data is the same.
SMALLER = MLPConfig(hidden_layer_sizes=(50,), max_iter=30)
# Claims that need g, or points that are mis-classified by g.
OF_G = {
    "C01", "C02", "C03", "C04", "C05", "C06", "C07", "C09", "C10", "C11", "C18", "C19", "C21",
    "C22", "C22b", "C24", "C24b", "C27", "C34", "C35", "C36", "C38",
}  # fmt: skip
# Figures that take no data from outside, by what they say that they need.
NEEDS = {
    "fig08": "samples of 50", "fig09": "samples of 50", "fig21": "the paper's plane",
    "ext01": "chooses itself", "ext02": "two clusters", "ext03": "chooses itself",
    "ext04": "chooses itself", "ext05": "chooses itself", "ext06": "chooses itself",
    "ext07": "chooses itself", "ext08": "chooses itself", "ext09": "chooses itself",
    "ext10": "data that are drawn",
    "claims": "chooses itself", "robustness": "two clusters", "unstated": "chooses itself",
}  # fmt: skip
# Figures of the points themselves, whose bundles name the rows of a file.
OF_POINTS = ("fig05", "fig10", "fig11", "fig16", "fig17", "fig18")
CHOSEN = {
    "fig01": ("9 points", "tight inside wide"), "fig02": ("32 points", "tight inside wide"),
    "fig03": ("few to train", "digits_3_5"), "fig04": ("120 to 180",),
    "fig05": ("120 to 180", "kilometres", "moons", "tight inside wide"),
    "fig06": ("few to train",), "fig07": ("9 points", "four places"),
    "fig10": ("9 points",), "fig11": ("few to train",), "fig12": ("millimetres",),
    "fig13": ("tight and wide",), "fig14": ("noise",),
    "fig15": ("four places", "tight inside wide"), "fig16": ("120 to 180",),
    "fig17": ("breast_cancer", "spirals"), "fig18": ("xor",),
    "fig19": ("digits_3_5", "circles"), "fig20": ("a rare label",),
    **dict.fromkeys(NEEDS, ("9 points", "breast_cancer")),
}  # fmt: skip


def combinations():
    """Figure and kind of data; those that are not chosen are marked."""
    for figure_id in FIGURES:
        for kind in KINDS:
            marks = [] if kind in CHOSEN[figure_id] else [pytest.mark.given_data]
            if FIGURES[figure_id].needs_tensorflow:
                marks.append(pytest.mark.tensorflow)
            yield pytest.param(figure_id, kind, marks=marks, id=f"{figure_id}-{kind}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("given")


@pytest.mark.parametrize(("figure_id", "kind"), [*combinations()])
def test_an_answer_or_a_refusal_before_anything_is_computed(
    figure_id, kind, folder, own_root, fits, monkeypatch, capsys
):
    monkeypatch.setenv("DVLIB_CACHE", str(folder / "cache"))  # figures share their refits
    monkeypatch.setattr("dvlib.paper.settings.Settings.config", SMALLER)
    dataset = dataset_of(kind, folder)
    begun = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)  # NumPy's, of what has no numbers
            names = run_notebook(figure_id, dataset, begun=lambda: begun.append(1))
    except ValueError as error:
        assert not begun and not fits, error
        expected = NEEDS.get(figure_id, "of each are needed, give a smaller step")
        assert expected in str(error)
        return
    said = capsys.readouterr().out
    known = kind not in (*GIVEN, *FILES)
    legend = [text.get_text() for one in names["figure"].legends for text in one.get_texts()]
    assert known or ("is unknown" in said and "ground truth g" not in legend)
    assert len(names["figure"].png()) > 5_000
    for verdict in names.get("verdicts", ()):
        parts = [of.values for of in verdict.parts.values()]
        assert verdict.verdict in VERDICTS
        if not all(np.isfinite(values).any() for values in parts) or not parts:
            assert verdict.verdict == NOT_MEASURED
        if not known and verdict.claim.id in OF_G:
            assert verdict.verdict == NOT_MEASURED
        if verdict.claim.id == "C23":  # two clusters have a bent boundary in their own plane
            assert verdict.numbers["on two clusters"] > 0
    _check_table(names["settings"], figure_id, known)
    if kind in FILES:
        _check_file(names, pd.read_csv(dataset), figure_id)


def _check_table(settings, figure_id, known):
    """Only values against an unknown g are missing, and no number is infinite."""
    table = pd.read_csv(settings.folder / f"{FIGURES[figure_id].stem}.csv")
    assert len(table) and not np.isinf(table.select_dtypes("number")).any(axis=None)
    for panel, rows in table.groupby("panel"):
        if "value" in rows and not panel.startswith("removal"):
            values = rows.loc[rows["label"].notna(), "value"] if "label" in rows else rows["value"]
            missing = "against g" in panel and not panel.startswith("mesh") and not known
            assert values.isna().all() if missing else values.notna().all(), panel


def _check_file(names, table, figure_id):
    """Places have the file's units, and the points with remarkable values the file's ids."""
    settings = names["settings"]
    saved = pd.read_csv(settings.folder / f"{FIGURES[figure_id].stem}.csv")
    _check_own_units(saved, table, settings.data)
    assert ("row" in saved) == (figure_id in OF_POINTS)
    _check_axes(names["figure"], settings.data.units)
    named = {text.get_text() for ax in names["figure"].axes for text in ax.texts}
    for values in _drawn_as_points(names, figure_id):
        ids = table["id"][settings.data.rows["row"] - 1].to_numpy()
        for k in remarkable(values.values):
            assert any(ids[k] in text.split("\n") for text in named)


def _check_own_units(saved, table, data):
    """Every place is there in the file's units, and every point of the file as it is there."""
    assert list(saved)[1:5] == (["row", "id", "x1", "x2"] if "row" in saved else [*saved][1:5])
    placed = saved[saved["x"].notna()]
    for own, ours in (("x1", "x"), ("x2", "y")):
        expected = table[own].mean() + table[own].std(ddof=0) * placed[ours]
        scale = table[own].std(ddof=0)
        np.testing.assert_allclose(placed[own] / scale, expected / scale, rtol=0, atol=1e-5)
    np.testing.assert_allclose(data.units.in_file_units(data.X), data.rows[["x1", "x2"]], rtol=1e-9)
    if "row" in saved:
        points = saved[saved["row"].notna()]
        of_file = table.iloc[points["row"].astype(int) - 1].reset_index(drop=True)
        for column in ("id", "x1", "x2"):
            np.testing.assert_array_equal(points[column], of_file[column])


def _check_axes(figure, units):
    """Every panel of the plane, which has been drawn, has ticks in the file's units only."""
    own = {
        ax: [one for one in ax.child_axes if isinstance(one, SecondaryAxis)] for ax in figure.axes
    }
    assert any(own.values())
    for ax, axes in own.items():
        if not axes:
            continue
        below, left = axes
        corners = np.transpose([ax.get_xlim(), ax.get_ylim()])
        np.testing.assert_allclose(
            np.transpose([below.get_xlim(), left.get_ylim()]),
            units.in_file_units(corners),
            rtol=1e-9,
        )
        assert not ax.xaxis.get_visible() and not ax.yaxis.get_visible()
    assert not any(ax.get_xlabel() == "x₁" and ax.xaxis.get_visible() for ax in figure.axes)


def _drawn_as_points(names, figure_id):
    """DataValues that a notebook draws as points."""
    if figure_id in ("fig10", "fig11"):
        return [names["samples"][0].values[name] for name in training_points.DRAWN]
    panels = names["panels"].values() if figure_id in OF_POINTS[3:] else ()
    return [panel.values for panel in panels if panel.values is not None]

"""The look of all pictures: colours, edges, colour bars, and nothing clipped or overlapping."""

import io
import re
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import matplotlib
import numpy as np
import pandas as pd
import pytest
import support.small
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

import dvlib
from dvlib import plots
from dvlib.data.regions import Boundaries, truth_on
from dvlib.engine.mesh import MeshGrid
from dvlib.methods.agreement import Agreement
from dvlib.methods.forgetting import VARIANTS
from dvlib.methods.labelling import STRATEGIES
from dvlib.methods.removal import RemovalCurves
from dvlib.methods.rules import ANY, FORMULAS
from dvlib.methods.values import DataValues
from dvlib.paper import robustness
from dvlib.paper.drawing import look as drawing
from dvlib.paper.drawing import scales
from dvlib.paper.drawing.panels import Panel
from dvlib.paper.figures import claims
from dvlib.paper.judging import verdicts
from dvlib.paper.judging.verdicts import Part
from dvlib.paper.studies.boundaries import BoundaryPanel
from dvlib.paper.studies.core_sets import SIZES, CoreSetCurves
from dvlib.paper.studies.labelling import DRAWN, LabelledMap, LabelledSamples
from dvlib.paper.studies.pairwise import Clustered
from dvlib.paper.studies.rules import ExplainedShares
from dvlib.paper.unstated.settings_space import grid_settings, random_settings
from dvlib.paper.unstated.statements import STATEMENTS
from dvlib.paper.unstated.study import UnstatedStudy
from dvlib.root import project_root

GRID, MESH = MeshGrid.from_step(-10, 25, 7), MeshGrid(-10, 25, 36)
COARSE = MeshGrid.from_step(-10, 25, 14)
BLACK, WHITE = (0, 0, 0), (1, 1, 1)
# Dichromatic vision in linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
BLIND = {
    "no red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
}  # fmt: skip


def valued(method, low, high, grid=GRID):
    n = len(grid.points)
    values, zeros = np.linspace(low, high, n), np.zeros(n)
    return DataValues(grid.points, zeros.astype(int), values, zeros, method, "epochs")


def panel(method, low, high, grid=GRID, title=None, **more):
    data = dvlib.make_dataset("noisy", seed=0, n_per_class=60)
    boundaries = Boundaries(MESH, truth_on(data, MESH), truth_on(data, MESH))
    title = title or method
    return Panel(title, valued(method, low, high, grid), grid, boundaries, data, **more)


def one_row():
    marks = {"rare point": (15, 5)}
    methods = {"leave-one-out against g": -1e-3, "memorization": -2e-3, "made up": 0}
    title = "x, label, residual, (15, 5)"
    return plots.value_maps(
        [panel(name, low, 1e-2, marks=marks, title=title) for name, low in methods.items()]
    )


def comparison():
    kinds = ("leave-one-out against g", -1e-2, 2e-2, GRID), ("Shapley against g", 0, 1e-2, COARSE)
    more = ("forgetting", 0, 14, GRID), ("DVRL, features", 0.48, 0.4801, GRID)
    return plots.value_maps([panel(*it) for it in (*kinds, *more)], columns=2)


def nine_maps():
    return plots.value_maps(
        [panel(f"DVRL, {k}", 0.4, 0.4 + 10.0**-k, title=f"moving average, run {k}")
         for k in range(1, 10)], columns=3,
    )  # fmt: skip


def one_map():
    return plots.draw_values(valued("last learned", 1, 90), mesh=GRID).figure


def data_sets():
    names = ("two_clusters", "four_clusters", "noisy")
    return plots.dataset_panels({name: dvlib.make_dataset(name, seed=0) for name in names}, MESH)


def own_file():
    name = "/home/somebody/a_folder/" + "a_long_name_of_measurements_" * 3 + ".csv"
    data = replace(dvlib.make_dataset("two_clusters", seed=0), name=name)
    return plots.dataset_panels({name: data}, MESH)


def boundaries(columns, titles):
    X, y = support.small.pool()
    shown = {
        title: BoundaryPanel(
            X, y, (np.array([[-10, 0], [25, 3.0]]),) * 2, first_bold=True,
            new_point=np.array([26.0, 3]), point_is_in=title.endswith("with the point"),
            values=valued_points(X, y) if title == "forgetting events" else None,
        )
        for title in titles
    }  # fmt: skip
    data = dvlib.make_dataset("two_clusters", seed=0)
    return plots.boundary_panels(
        shown, Boundaries(MESH, truth_on(data, MESH), None), columns=columns
    )


def valued_points(X, y, method="forgetting", low=0.001234, high=0.0234):
    values = np.linspace(low, high, len(X))
    return DataValues(X, y, values, values * 0, method, "epochs")


def new_points():
    first, second = "500, batches of 150, without the point", "500, batches of 150, with the point"
    return boundaries(2, (first, second, "50 a label, without the point", "50 a label, with it"))


def trajectories():
    return boundaries(
        3, ("initialization", *(f"after epoch {k}" for k in "139"), "forgetting events")
    )


def training_points():
    X, y = support.small.pool()
    names = {"leave-one-out": "leave-one-out against f_X", "Shapley": "Shapley, SVARM",
             "last learned": "last learned", "DVRL": "DVRL, features"}  # fmt: skip
    ends = {"leave-one-out": (0.000961, 0.0111), "Shapley": (-0.00789, 0.0132),
            "last learned": (1.23, 129.1), "DVRL": (0.487, 0.501)}  # fmt: skip
    orders = [(name, end) for name in names for end in ("lowest", "highest")] + [("random", 0)]
    shares = np.linspace(0, 0.98, 4)
    measured = {order: np.random.default_rng(0).random((4, 2)) for order in orders}
    sample = SimpleNamespace(
        drawn={name: valued_points(X, y, of, *ends[name]) for name, of in names.items()},
        curves=RemovalCurves(shares, measured, measured, 1, 1.0, "f_X"),
        boundaries=panel("made up", 0, 1).boundaries,
        data=SimpleNamespace(rows=pd.DataFrame({"row": range(100, 100 + len(X))})),
    )
    return plots.training_panels([sample])


def pairwise():
    X, y = support.small.pool()
    matrix = np.subtract.outer(np.arange(24.0), np.arange(24.0)) / 1e3
    pairs = SimpleNamespace(joint=abs(matrix), interaction=matrix, points=X, labels=y)
    clusters = np.arange(24) % 4
    recovered = {"joint": clusters, "interaction": clusters}
    return plots.pairwise_panels(
        [Clustered(name, pairs, clusters, recovered) for name in ("two clusters", "small group")]
    )


def agreement():
    names = ["leave-one-out, f_X", "Shapley, g", "Gaussian process", "memorization"]
    table = pd.DataFrame(np.linspace(-1, 1, 16).reshape(4, 4), names, names)
    table.iloc[0, 1] = np.nan
    compared = Agreement(table, table.abs())
    one = SimpleNamespace(
        agreement=compared, aucs=dict.fromkeys(names, (0.3, 0.9)), halves=dict.fromkeys(names)
    )
    return plots.agreement_panels({"two_clusters": one, "noisy": one, "zero_centered": one})


def labelling():
    data = dvlib.make_dataset("two_clusters", seed=0)
    rng = np.random.default_rng(0)
    curves = [SimpleNamespace(dv={name: rng.random((4, 2)) for name in STRATEGIES})] * 3
    names = ("two_clusters", "four_clusters", "noisy", "zero_centered")
    points, labels = np.array([[25.0, -10], [-10, 25], [15, -3]]), np.array([1, 1, 0])
    truth = Boundaries(MESH, truth_on(data, MESH), truth_on(data, MESH))
    maps = [LabelledMap(name, data, points, labels, truth, truth) for name in DRAWN]
    return plots.labelling_panels({name: LabelledSamples(curves) for name in names}, maps)


def rules():
    rows = [*FORMULAS, ANY, "share that is not noise"]
    columns = ["two_clusters", "zero_centered", "spirals", "mean"]
    table = pd.DataFrame(np.linspace(0, 1, len(rows) * 4).reshape(-1, 4), rows, columns)
    table.iloc[-1] = np.nan
    return plots.rule_panels({f"against {of}": ExplainedShares(table) for of in ("g", "f_X")})


def core_sets():
    dv = dict.fromkeys(drawing.SELECTION_LOOKS, np.geomspace(0.3, 1e-3, 8)[:, None])
    curves = SimpleNamespace(
        orders=dv, sizes=SIZES, to_base=dv, to_g=dv, other_seed=0.01, base_to_g=np.array([0.2])
    )
    names = ("two_clusters", "four_clusters")
    return plots.core_set_panels({name: CoreSetCurves([curves]) for name in names})


def every_claim():
    numbers = {f"a measure with a name of some {k}": Part([0.1, 0.9, 0.8], "≥", 0.6) for k in "ab"}
    return plots.claims_panel([verdicts.judge(claim, numbers) for claim in claims().values()])


def sweep():
    said = {
        name: verdicts.judge(claim, {"a": Part([0.9], "≥", 0.5)})
        for name, claim in claims().items()
    }
    longest = sorted(claims(), key=lambda name: -len(claims()[name].says))[:6]
    corners = {
        (std, size, width, extent): {name: said[name] for name in longest}
        for std in robustness.STDS for size in robustness.SIZES
        for width in robustness.WIDTHS for extent in robustness.RANGES
    }  # fmt: skip
    return plots.robustness_panels(robustness.RobustnessStudy(corners, 0, 0.0))


def settings_tried():
    grid, drawn = grid_settings(), random_settings(20, seed=0)
    tried = [*grid, *drawn]
    numbers = {
        (one, k): {name: of.limit + np.sin(20 * i + 3 * j + k) for j, (name, of) in enumerate(
            STATEMENTS.items())}
        for i, one in enumerate(tried) for k in range(4)
    }  # fmt: skip
    return plots.setting_panel(UnstatedStudy(grid, drawn, numbers, range(2), range(2, 4)))


PICTURES = {
    function.__name__: function
    for function in (one_row, comparison, nine_maps, one_map, data_sets, own_file, new_points,
                     trajectories, training_points, pairwise, agreement, labelling, core_sets,
                     rules, every_claim, sweep, settings_tried)
}  # fmt: skip
drawn = {}


@pytest.fixture(params=PICTURES)
def picture(request):
    """Each kind of picture, laid out."""
    return laid_out(request.param)


def laid_out(name):
    if name not in drawn:
        drawn[name] = PICTURES[name]()
        with matplotlib.style.context("default"):
            drawn[name].draw_without_rendering()
    return drawn[name]


def images(figure):
    """Images and meshes with a colour bar, or without one of their own."""
    return [it for ax in figure.axes for it in (*ax.images, *ax.collections)
            if it.get_array() is not None and np.ndim(it.get_array()) == 2]  # fmt: skip


def pixels(figure):
    return np.asarray(Image.open(io.BytesIO(figure.png())).convert("RGB")).astype(int)


def luminance(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ (
        0.2126, 0.7152, 0.0722
    )  # fmt: skip


def contrast(one, other):
    """Contrast of WCAG 2.1: 1 for one colour, 21 for black on white."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def texts(figure):
    """Texts that are shown, with their extents in pixels."""
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip():
            yield text, text.get_window_extent()


def ticks_beyond(figure):
    """Labels of ticks that matplotlib makes but does not draw."""
    for ax in figure.findobj(matplotlib.axes.Axes):
        for axis in (ax.xaxis, ax.yaxis):
            shown = {
                id(label) for tick in axis._update_ticks() for label in (tick.label1, tick.label2)
            }
            every = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            yield from (id(label) for tick in every for label in (tick.label1, tick.label2)
                        if id(label) not in shown)  # fmt: skip


def test_no_text_leaves_the_figure_or_covers_another(picture):
    hidden = set(ticks_beyond(picture))
    shown = [(text.get_text(), box) for text, box in texts(picture) if id(text) not in hidden]
    width, height = picture.bbox.size
    for words, box in shown:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
        assert inside, f"{words!r} at {box.extents} of {picture.bbox.size}"
    for (one, box), (other, its) in combinations(shown, 2):
        across = min(box.x1, its.x1) - max(box.x0, its.x0)
        along = min(box.y1, its.y1) - max(box.y0, its.y0)
        assert min(across, along) <= 1.5, f"{one!r} covers {other!r}"


def test_axes_have_labels(picture):
    for ax in picture.axes:
        assert ax.get_xlabel() or not len(ax.get_xticks()) or ax.images


def test_every_point_lies_inside_its_panel(picture):
    for ax in picture.axes:
        (left, right), (low, high) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
        for points in (it for it in ax.collections if isinstance(it, PathCollection)):
            x, y = np.reshape(points.get_offsets(), (-1, 2)).T
            assert ((x > left) & (x < right) & (y > low) & (y < high)).all()


def test_filled_points_have_a_light_edge(picture):
    for ax in picture.axes:
        for points in (it for it in ax.collections if isinstance(it, PathCollection)):
            fill = points.get_facecolors()
            if not len(fill) or points.get_linewidths()[0] == 0:  # hollow, or samples of a claim
                continue
            assert contrast(fill[0][:3], points.get_edgecolors()[0][:3]) >= 3
            assert fill[0][3] == 1


@pytest.mark.parametrize("name", ["RdBu", "YlGnBu"])
def test_points_are_visible_on_any_ground(name):
    for colour in drawing.LABEL_COLOURS.values():
        assert contrast(colour, WHITE) >= 4.5
        for ground in matplotlib.colormaps[name](np.linspace(0, 1, 64))[:, :3]:
            assert max(contrast(colour, ground), contrast(WHITE, ground)) >= 2.2
    assert {scales.FROM_ZERO, scales.FROM_LOWEST} == {"RdBu", "YlGnBu"}


def test_every_colour_bar_says_what_high_means_and_shows_its_values_only(picture):
    found = images(picture)
    bars = [it.colorbar for it in found if it.colorbar is not None]
    assert bars or not [it for it in found if it.cmap.name in ("RdBu", "YlGnBu")]
    for bar in bars:
        what, high = bar.ax.get_ylabel().split("\n")
        assert what and re.match(r"high = .{4}", high)
        finite = bar.mappable.get_array()
        low, high = bar.ax.get_ylim()
        assert finite.min() >= low - 1e-12 or bar.extend in ("min", "both")
        assert finite.max() <= high + 1e-12 or bar.extend in ("max", "both")
        assert not bar.ax.yaxis.get_offset_text().get_text()


def test_white_is_zero_wherever_values_have_one(picture):
    white = matplotlib.colormaps["RdBu"](0.5)
    centred = [it for it in images(picture) if it.cmap.name == "RdBu"]
    for image in centred:
        assert image.cmap(image.norm(0.0)) == pytest.approx(white, abs=0.01)
        assert image.norm.vmin == -image.norm.vmax
    for image in images(picture):
        assert image.cmap.name == "RdBu" or image.norm.vmin > 0  # of probabilities and agreements


def test_light_is_low_where_values_start_from_the_lowest():
    scale = scales.scales([("DVRL, full", [0.48, 0.52])])[0]
    low, high = (scale.colours(scale.norm(it))[:3] for it in (0.48, 0.52))
    assert luminance(low) > 0.9 and luminance(high) < 0.05


def test_panels_of_a_kind_share_a_scale_unless_it_hides_one():
    loo, other = ("leave-one-out against g", [-1, 4.0]), ("Shapley against f_X", [0, 2.0])
    small, epochs = ("leave-one-out against g", [-0.9, 0.5]), ("simple", [0, 3.0])
    found = scales.scales([loo, other, small, epochs])
    assert found[0].ends == found[1].ends == (-1, 4) and not (found[0].own or found[1].own)
    assert found[2].ends == (-0.9, 0.5) and "own scale" in found[2].label
    assert found[3].ends == (0, 3) and not found[3].own
    first, second = scales.scales([("DVRL", [0.2, 0.3]), ("DVRL", [0.2, 0.9])])
    assert (first.ends, second.ends) == ((0.2, 0.3), (0.2, 0.9)) and first.own and second.own
    (one,) = scales.scales([("DVRL", [0.2, 0.3])])
    assert not one.own
    unknown, known = scales.scales([("leave-one-out against g", [np.nan] * 2), other])
    assert known.ends == (0, 2) and not known.own and not unknown.own


@pytest.mark.parametrize("values", [[0, 0], [np.nan, 1], [np.nan], [np.inf, np.inf], [-3, -1]])
@pytest.mark.parametrize("method", ["forgetting", "DVRL"])
def test_scales_of_odd_values_are_finite_and_not_empty(method, values):
    (scale,) = scales.scales([(method, np.array(values, float))])
    low, high = scale.ends
    assert np.isfinite([low, high]).all() and low < high
    assert scale.norm.vmin < scale.norm.vmax


def test_infinite_and_missing_values_have_colours_of_their_own():
    values = valued("forgetting", 0, 5)
    values.values[[0, 1]] = np.inf, np.nan
    ax = plots.draw_values(values, mesh=GRID)
    (image,) = ax.collections
    shown = image.cmap(image.norm(image.get_array())).reshape(-1, 4)[:, :3]
    first, second = GRID.as_image(np.arange(len(values.values))).ravel().argsort()[:2]
    assert tuple(shown[first]) == BLACK and to_rgb(drawing.NO_VALUE) == tuple(shown[second])
    assert image.colorbar.extend == "max" and "arrow = infinite" in image.colorbar.ax.get_ylabel()


def test_every_method_says_what_high_means():
    X, y, g = support.small.POINTS, support.small.LABELS, support.small.g
    settings = support.small.settings(cache=False)
    refits = dvlib.refits_without_point(X, y, g, settings)
    values = [dvlib.against_g(refits), dvlib.against_base(refits),
              dvlib.memorization_values(refits),
              dvlib.svarm_shapley(X, y, g, settings, n_fits=40),
              *(dvlib.forgetting_values(refits, variant) for variant in VARIANTS)]  # fmt: skip
    for one in values:
        assert scales.meaning_of(one.method) is not scales.OTHER, one.method
    source = (project_root() / "dvlib/methods/out_of_distribution.py").read_text()
    for method in ("Gaussian process", "Monte-Carlo dropout", "ensemble"):
        assert f'"{method}"' in source and scales.meaning_of(method) is not scales.OTHER


def seen_without(colour, matrix):
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(matrix) @ linear, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("vision", BLIND)
def test_colours_differ_for_colour_blind_readers(vision):
    groups = (
        drawing.LABEL_COLOURS.values(),
        [colour for colour, _ in drawing.CURVES.values()],
        drawing.CLUSTER_COLOURS,
    )
    for group in groups:
        for one, other in combinations(group, 2):
            apart = seen_without(one, BLIND[vision]) - seen_without(other, BLIND[vision])
            assert np.linalg.norm(apart) >= 0.15, (one, other)
    assert drawing.STRATEGY_LOOKS.keys() == STRATEGIES.keys()
    assert len({marker for _, marker, _ in drawing.STRATEGY_LOOKS.values()}) == len(STRATEGIES)
    assert len({marker for _, marker in drawing.CURVES.values()}) == len(drawing.CURVES)
    assert not {*drawing.LABEL_COLOURS.values()} & {colour for colour, _ in drawing.CURVES.values()}


@pytest.mark.parametrize("colour", [*drawing.VERDICT_COLOURS.values(), "black", "white"])
def test_ink_is_legible_on_its_ground(colour):
    assert contrast(drawing.ink(colour), colour) >= 4.5


def test_colours_are_written_in_one_place():
    folder = project_root() / "dvlib/paper/plots"
    for path in folder.glob("*.py"):
        if path.name not in ("drawing.py", "scales.py"):
            assert not re.findall(r"#[0-9a-fA-F]{6}|cmap=\"", path.read_text()), path.name


def test_a_small_palette_changes_no_colour_to_the_eye():
    figure = laid_out("sweep")
    figure.set_layout_engine("none")  # drawn twice at the same places
    small = pixels(figure)
    assert len(np.unique(small.reshape(-1, 3), axis=0)) <= figure.colours
    figure.colours, figure.stale = None, True
    apart = np.abs(pixels(figure) - small).max(-1)
    assert apart.mean() <= 1 and apart.max() <= 24  # of 255

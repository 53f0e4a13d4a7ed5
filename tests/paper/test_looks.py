"""All pictures: nothing is clipped or overlaps, and colour bars say what they show."""

import re
from dataclasses import replace
from itertools import combinations, product
from types import SimpleNamespace

import matplotlib
import numpy as np
import pandas as pd
import pytest
import support.small
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.text import Text

import dvlib
from dvlib.data.regions import Boundaries, truth_on
from dvlib.engine.mesh import MeshGrid
from dvlib.methods.agreement import Agreement
from dvlib.methods.labelling import STRATEGIES
from dvlib.methods.removal import RemovalCurves
from dvlib.methods.rules import ANY, FORMULAS
from dvlib.paper import robustness
from dvlib.paper.drawing import look as drawing
from dvlib.paper.drawing.panels import BoundaryPanel, Panel
from dvlib.paper.evidence import claims_panel
from dvlib.paper.figures import agreement, claims, core_sets, labelling, rules, training_points
from dvlib.paper.figures.datasets import dataset_panels
from dvlib.paper.figures.pairwise import Clustered, pairwise_panels
from dvlib.paper.judging import verdicts
from dvlib.paper.judging.verdicts import Part
from dvlib.paper.unstated.settings_space import settings_tried
from dvlib.paper.unstated.statements import STATEMENTS
from dvlib.paper.unstated.study import UnstatedStudy, setting_panel

pytestmark = pytest.mark.slow

GRID, MESH = MeshGrid.from_step(-10, 25, 7), MeshGrid(-10, 25, 36)
# How a reader without green receptors sees linear RGB (Machado, Oliveira and Fernandes 2009).
NO_GREEN = np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]])


def valued(method, low, high, points=GRID.points, labels=None):
    made = support.small.valued(np.linspace(low, high, len(points)), points, labels)
    return replace(made, method=method)


def boundaries_of(name):
    truth = truth_on(dvlib.make_dataset(name, seed=0), MESH)
    return Boundaries(MESH, truth, truth)


def panel(method, low, high, grid=GRID, title=None, **more):
    data = dvlib.make_dataset("noisy", seed=0, n_per_class=60)
    values = valued(method, low, high, grid.points)
    return Panel(title or method, values, grid, boundaries_of("noisy"), data, **more)


def comparison():
    coarse, marks = MeshGrid.from_step(-10, 25, 14), {"rare point": (15, 5)}
    return dvlib.value_maps(
        [panel("leave-one-out against g", -1e-2, 2e-2), panel("made up", 0, 1e-2, marks=marks),
         panel("Shapley against g", 0, 1e-2, coarse), panel("forgetting", 0, 14)], columns=2,
    )  # fmt: skip


def nine_maps():
    return dvlib.value_maps(
        [panel(f"DVRL, {k}", 0.4, 0.4 + 10.0**-k, title=f"moving average, run {k}")
         for k in range(1, 10)], columns=3,
    )  # fmt: skip


def data_sets():
    names = ("two_clusters", "four_clusters", "noisy")
    return dataset_panels({name: dvlib.make_dataset(name, seed=0) for name in names}, MESH)


def own_file():
    name = "/home/somebody/a_folder/" + "a_long_name_of_measurements_" * 3 + ".csv"
    data = replace(dvlib.make_dataset("two_clusters", seed=0), name=name)
    return dataset_panels({name: data}, MESH)


def boundaries(columns, titles):
    X, y = support.small.pool()
    lines = (np.array([[-10, 0], [25, 3.0]]),) * 2
    shown = {
        title: BoundaryPanel(
            X, y, lines, first_bold=True,
            new_point=np.array([26.0, 3]), point_is_in=title.endswith("with the point"),
            values=valued(title, 0.001, 0.02, X, y) if title == "forgetting" else None,
        )
        for title in titles
    }  # fmt: skip
    data = dvlib.make_dataset("two_clusters", seed=0)
    return dvlib.boundary_panels(shown, data, MESH, columns=columns)


def new_points():
    first, second = "500, batches of 150, without the point", "500, batches of 150, with the point"
    return boundaries(2, (first, second, "50 a label, without the point", "50 a label, with it"))


def trajectories():
    return boundaries(3, ("initialization", "after epoch 1", "after epoch 39", "forgetting"))


def valued_training_points():
    X, y = support.small.pool()
    ends = {"leave-one-out": (0.000961, 0.0111), "Shapley": (-0.00789, 0.0132),
            "last learned": (1.23, 129.1), "DVRL": (0.487, 0.501)}  # fmt: skip
    orders = [(name, end) for name in ends for end in ("lowest", "highest")] + [("random", 0)]
    measured = {order: np.random.default_rng(0).random((4, 2)) for order in orders}
    sample = SimpleNamespace(
        values={name: valued(name, *ends[name], X, y) for name in ends},
        curves=RemovalCurves(np.linspace(0, 0.98, 4), measured, measured, "f_X"),
        boundaries=boundaries_of("noisy"),
        data=SimpleNamespace(rows=pd.DataFrame({"row": range(100, 100 + len(X))})),
    )
    return training_points.draw([sample])


def pairwise():
    X, y = support.small.pool()
    matrix = np.subtract.outer(np.arange(24.0), np.arange(24.0)) / 1e3
    pairs = SimpleNamespace(joint=abs(matrix), interaction=matrix, points=X, labels=y)
    clusters = np.arange(24) % 4
    recovered = {"joint": clusters, "interaction": clusters}
    return pairwise_panels(
        [Clustered(name, pairs, clusters, recovered) for name in ("two clusters", "small group")]
    )


def agreeing_methods():
    names = ["leave-one-out, f_X", "Shapley, g", "Gaussian process", "memorization"]
    table = pd.DataFrame(np.linspace(-1, 1, 16).reshape(4, 4), names, names)
    table.iloc[0, 1] = np.nan
    halves, aucs = dict.fromkeys(names), dict.fromkeys(names, (0.3, 0.9))
    compared = agreement.MethodAgreement(halves, Agreement(table, table.abs()), aucs)
    return agreement.draw(dict.fromkeys(("two_clusters", "noisy", "zero_centered"), compared))


def bought_labels():
    data = dvlib.make_dataset("two_clusters", seed=0)
    rng = np.random.default_rng(0)
    curves = [SimpleNamespace(dv={name: rng.random((4, 2)) for name in STRATEGIES})] * 3
    names = ("two_clusters", "four_clusters", "noisy", "zero_centered")
    points, labels = np.array([[25.0, -10], [-10, 25], [15, -3]]), np.array([1, 1, 0])
    truth = boundaries_of("two_clusters")
    maps = [
        labelling.LabelledMap(name, data, points, labels, truth, truth)
        for name in list(STRATEGIES)[:4]
    ]
    return labelling.labelling_panels(dict.fromkeys(names, curves), maps)


def explained_shares():
    names = ("two_clusters", "zero_centered", "spirals")
    shares = dict(zip((*FORMULAS, ANY), np.linspace(0, 1, len(FORMULAS) + 1), strict=True))
    both, noise = dict.fromkeys(("g", "f_X"), shares), dict.fromkeys(("g", "f_X"), np.nan)
    return rules.rule_panels([rules.HeldOut(name, both, {}, noise) for name in names])


def kept_points():
    dv = dict.fromkeys(core_sets.SELECTIONS, np.geomspace(0.3, 1e-3, 8)[:, None])
    curves = SimpleNamespace(
        orders=dv, sizes=core_sets.SIZES, to_base=dv, to_g=dv, other_seed=0.01,
        base_to_g=np.array([0.2]),
    )  # fmt: skip
    names = ("two_clusters", "four_clusters")
    return core_sets.core_set_panels({name: [curves] for name in names})


def every_claim():
    numbers = {f"a measure with a name of some {k}": Part([0.1, 0.9, 0.8], "≥", 0.6) for k in "ab"}
    return claims_panel([verdicts.judge(claim, numbers) for claim in claims().values()])


def sweep():
    longest = sorted(claims().values(), key=lambda claim: -len(claim.says))[:6]
    verdict = {one.id: verdicts.judge(one, {"a": Part([0.9], "≥", 0.5)}) for one in longest}
    axes = (robustness.STDS, robustness.SIZES, robustness.WIDTHS, robustness.RANGES)
    study = robustness.RobustnessStudy(dict.fromkeys(product(*axes), verdict), {})
    return robustness.draw(study)


def tried_settings():
    return setting_panel(UnstatedStudy({
        (setting, k): {name: one.limit + np.sin(20 * i + 3 * j + k)
                       for j, (name, one) in enumerate(STATEMENTS.items())}
        for i, setting in enumerate(settings_tried()) for k in range(4)
    }))  # fmt: skip


PICTURES = (
    comparison, nine_maps, data_sets, own_file, new_points, trajectories,
    valued_training_points, pairwise, agreeing_methods, bought_labels, kept_points,
    explained_shares, every_claim, sweep, tried_settings,
)  # fmt: skip


@pytest.fixture(scope="module", params=PICTURES, ids=lambda draw: draw.__name__)
def picture(request):
    """Each kind of picture, laid out."""
    figure = request.param()
    with matplotlib.style.context("default"):
        figure.draw_without_rendering()
    return figure


def drawn_texts(figure):
    """Texts of a figure with their extents in pixels, without labels of ticks beyond the axes."""
    beyond = set()
    for ax in figure.findobj(matplotlib.axes.Axes):
        for axis in (ax.xaxis, ax.yaxis):
            inside = {id(tick) for tick in axis._update_ticks()}
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if id(tick) not in inside:
                    beyond |= {id(tick.label1), id(tick.label2)}
    texts = (text for text in figure.findobj(Text) if text.get_text().strip())
    shown = (text for text in texts if text.get_visible() and id(text) not in beyond)
    return [(text.get_text(), text.get_window_extent()) for text in shown]


def test_no_text_leaves_the_figure_or_covers_another(picture):
    texts = drawn_texts(picture)
    width, height = picture.bbox.size
    for words, box in texts:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
        assert inside, f"{words!r} at {box.extents} of {picture.bbox.size}"
    for (words, box), (other, beside) in combinations(texts, 2):
        across = min(box.x1, beside.x1) - max(box.x0, beside.x0)
        along = min(box.y1, beside.y1) - max(box.y0, beside.y0)
        assert min(across, along) <= 1.5, f"{words!r} covers {other!r}"


def test_every_point_lies_inside_its_panel(picture):
    for ax in picture.axes:
        (left, right), (low, high) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
        for points in (it for it in ax.collections if isinstance(it, PathCollection)):
            x, y = np.reshape(points.get_offsets(), (-1, 2)).T
            assert ((x > left) & (x < right) & (y > low) & (y < high)).all()


def test_colour_bars_say_what_high_means_and_white_is_zero(picture):
    white = matplotlib.colormaps["RdBu"](0.5)
    images = [image for ax in picture.axes for image in (*ax.images, *ax.collections)
              if np.ndim(image.get_array()) == 2]  # fmt: skip
    assert not images or any(image.colorbar for image in images) or picture.legends
    for image in images:
        if image.cmap.name == "RdBu":
            assert image.cmap(image.norm(0.0)) == pytest.approx(white, abs=0.01)
            assert image.norm.vmin == -image.norm.vmax
        else:
            assert image.norm.vmin > 0  # probabilities and agreements
    for bar in filter(None, (image.colorbar for image in images)):
        what, high = bar.ax.get_ylabel().split("\n")
        assert what and re.match(r"high = .{4}", high)
        low, high = bar.ax.get_ylim()
        values = bar.mappable.get_array()
        assert values.min() >= low - 1e-12 or bar.extend in ("min", "both")
        assert values.max() <= high + 1e-12 or bar.extend in ("max", "both")


def test_colours_differ_for_colour_blind_readers():
    curves = [colour for colour, _ in training_points.CURVES.values()]
    for group in (drawing.LABEL_COLOURS.values(), curves, drawing.CLUSTER_COLOURS):
        seen = [np.clip(NO_GREEN @ np.power(to_rgb(colour), 2.2), 0, 1) for colour in group]
        for first, second in combinations(seen, 2):
            assert np.linalg.norm(first**0.45 - second**0.45) >= 0.15
    for looks, names in (
        (labelling.LOOKS, STRATEGIES), (core_sets.LOOKS, core_sets.SELECTIONS),
    ):  # fmt: skip
        assert looks.keys() == names.keys()
        assert len({marker for _, marker, _ in looks.values()}) == len(names)

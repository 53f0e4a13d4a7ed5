"""Constants of the paper's plane scale with the data; its mesh is refused for data elsewhere."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from support.small import line

import dvlib
from dvlib.data.datasets import NAMES, unit_of
from dvlib.data.regions import Boundaries, find_regions
from dvlib.engine.boundaries import boundary_curves
from dvlib.engine.mesh import PLOT_RANGE, X_M, MeshGrid
from dvlib.engine.mlp import MLPConfig, Network
from dvlib.methods.removal import SHARES, shares_of
from dvlib.methods.runs import train_runs
from dvlib.paper.drawing.panels import BoundaryPanel
from dvlib.paper.figures import comparison
from dvlib.paper.figures.trajectories import forgotten_are_near
from dvlib.paper.judging import verdicts
from dvlib.refits.batch import check_plane

SCALES = (1e-6, 0.14, 1000)
QUICK = dvlib.RefitSettings(config=MLPConfig((3,), max_iter=3), cache=False, n_jobs=1)


def bent(slope):
    """slope · |x| − y: its boundary is bent in the same way at every scale."""
    inner, outer = [[1, -1, 0, 0], [0, 0, 1, -1.0]], [[slope], [slope], [-1], [1.0]]
    return Network.of_layers((np.array(inner), np.array(outer)), (np.zeros(4), np.zeros(1)))


BENT = bent(1)


def mesh_of(scale, side=71):
    return MeshGrid(*(scale * end for end in PLOT_RANGE), side)


def test_a_unit_is_1_in_the_paper_s_plane():
    assert dvlib.make_dataset("noisy", n_per_class=10).unit == 1.0
    assert unit_of((-3.5, 0)) == pytest.approx(0.1)
    data = dvlib.make_dataset("breast_cancer")
    assert data.unit == pytest.approx((data.plot_range[1] - data.plot_range[0]) / 35)


@pytest.mark.parametrize("scale", SCALES)
def test_distances_of_regions_are_in_units_of_the_paper_s_plane(dataset, scale):
    g = np.tril(np.ones((71, 71), np.uint8))
    learned = np.roll(g, 3, axis=1).astype(float)
    here = find_regions(dataset, Boundaries(mesh_of(1), g, learned), mesh_of(1, 36).points)
    there = replace(
        dataset, means=scale * dataset.means, plot_range=tuple(scale * end for end in PLOT_RANGE)
    )
    mesh = mesh_of(scale)
    found = find_regions(there, Boundaries(mesh, g, learned), mesh_of(scale, 36).points)
    np.testing.assert_allclose(found.to_g, here.to_g)
    np.testing.assert_allclose(found.to_learned, here.to_learned)
    np.testing.assert_array_equal(found.name, here.name)
    assert 0 < here.to_g.min() < 1 < here.to_g.max()


@pytest.mark.parametrize("scale", SCALES)
def test_c23_measures_straightness_in_units_and_two_clusters_in_their_own_plane(scale):
    def judged(network, other=BENT):
        sample = SimpleNamespace(
            boundaries=Boundaries(mesh_of(scale), None, None),
            refits=SimpleNamespace(base_networks=[network]),
            data=SimpleNamespace(unit=scale),
        )
        uncentred = SimpleNamespace(networks=lambda: [other])
        return comparison.boundary_is_a_line(comparison.CentredSample(sample, uncentred))

    numbers = judged(BENT).numbers
    assert numbers["distance from a line"] == pytest.approx(numbers["on two clusters"], rel=1e-6)
    assert numbers["on two clusters"] > 1 and judged(BENT).verdict == verdicts.NOT
    straight = judged(line(1, 1, 0))
    assert straight.verdict == verdicts.REPRODUCED
    assert straight.numbers["distance from a line"] < 1e-6
    # Both are equally and hardly bent: straight, but not straighter than the other.
    assert judged(bent(0.01), bent(0.01)).verdict == verdicts.PARTLY
    assert judged(line(0, 0, -1)).verdict == verdicts.NOT_MEASURED  # no boundary


@pytest.mark.parametrize("scale", SCALES)
def test_c26_measures_distances_to_the_boundary_at_any_scale(scale):
    points = scale * np.array([[0, 0], [3, 1.04], [4, 1.55], [5, 9], [9, 2.0]])
    hits = np.ones((5, 1, 4), bool)
    hits[1, 0, 1] = False  # forgotten once, and the nearest to y = 1
    runs = SimpleNamespace(
        points=points, n_fits=1, learning=(hits, np.full((5, 1), 4)),
        curves=lambda mesh: [boundary_curves(line(0, 1, -scale), mesh)],
    )  # fmt: skip
    data = SimpleNamespace(name="noisy", unit=scale)
    verdict = forgotten_are_near(SimpleNamespace(data=data, runs=runs))
    assert verdict.numbers["AUC of nearness"] == 1


@pytest.mark.parametrize("scale", SCALES)
def test_curves_are_thinned_alike_at_every_scale(scale):
    x = np.linspace(-10, 25, 200)
    curve = np.column_stack([x, 5 + 3 * np.sin(x / 3)])

    def corners(scale):
        runs = SimpleNamespace(points=None, labels=None, curves=lambda *_: [[scale * curve]])
        return BoundaryPanel.of_runs(runs, mesh_of(scale)).curves[0][0]

    assert 10 < len(corners(1)) < 100
    np.testing.assert_allclose(corners(scale), scale * corners(1), rtol=1e-6)


def elsewhere():
    """Points that the paper's mesh says nothing about."""
    X, y = np.array([[0, 1], [1, 2], [1, 0], [9, 7], [10, 8], [11, 6.0]]), np.repeat([0, 1], 3)
    places = {
        "far": 120 + 5 * X, "millimetres": 1e3 * X + 100, "kilometres": 1e-6 * X,
        "one label": X + 30 * y[:, None],
    }  # fmt: skip
    return places, y


METHODS = {
    "added": lambda X, y, g, how: dvlib.refits_with_point(X, y, X, y, g, how),
    "left out": dvlib.refits_without_point,
    "Shapley, added": lambda X, y, g, how: dvlib.added_point_shapley(X, y, X, y, g, how),
    "SVARM": dvlib.svarm_shapley,
    "stratified": dvlib.stratified_shapley,
    "removal": lambda X, y, g, how: dvlib.removal_curves(X, y, X, y, g, {"a": range(6)}, how),
}


@pytest.mark.parametrize("place", elsewhere()[0])
@pytest.mark.parametrize("method", METHODS)
def test_the_paper_s_mesh_is_refused_for_points_elsewhere_before_any_fit(method, place, fits):
    places, y = elsewhere()
    X = places[place]

    def g(points):
        return (np.asarray(points)[..., 0] > X[:, 0].mean()).astype(int)

    with pytest.raises(
        ValueError, match=r"give a mesh around your points, such as .*\)\),"
    ) as error:
        METHODS[method](X, y, g, QUICK)
    assert not fits
    advice = str(error.value).split("mesh=")[1].split("), or")[0]
    mesh = eval(advice, {"MeshGrid": MeshGrid})
    assert mesh.low < X.min() and mesh.high > X.max()
    check_plane(X, y, mesh)


def test_runs_compare_no_boundaries_on_the_paper_s_mesh_elsewhere():
    places, y = elsewhere()
    (runs,) = train_runs([(places["far"], y)], QUICK)  # takes no mesh
    with pytest.raises(ValueError, match=r"no point of label 0 or 1 lies there"):
        runs.boundaries()
    assert runs.boundaries(MeshGrid(100, 200, 20)).shape == (1, 20, 20)


@pytest.mark.parametrize("name", NAMES)
def test_every_data_set_has_a_mesh_of_its_own(name):
    data = dvlib.make_dataset(name)
    check_plane(data.X, data.y, MeshGrid(*data.mesh_range, X_M.side))


@pytest.mark.parametrize("n", [2, 3, 6, 9, 24, 50, 670])
def test_shares_leave_a_point_and_repeat_no_set(n):
    gone = np.rint(np.array(shares_of(n)) * n)
    assert gone[0] == 0 and gone[-1] < n and (np.diff(gone) > 0).all() and len(gone) > 1
    assert set(shares_of(n)) <= set(SHARES)
    assert n < 50 or shares_of(n) == SHARES

"""Scales of colours: which panels share one, and what odd values look like."""

import numpy as np
import pytest
import support.small
from matplotlib.colors import to_rgb

import dvlib
from dvlib.engine.mesh import MeshGrid
from dvlib.methods.forgetting import VARIANTS
from dvlib.paper.drawing import look, scales
from dvlib.paper.drawing.maps import draw_values

GRID = MeshGrid.from_step(-10, 25, 7)


def test_panels_of_a_kind_share_a_scale_unless_it_hides_one():
    loo, other = ("leave-one-out against g", [-1, 4.0]), ("Shapley against f_X", [0, 2.0])
    small, epochs = ("leave-one-out against g", [-0.9, 0.5]), ("simple", [0, 3.0])
    found = scales.scales([loo, other, small, epochs])
    assert found[0].ends == found[1].ends == (-1, 4)
    assert not (found[0].separate or found[1].separate)
    assert found[2].ends == (-0.9, 0.5) and "own scale" in found[2].label
    assert found[3].ends == (0, 3) and not found[3].separate
    first, second = scales.scales([("DVRL", [0.2, 0.3]), ("DVRL", [0.2, 0.9])])
    assert (first.ends, second.ends) == ((0.2, 0.3), (0.2, 0.9))
    assert first.separate and second.separate
    (one,) = scales.scales([("DVRL", [0.2, 0.3])])
    assert not one.separate
    unknown, known = scales.scales([("leave-one-out against g", [np.nan] * 2), other])
    assert known.ends == (0, 2) and not known.separate and not unknown.separate


@pytest.mark.parametrize("values", [[0, 0], [np.nan, 1], [np.nan], [np.inf, np.inf], [-3, -1]])
@pytest.mark.parametrize("method", ["forgetting", "DVRL"])
def test_scales_of_odd_values_are_finite_and_not_empty(method, values):
    (scale,) = scales.scales([(method, np.array(values, float))])
    low, high = scale.ends
    assert np.isfinite([low, high]).all() and low < high
    assert scale.norm.vmin < scale.norm.vmax


def test_infinite_and_missing_values_have_colours_of_their_own():
    numbers = np.linspace(0, 5, len(GRID.points))
    numbers[:2] = np.inf, np.nan
    (image,) = draw_values(support.small.valued(numbers, GRID.points), mesh=GRID).collections
    shown = image.cmap(image.norm(image.get_array())).reshape(-1, 4)[:, :3]
    first, second = GRID.as_image(np.arange(len(numbers))).ravel().argsort()[:2]
    assert tuple(shown[first]) == (0, 0, 0) and tuple(shown[second]) == to_rgb(look.NO_VALUE)
    assert image.colorbar.extend == "max" and "arrow = infinite" in image.colorbar.ax.get_ylabel()


def test_every_method_says_what_high_means():
    X, y, g = support.small.POINTS, support.small.LABELS, support.small.g
    settings = support.small.settings(cache=False)
    refits = dvlib.refits_without_point(X, y, g, settings)
    values = [dvlib.against_g(refits), dvlib.against_base(refits),
              dvlib.memorization_values(refits),
              dvlib.svarm_shapley(X, y, g, settings, n_fits=40),
              *(dvlib.forgetting_values(refits, variant) for variant in VARIANTS)]  # fmt: skip
    names = [made.method for made in values]
    for name in (*names, "Gaussian process", "Monte-Carlo dropout", "ensemble"):
        assert scales.meaning_of(name) is not scales.OTHER, name

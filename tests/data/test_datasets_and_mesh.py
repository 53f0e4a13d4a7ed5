"""The Gaussian mixtures, their ground truth g, and the meshes."""

import numpy as np
import pytest

from dvlib.data.datasets import MIXTURES, make_dataset
from dvlib.engine.mesh import X_M, X_P_M, MeshGrid


def test_g_is_the_label_of_the_nearest_mean():
    data = make_dataset("two_clusters")
    assert data.means.tolist() == [[0, 1], [10, 7]]
    # Squared distances to (0, 1) and (10, 7): (4, 4) 25 and 45; (6, 5) 52 and 20; the means 0.
    assert data.g([[4, 4], [6, 5], [0, 1], [10, 7]]).tolist() == [0, 1, 0, 1]
    assert data.g(np.zeros((3, 5, 2))).shape == (3, 5)
    # (-2, 11) and (1, 1) are 1 away from negative means, (12, -3) and (9, 7) from positive ones.
    points = [[-2, 11], [1, 1], [12, -3], [9, 7]]
    assert make_dataset("four_clusters").g(points).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("name", ["two_clusters", "noisy", "zero_centered"])
def test_split_is_stratified_as_in_the_paper(name):
    data = make_dataset(name)
    # 33 % of 1,000 points is 330, half of them of each class.
    assert np.bincount(data.y).tolist() == [335, 335]
    assert np.bincount(data.y_test).tolist() == [165, 165]
    both = np.concatenate([data.X, data.X_test])
    assert both.shape == np.unique(both, axis=0).shape == (1000, 2)


@pytest.mark.parametrize("name", MIXTURES)
def test_only_noisy_labels_differ_from_g(name):
    # With clusters this wide, every mixture has points nearer to a mean of the other label.
    data = make_dataset(name, seed=1, cluster_std=4.0)
    crossed = data.mean_labels[data.clusters] != data.g(data.X)
    # Half the distance between two means is at least 5.83 = 1.46 σ. At most 7.2 % of a Gaussian
    # lies beyond one such line, and at most twice that beyond two lines.
    assert 0.03 < crossed.mean() < 0.2
    wrong = data.y != data.g(data.X)
    np.testing.assert_array_equal(wrong, crossed if name == "noisy" else np.zeros_like(crossed))


@pytest.mark.parametrize("name", MIXTURES)
def test_clusters_are_gaussians_about_their_means(name):
    data = make_dataset(name, n_per_class=2000)
    for k, mean in enumerate(data.means):
        own = data.X[data.clusters == k]
        # For at least 670 points, the standard errors of the mean and the standard deviation of a
        # coordinate are at most 0.04 σ and 0.028 σ. The tolerances are five standard errors.
        np.testing.assert_allclose(own.mean(0), mean, atol=0.2 * data.cluster_std)
        np.testing.assert_allclose(own.std(0), data.cluster_std, rtol=0.14)


def test_seed_decides_the_points():
    one, same, other = (make_dataset("two_clusters", seed=s, n_per_class=9) for s in (4, 4, 5))
    for name in ("X", "y", "X_test", "y_test", "clusters"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
    assert not np.isin(one.X, other.X).any()


def test_mesh_points_by_hand():
    mesh = MeshGrid(0, 2, 3)
    assert mesh.axis.tolist() == [0, 1, 2]
    assert mesh.step == 1
    expected = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2]]
    assert mesh.points.tolist() == expected  # y runs fastest
    mesh = MeshGrid(0, 1, 2)
    # Points (0,0) (0,1) (1,0) (1,1) as a, b, c, d: the row y = 0 holds a, c, the row y = 1 b, d.
    assert mesh.as_image(list("abcd")).tolist() == [["a", "c"], ["b", "d"]]


def test_meshes_of_the_paper():
    assert (X_M.low, X_M.high, X_M.side) == (-10, 20, 500)
    assert X_M.points.shape == (250_000, 2)
    assert (X_P_M.low, X_P_M.high, X_P_M.side, X_P_M.step) == (-10, 25, 36, 1)


@pytest.mark.parametrize("low, high, step, side, last", [
    (-10, 25, 3, 12, 23),  # 35 / 3 = 11.67: 11 steps, 12 points
    (-10, 25, 0.1, 351, 25), (0, 1, 1, 2, 1),
    (0, 0.3, 0.1, 4, 0.3),  # 0.3 / 0.1 is 2.9999999999999996 in floating point
    (0, 1, 0.7, 2, 0.7),
])  # fmt: skip
def test_mesh_from_step(low, high, step, side, last):
    mesh = MeshGrid.from_step(low, high, step)
    assert mesh.side == side
    assert mesh.axis[0] == low
    assert mesh.axis[-1] == pytest.approx(last, abs=1e-12)  # a sum of products rounds
    assert mesh.step == pytest.approx(step, abs=1e-12)


@pytest.mark.parametrize("make, change, message", [
    ("data", {"name": "two_cluster"}, "data set 'two_cluster'.*did you mean 'two_clusters'"),
    ("data", {"name": "xyz"}, "unknown data set 'xyz': give one of two_clusters, four_clusters"),
    ("data", {"seed": True}, "seed True: give a whole number"),
    ("data", {"seed": 2**32}, r"seed 4294967296: give a whole number below 2\*\*32"),
    ("data", {"n_per_class": 3}, "n_per_class 3: give a whole number of 4 or more"),
    ("data", {"n_per_class": 10.0}, r"n_per_class 10\.0: give a whole number"),
    ("data", {"cluster_std": 0}, "cluster_std 0: give a finite number above 0"),
    ("data", {"cluster_std": np.nan}, "cluster_std nan"),
    ("data", {"test_share": -0.1}, "test_share -0.1: give 0 or more, below 1"),
    ("data", {"test_share": 1}, "test_share 1: give 0 or more, below 1"),
    ("mesh", {"side": 1}, "mesh side 1: give a whole number of 2 or more, at most 5000"),
    ("mesh", {"side": 10**9}, "mesh side 1000000000: .*, at most 5000"),
    *(("mesh", {"side": side}, "side .*: give a whole number") for side in (3.0, np.inf, None)),
    ("mesh", {"high": 0}, r"a mesh from 0\.0 to 0\.0: give low < high"),
    ("mesh", {"low": np.nan}, "mesh low nan: give a finite number"),
    ("mesh", {"low": "0"}, "mesh low '0': give a number"),
    ("mesh", {"low": -1e300}, r"mesh low -1e\+300: give a number from −1e\+15 to 1e\+15"),
    ("mesh", {"high": 5e-324}, "its step, 0, is lost in rounding"),
    ("mesh", {"low": 1e15 - 2, "high": 1e15}, r"its step, 0\.5, is lost in rounding"),
    *(("step", {"step": step}, rf"grid step {step}: .*above 0.*at most the range, 35")
      for step in (0, 35.001, np.nan)),
    ("step", {"step": 1e-6}, "mesh side 35000001"), ("step", {"step": 5e-324}, "mesh|step"),
])  # fmt: skip
def test_bad_settings_are_named_with_what_is_allowed(make, change, message):
    makers = {
        "data": (make_dataset, {"name": "two_clusters"}),
        "mesh": (MeshGrid, {"low": 0, "high": 1, "side": 5}),
        "step": (MeshGrid.from_step, {"low": -10, "high": 25}),
    }
    function, usual = makers[make]
    with pytest.raises(ValueError, match=message):
        function(**usual | change)


def test_nothing_held_out_gives_the_sizes_asked_for():
    data = make_dataset("two_clusters", seed=3, n_per_class=50, test_share=0)
    assert np.bincount(data.y).tolist() == [50, 50] and len(data.X_test) == 0
    assert len(data.clusters) == 100

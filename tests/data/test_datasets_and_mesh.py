"""The Gaussian mixtures, their ground truth g, and the meshes."""

import numpy as np
import pytest

from dvlib.data.datasets import MIXTURES, NAMES, PAPERS, SAMPLED, make_dataset
from dvlib.engine.mesh import X_M, X_P_M, MeshGrid
from dvlib.paper.manifest import FIGURES

HUGE = 10**9


def test_g_is_the_label_of_the_nearest_mean():
    data = make_dataset("two_clusters")
    assert data.means.tolist() == [[0, 1], [10, 7]]
    # Squared distances to (0, 1) and (10, 7): (4, 4) 25 and 45; (6, 5) 52 and 20; the means 0.
    assert data.g([[4, 4], [6, 5], [0, 1], [10, 7]]).tolist() == [0, 1, 0, 1]
    assert data.g(np.zeros((3, 5, 2))).shape == (3, 5)


def test_g_of_four_clusters_takes_either_mean_of_a_side():
    # (-2, 11) and (1, 1) are 1 away from negative means, (12, -3) and (9, 7) from positive ones.
    points = [[-2, 11], [1, 1], [12, -3], [9, 7]]
    assert make_dataset("four_clusters").g(points).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("name", ["two_clusters", "noisy", "zero_centered"])
def test_split_is_stratified_as_in_the_paper(name):
    data = make_dataset(name)
    # 33 % of 1,000 points is 330, half of them of each class.
    assert np.bincount(data.y).tolist() == [335, 335]
    assert np.bincount(data.y_test).tolist() == [165, 165]
    assert data.X.shape == (670, 2) and data.X_test.shape == (330, 2)


def test_figures_take_every_mixture_and_default_to_those_of_the_paper():
    assert set(PAPERS) <= MIXTURES.keys()
    assert FIGURES["fig01"].datasets == NAMES
    assert FIGURES["fig05"].datasets == (None, *NAMES)
    assert FIGURES["fig08"].datasets == tuple(SAMPLED)  # of several sizes
    for entry in FIGURES.values():
        assert entry.dataset in (None, *PAPERS) and entry.dataset in entry.datasets


def test_training_and_test_points_are_apart():
    data = make_dataset("two_clusters", n_per_class=50)
    both = np.concatenate([data.X, data.X_test])
    assert len(np.unique(both, axis=0)) == len(both) == 100


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


def test_points_of_a_class_are_divided_among_its_clusters():
    data = make_dataset("four_clusters", n_per_class=301, cluster_std=0.1)
    # 301 = 151 + 150. The split keeps 67 % of each, about 101; it stratifies by label only.
    assert np.bincount(data.y).sum() == 602 - 199
    assert np.all(np.abs(np.bincount(data.clusters) - 101) < 30)


def test_seed_decides_the_points():
    one, same, other = (make_dataset("two_clusters", seed=s, n_per_class=9) for s in (4, 4, 5))
    for name in ("X", "y", "X_test", "y_test", "clusters"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
    assert not np.isin(one.X, other.X).any()


def test_numpy_integers_are_seeds_and_counts():
    data = make_dataset("two_clusters", seed=np.int64(4), n_per_class=np.int32(9))
    np.testing.assert_array_equal(data.X, make_dataset("two_clusters", seed=4, n_per_class=9).X)


def test_cluster_std_scales_the_clusters():
    wide, narrow = (make_dataset("noisy", cluster_std=s) for s in (2.0, 1.0))
    means = wide.means[wide.clusters]
    # Both scale the same standard normal numbers; sums of about 10 round at 1e-15.
    np.testing.assert_allclose(wide.X - means, 2 * (narrow.X - means), atol=1e-12)


@pytest.mark.parametrize("change, message", [
    ({"name": "two_cluster"}, r"unknown data set 'two_cluster'.*did you mean 'two_clusters'"),
    ({"name": "xyz"}, r"unknown data set 'xyz': give one of two_clusters, four_clusters"),
    ({"seed": -1}, r"seed -1: give a whole number of 0 or more"),
    ({"seed": 1.0}, r"seed 1\.0: give a whole number"),
    ({"seed": True}, r"seed True: give a whole number"),
    ({"seed": None}, r"seed None: give a whole number"),
    ({"seed": 2**32}, r"seed 4294967296: give a whole number below 2\*\*32"),
    ({"n_per_class": 3}, r"n_per_class 3: give a whole number of 4 or more"),
    ({"n_per_class": 10.0}, r"n_per_class 10\.0: give a whole number"),
    ({"n_per_class": -HUGE}, r"n_per_class -1000000000"),
    ({"cluster_std": 0}, r"cluster_std 0: give a finite number above 0"),
    ({"cluster_std": -1}, r"cluster_std -1: give"),
    ({"cluster_std": np.nan}, r"cluster_std nan"),
    ({"cluster_std": np.inf}, r"cluster_std inf"),
])  # fmt: skip
def test_bad_settings_of_a_dataset_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        make_dataset(**({"name": "two_clusters"} | change))


def test_mesh_points_by_hand():
    mesh = MeshGrid(0, 2, 3)
    assert mesh.axis.tolist() == [0, 1, 2]
    assert mesh.step == 1
    expected = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2]]
    assert mesh.points.tolist() == expected  # y runs fastest


def test_as_image_has_y_down_and_x_across():
    mesh = MeshGrid(0, 1, 2)
    # Points (0,0) (0,1) (1,0) (1,1) as a, b, c, d: the row y = 0 holds a, c, the row y = 1 b, d.
    assert mesh.as_image(list("abcd")).tolist() == [["a", "c"], ["b", "d"]]
    x = mesh.as_image(mesh.points[:, 0])
    assert x.tolist() == [[0, 1], [0, 1]]


def test_meshes_of_the_paper():
    assert (X_M.low, X_M.high, X_M.side) == (-10, 20, 500)
    assert X_M.points.shape == (250_000, 2)
    assert (X_P_M.low, X_P_M.high, X_P_M.side, X_P_M.step) == (-10, 25, 36, 1)


@pytest.mark.parametrize(
    "low, high, step, side, last",
    [
        (-10, 25, 3, 12, 23),  # 35 / 3 = 11.67: 11 steps, 12 points
        (-10, 25, 0.1, 351, 25),
        (0, 1, 1, 2, 1),
        (0, 0.3, 0.1, 4, 0.3),  # 0.3 / 0.1 is 2.9999999999999996 in floating point
        (0, 1, 0.7, 2, 0.7),
    ],
)
def test_mesh_from_step(low, high, step, side, last):
    mesh = MeshGrid.from_step(low, high, step)
    assert mesh.side == side
    assert mesh.axis[0] == low
    assert mesh.axis[-1] == pytest.approx(last, abs=1e-12)  # a sum of products rounds
    assert mesh.step == pytest.approx(step, abs=1e-12)


@pytest.mark.parametrize("step", [0, -1, 35.001, np.nan, np.inf])
def test_bad_step_is_named_with_what_is_allowed(step):
    with pytest.raises(ValueError, match=rf"grid step {step}: .*above 0.*at most the range, 35"):
        MeshGrid.from_step(-10, 25, step)


@pytest.mark.parametrize("side, message", [
    (1, r"mesh side 1: give a whole number of 2 or more, at most 5000"),
    (0, r"mesh side 0: give a whole number of 2 or more, at most 5000"),
    (-5, r"mesh side -5: give a whole number of 2 or more, at most 5000"),
    (HUGE, r"mesh side 1000000000: give a whole number of 2 or more, at most 5000"),
    (2.5, r"mesh side 2\.5: give a whole number"),
    (True, r"mesh side True: give a whole number"),
    *((side, "mesh side .*: give a whole number") for side in (3.0, np.nan, np.inf, None)),
])  # fmt: skip
def test_bad_mesh_side_is_named_with_what_is_allowed(side, message):
    with pytest.raises(ValueError, match=message):
        MeshGrid(0, 1, side)


@pytest.mark.parametrize("low, high, message", [
    (1, 1, r"a mesh from 1\.0 to 1\.0: give low < high"),
    (2, 1, r"a mesh from 2\.0 to 1\.0: give low < high"),
    (np.nan, 1, "mesh low nan: give a finite number"),
    (0, np.inf, "mesh high inf: give a finite number"), ("0", 1, "mesh low '0': give a number"),
    (-1e300, 1e300, r"mesh low -1e\+300: give a number from −1e\+15 to 1e\+15"),
    (0, 5e-324, "its step, 0, is lost in rounding"),
    (1e15 - 2, 1e15, r"its step, 0\.5, is lost in rounding"),
])  # fmt: skip
def test_bad_range_of_a_mesh_is_named(low, high, message):
    with pytest.raises(ValueError, match=message):
        MeshGrid(low, high, 5)


@pytest.mark.parametrize("step, message", [(1e-6, "mesh side 35000001"), (5e-324, "mesh|step")])
def test_too_fine_a_step_is_refused(step, message):
    with pytest.raises(ValueError, match=message):
        MeshGrid.from_step(-10, 25, step)


def test_nothing_held_out_gives_the_sizes_asked_for():
    data = make_dataset("two_clusters", seed=3, n_per_class=50, test_share=0)
    assert np.bincount(data.y).tolist() == [50, 50] and len(data.X_test) == 0
    assert len(data.clusters) == 100
    for bad in (-0.1, 1):
        with pytest.raises(ValueError, match=f"test_share {bad}: give 0 or more, below 1"):
            make_dataset("two_clusters", test_share=bad)

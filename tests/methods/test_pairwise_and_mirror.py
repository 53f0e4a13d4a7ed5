"""Pairwise values against their definition, clusters from known matrices, and mirror images."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from support.small import LABELS as Y
from support.small import POINTS as X

from dvlib.data.datasets import make_dataset
from dvlib.methods.pairwise import PairwiseValues, clusters_of, pairwise_values
from dvlib.methods.shapley.coalitions import random_set
from dvlib.paper.figures import mirror, pairwise
from dvlib.paper.figures.mirror import mirror_image, partner_samples
from dvlib.paper.judging import verdicts
from dvlib.paper.settings import resolve
from dvlib.refits.single import fit


def probabilities(subset, settings, seed, points):
    """f of a subset: ½ for the empty set, constant for points of one class."""
    labels = Y[subset]
    if len(set(labels)) < 2:
        return np.full(len(points), labels[0] if len(labels) else 0.5)
    network = fit(X[subset], labels, settings.config, seed=seed).network
    return 1 / (1 + np.exp(-network.decision(points)))


@pytest.mark.parametrize("output", ["probability", "label"])
def test_pairs_follow_the_definition(small, output):
    settings = small(seeds=(0, 3))
    found = pairwise_values(X, Y, settings, n_sets=5, output=output)
    joint, beyond = np.zeros((6, 6)), np.zeros((6, 6))
    for k in range(5):
        chosen = np.sort(random_set(6, 0, k))
        seed = (0, 3)[k % 2]

        def f(subset, seed=seed, chosen=chosen):
            values = probabilities(subset, settings, seed, X[chosen])
            return values if output == "probability" else np.heaviside(values - 0.5, 0.5)

        def change(*gone, chosen=chosen, f=f):
            return np.abs(f(chosen) - f(np.setdiff1d(chosen, gone))).sum()

        for i in range(6):
            for j in range(6):
                if i != j:
                    joint[i, j] += change(i, j) / 5
                    beyond[i, j] += (change(i, j) - change(i) - change(j)) / 5
    np.testing.assert_allclose(found.joint, joint, atol=1e-6)
    np.testing.assert_allclose(found.interaction, beyond, atol=1e-6)
    for matrix in (found.joint, found.interaction):
        np.testing.assert_array_equal(matrix, matrix.T)
        assert not np.diag(matrix).any()
    assert found.joint.any() and len(found.to_frame()) == 15


def values_of(joint):
    zero = np.zeros_like(joint)
    return PairwiseValues(np.zeros((len(joint), 2)), np.zeros(len(joint)), joint, zero, zero, zero,
                          n_sets=2)  # fmt: skip


def test_additive_share_of_known_matrices():
    a = np.arange(6.0)
    sums = a[:, None] + a
    assert values_of(sums).additive_share == pytest.approx(1)
    blocks = np.kron(np.eye(2), np.ones((3, 3)))
    assert values_of(blocks).additive_share < 0.5  # all rows have the same sum


def test_clusters_of_a_block_matrix():
    truth = np.repeat([0, 1, 2], 5)
    blocks = (truth[:, None] == truth) * 1.0
    assert adjusted_rand_score(truth, clusters_of(blocks, 3)) == 1
    assert adjusted_rand_score(truth, clusters_of(blocks - 0.5, 3)) == 1  # negative: no affinity
    assert len(clusters_of(np.zeros((6, 6)), 2)) == 6


@pytest.mark.parametrize(("arguments", "message"), [
    ({"n_sets": 1}, "n_sets 1: give a whole number of 2"),
    ({"output": "labels"}, "unknown output 'labels'.*did you mean 'label'"),
])  # fmt: skip
def test_bad_pairwise_input_is_refused_before_any_fit(small, fits, arguments, message):
    with pytest.raises(ValueError, match=message):
        pairwise_values(X, Y, small(), **arguments)
    with pytest.raises(ValueError, match="2 points: give three or more"):
        pairwise_values(X[2:4], Y[2:4], small())
    assert not fits


def test_mirror_image_is_across_g():
    data = make_dataset("two_clusters")
    points = data.X[:5]
    mirrors = mirror_image(points, data)
    np.testing.assert_allclose(mirror_image(mirrors, data), points)
    first, second = data.means
    for point, image in zip(points, mirrors, strict=True):
        assert np.linalg.norm(point - first) == pytest.approx(np.linalg.norm(image - second))
    np.testing.assert_allclose(mirror_image(data.means[:1], data), data.means[1:])


def test_mirror_wins_for_linear_models_and_bent_g_is_refused():
    settings = resolve("ext02", grid_step=7, n_points=1, mesh_side=100)
    (sample,) = partner_samples(settings)
    assert len(sample.values["MLP"].values) == 37  # the grid and the mirror image
    linear = {name: of for name, of in sample.values.items() if name != "MLP"}
    verdict = mirror.mirror_is_best(SimpleNamespace(values=linear, mirror=sample.mirror))
    assert verdict.verdict == verdicts.REPRODUCED
    with pytest.raises(ValueError, match="'four_clusters': Extension 2 needs two clusters"):
        resolve("ext02", dataset="four_clusters")


def test_c32_and_c33_follow_the_numbers():
    def sample(joint, interaction):
        index = {"joint": joint, "interaction": interaction}
        return SimpleNamespace(
            title="a", rand_index=index.__getitem__, values=SimpleNamespace(additive_share=0.9)
        )

    judge = pairwise.pairs_reveal_clusters
    assert judge(sample(0.9, 0.8)).verdict == verdicts.REPRODUCED
    assert judge(sample(0.1, 0.8)).verdict == verdicts.PARTLY
    assert judge(sample(0.1, 0.2)).verdict == verdicts.NOT

    def groups(loo, shapley):
        sizes = (1, 2, 5, 10, 20)
        rows = zip(sizes, loo, shapley, strict=True)
        return [{size: np.array([a, b, 0.01]) for size, a, b in rows}]

    judge = pairwise.shapley_values_small_groups
    said = groups((1, 0.1, 0, 0, 0), (1, 0.5, 0.3, 0.1, 0))
    assert judge(said).verdict == verdicts.REPRODUCED
    assert judge(groups((1, 0.1, 0, 0, 0), (1, 0.1, 0, 0, 0))).verdict == verdicts.PARTLY
    worthless = judge(groups((-0.1, 0.9, 0.9, 0.9, 0.9), (1, 0.1, 0, 0, 0)))
    assert worthless.verdict == verdicts.NOT
    # On single samples the value is noise; its mean is half of a singleton's.
    shapley = [(1, 0.5 + by, 0.5 - by, 0, 0) for by in (-0.6, 0, 0.6) * 4]
    noisy = [sample for values in shapley for sample in groups((1, 0.1, 0, 0, 0), values)]
    assert judge(noisy).verdict == verdicts.REPRODUCED
    assert judge(noisy).numbers["Shapley, group of 2, holds in"] == pytest.approx(2 / 3)


def test_names_of_the_extensions_are_checked_before_any_fit(fits):
    settings = resolve("ext02", grid_step=7, n_points=1, mesh_side=100)
    with pytest.raises(ValueError, match="model 'SVM': give a linear classifier or an MLPConfig"):
        partner_samples(settings, {"MLP": settings.config, "SVM": "linear"})
    data_sets = {"two": ("two_clusters", 0), "few": ("two_cluster", 0)}
    with pytest.raises(ValueError, match="unknown data set 'two_cluster'.*mean 'two_clusters'"):
        pairwise.clustered_samples(resolve("ext01"), data_sets)
    assert not fits

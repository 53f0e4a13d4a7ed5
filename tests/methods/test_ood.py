"""Out-of-distribution scores: oracles, invariants, and the claims read from them."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel

from dvlib.data.datasets import make_dataset
from dvlib.methods import out_of_distribution
from dvlib.methods.out_of_distribution import (
    _variance,
    ensemble,
    gaussian_process,
    monte_carlo_dropout,
)
from dvlib.paper.figures import uncertainty
from dvlib.refits.batch import RefitSettings
from dvlib.refits.single import fit
from dvlib.refits.workers import side_by_side

pytestmark = pytest.mark.slow

FAR = np.array([[100.0, 100.0], [-100.0, 50.0]])


@pytest.fixture
def clusters():
    """Two clusters of 15 points, far enough from each other for a clear boundary."""
    rng = np.random.default_rng(3)
    return np.r_[rng.normal(0, 1, (15, 2)), rng.normal(6, 1, (15, 2))], np.repeat([0, 1], 15)


def test_process_is_sure_at_the_data_and_equally_unsure_far_away(clusters):
    X, y = clusters
    scores = gaussian_process(X, y, np.r_[X, FAR]).values
    assert scores[:-2].max() < 0.5 * scores[-1]
    # the standard deviation of the prior: 1 of the process, plus the noise
    assert scores[-2] == pytest.approx(scores[-1]) and 1 <= scores[-1] <= np.sqrt(2)


def test_process_score_follows_the_textbook(clusters):
    """k(x, x) − kᵀ K⁻¹ k with the fitted kernel, computed for one point."""
    X, y = clusters
    with pytest.warns(ConvergenceWarning, match="lower bound"):  # there is no noise to be found
        kernel = GaussianProcessRegressor(RBF() + WhiteKernel(1e-2, (1e-4, 1)))
        kernel.fit(X, 2.0 * y - 1)
    length, noise = np.exp(kernel.kernel_.theta)
    at = np.array([[2.0, 1.0]])

    def covariance(a, b):
        return np.exp(-0.5 * np.square(a[:, None] - b).sum(-1) / length**2)

    cross = covariance(at, X)
    inverse = np.linalg.inv(covariance(X, X) + noise * np.eye(30))
    variance = 1 + noise - (cross @ inverse @ cross.T)[0, 0]
    assert gaussian_process(X, y, at).values[0] == pytest.approx(np.sqrt(variance), rel=1e-4)


@pytest.mark.tensorflow
def test_dropout_is_unsure_between_the_clusters_only(clusters):
    X, y = clusters
    centres = [X[:15].mean(0), X[15:].mean(0)]
    points = np.array([np.mean(centres, 0), *centres])
    scores = partial(monte_carlo_dropout, X, y, points, cache=False)
    one = scores(seed=1, n_passes=50, epochs=80)
    assert one.values[0] > 2 * one.values[1:].max()
    assert (one.values <= 0.25).all()  # the largest variance of a probability
    first, other = (scores(seed=k, n_passes=2, epochs=2).values for k in (1, 2))
    assert not np.array_equal(first, other)


@pytest.mark.tensorflow
def test_dropout_beside_others_has_the_bits_of_dropout_alone(clusters):
    X, y = clusters

    def scores(job):
        seed, epochs = job
        passes = {"n_passes": 20, "epochs": epochs, "cache": False}
        return monte_carlo_dropout(X + seed, y, X, seed=seed, **passes).values

    jobs = [(0, 9), (1, 2)]  # of different lengths, so that one works while the other begins
    np.testing.assert_array_equal([scores(job) for job in jobs], [*side_by_side(scores, jobs)])


def test_variance_of_the_probability_does_not_depend_on_which_label_is_likely():
    logits = np.random.default_rng(0).normal(60, 2, (20, 3))  # 1 − p is 1e-26: p rounds to 1
    for sign in (1, -1):
        np.testing.assert_array_equal(_variance(sign * logits), _variance(logits))
    assert (_variance(logits) > 0).all()
    mild = np.random.default_rng(1).normal(0.3, 2, (20, 3))
    np.testing.assert_allclose(_variance(mild), (1 / (1 + np.exp(-mild))).var(0))


def test_ensemble_is_the_variance_over_its_networks(clusters):
    X, y = clusters
    settings = RefitSettings(seeds=(0, 1, 5))
    scores = ensemble(X, y, FAR, settings)
    networks = [fit(X, y, out_of_distribution.SMALLER, seed=seed).network for seed in (0, 1, 5)]
    p = [1 / (1 + np.exp(-network.decision(FAR))) for network in networks]
    np.testing.assert_allclose(scores.values, np.var(p, axis=0), rtol=1e-9)
    assert scores.n_fits == 3 and (scores.labels == -1).all()


def test_a_second_call_computes_nothing(clusters, monkeypatch):
    X, y = clusters
    first = gaussian_process(X, y, FAR)
    monkeypatch.setattr("sklearn.gaussian_process.GaussianProcessRegressor", None)
    np.testing.assert_array_equal(gaussian_process(X, y, FAR).values, first.values)


@pytest.mark.parametrize(("call", "message"), [
    (lambda X, y: gaussian_process(X, 0 * y, FAR), "both classes"),
    (lambda X, y: gaussian_process(X, y, [[0, np.nan]]), "must be finite"),
    (lambda X, y: monte_carlo_dropout(X, y[1:], FAR), "one for each of 30 points"),
    (lambda X, y: monte_carlo_dropout(X, y, FAR, n_passes=1), "n_passes 1: .* 2 or more"),
    (lambda X, y: monte_carlo_dropout(X, y, FAR, epochs=0), "epochs 0"),
    (lambda X, y: monte_carlo_dropout(X, y, FAR, seed=-1), "seed -1"),
    (lambda X, y: ensemble(X, y, FAR, RefitSettings(seeds=(0,))), "networks of an ensemble 1"),
])  # fmt: skip
def test_bad_input_is_refused(clusters, call, message):
    with pytest.raises(ValueError, match=message):
        call(*clusters)


# Claims


def samples(process, dropout, together):
    """Two equal samples of 40 points, scored by functions. The two distances are unrelated."""
    to_learned = np.tile(np.linspace(0, 5, 20), 2)
    to_data, upper = 1 + np.random.default_rng(0).permutation(40), np.arange(40) < 20
    sample = SimpleNamespace(  # the only training point is the origin
        to_data=to_data,
        upper=upper,
        points=to_data[:, None] * np.column_stack([np.full(40, 0.6), np.where(upper, 0.8, -0.8)]),
        data=SimpleNamespace(X=np.zeros((1, 2)), means=np.zeros((2, 2))),
        regions=SimpleNamespace(to_learned=to_learned),
    )
    functions = zip(("Gaussian process", "Monte-Carlo dropout", "ensemble"),
                    (process, dropout, together), strict=True)  # fmt: skip
    sample.values = {name: SimpleNamespace(values=f(sample)) for name, f in functions}
    sample.methods = sample.values
    return [sample] * 2


def near(sample):
    return -sample.regions.to_learned


def far(sample):
    return sample.to_data


def test_c13_compares_each_method_with_its_own_distance():
    judge = uncertainty.only_the_process_finds_far_points
    assert judge(samples(far, near, near)).verdict == "reproduced"
    assert judge(samples(near, near, near)).verdict == "partly"
    assert judge(samples(near, far, far)).verdict == "not reproduced"


def test_c14_asks_for_more_of_the_score_above_the_middle():
    def even(sample):
        return 5.0 - sample.regions.to_learned

    def more_above(sample):
        return even(sample) * np.where(sample.upper, 3.0, 1.0)

    def beside(sample):  # a band that misses the boundary, above the middle only
        return np.where(sample.upper, np.abs(sample.regions.to_learned - 1) < 0.6, 0.01)

    judge = uncertainty.dropout_finds_the_upper_boundary
    found = judge(samples(near, more_above, even))
    assert found.verdict == "reproduced"
    # Three quarters of the sum, against one half; the two highest points, against one of two.
    assert found.numbers["mass above, Monte-Carlo dropout"] == pytest.approx(0.75)
    assert found.numbers["mass above, ensemble"] == pytest.approx(0.5)
    assert found.numbers["highest above, dropout less ensemble"] == pytest.approx(0.5)
    assert judge(samples(near, beside, even)).verdict == "reproduced"
    assert judge(samples(near, even, even)).verdict == "not reproduced"
    assert judge(samples(near, even, more_above)).verdict == "not reproduced"


def test_a_process_on_overlapping_clusters_is_not_all_noise():
    # A fit that starts from a length of 1 ends at 1e-5, where all points are equally unsure.
    data = make_dataset("noisy")
    near, far = gaussian_process(data.X, data.y, [[5.0, 4.0], [40.0, 40.0]]).values
    assert near < far / 2

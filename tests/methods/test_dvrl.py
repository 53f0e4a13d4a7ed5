"""Data valuation by reinforcement learning: its parts, its runs, and that it learns."""

import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

from benchmarks.dvrl import flipped_labels
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig, Network, draw_stream
from dvlib.methods.dvrl import policy
from dvlib.methods.dvrl import runs as dvrl_runs
from dvlib.methods.dvrl.estimator import INPUTS
from dvlib.methods.dvrl.runs import Task, dvrl_values, run_dvrl
from dvlib.methods.dvrl.settings import BASELINES, DVRLSettings
from dvlib.methods.dvrl.target import Target
from dvlib.refits.single import fit
from dvlib.refits.workers import in_background

pytestmark = pytest.mark.slow

CONFIG = MLPConfig(hidden_layer_sizes=(16,), batch_size=16, max_iter=8, n_iter_no_change=8,
                   learning_rate_init=0.02)  # fmt: skip
SHORT = DVRLSettings(config=CONFIG, n_iterations=30, n_checkpoints=3, window=4)
MESH = MeshGrid(-4.0, 6.0, 20)


@pytest.fixture
def target():
    """The mesh, labelled by a line between the pool's clusters; its x and y coefficients differ."""
    return Target.of_mesh(MESH, lambda points: (points @ [1, 3] > 4).astype(int))


@pytest.fixture
def task(pool, target):
    """Function that makes a Task of 30 iterations, which takes a fraction of a second."""
    return lambda seed=0, **changes: Task(*pool, target, replace(SHORT, **changes), seed)


def assert_same(one, other):
    for name in ("performance", "baseline", "mean_probability", "weights"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


# The target


def test_target_scores_are_scikit_learns(pool, target):
    network = fit(*pool, CONFIG).network
    points, labels = target.training_set()
    p = 1 / (1 + np.exp(-network.decision(points)))
    for one in (target, Target(labels, points=points)):
        assert one.score(network, "accuracy") == accuracy_score(labels, p > 0.5)
        assert one.score(network, "log_loss") == pytest.approx(-log_loss(labels, p), rel=1e-6)
    assert target.score(network, "accuracy") == 1 - dv(boundary(network, MESH), target.labels)


def of_one_unit(slope, bias):
    """The network f(x, y) = bias + slope · relu(x)."""
    return Network(np.array([1, 0, 0, slope, bias], float), MLPConfig((1,)))


def test_scores_of_a_network_that_is_sure_are_finite_and_of_no_numbers_an_error():
    points = Target([0, 0], points=[[0, 0], [1, 1]])
    assert points.score(of_one_unit(2e4, -1e4), "log_loss") == pytest.approx(-5e3)
    for performance in ("accuracy", "log_loss"):
        with pytest.raises(FloatingPointError, match="not finite"):
            points.score(of_one_unit(np.nan, 0), performance)


@pytest.mark.parametrize(("arguments", "message"), [
    ({"labels": [0, 1]}, "of neither: give one"),
    ({"labels": [0, 1], "points": [[0, 0], [1, 1]], "mesh": MESH}, "both points and a mesh"),
    ({"labels": [0, 1], "points": [[0, 0]]}, "target labels of shape"),
    ({"labels": np.zeros(400, int), "mesh": MESH}, r"shape \(400,\): give \(20, 20\)"),
    ({"labels": np.full((20, 20), 2), "mesh": MESH}, "must be 0 or 1"),
])  # fmt: skip
def test_bad_targets_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Target(**arguments)


# Runs


def test_a_run_keeps_its_history_and_checkpoints(task):
    (run,) = run_dvrl([task()], cache=False)
    assert len(run.performance) == len(run.baseline) == len(run.mean_probability) == 30
    assert list(run.task.settings.checkpoints) == [10, 20, 30]
    assert run.weights.shape[0] == 3
    X, y = run.task.X, run.task.y
    values = dvrl_values([run], X, y)
    np.testing.assert_array_equal(values.values, run.probabilities(X, y).astype(float))
    assert values.parameters["inputs"] == "labels_and_residuals" and values.n_fits == 31
    assert not np.array_equal(run.probabilities(X, y, 0), run.probabilities(X, y))


def test_a_shorter_run_is_the_beginning_of_a_longer_one(task):
    longer, shorter = run_dvrl([task(), task(n_iterations=20, n_checkpoints=2)], cache=False)
    np.testing.assert_array_equal(longer.performance[:20], shorter.performance)
    np.testing.assert_array_equal(longer.weights[:2], shorter.weights)


def test_seed_decides_a_run_and_workers_cache_and_names_do_not(task, monkeypatch):
    tasks = [task(0), task(1)]
    fresh = run_dvrl(tasks, cache=False, n_jobs=1)
    assert not np.array_equal(fresh[0].performance, fresh[1].performance)
    named = run_dvrl({"second": tasks[1], "first": tasks[0]}, n_jobs=2)
    assert list(named) == ["second", "first"]
    monkeypatch.setattr(dvrl_runs, "train", None)  # no fit is made any more
    for one, other, again in zip(fresh, [*named.values()][::-1], run_dvrl(tasks), strict=True):
        assert_same(one, other)
        assert_same(one, again)


def test_baselines_follow_their_definitions(task, pool, target):
    runs = dict(zip(BASELINES, run_dvrl([task(baseline=b) for b in BASELINES]), strict=True))
    stream = draw_stream(24, CONFIG, 0)
    full = fit(*pool, CONFIG, stream=stream).network
    assert (runs["full"].baseline == target.score(full, "accuracy")).all()
    on_target = fit(*target.training_set(), CONFIG).network
    assert (runs["shared"].baseline == target.score(on_target, "accuracy")).all()
    moving = runs["moving_average"]
    expected = [moving.performance[0], *(moving.performance[max(0, i - 4) : i].mean()
                                         for i in range(1, 30))]  # fmt: skip
    np.testing.assert_array_equal(moving.baseline, expected)


def test_estimator_sees_predictions_of_the_chosen_model(task, pool, target):
    ours, theirs = run_dvrl([task(predictions_of=of) for of in ("train", "target")])
    points = MESH.points
    expected = fit(*pool, CONFIG).network.decision(points)
    np.testing.assert_array_equal(ours.guide.decision(points), expected)
    expected = fit(*target.training_set(), CONFIG).network.decision(points)
    np.testing.assert_array_equal(theirs.guide.decision(points), expected)


def test_predictors_agree(task):
    fast, slow = run_dvrl([task(predictor=p, n_iterations=10) for p in ("fast", "sklearn")])
    # A mesh point on a boundary, up to float32 rounding, changes the score by 1/400.
    np.testing.assert_allclose(fast.performance, slow.performance, atol=2.5 / 400)


@pytest.mark.parametrize("inputs", INPUTS)
def test_coordinates_are_scaled_to_their_range(task, pool, inputs):
    """The estimator sees the same inputs if all coordinates are shifted and scaled."""
    (run,) = run_dvrl([task(inputs=inputs)])
    X, y = pool
    other = Target(run.task.target.labels, mesh=MeshGrid(-4.0 * 2 + 1, 6.0 * 2 + 1, 20))
    moved = replace(run, task=run.task._replace(X=2 * X + 1, target=other))
    same = replace(moved, guide=SimpleNamespace(decision=lambda x: run.guide.decision((x - 1) / 2)))
    np.testing.assert_allclose(
        same.probabilities(2 * X + 1, y), run.probabilities(X, y), atol=1e-6
    )  # fmt: skip


def test_nothing_selected_is_drawn_again_with_one_half(task, monkeypatch):
    weights = []
    real = dvrl_runs.train

    def watched(*args, sample_weight, **kwargs):
        weights.append(sample_weight)
        return real(*args, sample_weight=sample_weight, **kwargs)

    monkeypatch.setattr(dvrl_runs, "train", watched)

    class Never(policy.Estimator):
        probabilities = property(lambda self: np.zeros(24), lambda self, _: None)

    monkeypatch.setattr(policy, "Estimator", Never)
    (run,) = run_dvrl([task(n_iterations=1)], cache=False)
    assert run.mean_probability[0] == 0
    assert 4 <= weights[-1].sum() <= 20  # 24 draws with ½ lie outside once in 7,000 times


def test_an_error_of_a_run_stops_the_others(task, monkeypatch):
    real, main = Target.score, threading.active_count()

    def score(self, network, performance):
        return real(self, network, performance) if performance == "accuracy" else float("nan")

    monkeypatch.setattr(Target, "score", score)
    started = time.perf_counter()
    with pytest.raises(FloatingPointError):
        run_dvrl([task(n_iterations=10**6), task(performance="log_loss")], cache=False, n_jobs=2)
    while threading.active_count() > main:  # the long run would take half an hour
        assert time.perf_counter() - started < 60
        time.sleep(0.05)


def test_values_that_are_not_numbers_are_an_error(task, monkeypatch):
    monkeypatch.setattr(Target, "score", lambda *_: float("nan"))
    with pytest.raises(FloatingPointError, match=r"iteration 1 of .* not finite.*learning_rate"):
        run_dvrl([task()], cache=False)


@pytest.mark.parametrize(("changes", "message"), [
    ({"inputs": "label"}, "unknown inputs 'label'"),
    ({"baseline": "fulll"}, "unknown baseline 'fulll'.*did you mean 'full'"),
    ({"performance": "auc"}, "unknown performance 'auc'"),
    ({"predictor": "torch"}, "unknown predictor 'torch': give one of fast, sklearn"),
    ({"scaled": "yes"}, "unknown scaled 'yes'"), ({"window": 0}, "window 0"),
    ({"learning_rate": -1}, "learning_rate -1"), ({"n_iterations": 0}, "n_iterations 0"),
    ({"predictions_of": "test"}, "unknown predictions_of"),
    ({"config": replace(CONFIG, activation="tanh")}, "cannot have activation 'tanh'"),
    ({"config": MLPConfig()}, "predictor cannot have n_iter_no_change 10"),
])  # fmt: skip
def test_bad_settings_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        DVRLSettings(**changes)


def test_bad_tasks_are_refused_before_any_run(task, monkeypatch):
    monkeypatch.setattr(dvrl_runs, "_run", None)
    good = task()
    one_class = Target(np.zeros(2), points=[[0, 0], [1, 1]])
    shared = replace(SHORT, baseline="shared")
    for bad, message in [
        (good._replace(y=good.y[:-1]), "one for each of 24 points"),
        (good._replace(y=0 * good.y), "both classes"),
        (good._replace(seed=-1), "seed -1"),
        (good._replace(target=one_class, settings=shared), "target of one class"),
    ]:
        with pytest.raises(ValueError, match=message):
            run_dvrl([good, bad], cache=False)


# It learns


def test_clean_points_get_higher_values_than_flipped_points():
    """The median over five seeds is tested, because a single run may fail."""
    settings = DVRLSettings(
        baseline="moving_average", performance="log_loss", predictions_of="target",
        n_iterations=300,
    )  # fmt: skip
    tasks, flips = zip(*(flipped_labels(seed, settings) for seed in range(5)), strict=True)
    aucs = [
        roc_auc_score(~flip, run.probabilities(run.task.X, run.task.y))
        for run, flip in zip(run_dvrl(tasks), flips, strict=True)
    ]
    assert np.median(aucs) >= 0.8


def test_work_in_the_background_gives_its_result_or_its_error():
    assert in_background(sum, [2, 4])() == 6
    with pytest.raises(ZeroDivisionError):
        in_background(divmod, 1, 0)()

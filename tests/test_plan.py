"""The plan for a million refits: its arithmetic by hand, and its numbers from the measured ones."""

import json
import time
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest

from benchmarks import client, plan, scale
from dvlib.engine import boundaries, mlp
from dvlib.engine.kernel import training
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.observe import observe_chunk
from dvlib.refits.batch import RefitSettings

HERE = Path(scale.__file__).parent
KINDS = ("added_point", "mesh_alone")


def read(name):
    return json.loads((HERE / f"{name}.json").read_text())


def test_workers_and_then_the_client_are_the_limit():
    # 100 chunks of 0.2 s are 20 s of work; the client needs 1 s for them, and feeds 20 threads.
    few, many = (plan.batch_seconds(100, threads, 0.2, 0.01) for threads in (4, 40))
    assert few["seconds"] == few["by_workers"] == pytest.approx(5)
    assert many["by_workers"] == pytest.approx(0.5)
    assert many["seconds"] == many["by_client"] == pytest.approx(1)
    assert few["threads_client"] == many["threads_client"] == pytest.approx(20)
    assert few["clients"] == 1 and many["clients"] == 2


def test_threads_without_a_chunk_wait_for_the_next_batch():
    # 10 batches of 10 chunks on 8 threads: 8 chunks, then 2.
    assert plan.batches_seconds(1000, 100, 10, 8, 1.0) == 20
    assert plan.batches_seconds(1000, 100, 10, 10, 1.0) == 10
    assert plan.batches_seconds(1000, 100, 10, 100, 1.0) == 10


def test_gpu_by_hand():
    gpu = plan.Gpu(
        flops_per_second=1000, bytes_per_second=100, shared_bytes=300, utilisation=(0.5,)
    )
    fit = plan.gpu_fit(points=4, hidden=2, batch=3, epochs=5, side=8, references=1, gpu=gpu)
    # Two minibatches per epoch, 10 steps; 9 weights.
    assert fit["operations"] == {
        "pairs": 10 * 4 * 2 * 5,
        "adam": 84 * 2 * 10,
        "sweep": 8 * (7 * 2 + 4 * 8),
        "all": 400 + 1680 + 368,
    }
    assert fit["flops"] == 2 * 2448
    assert fit["bytes_state"] == 3 * 9 * 4 and fit["bytes_points"] == 48
    assert fit["fits_in_shared"] == 1  # 300 / (108 + 48)
    assert fit["bytes_fused"] == 48 + 4 * 5 * 4 + 36 + 8
    assert fit["bytes_state_unfused"] == 10 * 2 * 108
    assert fit["bytes_activations_unfused"] == 5 * 4 * 2 * 4 * 2
    seconds = plan.gpu_seconds(10, fit, gpu)
    assert seconds["compute"] == [pytest.approx(10 * 4896 / 500)]
    assert seconds["memory_fused"] == [pytest.approx(10 * 172 / 50)]
    assert seconds["memory_unfused"] == [pytest.approx(10 * (172 + 2160 + 320) / 50)]


def test_dense_operations_are_those_of_the_bound():
    bound = read("bound")
    fit = plan.gpu_fit(671, 1000, 200, bound["fit"]["epochs"], 500, 2, plan.Gpu())
    assert fit["operations"]["pairs"] == 16 * bound["dense"]["operations"]


@pytest.mark.parametrize("points, hidden", [(671, 1000), (1295, 1000), (64, 40)])
def test_bytes_of_a_fit_are_those_that_the_kernel_allocates(points, hidden):
    allocated = []

    def noted(make):
        def made(*args):
            allocated.append(make(*args))
            return allocated[-1]

        return made

    def stop(*_):
        raise InterruptedError

    observed = SimpleNamespace(**{name: getattr(np, name) for name in np.__all__})
    observed.zeros, observed.empty = noted(np.zeros), noted(np.empty)
    column, initial = np.zeros(points, np.float32), np.zeros(4 * hidden + 1, np.float32)
    with (
        patch.object(training, "np", observed),
        patch.object(training, "arrange_points", stop),  # all arrays but a few words exist by then
        pytest.raises(InterruptedError),
    ):
        training.fit.py_func(
            *[column] * 4, initial, None, 200, *[None] * 7, *[column[:1]] * 3, *[None] * 3
        )
    names = 4 * hidden  # not from zeros or empty
    assert plan.state_bytes(points, hidden, 200) == sum(a.nbytes for a in allocated) + names


@pytest.fixture
def chunk():
    rng = np.random.default_rng(0)
    X, config = rng.normal(size=(12, 2)), mlp.MLPConfig((5,), max_iter=3)
    members, ends = np.tile(np.arange(12, dtype=np.int32), 2), np.array([12, 24])
    references, probes = np.zeros((1, 4, 4), np.uint8), np.zeros((2, 1), int)
    y = np.arange(12) % 2
    mesh = MeshGrid(-1, 1, 4)
    return X, y, members, ends, 0, config, mesh, "fast", references, probes, (), np.empty((0, 2))


def test_compiled_code_is_left_out_and_comes_back(chunk):
    real = mlp.training.fit, boundaries.sweep
    before = observe_chunk(*chunk)
    with client.compiled_replaced(chunk, wait=0.2):
        assert mlp.training.fit is not real[0] and boundaries.sweep is not real[1]
        started = time.perf_counter()
        idle = observe_chunk(*chunk)
        assert time.perf_counter() - started >= 0.2  # it sleeps, however fast the machine is
    assert (mlp.training.fit, boundaries.sweep) == real
    assert {name: a.shape for name, a in idle.items()} == {n: a.shape for n, a in before.items()}
    np.testing.assert_equal(observe_chunk(*chunk), before)


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_plan_follows_from_the_committed_measurements(kind):
    report, settings = read("scale"), RefitSettings()
    inputs, numbers = report["inputs"], read("cluster")[kind]["seconds_client"]
    gpu = plan.Gpu(**inputs["gpu"] | {"utilisation": tuple(inputs["gpu"]["utilisation"])})
    again = scale.planned(report[kind], numbers, settings, inputs, gpu)
    assert json.loads(json.dumps(again)) == report[kind]["plan"]

"""The plan for a million refits follows from the committed measurements."""

import json
from pathlib import Path

import pytest

from benchmarks import plan, scale
from dvlib.refits.batch import RefitSettings

HERE = Path(scale.__file__).parent


def test_workers_and_then_the_client_are_the_limit():
    # 100 chunks of 0.2 s are 20 s of work; the client needs 1 s for them, and feeds 20 threads.
    few, many = (plan.batch_seconds(100, threads, 0.2, 0.01) for threads in (4, 40))
    assert few["seconds"] == few["by_workers"] == pytest.approx(5)
    assert many["seconds"] == many["by_client"] == pytest.approx(1)
    assert plan.batches_seconds(1000, 100, 10, 8, 1.0) == 20  # 8 chunks of a batch of 10, then 2


@pytest.mark.parametrize("kind", ["added_point", "mesh_alone"])
def test_the_committed_plan_follows_from_the_committed_measurements(kind):
    report, cluster = (
        json.loads((HERE / f"{name}.json").read_text()) for name in ("scale", "cluster")
    )
    inputs = report["inputs"]
    gpu = plan.Gpu(**inputs["gpu"] | {"utilisation": tuple(inputs["gpu"]["utilisation"])})
    seconds = cluster[kind]["seconds_client"]
    again = scale.planned(report[kind], seconds, RefitSettings(), inputs, gpu)
    assert json.loads(json.dumps(again)) == report[kind]["plan"]

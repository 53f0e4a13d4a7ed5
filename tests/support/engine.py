"""dvlib's own networks and values, by kernels that multiply and add as the playground's do.

A browser with relaxed SIMD fuses the two where the processor can, as dvlib does. On a processor
that cannot, dvlib's kernels are compiled for one without extensions, as the playground's are.
"""

import contextlib
import io
import os
import pickle
import subprocess
import sys

import numpy as np

from dvlib.data.datasets import make_dataset
from dvlib.engine.boundaries import boundary, decision_on
from dvlib.engine.kernel.compiling import processor_features
from dvlib.engine.mesh import X_M, X_P_M, MeshGrid
from dvlib.engine.mlp import MLPConfig, draw_stream, train
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.leave_one_out import against_base, against_g
from dvlib.methods.memorization import memorization_values
from dvlib.methods.one_point import refits_with_point, refits_without_point
from dvlib.refits.batch import RefitSettings
from dvlib.root import project_root

PARENTS = (project_root(), project_root() / "tests")
FUSED = "+fma" in processor_features().split(",")


def in_engine(function, requests, *, fused=FUSED):
    """function(**request) for each request, with the bits of a module of the playground.

    Unless products are `fused`, another process computes it, for a processor without extensions.
    """
    if fused:
        return [function(**request) for request in requests]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, PARENTS)),
        "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "support.engine"], input=pickle.dumps((function, requests)),
        env=environment, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return pickle.loads(done.stdout)


def trained(name, seed, hidden, batch):
    """Arguments and results of a fit to a data set and a point more, as a dict of arrays."""
    data = make_dataset(name, seed=seed)
    config = MLPConfig(hidden_layer_sizes=(hidden,), batch_size=batch)
    probes, labels = np.array([[12.0, -7.0], [0.0, 1.0]]), np.array([1, 1])
    X, y = np.concatenate([data.X, probes[:1]]), np.append(data.y, labels[:1])
    stream = draw_stream(len(X), config, seed)
    fitted = train(
        X, y, config, seed=seed, engine="fast", probes=probes, probe_labels=labels,
        snapshot_epochs=(0, 3),
    )  # fmt: skip
    return dict(
        X=X, y=y, seed=seed, hidden=hidden, batch=batch, probes=probes, labels=labels,
        initial=stream.initial, order=stream.order, n_iter=fitted.n_iter, loss=fitted.loss,
        hits=fitted.hits, final=fitted.network.packed,
        snapshots=np.array([network.packed for network in fitted.snapshots]),
        mesh=boundary(fitted.network, X_M), f=decision_on(fitted.network, MeshGrid(-10, 25, 71)),
    )  # fmt: skip


def values_added(dataset, points=(), labels=None, *, seed=0, batch=200, hidden=1000):
    """Values of points (S, 2) added to a named data set, one at a time, as a dict of arrays (S,).

    `epochs_of_base` and `wrong` are f_X's: epochs run, and its share of the mesh that is wrong.
    """
    data, settings = make_dataset(dataset, seed=seed), _settings(seed, batch, hidden)
    points = np.array(points or [[0.0, 0.0]], float)
    labels = data.label(points) if labels is None else np.array(labels)
    refits = refits_with_point(data.X, data.y, points, labels, data.g, settings)
    return _values(refits) | {
        "forgotten": forgetting_values(refits).values,
        "last": forgetting_values(refits, "last_learned").values, "epochs": refits.n_iter[:, 0],
        "labels": labels, "epochs_of_base": int(refits.base_n_iter[0]),
        "wrong": float(refits.base_dv_g[0]),
    }  # fmt: skip


def values_left_out(dataset, at, *, seed=0, batch=200, hidden=1000):
    """Values of leaving out each training point with an index in `at`."""
    data, settings = make_dataset(dataset, seed=seed), _settings(seed, batch, hidden)
    return _values(refits_without_point(data.X, data.y, data.g, settings, at=np.array(at)))


def map_points(step):
    """The points of every `step`-th column and row of the value map, column by column."""
    axis = X_P_M.axis[::step]
    return [(x, y) for x in axis for y in axis]


def printed(lines):
    """What Python lines print."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(lines, {})
    return out.getvalue()


def _settings(seed, batch, hidden):
    config = MLPConfig(hidden_layer_sizes=(hidden,), batch_size=batch)
    return RefitSettings(seeds=(seed,), config=config, cache=False)


def _values(refits):
    return {
        "moved": against_base(refits).values,
        "nearer": against_g(refits).values,
        "memorized": memorization_values(refits).values,
    }


if __name__ == "__main__":
    function, requests = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps([function(**request) for request in requests]))

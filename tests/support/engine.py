"""dvlib's own values, computed by kernels that multiply and add as the playground's do.

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
from dvlib.engine.kernel.compiling import processor_features
from dvlib.engine.mesh import X_P_M
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.leave_one_out import against_base, against_g
from dvlib.methods.memorization import memorization_values
from dvlib.methods.one_point import refits_with_point, refits_without_point
from dvlib.refits.batch import RefitSettings
from dvlib.root import project_root

PARENTS = (project_root(), project_root() / "tests")


def in_engine(function, requests):
    """function(**request) for each request, in one other process, with the playground's bits."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, PARENTS))}
    if "+fma" not in processor_features().split(","):
        environment |= {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    done = subprocess.run(
        [sys.executable, "-m", "support.engine"], input=pickle.dumps((function, requests)),
        env=environment, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return pickle.loads(done.stdout)


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

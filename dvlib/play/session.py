"""One view of the playground in a notebook: answers what its front end asks.

Messages are JSON, with arrays as buffers beside it; `pack` and `unpack` of `front/engines.js` are
the other side. Threads of a pool train. Each takes the most urgent job: the newest dragged point,
then an epoch by epoch path, then the map and the points left out. So dragging waits for one fit at
most.
"""

import math
import time
from collections import deque
from threading import RLock

import numpy as np

from dvlib.checks import check_choice, check_labels, check_points
from dvlib.data.datasets import SAMPLED, make_dataset
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.play.page import mixture_set
from dvlib.play.trained import Trained

TYPES = {
    "Float32Array": np.float32, "Float64Array": np.float64, "Int32Array": np.int32,
    "Uint8Array": np.uint8,
}  # fmt: skip
_NAMES = {np.dtype(dtype): name for name, dtype in TYPES.items()}


def unpack(argument, buffers):
    """An argument with its arrays in place. Buffers may begin at any byte."""
    if not isinstance(argument, dict):
        return argument
    return {name: _array(value, buffers) for name, value in argument.items()}


def pack(result):
    """A result as JSON can hold it, and the buffers of its arrays."""
    if not isinstance(result, dict):
        return result, []
    plain, buffers = {}, []
    for name, value in result.items():
        if isinstance(value, np.ndarray):
            plain[name] = {"buffer": len(buffers), "type": _NAMES[value.dtype]}
            buffers.append(np.ascontiguousarray(value).tobytes())
        elif isinstance(value, list):
            plain[name] = [_number(number) for number in value]
        else:
            plain[name] = _number(value)
    return plain, buffers


def _array(value, buffers):
    if not (isinstance(value, dict) and "buffer" in value):
        return value
    return np.frombuffer(bytes(buffers[value["buffer"]]), TYPES[value["type"]])


def _number(value):
    """JSON has no NaN: what is unknown crosses as null."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


WORKERS = 2  # jobs of a view at a time; the kernels run without the GIL
KINDS = ("sample", "load", "rest", "add", "trajectory", "each")  # a method of Session each
PORTION = 0.05  # seconds between two messages with values of a map
_SETTINGS = {
    "max_iter": "epochs", "learning_rate_init": "rate", "beta_1": "beta1", "beta_2": "beta2",
    "epsilon": "epsilon", "alpha": "alpha", "tol": "tol", "n_iter_no_change": "patience",
}  # fmt: skip


class Session:
    """Training set and jobs of one view.

    Parameters
    ----------
    send : function of a reply and its buffers; called from any thread, one call at a time
    pool : executor with threads

    Attributes
    ----------
    X, y : the training points now, (n, 2) and (n,); None before the first message with points
    trained : Trained, or None while all points have one label
    cells : list of (point, values) of the map, as they were computed
    left : dict of values of training points left out, by row of X
    """

    def __init__(self, send, pool):
        self._send, self._pool, self._lock = send, pool, RLock()
        self.X = self.y = self.trained = None
        self.cells, self.left = [], {}
        self._busy, self._closed = 0, False
        self._end()

    def answer(self, message, buffers):
        """Answer a message {id, kind, argument}, now or later; errors are answered, too."""
        identity = message.get("id")
        try:
            kind = check_choice("kind of message", message.get("kind"), KINDS)
            getattr(self, f"_{kind}")(identity, unpack(message.get("argument"), buffers))
        except Exception as error:  # whatever it is, the front end says it
            self._reply(identity, error=error)

    def close(self):
        """End all that runs, and keep what was computed."""
        self._closed = True
        with self._lock:
            self._end()

    # What is answered at once
    def _sample(self, identity, spec):
        self._reply(identity, _sample(**spec))

    def _load(self, identity, argument):
        with self._lock:
            self._take(argument)
            side, g = argument["mesh"]["side"], argument["g"]
            self.trained = Trained(
                self.X, self.y, g.reshape(side, side) if len(g) else None, _config(argument),
                argument["seed"], MeshGrid(**argument["mesh"]), MeshGrid(**argument["drawn"]),
            )  # fmt: skip
            self._reply(identity, self.trained.base())

    def _rest(self, identity, argument):
        with self._lock:
            self._take(argument)
            self._reply(identity, {})

    def _take(self, argument):
        self._end()
        self.trained, self.cells, self.left = None, [], {}
        points = np.column_stack([argument["x"], argument["y"]]).astype(float)
        self.X = check_points(points, "X") if len(points) else points
        self.y = check_labels(argument["labels"], len(points))

    def _end(self):
        """Forget all jobs; a dragged point is told that it was overtaken."""
        overtaken, self._newest = getattr(self, "_newest", None), None
        if overtaken:
            self._reply(overtaken[0], None)
        self._paths, self._background = deque(), {}

    # What the pool does
    def _add(self, identity, point):
        with self._lock:
            self._need_training()
            if self._newest:
                self._reply(self._newest[0], None)
            self._newest = identity, point
            self._start()

    def _trajectory(self, identity, point):
        with self._lock:
            self._need_training()
            self._paths.append((identity, point))
            self._start()

    def _each(self, identity, argument):
        kind = check_choice("kind of each", argument["kind"], ("add", "leave"))
        with self._lock:
            self._background.pop(kind, None)
            if kind == "add":
                self.cells = []
            if not argument["items"]:
                self._reply(identity, {"at": []}, last=True)
                return
            self._need_training()
            self._background[kind] = Batch(identity, kind, argument["items"])
            self._start()

    def _need_training(self):
        if self.trained is None:
            raise ValueError("no points of both labels were loaded")

    def _start(self):
        while self._busy < WORKERS and not self._closed:
            self._busy += 1
            self._pool.submit(self._work)

    def _work(self):
        """Do one job, and ask for a thread again. At Python's end there is none, and all stops."""
        with self._lock:
            job = self._next()
            if job is None:
                self._busy -= 1
                return
        job()
        try:
            self._pool.submit(self._work)
        except RuntimeError:
            self._closed = True

    def _next(self):
        """The most urgent job as a function; None if there is none."""
        trained = self.trained
        if self._newest:
            (identity, point), self._newest = self._newest, None
            return lambda: self._do(identity, lambda: trained.add(point, with_f=True))
        if self._paths:
            identity, point = self._paths.popleft()
            return lambda: self._do(identity, lambda: trained.trajectory(point))
        for batch in self._background.values():
            if batch.items:
                k, item = batch.items.popleft()
                return lambda: self._do_one(trained, batch, k, item)
        return None

    def _do(self, identity, compute):
        try:
            result = compute()
        except Exception as error:
            self._reply(identity, error=error)
        else:
            self._reply(identity, result)

    def _do_one(self, trained, batch, k, item):
        try:
            values = getattr(trained, batch.kind)(item)
        except Exception as error:
            with self._lock:
                if self._background.get(batch.kind) is batch:
                    del self._background[batch.kind]
                    self._reply(batch.identity, error=error)
            return
        with self._lock:  # also while it sends: a later portion must not come first
            if self._background.get(batch.kind) is not batch:
                return
            if batch.kind == "add":
                self.cells.append((item, values))
            else:
                self.left[item] = values
            if portion := batch.portion(k, values):
                self._reply(batch.identity, portion, last=not batch.missing)

    def _reply(self, identity, result=None, error=None, last=None):
        plain, buffers = pack(result)
        text = error and (str(error) or type(error).__name__)
        with self._lock:
            self._send({"id": identity, "result": plain, "error": text, "last": last}, buffers)


class Batch:
    """Items of one kind in the background, and the values that were not yet sent."""

    def __init__(self, identity, kind, items):
        self.identity, self.kind, self.items = identity, kind, deque(enumerate(items))
        self.missing, self.unsent, self.sent = len(items), [], time.monotonic()

    def portion(self, k, values):
        """Take the values of item k; returns columns to send, or None while it is too early."""
        self.unsent.append((k, values))
        self.missing -= 1
        now = time.monotonic()
        if self.missing and now < self.sent + PORTION:
            return None
        computed, self.unsent, self.sent = self.unsent, [], now
        columns = {name: [values[name] for _, values in computed] for name in values}
        return {"at": [k for k, _ in computed]} | columns


def _config(argument):
    settings = {name: argument["config"][front_name] for name, front_name in _SETTINGS.items()}
    return MLPConfig((argument["hidden"],), batch_size=argument["batch"], **settings)


def _sample(seed, means, meanLabels, nPerLabel, std, noisy, testShare):
    """A sample of the mixture with these means; `train` is −1 if it cannot be split."""
    wanted = {"means": means, "meanLabels": meanLabels, "noisy": noisy}
    name = next(
        n for n, mixture in SAMPLED.items() if wanted.items() <= mixture_set(mixture).items()
    )
    try:
        data = make_dataset(
            name, seed=seed, n_per_class=nPerLabel, cluster_std=std, test_share=testShare
        )
    except ValueError:
        return {"train": -1}
    points = np.concatenate([data.X, data.X_test])
    labels = np.concatenate([data.y, data.y_test]).astype(np.int32)
    return {"train": len(data.X), "x": points[:, 0], "y": points[:, 1], "labels": labels}

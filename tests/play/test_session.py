"""Answers of Python to the playground's front end, by messages as the browser sends them."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import support.small

from dvlib.engine.boundaries import boundary, decision_on
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import LAST
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.leave_one_out import against_base, against_g
from dvlib.methods.memorization import memorization_values
from dvlib.methods.one_point import refits_with_point, refits_without_point
from dvlib.play.page import config
from dvlib.play.session import TYPES, Session
from dvlib.refits.single import fit

SMALL = support.small.settings(seeds=(3,), cache=False)
# With several batches, values depend on which point takes the place of one left out.
SETTINGS = replace(SMALL, config=replace(SMALL.config, batch_size=8))
X, Y = support.small.pool()
POINTS = [[0.5, 1, 1], [4.5, -1, 0], [-1, 4, 0], [1.2, 0.1, 1], [-3, -3, 1], [6, 6, 0]]
DRAWN = MeshGrid(-4, 6, 11)


class ByHand:
    """A pool whose jobs run when a test says so."""

    def __init__(self):
        self.jobs = []

    def submit(self, job):
        self.jobs.append(job)

    def run(self, count=None):
        while self.jobs and count != 0:
            self.jobs.pop(0)()
            count = count and count - 1


class Front:
    """The other side of a session: sends messages, and keeps the replies."""

    def __init__(self, pool):
        self.replies, self.count, self.heard = [], 0, threading.Condition()
        self.session = Session(self.hear, pool)

    def hear(self, reply, buffers):
        reply = json.loads(json.dumps(reply, allow_nan=False))  # as JavaScript reads it
        reply["buffers"] = buffers
        with self.heard:
            self.replies.append(reply)
            self.heard.notify_all()

    def ask(self, kind, argument=None):
        """Send, with each array in a buffer that begins at an odd byte; returns the id."""
        buffers = []
        if isinstance(argument, dict):
            argument = dict(argument)
            for name, value in argument.items():
                if isinstance(value, np.ndarray):
                    typed = next(t for t, dtype in TYPES.items() if value.dtype == dtype)
                    argument[name] = {"buffer": len(buffers), "type": typed}
                    buffers.append(memoryview(b"?" + value.tobytes())[1:])
        self.count += 1
        message = json.loads(json.dumps({"id": self.count, "kind": kind, "argument": argument}))
        self.session.answer(message, buffers)
        return self.count

    def to(self, identity):
        return [reply for reply in self.replies if reply["id"] == identity]

    def result(self, identity):
        """The one reply to a message, with its arrays in place."""
        (reply,) = self.to(identity)
        assert reply["error"] is None, reply["error"]
        result = reply["result"]
        for name, value in (result or {}).items():
            if isinstance(value, dict):
                buffer = reply["buffers"][value["buffer"]]
                result[name] = np.frombuffer(buffer, TYPES[value["type"]])
        return result

    def values(self, identity):
        """Values of `each` by item, from all portions."""
        found = {}
        for reply in self.to(identity):
            columns = dict(reply["result"])
            for k, at in enumerate(columns.pop("at")):
                assert at not in found, "an item was answered twice"
                found[at] = {name: column[k] for name, column in columns.items()}
        return found


def load(g=support.small.g, points=X, labels=Y, **changes):
    """The argument of `load`, as the front end makes it."""
    c, mesh = SETTINGS.config, SETTINGS.mesh
    known = np.empty(0, np.uint8) if g is None else boundary(g, mesh).ravel()
    return {
        "x": points[:, 0], "y": points[:, 1], "labels": labels.astype(float), "g": known,
        "hidden": c.hidden_layer_sizes[0], "seed": SETTINGS.seeds[0], "batch": c.batch_size,
        "mesh": {"low": mesh.low, "high": mesh.high, "side": mesh.side},
        "drawn": {"low": DRAWN.low, "high": DRAWN.high, "side": DRAWN.side},
        "config": config()["training"] | {"epochs": c.max_iter, "rate": c.learning_rate_init},
    } | changes  # fmt: skip


@pytest.fixture
def pool():
    return ByHand()


@pytest.fixture
def front(pool):
    front = Front(pool)
    front.base = front.result(front.ask("load", load()))
    return front


def test_f_x_and_its_training_are_those_of_the_engine(front):
    fitted = fit(X, Y, SETTINGS.config, seed=3, probes=X, probe_labels=Y)
    refits = refits_without_point(X, Y, support.small.g, SETTINGS)
    assert front.base["epochs"] == fitted.n_iter and front.base["loss"] == fitted.loss
    assert front.base["toG"] == refits.base_dv_g[0] > 0
    drawn = decision_on(fitted.network, DRAWN).astype(np.float32)
    np.testing.assert_array_equal(front.base["f"], drawn.ravel())
    for name, variant in (("forgotten", "forgetting"), ("last", "last_learned")):
        np.testing.assert_array_equal(front.base[name], forgetting_values(refits, variant).values)
    assert front.base["forgotten"].any(), "no point was forgotten, so nothing was compared"


def expected(refits, i, with_training=True):
    values = {
        "moved": against_base(refits).values[i], "nearer": against_g(refits).values[i],
        "memorized": memorization_values(refits).values[i],
    }  # fmt: skip
    if not with_training:
        return values
    return values | {
        "forgotten": forgetting_values(refits).values[i],
        "last": forgetting_values(refits, "last_learned").values[i],
        "known": refits.right_with_point[i, 0], "unknown": refits.right_without_point[i, 0],
        "epochs": refits.n_iter[i, 0],
    }  # fmt: skip


def test_values_of_added_points_are_those_of_the_refits(front, pool):
    points, labels = np.array(POINTS)[:, :2], np.array(POINTS)[:, 2].astype(int)
    refits = refits_with_point(X, Y, points, labels, support.small.g, SETTINGS)
    asked = front.ask("each", {"kind": "add", "items": POINTS})
    pool.run()
    found = front.values(asked)
    assert sorted(found) == list(range(len(POINTS)))
    for i, values in found.items():
        assert values == expected(refits, i)
    for name in ("moved", "forgotten", "unknown", "memorized"):
        assert len({values[name] for values in found.values()}) > 1, f"{name} tells nothing here"
    assert [reply["last"] for reply in front.to(asked)][-1] is True
    dragged = front.ask("add", POINTS[2])
    pool.run()
    result = front.result(dragged)
    X_1, y_1 = np.concatenate([X, points[2:3]]), np.append(Y, labels[2])
    network = fit(X_1, y_1, SETTINGS.config, seed=3).network
    f = decision_on(network, DRAWN).astype(np.float32)
    np.testing.assert_array_equal(result.pop("f"), f.ravel())
    assert result == found[2]


def test_values_of_points_left_out_are_those_of_the_refits(front, pool):
    X_1, y_1 = np.insert(X, 9, [-1, 4], axis=0), np.insert(Y, 9, 0)  # one that is memorized
    front.ask("load", load(points=X_1, labels=y_1))
    asked = front.ask("each", {"kind": "leave", "items": list(range(len(X_1)))})
    pool.run()
    refits, found = refits_without_point(X_1, y_1, support.small.g, SETTINGS), front.values(asked)
    assert sorted(found) == list(range(len(X_1)))
    for i, values in found.items():
        assert values == expected(refits, i, with_training=False)
    assert {values["nearer"] > 0 for values in found.values()} == {False, True}
    assert found[9]["memorized"] == 1


def test_the_trajectory_is_that_of_the_engine(front, pool):
    asked = front.ask("trajectory", POINTS[0])
    pool.run()
    result = front.result(asked)
    X_1, y_1 = np.concatenate([X, [POINTS[0][:2]]]), np.append(Y, 1)
    watched = dict(probes=X_1[-1:], probe_labels=[1], snapshot_epochs=(0, 7, LAST))
    fitted = fit(X_1, y_1, SETTINGS.config, seed=3, **watched)
    assert result["epochs"] == fitted.n_iter
    np.testing.assert_array_equal(result["hits"], fitted.hits[:, 0])
    f = result["f"].reshape(fitted.n_iter + 1, DRAWN.side, DRAWN.side)
    for epoch, network in zip((0, 7, fitted.n_iter), fitted.snapshots, strict=True):
        np.testing.assert_array_equal(f[epoch], decision_on(network, DRAWN).astype(np.float32))


# What comes first, and what ends


def test_a_newer_point_overtakes_one_that_waits_and_the_map(front, pool):
    cells = front.ask("each", {"kind": "add", "items": POINTS})
    first, second, third = (front.ask("add", POINTS[k]) for k in range(3))
    pool.run(1)
    assert front.result(first) is None and front.result(second) is None
    assert "moved" in front.result(third), "the newest point is computed first of all"
    assert front.to(cells) == []
    pool.run()
    assert sorted(front.values(cells)) == list(range(len(POINTS)))


def test_a_new_map_ends_the_old_one_but_not_what_is_left_out(front, pool):
    old = front.ask("each", {"kind": "add", "items": POINTS})
    left = front.ask("each", {"kind": "leave", "items": [0, 1]})
    job = front.session._next()  # a job that is running while the new map comes
    new = front.ask("each", {"kind": "add", "items": POINTS[:2]})
    job()
    pool.run()
    assert front.to(old) == [] and sorted(front.values(new)) == [0, 1]
    assert sorted(front.values(left)) == [0, 1]
    assert [point for point, _ in front.session.cells] == POINTS[:2]
    none = front.ask("each", {"kind": "add", "items": []})
    assert front.result(none) == {"at": []} and front.to(none)[0]["last"]


def test_a_new_training_set_ends_what_runs_on_the_old_one(front, pool):
    old = front.ask("each", {"kind": "add", "items": POINTS})
    dragged = front.ask("add", POINTS[0])
    job = front.session._next()
    waiting = front.ask("add", POINTS[1])
    front.ask("load", load(points=X[2:], labels=Y[2:]))
    assert front.result(waiting) is None, "nobody may wait for it for ever"
    job()  # it had begun on the old points, and is answered with their values
    pool.run()
    assert front.result(dragged)["moved"] >= 0 and front.to(old) == []
    np.testing.assert_array_equal(front.session.X, X[2:])


def test_values_of_a_large_map_come_in_portions_and_in_order():
    with ThreadPoolExecutor(2) as pool:
        front = Front(pool)
        front.ask("load", load())
        items = [[x, 0.5, 1] for x in np.linspace(-3, 5, 300)]
        asked = front.ask("each", {"kind": "add", "items": items})
        with front.heard:
            assert front.heard.wait_for(lambda: any(r["last"] for r in front.replies), timeout=60)
        replies = front.to(asked)
        assert sorted(front.values(asked)) == list(range(300))
        assert [reply["last"] for reply in replies] == [False] * (len(replies) - 1) + [True]
        assert len(replies) < 150, "a message for each cell would take longer than the fit"
        alone = Front(ByHand())
        alone.ask("load", load())
        assert front.values(asked)[7] == alone.session.trained.add(items[7])


def test_a_closed_view_computes_nothing_more(front, pool, monkeypatch):
    monkeypatch.setattr("dvlib.play.trained.train", lambda *_, **__: pytest.fail("fitted"))
    front.ask("each", {"kind": "add", "items": POINTS})
    front.session.close()
    before = len(front.replies)
    pool.run()
    assert len(front.replies) == before


@pytest.mark.parametrize(("kind", "argument", "said"), [
    ("laod", None, "did you mean 'load'"), ("load", {"x": [1]}, "y"), ("add", [1.0], "index"),
    ("add", None, "NoneType"), ("trajectory", ["a", 0, 1], "could not convert"),
    ("each", {"kind": "sample", "items": []}, "kind of each"),
    ("each", {"kind": "leave", "items": [99]}, "out of bounds"), ("sample", {"seed": 0}, "missing"),
])  # fmt: skip
def test_errors_are_answered_and_later_messages_too(front, pool, kind, argument, said):
    asked = front.ask(kind, argument)
    pool.run()
    (reply,) = front.to(asked)
    assert reply["result"] is None and said in reply["error"]
    front.ask("load", load())
    later = front.ask("add", POINTS[0])
    pool.run()
    assert front.result(later)["moved"] >= 0


def test_a_torn_buffer_and_a_fit_that_diverges_are_errors(front):
    names, given = ("x", "y", "labels"), load()
    message = {"id": "torn", "kind": "rest", "argument": {
        name: {"buffer": k, "type": "Float64Array"} for k, name in enumerate(names)
    }}  # fmt: skip
    front.session.answer(message, [given[name].tobytes()[:-3] for name in names])
    diverged = load(points=X * 1e14, config=given["config"] | {"rate": 1e30})
    for asked, said in (("torn", "buffer size"), (front.ask("load", diverged), "diverged")):
        (reply,) = front.to(asked)
        assert said in reply["error"]

"""`dvlib.playground` without a browser: its arguments, and what comes back from the front end."""

import re

import numpy as np
import pytest
import support.small

import dvlib
from dvlib.data.plane import GIVEN
from dvlib.engine.mesh import X_M, MeshGrid
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.one_point import refits_without_point
from dvlib.play import page, widget
from dvlib.refits.batch import RefitSettings

X, Y = support.small.pool()
COLUMNS = ["x", "y", "label", "forgotten", "last", "moved", "nearer", "memorized"]


@pytest.fixture
def opened():
    """Function that opens a playground whose replies are kept as `told`."""
    made = []

    def opened(*args, **kwargs):
        play = dvlib.playground(*args, **kwargs)
        made.append(play)
        play.told = []
        play.send = lambda reply, buffers: play.told.append(reply)
        return play

    yield opened
    for one in made:
        one.close()


def fields(play):
    """Fields of the address; of a name that stands twice, the last counts."""
    return dict(part.split("=", 1) for part in play.address.removeprefix("#").split("&"))


def drawn(X, y, **changes):
    """What the front end sends of points of which it has one label only."""
    points = np.asarray(X, float).reshape(-1, 2)
    columns = {"x": points[:, 0], "y": points[:, 1], "labels": np.asarray(y, float)}
    argument = {name: {"buffer": k, "type": "Float64Array"} for k, name in enumerate(columns)}
    message = {"id": 1, "kind": "rest", "argument": argument} | changes
    return message, [column.tobytes() for column in columns.values()]


def test_it_opens_with_the_data_set_that_was_asked_for(opened):
    data = dvlib.make_dataset("moons", seed=4, n_per_class=50, cluster_std=0.5)
    play = opened(
        "moons", seed=4, n_per_class=50, cluster_std=0.5, hidden=300, batch_size=32,
        method="leave-one-out", reference="g",
    )  # fmt: skip
    for have in ((play.X, play.y), play.data):
        np.testing.assert_array_equal(have[0], data.X)
        np.testing.assert_array_equal(have[1], data.y)
    assert fields(play) == {
        "dataset": "moons", "seed": "4", "n": "50", "std": "0.5", "hidden": "300", "batch": "32",
        "method": "nearer", "lesson": "0",
    }  # fmt: skip
    # Lessons start from an empty address, and their numbers are those of the usual settings.
    assert play.config == page.config(lesson=0)


@pytest.mark.parametrize(("method", "reference", "theirs"), [
    ("leave-one-out", None, "moved"), ("leave-one-out", "f_X", "moved"),
    ("leave-one-out", "g", "nearer"), ("forgetting", None, "forgotten"),
    ("last learned", None, "last"), ("memorization", None, "memorized"),
])  # fmt: skip
def test_methods_have_the_names_of_the_page(opened, method, reference, theirs):
    assert fields(opened(n_per_class=20, method=method, reference=reference))["method"] == theirs
    assert page.METHODS[theirs].startswith(method)


def test_a_lesson_has_its_own_place_for_the_point(opened):
    place = fields(opened(n_per_class=20, lesson=6))
    assert place["lesson"] == "6" and place["probe"] == "10,7,1" and place["n"] == "20"


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_points_of_ones_own_stay_as_they_are_in_a_plane_of_their_own(opened, scale):
    play = opened(X=(X * scale).tolist(), y=Y.tolist(), hidden=100)
    np.testing.assert_array_equal(play.X, X * scale)
    own = play.config["sets"]["own"]
    low, high = own["range"]
    assert low < (X * scale).min() and (X * scale).max() < high < low + 20 * scale
    assert own["mesh"] == {"low": low, "high": high, "side": X_M.side}
    assert (own["x"], own["labels"]) == ((X[:, 0] * scale).tolist(), Y.tolist())
    assert own["means"] == [] and fields(play)["dataset"] == "own"
    x, y, label = map(float, fields(play)["probe"].split(","))
    assert low < x < high and low < y < high and label in (0, 1)
    # All points of X are valued as before any view: on that mesh, by the settings asked for.
    mesh = MeshGrid(low, high, X_M.side)
    settings = RefitSettings(config=MLPConfig((100,)), mesh=mesh, cache=False)
    refits = refits_without_point(play.X, Y, None, settings, at=[0, 23])
    values = play.values
    assert list(values.columns) == COLUMNS and len(values) == len(X)
    assert values.forgotten[[0, 23]].tolist() == forgetting_values(refits).values.tolist()
    assert values[["moved", "nearer", "memorized"]].isna().all(axis=None)


def test_files_and_shipped_data_sets_bring_their_points(opened, tmp_path):
    path = tmp_path / 'a "file".csv'
    rows = [f"{a},{b},{k},{'test' if i % 4 == 0 else 'train'}"
            for i, ((a, b), k) in enumerate(zip(X.tolist(), Y, strict=True))]  # fmt: skip
    path.write_text("\n".join(["x1,x2,label,split", *rows]))
    for dataset, name in ((path, "own"), (GIVEN[1], GIVEN[1])):
        play, data = opened(dataset, seed=2), dvlib.make_dataset(dataset, seed=2)
        own = play.config["sets"][name]
        np.testing.assert_array_equal(np.column_stack([own["x"], own["y"]]), data.X)
        assert own["test"]["labels"] == data.y_test.tolist()
        assert tuple(own["range"]) == data.plot_range and own["mesh"]["low"] == data.mesh_range[0]
        space = {"dvlib": dvlib}
        exec(own["python"], space)  # the lines that “Copy as Python” begins with
        np.testing.assert_array_equal(space["X"], data.X)


def test_points_of_one_label_and_none_may_be_opened(opened):
    play = opened(X=X[:3], y=[1, 1, 1])
    assert len(play.values) == 3 and play.values.forgotten.isna().all()
    play = opened("empty")
    assert play.X.shape == (0, 2) and play.y.shape == (0,) and len(play.values) == 0
    assert list(play.map.columns)[:4] == ["x", "y", "label", "moved"] and len(play.map) == 0


BAD = [
    (dict(dataset="two_cluster"), "did you mean 'two_clusters'"),
    (dict(X=X), "X without y"), (dict(X=X, y=Y[:-1]), "one for each of 24 points"),
    (dict(X=X, y=Y + 1), "must be 0 or 1"), (dict(X=X * np.nan, y=Y), "must be finite"),
    (dict(X=X + 1e9, y=Y), "too much alike"),
    (dict(X=X, y=Y, n_per_class=50), "X is given as it is"),
    (dict(dataset=GIVEN[0], cluster_std=2), "are given"),
    (dict(dataset="empty", cluster_std=2), "none to sample"),
    (dict(n_per_class=1001), "at most 1000"), (dict(cluster_std=0.01), "from 0.05 to 6"),
    (dict(n_per_class=4, cluster_std=6), "too few to split"),
    (dict(hidden=500), "give one of 1000, 300, 100"), (dict(lesson=9), "at most 8"),
    (dict(method="shapley"), "unknown method"), (dict(reference="h"), "unknown reference"),
    (dict(method="forgetting", reference="g"), "has none"),
    (dict(X=X, y=Y, reference="g"), "is unknown, give reference='f_X'"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "said"), BAD, ids=[said for _, said in BAD])
def test_bad_arguments_are_refused_before_anything_is_shown(given, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        dvlib.playground(**given)


def test_without_anywidget_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(widget, "find_spec", lambda _: None)
    with pytest.raises(ImportError, match="pip install 'anywidget"):
        dvlib.playground()


# What comes back


def test_what_was_drawn_comes_back_as_it_was_drawn(opened):
    play = opened(X=X, y=Y)
    play.receive(*drawn([[0.1, 1 / 3], [2.0, 3.0]], [1, 1]))
    assert play.X.dtype == float and play.X.tolist() == [[0.1, 1 / 3], [2.0, 3.0]]
    assert play.y.dtype == int and play.y.tolist() == [1, 1]
    play.X[0] = 99  # a copy: nobody changes what the networks were trained on
    assert play.X[0, 0] == 0.1
    np.testing.assert_array_equal(play.data[0], X)
    play.receive(*drawn([], []))
    assert play.X.shape == (0, 2)


def test_views_have_points_of_their_own_and_the_one_used_last_counts(opened):
    play = opened(X=X, y=Y)
    play.receive(*drawn([[1, 1]], [1], view="a"))
    play.receive(*drawn([[2, 2]], [0], view="b"))
    assert [reply["view"] for reply in play.told] == ["a", "b"]
    assert play.X.tolist() == [[2, 2]]
    play.receive({"id": 2, "view": "a", "kind": "add", "argument": [0, 0, 1]})
    assert "both labels" in play.told[-1]["error"] and play.told[-1]["view"] == "a"
    assert play.X.tolist() == [[1, 1]]
    play.receive({"kind": "close", "view": "a"})
    assert play.X.tolist() == [[1, 1]], "what was drawn stays when its view is closed"

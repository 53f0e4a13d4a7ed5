"""The playground as a widget of a notebook; `dvlib.play.widget.playground` makes it."""

import math
from concurrent.futures import ThreadPoolExecutor

import anywidget
import numpy as np
import pandas as pd
import traitlets

from dvlib.play import page
from dvlib.play.session import WORKERS, Session
from dvlib.play.trained import Trained

RENDER = """
export default {
  render({ model, el }) {
    // JupyterLab would take keys (d d deletes the cell), and Enter in a field would do nothing.
    el.addEventListener("keydown", event => event.stopPropagation());
    const engine = new KernelEngine(model);
    const onAddress = hash => { model.set("address", hash || "#"); model.save_changes(); };
    const config = { ...model.get("config"), onAddress };
    window.playground = new Playground(el, engine, config, model.get("address"));
    return () => engine.close();
  },
};
"""
VALUES = ("forgotten", "last", "moved", "nearer", "memorized")
CELL = ("moved", "nearer", "forgotten", "last", "known", "unknown", "memorized", "epochs")


class PlaygroundWidget(anywidget.AnyWidget):
    """The playground with its networks trained in this Python.

    Attributes
    ----------
    data : (X, y), the training points that it was opened with, (n, 2) and (n,)
    X, y : the training points now, with those added and without those removed
    values : DataFrame of the training points now, one row each
    map : DataFrame of the cells of the value map, as far as they are computed
    """

    _esm = page.script() + RENDER
    _css = page.style()
    config = traitlets.Dict().tag(sync=True)
    address = traitlets.Unicode().tag(sync=True)  # all that was chosen, so it survives the view

    def __init__(self, X, y, training, **traits):
        """`training` are the other arguments of `Trained`, for what no view has trained yet."""
        super().__init__(**traits)
        self.data = X, y
        self._opened, self._training = None, training
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="playground")
        self._sessions, self._newest = {}, None
        self.on_msg(lambda _, message, buffers: self.receive(message, buffers))

    def receive(self, message, buffers=()):
        """Answer a message of the front end; each view has a session of its own."""
        view = message.get("view")
        if message.get("kind") == "close":
            if session := self._sessions.pop(view, None):
                session.close()
            return
        if view not in self._sessions:
            self._sessions[view] = Session(
                lambda reply, buffers: self.send({"view": view, **reply}, buffers), self._pool
            )
        session = self._sessions[view]
        session.answer(message, buffers)
        if session.X is not None:
            self._newest = session  # the view used last; what was drawn stays after it

    def __repr__(self):
        return f"The playground with {len(self.X)} points of X; run this cell in JupyterLab to play"

    def close(self):
        for session in self._sessions.values():
            session.close()
        self._pool.shutdown(wait=False, cancel_futures=True)
        super().close()

    @property
    def X(self):
        return self._now[0].copy()

    @property
    def y(self):
        return self._now[1].copy()

    @property
    def values(self):
        """Training points now, with columns x, y, label and their values.

        forgotten and last are of the training of f_X. moved, nearer and memorized are of the refit
        without the point; nan until “Leave each out” has computed them.
        """
        X, y, trained, left = self._now
        table = pd.DataFrame({"x": X[:, 0], "y": X[:, 1], "label": y})
        columns = {name: np.full(len(X), math.nan) for name in VALUES}
        if trained is not None:
            columns |= {"forgotten": trained.forgotten, "last": trained.last}
        for i, values in left.items():
            for name, value in values.items():
                columns[name][i] = value
        return table.assign(**columns)

    @property
    def map(self):
        """Cells of the value map so far, with the point added there and its values."""
        cells = list(self._newest.cells) if self._newest else []
        rows = [(*point, *(values[name] for name in CELL)) for point, values in cells]
        return pd.DataFrame(rows, columns=["x", "y", "label", *CELL])

    @property
    def _now(self):
        """X, y, Trained or None, and values of points left out; before any view, those opened."""
        if self._newest:
            session = self._newest
            return session.X, session.y, session.trained, dict(session.left)
        X, y = self.data
        if self._opened is None and 0 < y.sum() < len(y):
            self._opened = Trained(X, y, **self._training)
        return X, y, self._opened, {}

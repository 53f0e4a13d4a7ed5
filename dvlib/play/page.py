"""The playground as one HTML file: front end, compiled kernels and named data sets inside.

It works from a file, without a server or a network. The page is small and does not depend on any
result, so it takes a fraction of a second to write.
"""

import base64
import json
import re
from pathlib import Path

from dvlib.data.datasets import CLUSTER_STD, MIXTURES, TEST_SHARE, ZOO
from dvlib.engine.mesh import PLOT_RANGE, X_M, X_P_M
from dvlib.engine.mlp import MLPConfig
from dvlib.methods.registry import known_methods
from dvlib.root import project_root

FRONT = Path(__file__).parent / "front"
WASM = "dv_relaxed.wasm", "dv.wasm"  # the kernels; a browser takes the first that it can run
PAGE = "playground.html"
# Methods of the maps of a figure that the playground has, by figure.
MAPS = {
    "fig01": ("nearer", "moved"), "fig03": ("forgotten", "last", "memorized"),
    "fig12": ("nearer", "forgotten"), "fig13": ("nearer", "forgotten"),
    "fig14": ("nearer", "moved", "forgotten"), "fig19": ("forgotten", "last"),
}  # fmt: skip
# The names of methods in the front end, and in the list of methods.
METHODS = {
    "nearer": "leave-one-out, g", "moved": "leave-one-out, f_X", "forgotten": "forgetting",
    "last": "last learned", "memorized": "memorization",
}  # fmt: skip
MODULES = (
    "colours", "contours", "sentences", "state", "kernel", "engines", "plane", "lesson", "list",
    "map", "epochs", "takeaway", "view", "hands", "playground",
)  # fmt: skip
LESSONS = json.loads((FRONT / "lessons.json").read_text(encoding="utf-8"))
SEEN = "state, base, values, seen, x, y, label, lawful, map, right, near"  # what a check may read


def script():
    """All modules of the front end as one, in an order in which each has what it imports."""
    checks = [f"  ({{ {SEEN} }}) => [{', '.join(lesson['done'])}]," for lesson in LESSONS]
    modules = [_without_links((FRONT / f"{name}.js").read_text()) for name in MODULES]
    return "\n".join(["const CHECKS = [", *checks, "];", *modules])


def style():
    return (FRONT / "playground.css").read_text()


def config(**changes):
    """What the front end has to know of dvlib, as a dict that JSON can hold."""
    usual = MLPConfig()
    training = {
        "epochs": usual.max_iter, "rate": usual.learning_rate_init, "beta1": usual.beta_1,
        "beta2": usual.beta_2, "epsilon": usual.epsilon, "alpha": usual.alpha, "tol": usual.tol,
        "patience": usual.n_iter_no_change,
    }  # fmt: skip
    sets = {name: mixture_set(mixture) for name, mixture in (MIXTURES | ZOO).items()}
    empty = {"means": [], "meanLabels": [], "std": None, "noisy": False}
    lessons = [
        {name: lesson[name] for name in ("title", "ask", "do", "answer")}
        | {"start": f"{lesson['start']}&lesson={number}"}
        for number, lesson in enumerate(LESSONS, 1)
    ]
    return {
        "sets": sets | {"empty": empty}, "dataset": "two_clusters", "nPerLabel": 500, "seed": 0,
        "hidden": usual.hidden_layer_sizes[0], "batch": usual.batch_size, "method": "moved",
        "lesson": 1, "probe": [12, 9, 1], "testShare": TEST_SHARE, "range": PLOT_RANGE,
        "mesh": {"low": X_M.low, "high": X_M.high, "side": X_M.side}, "cells": X_P_M.side,
        "training": training, "lessons": lessons,
    } | changes  # fmt: skip


def render():
    """The page as text."""
    modules = [base64.b64encode((FRONT / name).read_bytes()).decode() for name in WASM]
    parts = {
        "css": style(), "script": script(), "config": json.dumps(config()),
        "wasm": json.dumps(modules),
    }  # fmt: skip
    template = (FRONT / "playground.html").read_text()
    return re.sub(r"\{\{ (\w+) \}\}", lambda match: parts[match[1]], template)


def links(figure_id, dataset, batch_size, seed):
    """Pairs of a method's name and the address of a figure's map in the playground."""
    return [
        (
            known_methods()[METHODS[method]].title,
            f"{PAGE}#dataset={dataset}&seed={seed}&batch={batch_size}&method={method}&lesson=0",
        )
        for method in MAPS.get(figure_id, ())
    ]


def write(folder=None):
    """Write the page into `figures/` of the clone, or another folder; returns its path."""
    path = (folder or project_root() / "figures") / PAGE
    path.write_text(render(), encoding="utf-8")
    return path


def mixture_set(mixture):
    """A named mixture as the front end takes it."""
    means = (*mixture.negative, *mixture.positive)
    return {
        "means": [list(mean) for mean in means],
        "meanLabels": [0] * len(mixture.negative) + [1] * len(mixture.positive),
        "std": mixture.cluster_std or CLUSTER_STD,
        "noisy": mixture.noisy,
    }


def _without_links(text):
    """A module's text without imports and the word export, as all share one scope."""
    text = re.sub(r"^import .*? from .*?;\n", "", text, flags=re.MULTILINE)
    return re.sub(r"^export ", "", text, flags=re.MULTILINE)

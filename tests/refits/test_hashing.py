"""The code that arguments bring along decides their hash: an edited classifier is fitted again."""

import importlib
import subprocess
import sys
import threading
from functools import partial
from typing import TypeVar

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from dvlib.refits import hashing
from dvlib.refits.cluster import ClusterError
from dvlib.refits.hashing import Unknown, code_of, hash_of
from dvlib.refits.workers import call_packed, pack
from dvlib.tables.value import value

MODEL = """
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
import helpers
from helpers import shift

LEVEL = 0

def above(x, level=0.0):
    return x > level + LEVEL

class Base(ClassifierMixin, BaseEstimator):
    name = "base"

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

class Stump(Base):
    def __init__(self, column=0):
        self.column = column

    def predict(self, X):
        from lazily import sign
        return (sign * above(np.asarray(X)[:, self.column] + shift()) + helpers.NONE).astype(int)
"""
FILES = {
    "mymodel.py": MODEL, "helpers.py": "NONE = 0\n\ndef shift():\n    return 0\n",
    "lazily.py": "sign = 1\n",
}  # fmt: skip


@pytest.fixture
def stump(tmp_path, monkeypatch):
    """Function that writes the modules, with one change, and returns a fresh `Stump`."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def fresh(file=None, old="", new="", **parameters):
        for name, text in FILES.items():
            assert name != file or old in text
            (tmp_path / name).write_text(text.replace(old, new) if name == file else text)
            sys.modules.pop(name[:-3], None)
        importlib.invalidate_caches()
        return importlib.import_module("mymodel").Stump(**parameters)

    yield fresh
    for name in FILES:
        sys.modules.pop(name[:-3], None)


@pytest.mark.parametrize(("file", "old", "new"), [
    ("mymodel.py", "self.column] +", "self.column] -"),  # the class itself
    ("mymodel.py", "np.unique(y)", "np.sort(np.unique(y))"),  # the class it inherits from
    ("mymodel.py", '"base"', '"basis"'),  # an attribute of that class
    ("mymodel.py", "x > level", "x >= level"),  # a function that it calls
    ("mymodel.py", "level=0.0", "level=1.0"),  # its default
    ("mymodel.py", "LEVEL = 0", "LEVEL = 2"),  # a global that this function reads
    ("helpers.py", "return 0", "return 1"),  # a function of another module
    ("helpers.py", "NONE = 0", "NONE = 5"),  # a constant of another module
    ("lazily.py", "sign = 1", "sign = -1"),  # a module that is imported within a method
])  # fmt: skip
def test_any_edit_of_reached_code_changes_the_hash(stump, file, old, new):
    before = hash_of(stump())
    assert hash_of(stump()) == before, "the same code, loaded again"
    assert hash_of(stump(column=1)) != before
    assert hash_of(stump(file, old, new)) != before
    assert hash_of(make_pipeline(stump(file, old, new))) != hash_of(make_pipeline(stump()))


def test_a_comment_or_a_moved_line_changes_nothing(stump):
    assert hash_of(stump("mymodel.py", "LEVEL = 0", "# a comment\n\nLEVEL = 0")) == hash_of(stump())


def test_an_edited_classifier_is_computed_again_and_an_edit_back_is_found(stump):
    X = np.random.default_rng(0).normal(size=(40, 3))
    y = (X[:, 0] > 0).astype(int)

    def mean(*change):
        found = value(X, y, "oob", model=stump(*change), n_fits=10, quiet=True)
        return found.values["oob"].values.mean()

    assert mean() == 1
    assert mean("mymodel.py", "x > level", "x <= level") == 0
    assert mean() == 1


def test_functions_and_lambdas_count_by_their_code_closure_and_partial_arguments():
    def scaled(factor):
        return FunctionTransformer(lambda X: X * factor)

    assert hash_of(scaled(2)) == hash_of(scaled(2)) != hash_of(scaled(3))
    one, other = (FunctionTransformer(f) for f in (lambda X: X + 1, lambda X: X - 1))
    assert hash_of(one) != hash_of(other)
    assert hash_of(partial(np.add, 1)) != hash_of(partial(np.add, 2))
    kinds = [{f"{k}" for k in order} for order in (range(9), reversed(range(9)))]
    assert hash_of(kinds[0]) == hash_of(kinds[1])


def test_a_worker_with_other_code_of_a_model_is_refused(stump):
    assert code_of((LogisticRegression(), np.ones(3))) is None
    packed = pack(len, ([stump()],))
    stump("helpers.py", "return 0", "return 1")  # the files of the worker
    with pytest.raises(ClusterError, match="other code of the model"):
        call_packed(packed)
    stump()
    assert call_packed(packed) == 1
    factor = 3
    assert call_packed(pack(map, (lambda x: x * factor, [1]))).__next__() == 3


def test_another_process_has_the_same_hash(stump, tmp_path):
    here = hash_of(stump())
    script = "from mymodel import Stump; from dvlib.refits.hashing import hash_of; "
    script += "print(hash_of(Stump()))"
    for seed in "12":
        found = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True,
            env={"PYTHONPATH": f"{tmp_path}:.", "PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert found.stdout.strip() == here


def test_the_version_of_an_installed_package_counts(tmp_path, monkeypatch):
    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.syspath_prepend(packages)
    (packages / "boosted.py").write_text(MODEL.replace("helpers", "math").replace("shift", "sqrt"))
    about = packages / "boosted-1.dist-info"
    about.mkdir()
    (about / "top_level.txt").write_text("boosted\n")
    hashes = []
    for number in (1, 1, 2):
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: boosted\nVersion: {number}")
        hashing._origin.cache_clear()
        hashes.append(hash_of(importlib.import_module("boosted").Stump()))
    assert hashes[0] == hashes[1] != hashes[2]


class Locked(LogisticRegression):
    """A classifier that cannot be pickled."""

    def __init__(self, C=1.0, lock=None):
        super().__init__(C=C)
        self.lock = lock or threading.Lock()

    def __sklearn_clone__(self):
        return Locked(self.C)


def test_what_cannot_be_known_is_computed_but_not_kept_and_said_once(capsys, cache_dir):
    X = np.random.default_rng(0).normal(size=(40, 3))
    y = (X[:, 0] > 0).astype(int)
    with pytest.raises(Unknown, match="cannot pickle '_thread.lock'"):
        hash_of(Locked())
    found = [
        value(X, y, "oob", model=model, n_fits=16, quiet=True).values["oob"].values
        for model in (Locked(), LogisticRegression())
    ]
    np.testing.assert_array_equal(*found)
    said = capsys.readouterr().err
    assert said.count("\n") == said.count("not kept: cannot pickle '_thread.lock' object") == 1
    assert len([*cache_dir.glob("??/*")]) == 2, "the two chunks of the other model"
    value(X, y, "oob", model=Locked(), n_fits=16, quiet=True, cache=False)
    assert not capsys.readouterr().err


def test_any_error_while_pickling_means_unknown():
    class Odd:
        def __getstate__(self):
            raise ZeroDivisionError("no state\nand more")

    with pytest.raises(Unknown, match="^no state$"):
        hash_of({"key": (1, Odd())})
    lock = threading.Lock()
    named = TypeVar("named")  # pickled by its name, and it has no code
    for reached in (
        lambda: named,
        {"a": lock},
        {1: 2, "a": lock},
        lambda: lock,
        {"a": lambda: lock},
    ):
        with pytest.raises(Unknown):
            hash_of(reached)

"""The benchmarks run, write what their docstrings say, and can be drawn. No speed is tested."""

import ast
import json
import re
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from benchmarks.bound import bound_of_step
from benchmarks.scale import batch_seconds
from benchmarks.timing import Bench, exponent
from dvlib.engine.mlp import MLPConfig

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SCRIPTS = ("dvrl", "scale", "engine", "shapley", "scaling", "bound", "dense")


def said_by(name, folder):
    """What a script prints that runs in this process with --tiny."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out:
        patch.setattr("sys.argv", [name, "--tiny", "--into", str(folder)])
        import_module(f"benchmarks.{name}").main()
    return out.getvalue()


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """Folder with the results of all scripts."""
    folder = tmp_path_factory.mktemp("benchmarks")
    for name in SCRIPTS:
        assert f"wrote {folder / name}.json" in said_by(name, folder)
    return folder


def names_in(report):
    """Every key, at any depth."""
    for key, value in report.items():
        yield key
        if isinstance(value, dict):
            yield from names_in(value)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_docstring_names_what_is_written(tried, name):
    report = json.loads((tried / f"{name}.json").read_text())
    doc = ast.get_docstring(ast.parse((ROOT / "benchmarks" / f"{name}.py").read_text()))
    assert list(report) == re.findall(r"^(\w+)  +\S", doc, re.MULTILINE)
    identifiers = {key for key in names_in(report) if re.fullmatch(r"[a-z]\w+", key)}
    assert identifiers <= set(re.findall(r"\w+", doc))


def test_the_plot_is_drawn_and_small(tried):
    assert "bench.png" in said_by("plot", tried)
    png = (tried / "bench.png").read_bytes()
    assert png.startswith(b"\x89PNG") and len(png) < 200_000


def test_workers_and_then_the_client_are_the_limit():
    # 100 chunks of 0.2 s are 20 s of work; the client needs 1 s for them, and feeds 20 threads.
    assert batch_seconds(100, 4, 0.2, 0.01) == pytest.approx(5)
    assert batch_seconds(100, 40, 0.2, 0.01) == pytest.approx(1)


def test_a_phase_is_bound_by_its_operations_or_by_the_divider():
    config = MLPConfig((32,), batch_size=8)  # 2 groups; minibatches of 8 and 4 points, 1.5 blocks
    rates = {"products": 2.0, "mixed": 1.0, "division": 1.0, "root": 2.0}
    fast = bound_of_step(12, config, 0.5, rates)
    # 1.5 near pairs, 1.5 tests, 1.5 blocks; (1.5 * 21 + 1.5 * 19 + 1.5 * 27) / 2
    assert fast["forward"] == pytest.approx(50.25)
    # 1.5 * 7 + 2 * 45 operations at 2 a cycle are 50.25 cycles, 2 groups of 4 + 4 * 2 only 24
    assert fast["backward"] == pytest.approx(50.25)
    slow = bound_of_step(12, config, 0.5, rates | {"root": 10.0})
    assert slow["backward"] == pytest.approx(2 * (4 + 40))
    assert slow["forward"] == fast["forward"]


def test_exponents_by_hand():
    sizes = np.array([10, 100, 1000])
    assert exponent(sizes, 3 * sizes**2.0) == pytest.approx(2)
    # Logarithms 0, 0, 3 at -1, 0, 1 about their mean: (3 − 0) / 2.
    assert exponent(sizes, [1, 1, 1000]) == pytest.approx(1.5)


def test_calls_are_timed_alternately(tmp_path):
    calls = []
    run = Bench("a", tiny=False, into=tmp_path)
    seconds, results = run.take_turns(
        3, "letters", a=lambda: calls.append("a"), b=lambda: calls.append("b") or len(calls)
    )
    assert calls == ["a", "b"] * 3
    assert results == {"a": None, "b": 6}
    assert 0 < seconds["a"] < 1
    tried = Bench("a", tiny=True, into=tmp_path)
    tried.take_turns(3, "letters", a=lambda: calls.append("a"))
    assert len(calls) == 7

"""The committed WebAssembly: of today's sources, without imports, and dvlib's bits.

With relaxed SIMD, a module gives what the engine gives on this processor, where both have a fused
multiply-add. The other one gives what the engine gives on a processor without extensions.
"""

import hashlib
import json
import math
import platform
import runpy

import numba
import numpy as np
import pytest
import wasmtime
from support.engine import FUSED, in_engine, trained

from dvlib.play import sample, webassembly
from dvlib.play.page import WASM

CASES = (
    ("two_clusters", 0, 1000, 200), ("noisy", 1, 1000, 32), ("spirals", 2, 100, 200),
    ("four_clusters", 3, 300, 671),
)  # fmt: skip
# The engine's order of operations is fixed, so bits are equal where C's libraries are, too.
EXACT = platform.machine() in ("x86_64", "AMD64")


class Module:
    """A committed module in wasmtime, with arrays in and out."""

    def __init__(self, name="dv.wasm"):
        self.store = wasmtime.Store()
        module = wasmtime.Module.from_file(self.store.engine, str(webassembly.FRONT / name))
        assert module.imports == []
        self.exports = wasmtime.Instance(self.store, module, []).exports(self.store)
        self.memory = self.exports["memory"]

    def call(self, name, *arguments):
        return self.exports[name](self.store, *arguments)

    def put(self, array):
        at = self.call("alloc", array.nbytes)
        self.memory.write(self.store, np.ascontiguousarray(array).tobytes(), at)
        return at

    def get(self, at, dtype, *shape):
        size = math.prod(shape) * np.dtype(dtype).itemsize
        data = self.memory.read(self.store, at, at + size)
        return np.frombuffer(bytes(data), dtype).reshape(shape)


@pytest.fixture(scope="module", params=["dv.wasm", "dv_relaxed.wasm"])
def fits(request):
    """Name of a module, and what the engine computes for its kind of processor."""
    fused = "relaxed" in request.param
    if fused and not FUSED:
        pytest.skip("this processor has no fused multiply-add")
    cases = [dict(zip(("name", "seed", "hidden", "batch"), case, strict=True)) for case in CASES]
    return request.param, in_engine(trained, cases, fused=fused)


def test_the_modules_are_of_these_sources():
    record = json.loads(webassembly.RECORD.read_text())
    assert record["sources"] == webassembly.digest(), "the kernels have changed: make play"
    assert set(record["modules"]) == set(webassembly.MODULES) == set(WASM)
    for name, digest in record["modules"].items():
        module = (webassembly.FRONT / name).read_bytes()
        assert hashlib.sha256(module).hexdigest() == digest
        assert len(module) < 80_000


@pytest.mark.slow
def test_make_play_builds_the_committed_bytes(monkeypatch):
    """Where LLVM's linker is installed, in the version of the record.

    One module is built, which takes 20 s; both are written together, and the record is of both.
    """
    try:
        webassembly.linker()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    record = json.loads(webassembly.RECORD.read_text())
    versions = webassembly.versions()
    if differing := {name: one for name, one in versions.items() if record[name] != one}:
        pytest.skip(f"the committed module was built with other versions than {differing}")
    name, *_ = webassembly.MODULES
    monkeypatch.setattr(webassembly, "MODULES", {name: webassembly.MODULES[name]})
    assert webassembly.built() == {name: (webassembly.FRONT / name).read_bytes()}


@pytest.mark.slow
@pytest.mark.parametrize("case", range(len(CASES)), ids=[f"{c[0]}-{c[3]}" for c in CASES])
def test_it_trains_bit_by_bit_what_dvlib_trains(fits, case):
    name, computed = fits
    fit, module, f32 = computed[case], Module(name), np.float32
    n, size, k, kept = len(fit["X"]), 4 * fit["hidden"] + 1, 2, np.array([0, 3], np.int32)
    initial, order = module.call("alloc", 4 * size), module.call("alloc", 4 * 200 * n)
    module.call("dv_stream", float(fit["seed"]), fit["hidden"], initial, n, order, 200)
    np.testing.assert_array_equal(module.get(initial, f32, size), fit["initial"])
    np.testing.assert_array_equal(module.get(order, np.int32, 200, n), fit["order"])
    given = [module.put(one.astype(f32)) for one in (*fit["X"].T, fit["y"], np.ones(n))]
    probes = [module.put(one.astype(f32)) for one in (*fit["probes"].T, fit["labels"])]
    hits, final = module.call("alloc", 200 * k), module.call("alloc", 4 * size)
    snapshots, loss = module.call("alloc", 8 * size), module.call("alloc", 8)
    before = module.call("mark")
    n_iter = module.call(
        "dv_fit", *given, n, initial, size, order, 200, fit["batch"], 1e-3, 0.9, 0.999, 1e-8,
        1e-4, 1e-4, 10, *probes, k, module.put(kept), 2, hits, snapshots, final, loss,
    )  # fmt: skip
    module.call("release", before)
    assert n_iter == fit["n_iter"]
    # The loss has a logarithm of its own, within one unit in the last place of a product's.
    assert module.get(loss, float, 1)[0] == pytest.approx(fit["loss"], rel=1e-12)
    side, mesh, f = 500, module.call("alloc", 500**2), module.call("alloc", 8 * 71**2)
    step = 30 / 499
    module.call("dv_labels", final, size, -10.0, step, side, -10.0, step, side, mesh)
    module.call("dv_decision", final, size, -10.0, 0.5, 71, -10.0, 0.5, 71, f)
    np.testing.assert_array_equal(module.get(hits, np.uint8, n_iter, k), fit["hits"])
    # Elsewhere the compiler may fuse a multiplication and an addition; training amplifies that.
    close = np.testing.assert_array_equal if EXACT else _roughly
    close(module.get(final, f32, size), fit["final"])
    close(module.get(snapshots, f32, 2, size), fit["snapshots"])
    close(module.get(mesh, np.uint8, side, side), fit["mesh"])
    close(module.get(f, float, 71, 71), fit["f"])


def _roughly(ours, theirs):
    assert np.mean(np.abs(ours - theirs.astype(float))) < 0.01


def test_it_counts_what_differs():
    module, rng = Module(), np.random.default_rng(0)
    a, b = rng.integers(0, 2, (2, 1001)).astype(np.uint8)
    assert module.call("dv_count", module.put(a), module.put(b), 1001) == (a != b).sum()


@pytest.mark.parametrize("name", ["two_clusters", "noisy", "moons"])
def test_it_draws_the_samples_of_make_dataset(name):
    from dvlib.data.datasets import SAMPLED, make_dataset

    mixture, module, n = SAMPLED[name], Module(), 500
    means = np.array(mixture.negative + mixture.positive, float)
    mean_labels = np.repeat([0, 1], [len(mixture.negative), len(mixture.positive)])
    data = make_dataset(name, seed=5)
    x, y = module.call("alloc", 16 * n), module.call("alloc", 16 * n)
    labels, clusters = module.call("alloc", 8 * n), module.call("alloc", 8 * n)
    train = module.call(
        "dv_sample", 5.0, module.put(means), module.put(mean_labels.astype(np.int32)), len(means),
        n, data.cluster_std, mixture.noisy, 0.33, x, y, labels, clusters,
    )  # fmt: skip
    assert train == len(data.X)
    points = np.column_stack([module.get(one, float, 2 * n) for one in (x, y)])
    expected = np.concatenate([data.X, data.X_test])
    # The samples' logarithm is our own, too; a network sees the points in single precision.
    np.testing.assert_allclose(points, expected, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(points.astype(np.float32), expected.astype(np.float32))
    np.testing.assert_array_equal(module.get(labels, np.int32, 2 * n)[:train], data.y)


def test_the_logarithm_is_right_to_one_unit_in_the_last_place(monkeypatch):
    with monkeypatch.context() as patch:  # as Python: to compile all entries takes ten seconds
        patch.setattr(numba.config, "DISABLE_JIT", 1)
        log = runpy.run_path(sample.__file__.replace("sample", "entries"))["log"]
    rng = np.random.default_rng(0)
    near_one = 1 + rng.uniform(-0.3, 0.5, 20_000)
    for x in (*near_one, *rng.uniform(0, 1e6, 1000), *np.exp(rng.uniform(-700, 700, 1000)), 1.0):
        assert abs(log(x) - math.log(x)) <= math.ulp(math.log(x))

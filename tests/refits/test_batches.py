"""Batches of refits: equal to single fits, the same bits however they are run, cached safely."""

import threading

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import dvlib.engine.classifiers
import dvlib.refits.batch
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import MeshGrid
from dvlib.engine.mlp import LAST, MLPConfig
from dvlib.engine.observe import Difference, Hits, Weights
from dvlib.refits import store
from dvlib.refits.batch import RefitSettings, planned, refit, refit_each
from dvlib.refits.single import fit

SUBSETS = [np.delete(np.arange(24), [i, 23 - i]) for i in range(7)] + [np.arange(3, 20)]
PROBES = np.array([[i, 23 - i] for i in range(8)])
EPOCHS = (0, 2, LAST)


def run(pool, settings, subsets=SUBSETS, probes=PROBES):
    side = settings.mesh.side
    truth = np.arange(side * side).reshape(1, side, side) % 3 == 0
    references = np.stack([truth, ~truth], 1).repeat(len(settings.seeds), 0)
    observers = [Difference(settings.mesh, references), Hits(probes), Weights(EPOCHS)]
    return refit(*pool, subsets, settings, observers, description="test")


def assert_same(one, other):
    for name in ("dv", "n_iter", "hits", "networks"):
        np.testing.assert_equal(getattr(one, name), getattr(other, name), err_msg=name)


def entries(cache_dir):
    """Finished files of a store, without files that were still being written, and the locks."""
    others = {store.UNFINISHED, store.LOCKS}
    found = (path for path in cache_dir.rglob("*") if path.is_file())
    return sorted(path for path in found if others.isdisjoint((path.name, path.parent.name)))


@pytest.mark.parametrize("engine", ["fast", "sklearn"])
def test_refits_equal_single_fits(pool, small, engine):
    (X, y), settings = pool, small(engine=engine)
    seen = run(pool, settings)
    for s, (subset, probe) in enumerate(zip(SUBSETS, PROBES, strict=True)):
        for k, seed in enumerate(settings.seeds):
            alone = fit(
                X[subset], y[subset], settings.config, seed=seed, engine=engine,
                probes=X[probe], probe_labels=y[probe], snapshot_epochs=EPOCHS,
            )  # fmt: skip
            labels = boundary(alone.network, settings.mesh)
            for packed, network in zip(seen.networks[s, k], alone.snapshots, strict=True):
                np.testing.assert_array_equal(packed, network.packed)
            np.testing.assert_array_equal(seen.networks[s, k, -1], alone.network.packed)
            truth = np.arange(400).reshape(20, 20) % 3 == 0
            assert seen.dv[s, k].tolist() == [dv(labels, truth), dv(labels, ~truth)]
            assert seen.n_iter[s, k] == alone.n_iter
            np.testing.assert_array_equal(seen.hits[s, k][:, : alone.n_iter], alone.hits.T)
    assert seen.n_fits == len(SUBSETS) * 2
    assert len(np.unique(seen.networks[:, :, -1].reshape(-1, 65), axis=0)) > 8  # the fits do differ


def test_hits_stay_the_same_after_the_last_epoch(pool, small):
    # tol is so large that only the first epoch improves, and with patience 1 the third epoch is the
    # last. The rate is so high that hits change until then.
    config = MLPConfig((16,), max_iter=30, tol=1e6, n_iter_no_change=1, learning_rate_init=0.3)
    seen = run(pool, small(config=config))
    assert (seen.n_iter == 3).all()
    assert seen.hits.shape == (8, 2, 2, 30)
    assert (seen.hits[..., 3:] == seen.hits[..., 2:3]).all()
    for earlier in (0, 1):
        assert (seen.hits[..., earlier] != seen.hits[..., 2]).any()


@pytest.fixture
def threads(monkeypatch):
    """Set that gets the threads that fit; each of two waits for the other in its first fit."""
    both, met, real = threading.Barrier(2, timeout=20), set(), dvlib.engine.classifiers.train

    def meeting(*args, **kwargs):
        if threading.get_ident() not in met:
            met.add(threading.get_ident())
            both.wait()  # a single thread would time out
        return real(*args, **kwargs)

    monkeypatch.setattr(dvlib.engine.classifiers, "train", meeting)
    return met


def test_two_jobs_are_two_threads_at_once(pool, small, monkeypatch, threads):
    monkeypatch.setattr(dvlib.refits.batch, "CHUNK", 1)
    run(pool, small(n_jobs=2, cache=False))
    assert len(threads) == 2


def in_turn(pool, settings, count=6):
    """A generator of `count` batches of two subsets each, the same as those of `SUBSETS`."""
    for k in range(count):
        yield planned(*pool, SUBSETS[k : k + 2], settings, description=f"batch {k}")


def test_batches_in_turn_give_the_bits_of_each_alone(pool, small):
    for n_jobs in (1, 2):
        settings = small(n_jobs=n_jobs, cache=False)
        seen = [*refit_each(in_turn(pool, settings), settings)]
        assert len(seen) == 6
        for k, together in enumerate(seen):
            alone = refit(*pool, SUBSETS[k : k + 2], settings, description="alone")
            assert_same(together, alone)


def test_the_next_batch_begins_while_one_runs(pool, small, threads):
    settings = small(n_jobs=2, seeds=(0,), cache=False)  # each batch is one call
    assert len([*refit_each(in_turn(pool, settings, count=2), settings)]) == len(threads) == 2


def test_one_thread_begins_nothing_ahead(pool, small, fits):
    settings = small(n_jobs=1, seeds=(0,), cache=False)
    batches = refit_each(in_turn(pool, settings), settings)
    for k in range(3):
        next(batches)
        assert len(fits) == 2 * (k + 1)
    batches.close()
    assert len(fits) == 6


def test_batches_are_read_only_a_few_chunks_ahead(pool, small, monkeypatch):
    monkeypatch.setattr(dvlib.refits.batch, "CHUNK", 1)
    settings, read = small(n_jobs=2, seeds=(0,), cache=False), []
    noted = (read.append(1) or batch for batch in in_turn(pool, settings))
    batches = refit_each(noted, settings)
    next(batches)
    assert len(read) == 5  # of two chunks each: the first, and seven chunks that wait
    assert len([*batches]) == len(read) - 1 == 5


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_error_is_raised_after_the_batches_before_it(pool, small, monkeypatch, n_jobs):
    real, slow = dvlib.engine.classifiers.train, threading.Event()

    def failing(X, *args, **kwargs):
        if len(X) == 17:  # the last of `SUBSETS`
            slow.set()
            raise FloatingPointError("diverged")
        if n_jobs == 2:
            slow.wait(20)  # the batches before it end later
        return real(X, *args, **kwargs)

    monkeypatch.setattr(dvlib.engine.classifiers, "train", failing)
    settings = small(n_jobs=n_jobs, seeds=(0,), cache=False)
    order = (planned(*pool, [SUBSETS[k]], settings, description="test") for k in (0, 7, 1))
    batches = refit_each(order, settings)
    assert next(batches).n_fits == 1
    with pytest.raises(FloatingPointError, match="diverged"):
        next(batches)


def test_chunks_of_any_size_threads_and_the_store_give_the_same_bits(pool, small, monkeypatch):
    whole = run(pool, small(cache=False))
    for chunk, n_jobs, cache in ((1, 1, False), (3, 1, False), (2, 2, False), (2, 2, True)):
        monkeypatch.setattr(dvlib.refits.batch, "CHUNK", chunk)
        assert_same(whole, run(pool, small(n_jobs=n_jobs, cache=cache)))


def test_cached_equals_fresh_without_any_fit(pool, small, fits, cache_dir):
    fresh = run(pool, small(cache=False))
    assert not cache_dir.exists()
    stored = run(pool, small())
    assert len(fits) == 2 * fresh.n_fits
    cached = run(pool, small())
    assert len(fits) == 2 * fresh.n_fits
    assert_same(fresh, stored)
    assert_same(fresh, cached)


@pytest.mark.parametrize("change", [
    {"config": MLPConfig(hidden_layer_sizes=(16,), max_iter=30, alpha=0.5)}, {"seeds": (4, 5)},
    {"mesh": MeshGrid(-4, 6, 21)}, {"engine": "sklearn"},
])  # fmt: skip
def test_every_setting_is_part_of_the_key(pool, small, fits, change):
    before = run(pool, small())
    after = run(pool, small(**change))
    assert len(fits) == 2 * before.n_fits
    assert_same(after, run(pool, small(cache=False, **change)))


def test_points_labels_and_code_are_part_of_the_key(pool, small, fits, monkeypatch):
    (X, y), done = pool, 16
    run(pool, small())
    run((X + 1e-9, y), small())
    run((X, 1 - y), small())
    assert len(fits) == 3 * done
    monkeypatch.setattr(store, "engine_digest", lambda *_: "other code")
    run(pool, small())
    assert len(fits) == 4 * done


def test_resumed_run_computes_only_what_is_missing(pool, small, fits, monkeypatch):
    monkeypatch.setattr(dvlib.refits.batch, "CHUNK", 2)
    counted = dvlib.engine.classifiers.train

    def killed(*args, **kwargs):
        if len(fits) == 5:  # in the third chunk of two refits; two chunks are done
            raise KeyboardInterrupt
        return counted(*args, **kwargs)

    monkeypatch.setattr(dvlib.engine.classifiers, "train", killed)
    with pytest.raises(KeyboardInterrupt):
        run(pool, small())
    monkeypatch.setattr(dvlib.engine.classifiers, "train", counted)
    del fits[:]
    resumed = run(pool, small())
    assert len(fits) == 16 - 4
    assert_same(resumed, run(pool, small(cache=False)))


def truncated(data):
    return data[: len(data) // 2]


@pytest.mark.parametrize("damage", [truncated, lambda data: b""])
def test_a_damaged_entry_is_recomputed(pool, small, monkeypatch, cache_dir, fits, damage):
    monkeypatch.setattr(dvlib.refits.batch, "CHUNK", 2)
    fresh = run(pool, small())
    for path in entries(cache_dir)[:2]:
        path.write_bytes(damage(path.read_bytes()))
    del fits[:]
    with pytest.warns(UserWarning, match="is damaged: the result is computed again") as warned:
        assert_same(fresh, run(pool, small()))
    assert len(fits) == 2 * 2 and len(warned) == 2
    del fits[:]
    assert_same(fresh, run(pool, small()))  # and the entry is whole again
    assert not fits
    first, second = entries(cache_dir)[:2]
    first.write_bytes(second.read_bytes())  # an entry with the name of another
    with pytest.warns(UserWarning, match=f"{first.name} is damaged"):
        assert_same(fresh, run(pool, small()))


def test_entry_damaged_anywhere_never_changes_a_result(pool, small, cache_dir):
    settings = small(seeds=(0,))
    fresh = run(pool, settings)
    (path,) = entries(cache_dir)
    whole = path.read_bytes()
    for at in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])  # one bit
        with pytest.warns(UserWarning, match="damaged"):
            assert_same(fresh, run(pool, settings))


def test_cache_that_cannot_be_written_is_named_before_any_fit(pool, small, fits, monkeypatch,
                                                              tmp_path):  # fmt: skip
    (tmp_path / "file").write_text("")  # a folder cannot be made below a file, even by root
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(PermissionError, match="set DVLIB_CACHE .*or pass cache=False"):
        run(pool, small())
    assert not fits
    run(pool, small(cache=False))


def test_without_observers(pool, small):
    seen = refit(*pool, SUBSETS, small(), description="test")
    assert seen.networks is seen.dv is seen.hits is seen.probabilities is None
    np.testing.assert_array_equal(seen.n_iter, run(pool, small()).n_iter)


def subset(*indices):
    return {"subsets": [np.arange(24), np.array(indices)]}


def observer(kind, *given):
    return {"observers": [kind(*given)], "subsets": SUBSETS}


@pytest.mark.parametrize("change, message", [
    (subset(0, 24), "subset 1: indices must lie between 0 and 23"),
    (subset(-1, 3), "subset 1: indices must lie between 0 and 23"),
    (subset(0, 1, 2), "subset 1: 3 points of one class; a fit needs both"),
    (subset(0.0, 23.0), "subset 1: give a one-dimensional array of indices"),
    (subset([0, 23]), "subset 1: give a one-dimensional array of indices"),
    (subset(True, False), "subset 1: give a one-dimensional array of indices"),
    ({"subsets": [np.empty(0, int)]}, "subset 0: 0 points of one class"),
    ({"subsets": []}, "number of subsets 0: give a whole number of 1 or more"),
    ({"X": np.zeros((24, 3))}, r"X of shape \(24, 3\): give an array of shape \(n, 2\)"),
    ({"X": np.zeros(24)}, r"X of shape \(24,\)"), ({"X": np.empty((0, 2))}, r"X of shape \(0, 2\)"),
    ({"X": [[0, 0], [0, np.nan]], "y": [0, 1]}, r"X\[1\] is \[ 0\. nan\]: every coordinate"),
    ({"y": [0, 1]}, r"labels of shape \(2,\): give one for each of 24 points"),
    ({"X": [[0, 0], [1, 1]], "y": [0, 2]}, r"labels \[0 2\]: every label must be 0 or 1"),
    (observer(Difference, MeshGrid(-4, 6, 20), np.zeros((2, 1, 5, 5))), "references"),
    (observer(Difference, MeshGrid(-4, 6, 20), np.zeros((1, 1, 20, 20))), "references"),
    (observer(Hits, np.array([[0]] * 7)), "probes"),  # of eight subsets
    (observer(Hits, np.array([[99]] * 8)), "probes"),  # not in the pool
    (observer(Hits, np.array([[-1]] * 8)), "probes"),
])  # fmt: skip
def test_bad_arguments_are_named_before_any_fit(pool, small, fits, change, message):
    given = {"X": pool[0], "y": pool[1], "subsets": [np.arange(2)]} | change
    with pytest.raises(ValueError, match=message):
        refit(**given, settings=small(), description="test")
    assert not fits


@pytest.mark.parametrize("change, message", [
    ({"seeds": ()}, r"seeds \(\): give one or more, no two alike"),
    ({"seeds": (1, 2, 1)}, r"seeds \(1, 2, 1\): give one or more, no two alike"),
    ({"seeds": (-1,)}, "seed -1: give a whole number of 0"), ({"seeds": (True,)}, "seed True"),
    ({"engine": "fsat"}, "unknown engine 'fsat': give one of auto, fast, sklearn; .*'fast'"),
    ({"config": MLPConfig((5, 5))}, r'engine "fast" cannot fit hidden_layer_sizes \(5, 5\)'),
    ({"config": MLPConfig(activation="tanh")}, """cannot fit activation 'tanh'.*"sklearn"""),
    ({"config": LogisticRegression()}, "a LogisticRegression"),
    ({"config": "mlp", "engine": "auto"}, "give a dvlib.MLPConfig"),
    ({"config": LogisticRegression, "engine": "auto"}, "scikit-learn classifier"),
])  # fmt: skip
def test_bad_settings_are_named(change, message):
    with pytest.raises((ValueError, TypeError), match=message):
        RefitSettings(**{"engine": "fast"} | change)


def test_settings_the_kernel_lacks_are_left_to_scikit_learn(pool, small):
    config = MLPConfig(hidden_layer_sizes=(6, 5), activation="tanh", max_iter=5)
    settings = small(config=config, seeds=(0,))
    assert settings.engine == "sklearn" and small().engine == "fast"
    assert (run(pool, settings).n_iter == 5).all()

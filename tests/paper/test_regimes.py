"""Regimes: what each decides for data and batches, and which figures share their batches."""

import numpy as np
import pytest

from dvlib.engine.mlp import MLPConfig
from dvlib.paper.evidence import claims_of
from dvlib.paper.figures import groups
from dvlib.paper.manifest import FIGURES
from dvlib.paper.regimes import LIBRARY
from dvlib.paper.settings import resolve

WATCHED = ("fig03", "fig10", "fig11", "fig12", "fig13", "fig14", "fig15", "fig16", "fig17",
           "fig18", "fig19", "ext03")  # fmt: skip
# C29 and C29b belong to ext03. Their samples are those of several figures, each with its batches.
OF_SEVERAL_FIGURES = {"C29", "C29b"}


def test_the_figures_regime_is_library_unless_another_is_given():
    assert resolve("fig01", regime=None).regime == "library"
    assert resolve("fig01").origins["regime"] == "default"
    wide = resolve("fig01", preset="paper", regime="wide")
    assert wide.origins["regime"] == "given" and wide.folder.name != "figures"


def test_watched_figures_have_kerass_batches_and_the_others_scikit_learns():
    watched = {name for name, entry in FIGURES.items() if entry.watched}
    assert watched == {*WATCHED}
    for name, entry in FIGURES.items():
        if entry.dataset is None or not entry.needs_tensorflow:
            size = resolve(name).config.batch_size
            assert (
                size == (32 if name in watched else 200) == LIBRARY.config(entry.watched).batch_size
            )
    assert resolve("fig01").config == MLPConfig()  # nothing else differs from the defaults
    assert resolve("fig03").refits().config.batch_size == 32


@pytest.mark.parametrize("figure", ["fig01", "fig03"])
def test_wide_has_deviation_1_5_and_batches_of_200(figure):
    wide, library = (resolve(figure, regime=name) for name in ("wide", "library"))
    assert wide.config.batch_size == 200
    assert (wide.data.cluster_std, library.data.cluster_std) == (1.5, 1.0)
    # The same draws, spread further from the same means.
    means = library.data.means
    distances = np.linalg.norm(library.data.X[:, None] - means, axis=2)
    means = means[distances.argmin(1)]
    np.testing.assert_allclose(wide.data.X - means, 1.5 * (library.data.X - means), atol=1e-9)


@pytest.mark.parametrize(
    ("name", "std"), [("noisy", 4.0), ("moons", 1.0), ("circles", 1.0), ("spirals", 0.5)]
)
def test_data_sets_keep_their_own_deviation_in_both_regimes(name, std):
    for regime, usual in (("library", 1.0), ("wide", 1.5)):
        assert resolve("fig01", regime=regime).dataset_of(0, "four_clusters").cluster_std == usual
        settings = resolve("fig01", regime=regime, dataset=name)
        assert settings.data.cluster_std == std
        assert settings.dataset_of(0, name).cluster_std == std


def test_given_data_take_the_batches_only(tmp_path):
    points = np.random.default_rng(0).normal([[0, 1]] * 20 + [[10, 7]] * 20, 1)
    table = np.column_stack([points, np.repeat([0, 1], 20)])
    path = tmp_path / "mine.csv"
    np.savetxt(path, table, delimiter=",", header="x1,x2,label", comments="")
    library, wide = (
        resolve("fig03", regime=name, dataset=str(path)) for name in ("library", "wide")
    )
    np.testing.assert_array_equal(library.data.X, wide.data.X)
    assert library.data.cluster_std is None is wide.data.cluster_std
    assert (library.config.batch_size, wide.config.batch_size) == (32, 200)
    assert "Regime wide: batches of 200. The text is of regime library: batches of 32." in str(wide)


@pytest.mark.parametrize("group", groups(), ids=lambda group: group.studies[0])
def test_a_claim_is_measured_with_the_batches_of_its_figure(group):
    watched = FIGURES[group.figure].watched
    others = {one.id for one in claims_of(group) if FIGURES[one.figure].watched != watched}
    assert others <= OF_SEVERAL_FIGURES

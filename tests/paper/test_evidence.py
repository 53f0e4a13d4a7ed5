"""All claims over samples, and the sweep: every claim is measured, and tables are correct."""

import json
from dataclasses import replace

import numpy as np
import pytest

import dvlib
from dvlib.paper import robustness
from dvlib.paper.evidence import ClaimsStudy, _settings, all_claims, claims_of, claims_panel
from dvlib.paper.figures import claims, groups
from dvlib.paper.judging import verdicts
from dvlib.paper.judging.verdicts import Part
from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root

GROUPS = groups()
STUDIES = {study for group in GROUPS for study in group.studies}
# The regimes are about the plane: the extensions on tables measure their claims themselves.
OF_FIGURES = [claim.id for claim in claims().values() if claim.study not in STUDIES]


def test_every_claim_is_measured_by_one_group_or_by_its_own_figure():
    measured = [claim.id for group in GROUPS for claim in claims_of(group)]
    assert sorted(measured + OF_FIGURES) == sorted(claims())
    assert all(claims_of(group) for group in GROUPS)
    assert all(claims()[name].says.startswith("ours") for name in OF_FIGURES)
    assert {claims()[name].figure for name in OF_FIGURES} == {"ext07", "ext08", "ext09", "ext10"}


def judge(claim_id, parts):
    return verdicts.judge(claims()[claim_id], parts)


@pytest.mark.tensorflow
@pytest.mark.parametrize("preset", ["quick", "paper", "confirm"])
def test_groups_pass_seed_mesh_and_samples_to_their_settings(preset):
    settings = dvlib.resolve("claims", preset=preset, seed=5, mesh_side=40)
    for group in GROUPS:
        for regime in ("library", "wide"):
            values = _settings(group, settings, regime).values
            assert values["seed"] == 5 and values["mesh_side"] == 40, group.figure
            assert values["regime"] == regime
            counts = {values[name] for name in ("n_data_seeds", "n_points") if name in values}
            assert counts <= {settings.n_data_seeds}, group.figure
    assert preset == "quick" or settings.n_data_seeds >= 10


@pytest.mark.tensorflow
def test_the_confirmation_has_samples_that_no_figure_or_claim_has():
    settings = dvlib.resolve("claims", preset="confirm")
    seeds = {settings.seed + k for k in range(settings.n_data_seeds)}
    for entry in FIGURES.values():
        values = {"seed": 0, "n_data_seeds": 1} | entry.presets["paper"]
        assert seeds.isdisjoint(range(values["seed"], values["seed"] + values["n_data_seeds"]))
    assert settings.folder.name == "confirm"


def test_every_claim_is_measured_in_its_own_regime_first(monkeypatch):
    """A made-up group whose samples are the names of the settings' regimes."""

    def make(settings, count):
        return [[settings.regime] * count]

    group = next(group for group in GROUPS if group.studies == ("grid",))
    group = replace(group, make=make)
    monkeypatch.setattr("dvlib.paper.evidence.groups", lambda: [group])
    for claim in claims_of(group):
        parts = {name: 1.0 for name in PARTS_OF[claim.id]}
        monkeypatch.setattr(claim, "measure", lambda sample, parts=parts: {
            name: value if sample == "wide" else -9.0 for name, value in parts.items()
        })  # fmt: skip
    for own, other in (("library", "wide"), ("wide", "library")):
        study = all_claims(dvlib.resolve("claims", preset="paper", regime=own, n_data_seeds=3))
        for verdict in study.verdicts:
            assert (verdict.regime, verdict.counterpart.regime) == (own, other)
            assert verdict.counterpart.n_samples == verdict.n_samples == 3
            values = {float(part.mean) for part in verdict.parts.values()}
            assert values == ({1.0} if own == "wide" else {-9.0})
        assert [*study.seconds] == ["samples are", f"seconds, {own}", f"seconds, {other}"]


# Names of the parts of the claims on the grid.
PARTS_OF = {
    "C01": ["AUC"], "C03": ["rank correlation"], "C04": ["less other regions"],
    "C05": ["within 1"], "C36": ["near points"],
}  # fmt: skip


def made_up():
    """Four verdicts of different kinds; the last claim could not be measured."""
    values = {"C01": [0.95] * 5, "C02": [0.5, 0.9, 0.2, 0.8], "C03": [0.1, 0.2], "C05": [np.nan]}
    return [judge(name, {"a part": Part(of, "≥", 0.6)}) for name, of in values.items()]


def in_two_regimes(own, other):
    """The verdicts on claims from the values of a part in `library` and in `wide`."""
    both = [
        [replace(judge(f"C0{k + 1}", {"a part": Part(of, "≥", 0.6)}), regime=regime)
         for k, of in enumerate(values)]
        for regime, values in (("library", own), ("wide", other))
    ]  # fmt: skip
    return [replace(one, counterpart=other) for one, other in zip(*both, strict=True)]


def test_table_and_picture_have_the_verdicts_of_both_regimes():
    verdicts = in_two_regimes([[0.9] * 3, [0.1] * 3, [0.9] * 3], [[0.1] * 3, [0.1] * 3, [np.nan]])
    rows = [{"claims": ("C01", "C02", "C03"), "samples are": "made up", "seconds": {}}]
    study = ClaimsStudy(verdicts, rows)
    assert study.table[["verdict", "in wide", "regimes"]].to_numpy().tolist() == [
        ["reproduced", "not reproduced", "holds in library only"],
        ["not reproduced", "not reproduced", "same"],
        ["reproduced", "not measured", "open in wide"],
    ]
    frame = study.to_frame()
    assert list(frame["regime"]) == ["library", "wide"] * 3
    assert list(frame["mean"][:2]) == [pytest.approx(0.9), pytest.approx(0.1)]
    record = verdicts[0].record
    assert (record["verdict"], record["regime"]) == ("reproduced", "library")
    assert record["beside"]["compared"] == "holds in library only"
    assert record["beside"]["numbers"]["a part"] == pytest.approx(0.1)
    shown = [[text.get_text() for text in claims_panel(these).axes[0].texts]
             for these in (verdicts, made_up())]  # fmt: skip
    assert {"library", "wide"} <= {*shown[0]} and "library" not in shown[1]


def test_words_for_two_regimes():
    high, low, unclear = [0.9] * 2, [0.1] * 2, [0.9, 0.1]
    for own, other, words in (
        (high, high, "same"), (low, high, "holds in wide only"),
        (unclear, high, "open in library"), (low, unclear, "open in wide"),
    ):  # fmt: skip
        (verdict,) = in_two_regimes([own], [other])
        assert verdicts.compared(verdict, verdict.counterpart) == words
    partly = replace(verdict.counterpart, verdict="partly")
    better = replace(verdict, verdict="reproduced")
    assert verdicts.compared(better, partly) == "holds better in library"


def test_tables_of_all_claims():
    verdicts = made_up()
    rows = [{"claims": tuple(v.claim.id for v in verdicts), "samples are": "made up",
             "seconds": {"seconds, library": 1}}]  # fmt: skip
    study = ClaimsStudy(verdicts, rows)
    assert study.table.loc["C03", "deciding measure"].startswith("a part: 0.15 [")
    assert study.table.loc["C05", "deciding measure"] == ""
    frame = study.to_frame().set_index("claim")
    assert frame.loc["C02", "share"] == 0.5 and frame.loc["C02", "samples"] == 4
    assert list(study.seconds["seconds, library"]) == [1]


def test_picture_of_all_claims_has_a_row_per_claim():
    verdicts = made_up()
    figure = claims_panel(verdicts)
    words = [text.get_text() for text in figure.axes[0].texts]
    assert all(verdict.claim.id in words for verdict in verdicts)
    assert "reproduced (1)" in [text.get_text() for text in figure.legends[0].get_texts()]
    assert figure.png() == claims_panel(verdicts).png()
    (panel,) = claims_panel([judge("C15", {"a": Part([1.0, 2.0, 3.0], "<", 0.0)})]).axes
    assert (panel.collections[0].get_offsets()[:, 0] < 0).all()  # on the side that objects


def test_committed_claims_have_the_words_of_the_register():
    record = json.loads((project_root() / "figures" / "claims.json").read_text(encoding="utf-8"))
    assert record["claims"].keys() == claims().keys() - {*OF_FIGURES}
    for name, stored in record["claims"].items():
        claim = claims()[name]
        said = (stored["statement"], stored["threshold"], stored["comment"])
        assert said == (claim.says, claim.threshold, claim.note), f"{name}: `make claims`"
        assert stored["verdict"] in verdicts.VERDICTS
        assert claim.figure in FIGURES, name


def sweep(verdict_of):
    """A RobustnessStudy whose claim C01 has the value that `verdict_of(corner)` gives."""
    corners = {
        (std, size, width, extent): {
            "C01": judge("C01", {"a": Part(verdict_of(std, size, width, extent), "≥", 0.5)})
        }
        for std in robustness.STDS
        for size in robustness.SIZES
        for width in robustness.WIDTHS
        for extent in robustness.RANGES
    }
    return robustness.RobustnessStudy(corners, {corner[:3]: {"grid": 0.5} for corner in corners})


def test_sweep_says_which_single_change_flips_a_verdict():
    study = sweep(lambda std, size, width, extent: float(std < 2.5 and width > 10))
    row = study.table.loc["C01"]
    assert row["verdict"] == "reproduced" and row["same in"] == "54 of 108 corners"
    assert row["flips with"] == "deviation 2.5: not reproduced; units 10: not reproduced"
    grid = study.verdicts("C01")
    assert grid.shape == (12, 9) and grid[study.frame] == "reproduced"
    assert study.rows[study.frame[0]] == ((-10, 25), 1)
    assert study.columns[study.frame[1]] == (500, 1000)
    steady = sweep(lambda *corner: 1.0)
    assert steady.table.loc["C01", "flips with"] == "none of the single changes"
    assert len(steady.to_frame()) == 108 and set(steady.to_frame()["fitted"]) == {0.5}
    assert robustness.draw(study).png().startswith(b"\x89PNG")


def test_sweep_counts_the_points_within_the_plotted_range(tmp_path, monkeypatch):
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path))
    corner = (1.5, 40, 10, (-10.0, 25.0))
    monkeypatch.setattr(robustness, "QUICK", tuple((value,) for value in corner[:3]))
    seen = []

    def record(sample):
        seen.append(len(sample.points))
        values = sample.values["leave-one-out, g"]
        assert len(values.values) == len(values.fitted) == len(sample.regions.points)
        return {"AUC": 1.0}

    monkeypatch.setattr(claims()["C01"], "measure", record)
    few = {name: claims()[name] for name in ("C01", "C02", "C06")}
    monkeypatch.setattr(robustness, "claims", lambda: few)
    settings = dvlib.resolve("robustness", grid_step=5.0, mesh_side=20, n_data_seeds=2)
    study = robustness.sweep(settings)
    assert seen == [25, 25, 49, 49, 64, 64]  # 5, 7 and 8 points a side, two samples each
    assert study.corners[corner]["C01"].n_samples == 2
    assert study.claims == ["C01", "C02"]  # C06 is not about grid points
    # The fitted points and the base model, two samples, either family; other ranges need no more
    # fits. The learned boundary of each sample and family takes 11 runs.
    fitted = study.fitted[corner[:3]]
    assert settings.ledger.n_fits == 2 * (64 * sum(fitted.values()) + 2 * (1 + 11))
    assert min(fitted.values()) > 0.2 and max(fitted.values()) <= 1
    assert set(study.to_frame()["fitted"]) == {fitted["grid"]}  # C01 and C02 are both about it

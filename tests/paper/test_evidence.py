"""All claims over samples, and the sweep: every claim is measured, and tables are correct."""

import json

import numpy as np
import pytest

import dvlib
from dvlib.paper import robustness
from dvlib.paper.claims import CLAIMS, verdicts
from dvlib.paper.claims.verdicts import Part
from dvlib.paper.evidence import ClaimsStudy, _settings
from dvlib.paper.groups import GROUPS
from dvlib.paper.manifest import FIGURES
from dvlib.paper.plots.claims import claims_panel, robustness_panels
from dvlib.root import project_root


def test_every_claim_is_measured_by_one_group():
    measured = [claim.id for group in GROUPS for claim in group.claims]
    assert sorted(measured) == sorted(CLAIMS)
    assert all(group.claims for group in GROUPS)


def judge(claim_id, parts):
    return verdicts.judge(CLAIMS[claim_id], parts)


@pytest.mark.tensorflow
@pytest.mark.parametrize("preset", ["quick", "paper"])
def test_groups_pass_seed_mesh_and_samples_to_their_settings(preset):
    settings = dvlib.resolve("claims", {"preset": preset, "seed": 5, "mesh_side": 40})
    for group in GROUPS:
        values = _settings(group, settings, 7).values
        assert values["seed"] == 5 and values["mesh_side"] == 40, group.figure
        counts = {values[name] for name in ("n_data_seeds", "n_points") if name in values}
        assert counts <= {7}, group.figure
    few, many = (settings.values[name] for name in ("n_few", "n_data_seeds"))
    assert preset == "quick" or (few >= 3 and many >= 10)


def made_up():
    """Four verdicts of different kinds; the last claim could not be measured."""
    values = {"C01": [0.95] * 5, "C02": [0.5, 0.9, 0.2, 0.8], "C03": [0.1, 0.2], "C05": [np.nan]}
    return [judge(name, {"a part": Part(of, "≥", 0.6)}) for name, of in values.items()]


def test_tables_of_all_claims():
    verdicts = made_up()
    rows = [{"claims": tuple(v.claim.id for v in verdicts), "samples are": "made up", "seconds": 1}]
    study = ClaimsStudy(verdicts, [], rows)
    table = study.table
    assert list(table["verdict"]) == ["reproduced", "undecided", "not reproduced", "not measured"]
    assert table.loc["C03", "deciding measure"].startswith("a part: 0.15 [")
    assert table.loc["C05", "deciding measure"] == "" and set(table["of"]) == {"made up"}
    frame = study.to_frame().set_index("claim")
    assert frame.loc["C02", "share"] == 0.5 and frame.loc["C02", "samples"] == 4
    assert list(study.seconds["seconds"]) == [1]


def test_picture_of_all_claims_has_a_row_per_claim():
    verdicts = made_up()
    figure = claims_panel(verdicts)
    words = [text.get_text() for text in figure.axes[0].texts]
    assert all(verdict.claim.id in words for verdict in verdicts)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "reproduced (1)", "partly (0)", "undecided (1)", "not reproduced (1)", "not measured (1)"
    ]  # fmt: skip
    assert figure.png().startswith(b"\x89PNG") and figure.png() == claims_panel(verdicts).png()


def test_interval_and_samples_lie_on_the_side_they_support():
    (panel,) = claims_panel([judge("C15", {"a": Part([1.0, 2.0, 3.0], "<", 0.0)})]).axes
    (samples,) = panel.collections[:1]
    assert (samples.get_offsets()[:, 0] < 0).all()  # above a threshold that asks for less
    (panel,) = claims_panel([judge("C15", {"a": Part([-1.0, -2.0], "<", 0.0)})]).axes
    assert (panel.collections[0].get_offsets()[:, 0] > 0).all()


def test_committed_claims_have_the_words_of_the_register():
    record = json.loads((project_root() / "figures" / "claims.json").read_text(encoding="utf-8"))
    assert record["claims"].keys() == CLAIMS.keys()
    for name, claim in CLAIMS.items():
        stored = record["claims"][name]
        said = (stored["statement"], stored["threshold"], stored["comment"])
        assert said == (claim.says, claim.threshold, claim.found), f"{name}: `make claims`"
        assert stored["verdict"] in verdicts.VERDICTS
        assert claim.figure in FIGURES and claim.found, name


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
    return robustness.RobustnessStudy(corners, 0, 0.0)


def test_sweep_says_which_single_change_flips_a_verdict():
    study = sweep(lambda std, size, width, extent: float(std < 2.5 and width > 10))
    row = study.table.loc["C01"]
    assert row["verdict"] == "reproduced" and row["same in"] == "54 of 108 corners"
    assert row["flips with"] == "deviation 2.5: not reproduced; units 10: not reproduced"
    grid = study.verdicts("C01")
    assert grid.shape == (12, 9) and grid[study.frame] == "reproduced"
    assert study.row_names[study.frame[0]] == "1  [-10, 25]"
    assert study.column_names[study.frame[1]] == "1000\n500"
    steady = sweep(lambda *corner: 1.0)
    assert steady.table.loc["C01", "flips with"] == "none of the single changes"
    assert len(steady.to_frame()) == 108
    assert robustness_panels(study).png().startswith(b"\x89PNG")


def test_sweep_counts_the_points_within_the_plotted_range(tmp_path, monkeypatch):
    monkeypatch.setenv("DVLIB_CACHE", str(tmp_path))
    corner = (1.5, 40, 10, (-10.0, 25.0))
    names = ("STDS", "SIZES", "WIDTHS")
    for name, value in zip(names, corner, strict=False):
        monkeypatch.setattr(robustness, name, (value,))
    seen = []

    def record(sample):
        seen.append(len(sample.regions.points))
        assert len(sample.refits.points) == len(sample.regions.points)
        return {"AUC": 1.0}

    monkeypatch.setattr(CLAIMS["C01"], "measure", record)
    monkeypatch.setattr(
        robustness, "CLAIMS", {name: CLAIMS[name] for name in ("C01", "C02", "C06")}
    )
    settings = dvlib.resolve("robustness", {"grid_step": 5.0, "mesh_side": 20, "n_data_seeds": 2})
    study = dvlib.robustness_sweep(settings)
    assert seen == [25, 25, 49, 49, 64, 64]  # 5, 7 and 8 points a side, two samples each
    assert study.corners[corner]["C01"].n_samples == 2
    assert study.claims == ["C01", "C02"]  # C06 is not about grid points
    # 64 points and the base model, two samples, either family; other ranges need no more fits
    assert study.n_fits == 2 * 2 * 65

"""The timeline of a run: reports of kernels become steps whose sums agree, and a picture."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from dvlib.refits.progress import REPORT_VARIABLE, progress_bar, report
from dvlib.suite import timeline
from dvlib.suite.command import main
from dvlib.suite.run import run_all
from dvlib.suite.timeline import COLOURS, Timeline, Track, draw

BAR = {"bar": 1, "what": "X plus a point", "n": 0, "total": 9, "unit": "fit", "text": ""}


def event(name, at, processor, memory=0, **details):
    return {"event": name, "at": at, "processor": processor, "memory": memory, **details}


@pytest.fixture
def track(tmp_path):
    """Function that makes a Track from events; the kernel starts at 100 s."""

    def make(*events, figure="fig01"):
        track = Track(tmp_path / f"{len(list(tmp_path.iterdir()))}")
        track.events[0]["at"], track.figure = 100.0, figure
        track.path.write_text("".join(json.dumps(one) + "\n" for one in events))
        track.poll()
        return track

    return make


WHOLE = (
    event("ready", 103, 2.0, 300),
    event("between", 103.1, 2.0, 300),  # the end of the runner's own first line
    event("cell", 105, 2.0, 300, source="import dvlib"),
    event("between", 105.5, 2.25, 310),
    event("cell", 105.51, 2.25, 310, source="study = dvlib.added_points(settings)"),
    event("bar", 106, 2.5, 310, **BAR),
    event("bar", 108, 6.5, 400, **BAR | {"n": 8}),
    event("closed", 110, 10.5, 500, bar=1),
    event("cell", 111, 11.0, 500, source="figure = dvlib.plots.value_maps(panels)"),
    event("cell", 112, 12.0, 500, source="print(dvlib.save_bundle(settings, figure))"),
    event("between", 112.5, 12.5, 500),
)


def test_steps_follow_one_another_and_their_sums_are_the_whole(track):
    steps = track(*WHOLE).steps()
    assert [(one["kind"], one["start"]) for one in steps] == [
        ("start", 100), ("waiting", 103), ("computing", 105), ("refits", 106),
        ("computing", 110), ("drawing", 111), ("saving", 112),
    ]  # fmt: skip
    assert steps[3] == {
        "figure": "fig01", "step": "X plus a point", "kind": "refits", "start": 106,
        "seconds": 4.0, "processor": 8.0, "memory": 500,
    }  # fmt: skip
    assert sum(one["seconds"] for one in steps) == pytest.approx(12.5)
    assert sum(one["processor"] for one in steps) == pytest.approx(12.5)
    ends = [one["start"] + one["seconds"] for one in steps]
    np.testing.assert_allclose(ends[:-1], [one["start"] for one in steps[1:]])


def test_inner_bar_counts_and_a_bar_that_an_error_left_open_ends_with_its_cell(track):
    inner = BAR | {"bar": 2, "what": "DVRL", "unit": "iteration"}
    found = track(
        event("ready", 101, 0),
        event("cell", 102, 0, source="dvlib.all_claims(settings)"),
        event("bar", 103, 1, **BAR),
        event("bar", 104, 2, **inner),
        event("closed", 106, 3, bar=2),
        event("bar", 107, 4, **inner),
        event("between", 108, 5),
        event("cell", 109, 6, source="dvlib.claims.verdict_table(verdicts)"),
        event("between", 110, 7),
    )
    kinds = [(one["kind"], one["seconds"]) for one in found.steps()]
    assert kinds == [
        ("start", 1), ("waiting", 1), ("computing", 1), ("refits", 1), ("DVRL", 2), ("refits", 1),
        ("DVRL", 1), ("between", 1), ("claims", 1),
    ]  # fmt: skip
    assert {kind for kind, _ in kinds} <= COLOURS.keys()


def test_half_written_report_is_read_once_it_is_whole(tmp_path):
    track = Track(tmp_path / "0")
    line = json.dumps(event("cell", 1, 2, source="ü")) + "\n"
    for part in (line[:30], line[30:] + line[:10], line[10:]):
        with open(track.path, "a", encoding="utf-8") as file:
            file.write(part)
        track.poll()
    assert [one["event"] for one in track.events] == ["start", "cell", "cell"]
    track.end()
    track.end()
    track.poll()
    assert [one["event"] for one in track.events[3:]] == ["end"]


def test_bars_report_their_state_and_their_end(tmp_path, monkeypatch, capsys):
    path = tmp_path / "0"
    path.touch()
    monkeypatch.setenv(REPORT_VARIABLE, str(path))
    with pytest.raises(ZeroDivisionError), progress_bar(10, "X plus a point", "fit") as bar:
        bar.update(3)
        time.sleep(0.25)
        bar.set_postfix_str("so far")
        raise ZeroDivisionError
    reports = [json.loads(line) for line in path.read_text().splitlines()]
    first, *_, shown, last = reports
    assert (first["what"], first["n"], first["total"], first["unit"]) == (
        "X plus a point", 0, 10, "fit",
    )  # fmt: skip
    assert (shown["n"], shown["text"], last["event"]) == (3, "so far", "closed")
    assert last["processor"] <= time.process_time() and last["memory"] > 10_000_000
    assert all(one["bar"] == last["bar"] for one in reports)
    assert capsys.readouterr() == ("", "")


def test_reports_after_the_runner_has_gone_are_no_error_and_leave_no_file(tmp_path, monkeypatch):
    monkeypatch.setenv(REPORT_VARIABLE, str(tmp_path / "gone" / "0"))
    report("ready")
    monkeypatch.setenv(REPORT_VARIABLE, str(tmp_path / "0"))
    report("ready")
    monkeypatch.delenv(REPORT_VARIABLE)
    report("ready")
    assert not [*tmp_path.iterdir()]


RECORD = {
    "cores": 2, "seconds": 10.0, "processor": 12.0, "idle": 8.0, "edges": [0, 5, 10],
    "busy": [0.4, 0.8],
    "steps": [
        {"figure": figure, "step": kind, "kind": kind, "start": start, "seconds": 2.0,
         "processor": 1.0, "memory": 4e8, "kernel": kernel}
        for figure, kernel, start, kind in (
            ("fig01", "0", 0.0, "start"), ("fig01", "0", 2.0, "refits"), ("fig03", "1", 3.0, "DVRL")
        )
    ],
}  # fmt: skip


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr("dvlib.paper.places.project_root", lambda: tmp_path)
    return tmp_path


def test_the_picture_has_a_bar_for_each_step_and_the_share_of_the_cores(root, capsys):
    text = timeline.write(RECORD)
    assert text.startswith("10.0 s, 12.0 s of processor time: 60% of 2 cores; largest memory 0.40")
    above, below = draw(RECORD).axes
    assert [label.get_text() for label in below.get_yticklabels()] == ["fig01", "fig03"]
    assert [(bar.get_x(), bar.get_width()) for bar in below.patches] == [(0, 2), (2, 2), (3, 2)]
    assert "60% of the cores" in above.get_title()
    np.testing.assert_array_equal(above.patches[0].get_data().values, [40, 80])
    assert main(["timeline"]) == 0 and "wrote build/timeline.png" in capsys.readouterr().out
    with Image.open(root / "build" / timeline.PICTURE) as image:
        assert image.width <= 1200 and len(image.convert("RGB").getcolors(10**6)) > 10


def test_a_missing_or_damaged_timeline_is_named(root, capsys):
    assert main(["timeline"]) == 2
    assert "error: no build/timeline.json: make a figure first" in capsys.readouterr().err
    (root / "build").mkdir()
    (root / "build" / timeline.TABLE).write_text('{"cores": 2, ')
    assert main(["timeline"]) == 2 and "is damaged" in capsys.readouterr().err


def test_a_timeline_that_cannot_be_written_is_no_error(root):
    (root / "build").write_text("in the way")
    assert timeline.write(RECORD).endswith("build/timeline.json cannot be written (File exists)")


def test_without_kernels_there_is_a_timeline_without_steps(root, tmp_path):
    record = Timeline(tmp_path).record()
    assert record["steps"] == [] and record["processor"] <= record["seconds"] * record["cores"]
    assert "largest" not in timeline.write(record)
    draw(record)


def test_memory_of_a_new_process_is_not_that_of_its_parent(tmp_path):
    """Linux's `ru_maxrss` begins at the memory of the process that started this one."""
    path = tmp_path / "reports"
    path.touch()
    large = np.ones(int(1e8))  # 0.8 GB, all of it in use
    code = "from dvlib.refits.progress import report; report('cell')"
    environment = os.environ | {REPORT_VARIABLE: str(path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, close_fds=False)
    assert 1e7 < json.loads(path.read_text())["memory"] < large.nbytes


@pytest.mark.slow
def test_two_real_figures(root, monkeypatch, capsys):
    """Each has all its steps, and no more than the cores can do is counted."""
    settings = {"preset": "quick", "seed": 3}
    began = time.monotonic()
    assert run_all([("fig16", settings), ("fig05", settings)]) == 0
    wall = time.monotonic() - began
    record = json.loads((root / "build" / timeline.TABLE).read_text())
    steps = record["steps"]
    for figure in ("fig05", "fig16"):
        kinds = {one["kind"] for one in steps if one["figure"] == figure}
        assert kinds >= {"start", "computing", "drawing", "saving"}
        assert ("refits" in kinds) == (figure == "fig16")
    assert "runs with weights kept" in {one["step"] for one in steps}
    assert all(0 <= one["seconds"] <= wall and one["processor"] >= 0 for one in steps)
    assert all(1e8 < one["memory"] < 2e9 for one in steps if one["kind"] != "start")
    used = sum(one["processor"] for one in steps)
    assert 1 < used <= record["processor"] <= os.cpu_count() * record["seconds"] <= wall * 64
    assert record["idle"] == pytest.approx(
        record["cores"] * record["seconds"] - record["processor"], abs=0.1
    )
    busy = np.diff(record["edges"]) @ record["busy"] * record["cores"]
    assert busy == pytest.approx(used, rel=0.05)
    assert capsys.readouterr().out.splitlines()[-1].endswith(timeline.TABLE)

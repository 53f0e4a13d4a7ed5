"""Bars of several figures stay below whole lines of text, one line each."""

import io
import time
from types import SimpleNamespace

import pytest
from tqdm.std import tqdm

from dvlib.suite import screen
from dvlib.suite.screen import Screen


class Terminal(io.StringIO):
    """Screen of a terminal: `lines` interprets returns, line feeds and the step up of a line."""

    def isatty(self):
        return True

    def lines(self):
        rows, row, column = [""], 0, 0
        for part in self.getvalue().replace("\x1b[A", "\0"):
            if part == "\r":
                column = 0
            elif part == "\0":
                row -= 1
            elif part == "\n":
                row, column = row + 1, 0
                rows += [""] * (row + 1 - len(rows))
            else:
                rows[row] = rows[row][:column].ljust(column) + part + rows[row][column + 1 :]
                column += 1
        return [row.rstrip() for row in rows]


class Enabled(tqdm):
    """A bar that is shown although tests disable bars; tqdm reads TQDM_DISABLE on import."""

    def __init__(self, **options):
        super().__init__(disable=False, **options)


@pytest.fixture
def terminal(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(screen, "tqdm", Enabled)
    monkeypatch.setattr(screen, "sys", SimpleNamespace(stdout=terminal, stderr=terminal))
    monkeypatch.setattr(screen, "DELAY", 0)
    monkeypatch.setenv("COLUMNS", "100")
    return terminal


def bar(name, n, number=1):
    return {
        "bar": number, "what": name, "n": n, "total": 20, "unit": "fit", "text": "so far",
        "since": time.monotonic(),
    }  # fmt: skip


def test_bars_have_a_line_each_below_the_text_and_are_removed(terminal):
    shown = Screen()
    shown.say("fig01  Leave-one-out values …")
    one, two = bar("X plus a point", 5), bar("mesh alone", 1)
    shown.show(0, "fig01", [one])
    shown.show(1, "fig03", [two])
    shown.show(0, "fig01", [one | {"n": 15}])
    shown.say("fig05  3.1 s: wrote …")
    shown.show(1, "fig03", [two | {"n": 2}])
    lines = terminal.lines()
    assert lines[:2] == ["fig01  Leave-one-out values …", "fig05  3.1 s: wrote …"]
    assert lines[2].startswith("fig01  X plus a point:  75%|") and "15/20" in lines[2]
    assert lines[3].startswith("fig03  mesh alone:  10%|") and "2/20" in lines[3]
    assert "so far" in lines[3]
    shown.clear(1)
    shown.say("fig03  9.1 s: wrote …")
    shown.clear()
    shown.say("the end")
    lines[2:] = ["fig03  9.1 s: wrote …", "the end"]
    assert [line for line in terminal.lines() if line] == lines


def test_bars_around_the_innermost_are_words(terminal):
    outer, inner = bar("claims", 3), bar("f_X", 1, number=2)
    shown = Screen()
    shown.show(0, "claims", [outer, inner])
    assert terminal.lines()[0].startswith("claims  claims 3/20, f_X:   5%|")
    shown.show(0, "claims", [outer])
    assert terminal.lines()[0].startswith("claims  claims:  15%|")
    shown.show(0, "claims", [])
    assert terminal.lines()[0] == ""


def test_a_short_bar_is_not_shown(terminal, monkeypatch):
    monkeypatch.setattr(screen, "DELAY", 1)
    shown, young = Screen(), bar("X", 0)
    shown.show(0, "fig01", [young])
    assert terminal.getvalue() == ""
    shown.show(0, "fig01", [young | {"since": young["since"] - 2}])
    assert terminal.lines()[0].startswith("fig01  X:")


def test_without_a_terminal_lines_are_whole_and_there_are_no_bars(capsys, monkeypatch):
    monkeypatch.setattr(screen, "DELAY", 0)
    shown = Screen()
    shown.say("a line")
    shown.show(0, "fig01", [bar("X", 3)])
    shown.clear()
    assert capsys.readouterr() == ("a line\n", "")

"""The worked example of docs/tables.md runs, and gives the numbers that it shows."""

import doctest
import re

import pytest

from dvlib.methods.registry import known_methods
from dvlib.root import project_root
from dvlib.suite.command import main

pytestmark = pytest.mark.slow
PAGE = project_root() / "docs" / "tables.md"


def test_the_example_gives_what_it_shows(tmp_path, monkeypatch, capsys):
    """What its Python prints, and what its command says, but for seconds."""
    monkeypatch.chdir(tmp_path)
    options = doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testfile(str(PAGE), False, encoding="utf-8", optionflags=options)
    assert failed == 0 and tried > 20
    text = PAGE.read_text(encoding="utf-8")
    first, again = (block.split() for block in re.findall(r"```sh\ndvlib (.*?)\n```", text))
    capsys.readouterr()
    assert main(first) == 0
    said = capsys.readouterr()
    told, found = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    # The progress of the fits follows what is told of the table.
    assert said.err.startswith(told.rsplit(";", 1)[0])
    assert re.sub(r"in \d+ s", "", said.out) == re.sub(r"in \d+ s", "", found)
    assert main(again) == 0  # without a decision, nothing changes


def test_the_methods_that_the_page_explains_exist():
    text = PAGE.read_text(encoding="utf-8")
    names = {name for line in re.findall(r"^\| `.*", text, re.MULTILINE)
             for name in re.findall(r"`(\w+)`", line.split("|")[1])}  # fmt: skip
    assert names and names <= known_methods("rows").keys()


def test_the_command_lists_every_method(capsys):
    assert main(["methods"]) == 0
    listed = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == [*known_methods("rows")]

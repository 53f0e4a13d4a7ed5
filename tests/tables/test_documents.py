"""The worked example of docs/your-data.md runs, and gives the numbers that it shows."""

import doctest
import re

import pytest

from dvlib.methods.registry import known_methods
from dvlib.root import project_root
from dvlib.suite.command import main

pytestmark = pytest.mark.slow
PAGE = project_root() / "docs" / "your-data.md"


def test_the_example_gives_what_it_shows():
    options = doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testfile(str(PAGE), False, encoding="utf-8", optionflags=options)
    assert failed == 0 and tried > 20


def test_the_methods_that_the_page_explains_exist():
    text = PAGE.read_text(encoding="utf-8")
    names = {name for line in re.findall(r"^\| `.*", text, re.MULTILINE)
             for name in re.findall(r"`(\w+)`", line.split("|")[1])}  # fmt: skip
    assert names and names <= known_methods("rows").keys()


def test_the_command_lists_every_method(capsys):
    assert main(["methods"]) == 0
    listed = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == [*known_methods("rows")]

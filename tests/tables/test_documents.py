"""The worked example of docs/your-data.md runs, and gives the numbers that it shows."""

import doctest

import pytest

from dvlib.methods.registry import known_methods
from dvlib.root import project_root

pytestmark = pytest.mark.slow
PAGE = project_root() / "docs" / "your-data.md"


def test_the_example_gives_what_it_shows():
    options = doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testfile(str(PAGE), False, encoding="utf-8", optionflags=options)
    assert failed == 0 and tried > 20


def test_every_method_is_told_of():
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in known_methods("rows") if f"`{name}`" not in text] == []

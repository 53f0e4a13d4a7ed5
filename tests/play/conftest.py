"""Fixtures that open the playground from a file."""

import pytest
from support.hands import SETTLED, WIDE, wait_until

from dvlib.play import page as playground


@pytest.fixture(scope="session")
def page_file(tmp_path_factory):
    return playground.write(tmp_path_factory.mktemp("playground"))


@pytest.fixture
def play(open_page, page_file):
    """Function that opens the page at a hash and waits until the point is measured.

    In no test may the page complain.
    """
    pages = []

    def play(hash="", viewport=WIDE, *, until=SETTLED, **options):
        page = open_page(f"{page_file.as_uri()}{hash}", viewport, **options)
        pages.append(page)
        wait_until(page, until)
        return page

    yield play
    for page in pages:
        assert page.complaints == []

"""BLAS has one thread wherever the work runs, since its sums depend on the number of threads."""

from threading import Thread

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from dvlib.refits.workers import in_background, one_blas_thread


def threads():
    """Threads of each BLAS that is loaded."""
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


@pytest.fixture(autouse=True)
def two_threads():
    assert np.eye(2).sum() == 2  # numpy's BLAS is loaded
    with threadpool_limits(2, user_api="blas"):
        yield


def limited():
    with one_blas_thread():
        return {*threads()}


def test_blas_is_limited_in_this_thread_and_in_others_after_it():
    assert {*threads()} == {2}
    assert limited() == {1} and {*threads()} == {2}
    assert in_background(limited)() == {1} and {*threads()} == {2}
    assert limited() == {1} and {*threads()} == {2}


def test_the_limit_ends_with_the_last_block_that_needs_it():
    with one_blas_thread():
        other = Thread(target=limited)
        other.start()
        other.join()
        assert {*threads()} == {1}
    assert {*threads()} == {2}

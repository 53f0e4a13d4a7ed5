"""Patience with processes and threads that work elsewhere."""

import time


def until(condition, seconds=120):
    """The first true result of a condition; fails if none comes in time."""
    ended = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > ended:
            raise TimeoutError(getattr(condition, "__name__", condition))
        time.sleep(0.02)
    return result

"""Waits for what must come true, and says what was there instead when it does not."""

import time


class Failed(AssertionError):
    """A test found something other than it asks for."""


class Skipped(Exception):
    """A test cannot be made here, and says why."""


def until(what, look, seconds=15, every=0.05, instead=None):
    """Calls `look` until it gives something true, and gives that back. What `look` raises counts as "not yet".

    `instead` tells, when it never came true, what is there.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            seen = look()
            if seen:
                return seen
        except Failed:
            raise
        except Exception as error:  # The thing is being made, or is gone for a moment.
            seen = f"{type(error).__name__}: {error}"
        if time.monotonic() > end:
            there = instead() if instead else seen
            raise Failed(f"not within {seconds} s: {what}; there is: {str(there)[:1500]}")
        time.sleep(every)


def need(condition, what):
    """Fails the test with `what` if the condition does not hold."""
    if not condition:
        raise Failed(what)

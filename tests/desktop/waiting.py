"""Waits for what must come true, and says what was there instead when it does not.

Whoever waits looks after the test's desktop as well: a part of it that has died is told at once, or started anew.
"""

import os
import threading
import time
from pathlib import Path

# The desktops that are up, which register themselves: a test may have two.
DESKTOPS = []
# A machine on which more wants to run than this is no machine to test on.
BUSIEST = 10


class Failed(AssertionError):
    """A test found something other than it asks for."""


class Skipped(Exception):
    """A test cannot be made here, and says why."""


def stretched(seconds):
    """How long that many seconds of a free machine may take on this one, as busy as it is now."""
    average, _, _, running, _ = Path("/proc/loadavg").read_text().split()
    wanting = max(float(average), int(running.partition("/")[0]))
    return seconds * min(BUSIEST, max(1, wanting / len(os.sched_getaffinity(0))))


def tend():
    """Looks after the desktops; whether a part was started anew, and what is waited for may need its time once more."""
    if threading.current_thread() is not threading.main_thread():
        return False
    return any([desktop.tend() for desktop in DESKTOPS])


def until(what, look, seconds=15, every=0.05, instead=None):
    """Calls `look` until it gives something true, and gives that back. What `look` raises counts as "not yet".

    `seconds` are those of a free machine. `instead` tells, when it never came true, what is there.
    """
    begun = time.monotonic()
    while True:
        if tend():
            begun = time.monotonic()
        try:
            seen = look()
            if seen:
                return seen
        except Failed:
            raise
        except Exception as error:  # The thing is being made, or is gone for a moment.
            seen = f"{type(error).__name__}: {error}"
        waited = time.monotonic() - begun
        if waited > seconds and waited > stretched(seconds):
            raise Failed(f"not within {waited:.0f} s: {what}; there is: {str(there(seen, instead))[:1500]}")
        time.sleep(every)


def there(seen, instead):
    """What is there, as far as it can be told."""
    try:
        return instead() if instead else seen
    except Exception as error:
        return f"{seen}; {type(error).__name__}: {error}"


def until_ended(what, threads, seconds):
    """Waits for threads as for anything else."""
    until(what, lambda: not any(thread.is_alive() for thread in threads), seconds)


def need(condition, what):
    """Fails the test with `what` if the condition does not hold."""
    if not condition:
        raise Failed(what)


def need_quick(took, seconds, what):
    """Fails the test if something took longer than so many seconds of a free machine."""
    need(took < seconds or took < stretched(seconds), f"{what} took {took:.1f} s")

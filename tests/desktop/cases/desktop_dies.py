"""The test's own desktop: a part of it that dies is told at once by whoever waits, or started anew; no app is in it."""

import os
import signal
import time

from dunst import Dunst
from session import NOTIFICATIONS, WATCHER, Session
from waiting import Failed, need, stretched, until

# What nobody can go on without, or what knows what nothing else does.
FOR_GOOD = ["X server", "bus", "keyring"]


def run(world):
    for name in FOR_GOOD:
        with Session() as session:
            kill(session, name)
            need_told(name)
    started_anew(world)
    with Session() as session:
        Dunst(session).displayed()
        kill(session, "notification daemon")
        need_told("notification daemon")


def started_anew(world):
    told = []
    with Session(tell=told.append) as session:
        kill(session, "window manager")
        until("another window manager", lambda: told and session.has_window_manager())
        kill(session, "notification daemon")
        until("another notification daemon", lambda: len(told) == 2 and session.owned(NOTIFICATIONS))
        tray = session.bus.get_name_owner(WATCHER)
        kill(session, "panel")
        begun = time.monotonic()
        until("another panel", lambda: len(told) == 3 and session.bus.get_name_owner(WATCHER) != tray)
        world.figure(f"another panel after {time.monotonic() - begun:.1f} s")
        need(all("ended by SIGKILL" in line for line in told), f"it is told how each died: {told}")
        kill(session, "panel")
        need_told("panel")


def kill(session, name):
    """As anybody but the test does it."""
    process = session.parts[name].process
    os.kill(process.pid, signal.SIGKILL)
    # Not by `process`, which would take it for its end.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)


def need_told(name):
    """Who waits for something else hears of it."""
    begun = time.monotonic()
    try:
        until("something else", lambda: False, 30)
    except Failed as failed:
        need(f"the {name} ended by SIGKILL" in str(failed), f"not what has died: {failed}")
    need(time.monotonic() - begun < stretched(2), "it is told at once")

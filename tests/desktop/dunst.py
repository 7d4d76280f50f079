"""The notification daemon: what it shows, and its buttons pressed as a person does it."""

import json
import os
import re
import subprocess
import threading
import time
from contextlib import contextmanager

from waiting import until

# dunst asks a menu program which of the buttons it is; this one prints the line that a test wants.
CHOOSER = """#!/bin/sh
grep -F -m 1 -- "$(cat "$HOME/.chosen")"
"""
SETTINGS = """[global]
    dmenu = {chooser}
    browser = /bin/true
    idle_threshold = 0
[urgency_low]
    timeout = 0
[urgency_normal]
    timeout = 0
"""


def prepare(home):
    """Before dunst starts: no notification goes by itself, and buttons can be chosen."""
    chooser = home / ".local/chooser"
    chooser.parent.mkdir(parents=True, exist_ok=True)
    chooser.write_text(CHOOSER)
    os.chmod(chooser, 0o700)
    folder = home / ".config/dunst"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dunstrc").write_text(SETTINGS.format(chooser=chooser))


class Dunst:
    def __init__(self, session):
        self.session = session

    def control(self, *words):
        asked = subprocess.run(["dunstctl", *words], env=self.session.env, capture_output=True, text=True, timeout=10)
        return asked.stdout

    def displayed(self):
        """How many notifications are on the screen, or wait for a place on it."""
        return sum(int(self.control("count", what).strip() or 0) for what in ("displayed", "waiting"))

    def shown(self):
        """Everything that was ever shown, in order: (title, text). dunst prints each as it comes."""
        printed = (self.session.logs / "dunst.log").read_text(errors="replace")
        return re.findall(r"^\s*summary: '(.*)'$\s*^\s*body: '(.*)'$", printed, re.MULTILINE)

    def until_shown(self, title, times=1, seconds=15):
        """Waits until a notification with this title was shown so many times; gives the last one's text."""
        texts = lambda: [text for shown, text in self.shown() if shown == title]
        return until(f"a notification {title!r}", lambda: len(texts()) >= times and texts(), seconds, instead=self.shown)[-1]

    def gone(self):
        """What was taken away, the latest first: titles."""
        return [entry["summary"]["data"] for entry in json.loads(self.control("history"))["data"][0]]

    def press(self, button, title):
        """Presses a button of the notification with this title, which must be on the screen."""
        (self.session.home / ".chosen").write_text(f"#{button} ({title})")
        self.control("context")

    def put_away(self):
        self.control("close-all")


class Heard:
    """Notifications by the moment at which they came over the bus, before the daemon has drawn anything."""

    def __init__(self):
        self.came = {}

    def titles(self):
        return list(self.came)

    def when(self, title):
        return self.came.get(title)


@contextmanager
def heard(session):
    """Listens in on the bus."""
    watched = "interface='org.freedesktop.Notifications',member='Notify'"
    command = ["dbus-monitor", "--session", watched]
    monitor = subprocess.Popen(command, env=session.env, stdout=subprocess.PIPE, text=True)
    notices, ready = Heard(), threading.Event()

    def listen():
        call, moment = 0, 0.0
        for line in monitor.stdout:
            ready.set()
            if line.startswith("method call"):
                call, moment = 0, time.time()
            elif line.startswith("   string ") and moment:
                call += 1
                # The name of the app, the icon, the title.
                if call == 3:
                    notices.came.setdefault(line[len('   string "') : -2], moment)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield notices
    finally:
        monitor.terminate()
        monitor.wait(5)

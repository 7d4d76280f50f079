"""The notification daemon: what it shows, and its buttons pressed as a person does it."""

import json
import os
import re
import threading
import time
from contextlib import contextmanager

import processes
from programs import program
from waiting import need, stretched, until

# dunst asks a menu program which of the buttons it is. This one prints the line that a test wants, once, and notes whether
# it was there.
CHOOSER = """#!/bin/sh
mv "$HOME/.chosen" "$HOME/.taken" 2>/dev/null || exit 0
if grep -F -m 1 -- "$(cat "$HOME/.taken")"; then said=yes; else said=no; fi
echo $said >"$HOME/.choice"
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
        # It forgets all of it when it dies.
        self.session.parts["notification daemon"].relied_on = True
        return self.asked(*words)

    def asked(self, *words):
        return processes.run([program("dunstctl"), *words], env=self.session.env).stdout

    def displayed(self):
        """How many notifications are on the screen, or wait for a place on it."""
        return sum(int(self.control("count", what)) for what in ("displayed", "waiting"))

    def shown(self):
        """Everything that was ever shown, in order: (title, text). dunst prints each as it comes."""
        printed = (self.session.logs / "dunst.log").read_text(errors="replace")
        return re.findall(r"^\s*summary: '(.*)'$\s*^\s*body: '(.*)'$", printed, re.MULTILINE)

    def until_shown(self, title, times=1, seconds=15):
        """Waits until a notification with this title was shown so many times; gives the last one's text."""
        texts = lambda: [text for shown, text in self.shown() if shown == title]
        return until(f"a notification {title!r}", lambda: len(texts()) >= times and texts(), seconds, instead=self.shown)[-1]

    def history(self):
        return json.loads(self.control("history"))["data"][0]

    def gone(self):
        """What was taken away, the latest first: titles."""
        return [entry["summary"]["data"] for entry in self.history()]

    def texts(self):
        """The texts of all there was, the latest first: the history has what was put away."""

        def is_empty():
            # Again: one may come meanwhile.
            self.put_away()
            return self.displayed() == 0

        until("the screen is empty", is_empty)
        return [entry["body"]["data"] for entry in self.history()]

    def press(self, button, title):
        """Presses a button of the notification with this title, once it is on the screen: dunst prints it before that."""
        chosen, choice = (self.session.home / name for name in (".chosen", ".choice"))
        line = f"#{button} ({title})"
        choice.unlink(missing_ok=True)
        chosen.write_text(line)

        def pressed():
            said = choice.read_text().strip() if choice.exists() else ""
            if said == "no":
                choice.unlink()
                chosen.write_text(line)
            # Where nothing is on the screen nobody is asked; asked twice, the chooser chooses once.
            if said != "yes":
                self.control("context")
            return said == "yes"

        until(f"{line} is pressed", pressed, every=0.1, instead=self.shown)

    def put_away(self):
        self.asked("close-all")


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
    monitor = processes.listen([program("dbus-monitor"), "--session", watched], session.env)
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
    try:
        need(ready.wait(stretched(10)), "the bus can be listened to")
        yield notices
    finally:
        monitor.terminate()
        monitor.wait(stretched(5))

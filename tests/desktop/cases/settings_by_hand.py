"""The settings file is changed by a hand while the app runs: port, language, quiet hours and the log's level are in force at once."""

import json
import re
import time
from datetime import datetime, timedelta

from cases.port_taken import squatter
from dunst import Dunst
from mcp import Mcp
from people import add_sandbox
from waiting import need, need_quick, until
from webdriver import free_port

NEEDED = "AgentRuntime braucht dich"


def run(world):
    with world.app() as app:
        window = app.drive()
        add_sandbox(window)
        app.tray.until_state("Serving Sandbox", 60)
        window.end()
        app.quit()
        app.open("--hidden")
        app.tray.until_state("Serving Sandbox", 60)

        app.port = free_port()
        begun = time.monotonic()
        write(app, port=app.port)
        app.until_serves()
        took = time.monotonic() - begun
        world.figure(f"on another port after {took:.2f} s")
        need_quick(took, 1, "another port")
        _, code = Mcp(app.port).call("workflows_list")
        need(code is None, f"on the new port a call says {code}")
        # The app writes then as well, and of two who write at once the second has its way.
        until("the app has taken note of the client", lambda: app.settings().get("known_clients"))

        need("DEBUG" not in log(app), "at first only what happens is logged")
        write(app, language="de", log_level="debug")
        app.tray.until_state("In Betrieb für Sandbox")

        # What the app needs waits for the end of quiet hours, like everything else.
        app.port = free_port()
        with squatter(app.port):
            write(app, port=app.port, notifications={"quiet_hours": around_now()})
            app.tray.until_state(f"Braucht dich: Port {app.port} ist belegt")
            need(NEEDED not in titles(app), f"in quiet hours nothing is shown: {titles(app)}")
            write(app, notifications={"quiet_hours": None})
            until("it is told afterwards", lambda: NEEDED in titles(app), instead=lambda: titles(app))
            until("and the log says more than before", lambda: re.search(r"DEBUG .*a notification is shown", log(app)))
        need(app.quit() < 20, "it ends")


def log(app):
    """All that the app has written into its log."""
    folder = app.session.home / ".local/share/agentruntime-desktop/logs"
    return "".join(file.read_text() for file in folder.glob("*"))


def titles(app):
    return [title for title, _ in Dunst(app.session).shown()]


def around_now():
    """Hours that hold now and for a while, also past midnight."""
    now = datetime.now()
    return {"from": f"{now - timedelta(hours=1):%H:%M}", "to": f"{now + timedelta(hours=2):%H:%M}"}


def write(app, **changes):
    """As an editor does it: the whole file, in place."""
    settings = app.settings()
    for key, value in changes.items():
        settings[key] = {**settings[key], **value} if isinstance(value, dict) else value
    app.config.write_text(json.dumps(settings, indent=2))

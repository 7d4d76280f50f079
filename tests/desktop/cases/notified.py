"""Who does not look is told once, by a notification, that the app needs them; an open window is enough."""

import json
import subprocess

from cases.port_taken import squatter
from waiting import need, until


def run(world):
    with world.app() as app:
        with squatter(app.port):
            app.open("--hidden")
            told = f"Needs attention: port {app.port} is taken"
            app.tray.until_state(told)
            until("a notification says so", lambda: told in notices(app))
            app.tray.click("Open AgentRuntime")
            app.until_window()
        app.quit()
        need(notices(app).count(told) == 1, f"told once: {notices(app)}")


def notices(app):
    """What the desktop has shown, the latest first."""
    asked = ["dunstctl", "history"]
    history = subprocess.run(asked, env=app.session.env, capture_output=True, text=True, check=True, timeout=10).stdout
    shown = subprocess.run(["dunstctl", "count", "displayed"], env=app.session.env, capture_output=True, text=True, timeout=10)
    if shown.stdout.strip() not in ("", "0"):
        # The history has what was put away.
        subprocess.run(["dunstctl", "close-all"], env=app.session.env, check=True, timeout=10)
        return notices(app)
    return [entry["body"]["data"] for entry in json.loads(history)["data"][0]]

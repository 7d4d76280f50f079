"""Who does not look is told once, by a notification, that the app needs them; an open window is enough."""

from cases.port_taken import squatter
from dunst import Dunst
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
    return Dunst(app.session).texts()

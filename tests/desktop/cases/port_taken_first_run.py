"""The port is taken when a new person starts the app: the doors do not hide that nothing serves."""

from cases.port_taken import squatter


def run(world):
    with world.app() as app:
        with squatter(app.port):
            window = app.drive()
            app.tray.until_state(f"Needs attention: port {app.port} is taken")
            window.until_shows(f"Port {app.port} is taken", "Try again", seconds=5)
        window.click("Try again")
        app.until_serves()

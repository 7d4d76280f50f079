"""A machine without a display: it serves, says so, and ends as well as with one."""

from mcp import NEW, OLD, Mcp
from people import add_sandbox
from waiting import need, until

NOWHERE = {"DISPLAY": "", "WAYLAND_DISPLAY": ""}


def run(world):
    with world.app() as app:
        window = app.drive()
        add_sandbox(window)
        window.end()
        app.quit()

        app.start(env=NOWHERE)
        app.until_serves()
        until("it says so", lambda: "no display" in app.process.said())
        for version in (OLD, NEW):
            client = Mcp(app.port, version)
            until("the workspace works", lambda: client.call("workflows_list")[1] is None, 30)
        need(not app.web_processes(), "no web process")
        world.figure(f"ends after {app.quit():.1f} s")
        need(app.ask() is None, "the port is free")

        # Without a bus as well: there is neither keyring nor anybody to hand over to.
        app.start(env=NOWHERE | {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"})
        app.until_serves()
        app.quit()

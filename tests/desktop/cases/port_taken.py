"""Another program has the port: tray and window say so, and offer to try again or to move."""

import socket

from app import App
from mcp import Mcp
from people import add_sandbox
from waiting import need, until


def run(world):
    with world.app() as app:
        window = app.drive()
        add_sandbox(window)
        window.end()
        app.quit()

        with squatter(app.port):
            window = app.drive()
            app.tray.until_state(f"Needs attention: port {app.port} is taken")
            window.until_shows(f"Port {app.port} is taken", "Another program holds it.", "Try again", "Serve on port")
            world.picture(app, window, "port-taken")
            window.click("Try again")
            app.tray.until_state(f"Needs attention: port {app.port} is taken")
        window.click("Try again")
        window.until_shows("Serving", "as Sandbox")
        app.tray.until_state("Serving Sandbox")
        _, code = Mcp(app.port).call("workflows_list")
        need(code is None, f"once the port is free a call says {code}")
        window.end()
        app.quit()
        ours_and_another_port(world, app)


def ours_and_another_port(world, app):
    """One of ours has the port; the person takes the port that is offered."""
    with world.desktop() as elsewhere:
        other = App(elsewhere, world.binary, port=app.port)
        other.start(env={"DISPLAY": ""})
        other.until_serves()
        window = app.drive()
        window.until_shows(f"Port {app.port} is taken", "It looks to be held by Platform MCP.")
        offered = window.snapshot()["server"]["suggestion"]
        window.click(f"Serve on port {offered}")
        window.until_shows("Serving", f"http://127.0.0.1:{offered}/mcp")
        need(app.settings()["port"] == offered, "the port is kept for the next start")
        _, code = Mcp(offered).call("workflows_list")
        need(code is None, f"on the new port a call says {code}")
        need(other.answers(), "the other one serves on")
        until("the tray is content", lambda: app.tray.state() == "Serving Sandbox")


def squatter(port):
    listener = socket.socket()
    # As servers do: the app's last connections may still be closing.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener

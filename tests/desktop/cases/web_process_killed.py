"""The web process dies, as it does when memory runs out: the server does not, and the window can be had again."""

import os
import signal

from mcp import Mcp
from people import add_sandbox
from waiting import need, until


def run(world):
    with world.app() as app:
        window = app.drive()
        add_sandbox(window)
        window.end()
        app.quit()

        app.open()
        app.tray.until_state("Serving Sandbox", 60)
        app.until_window()
        client = Mcp(app.port)
        [killed] = app.web_processes()
        os.kill(killed, signal.SIGKILL)
        until("the web process is gone", lambda: killed not in app.web_processes())
        _, code = client.call("workflows_list")
        need(code is None, f"calls go on: {code}")

        app.tray.click("Open AgentRuntime")
        until("opened from the tray, the window has a web process again", app.web_processes, 20)
        app.until_window()
        app.close_window()
        until("no web process is left", lambda: not app.web_processes())
        app.tray.click("Open AgentRuntime")
        app.until_window()

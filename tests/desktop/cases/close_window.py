"""The window is closed: what it needed goes, the server stays. It comes back from the tray."""

import processes
from mcp import Mcp
from people import add_sandbox
from waiting import need, until


def run(world):
    with world.app() as app:
        window = app.drive()
        add_sandbox(window)
        window.end()
        app.quit()

        # A window that is driven is kept alive by what drives it; so from here on nobody does.
        app.open()
        app.tray.until_state("Serving Sandbox", 60)
        app.until_window()
        need(app.web_processes(), "an open window has a web process")
        client = Mcp(app.port)
        before = processes.pss(app.pid)

        app.close_window()
        until("no web process is left", lambda: not app.web_processes())
        until("memory falls", lambda: processes.pss(app.pid) < before - 50)
        left = [f"{name} {processes.pss_alone(pid):.0f}" for pid, name in processes.tree(app.pid).items()]
        world.figure(f"PSS {before:.0f} MB open, {processes.pss(app.pid):.0f} MB closed ({', '.join(left)})")

        _, code = client.call("workflows_list")
        need(code is None, f"a client that was connected before goes on: {code}")
        need(app.process.runs(), "the app lives on without a window")

        app.tray.click("Open AgentRuntime")
        app.until_window()
        app.close_window()
        until("no web process is left", lambda: not app.web_processes())
        _, code = client.call("workflows_list")
        need(code is None, f"and after the second time: {code}")

"""A new person takes the sandbox, and an IDE is served."""

import sys

import processes
from mcp import NEW, Mcp
from waiting import need, until


def run(world):
    with world.app() as app:
        window = app.drive()
        window.until_shows("Paste a token", "Try the sandbox", "See what this is")
        app.tray.until_state("Serving, but no workspace is chosen")
        unchosen = app.tray.icon()
        app.until_serves()
        _, code = Mcp(app.port).call("workflows_list")
        need(code == "no_token", f"without a workspace a call says {code}, not no_token")

        window.click("Try the sandbox")
        window.until_shows("Serving", "as Sandbox", f"http://127.0.0.1:{app.port}/mcp", seconds=60)
        app.tray.until_state("Serving Sandbox")
        until("the icon is another one once a workspace works", lambda: app.tray.icon() != unchosen)

        mcp = Mcp(app.port, name="first-ide")
        need(mcp.greeting["serverInfo"]["name"], "the server has a name")
        need({"workflows_list", "workflows_create"} <= mcp.tools(), "the tools for workflows are listed")
        said, code = mcp.call("workflows_list")
        need(code is None and said["workflows"], f"the sandbox has example workflows: {code} {said}")
        need("workflows_list" in Mcp(app.port, NEW).tools(), "and so in the new era")
        window.until_shows("first-ide")
        window.go("activity")
        window.until_shows("workflows_list")

        app.tray.click("Copy address")
        paste = "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk, Gdk; " \
            "print(Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).wait_for_text())"
        address = f"http://127.0.0.1:{app.port}/mcp"
        pasted = lambda: processes.run([sys.executable, "-c", paste], env=app.session.env).stdout.strip()
        until("the address is in the clipboard", lambda: pasted() == address)

        settings = app.settings()
        need([profile["backend"] for profile in settings["profiles"]] == ["sandbox"], f"the settings name it: {settings}")
        need(not app.session.keyring.entries(), "the sandbox needs no entry in the keyring")

"""The keyring is locked while the app runs, and a workspace is chosen whose token it has not read yet."""

from fakebff import FakeBff
from mcp import Mcp
from people import add_custom
from waiting import need


def run(world):
    with FakeBff("pat_" + "l" * 40) as bff, world.app() as app:
        window = app.drive()
        add_custom(window, bff, "First")
        add_custom(window, bff, "Second")
        window.end()
        app.quit()
        app.open("--hidden")
        app.tray.until_state("Serving Second")

        app.session.keyring.lock()
        client = Mcp(app.port)
        _, code = client.call("workflows_list")
        need(code is None, f"what the app holds already goes on: {code}")
        app.tray.click("Workspace", "First")
        app.tray.until_state("Needs attention")
        _, code = client.call("workflows_list")
        need(code == "no_token", f"a call says {code}, and goes to neither workspace")

        app.session.keyring.unlock()
        app.tray.until_state("Serving First", 30)
        _, code = client.call("workflows_list")
        need(code is None, f"once it is open a call says {code}")

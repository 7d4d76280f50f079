"""The keyring's daemon dies and comes back: what the app knew of it is void, and nobody notices."""

from fakebff import FakeBff
from mcp import Mcp
from people import add_custom, stored_workspace
from waiting import need


def run(world):
    with FakeBff("pat_" + "r" * 40) as bff, world.app() as app:
        stored_workspace(app, bff)
        keyring = app.session.keyring
        window = app.drive()
        app.tray.until_state("Serving Team")
        client = Mcp(app.port)

        keyring.kill()
        _, code = client.call("workflows_list")
        need(code is None, f"with the daemon gone a call says {code}")
        keyring.start()
        added = add_custom(window, bff, "Second")
        need(keyring.entries().get(app.entry(added["id"])) == bff.token, "a new token goes into the daemon that came back")
        _, code = client.call("workflows_list")
        need(code is None, f"and calls say {code}")

        # Gone when the app starts, and back later.
        window.end()
        app.quit()
        keyring.kill()
        app.open("--hidden")
        app.tray.until_state("Needs attention")
        keyring.start()
        app.tray.until_state("Serving Second", 30)
        _, code = Mcp(app.port).call("workflows_list")
        need(code is None, f"once the daemon is there a call says {code}")
        need(len(keyring.entries()) == 2, "and both tokens are still in it")

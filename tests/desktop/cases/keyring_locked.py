"""The keyring is locked when the app starts, as after an automatic login: it waits, and goes on when it opens."""

import processes
from fakebff import FakeBff
from mcp import Mcp
from people import stored_workspace
from waiting import need, until


def run(world):
    with FakeBff("pat_" + "k" * 40) as bff, world.app() as app:
        stored_workspace(app, bff)
        keyring = app.session.keyring
        keyring.lock()
        asked = len(bff.asked)

        app.open("--hidden")
        app.tray.until_state("Needs attention")
        worried = app.tray.icon()
        client = Mcp(app.port)
        said, code = client.call("workflows_list")
        need(code == "no_token", f"a call says {code}, not no_token: {said}")
        need(len(bff.asked) == asked, "nothing was sent without the token")
        used = processes.until_rests(app.pid, 1, 3, 15)
        need(keyring.locked(), "the app did not open the keyring by itself")

        keyring.unlock()
        app.tray.until_state("Serving Team", 30)
        until("the icon is another one", lambda: app.tray.icon() != worried)
        _, code = client.call("workflows_list")
        need(code is None, f"the same client's next call says {code}")
        world.figure(f"{used:.2f} s of CPU in 3 s of waiting")

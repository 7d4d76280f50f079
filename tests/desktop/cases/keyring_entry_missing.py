"""The token's entry was deleted in the keyring's own program: the app says so, rests, and leaves the workspace as it is."""

import processes
from fakebff import FakeBff
from mcp import Mcp
from people import stored_workspace
from waiting import need


def run(world):
    with FakeBff("pat_" + "m" * 40) as bff, world.app() as app:
        ident = stored_workspace(app, bff)
        app.session.keyring.delete(app.entry(ident))
        app.open("--hidden")
        app.tray.until_state("Needs attention")
        _, code = Mcp(app.port).call("workflows_list")
        need(code == "no_token", f"a call says {code}")
        need([profile["id"] for profile in app.settings()["profiles"]] == [ident], "the workspace stays")
        used = processes.until_rests(app.pid, 0.5, 3, 15)
        world.figure(f"{used:.2f} s of CPU in 3 s")

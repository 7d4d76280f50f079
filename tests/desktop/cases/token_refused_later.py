"""A token that was revoked elsewhere is noticed with the first call that is refused, and its owner is told what it means."""

import secrets

from cases.notified import notices
from fakebff import FakeBff
from mcp import Mcp
from people import stored_workspace
from waiting import need, until


def run(world):
    with FakeBff(f"pat_{secrets.token_urlsafe(32)}") as bff, world.app() as app:
        stored_workspace(app, bff)
        app.open("--hidden")
        app.tray.until_state("Serving Team")
        bff.revoke(bff.token)
        _, code = Mcp(app.port).call("workflows_list")
        need(code == "unauthorized", f"the call says {code}")
        told = "Needs attention: the token of Team is refused"
        app.tray.until_state(told)
        until("a notification says so", lambda: told in notices(app))

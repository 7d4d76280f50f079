"""The app is killed in the middle of a rotation. At the next start the workspace works, one token lives, and its owner is told."""

import secrets
import signal
import threading

import leaks
from cases.notified import notices
from fakebff import FakeBff
from mcp import Mcp
from people import stored_workspace
from waiting import need, stretched, until


def run(world):
    token = f"pat_{secrets.token_urlsafe(32)}"
    with FakeBff(token) as bff, world.app() as app:
        ident = stored_workspace(app, bff)
        window = app.drive()
        app.tray.until_state("Serving Team")
        # The BFF makes the successor, and nobody hears of it.
        bff.holds = "POST"
        bff.go_on.clear()
        asked = threading.Thread(target=ask_and_die, args=(window, ident), daemon=True)
        asked.start()
        need(bff.held.wait(stretched(20)), "the BFF is asked for a successor")
        app.process.send(signal.SIGKILL)
        bff.go_on.set()
        until("the successor is made", lambda: len(bff.rows) == 2)
        app.process.wait(20)
        window.end()
        asked.join(stretched(20))

        app.open("--hidden")
        app.tray.until_state("Serving Team")
        until("the successor is revoked", lambda: list(bff.rows) == [token])
        told = "The rotation for Team was cut off. The token in use is the old one, and it works."
        until("its owner is told", lambda: told in notices(app))
        _, code = Mcp(app.port).call("workflows_list")
        need(code is None, f"a call says {code}")
        until("nothing is left to do", lambda: "journal" not in app.settings())
        [profile] = app.settings()["profiles"]
        until("one entry is left", lambda: app.session.keyring.entries() == {profile["entry"]: token})
        for made in bff.made:
            leaks.need_nowhere(made, app.session, app)


def ask_and_die(window, ident):
    try:
        window.invoke("rotate_token", id=ident, own=None, scopes=None)
    except Exception:
        # The window dies with the app.
        pass

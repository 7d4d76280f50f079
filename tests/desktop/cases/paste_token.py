"""A pasted token goes into the keyring, and nowhere else."""

import json
import secrets

import leaks
from fakebff import FakeBff
from mcp import Mcp
from people import paste_token
from waiting import need


def run(world):
    token = f"pat_{secrets.token_urlsafe(32)}"
    with FakeBff(token) as bff, world.app() as app:
        window = app.drive()
        paste_token(window, bff.url, token)
        window.until_shows("Serving", "as Team")
        app.tray.until_state("Serving Team")
        [profile] = app.settings()["profiles"]
        entries = app.session.keyring.entries()
        need(entries == {profile["entry"]: token}, f"one entry, the workspace's, with the token: {list(entries)}")
        need(profile["token"] == "keychain", f"the settings say where it is: {profile}")

        window.go("workspaces")
        window.until_shows("laptop", f"ends in {token[-4:]}", "in the keychain", "workflows:read")
        need(token not in window.script("return document.documentElement.outerHTML"), "the page does not hold the token")
        need(token not in json.dumps(window.snapshot()), "the page is not told the token")
        said, code = Mcp(app.port).call("workflows_list")
        need(code is None and said["workflows"][0]["name"] == "Greet", f"a call goes out with the token: {code} {said}")

        leaks.need_found_where_planted(token, app.session, app)
        leaks.need_found_where_moved(token, app.session, app)
        world.figure(f"{leaks.need_nowhere(token, app.session, app)} files searched")
        window.end()
        app.quit()
        leaks.need_nowhere(token, app.session, app)

        # Nobody pastes it again after a restart.
        app.open("--hidden")
        app.tray.until_state("Serving Team")
        _, code = Mcp(app.port).call("workflows_list")
        need(code is None, f"after a restart a call says {code}")
        leaks.need_nowhere(token, app.session, app)

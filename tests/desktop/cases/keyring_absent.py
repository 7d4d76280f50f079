"""No keyring at all: the person is offered to keep the token in memory, and it is kept nowhere else."""

import secrets

import leaks
from fakebff import FakeBff
from mcp import Mcp
from people import paste_token
from waiting import need


def run(world):
    token = f"pat_{secrets.token_urlsafe(32)}"
    with FakeBff(token) as bff, world.app(keyring=False) as app:
        window = app.drive()
        paste_token(window, bff.url, token)
        window.until_shows("No keychain here", "Keep in memory for this session")
        world.picture(app, window, "no-keyring")
        need(not app.settings().get("profiles"), "nothing is kept before the person chose")
        leaks.need_nowhere(token, app.session, app)

        window.click("Keep in memory for this session")
        window.until_shows("Serving", "as Team")
        need([profile["token"] for profile in app.settings()["profiles"]] == ["memory"], "the settings say where it is")
        _, code = Mcp(app.port).call("workflows_list")
        need(code is None, f"a call says {code}")
        leaks.need_nowhere(token, app.session, app)
        window.end()
        app.quit()
        leaks.need_nowhere(token, app.session, app)

        # It is gone with the process, and that is said.
        app.open("--hidden")
        app.tray.until_state("Needs attention")
        _, code = Mcp(app.port).call("workflows_list")
        need(code == "no_token", f"after a restart a call says {code}")
